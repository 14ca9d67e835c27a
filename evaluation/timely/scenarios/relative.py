"""Requests with a relative time of publication: "from the last two days", "in the past month"."""

from __future__ import annotations

from evaluation.timely.builder import Builder
from evaluation.timely.phrases import PUBLISHED, RELEASED, choose
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.scenarios.wording import NEWS, worded
from evaluation.timely.scenarios.wording import RELEASED as RELEASED_FORMS


def build(builder: Builder, count: int) -> list[Scenario]:
    """Three of four ask for news, the others for films that have come out."""
    scenarios = []
    for place in range(count):
        films = place % 4 == 3
        topic = builder.topic(["video"] if films else ["news"])
        now = builder.moment()
        wanted = choose(RELEASED if films else PUBLISHED, now, builder.rng)
        assert wanted is not None
        builder.publish(topic, wanted, now)
        when = wanted.phrase.removeprefix("from ") if films else wanted.phrase
        when = f"in {when}" if films and when.startswith("the ") else when
        text = worded(RELEASED_FORMS if films else NEWS, topic, when, builder.rng)
        need = Need(topic.domain, topic, published=wanted)
        scenarios.append(Scenario(f"relative-{place}", "relative", (Said(text, now),), need))
    return scenarios
