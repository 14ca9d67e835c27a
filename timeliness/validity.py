"""When an item may be recommended, and which items a demand's times admit.

Windows are half-open pairs of instants ``(start, end)``; None leaves a side open. A
recurring window is worked out in the wall time of the zone that ``valid_from`` carries,
so that a day-long one runs from midnight to midnight when the clocks change, and is given
in UTC. Occurrences are cached four years at a time: a lookup searches a short tuple.

An item without ``valid_from`` may not be recommended before it came out (``published_at``).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from schema import Item, TimeDemand
from timeliness.recurrence import check_recurrence, starts

Window = tuple[datetime | None, datetime | None]
_Bounded = tuple[datetime, datetime]

# Seasons in which shops mark down; the other seasons only make an item fitting.
SALE_SEASONS = frozenset({"black_friday", "cyber_monday", "singles_day", "boxing_day", "mid_year_618"})
GOODS = frozenset({"shopping", "smart_home"})

_BLOCK_YEARS = 4
_HORIZON_YEARS = 64  # a rule that is silent for so long is taken to have ended
_MOST_JOINED = 400


@dataclass(frozen=True)
class _Series:
    """A rule with its first window in wall time: the cache's key.

    Aware datetimes of one instant are equal in every zone, so they cannot be the key.
    """

    rule: str
    start: datetime
    length: timedelta
    zone: tzinfo

    @classmethod
    def of(cls, item: Item) -> _Series | None:
        if item.recurrence is None or item.valid_from is None or item.valid_until is None:
            return None
        zone = item.valid_from.tzinfo or UTC
        start = item.valid_from.replace(tzinfo=None)
        return cls(
            item.recurrence, start, item.valid_until.astimezone(zone).replace(tzinfo=None) - start, zone
        )


def is_valid(item: Item, at: datetime) -> bool:
    """Whether ``item`` may be recommended at the moment ``at``."""
    window = window_at_or_after(item, at)
    return window is not None and (window[0] is None or window[0] <= at)


def window_at_or_after(item: Item, at: datetime) -> Window | None:
    """The window of ``item`` that holds ``at``, or else the next one; None where all have passed."""
    series = _Series.of(item)
    if series is not None:
        return _first_ending_after(series, at)
    if item.valid_until is not None and item.valid_until <= at:
        return None
    start = item.valid_from
    if start is None and item.published_at is not None and item.published_at > at:
        start = item.published_at
        if item.valid_until is not None and item.valid_until <= start:
            return None
    return start, item.valid_until


def overlaps(item: Item, start: datetime | None, end: datetime | None) -> bool:
    """Whether ``item`` may be recommended at some moment of ``[start, end)``."""
    return _window_within(item, start, end) is not None


def admits(item: Item, times: Sequence[TimeDemand], now: datetime) -> bool:
    """Whether ``item`` meets the time conditions of a demand, which are hard.

    - Publication: the item came out in the demanded window, or is an event of the news, whose date
      is when it begins ("what's new today?" on a feast day). Windows that share a moment
      must all hold ("this year, in March"); separate ones are alternatives ("the 70s or
      the 80s"). Where only ``attributes["year"]`` is known, the whole year must lie inside.
    - Validity: it holds at ``now``; or, where windows of offer (or else of use) are
      demanded, at some moment of one of them from ``now`` on. A window that has wholly
      passed asks for the past, and one of publication that lies ahead for what will come.
    - End: the validity that holds then ends in the demanded window ("leaving before Friday"),
      its last moment being what counts: what is valid until Friday begins leaves before it.
    """
    published = [each for each in times if each.role == "publication" and _bounded(each)]
    if published and not _came_out(item, published):
        return False
    wanted = [each for each in times if each.role == "offer" and _bounded(each)]
    wanted = wanted or [each for each in times if each.role == "use" and _bounded(each)]
    ending = [each for each in times if each.role == "end" and _bounded(each)]
    if not all(_ends_in(item, each, now) for each in ending):
        return False
    if not wanted and any(each.end is not None and each.end <= now for each in ending):
        return True
    if not wanted:
        wanted = [each for each in published if each.start is not None and each.start >= now]
    if not wanted:
        return is_valid(item, now)
    return any(overlaps(item, *_from_now_on(each, now)) for each in wanted)


def deadline(item: Item, now: datetime) -> datetime | None:
    """When the validity of ``item`` that holds at ``now`` ends; None where it does not end or not hold.

    Windows that follow one another without a gap count as one.
    """
    window = window_at_or_after(item, now)
    if window is None or (window[0] is not None and window[0] > now):
        return None
    return _joined_end(item, window)


def _joined_end(item: Item, window: Window) -> datetime | None:
    """When ``window`` of ``item`` ends, together with those that follow it without a gap."""
    end = window[1]
    if end is None:
        return None
    for _ in range(_MOST_JOINED):
        following = window_at_or_after(item, end) if item.recurrence else None
        if following is None or following[0] is None or following[1] is None or following[0] > end:
            return end
        end = following[1]
    return None


def on_offer(
    item: Item,
    start: datetime | None,
    end: datetime | None,
    *,
    zone: tzinfo = UTC,
    country: str = "US",
) -> Window | None:
    """The window in which ``item`` is on offer at some moment of ``[start, end)``, or None.

    Only goods are ever on offer: by their own window, by a sale season named in
    ``attributes["seasons"]`` (in the calendar of ``zone`` and ``country``; it needs
    ``start``), or by ``attributes["old_price"]`` above the price, for as long as they are
    valid. The first of these that holds is given.
    """
    if item.domain not in GOODS:
        return None
    own = _window_within(item, start, end)
    if own is None:
        return None
    if item.valid_until is not None or marked_down(item):
        return own
    seasons = item.attributes.get("seasons")
    names = (seasons,) if isinstance(seasons, str) else seasons if isinstance(seasons, tuple) else ()
    if start is None or not SALE_SEASONS.intersection(names):
        return None
    from timeliness.calendars import season_window

    windows = [
        season_window(each, start, zone=zone, country=country) for each in names if each in SALE_SEASONS
    ]
    return min((each for each in windows if end is None or each[0] < end), default=None)


def marked_down(item: Item) -> bool:
    """Whether ``item`` costs less than its old price."""
    old = item.attributes.get("old_price")
    return isinstance(old, int | float) and item.price is not None and old > item.price


def _bounded(time: TimeDemand) -> bool:
    return time.start is not None or time.end is not None


def _from_now_on(time: TimeDemand, now: datetime) -> Window:
    """The demanded window without what has passed, or whole where all of it has."""
    if time.end is not None and time.end <= now:
        return time.start, time.end
    return (now if time.start is None else max(time.start, now)), time.end


def _ends_in(item: Item, time: TimeDemand, now: datetime) -> bool:
    """Whether the window of ``item`` that holds now, or comes next, ends in the demanded one.

    Where that has wholly passed, it is the first window that was not over as it began.
    """
    start, end = _from_now_on(time, now)
    over = end is not None and end <= now
    since = (start or item.valid_from or item.published_at) if over else now
    window = window_at_or_after(item, since) if since else (None, item.valid_until)
    last = _joined_end(item, window) if window else None
    return last is not None and (start is None or start < last) and (end is None or last <= end)


def _came_out(item: Item, windows: Sequence[TimeDemand]) -> bool:
    latest = max((each.start for each in windows if each.start is not None), default=None)
    earliest = min((each.end for each in windows if each.end is not None), default=None)
    together = latest is None or earliest is None or latest < earliest
    return (all if together else any)(_came_out_in(item, each) for each in windows)


def _came_out_in(item: Item, time: TimeDemand) -> bool:
    if item.published_at is not None:
        after = time.start is None or item.published_at >= time.start
        return after and (time.end is None or item.published_at < time.end)
    year = item.attributes.get("year")
    if not isinstance(year, int) or not 1 <= year < 9999:
        return item.domain == "news" and item.valid_from is not None and _begins_in(item, time)
    bound = time.start or time.end
    zone = (bound.tzinfo if bound else None) or UTC
    after = time.start is None or datetime(year, 1, 1, tzinfo=zone) >= time.start
    return after and (time.end is None or datetime(year + 1, 1, 1, tzinfo=zone) <= time.end)


def _begins_in(item: Item, time: TimeDemand) -> bool:
    window = _window_within(item, time.start, time.end)
    if window is None or window[0] is None:
        return False
    if time.start is not None and window[0] < time.start and window[1] is not None:
        window = _window_within(item, window[1], time.end) or window
    return time.start is None or (window[0] is not None and window[0] >= time.start)


def _window_within(item: Item, start: datetime | None, end: datetime | None) -> Window | None:
    """The first window of ``item`` with a moment in ``[start, end)``."""
    if start is not None and end is not None and end <= start:
        return None
    since = start or item.valid_from or item.published_at
    if since is None:
        return None, item.valid_until
    if end is not None and since >= end:
        return None
    window = window_at_or_after(item, since)
    if window is None or (end is not None and window[0] is not None and window[0] >= end):
        return None
    return window


def _first_ending_after(series: _Series, at: datetime) -> _Bounded | None:
    """The earliest window that ends after ``at``, None where there is none within sixty years.

    A rule that cannot be read leaves the first window alone: a lookup never fails.
    """
    at = at.astimezone(UTC)
    first = _instants(series, series.start)
    if first[1] > at:
        return first
    if not _repeats(series):
        return None
    oldest = max(at.year - math.ceil(series.length / timedelta(days=365)) - 1, first[0].year - 1)
    for block in range(oldest // _BLOCK_YEARS, (at.year + _HORIZON_YEARS) // _BLOCK_YEARS):
        windows = _windows(series, block)
        place = bisect_right(windows, at, key=lambda window: window[1])
        if place < len(windows):
            return windows[place]
    return None


@lru_cache(maxsize=8192)
def _repeats(series: _Series) -> bool:
    """Whether the rule can be read and ever begins a second window; a search for none is long."""
    try:
        check_recurrence(series.rule)
        begun = starts(
            series.rule, series.start, series.zone, series.start.year, series.start.year + _HORIZON_YEARS
        )
        return any(start > series.start for start in begun)
    except (ValueError, TypeError, OverflowError):
        return False


@lru_cache(maxsize=8192)
def _windows(series: _Series, block: int) -> tuple[_Bounded, ...]:
    """The windows that begin in the wall-time years of ``block``, in the order of their ends."""
    since, until = block * _BLOCK_YEARS, (block + 1) * _BLOCK_YEARS
    try:
        begun = starts(series.rule, series.start, series.zone, since, until)
        found = [_instants(series, start) for start in begun if since <= start.year < until]
    except (ValueError, TypeError, OverflowError):
        return ()
    return tuple(sorted(found, key=lambda window: window[1]))


def _instants(series: _Series, start: datetime) -> _Bounded:
    """The window that begins at the wall time ``start``."""
    begin = start.replace(tzinfo=series.zone).astimezone(UTC)
    end = (start + series.length).replace(tzinfo=series.zone).astimezone(UTC)
    # Where the clocks skip the whole window, its exact length is what is left to keep.
    return (begin, end) if end > begin else (begin, begin + series.length)
