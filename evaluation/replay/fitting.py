"""Half-lives and weights fitted on the earlier part of a stream.

Each choice of the earlier part becomes a list: the chosen item and others that could have been
chosen, those of the list that was shown (task ``list``) or an even sample of all that existed and
the user had not seen (task ``all``). Half-lives are those, on a grid, under which the choices are
likeliest when the weights are fitted along.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import expected_calibration_error
from evaluation.replay.choice import Array, Choices, fit, gather
from evaluation.replay.leakage import Gate
from evaluation.replay.rhythm import CYCLES, Gain, Rhythm, gain
from evaluation.replay.signals import USED, Calibration, SignalTable
from evaluation.replay.stream import Arrival, Calendar, Deed, Question, Request, Stream
from evaluation.replay.system import Scores, State, System
from evaluation.replay.walk import Task, walk
from timeliness.signals.weights import SignalName

SAMPLE = 200  # others in a list of task ``all``
MOST = 1500  # lists by which half-lives are chosen
_FEWEST = 30  # described choices from which likeness can be calibrated


@dataclass(frozen=True)
class Listed:
    """One list, the chosen row first; each array has shape (length,); ``trends`` and ``popularities`` hold
    one for each half-life, ``rhythms`` one for each cycle."""

    user: str
    ages: Array
    taste: Array
    affinity: Array
    rhythms: Mapping[str, Array]
    cosines: Array
    trends: Mapping[float, Array]
    popularities: Mapping[float, Array]

    def only(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Listed:
        """The rows that are ``kept``, by mask or by place."""
        return Listed(
            user=self.user,
            ages=self.ages[kept],
            taste=self.taste[kept],
            affinity=self.affinity[kept],
            rhythms={each: values[kept] for each, values in self.rhythms.items()},
            cosines=self.cosines[kept],
            trends={each: values[kept] for each, values in self.trends.items()},
            popularities={each: values[kept] for each, values in self.popularities.items()},
        )


@dataclass(frozen=True)
class HalfLives:
    """Of freshness, trend and popularity, in seconds."""

    freshness: float
    trend: float
    popularity: float


@dataclass(frozen=True)
class Fitted:
    """What was found; half-lives in seconds. ``likelihoods`` are mean log-likelihoods of a choice by
    half-life, ``gains`` what each signal adds to it, ``calibration_error`` that of the chances of the
    later part, ``choices`` how many lists there were. ``rhythms`` tell what each cycle would add: on the later
    half of the earlier part, fitted on its first half, and on the later part, fitted on the earlier."""

    task: Task
    choices: int
    half_lives: HalfLives
    calibration: Calibration
    weights: Mapping[SignalName, float]
    likelihoods: Mapping[str, Mapping[float, float]]
    gains: Mapping[SignalName, float]
    calibration_error: float
    rhythms: Mapping[str, tuple[Gain, Gain]]


class _Silent(System):
    """Keeps a table and the rhythms in step with the stream; answers nothing."""

    def __init__(self, table: SignalTable, rhythm: Rhythm) -> None:
        self.name = "fitting"
        self._states: tuple[State, ...] = (table, rhythm)

    def arrive(self, arrival: Arrival) -> None:
        """For both."""
        for each in self._states:
            each.arrive(arrival)

    def observe(self, deed: Deed) -> None:
        """For both."""
        for each in self._states:
            each.observe(deed)

    def score(self, question: Question) -> Scores:
        """Nothing to say."""
        return np.zeros(question.known)


def collect(
    stream: Stream,
    table: SignalTable,
    requests: Sequence[Request],
    seed: int,
    progress: Callable[[int], None] = lambda _: None,
) -> dict[Task, list[tuple[float, Listed]]]:
    """The lists of ``requests`` by task, each with its time; ``progress`` is told how many requests are done."""
    rhythm = Rhythm(len(stream.arrivals))
    system = _Silent(table, rhythm)
    gate = Gate([system])
    rng = np.random.default_rng(seed)
    lists: dict[Task, list[tuple[float, Listed]]] = {"all": [], "list": []}
    done = 0
    for stop in walk(stream, gate, requests):
        request, question = stop.request, stop.question
        if request is None:
            continue
        gate.ask(system, question)
        done += stop.task == "all"
        progress(done)
        targets = [row for row in request.targets if row < question.known and row not in question.seen]
        others = _others(question, request, rng)
        if not targets or not len(others):
            continue
        listed = _listed(table, rhythm, question, np.concatenate([np.array(targets, np.int64), others]))
        for place in range(len(targets)):
            kept = np.concatenate([[place], np.arange(len(targets), len(targets) + len(others))])
            lists[stop.task].append((question.at, listed.only(kept)))
    return lists


def _others(question: Question, request: Request, rng: np.random.Generator) -> NDArray[np.int64]:
    if question.shown:
        return np.array([row for row in question.shown if row not in request.targets], np.int64)
    drawn = rng.integers(0, max(question.known, 1), SAMPLE)
    barred = question.seen.union(request.targets)
    return np.array([row for row in dict.fromkeys(drawn.tolist()) if row not in barred], np.int64)


def _listed(table: SignalTable, rhythm: Rhythm, question: Question, rows: NDArray[np.int64]) -> Listed:
    return Listed(
        user=question.user or "",
        ages=table.ages(question)[rows],
        taste=table.taste(question)[rows],
        affinity=table.co_visits.values(question)[rows],
        rhythms={name: values[rows] for name, values in rhythm.values(question).items()},
        cosines=table.likeness.cosines(question)[rows],
        trends={
            each: counts.values(question.at, question.known)[rows] for each, counts in table.trends.items()
        },
        popularities={
            each: counts.values(question.at, question.known, rows)
            for each, counts in table.popularities.items()
        },
    )


def fit_signals(
    task: Task,
    lists: Sequence[tuple[float, Listed]],
    calendar: Calendar,
    freshness: Sequence[float],
    temperature: float,
    seed: int = 0,
) -> Fitted:
    """Fit on the lists before the calendar's split; those from it on only tell the calibration error and what
    rhythms would add.

    Half-lives are chosen one after the other, popularity, freshness, trend, and popularity and freshness
    once more with those found. Freshness is judged among what has a date.

    Args:
        task: of the lists.
        lists: of ``collect``, with their times.
        calendar: says where the later part begins.
        freshness: half-lives to choose from, in seconds; those of the others are in the lists.
        temperature: of the weights file.
        seed: of the intervals.
    """
    earlier = [each for at, each in lists if at < calendar.split]
    later = [each for at, each in lists if at >= calendar.split]
    dated = [each.only(~np.isnan(each.ages)) for each in earlier if not np.isnan(each.ages[0])]
    dated = [each for each in dated if len(each.ages) > 1]
    columns = _Columns(_calibrate(earlier), temperature)
    grids = {
        "popularity": (list(earlier[0].popularities), _thinned(earlier)),
        "freshness": (list(freshness), _thinned(dated)),
        "trend": (list(earlier[0].trends), _thinned(earlier)),
    }
    half_lives = HalfLives(**{name: grid[len(grid) // 2] for name, (grid, _) in grids.items()})
    likelihoods: dict[str, dict[float, float]] = {}
    for name in ("popularity", "freshness", "trend", "popularity", "freshness"):
        grid, over = grids[name]
        likelihoods[name] = {
            each: _likelihood(columns.of(over, replace(half_lives, **{name: each}))) for each in grid
        }
        best = max(grid, key=lambda each: likelihoods[name][each])
        half_lives = replace(half_lives, **{name: best})
    choices = columns.of(earlier, half_lives)
    weights = fit(choices)
    return Fitted(
        task=task,
        choices=len(earlier),
        half_lives=half_lives,
        calibration=columns.calibration,
        weights=dict(zip(USED, weights.tolist(), strict=True)),
        likelihoods=likelihoods,
        gains=_gains(choices, weights),
        calibration_error=_error(columns.of(later, half_lives), weights) if later else float("nan"),
        rhythms=_rhythms(columns, half_lives, earlier, later, seed),
    )


def _thinned(lists: Sequence[Listed]) -> Sequence[Listed]:
    """About ``MOST`` of them, evenly spaced: enough to choose a half-life by."""
    return lists[:: max(len(lists) // MOST, 1)]


def _likelihood(choices: Choices) -> float:
    return choices.log_likelihood(fit(choices))


@dataclass(frozen=True)
class _Columns:
    """Makes lists into columns of signals, in the order of ``USED``."""

    calibration: Calibration
    temperature: float

    def of(self, lists: Sequence[Listed], half_lives: HalfLives, rhythm: str | None = None) -> Choices:
        """``rhythm`` names a cycle to add as the last column."""
        return gather(
            [
                np.column_stack(
                    [
                        self.calibration.tempered(each.cosines, self.temperature),
                        np.nan_to_num(2.0 ** -(each.ages / half_lives.freshness), nan=0.0),
                        each.trends[half_lives.trend],
                        each.popularities[half_lives.popularity],
                        each.taste,
                        each.affinity,
                        *([each.rhythms[rhythm]] if rhythm else []),
                    ]
                )
                for each in lists
            ]
        )


def _calibrate(lists: Sequence[Listed]) -> Calibration:
    """Likeness of the chosen against that of the others, both counting as much."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    chosen = np.array([each.cosines[0] for each in lists])
    others = np.concatenate([each.cosines[1:] for each in lists])
    chosen, others = chosen[~np.isnan(chosen)], others[~np.isnan(others)]
    neutral = float(others.mean()) if others.size else 0.0
    if len(chosen) < _FEWEST or not others.size:
        return Calibration(slope=0.0, offset=0.0, neutral=neutral)
    model = LogisticRegression(class_weight="balanced").fit(
        np.concatenate([chosen, others])[:, None],
        np.concatenate([np.ones(len(chosen)), np.zeros(len(others))]),
    )
    slope = max(float(model.coef_[0, 0]), 0.0)
    return Calibration(slope, float(model.intercept_[0]) if slope else 0.0, neutral)


