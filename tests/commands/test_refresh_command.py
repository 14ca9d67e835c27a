"""``finetune refresh`` finds in memory what a like was about."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app import app
from schema import Item
from settings import Settings, load_settings
from wiring import make_assistant, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
PIANO = Item(id="calm", domain="music", title="Still Water", categories=("piano",), text="Quiet solo piano.")


async def like(settings: Settings) -> None:
    """Ask, and like the answer."""
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add([PIANO])
        with parts_over(catalogue, settings) as parts:
            assistant = make_assistant(parts)
            try:
                await assistant.ask("quiet piano music, mail ada@example.org", session="s", now=NOW)
                await assistant.feedback("s", "calm", "like", NOW)
            finally:
                await assistant.close()


def test_dry_run_joins_a_like_with_its_request_and_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("HOME", str(tmp_path / "home")), ("PRECISION", "float32"), ("NODE_TIMEOUT", "120")):
        monkeypatch.setenv(f"KAIROS_{name}", value)
    settings = load_settings()
    asyncio.run(like(settings))
    done = CliRunner().invoke(app, ["finetune", "refresh", "--dry-run", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["outcome"], found["events"], found["without_request"]) == ("dry run", {"like": 1}, 0)
    assert sum(found["examples"].values()) == 1
    assert found["scrubbed"] == {"email": 1}
    assert not (settings.home / "models").exists()
