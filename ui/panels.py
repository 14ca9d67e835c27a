"""The panel that shows what was understood: wishes, limits, feeling, and each window of time on a line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agent.justify import money
from schema import Demand, Limits, Reply, TimeDemand
from ui.rendering import render

WIDTH = 300.0  # of a time line, in the template's units
MARGIN = 0.1  # of the shown span, at each side
ROLES = {"use": "for use", "publication": "came out", "offer": "offer holds"}


def understood_html(reply: Reply) -> str:
    """What was understood of the request behind ``reply``, as escaped HTML."""
    demand = reply.demand
    if demand is None:
        return ""
    return render("understood.html", view=_view(demand, reply))


def _view(demand: Demand, reply: Reply) -> dict[str, Any]:
    feeling = demand.sentiment
    return {
        "intent": demand.intent.replace("_", " "),
        "domains": [each.replace("_", " ") for each in demand.domains] or ["any domain"],
        "wanted": [each for each in demand.interests if each.polarity >= 0],
        "unwanted": [each for each in demand.interests if each.polarity < 0],
        "limits": limits_in_words(demand.limits),
        "sentiment": feeling.mood or feeling.label,
        "sentiment_score": f"{feeling.score:+.2f}",
        "lines": [_line(each, reply.now) for each in demand.times],
        "now": moment(reply.now),
        "parsed_by": demand.parsed_by,
        "milliseconds": f"{sum(reply.timings.values()):.0f}" if reply.timings else "",
        "notes": [*demand.notes, *(each.message for each in reply.degraded)],
    }


def limits_in_words(limits: Limits) -> list[str]:
    """Each limit as a few words."""
    words = [
        f"≤ {money(limits.max_price, limits.currency)}" if limits.max_price is not None else "",
        f"≥ {money(limits.min_price, limits.currency)}" if limits.min_price is not None else "",
        f"≤ {limits.max_minutes:g} min" if limits.max_minutes is not None else "",
        f"≥ {limits.min_minutes:g} min" if limits.min_minutes is not None else "",
        f"in {', '.join(limits.languages)}" if limits.languages else "",
        "on offer" if limits.on_offer else "",
        f"without {len(limits.exclude_ids)} seen" if limits.exclude_ids else "",
    ]
    return [each for each in words if each]


def moment(at: datetime) -> str:
    """A time as the page writes it: ``Wed 25 Nov 2026, 15:00``."""
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"


def _line(time: TimeDemand, now: datetime) -> dict[str, Any]:
    """Where the window and now lie on a line that shows both; an open side runs to the edge."""
    start, end = time.start, time.end
    known = [now, *(each for each in (start, end) if each is not None)]
    first, last = min(known), max(known)
    span = max(last - first, timedelta(hours=1))
    left, width = first - span * MARGIN, span * (1 + 2 * MARGIN)

    def position(at: datetime) -> float:
        return round(min(max((at - left) / width, 0.0), 1.0) * WIDTH, 1)

    begins = position(start) if start else 0.0
    ends = position(end) if end else WIDTH
    if start is None and end is None:
        begins, ends = position(now), position(now)
    return {
        "phrase": time.phrase,
        "role": ROLES[time.role],
        "text": _window_text(start, end, now, time.recency),
        "x": begins,
        "width": max(ends - begins, 2.0),
        "now_x": position(now),
    }


def _window_text(start: datetime | None, end: datetime | None, now: datetime, recency: float) -> str:
    zone = now.tzinfo
    first = moment(start.astimezone(zone)) if start else ""
    last = moment(end.astimezone(zone)) if end else ""
    if first and last:
        return f"{first} to {last}"
    if first or last:
        return f"from {first}" if first else f"until {last}"
    return f"newer is better ({recency:.0%})" if recency else "any time"
