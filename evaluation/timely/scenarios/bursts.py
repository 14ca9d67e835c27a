"""What many turn to now, by events before now; others had their burst last week, have it next week, or are always busy."""

from __future__ import annotations

from datetime import datetime

from evaluation.timely.builder import Builder
from evaluation.timely.scenario import Need, Said, Scenario, Topic
from evaluation.timely.scenarios.wording import worded
from evaluation.timely.spans import DAY, HOUR

BURSTING = 5
FORMS = {
    "news": (
        "what is trending in {noun} news right now?",
        "which {noun} stories is everyone reading at the moment?",
        "trending {noun} articles",
    ),
    "video": (
        "what {noun} are trending right now?",
        "which {noun} is everyone watching at the moment?",
        "trending {noun}",
    ),
}


def build(builder: Builder, count: int) -> list[Scenario]:
    """All items came out long before, so that newness tells nothing."""
    scenarios = []
    for place in range(count):
        topic = builder.topic(["news", "video"], BURSTING + 7)
        now = builder.moment()
        dress(builder, topic, now)
        text = worded(FORMS[topic.domain], topic, "", builder.rng)
        need = Need(topic.domain, topic, bursting=True)
        scenarios.append(Scenario(f"bursts-{place}", "bursts", (Said(text, now),), need))
    return scenarios


def dress(builder: Builder, topic: Topic, now: datetime) -> None:
    """Items of ``topic`` that burst just before ``now``, at other times, or draw as many all the time."""
    items = builder.take(topic, BURSTING + 7)
    lasting = 5 * HOUR if topic.domain == "news" else 30 * HOUR
    for place, item in enumerate(items):
        item_id = builder.old(item, builder.base)
        users = builder.rng.randint(35, 60)
        if place < BURSTING:
            builder.burst(item_id, (now - lasting, now), users)
        elif place < BURSTING + 3:
            end = now - builder.span(7 * DAY, 12 * DAY)
            builder.burst(item_id, (end - lasting, end), users + 20)
        elif place < BURSTING + 5:
            start = now + builder.span(DAY, 6 * DAY)
            builder.burst(item_id, (start, start + lasting), users + 20)
        else:
            builder.attention(item_id, (now - 27 * DAY, now + 10 * DAY), 120)
