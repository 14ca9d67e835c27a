"""What a script may hold, and what is said of one that is broken."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from errors import SourceError
from evaluation.conversations.checks import CHECKS, failures
from evaluation.conversations.expect import Expect
from evaluation.conversations.heard import Heard
from evaluation.conversations.play import Failure, ScriptResult, TurnResult
from evaluation.conversations.read import SCRIPTS, read_script, script_files
from evaluation.conversations.report import as_json, details
from schema import Demand, Evidence, Interest, Item, Limits, Reason, Recommendation, Reference, Reply, Signals
from tests.commands.command_line import kairos

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
GOOD = """
name: A film
tags: [video]
now: 2026-11-24T20:00:00+00:00
turns:
  - user: "a comedy"
    expect: {domains: [video], all: {category: comedy}}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "script.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_script_is_read_whole(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, GOOD))
    assert script.name == "A film"
    assert script.now == NOW
    assert script.turns[0].expect.all is not None
    assert script.turns[0].expect.all.category == ("comedy",)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (GOOD.replace("all:", "every:"), 7, "there is no field 'every'"),
        (GOOD.replace("category:", "colour:"), 7, "there is no field 'colour'"),
        (GOOD.replace("+00:00", ""), 4, "a time needs a zone"),
        (GOOD.replace("[video],", "[radio],"), 7, "domains"),
        (GOOD.replace("  - user", "  - like: 1\n    user"), 6, "a turn is one of"),
        (GOOD.replace("tags: [video]", "tags: []"), 3, "tags"),
        (GOOD.replace("tags: [video]\n", ""), 2, "tags: Field required"),
        (GOOD + "    expect: {count: 3}\n", 8, "'expect' stands twice"),
        (GOOD.replace("expect: {", "expect: {{"), 8, "not YAML"),
        (GOOD + "    ? [expect, more]\n    : 3\n", 8, "has to be a word"),
        (GOOD.replace("domains: [video]", "limits: {max_cost: 3}"), 7, "limits has no field 'max_cost'"),
        (GOOD.replace("{category: comedy}", "{}"), 7, "a condition needs at least one field"),
        (GOOD + "    known_failure: {every: because}\n", 6, "'every' is none"),
        (GOOD + "  - user: more\n    now: 2025-01-01T00:00:00+00:00\n", 2, "turn 2: 'now'"),
        ("- user: hello", 1, "a script is a mapping"),
        ("", 1, "a script is a mapping"),
    ],
)
def test_broken_script_is_told_with_file_line_and_what_to_do(
    text: str, line: int, told: str, tmp_path: Path
) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SourceError) as raised:
        read_script(file)
    message = str(raised.value)
    assert told in message
    assert message.startswith(f"{file}:{line}:")
    assert message.endswith("see docs/conversations.md")
    assert "\n" not in message


def test_words_that_yaml_takes_for_truth_values_stay_words(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, GOOD.replace("comedy}", "no}")))
    assert script.turns[0].expect.all is not None
    assert script.turns[0].expect.all.category == ("no",)


def test_folder_without_scripts_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="holds no script"):
        script_files([tmp_path])
    with pytest.raises(SourceError, match="no such file or folder"):
        script_files([tmp_path / "none"])


def test_every_expectation_has_its_check() -> None:
    assert set(CHECKS) == set(Expect.model_fields)


def heard() -> Heard:
    """Two films after one that was shown before, asked for as comedies under 100 minutes, no horror."""
    first, second = (
        Item(
            id=name,
            domain="video",
            title=name.title(),
            text="Calm and funny.",
            categories=("comedy",),
            duration_minutes=minutes,
            language="en",
        )
        for name, minutes in (("alpha", 80.0), ("beta", 95.0))
    )
    proof = Evidence(kind="item", name="category", value="comedy")
    found = tuple(
        Recommendation(
            item=each,
            score=1.0,
            signals=Signals(),
            contributions={},
            reasons=(Reason(text="comedy", evidence=(proof,)),),
        )
        for each in (first, second)
    )
    demand = Demand(
        text="a comedy, not the first",
        domains=("video",),
        interests=(Interest(text="comedy"), Interest(text="horror", polarity=-1)),
        limits=Limits(max_minutes=100),
        references=(Reference(text="the first", item_id="alpha"),),
    )
    reply = Reply(session="s", now=NOW, text="2 for you: Alpha, Beta", recommendations=found, demand=demand)
    return Heard(reply, before=(first,), seen=frozenset({"alpha"}), false_reasons=("beta: “new”",))


