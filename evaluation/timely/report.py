"""The figures as a table, as JSON, and the answers that went wrong as lines to work on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from evaluation.timely.measures import OVERALL, Judged
from evaluation.timely.oracle import Oracle
from evaluation.timely.run import Result
from evaluation.timely.world import World

if TYPE_CHECKING:
    from rich.table import Table

COLUMNS = {
    "window_satisfaction": "window ok",
    "stale_share": "stale",
    "not_yet_share": "not yet",
    "regret": "regret",
    "counterfactual_pass": "pairs",
    "evergreen_loss": "evergreen loss",
    "truth_of_reasons": "reasons true",
    "answered": "answered",
}


def as_json(results: Sequence[Result], k: int) -> dict[str, Any]:
    """``{system: {measure: value}}``, with each interval, and the same by family."""
    return {
        each.system: {
            **{f"{name}@{k}": figure.value for name, figure in each.figures[OVERALL].items()},
            "intervals": {
                f"{name}@{k}": [figure.low, figure.high] for name, figure in each.figures[OVERALL].items()
            },
            "by_family": {
                family: {f"{name}@{k}": figure.value for name, figure in found.items()} | {"n": _n(found)}
                for family, found in each.figures.items()
                if family != OVERALL
            },
            "n": _n(each.figures[OVERALL]),
            "seconds": each.seconds,
        }
        for each in results
    }


def _n(found: dict[str, Any]) -> int:
    return max((figure.n for figure in found.values()), default=0)


def overall_table(results: Sequence[Result], k: int) -> Table:
    """A row a system: every measure with its interval of 95 %."""
    from rich.table import Table

    table = Table(title=f"Timely conversations, the first {k} answers, mean [95 % interval]")
    table.add_column("system")
    for head in COLUMNS.values():
        table.add_column(head, justify="right")
    for each in results:
        row = []
        for name in COLUMNS:
            found = each.figures[OVERALL].get(name)
            row.append(f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]" if found else "")
        table.add_row(each.system, *row)
    return table


def family_table(results: Sequence[Result], name: str) -> Table:
    """A row a family, a column a system, of one measure."""
    from rich.table import Table

    table = Table(title=f"{COLUMNS[name]} by family")
    table.add_column("family")
    for each in results:
        table.add_column(each.system, justify="right")
    for family in results[0].figures if results else ():
        cells = [each.figures[family].get(name) for each in results]
        table.add_row(family, *(f"{cell.value:.2f}" if cell else "" for cell in cells))
    return table


def mistakes(result: Result, oracle: Oracle, world: World, most: int) -> Iterator[str]:
    """The answers with the greatest regret: what was asked when, what came, what should have."""
    wrong = sorted((each for each in result.judged if each.ndcg < 0.999), key=lambda one: one.ndcg)
    for each in wrong[:most]:
        yield _mistake(each, oracle, world)


def _mistake(judged: Judged, oracle: Oracle, world: World) -> str:
    scenario = judged.scenario
    said = " / ".join(each.text for each in scenario.said)
    lines = [
        f"{scenario.id} {scenario.now:%a %Y-%m-%d %H:%M} {scenario.zone}: {said}  (nDCG {judged.ndcg:.2f})",
        f"  answered: {judged.answer.text.splitlines()[0] if judged.answer.text else ''}",
    ]
    for item_id, state in zip(judged.answer.ids, judged.states, strict=False):
        fits = oracle.gain(world.items[item_id], scenario)
        lines.append(f"  came  {_line(world, item_id)}: {state}{'' if fits else ', not counted'}")
    lines += [f"  right {_line(world, each)}" for each in oracle.ranking(scenario)[:3]]
    lines += [
        f"  untrue {each.evidence.kind} {each.evidence.name}: {each.evidence.value!r}"
        for each in judged.claims
        if each.true is False
    ]
    return "\n".join(lines)


def _line(world: World, item_id: str) -> str:
    item = world.items[item_id]
    dates = {
        "out": item.published_at,
        "from": item.valid_from,
        "until": item.valid_until,
    }
    told = ", ".join(f"{name} {at:%Y-%m-%d %H:%M}" for name, at in dates.items() if at)
    repeats = f", {item.recurrence}" if item.recurrence else ""
    return f"{item.title[:60]} [{', '.join(item.categories[:2])}] {told}{repeats}"
