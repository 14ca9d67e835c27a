"""``tools new``: the tool that it writes works as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

import tools
from schema import Item
from settings import Settings
from tests.commands.command_line import kairos
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore.catalogue import Catalogue
from wiring import parts_over


def test_new_tool_is_found_by_the_agent_and_answers(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = kairos("tools", "new", "opening_hours", "--folder", str(tmp_path), home=settings.home)
    assert done.code == 0, done.err
    assert "opening_hours.py" in done.out
    monkeypatch.setattr(tools, "__path__", [*tools.__path__, str(tmp_path)])
    from tools.registry import conversational, discover

    catalogue = Catalogue.open(settings, HashingEmbedder())
    try:
        catalogue.add([Item(id="a", domain="video", title="A film")])
        with parts_over(catalogue, settings) as parts:
            found = conversational(discover(parts.tool_context))
        assert found["opening_hours"].invoke({"question": "when?"}) == "1 items are known."
        assert "current_time" in found, "the others stay"
    finally:
        catalogue.close()