MET: dict[str, object] = {
    "intent": "recommend",
    "domains": ["video"],
    "language": "en",
    "likes": "comedy|drama",
    "dislikes": "horror",
    "dropped": "jazz",
    "limits": {"max_minutes": 100, "max_price": None},
    "timeless": True,
    "points_at": [1],
    "count": {"least": 2},
    "question": False,
    "says": ["alpha", "beta"],
    "says_not": "gamma",
    "names": [1],
    "degraded": [],
    "all": {"minutes_at_most": 95, "text": "funny"},
    "most": {"category": "comedy"},
    "any": {"id": "beta"},
    "none": {"category": "horror"},
    "first": {"id": "alpha|gamma"},
    "new": False,
    "evidence": "category",
}
UNMET: dict[str, object] = {
    "intent": "refine",
    "domains": ["video", "music"],
    "language": "zh",
    "likes": ["comedy", "drama"],
    "dislikes": "comedy",
    "dropped": "comedy",
    "limits": {"max_minutes": 90},
    "time": {"holds": ["2026-11-24T20:00:00+00:00"]},
    "timeless": False,
    "mood": "tired",
    "points_at": [2],
    "count": 3,
    "question": True,
    "says": "gamma",
    "says_not": "beta",
    "names": [1, 2],
    "names_not": [1],
    "degraded": ["score"],
    "all": {"minutes_at_most": 90},
    "most": {"minutes_at_most": 80},
    "any": {"category": "horror"},
    "none": {"category": "comedy"},
    "first": {"id": "beta"},
    "new": True,
    "without": [1],
    "evidence": "trend",
    "reasons_true": True,
}


@pytest.mark.parametrize("name", sorted(MET))
def test_expectation_that_is_met_passes(name: str) -> None:
    assert failures(Expect.model_validate({name: MET[name]}), heard()) == {}


@pytest.mark.parametrize("name", sorted(UNMET))
def test_expectation_that_is_not_met_says_what_came(name: str) -> None:
    assert list(failures(Expect.model_validate({name: UNMET[name]}), heard())) == [name]


def test_wrong_use_is_told_before_any_model_is_loaded(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for arguments in (("none.yaml",), ("--tag", "radio"), (str(written(tmp_path, "name: x")),)):
        done = kairos("evaluate", "conversations", *arguments, home=home)
        assert (done.code, done.out) == (2, ""), done
    assert not home.exists()


def played(*failures_: Failure, mended: tuple[str, ...] = ()) -> ScriptResult:
    script = read_script(SCRIPTS / "short_how_many.yaml")
    turns = (TurnResult(1, "hello", "Hello!"), TurnResult(2, "a film", "5 for you", "", failures_, mended))
    return ScriptResult(Path("a.yaml"), script, turns)


def test_results_are_summed_up_by_tag_and_known_failures_count_as_failed() -> None:
    known = Failure("count", "3", "5", known="it was always so")
    results = [played(), played(known), played(known, Failure("all", "x", "y"))]
    figures = as_json(results)
    assert (figures["passed"], figures["failed"], figures["known_failures_only"]) == (1, 2, 1)
    assert figures["by_tag"]["video"]["turns_passed"] == 4
    assert [each["passed"] for each in figures["scripts"]] == [True, False, False]
    assert json.loads(json.dumps(figures)) == figures


def test_failure_tells_what_was_said_expected_and_came() -> None:
    told = "\n".join(details(played(Failure("count", "3", "5", known="it was always so"), mended=("all",))))
    for part in ("turn 2", "a film", "expected count: 3", "it was always so", "came     5", "all passes now"):
        assert part in told
    assert "turn 1" not in told
    assert "turn 1" in "\n".join(details(played(), verbose=True))


@pytest.mark.slow
def test_command_prints_json_and_exits_by_what_passed(tmp_path: Path) -> None:
    good = written(tmp_path, GOOD)
    done = kairos("evaluate", "conversations", str(good), "--json", home=tmp_path / "home")
    assert done.code == 0, done.err
    assert json.loads(done.out)["passed"] == 1
    bad = written(tmp_path, GOOD.replace("category: comedy", "category: horror"))
    done = kairos("evaluate", "conversations", str(bad), home=tmp_path / "home")
    assert done.code == 1
    assert "FAILED" in done.out and "came" in done.out
