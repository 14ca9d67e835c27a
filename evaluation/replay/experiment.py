"""The whole experiment on one stream: fit and tune on the earlier part, then report on the later."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evaluation.replay import mind, movielens
from evaluation.replay.co_visits import CoVisits
from evaluation.replay.content import HistoryLikeness
from evaluation.replay.fitting import Fitted, collect, fit_signals
from evaluation.replay.line_up import MOST, Tuned, line_up, tune
from evaluation.replay.report import Table, figures
from evaluation.replay.run import Outcome, replay
from evaluation.replay.signals import SignalTable
from evaluation.replay.stream import DAY, HOUR, YEAR, Request, Stream, told
from evaluation.replay.vectors import Vectors, embed
from evaluation.replay.walk import Task, chosen
from timeliness.signals.weights import Weights
from vectorstore.embedder import Embedder

Progress = Callable[[str, int, int], None]
LOADERS: Mapping[str, Callable[[Path], Stream]] = {"mind": mind.load, "movielens": movielens.load}
PER_USER: Mapping[str, int | None] = {"mind": None, "movielens": 10}
FRESHNESS: Mapping[str, tuple[float, ...]] = {
    "mind": (2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 18 * HOUR, DAY, 1.5 * DAY, 2 * DAY, 3 * DAY, 5 * DAY),
    "movielens": (YEAR / 4, YEAR / 2, YEAR, 2 * YEAR, 3 * YEAR, 5 * YEAR, 8 * YEAR, 12 * YEAR, 20 * YEAR),
}
FOREVER = 1000 * YEAR
TRENDS: Mapping[str, tuple[float, ...]] = {
    "mind": (3 * HOUR, 6 * HOUR),
    "movielens": (DAY, 2 * DAY),
}
POPULARITY: Mapping[str, tuple[float, ...]] = {
    "mind": (2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, FOREVER),
    "movielens": (30 * DAY, 90 * DAY, YEAR / 2, YEAR, 2 * YEAR, 5 * YEAR, 10 * YEAR, FOREVER),
}


@dataclass(frozen=True)
class Experiment:
    """What came out; ``table`` is ``{system: {metric: value}}``, ``conditions`` one paragraph."""

    stream: Stream
    tuned: Tuned
    fitted: Sequence[Fitted]
    outcome: Outcome
    table: Table
    conditions: str


def run(
    name: str,
    data: Path,
    *,
    home: Path,
    open_embedder: Callable[[], Embedder],
    weights: Weights,
    seed: int = 0,
    most: int | None = None,
    progress: Progress = lambda _stage, _done, _total: None,
) -> Experiment:
    """Run the experiment on the stream called ``name``.

    Args:
        name: of ``LOADERS``.
        data: the folder of the data sets.
        home: where vectors are kept for the next time.
        open_embedder: loads the embedder.
        weights: of the file to compare with those fitted; its half-lives of taste hold for both.
        seed: of all that is drawn.
        most: report on at most so many requests, evenly spaced; None: on all.
        progress: told stage, done and total.

    Raises:
        SourceError: the data are missing or wrong.
        LeakageError: a system came by the future.
    """
    stream = LOADERS[name](data)
    described = [each.item for each in stream.arrivals if each.described]
    vectors = embed(
        described,
        open_embedder(),
        home / "replay",
        lambda done: progress("Embedding", done, len(described)),
    )
    requests = chosen(stream, seed, PER_USER[name])
    early = sum(each.at < stream.calendar.split for each in requests)
    later = requests[early:] if most is None else _spread(requests[early:], most)
    fitted = _fit(stream, vectors, weights, requests, seed, progress)
    tuned = tune(
        stream, requests, seed, lambda done: progress("Tuning baselines", done, min(early, 2 * MOST))
    )
    with TemporaryDirectory() as folder:
        build = line_up(vectors, weights, tuned, fitted, Path(folder))
        outcome = replay(
            stream, build, later, seed=seed, progress=lambda done: progress("Replaying", done, len(later))
        )
    table = figures(outcome, stream.calendar.split, seed)
    return Experiment(stream, tuned, fitted, outcome, table, _conditions(stream, early, later, outcome))


def _spread(requests: Sequence[Request], most: int) -> list[Request]:
    """At most ``most`` of them, evenly spaced."""
    count = min(most, len(requests))
    return [requests[place * len(requests) // count] for place in range(count)]


def _fit(
    stream: Stream,
    vectors: Vectors,
    weights: Weights,
    requests: Sequence[Request],
    seed: int,
    progress: Progress,
) -> list[Fitted]:
    count = len(stream.arrivals)
    table = SignalTable(
        count,
        stream.domain,
        weights.of(stream.domain),
        HistoryLikeness(count, vectors),
        CoVisits(count),
        TRENDS[stream.name],
        POPULARITY[stream.name],
    )
    lists = collect(
        stream, table, requests, seed, lambda done: progress("Collecting choices", done, len(requests))
    )
    tasks: list[Task] = ["all", "list"]
    return [
        fit_signals(each, lists[each], stream.calendar, FRESHNESS[stream.name], weights.temperature, seed)
        for each in tasks
        if lists[each]
    ]


def _conditions(stream: Stream, early: int, later: Sequence[Request], outcome: Outcome) -> str:
    return (
        f"{stream.name}: {len(stream.arrivals)} items, {len(stream.deeds)} deeds from"
        f" {told(stream.deeds[0].at)} to {told(stream.deeds[-1].at)}; fitted on {early} requests from"
        f" {told(stream.calendar.warm)}, reported on {len(later)} of {len({each.user for each in later})}"
        f" users from {told(stream.calendar.split)}; at {outcome.unreachable} of these no target existed yet"
        " that the user had not seen, which no system can meet: among all, they are left out"
    )
