"""Requests that must be met by a time ("before Friday"), and for what is gone by then ("leaving before ...")."""

from __future__ import annotations

from datetime import datetime

from evaluation.timely.builder import EACH, Builder
from evaluation.timely.phrases import DEADLINES, before_date, before_weekday, choose
from evaluation.timely.scenario import Need, Said, Scenario, Topic
from evaluation.timely.scenarios.wording import use_forms, worded
from evaluation.timely.spans import DAY, HOUR, Asked, midnight

LEAVING: dict[str, tuple[str, ...]] = {
    "video": ("which {noun} are leaving {when}?", "last chance: {noun} that leave {when}"),
    "goods": ("offers on {noun} that end {when}", "which deals on {noun} expire {when}?"),
}


def build(builder: Builder, count: int) -> list[Scenario]:
    """One of four asks for what ends by then."""
    scenarios = []
    for place in range(count):
        topic = builder.topic(["shopping", "smart_home", "video"])
        now = builder.moment()
        goods = topic.domain != "video"
        if place % 4 == 3:
            wanted = choose((before_weekday, before_date), now, builder.rng)
            assert wanted is not None
            _ending(builder, wanted, now, topic)
            forms = LEAVING["goods" if goods else "video"]
            need = Need(topic.domain, topic, ends_before=wanted.end, on_offer=goods)
        else:
            wanted = choose(DEADLINES, now, builder.rng)
            assert wanted is not None
            builder.offers(topic, wanted, now)
            forms, need = use_forms(topic), Need(topic.domain, topic, used=wanted, on_offer=goods)
        text = worded(forms, topic, wanted.phrase, builder.rng)
        scenarios.append(Scenario(f"deadlines-{place}", "deadlines", (Said(text, now),), need))
    return scenarios


def _ending(builder: Builder, wanted: Asked, now: datetime, topic: Topic) -> None:
    """Things that end before the deadline, long after it, or have ended already."""
    for place, item in enumerate(builder.take(topic, EACH)):
        start = now - builder.span(HOUR, 5 * DAY)
        if place < 4:
            end = now + (wanted.end - now) * builder.rng.uniform(0.2, 0.95)
        elif place < 8:
            end = midnight(wanted.end, 1) + builder.span(DAY, 20 * DAY)
        else:
            end = now - builder.span(HOUR, 9 * DAY)
            start = end - builder.span(DAY, 5 * DAY)
        builder.window(item, (start, end))
