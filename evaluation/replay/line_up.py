"""Which systems a replay compares, and how those with a setting are tuned on the earlier part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import numpy as np

from evaluation.replay.baselines import (
    CircularBuffer,
    ClickRate,
    DecayedPopularity,
    MostRecent,
    PopularEver,
    PopularInWindow,
)
from evaluation.replay.co_visits import CoVisits
from evaluation.replay.content import Bm25, HistoryLikeness, MiniLm
from evaluation.replay.fitting import Fitted
from evaluation.replay.run import Outcome, replay, values_of
from evaluation.replay.signals import USED, Calibration, Fused, FusedByTask, SignalTable, Tables
from evaluation.replay.stream import DAY, HOUR, YEAR, Request, Stream
from evaluation.replay.system import System
from evaluation.replay.vectors import Vectors
from schema import Demand
from timeliness.signals.weights import DomainWeights, SignalName, Weights

LENGTHS: Mapping[str, tuple[float, ...]] = {
    "mind": (HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY),
    "movielens": (30 * DAY, 90 * DAY, YEAR / 2, YEAR, 2 * YEAR, 5 * YEAR),
}
MOST = 800  # requests that the baselines are tuned on, evenly spaced
SIZES = (10, 30, 100, 300, 1000)
_ABLATIONS: Mapping[str, tuple[SignalName, ...]] = {
    "Kairos": (),
    **{f"without {name}": (name,) for name in USED},
    "without the new": ("freshness", "trend"),
}


@dataclass(frozen=True)
class Tuned:
    """Settings of the baselines: seconds, and items of the buffer."""

    window: float
    half_life: float
    rate: float
    size: int


def tune(
    stream: Stream, requests: Sequence[Request], seed: int, progress: Callable[[int], None] = lambda _: None
) -> Tuned:
    """The settings under which the baselines do best before the split, by MRR over all (and in the list)."""
    lengths = LENGTHS[stream.name]

    def build(stream: Stream) -> list[System]:
        count = len(stream.arrivals)
        systems: list[System] = []
        for each in lengths:
            systems += [
                PopularInWindow(count, each),
                DecayedPopularity(count, each),
                ClickRate(count, each),
            ]
        systems += [CircularBuffer(each) for each in SIZES]
        for place, system in enumerate(systems):
            system.name = str(place)
        return systems

    before = [each for each in requests if each.at < stream.calendar.split]
    before = before[:: max(len(before) // MOST, 1)]
    outcome = replay(stream, build, before, seed=seed, watch=False, progress=progress)
    worth = [_worth(outcome, str(place)) for place in range(3 * len(lengths) + len(SIZES))]
    window, half_life, rate = (
        lengths[int(np.argmax(worth[kind : 3 * len(lengths) : 3]))] for kind in range(3)
    )
    return Tuned(window, half_life, rate, SIZES[int(np.argmax(worth[3 * len(lengths) :]))])


def _worth(outcome: Outcome, name: str) -> float:
    means = [np.mean(values_of(outcome.answers[name], each)[0] or [0.0]) for each in ("mrr", "list_mrr")]
    return float(sum(means))


def line_up(
    vectors: Vectors,
    weights: Weights,
    tuned: Tuned,
    fitted: Sequence[Fitted],
    folder: Path,
) -> Callable[[Stream], list[System]]:
    """A maker of fresh systems: the baselines, our signals by the weights and half-lives fitted to each task,
    the same without each of them, and our signals by the weights file.

    Args:
        vectors: of all described items.
        weights: those of the file.
        tuned: settings of the baselines.
        fitted: on the earlier part, of all items first, then of lists where there are any.
        folder: where indices may lie for a while.
    """

    def build(stream: Stream) -> list[System]:
        count = len(stream.arrivals)
        likeness, co_visits = HistoryLikeness(count, vectors), CoVisits(count)
        return [
            PopularEver(count),
            PopularInWindow(count, tuned.window),
            DecayedPopularity(count, tuned.half_life),
            CircularBuffer(tuned.size),
            MostRecent(count),
            ClickRate(count, tuned.rate),
            Bm25(folder / f"{uuid4().hex}.sqlite"),
            MiniLm(likeness, fitted[0].calibration.neutral),
            *_learnt(stream, weights, fitted, likeness, co_visits),
            *_shipped(stream, weights, fitted[0].calibration, likeness, co_visits),
        ]

    return build


def _learnt(
    stream: Stream,
    weights: Weights,
    fitted: Sequence[Fitted],
    likeness: HistoryLikeness,
    co_visits: CoVisits,
) -> list[System]:
    tables = [_table(stream, _with(weights.of(stream.domain), each), likeness, co_visits) for each in fitted]
    together = Tables(tables)
    systems: list[System] = []
    for name, left_out in _ABLATIONS.items():
        sums = [
            Fused(name, table, each.calibration, _without(each.weights, left_out), weights.temperature)
            for table, each in zip(tables, fitted, strict=True)
        ]
        systems.append(FusedByTask(name, together, sums[0], sums[-1]))
    return systems


def _shipped(
    stream: Stream,
    weights: Weights,
    calibration: Calibration,
    likeness: HistoryLikeness,
    co_visits: CoVisits,
) -> list[System]:
    table = _table(stream, weights.of(stream.domain), likeness, co_visits)
    own = weights.effective(stream.domain, Demand(text=""))
    sums = {
        "weights file": own,
        **{f"file without {name}": _without(own, (name,)) for name in USED},
        "file without the new": _without(own, ("freshness", "trend")),
    }
    return [Fused(name, table, calibration, each, weights.temperature) for name, each in sums.items()]


def _without(weights: Mapping[SignalName, float], names: Sequence[SignalName]) -> dict[SignalName, float]:
    return {name: 0.0 if name in names else weight for name, weight in weights.items()}


def _with(domain: DomainWeights, fitted: Fitted) -> DomainWeights:
    lengths = {name: timedelta(seconds=value) for name, value in asdict(fitted.half_lives).items()}
    return domain.model_copy(
        update={"relatives": 1.0, "half_life": domain.half_life.model_copy(update=lengths)}
    )


def _table(
    stream: Stream, domain: DomainWeights, likeness: HistoryLikeness, co_visits: CoVisits
) -> SignalTable:
    trend, popularity = (
        each.total_seconds() for each in (domain.half_life.trend, domain.half_life.popularity)
    )
    return SignalTable(
        len(stream.arrivals), stream.domain, domain, likeness, co_visits, [trend], [popularity]
    )
