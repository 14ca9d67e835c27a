"""One pass over a stream: every system answers every request, every answer is checked and measured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from evaluation.replay.answers import TOP, Figures, among_all, in_list, top, unseen
from evaluation.replay.bursts import BurstWatch
from evaluation.replay.leakage import Gate, require_same
from evaluation.replay.stream import Request, Stream
from evaluation.replay.system import Scores, System
from evaluation.replay.walk import Stop, Task, walk

Build = Callable[[Stream], Sequence[System]]
Proofs = dict[tuple[str, Request, Task], Scores]
_PROOFS = 5  # requests at which the answers of the whole and the cut stream are compared


@dataclass(frozen=True)
class Answered:
    """The figures of one answer."""

    user: str
    at: float
    task: Task
    figures: Figures


@dataclass
class Outcome:
    """What a pass gave: by system its answers and how long bursts took; requests that no system could meet
    because their target was not there yet, or was seen, are counted apart."""

    answers: dict[str, list[Answered]] = field(default_factory=lambda: defaultdict(list))
    requests: int = 0
    unreachable: int = 0
    invalid: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    offered: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    watch: BurstWatch | None = None


def replay(
    stream: Stream,
    build: Build,
    requests: Sequence[Request],
    *,
    seed: int = 0,
    watch: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Outcome:
    """Let the systems that ``build`` makes answer ``requests``.

    Args:
        stream: walked from its beginning.
        build: makes fresh systems, knowing no more of a stream than its items' number and texts.
        requests: those to answer, in the order of time.
        seed: decides among equal scores, and where the stream is cut for the proof.
        watch: also look how long bursts take.
        progress: told how many requests are done.

    Raises:
        LeakageError: a system was handed, returned or made use of what was not there yet.
    """
    systems = build(stream)
    gate, outcome = Gate(systems), Outcome()
    outcome.watch = BurstWatch(stream) if watch else None
    cut = _cut(requests, seed)
    proofs: Proofs = {}
    begin = stream.calendar.split if watch else np.inf
    for number, stop in enumerate(walk(stream, gate, requests, probe_from=begin)):
        noise = np.random.default_rng([seed, number]).random(stop.question.known)
        request = stop.request
        for system in systems:
            scores = gate.ask(system, stop.question)
            if request is None:
                _look(outcome, system.name, stop, scores, noise)
                continue
            if id(request) in cut:
                proofs[system.name, request, stop.task] = scores.copy()
            _judge(outcome, gate, system.name, stop, request, scores, noise, stream)
        if request is not None and stop.task == "all":
            outcome.requests += 1
            there = any(
                row < stop.question.known and row not in stop.question.seen for row in request.targets
            )
            outcome.unreachable += not there
            progress(outcome.requests)
    _prove(stream, build, [each for each in requests if id(each) in cut], proofs)
    return outcome


def _look(outcome: Outcome, system: str, stop: Stop, scores: Scores, noise: Scores) -> None:
    offered = scores[np.isfinite(scores)]
    if outcome.watch is not None and offered.size and np.ptp(offered) > 0:
        outcome.watch.look(system, stop.question.at, top(scores, noise, TOP))


def _judge(
    outcome: Outcome,
    gate: Gate,
    system: str,
    stop: Stop,
    request: Request,
    scores: Scores,
    noise: Scores,
    stream: Stream,
) -> None:
    if stop.task == "all":
        best = top(unseen(scores, stop.question), noise, TOP)
        outcome.offered[system] += len(best)
        outcome.invalid[system] += gate.younger(best, request.at)
    measure = partial(among_all if stop.task == "all" else in_list, stream=stream)
    figures = measure(scores, stop.question, request.targets, noise)
    if figures:
        outcome.answers[system].append(Answered(request.user, request.at, stop.task, figures))


def _cut(requests: Sequence[Request], seed: int) -> set[int]:
    """The requests just before a moment that ``seed`` picks from the later half."""
    if not requests:
        return set()
    end = int(np.random.default_rng(seed).integers(len(requests) // 2, len(requests))) + 1
    return {id(each) for each in requests[max(end - _PROOFS, 0) : end]}


def _prove(stream: Stream, build: Build, requests: Sequence[Request], proofs: Proofs) -> None:
    """Answer them again with nothing after the last of them in the stream."""
    if not requests:
        return
    before = stream.until(requests[-1].at)
    systems = build(before)
    gate = Gate(systems)
    for stop in walk(before, gate, requests):
        if stop.request is not None:
            for system in systems:
                whole = proofs[system.name, stop.request, stop.task]
                require_same(system.name, stop.question.at, whole, gate.ask(system, stop.question))


def values_of(answers: Iterable[Answered], name: str) -> tuple[list[float], list[str], list[float]]:
    """The values of one figure, with the users and times of their requests."""
    found = [each for each in answers if name in each.figures]
    return [each.figures[name] for each in found], [each.user for each in found], [each.at for each in found]
