"""Time expressions as the Recognizers-Text specification writes them: a class and its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from timeliness.expressions.clocks import on
from timeliness.expressions.dates import day
from timeliness.expressions.find import find
from timeliness.expressions.moment import SPECIFICATION, Convention, Moment, midnight
from timeliness.expressions.values import DAY, Clock, Length, Recurrence, Time


@dataclass(frozen=True, slots=True)
class Resolved:
    """One expression. ``type`` is a class of the specification (date, timerange, set ...); each of
    ``values`` has a ``value``, or ``start`` and ``end`` of which an open side is left out; a set or
    duration has none."""

    type: str
    text: str
    start: int
    values: tuple[dict[str, str], ...]


def resolve(
    text: str, now: datetime, language: str = "en", convention: Convention = SPECIFICATION
) -> list[Resolved]:
    """The expressions of ``text``; of those that are ambiguous every value, the past before the coming.

    Args:
        text: any text.
        now: the reference time, on the speaker's wall clock and without a zone.
        language: ``en`` or ``zh``.
        convention: what is settled by agreement and not by the words.
    """
    moment = Moment(now, convention)
    resolved = []
    for found in find(text, moment, language):
        meaning = found.meaning
        if convention.upcoming and isinstance(meaning, Clock):
            meaning = _upcoming(moment, meaning)
        written = _write(meaning)
        if written:
            resolved.append(Resolved(written[0], text[found.start : found.end], found.start, written[1]))
    return resolved


def _upcoming(moment: Moment, clock: Clock) -> Time | Clock:
    """A time of day that has passed, tomorrow."""
    begun = [start is not None and midnight(moment.today) + start < moment.now for start, _ in clock.spans]
    tomorrow = day(moment.today + DAY)
    return on(moment, tomorrow, clock) if all(begun) and not clock.bounded else clock


def _write(meaning: Any) -> tuple[str, tuple[dict[str, str], ...]] | None:
    if isinstance(meaning, Time):
        if meaning.undetermined:
            return meaning.kind, ({"value": "not resolved"},)
        form = _second if meaning.clocked else _day
        return meaning.kind, tuple(
            _value(meaning.point, each.start, each.end, form) for each in meaning.windows
        )
    if isinstance(meaning, Clock):
        return meaning.kind, tuple(_value(meaning.point, *each, _time_of_day) for each in meaning.spans)
    if isinstance(meaning, Length):
        return "duration", ()
    return ("set", ()) if isinstance(meaning, Recurrence) else None


def _value(point: bool, start: Any, end: Any, form: Callable[[Any], str]) -> dict[str, str]:
    if point:
        return {"value": form(start)}
    return {name: form(at) for name, at in (("start", start), ("end", end)) if at is not None}


def _second(at: datetime) -> str:
    return at.isoformat(" ", "seconds")


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _time_of_day(offset: timedelta) -> str:
    seconds = round(offset.total_seconds()) % 86400
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
