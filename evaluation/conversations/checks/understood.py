"""Checks of what was understood."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from evaluation.conversations.expect import Moments
from evaluation.conversations.heard import Heard
from evaluation.conversations.words import stands_in
from schema import Demand, Interest, TimeDemand


def intent(wanted: Sequence[str], heard: Heard) -> str | None:
    """The intent is one of those wanted."""
    return None if heard.demand.intent in wanted else heard.demand.intent


def domains(wanted: Sequence[str], heard: Heard) -> str | None:
    """The domains are those wanted, in any order."""
    return None if set(wanted) == set(heard.demand.domains) else ", ".join(heard.demand.domains) or "none"


def language(wanted: str, heard: Heard) -> str | None:
    """The language of the request."""
    return None if heard.demand.language == wanted else heard.demand.language


def likes(wanted: Sequence[str], heard: Heard) -> str | None:
    """Each word stands in a wish."""
    return _wishes(heard) if _missing(wanted, heard, 1) else None


def dislikes(wanted: Sequence[str], heard: Heard) -> str | None:
    """Each word stands in something refused."""
    return _wishes(heard) if _missing(wanted, heard, -1) else None


def dropped(wanted: Sequence[str], heard: Heard) -> str | None:
    """No wish for any of the words stands."""
    return None if len(_missing(wanted, heard, 1)) == len(wanted) else _wishes(heard)


def limits(wanted: Mapping[str, Any], heard: Heard) -> str | None:
    """Each named limit has the value wanted."""
    stands = heard.demand.limits.model_dump(mode="json")
    wrong = [name for name, value in wanted.items() if stands[name] != value]
    return ", ".join(f"{name} {stands[name]}" for name in wrong) or None


def time(wanted: Moments, heard: Heard) -> str | None:
    """A window of the role (or any) holds all moments wanted, and none of those that it must not hold."""
    windows = [each for each in heard.demand.times if wanted.role in (None, each.role)]
    held = [
        each
        for each in windows
        if all(_holds(each, at) for at in wanted.holds) and not any(_holds(each, at) for at in wanted.lacks)
    ]
    return None if held else _times(heard.demand.times)


def timeless(wanted: bool, heard: Heard) -> str | None:
    """Whether no time stands."""
    return None if wanted is not bool(heard.demand.times) else _times(heard.demand.times)


def mood(wanted: str, heard: Heard) -> str | None:
    """The mood that was heard."""
    came = heard.demand.sentiment.mood
    return None if came == wanted else str(came)


def points_at(wanted: Sequence[int], heard: Heard) -> str | None:
    """The references are to exactly the items of these ranks."""
    meant = {each.item_id for each in heard.demand.references}
    ranked = [each.id for each in heard.ranked(wanted) if each is not None]
    if len(ranked) == len(wanted) and meant == set(ranked):
        return None
    return ", ".join(f"{each.text!r}: {each.item_id}" for each in heard.demand.references) or "nothing"


def understood(demand: Demand) -> str:
    """A demand in one line, for a person to read."""
    limits = demand.limits.model_dump(exclude_defaults=True, exclude={"exclude_ids", "shown_ids"})
    parts = [
        demand.intent,
        ", ".join(demand.domains) or "no domain",
        _signs(demand.interests) or "no wishes",
        *(f"{name} {value}" for name, value in limits.items()),
        *(f"{each.phrase} ({each.role})" for each in demand.times),
    ]
    return " · ".join(parts)


def _missing(wanted: Sequence[str], heard: Heard, sign: int) -> list[str]:
    texts = [each.text for each in heard.demand.interests if each.polarity * sign > 0]
    return [word for word in wanted if not any(stands_in(word, text) for text in texts)]


def _wishes(heard: Heard) -> str:
    return _signs(heard.demand.interests) or "no wishes"


def _signs(interests: Sequence[Interest]) -> str:
    return ", ".join(f"{'+' if each.polarity > 0 else '-'}{each.text}" for each in interests)


def _holds(window: TimeDemand, at: datetime) -> bool:
    return (window.start is None or window.start <= at) and (window.end is None or at < window.end)


def _times(times: Sequence[TimeDemand]) -> str:
    shown = [
        f"{each.phrase!r} ({each.role}) {each.start and each.start.isoformat()} to"
        f" {each.end and each.end.isoformat()}"
        for each in times
    ]
    return "; ".join(shown) or "no time"


CHECKS: Mapping[str, Callable[[Any, Heard], str | None]] = {
    each.__name__: each
    for each in (intent, domains, language, likes, dislikes, dropped, limits, time, timeless, mood, points_at)
}
