"""What is told of played scripts: a line each, every failure in full, a table by tag, and all of it as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.conversations.play import ScriptResult, TurnResult

if TYPE_CHECKING:
    from rich.table import Table


def line(result: ScriptResult) -> str:
    """One line: passed or failed, how many turns passed, which script."""
    passed = sum(not each.failures for each in result.turns)
    state = "passed" if result.passed else "known " if result.known else "FAILED"
    return f"{state} {passed:3}/{len(result.turns):<3} {result.script.name} ({result.file.name})"


def details(result: ScriptResult, verbose: bool = False) -> Iterator[str]:
    """The turns that went wrong (all of them where ``verbose``): said, expected, came."""
    for turn in result.turns:
        if not (turn.failures or turn.mended or verbose):
            continue
        yield f"  turn {turn.number}: “{turn.said}”"
        for each in turn.failures:
            known = f" (known: {each.known})" if each.known else ""
            yield f"    expected {each.expectation}: {each.wanted}{known}"
            yield f"    came     {each.came}"
        for name in turn.mended:
            yield f"    {name} passes now: take it out of known_failure"
        if verbose and turn.understood:
            yield f"    understood {turn.understood}"
        if verbose and turn.text:
            yield from (f"    | {text}" for text in turn.text.splitlines())


def tag_table(results: Sequence[ScriptResult]) -> Table:
    """Scripts and turns passed, by tag and in all; known failures are failures, and told apart."""
    from rich.table import Table

    table = Table("tag", *(_right(name) for name in ("scripts", "passed", "failed", "known", "turns passed")))
    for tag, figures in _by_tag(results).items():
        table.add_row(tag, *_cells(figures))
    table.add_section()
    table.add_row("all", *_cells(_figures(results)))
    return table


def as_json(results: Sequence[ScriptResult]) -> dict[str, Any]:
    """``passed``, ``failed`` (scripts, known failures among them), the same ``by_tag``, and each script."""
    return {
        **_figures(results),
        "by_tag": _by_tag(results),
        "scripts": [
            {
                "file": str(each.file),
                "name": each.script.name,
                "tags": list(each.script.tags),
                "passed": each.passed,
                "known_failures_only": each.known,
                "turns": [_turn(turn) for turn in each.turns],
            }
            for each in results
        ],
    }


def _turn(turn: TurnResult) -> dict[str, Any]:
    return {
        "turn": turn.number,
        "said": turn.said,
        "text": turn.text,
        "understood": turn.understood,
        "passed": not turn.failures,
        "failures": [
            {"expectation": each.expectation, "wanted": each.wanted, "came": each.came, "known": each.known}
            for each in turn.failures
        ],
        "passes_though_known_to_fail": list(turn.mended),
    }


def _by_tag(results: Sequence[ScriptResult]) -> dict[str, dict[str, int]]:
    tags = sorted({tag for each in results for tag in each.script.tags})
    return {tag: _figures([each for each in results if tag in each.script.tags]) for tag in tags}


def _figures(results: Sequence[ScriptResult]) -> dict[str, int]:
    turns = [turn for each in results for turn in each.turns]
    return {
        "passed": sum(each.passed for each in results),
        "failed": sum(not each.passed for each in results),
        "known_failures_only": sum(each.known for each in results),
        "turns": len(turns),
        "turns_passed": sum(not each.failures for each in turns),
    }


def _cells(figures: dict[str, int]) -> list[str]:
    return [
        str(figures["passed"] + figures["failed"]),
        str(figures["passed"]),
        str(figures["failed"]),
        str(figures["known_failures_only"]),
        f"{figures['turns_passed']}/{figures['turns']}",
    ]


def _right(name: str) -> Any:
    from rich.table import Column

    return Column(name, justify="right")
