"""Fixtures that every test may use. The suite never reads the user's own home or settings."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from settings import Settings, load_settings


@pytest.fixture(autouse=True)
def _no_outer_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith("KAIROS_") and name not in {"KAIROS_DATA", "KAIROS_CHROMIUM"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("KAIROS_HOME", str(tmp_path / "home"))
    yield


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
