"""Times and spans of time as the page writes them."""

from __future__ import annotations

from datetime import datetime, timedelta

DAY = timedelta(days=1)


def moment(at: datetime) -> str:
    """A time: ``Wed 25 Nov 2026, 15:00``."""
    return f"{day(at)}, {at:%H:%M}"


def day(at: datetime) -> str:
    """A date: ``Wed 25 Nov 2026``."""
    return f"{at:%a} {at.day} {at:%b} {at.year}"


def remaining(seconds: int) -> str:
    """A span in its two largest units: ``2 d 3 h``, ``3 h 5 min``, ``2 d``, ``40 s``."""
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    for (more, unit), (less, smaller) in (((days, "d"), (hours, "h")), ((hours, "h"), (minutes, "min"))):
        if more:
            return f"{more} {unit} {less} {smaller}" if less else f"{more} {unit}"
    return f"{minutes} min" if minutes else f"{left} s"


def window(start: datetime | None, end: datetime | None) -> str:
    """A half-open window, no more precisely than it is meant: ``1990 – 1999``,
    ``Sat 28 Nov 2026 – Sun 29 Nov 2026``, ``Wed 25 Nov 2026, 18:00 – 23:00``, ``since 2020``.

    Both sides are in the zone in which they are to be read; an empty text where both are open.
    """
    if start and end:
        return _closed(start, end)
    if start:
        return f"since {_edge(start)}"
    return f"before {_edge(end)}" if end else ""


def _closed(start: datetime, end: datetime) -> str:
    if _is_midnight(start) and _is_midnight(end):
        if _is_new_year(start) and _is_new_year(end):
            return str(start.year) if end.year == start.year + 1 else f"{start.year} – {end.year - 1}"
        last = (end - timedelta(microseconds=1)).date()
        if start.date() == last:
            return day(start)
        return f"{day(start)} – {day(end - DAY)}"
    if end - start < DAY:
        return f"{moment(start)} – {end:%H:%M}"
    return f"{moment(start)} – {moment(end)}"


def _edge(at: datetime) -> str:
    if _is_new_year(at):
        return str(at.year)
    return day(at) if _is_midnight(at) else moment(at)


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0)


def _is_new_year(at: datetime) -> bool:
    return _is_midnight(at) and (at.month, at.day) == (1, 1)


def standing(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """How a window lies to ``now``: ``starts in 3 d 4 h``, ``now, for another 2 h 0 min``, ``past``."""
    if start and now < start:
        return f"starts in {remaining(int((start - now).total_seconds()))}"
    if end and now >= end:
        return "past"
    if end:
        return f"now, for another {remaining(int((end - now).total_seconds()))}"
    return "now" if start else ""
