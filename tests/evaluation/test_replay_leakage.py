from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from errors import SourceError
from evaluation.replay.baselines import MostRecent, PopularEver
from evaluation.replay.leakage import Gate, LeakageError
from evaluation.replay.run import replay
from evaluation.replay.stream import POSITIVE, Arrival, Deed, Question, Stream
from evaluation.replay.system import Scores, System
from evaluation.replay.walk import walk
from tests.evaluation.tiny_stream import tiny


class KnowsTheWholeStream(System):
    """Counts all clicks of the stream that it was built with, those to come too."""

    def __init__(self, stream: Stream) -> None:
        self.name = "oracle"
        self._counts = np.zeros(len(stream.arrivals))
        for deed in stream.deeds:
            self._counts[deed.row] += deed.kind in POSITIVE

    def score(self, question: Question) -> Scores:
        return self._counts[: question.known].copy()


class OffersWhatIsToCome(PopularEver):
    """Answers about every item, those that have not arrived too."""

    def score(self, question: Question) -> Scores:
        return self._counts.copy()


def honest(stream: Stream) -> Sequence[System]:
    return [PopularEver(len(stream.arrivals)), MostRecent(len(stream.arrivals))]


def test_systems_that_know_the_past_alone_pass() -> None:
    stream = tiny()
    outcome = replay(stream, honest, stream.requests)
    assert outcome.requests == 2
    assert set(outcome.invalid.values()) == {0}
    assert min(outcome.offered.values()) > 0


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda stream: [KnowsTheWholeStream(stream)], "oracle answers .* differently"),
        (lambda stream: [OffersWhatIsToCome(len(stream.arrivals))], "3 items of which 2 exist"),
    ],
)
def test_a_system_that_peeks_fails_the_run(build: Callable[[Stream], list[System]], told: str) -> None:
    stream = tiny()
    with pytest.raises(LeakageError, match=told):
        replay(stream, build, stream.requests)


def test_a_deed_handed_over_too_early_is_noticed_whoever_hands_it() -> None:
    stream, system = tiny(), PopularEver(3)
    gate = Gate([system])
    for arrival in stream.arrivals:
        gate.arrive(arrival)
    gate.observe(stream.deeds[3])
    with pytest.raises(LeakageError, match="handed a deed of 1970-01-01T00:00:10"):
        gate.ask(system, Question(at=10.0, user="u", known=3))


def test_an_item_asked_about_before_it_came_is_noticed() -> None:
    stream, system = tiny(), PopularEver(3)
    gate = Gate([system])
    for arrival in stream.arrivals:
        gate.arrive(arrival)
    with pytest.raises(LeakageError, match="item number 2"):
        gate.ask(system, Question(at=20.0, user="u", known=3))
    with pytest.raises(LeakageError, match="earlier"):
        gate.arrive(Arrival(0.0, 7, stream.arrivals[0].item))


def test_what_happens_at_the_time_of_a_request_is_not_known_to_it() -> None:
    stream, system = tiny(), PopularEver(3)
    gate = Gate([system])
    scores = [gate.ask(system, stop.question).tolist() for stop in walk(stream, gate, stream.requests)]
    assert scores == [[2.0, 1.0], [2.0, 2.0, 0.0]]


def test_a_stream_out_of_order_is_sorted_by_of_and_refused_otherwise() -> None:
    stream = tiny()
    assert [each.at for each in stream.deeds] == sorted(each.at for each in stream.deeds)
    shuffled = Stream.of(
        stream.name,
        stream.domain,
        {each.item.id: (each.at, each.item, True) for each in reversed(stream.arrivals)},
        [
            (each.at, stream.arrivals[each.row].item.id, each.user, each.kind)
            for each in reversed(stream.deeds)
        ],
        [
            (each.at, each.user, [stream.arrivals[row].item.id for row in each.targets], [], [])
            for each in reversed(stream.requests)
        ],
        stream.calendar,
    )
    assert shuffled == stream
    for field in ("deeds", "requests", "arrivals"):
        with pytest.raises(SourceError, match="order"):
            reversed_field: dict[str, Any] = {field: list(reversed(getattr(stream, field)))}
            replace(stream, **reversed_field)


def test_a_deed_on_what_is_not_there_yet_is_refused() -> None:
    stream = tiny()
    with pytest.raises(SourceError, match="not there"):
        replace(stream, deeds=[Deed(5.0, 2, "u", "click")])


def test_the_cut_stream_holds_nothing_later() -> None:
    cut = tiny().until(10.0)
    assert (len(cut.arrivals), len(cut.deeds), len(cut.requests)) == (2, 3, 1)
