"""Labels are kept one by one, whatever happens to the process, and the page asks each question once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from errors import SourceError
from finetune.datasets.label_file import LabelFile
from finetune.datasets.own import read_own
from finetune.label_queue import Asked, Question, read_requests
from schema import Item
from settings import Settings

_CHILD = """
import sys
from pathlib import Path
from finetune.datasets.label_file import LabelFile
file = LabelFile(Path(sys.argv[1]))
n = 0
while True:
    file.add(f"wish {n}, really", "i1", n % 2 == 0)
    print(n, flush=True)
    n += 1
"""


def test_labels_told_to_be_kept_survive_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    root = Path(__file__).parents[2]
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path)],
        env=os.environ | {"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    kept = -1
    for line in child.stdout:
        kept = int(line)
        if kept >= 20:
            child.send_signal(signal.SIGKILL)
            break
    kept = max([kept, *(int(line) for line in child.stdout if line.endswith("\n"))])
    child.wait()
    with LabelFile(path) as file:
        for n in range(kept + 1):
            assert file.labels[f"wish {n} really", "i1"] == (n % 2 == 0)
        file.add("one more", "i2", True)
    with LabelFile(path) as file:
        assert len(file.labels) >= kept + 2
        assert file.labels["one more", "i2"]


def test_line_that_was_cut_short_is_dropped_and_asked_again(tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(b"request,item_id,label,conversation\nwish,i1,1,\nanother wi")
    with LabelFile(path) as file:
        assert dict(file.labels) == {("wish", "i1"): True}
        file.add("other", "i2", False)
    assert path.read_bytes().endswith(b"wish,i1,1,\nother,i2,0,\n")


def test_other_files_are_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    path.write_text("name,price\nlamp,3\n", encoding="utf-8")
    with pytest.raises(SourceError, match="first line is not request,item_id"):
        LabelFile(path)
    assert path.read_text(encoding="utf-8") == "name,price\nlamp,3\n"


def _question(n: int) -> Question:
    item = Item(id=f"i{n}", domain="shopping", title=f"<img src=x onerror=alert({n})>", text="<b>bold</b>")
    return Question(Asked(f"<script>alert({n})</script> wish {n}"), item, 0.5)


def test_page_escapes_and_a_key_hit_twice_answers_once(tmp_path: Path) -> None:
    from ui.labelling import Labelling

    with LabelFile(tmp_path / "labels.csv") as file:
        labelling = Labelling([_question(n) for n in range(3)], file)
        shown = labelling.html()
        assert "&lt;script&gt;alert(0)" in shown
        assert "<script>" not in shown and "<img" not in shown and "<b>" not in shown
        labelling.answer(0, True)
        labelling.answer(0, True)
        assert labelling.place == 1
        labelling.answer(1, True)
        labelling.back()
        labelling.answer(1, False)
        assert len(file.labels) == 2
    with LabelFile(tmp_path / "labels.csv") as file:
        labelling = Labelling([_question(n) for n in range(3)], file)
        assert labelling.place == 2, "what was answered before is not asked again"
        assert [*file.labels.values()] == [True, False]
        labelling.answer(2, False)
        assert "Nothing is left" in labelling.html()


def test_labels_are_read_as_your_own_requests(tmp_path: Path, settings: Settings) -> None:
    items = tmp_path / "items.csv"
    items.write_text("id,title\n" + "".join(f"i{n},thing {n}\n" for n in range(20)), encoding="utf-8")
    asked = tmp_path / "asked.csv"
    asked.write_text('request,conversation\n"soft, please",c1\nhard,\nHard!,c2\n', encoding="utf-8")
    requests, known = read_requests(str(asked), settings)
    assert [each.text for each in requests] == ["soft, please", "hard"]
    assert not known
    with LabelFile(tmp_path / "labels.csv") as file:
        file.add(requests[0].text, "i1", True, requests[0].conversation)
        file.add(requests[1].text, "i2", False)
    found = read_own(str(items), str(tmp_path / "labels.csv"), settings, "shopping")
    assert [(each.request, each.item_id, each.chosen, each.conversation) for each in found.choices] == [
        ("soft, please", "i1", True, "c1"),
        ("hard", "i2", False, ""),
    ]