def _gains(choices: Choices, weights: Array) -> dict[SignalName, float]:
    """What the mean log-likelihood loses where a signal is left out and the rest fitted anew."""
    whole = choices.log_likelihood(weights)
    gains: dict[SignalName, float] = {}
    for place, name in enumerate(USED):
        signals = choices.signals.copy()
        signals[:, place] = 0.0
        rest = Choices(signals, choices.starts)
        gains[name] = whole - rest.log_likelihood(fit(rest))
    return gains


def _rhythms(
    columns: _Columns,
    half_lives: HalfLives,
    earlier: Sequence[Listed],
    later: Sequence[Listed],
    seed: int,
) -> dict[str, tuple[Gain, Gain]]:
    middle = len(earlier) // 2
    parts = ((earlier[:middle], earlier[middle:]), (earlier, later))
    if not middle or not later:
        return {}
    return {
        name: tuple(  # type: ignore[misc]
            gain(
                columns.of(fitted, half_lives, name),
                columns.of(held_out, half_lives, name),
                [each.user for each in held_out],
                seed,
            )
            for fitted, held_out in parts
        )
        for name in CYCLES
    }


def _error(choices: Choices, weights: Array) -> float:
    happened = np.zeros(len(choices.signals))
    happened[choices.starts] = 1.0
    return expected_calibration_error(choices.chances(weights), happened)
