"""What people say for a window of time, beside the window that it is: for use or offers, and for publication.

Only phrases with one everyday reading are used, or with a tolerance that covers the others
(``Asked.outer``). A phrase that would be unclear at a moment ("before Friday" said on a
Thursday) is not used then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from evaluation.timely.spans import DAY, HOUR, INSTANT, Asked, asked, at_hour, midnight, month_start

Phrase = Callable[[datetime, Random], Asked | None]
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def choose(phrases: tuple[Phrase, ...], now: datetime, rng: Random) -> Asked | None:
    """One of ``phrases`` that can be said at ``now``; None where none can."""
    for each in rng.sample(phrases, len(phrases)):
        if (found := each(now, rng)) is not None:
            return found
    return None


# When a thing is wanted


def right_now(now: datetime, rng: Random) -> Asked | None:
    """The instant; three hours of it may be meant."""
    return asked("right now", now, now + INSTANT, after=3 * HOUR)


def today(now: datetime, rng: Random) -> Asked | None:
    """What is left of the day."""
    return asked("today", now, midnight(now, 1))


def tonight(now: datetime, rng: Random) -> Asked | None:
    """Some time of the evening."""
    if now.hour >= 16:
        return None
    return asked("tonight", at_hour(now, 19), at_hour(now, 23), before=2 * HOUR, after=6 * HOUR)


def tomorrow(now: datetime, rng: Random) -> Asked | None:
    """The next day."""
    return asked("tomorrow", midnight(now, 1), midnight(now, 2))


def this_weekend(now: datetime, rng: Random) -> Asked | None:
    """Saturday and Sunday; Friday's evening may be meant."""
    if now.weekday() > 3:
        return None
    saturday = midnight(now, 5 - now.weekday())
    return asked("this weekend", saturday, saturday + 2 * DAY, before=7 * HOUR, after=6 * HOUR)


def on_weekday(now: datetime, rng: Random) -> Asked | None:
    """A day within the week, not the next one and not a week ahead."""
    ahead = rng.randint(2, 5)
    day = midnight(now, ahead)
    return asked(f"on {WEEKDAYS[day.weekday()]}", day, midnight(now, ahead + 1))


def next_week(now: datetime, rng: Random) -> Asked | None:
    """Monday to Friday; the week may begin or end with its Sunday."""
    if now.weekday() > 4:
        return None
    monday = midnight(now, 7 - now.weekday())
    return asked("next week", monday, monday + 5 * DAY, before=DAY, after=2 * DAY)


def on_date(now: datetime, rng: Random) -> Asked | None:
    """A day by its date, one to three weeks ahead."""
    ahead = rng.randint(8, 21)
    day = midnight(now, ahead)
    return asked(f"on {day.day} {day:%B}", day, midnight(now, ahead + 1))


def next_days(now: datetime, rng: Random) -> Asked | None:
    """From now on; the last day may count or not."""
    count, word = rng.choice(((2, "two"), (3, "three"), (5, "five")))
    return asked(
        f"in the next {word} days", now, now + (count - 1) * DAY, after=midnight(now, 2) - now + HOUR
    )


# By when


def before_weekday(now: datetime, rng: Random) -> Asked | None:
    """Until the day begins."""
    ahead = rng.randint(2, 5)
    day = midnight(now, ahead)
    return asked(f"before {WEEKDAYS[day.weekday()]}", now, day)


def before_month_ends(now: datetime, rng: Random) -> Asked | None:
    """Until the first of the next month."""
    return asked("before the end of the month", now, month_start(now, 1)) if now.day <= 24 else None


def before_hour(now: datetime, rng: Random) -> Asked | None:
    """Until an hour of the afternoon."""
    return asked("before 6 pm today", now, at_hour(now, 18)) if now.hour <= 13 else None


def within_hours(now: datetime, rng: Random) -> Asked | None:
    """A length from now on."""
    count = rng.choice((24, 48, 72))
    return asked(f"within the next {count} hours", now, now + timedelta(hours=count), after=HOUR)


def before_date(now: datetime, rng: Random) -> Asked | None:
    """Until a date, four to fifteen days ahead."""
    day = midnight(now, rng.randint(4, 15))
    return asked(f"before {day.day} {day:%B}", now, day)


DEADLINES: tuple[Phrase, ...] = (
    before_weekday,
    before_month_ends,
    before_hour,
    within_hours,
    before_date,
    next_days,
)


# When it came out


def last_two_days(now: datetime, rng: Random) -> Asked | None:
    """Yesterday and today, or two whole days back."""
    return asked("from the last two days", midnight(now, -1), now, before=DAY)


def since_yesterday(now: datetime, rng: Random) -> Asked | None:
    """Yesterday and today."""
    return asked("since yesterday", midnight(now, -1), now)


def yesterday(now: datetime, rng: Random) -> Asked | None:
    """The day before."""
    return asked("from yesterday", midnight(now, -1), midnight(now))


def past_week(now: datetime, rng: Random) -> Asked | None:
    """Seven days back, counted either way."""
    return asked("from the past week", now - 6 * DAY, now, before=2 * DAY)


def past_month(now: datetime, rng: Random) -> Asked | None:
    """Some thirty days back."""
    return asked("in the past month", now - 27 * DAY, now, before=5 * DAY)


def this_morning(now: datetime, rng: Random) -> Asked | None:
    """Before noon."""
    if now.hour < 14:
        return None
    return asked("from this morning", at_hour(now, 6), at_hour(now, 12), before=6 * HOUR)


def last_month(now: datetime, rng: Random) -> Asked | None:
    """The calendar month before."""
    return asked("from last month", month_start(now, -1), month_start(now))


def last_hours(now: datetime, rng: Random) -> Asked | None:
    """A length up to now."""
    count = rng.choice((6, 12, 24))
    return asked(f"from the last {count} hours", now - timedelta(hours=count), now, before=HOUR)


def days_ago(now: datetime, rng: Random) -> Asked | None:
    """One day, some days back."""
    back, word = rng.choice(((3, "three"), (4, "four"), (5, "five")))
    return asked(f"from {word} days ago", midnight(now, -back), midnight(now, 1 - back))


def just_today(now: datetime, rng: Random) -> Asked | None:
    """The day so far."""
    return asked("from today", midnight(now), now) if now.hour >= 9 else None


PUBLISHED: tuple[Phrase, ...] = (
    last_two_days,
    since_yesterday,
    yesterday,
    past_week,
    this_morning,
    last_month,
    last_hours,
    days_ago,
    just_today,
)
RELEASED: tuple[Phrase, ...] = (past_week, past_month, last_two_days, since_yesterday)
