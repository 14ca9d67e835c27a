"""Commands over your own files: what they say of them, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.command_line import kairos, one_line_error


def _files(folder: Path) -> tuple[str, str]:
    items, requests = folder / "items.csv", folder / "requests.csv"
    items.write_text("id,title\n" + "".join(f"i{n},thing {n}\n" for n in range(40)), encoding="utf-8")
    requests.write_text(
        "request,item_id,label\n" + "".join(f"wish {n},i{n % 40},\n" for n in range(60)) + "wish,i77,\n",
        encoding="utf-8",
    )
    return str(items), str(requests)


def test_check_counts_both_sides_and_names_bad_lines(tmp_path: Path) -> None:
    items, requests = _files(tmp_path)
    options = ("--items", items, "--requests", requests, "--domain", "shopping", "--check", "--json")
    done = kairos("finetune", "own", *options, home=tmp_path / "home")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert (found["training"], found["held_out"], found["split_by"]) == (48, 12, "request")
    assert [(each["file"], each["line"]) for each in found["rejected"]] == [("requests.csv", 62)]


def test_items_that_say_no_domain_are_refused_in_one_line(tmp_path: Path) -> None:
    items, requests = _files(tmp_path)
    done = kairos("finetune", "own", "--items", items, "--requests", requests, home=tmp_path / "home")
    assert "--domain" in one_line_error(done)


def test_model_of_your_own_does_not_replace_the_shipped_one(tmp_path: Path) -> None:
    items, requests = _files(tmp_path)
    for task in ("embedder", "classifier"):
        done = kairos("finetune", task, "--items", items, "--requests", requests, home=tmp_path / "home")
        assert done.code == 2
        assert "--out" in done.err
    done = kairos("finetune", "embedder", "--items", items, home=tmp_path / "home")
    assert done.code == 2
