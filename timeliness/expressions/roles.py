"""What a time is about, and whether it is meant as one: read from the words around it."""

from __future__ import annotations

import re
from datetime import datetime

from schema import TimeRole
from timeliness.expressions.find import Found
from timeliness.expressions.values import Clock, Newness, Recurrence, Time, Window

_OFFER = re.compile(
    r"\b(?:deals?(?!\s+with)|on sale|sales?|discount(?:s|ed)?|offers?|bargains?|reduced|marked down|promo\w*|coupons?|vouchers?|clearance"
    r"|(?:half|best|lowest) price|price drops?|on special)\b|优惠|打折|促销|折扣|特价|降价|减价|秒杀|满减|大促",
    re.IGNORECASE,
)
_PUBLISHED_BEFORE = re.compile(
    r"\b(?:releas(?:ed?|ing)|publish(?:ed|es|ing)?|made|(?:came|comes?|coming|is|are|just) out|recorded|written|filmed|shot"
    r"|launch(?:ed|es|ing)?|premier(?:ed|es|ing)|debut(?:ed|s)?|dropp(?:ed|ing)|announced|happen(?:ed|ing|s)|going on in"
    r"|news|headlines?|stories|articles?|reports?|updates?|catch (?:me )?up|caught up|trending)\b(?:(?!\b(?:for|with|while|to)\b)[^.!?;])*$"
    r"|\b(?:reviews?|releases?|albums?|singles|episodes?|charts?|(?:best|top|hit|biggest|greatest|popular|newest|latest|new) (?:\w+ ){0,2}"
    r"(?:films?|movies?|songs?|books?|series|shows?|albums?|music|tracks?|hits?))(?: (?:of|from|in|for|out))?(?: the)?\s*$"
    r"|(?:发布|上映|出版|发行|推出|新闻|热点|发生|头条)[^。！？；]*$",
    re.IGNORECASE,
)
_PUBLISHED_AFTER = re.compile(
    r"^(?:['’]s|s['’])?\s*(?:(?:top|best|biggest|latest|hottest|new|breaking|morning|evening|tech|world|sports?|local|business|science) )*"
    r"(?:news|headlines?|releases?|papers?|stories|hits?|albums?|charts?|episodes?)\b"
    r"|^的?(?:发布|上映|出版|发行|推出|出的|新闻|热点|头条|新片|新歌|新剧|老歌|(?:\w{0,4}新闻))|^有?(?:什么|哪些)?\w{0,4}(?:新闻|大事|热点|头条)",
    re.IGNORECASE,
)
_WATCHED_THEN = re.compile(
    r"\b(?:was|were) (?:on|showing|playing)\b|\bshould (?:i|we) (?:read|watch)\b|\bread about\b|\bto (?:read|watch|listen to|do|play)\b[^.!?;]*$",
    re.IGNORECASE,
)
_READ_ABOUT = re.compile(r"\bread about\b", re.IGNORECASE)
_DONE = re.compile(  # "should I read" asks, "I read" tells
    r"(?<!\bshould )(?<!\bcan )(?<!\bcould )(?<!\bshall )(?<!\bmay )(?<!\bmust )\b(?:i|we) (?:just |already |have |only )*(?:watched|saw|seen|heard|listened|read|bought|got|played|finished|started|tried|had|enjoyed|loved)\b[^.!?;]*$"
    r"|我们?\w{0,2}$",
    re.IGNORECASE,
)
_DONE_AFTER = re.compile(r"^(?!的)\w{0,3}(?:看|听|买|读|玩)(?:了|过)")
_ORDINAL_OF = re.compile(
    r"^\s+(?!at\b|please\b|if\b|instead\b|and\b|or\b|in\b|for\b|with\b|to\b)[a-z]", re.IGNORECASE
)
_ASPECT = re.compile(r"^\s*(?:aspect|ratio|monitor|display|screen|panel|format|tv)", re.IGNORECASE)
_LATELY = frozenset({"recently", "lately", "recent"})
_SEEN = re.compile(
    r"\b(?:watched|watch|saw|seen|heard|listened|read|bought|got|played|finished|started|tried|enjoyed|loved|liked|disappointed|favou?rite)\b",
    re.IGNORECASE,
)
_FROM = re.compile(r"\b(?:from|of)\s+(?:the\s+)?$|(?:来自|自)$", re.IGNORECASE)
_BEFORE_TIME = re.compile(
    r"\b(?:on|for|in|from|during|by|since|until|till|before|after|through|to|at|over|come|around|next|this|every|last|through)"
    r"\s+(?:the\s+|a\s+|an\s+)?(?:(?!of\b)[a-z]+\s+)?$"
    r"|\b(?:make|say|change|move|switch|let['’]s (?:do|say|make))\s+(?:it|that|this|them)?\s*(?:to\s+|for\s+)?$"
    r"|^\s*(?:no,|(?:actually|sorry|rather|i meant?)\b)[\s,]*(?:rather\s+)?$",
    re.IGNORECASE,
)
_BEFORE_YEAR = re.compile(
    r"\b(?:in|from|during|since|before|after|until|circa|around|year)\s+(?:early\s+|late\s+|mid[- ]?|the\s+year\s+)?$"
    r"|\b(?:films?|movies?|songs?|books?|albums?|series|shows?|music|hits?|best|games?|events?|class|news|summer|spring|autumn|fall|winter) of\s+$",
    re.IGNORECASE,
)
_AFTER_YEAR = re.compile(
    r"^(?:['’]s)?\s+(?:films?|movies?|series|shows?|songs?|albums?|music|releases?|news|hits?|games?|books?|models?|edition)\b",
    re.IGNORECASE,
)
_AFTER_WEEKEND = re.compile(
    r"^\s+(?:deals?|sales?|offers?|read(?:ing)?s?|watch(?:ing)?|viewing|movies?|films?|binge|playlist|listening|plans?|trip)\b",
    re.IGNORECASE,
)
_LONG_DAYS = 300


