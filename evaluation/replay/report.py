"""What a replay found, as one object for machines and as tables for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from evaluation.metrics import grouped_bootstrap_interval
from evaluation.replay.fitting import Fitted
from evaluation.replay.line_up import Tuned
from evaluation.replay.rhythm import Gain
from evaluation.replay.run import Outcome, values_of
from evaluation.replay.stream import DAY, HOUR, YEAR, Stream

Table = dict[str, dict[str, float | list[float] | None]]
_INTERVALS = (
    "recall@10",
    "recall@50",
    "ndcg@10",
    "mrr",
    "list_auc",
    "list_mrr",
    "list_ndcg@5",
    "list_ndcg@10",
)


def figures(outcome: Outcome, split: float, seed: int) -> Table:
    """``{system: {metric: value}}`` over the later part: means over requests, ``<metric>_interval`` by drawing
    users, ``<metric>_n`` where fewer requests have it; ``invalid`` is the share of what was offered that did
    not exist; infinite waits are None."""
    table: Table = {}
    for system, answers in outcome.answers.items():
        later = [each for each in answers if each.at >= split]
        names = sorted({name for each in later for name in each.figures})
        row: dict[str, float | list[float] | None] = {
            "n": float(len({(each.user, each.at) for each in later}))
        }
        for name in names:
            values, users, _ = values_of(later, name)
            row[name] = float(np.mean(values))
            if name in _INTERVALS:
                row[f"{name}_interval"] = list(grouped_bootstrap_interval(values, users, seed=seed))
            row[f"{name}_n"] = float(len(values))
        row["invalid"] = outcome.invalid[system] / max(outcome.offered[system], 1)
        if outcome.watch is not None:
            found = outcome.watch.figures(system)
            row |= {name: value if np.isfinite(value) else None for name, value in found.items()}
        table[system] = row
    return table


def over_time(
    outcome: Outcome, systems: Sequence[str], metric: str, stream: Stream
) -> dict[str, list[tuple[float, float]]]:
    """Means of ``metric`` by system for each bin of the later part: middle of the bin, mean."""
    split, width = stream.calendar.split, stream.calendar.bin
    lines: dict[str, list[tuple[float, float]]] = {}
    for system in systems:
        values, _, times = values_of(outcome.answers[system], metric)
        bins: dict[int, list[float]] = {}
        for value, at in zip(values, times, strict=True):
            if at >= split:
                bins.setdefault(int((at - split) // width), []).append(value)
        lines[system] = [
            (split + (place + 0.5) * width, float(np.mean(found))) for place, found in sorted(bins.items())
        ]
    return lines


def tables(table: Table, columns: Sequence[str]) -> str:
    """One line a system, one column a metric; intervals in brackets."""
    shown = [each for each in columns if any(each in row for row in table.values())]
    lines = [f"{'system':24}" + "".join(f"{each:>22}" for each in shown)]
    for system, row in table.items():
        lines.append(f"{system:24}" + "".join(f"{_cell(row, each):>22}" for each in shown))
    return "\n".join(lines)


def _cell(row: Mapping[str, float | list[float] | None], name: str) -> str:
    value = row.get(name)
    if value is None:
        return "never" if name in row else "-"
    interval = row.get(f"{name}_interval")
    bounds = f" [{interval[0]:.3f} {interval[1]:.3f}]" if isinstance(interval, list) else ""
    return f"{value:.3f}{bounds}"


def describe_fit(fitted: Fitted) -> str:
    """The half-lives and weights found, and how much each half-life loses against the best."""
    lines = [f"Fitted on {fitted.choices} choices, task {fitted.task}:"]
    for name, best in asdict(fitted.half_lives).items():
        likelihoods = fitted.likelihoods[name]
        found = ", ".join(
            f"{length(each)} {value - likelihoods[best]:+.4f}" for each, value in likelihoods.items()
        )
        lines.append(f"  half-life of {name}: {length(best)} (log-likelihood a choice: {found})")
    lines += [
        f"  {name:11} weight {weight:7.3f}, adds {fitted.gains[name]:.4f} to the log-likelihood a choice"
        for name, weight in fitted.weights.items()
    ]
    lines += [
        f"  rhythm of the {name:4} would add, held out within the earlier part, {_told(before)};"
        f" on the later part {_told(after)}"
        for name, (before, after) in fitted.rhythms.items()
    ]
    calibration = fitted.calibration
    lines.append(
        f"  relevance = sigmoid({calibration.slope:.2f} * cosine {calibration.offset:+.2f}), "
        f"neutral cosine {calibration.neutral:.3f}; expected calibration error of the chances on the later"
        f" part {fitted.calibration_error:.4f}"
    )
    return "\n".join(lines)


def _told(gain: Gain) -> str:
    return f"{gain.mean:+.5f} [{gain.low:+.5f} {gain.high:+.5f}] (weight {gain.weight:.2f})"


def describe_tuned(tuned: Tuned) -> str:
    """The settings of the baselines."""
    return (
        f"Tuned on the earlier part: window {length(tuned.window)}, half-life {length(tuned.half_life)}, "
        f"click rate {length(tuned.rate)}, buffer {tuned.size} items"
    )


def length(seconds: float) -> str:
    """A length in its handiest unit, as the weights file takes it."""
    for unit, name in ((YEAR, "years"), (DAY, "days")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:g} {name}"
    return f"{seconds / HOUR:g} hours"
