"""Time corrected in mid-conversation: the second message moves the window and says nothing else."""

from __future__ import annotations

from datetime import timedelta

from evaluation.timely.builder import Builder
from evaluation.timely.phrases import (
    before_weekday,
    choose,
    days_ago,
    just_today,
    last_month,
    next_week,
    on_date,
    on_weekday,
    past_week,
    this_weekend,
    today,
    tomorrow,
    yesterday,
)
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.scenarios.wording import NEWS, use_forms, worded

CORRECTIONS = (
    "actually make it {when}",
    "sorry, I meant {when}",
    "no, {when} instead",
    "hm, rather {when}",
)


def build(builder: Builder, count: int) -> list[Scenario]:
    """Half move a time of use or offer, half one of publication; the first answer's items stay about."""
    scenarios = []
    for place in range(count):
        news = place % 2 == 1
        topic = builder.topic(["news"] if news else ["shopping", "smart_home", "video"], 14)
        now = builder.moment()
        later = now + timedelta(minutes=2)
        if news:
            first = choose((just_today, past_week), now, builder.rng)
            then = choose((yesterday, days_ago, last_month), later, builder.rng)
        else:
            first = choose((today, this_weekend), now, builder.rng)
            then = choose((tomorrow, on_weekday, next_week, on_date, before_weekday), later, builder.rng)
        assert first is not None
        assert then is not None
        if news:
            builder.publish(topic, then, later)
            builder.publish(topic, first, now, (4, 0, 0))
            need = Need(topic.domain, topic, published=then)
        else:
            builder.offers(topic, then, later)
            builder.offers(topic, first, now, (4, 0, 0))
            need = Need(topic.domain, topic, used=then, on_offer=topic.domain != "video")
        opening = worded(NEWS if news else use_forms(topic), topic, first.phrase, builder.rng)
        correction = builder.rng.choice(CORRECTIONS).format(when=then.phrase)
        said = (Said(opening, now), Said(correction, later))
        scenarios.append(Scenario(f"corrections-{place}", "corrections", said, need))
    return scenarios
