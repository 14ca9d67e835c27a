"""Windows that come round: yearly seasons, asked for ahead by name or in them without, and weekly ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from evaluation.timely.builder import EACH, Builder, Window
from evaluation.timely.phrases import WEEKDAYS, today
from evaluation.timely.scenario import Need, Said, Scenario, Topic
from evaluation.timely.scenarios.wording import use_forms, worded
from evaluation.timely.spans import DAY, Asked, asked, midnight

YEARS = range(2024, 2032)
SHOPPED_FOR = 21 * DAY  # before a festival: what is on offer then may be meant as well
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Season:
    """A yearly window: its rule, its first day in a year, its days, and the festival's day within it."""

    phrase: str
    rule: str
    first: Callable[[int], date]
    days: int
    festival: int  # the day, counted from the first

    def windows(self) -> list[Window]:
        """The windows of all years, in UTC days."""
        starts = [datetime(*self.first(year).timetuple()[:3], tzinfo=UTC) for year in YEARS]
        return [(each, each + self.days * DAY) for each in starts]


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


SEASONS = (
    Season("for Halloween", "FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=15", lambda year: date(year, 10, 15), 17, 16),
    Season("for Christmas", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1", lambda year: date(year, 12, 1), 26, 24),
    Season("for Valentine's Day", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=7", lambda year: date(year, 2, 7), 8, 7),
    Season(
        "on Black Friday",
        "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29",
        _black_friday,
        4,
        0,
    ),
    Season("for Independence Day", "FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=1", lambda year: date(year, 7, 1), 5, 3),
)


def build(builder: Builder, count: int) -> list[Scenario]:
    """A third each: a season ahead by name, a season that is on, and a weekday's weekly window."""
    kinds = (_ahead, _within, _weekly)
    return [kinds[place % 3](builder, place) for place in range(count)]


def _ahead(builder: Builder, place: int) -> Scenario:
    season = builder.rng.choice(SEASONS)
    topic = _topic(builder)
    start, end = _window_of(builder, season)
    now = start - builder.span(30 * DAY, 70 * DAY)
    now = now.replace(hour=builder.rng.randrange(8, 21), minute=0, second=0, microsecond=0)
    day = start + season.festival * DAY
    core = asked(
        season.phrase, day, day + DAY, before=max(day - start, SHOPPED_FOR), after=end - day + 2 * DAY
    )
    _dress(builder, topic, season, now)
    text = worded(use_forms(topic), topic, season.phrase, builder.rng)
    return _scenario(place, text, now, topic, core)


def _within(builder: Builder, place: int) -> Scenario:
    season = builder.rng.choice(SEASONS)
    topic = _topic(builder)
    start, end = _window_of(builder, season)
    now = start + (end - start) * builder.rng.uniform(0.1, 0.7)
    now = now.replace(hour=builder.rng.randrange(8, 19), minute=0, second=0, microsecond=0)
    wanted = today(now, builder.rng)
    assert wanted is not None
    _dress(builder, topic, season, now)
    return _scenario(place, worded(use_forms(topic), topic, "today", builder.rng), now, topic, wanted)


def _weekly(builder: Builder, place: int) -> Scenario:
    topic, now = _topic(builder), builder.moment()
    ahead = builder.rng.randint(2, 5)
    day = midnight(now, ahead)
    for number, item in enumerate(builder.take(topic, EACH)):
        weekday = (day.weekday() + (0 if number < 4 else 2 + number % 3)) % 7
        begin = midnight(now, (weekday - now.weekday()) % 7 - 28)
        windows = [(begin + week * 7 * DAY, begin + week * 7 * DAY + DAY) for week in range(150)]
        builder.recurring(item, windows[0], f"FREQ=WEEKLY;BYDAY={_CODES[weekday]}", windows)
    wanted = asked(f"on {WEEKDAYS[day.weekday()]}", day, day + DAY)
    return _scenario(place, worded(use_forms(topic), topic, wanted.phrase, builder.rng), now, topic, wanted)


def _topic(builder: Builder) -> Topic:
    return builder.topic(["shopping", "smart_home"])


def _window_of(builder: Builder, season: Season) -> Window:
    """The season's first window that begins after the base and some weeks."""
    return next(each for each in season.windows() if each[0] > builder.base + 75 * DAY)


def _dress(builder: Builder, topic: Topic, season: Season, now: datetime) -> None:
    """Four items of the season, the others of seasons that are not near it."""
    others = [each for each in SEASONS if each is not season]
    for number, item in enumerate(builder.take(topic, EACH)):
        chosen = season if number < 4 else builder.rng.choice(others)
        windows = chosen.windows()
        builder.recurring(item, windows[0], chosen.rule, windows)


def _scenario(place: int, text: str, now: datetime, topic: Topic, wanted: Asked) -> Scenario:
    need = Need(topic.domain, topic, used=wanted, on_offer=True)
    return Scenario(f"seasons-{place}", "seasons", (Said(text, now),), need)
