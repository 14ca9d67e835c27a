"""``models`` and ``finetune refresh`` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.command_line import kairos, one_line_error
from tests.finetune.adapters import adapter


def test_versions_are_added_used_listed_and_rolled_back(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = adapter(tmp_path / "mine")
    assert kairos("models", "add", "classifier", str(folder), "--name", "v2", home=home).code == 0
    used = kairos("models", "use", "classifier", "v2", "--json", home=home)
    assert json.loads(used.out) == {"task": "classifier", "before": "shipped", "active": "v2"}
    listed = json.loads(kairos("models", "list", "--json", home=home).out)
    states = {(each["task"], each["version"]): each["active"] for each in listed}
    assert states == {
        ("embedder", "shipped"): True,
        ("classifier", "shipped"): False,
        ("classifier", "v2"): True,
    }
    back = kairos("models", "roll-back", "classifier", home=home)
    assert "shipped serves now, before it was v2" in back.out


def test_version_that_is_missing_is_one_line_and_a_task_that_is_unknown_wrong_usage(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "no such version" in one_line_error(kairos("models", "use", "classifier", "v9", home=home))
    assert kairos("models", "use", "ranker", "v9", home=home).code == 2
