"""Festivals of the Chinese calendar: windows that move, beside others fixed to last year's dates."""

from __future__ import annotations

from datetime import UTC, datetime

from evaluation.timely.builder import EACH, Builder, Window
from evaluation.timely.festivals import FESTIVALS, Festival, midnight_of
from evaluation.timely.phrases import today
from evaluation.timely.scenario import Need, Said, Scenario, Topic
from evaluation.timely.scenarios.seasons import SHOPPED_FOR
from evaluation.timely.scenarios.wording import use_forms, worded
from evaluation.timely.spans import DAY, Asked, asked


def build(builder: Builder, count: int) -> list[Scenario]:
    """Asked for by name ahead (in Chinese every third time), or on the day without a name."""
    scenarios = []
    for place in range(count):
        festival = builder.rng.choice(FESTIVALS)
        topic = builder.topic(["shopping", "smart_home"])
        day = _day(builder, festival)
        moments = dress(builder, topic, festival, day)
        lead = builder.span(24 * DAY, 44 * DAY)
        now = (day - lead).replace(hour=builder.rng.randrange(8, 21), minute=0, second=0, microsecond=0)
        before, after = max(day - moments[0], SHOPPED_FOR), moments[1] - day + 2 * DAY
        wanted = asked(f"for {festival.english}", day, day + DAY, before=before, after=after)
        need = Need(topic.domain, topic, used=wanted, on_offer=True)
        if place % 3 == 0:
            text = f"{festival.chinese}有什么优惠？"
            need = Need("shopping", None, used=wanted, on_offer=True)
        elif place % 3 == 1:
            text = worded(use_forms(topic), topic, wanted.phrase, builder.rng)
        else:
            now = day.replace(hour=builder.rng.randrange(8, 19))
            need, text = _on_the_day(builder, topic, now)
        scenarios.append(Scenario(f"lunar-{place}", "lunar", (Said(text, now),), need))
    return scenarios


def _on_the_day(builder: Builder, topic: Topic, now: datetime) -> tuple[Need, str]:
    wanted: Asked | None = today(now, builder.rng)
    assert wanted is not None
    need = Need(topic.domain, topic, used=wanted, on_offer=True)
    return need, worded(use_forms(topic), topic, wanted.phrase, builder.rng)


def _day(builder: Builder, festival: Festival) -> datetime:
    """The festival's first day that is six weeks or more after the base."""
    days = [midnight_of(each) for each in festival.dates]
    return next(each for each in days if each > builder.base + 45 * DAY)


def dress(builder: Builder, topic: Topic, festival: Festival, day: datetime) -> Window:
    """Items around the festival, of other festivals, and fixed to where it was a year before; its window."""
    others = [each for each in FESTIVALS if each is not festival]
    before = next(each for each in reversed(festival.dates) if midnight_of(each) < day)
    fixed = midnight_of(before).replace(tzinfo=UTC)
    for number, item in enumerate(builder.take(topic, EACH)):
        if number in (4, 5, 6):
            windows = [
                (fixed.replace(year=year), fixed.replace(year=year) + DAY) for year in range(2024, 2032)
            ]
            rule = f"FREQ=YEARLY;BYMONTH={fixed.month};BYMONTHDAY={fixed.day}"
            builder.recurring(item, windows[0], rule, windows)
        else:
            chosen = festival if number < 4 else builder.rng.choice(others)
            builder.recurring(item, chosen.windows[0], chosen.rule, chosen.windows)
    return next(each for each in festival.windows if each[0] <= day < each[1])
