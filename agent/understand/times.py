"""The times of a request, with their role settled by the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from agent.understand.utterance import Utterance
from schema import Domain, Interest, Span, TimeDemand
from settings import Settings
from timeliness.expressions import find_times

_SEASON = re.compile(
    r"christmas|xmas|new year|valentine|easter|halloween|thanksgiving|hanukkah|diwali|eid|ramadan|lunar new year|chinese new year|mid-?autumn|spring festival|mother's day|father's day|summer|winter|autumn|spring"
    r"|圣诞|新年|春节|情人节|中秋|万圣节|母亲节|父亲节"
)
_OF_THE_THING = re.compile(
    r"\s*(?:film|movie|song|music|album|carol|playlist|gift|present|decoration|costume|tree|lights?|special|classic|story|stories|book|cookies|dinner|recipe|jumper|sweater|tunes?|hits?|romance|comed|rom-?coms?|cards?|market|theme|的?(?:电影|歌|音乐|礼物|片|歌曲|装饰))"
)
_SOMEBODYS = re.compile(r"\b(?:his|her|their|my|our|your)\s+(?:early |mid-?|late )?$")
_READ_THEN = re.compile(
    r"\b(?:should i|can i|could i|shall i|to|i want to|we) (?:read|watch|listen|do|play|see|buy|hear)\b|something (?:to|for)\b"
)
_OFFER_NEAR = re.compile(
    r"\b(?:deals?|sales?|offers?|discounts?|discounted|bargains?|reduced|marked down|vouchers?|on special|cheap)\b|打折|优惠|促销|折扣|特价|降价"
)


def find(
    utterance: Utterance,
    now: datetime,
    *,
    settings: Settings,
    language: str,
    domains: tuple[Domain, ...],
    on_offer: bool,
    blocked: Iterable[Span] = (),
    names: Iterable[Span] = (),
) -> tuple[TimeDemand, ...]:
    """Time demands outside ``blocked``, each with the role that the request gives it.

    A time that is only a part of one of ``names`` is none ("Breaking Bad", "winter boots",
    "fall asleep"), nor is somebody's age ("a couple in their sixties").
    """
    busy, wholes = list(blocked), list(names)
    found = find_times(utterance.text, now, language=language, zone=settings.zone, country=settings.country)
    return tuple(
        _with_role(each, utterance.view, domains, on_offer, now)
        for each in found
        if each.span is None
        or not (_meets(each.span, busy) or _part_of(each.span, wholes) or _is_age(utterance.view, each.span))
    )


def _meets(span: Span, others: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in others)


def _part_of(span: Span, wholes: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end and (start, end) != span for start, end in wholes)


def _is_age(view: str, span: Span) -> bool:
    return bool(_SOMEBODYS.search(view, 0, span[0])) and "s" in view[span[0] : span[1]]


def _with_role(
    time: TimeDemand, view: str, domains: tuple[Domain, ...], on_offer: bool, now: datetime
) -> TimeDemand:
    if on_offer and _OFFER_NEAR.search(view) and time.role != "publication":
        return time.model_copy(update={"role": "offer"})
    if time.role == "publication" and time.start is not None and time.start >= now:
        return time.model_copy(update={"role": "use", "recency": 0.0})
    if (
        domains == ("news",)
        and time.role == "use"
        and time.span
        and not _READ_THEN.search(view[: time.span[0]])
    ):
        return time.model_copy(update={"role": "publication"})
    if (
        domains == ("news",)
        and time.role == "publication"
        and time.span
        and _READ_THEN.search(view[: time.span[0]])
        and time.phrase.lower() in {"today", "tonight", "now", "今天"}
    ):
        return time.model_copy(update={"role": "use", "recency": 0.0})
    return time


def seasonal_topics(times: Iterable[TimeDemand], view: str) -> list[Interest]:
    """A season said of the thing itself ("Christmas songs") is a topic as well as a time."""
    found = []
    for each in times:
        if each.span is None:
            continue
        words = view[each.span[0] : each.span[1]]
        season = _SEASON.search(words)
        if season and _OF_THE_THING.match(view, each.span[1]):
            place = each.span[0] + season.start(), each.span[0] + season.end()
            found.append(Interest(text=season.group(), kind="topic", span=place))
    return found
