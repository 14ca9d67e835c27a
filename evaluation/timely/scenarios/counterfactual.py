"""The same words at two moments that have no right answer in common: who does not look at the clock fails one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from evaluation.timely.builder import Builder
from evaluation.timely.phrases import Phrase, just_today, right_now, today, tomorrow, yesterday
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.scenarios import bursts
from evaluation.timely.scenarios.wording import NEWS, use_forms, worded
from evaluation.timely.spans import DAY, HOUR

_COUNTS = (3, 1, 1)


def build(builder: Builder, count: int) -> list[Scenario]:
    """News of a day, offers of one, and bursts, in turn; each gives two scenarios."""
    kinds: tuple[Callable[[Builder, int], list[Scenario]], ...] = (_news, _offers, _offers, _bursts)
    return [each for place in range(count) for each in kinds[place % len(kinds)](builder, place)]


def _moments(builder: Builder) -> tuple[datetime, datetime]:
    """Two moments, six weeks to four months apart."""
    first = builder.moment(hours=(9, 20), within=280)
    return first, first + DAY * builder.rng.randint(45, 120) + HOUR * builder.rng.randint(0, 2)


def _news(builder: Builder, place: int) -> list[Scenario]:
    topic = builder.topic(["news"], 2 * sum(_COUNTS))
    phrase: Phrase = builder.rng.choice((yesterday, just_today))
    text, moments = "", _moments(builder)
    needs = []
    for now in moments:
        wanted = phrase(now, builder.rng)
        assert wanted is not None
        text = text or worded(NEWS, topic, wanted.phrase, builder.rng)
        builder.publish(topic, wanted, now, _COUNTS)
        needs.append(Need(topic.domain, topic, published=wanted))
    return _pair(place, text, moments, needs)


def _offers(builder: Builder, place: int) -> list[Scenario]:
    topic = builder.topic(["shopping", "smart_home", "video"], 2 * sum(_COUNTS))
    phrase: Phrase = builder.rng.choice((right_now, today, tomorrow))
    text, moments = "", _moments(builder)
    needs = []
    for now in moments:
        wanted = phrase(now, builder.rng)
        assert wanted is not None
        text = text or worded(use_forms(topic), topic, wanted.phrase, builder.rng)
        builder.offers(topic, wanted, now, _COUNTS)
        needs.append(Need(topic.domain, topic, used=wanted, on_offer=topic.domain != "video"))
    return _pair(place, text, moments, needs)


def _bursts(builder: Builder, place: int) -> list[Scenario]:
    topic = builder.topic(["news", "video"], 2 * (bursts.BURSTING + 7))
    moments = _moments(builder)
    for now in moments:
        bursts.dress(builder, topic, now)
    text = worded(bursts.FORMS[topic.domain], topic, "", builder.rng)
    return _pair(place, text, moments, [Need(topic.domain, topic, bursting=True)] * 2)


def _pair(place: int, text: str, moments: tuple[datetime, datetime], needs: list[Need]) -> list[Scenario]:
    return [
        Scenario(
            f"counterfactual-{place}{side}",
            "counterfactual",
            (Said(text, now),),
            need,
            pair=f"counterfactual-{place}",
        )
        for side, now, need in zip("ab", moments, needs, strict=True)
    ]
