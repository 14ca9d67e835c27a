"""The walk through a stream: hands over what was there, in order, and stops at each request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from evaluation.replay.leakage import Gate
from evaluation.replay.stream import POSITIVE, Question, Request, Stream

Task = Literal["all", "list"]


@dataclass(frozen=True)
class Stop:
    """A question to put: of all that is known, of the list that was shown, or (no request) a look at the top."""

    task: Task
    question: Question
    request: Request | None = None


def chosen(stream: Stream, seed: int, per_user: int | None) -> list[Request]:
    """The requests after the warm-up; where ``per_user`` is given, at most so many of a user in each part,
    drawn by ``seed``, so that few heavy users do not outweigh the others."""
    requests = [each for each in stream.requests if each.at >= stream.calendar.warm]
    if per_user is None:
        return requests
    drawn = np.random.default_rng(seed).random(len(requests))
    by_user: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for place, each in enumerate(requests):
        by_user[each.user, each.at >= stream.calendar.split].append(place)
    kept = {
        place
        for places in by_user.values()
        for place in sorted(places, key=lambda place: drawn[place])[:per_user]
    }
    return [each for place, each in enumerate(requests) if place in kept]


def walk(
    stream: Stream, gate: Gate, requests: Sequence[Request], *, probe_from: float = np.inf
) -> Iterator[Stop]:
    """Hand over the stream and stop at each of ``requests``, and at the probes from ``probe_from`` on.

    What happened at the very time of a request is not known to it, but for the list that it shows,
    which is there to be ranked.
    """
    hands = _Hands(stream, gate)
    probe, last = probe_from, stream.requests[-1].at if stream.requests else -np.inf
    for request in requests:
        while probe < min(request.at, last):
            hands.give_before(probe)
            yield Stop("all", Question(probe, None, hands.known))
            probe += stream.calendar.probe
        hands.give_before(request.at)
        yield Stop("all", hands.question(request, shown=False), request)
        if request.shown:
            hands.arrive_until(request.at)
            yield Stop("list", hands.question(request, shown=True), request)


class _Hands:
    """Gives things over in the order of time and remembers what each user took."""

    def __init__(self, stream: Stream, gate: Gate) -> None:
        self._stream = stream
        self._gate = gate
        self._deeds = 0
        self.known = 0
        self._taken: dict[str, list[int]] = defaultdict(list)
        self._seen: dict[str, set[int]] = defaultdict(set)

    def give_before(self, at: float) -> None:
        deeds = self._stream.deeds
        while self._deeds < len(deeds) and deeds[self._deeds].at < at:
            deed = deeds[self._deeds]
            self.arrive_until(deed.at)
            self._gate.observe(deed)
            if deed.kind in POSITIVE:
                self._taken[deed.user].append(deed.row)
            if deed.kind != "shown":
                self._seen[deed.user].add(deed.row)
            self._deeds += 1
        self._arrive(self._stream.known(at))

    def arrive_until(self, at: float) -> None:
        self._arrive(self._stream.known(at, inclusive=True))

    def _arrive(self, known: int) -> None:
        while self.known < known:
            self._gate.arrive(self._stream.arrivals[self.known])
            self.known += 1

    def question(self, request: Request, *, shown: bool) -> Question:
        taken = tuple(self._taken[request.user])
        return Question(
            at=request.at,
            user=request.user,
            known=self.known,
            shown=request.shown if shown else (),
            history=(*request.history, *taken),
            seen=frozenset() if shown else frozenset(self._seen[request.user].union(request.history)),
        )
