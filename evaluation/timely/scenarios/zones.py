"""Users elsewhere, at hours when their day is not that of UTC: "today" and "tomorrow" are theirs."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from evaluation.timely.builder import Builder
from evaluation.timely.phrases import choose, just_today, today, tomorrow, yesterday
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.scenarios.wording import NEWS, use_forms, worded

# Hours (local) at which the UTC date is another one.
ZONES = {"Asia/Tokyo": (0, 9), "America/Los_Angeles": (17, 24), "Pacific/Auckland": (0, 11)}


def build(builder: Builder, count: int) -> list[Scenario]:
    """Half ask for news of a day, half for offers of one."""
    scenarios = []
    for place in range(count):
        zone = builder.rng.choice(sorted(ZONES))
        news = place % 2 == 0
        topic = builder.topic(["news"] if news else ["shopping", "smart_home", "video"])
        now = builder.moment(ZoneInfo(zone), hours=ZONES[zone])
        if news:
            wanted = choose((yesterday, just_today), now, builder.rng)
        else:
            wanted = choose((today, tomorrow), now, builder.rng)
        assert wanted is not None
        if news:
            builder.publish(topic, wanted, now)
            need = Need(topic.domain, topic, published=wanted)
        else:
            builder.offers(topic, wanted, now)
            need = Need(topic.domain, topic, used=wanted, on_offer=topic.domain != "video")
        forms = NEWS if news else use_forms(topic)
        text = worded(forms, topic, wanted.phrase, builder.rng)
        scenarios.append(Scenario(f"zones-{place}", "zones", (Said(text, now),), need, zone))
    return scenarios
