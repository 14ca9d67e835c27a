"""How long a thing may take: "under 100 minutes", "I've got an hour and a half", "不超过两小时"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent.understand.bounds import bound_of, window
from agent.understand.numerals import NUMBER, value
from schema import Span

_HOUR = r"(?:hours?|hrs?|h)\b"
_MINUTE = r"(?:minutes?|mins?|m)\b"
_LENGTH = re.compile(
    rf"(?P<half_hour>\bhalf an hour|\bhalf hour|\ba half hour|半个?小时|半个?钟头)"
    rf"|(?P<three_quarters>\bthree[- ]quarters of an hour)"
    rf"|(?P<quarter>\b(?:a )?quarter of an hour)"
    rf"|(?P<and_half>\b(?:an|one) hour and a half|\bone and a half hours|\ban hour and a half)"
    rf"|(?P<h4>{NUMBER}|\ban?)[\s-]?{_HOUR}\s+(?:and\s+)?(?P<m4>{NUMBER})(?=\s*(?:$|[,.!?]|or\b|max|please"
    rf"|long))"
    rf"|(?P<h>{NUMBER}|\ban?)[\s-]?{_HOUR}(?P<plus_half>\s+and a "
    rf"half)?(?:\s*(?:and\s+)?(?P<m>{NUMBER})[\s-]?{_MINUTE})?"
    rf"|(?P<h2>{NUMBER}) and a half hours"
    rf"|(?<!\d)(?P<h3>\d)h(?P<m3>\d\d)m?\b"
    rf"|(?P<m2>{NUMBER})[\s-]?{_MINUTE}"
    rf"|(?P<zh_h>{NUMBER})个?(?P<zh_half>半)?(?:小时|钟头)(?P<zh_after>半)?(?:(?P<zh_m>{NUMBER})分钟?)?"
    rf"|(?P<zh_m2>{NUMBER})(?:分钟|分种)"
)
_RANGE = re.compile(rf"(?:between|from)?\s*(?P<low>{NUMBER})\s*(?:-|to|and|到|至)\s*$")
_BETWEEN = re.compile(r"\b(?:between|from)\s*$")
_JOINT = re.compile(r"\s*(?:-|to|and|到|至)\s*")
# An amount of time after or before these is a moment, an age or a rhythm, not a length.
_MOMENT_BEFORE = re.compile(
    r"(?:\b(?:last|past|next|previous|every|each|in|since|another|coming|these|those|after|before|within "
    r"the (?:next|last))"
    r"|过去|最近|未来|接下来|每)\s*(?:the\s+)?$"
)
_MOMENT_AFTER = re.compile(
    r"\s*(?:ago\b|later\b|from now\b|earlier\b|old\b|away\b|before\b(?! (?:bed|sleep|dinner|lunch|school"
    r"|work|i|we|my|the baby|going))|after\b|of (?:battery|playtime|play time|charge)|battery|之前|前\b|以前"
    r"|后\b|之后|前的|内的新闻)"
)
_SPARE = re.compile(
    r"(?:\b(?:i|we)(?:'ve| have)?(?: only)?(?: got| have)?(?: about| around| just| only)?|有|只有)\s*$"
)


@dataclass(frozen=True)
class Length:
    """A window of minutes and where it stands."""

    low: float | None
    high: float | None
    span: Span


def find_length(view: str) -> Length | None:
    """The first length in ``view`` that bounds how long a thing may take."""
    for found in _LENGTH.finditer(view):
        minutes = _minutes(found)
        if (
            not minutes
            or _MOMENT_BEFORE.search(view, 0, found.start())
            or (_MOMENT_AFTER.match(view, found.end()) and not _SPARE.search(view, 0, found.start()))
        ):
            continue
        closing = _closing(view, found)
        if closing and (high := _minutes(closing)) and high > minutes:
            between = _BETWEEN.search(view, 0, found.start())
            return Length(minutes, high, (between.start() if between else found.start(), closing.end()))
        opening = _RANGE.search(view, 0, found.start())
        if opening and (low := value(opening["low"])) is not None:
            low *= 60 if re.search(r"hour|小时", found.group()) else 1
            if low < minutes:
                return Length(low, minutes, (opening.start(), found.end()))
        bound, span = bound_of(view, found.span())
        spare = _SPARE.search(view, 0, span[0])
        if spare:
            span = spare.start(), span[1]
        low_high = window(
            "around" if bound == "exact" and not spare and _names_the_thing(view, found) else bound, minutes
        )
        return Length(*low_high, span)
    return None


def _closing(view: str, found: re.Match[str]) -> re.Match[str] | None:
    """The upper end of a range whose lower end has a unit too: "half an hour to 45 minutes"."""
    joint = _JOINT.match(view, found.end())
    return _LENGTH.match(view, joint.end()) if joint else None


def _names_the_thing(view: str, found: re.Match[str]) -> bool:
    """Whether the length is said of the thing itself: "a 90-minute film", "two hours long"."""
    return bool(
        re.match(
            r"(?:[\s-]+long)?\s+(?:film|movie|documentar|playlist|episode|album|mix|show|video|comedy"
            r"|thriller)",
            view[found.end() :],
        )
    )


def _minutes(found: re.Match[str]) -> float | None:
    part = found.groupdict()
    fixed = {"half_hour": 30.0, "three_quarters": 45.0, "quarter": 15.0, "and_half": 90.0}
    for name, minutes in fixed.items():
        if part[name]:
            return minutes
    if part["h3"]:
        return float(part["h3"]) * 60 + float(part["m3"])
    hours = _number(part["h"] or part["h2"] or part["h4"] or part["zh_h"])
    if hours is not None:
        half = 30 if part["plus_half"] or part["h2"] or part["zh_half"] or part["zh_after"] else 0
        return hours * 60 + half + (_number(part["m"] or part["m4"] or part["zh_m"]) or 0)
    return _number(part["m2"] or part["zh_m2"])


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    return 1.0 if text in {"a", "an"} else value(text)
