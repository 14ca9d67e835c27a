"""What users did is joined with what they had asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from finetune.feedback import read_feedback
from schema import Demand, Event, Item, Reason, Recommendation, Reply, Signals
from schema import Evidence as Proof

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def reply(query: str, *ids: str, minutes: int = 0) -> Reply:
    shown = [
        Recommendation(
            item=Item(id=each, domain="video", title=each),
            score=1.0,
            signals=Signals(),
            contributions={},
            reasons=(Reason(text="so", evidence=(Proof(kind="item", name="title", value=each),)),),
        )
        for each in ids
    ]
    return Reply(
        session="s",
        now=NOW + timedelta(minutes=minutes),
        text="",
        recommendations=tuple(shown),
        demand=Demand(text="raw words", query=query),
    )


def event(item_id: str, kind: str, minutes: int = 5, user: str = "s") -> Event:
    return Event.model_validate(
        {"item_id": item_id, "kind": kind, "user": user, "at": NOW + timedelta(minutes=minutes)}
    )


ANSWERS = {"s": [reply("calm films", "a", "b", "c"), reply("funny films", "b", "d", minutes=10)]}


def test_verdict_belongs_to_the_answer_before_it() -> None:
    found = read_feedback([event("b", "like"), event("d", "dislike", 12)], lambda s: ANSWERS.get(s, []), "US")
    calm, funny = found.examples
    assert (calm.request, calm.shown, calm.liked) == ("calm films", ("a", "b", "c"), frozenset("b"))
    assert (funny.request, funny.liked, funny.disliked) == ("funny films", frozenset(), frozenset("d"))


def test_latest_verdict_counts_and_a_click_only_without_one() -> None:
    events = [
        event("a", "click"),
        event("b", "click"),
        event("b", "dislike", 6),
        event("b", "click", 7),
        event("c", "like"),
        event("c", "dislike", 8),
    ]
    (found,) = read_feedback(events, lambda s: ANSWERS[s], "US").examples
    assert found.liked == {"a"}
    assert found.disliked == {"b", "c"}


def test_events_without_a_remembered_request_are_counted() -> None:
    events = [event("z", "like"), event("a", "like", user="gone"), event("a", "view")]
    found = read_feedback(events, lambda s: ANSWERS.get(s, []), "US")
    assert found.examples == []
    assert found.without_request == 2
    assert found.kinds == {"like": 2}


def test_requests_are_scrubbed() -> None:
    answers = [reply("films, tell ada@example.org", "a")]
    found = read_feedback([event("a", "like")], lambda _: answers, "US")
    assert found.examples[0].request == "films, tell <email>"
    assert found.scrubbed == {"email": 1}


def test_words_once_held_out_stay_held_out() -> None:
    answers = [reply(f"films about word{n}", "a", minutes=n) for n in range(40)]
    first = read_feedback([event("a", "like", 1)], lambda _: answers, "US")
    split = {n: read_feedback([event("a", "like", n)], lambda _: answers, "US") for n in range(40)}
    held = [n for n, each in split.items() if each.validation]
    assert 3 < len(held) < 20
    assert bool(first.validation) == (1 in held)