def is_over_and_done(text: str, found: Found) -> bool:
    """Whether the words tell what the user did then ("a show I watched last night")."""
    done = _DONE.search(text[max(0, found.start - 60) : found.start])
    return done is not None and (
        not done.group().startswith("我") or bool(_DONE_AFTER.match(text[found.end :]))
    )


def is_meant(text: str, found: Found) -> bool:
    """Whether words that need not be a time ("1998", "Wednesday", "16:10") are one here."""
    meaning = found.meaning
    words = text[found.start : found.end]
    before, after = text[max(0, found.start - 40) : found.start], text[found.end : found.end + 20]
    if isinstance(meaning, Newness) and words.casefold() in _LATELY:
        return not (_SEEN.search(before) or _SEEN.search(after))
    if not isinstance(meaning, Time | Clock | Recurrence) or meaning.cue:
        return True
    if (
        isinstance(meaning, Time) and meaning.grain == "second"
    ):  # at the start of a clause "now" is but a word
        return bool(re.search(r"\w\s*$", before)) and not after.startswith("-")
    if words == text.strip(" .!?。！？") and not words.isdigit():
        return True
    if isinstance(meaning, Time) and meaning.grain == "year" and words.isdigit():
        return bool(_BEFORE_YEAR.search(before) or _AFTER_YEAR.match(after))
    if isinstance(meaning, Time) and meaning.grain == "weekend" and _AFTER_WEEKEND.match(after):
        return True
    if isinstance(meaning, Time) and meaning.cycle == "month":
        if not any(char.isdigit() for char in words):  # "on the second" points at a list
            return False
        return bool(_BEFORE_TIME.search(before) or words.startswith("on ")) and not _ORDINAL_OF.match(after)
    if isinstance(meaning, Clock) and ":" in words:
        return not _ASPECT.match(after)
    if isinstance(meaning, Clock):
        return meaning.part is None and bool(
            re.search(r"\b(?:at|by|from|until|till|before|after|around)\s+$", before, re.IGNORECASE)
        )
    return bool(_BEFORE_TIME.search(before))


def role_of(text: str, found: Found, windows: tuple[Window, ...], now: datetime) -> TimeRole:
    """Use, publication or offer.

    A cue beside the words decides; without one, what lies in the past, or is a year or longer,
    is when the thing came out.
    """
    before = text[max(0, found.start - 60) : found.start]
    after = text[found.end : found.end + 30]
    over = all(window.end is not None and window.end <= now for window in windows)
    long = any(_is_long(window) for window in windows)
    if _OFFER.search(text) and not over and not (long and _FROM.search(before)):
        return "offer"
    if _PUBLISHED_AFTER.match(after):
        return "publication"
    past = all(window.start is not None and window.start < now for window in windows)
    made_then = _FROM.search(before) or text[found.start :].casefold().startswith("from ")
    if past and made_then and (over or _READ_ABOUT.search(before)):
        return "publication"
    begun = any(window.start is not None and window.end is None and window.start <= now for window in windows)
    if _WATCHED_THEN.search(before) and not (past and begun):
        return "use"
    if _PUBLISHED_BEFORE.search(before):
        return "publication"
    if _FROM.search(before) and any(window.start is None or window.start <= now for window in windows):
        return "publication"
    return "publication" if over or long or begun else "use"


def _is_long(window: Window) -> bool:
    return bool(window.start and window.end and (window.end - window.start).days > _LONG_DAYS)
