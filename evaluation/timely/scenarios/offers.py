"""What can be had now: offers that have expired or not begun stand beside those that are open."""

from __future__ import annotations

from evaluation.timely.builder import Builder
from evaluation.timely.phrases import choose, right_now, today, tonight
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.scenarios.wording import use_forms, worded
from evaluation.timely.spans import INSTANT, asked


def build(builder: Builder, count: int) -> list[Scenario]:
    """Half of the requests say no time at all: what is meant is now."""
    scenarios = []
    for place in range(count):
        topic = builder.topic(["shopping", "smart_home", "video"])
        now = builder.moment()
        if place % 2:
            wanted = asked("", now, now + INSTANT)
        else:
            wanted = choose((right_now, today, tonight), now, builder.rng) or asked("", now, now + INSTANT)
        builder.offers(topic, wanted, now)
        text = worded(use_forms(topic), topic, wanted.phrase, builder.rng)
        need = Need(topic.domain, topic, used=wanted, on_offer=topic.domain != "video")
        scenarios.append(Scenario(f"offers-{place}", "offers", (Said(text, now),), need))
    return scenarios
