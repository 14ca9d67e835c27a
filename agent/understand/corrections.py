"""Answers that are nothing but a number, a currency or a language: what they mean depends on what was said before."""

from __future__ import annotations

import re

from agent.understand.languages import named_language
from agent.understand.limits import Found
from agent.understand.numerals import NUMBER, value
from agent.understand.prices import named_currency
from schema import Demand, Limits

MOST_COUNTED = 10
_LEAD = (
    r"^\W*(?:(?:sorry|no|nah|i mean|i meant|make (?:it|that)|rather|actually|ok|okay|well|hmm?|oops|up to|max(?:imum)?"
    r"|just|only|say|give me|show me|a list of|(?:shorter|longer) list)\b[\s,.:!-]*)*"
)
_NUMBER = re.compile(
    rf"{_LEAD}(?P<n>{NUMBER})(?P<of>\s+of (?:them|those|these)|\s+(?:ones|items|results|options))?"
    rf"(?P<most>\s+(?:tops|max|maximum|at (?:the )?most|or less))?"
    r"(?:\s+(?:please|then|instead|i meant?|rather|will do|is (?:ok|fine|enough)))*\W*$"
)
_LIST = re.compile(r"\blist\b")


def corrected(view: str, found: Found, standing: Demand, home: str) -> Found | None:
    """``found`` with what a bare number or currency means after ``standing``; None where it is neither."""
    if found.spans and found.count is None:
        return None
    whole = (0, len(view))
    currency = named_currency(view, home)
    if currency and _is_priced(standing.limits):
        limits = standing.limits.model_copy(update={"currency": currency})
        return Found(limits=_prices(limits), spans=(whole,))
    languages = named_language(view)
    if languages and standing.limits.languages:
        return Found(limits=Limits(languages=languages), spans=(whole,))
    said = _NUMBER.match(view)
    number = value(said["n"]) if said else None
    if said is None or number is None or number <= 0:
        return None
    limits = standing.limits
    small = number <= MOST_COUNTED and number == int(number)
    if said["of"] or (small and (_LIST.search(view) or not _is_bounded(limits))):
        return Found(limits=Limits(), count=int(number), spans=(whole,)) if small else None
    goods = set(standing.domains) & {"shopping", "smart_home"}
    if _is_priced(limits) or (goods and (said["most"] or not small)):
        return Found(limits=Limits(max_price=number, currency=limits.currency), spans=(whole,))
    if limits.max_minutes is not None or limits.min_minutes is not None or said["most"]:
        return Found(limits=Limits(max_minutes=number), spans=(whole,))
    return None


def _is_priced(limits: Limits) -> bool:
    return limits.max_price is not None or limits.min_price is not None


def _is_bounded(limits: Limits) -> bool:
    return _is_priced(limits) or limits.max_minutes is not None


def _prices(limits: Limits) -> Limits:
    return Limits(max_price=limits.max_price, min_price=limits.min_price, currency=limits.currency)
