"""How far something rose above its usual in its latest burst, in figures and in words; and floods, which are none."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from timeliness.bursts import KNOWN_VISITS, find
from timeliness.signals.wording import is_chinese
from timeliness.visits import Visits

SMOOTHING = 5.0
FULL = 8.0  # so many times the usual give a strength of 1
WINDOW = 4  # half-lives that a burst is looked for
GOING_ON = 1 / 24  # of the window: a burst that ended no longer ago goes on
MOST_TIMES = 20  # a larger multiple of a small usual says no more
FLOOD_EVENTS = 20
FLOOD_SHARE = 0.5
_HOUR = 3600
_DAY = 24 * _HOUR


@dataclass(frozen=True)
class Rise:
    """One burst as it is told.

    ``users``: different people in the last ``span``, which holds the whole burst; ``usual``:
    how many are usual in such a span at that hour, and ``times`` by how much they exceed it, None
    where too little is known; ``strength``: 0..1, halving after the burst with each half-life.
    """

    since: datetime
    until: datetime
    span: timedelta
    users: int
    usual: float | None
    times: float | None
    strength: float
    going_on: bool

    def words(self, language: str = "en") -> str:
        """``12 people in the last hour, 6 times its usual``, or the same in Chinese."""
        chinese = is_chinese(language)
        hours = round(self.span.total_seconds() / _HOUR)
        number, unit, unit_zh = (hours, "hour", "小时") if hours <= 24 else (hours // 24, "day", "天")
        last = f"{number} {unit}s" if number > 1 else unit
        words = (
            f"最近{number}{unit_zh}有{self.users}人关注"
            if chinese
            else f"{self.users} people in the last {last}"
        )
        if self.times is None or round(self.times) < 2:
            return words
        if self.times > MOST_TIMES:
            more = f"是平时的{MOST_TIMES}倍以上" if chinese else f"more than {MOST_TIMES} times its usual"
        else:
            more = f"是平时的{self.times:.0f}倍" if chinese else f"{self.times:.0f} times its usual"
        return f"{words}，{more}" if chinese else f"{words}, {more}"


@dataclass(frozen=True)
class Flood:
    """Events of which a few users sent most: ``share`` of ``events`` by ``users`` of them."""

    events: int
    users: int
    share: float

    def words(self, language: str = "en") -> str:
        """``500 events, 98% of them by 1 user``."""
        if is_chinese(language):
            return f"{self.events}次事件，其中{self.share:.0%}来自{self.users}个用户"
        who = "1 user" if self.users == 1 else f"{self.users} users"
        return f"{self.events} events, {self.share:.0%} of them by {who}"


def rise_of(visits: Visits, now: datetime, half_life: timedelta) -> Rise | None:
    """The latest burst within four half-lives before ``now``; None where there is none."""
    at, window = now.timestamp(), half_life.total_seconds() * WINDOW
    found = find(visits, at, window)
    if found is None:
        return None
    burst, learnt = found
    span = _told(at - burst.since)
    users = visits.users(at - span, at)
    expected = learnt.expected(at - span, at)
    lift = math.log2((users + SMOOTHING) / (expected + SMOOTHING)) / math.log2(FULL)
    passed = max(at - burst.until, 0.0)
    known = learnt.visits >= KNOWN_VISITS
    return Rise(
        since=datetime.fromtimestamp(burst.since, UTC),
        until=datetime.fromtimestamp(burst.until, UTC),
        span=timedelta(seconds=span),
        users=users,
        usual=expected if known else None,
        times=users / expected if known else None,
        strength=min(max(lift, 0.0), 1.0) * 2.0 ** (-passed / half_life.total_seconds()),
        going_on=passed <= window * GOING_ON,
    )


def flood_of(visits: Visits, now: datetime, half_life: timedelta) -> Flood | None:
    """Whether a few users sent most of an item's events within four half-lives before ``now``."""
    at, window = now.timestamp(), half_life.total_seconds() * WINDOW
    flooding, events = visits.flooding(at - window, at), visits.events(at - window, at)
    sent = sum(flooding.values())
    if sent < FLOOD_EVENTS or sent < FLOOD_SHARE * events:
        return None
    return Flood(events=events, users=len(flooding), share=sent / events)


def _told(age: float) -> float:
    """The shortest whole number of hours, above a day of days, that holds ``age``, in seconds."""
    unit = _HOUR if age <= _DAY else _DAY
    return max(math.ceil(age / unit), 1) * unit
