"""Fixtures that every test may use. The suite never reads the user's own home or settings."""

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from settings import Settings, load_settings

if TYPE_CHECKING:
    from agent.assistant import Assistant
    from wiring import Parts


@pytest.fixture(autouse=True)
def _no_outer_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith("KAIROS_") and name not in {"KAIROS_DATA", "KAIROS_CHROMIUM"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("KAIROS_HOME", str(tmp_path / "home"))
    yield


@pytest_asyncio.fixture
async def assistant(parts: "Parts") -> AsyncIterator["Assistant"]:
    """The real agent over the ``parts`` of the file that asks for it."""
    from wiring import make_assistant

    made = make_assistant(parts)
    yield made
    await made.close()


@pytest.fixture
def now() -> datetime:
    """A Wednesday afternoon, the reference time of tests."""
    return datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty home."""
    return load_settings(home=tmp_path / "home")


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of public data sets; skips where it is missing."""
    folder = os.environ.get("KAIROS_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.skip("KAIROS_DATA does not name the folder of public data sets")
    return Path(folder)
