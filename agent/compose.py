"""Writes the answer that carries the recommendations: what was understood, then each item in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.justify import money
from agent.wording import say
from schema import Degradation, Demand, Item, Recommendation, TimeDemand
from timeliness.matching import proves
from vectorstore.conditions import is_demanded

_PLACED = re.compile(
    r"(?:since|before|after|until|till|by|from|in|on|during|within|newer|older|later|earlier)\b",
    re.IGNORECASE,
)


def recommendation_text(
    recommendations: Sequence[Recommendation],
    demand: Demand,
    *,
    wanted: int = 0,
    relaxed: Sequence[str] = (),
    degraded: Sequence[Degradation] = (),
) -> str:
    """The answer as plain text: what had to give way, a head line, a line an item, notes.

    Fewer than ``wanted`` are said to be all that fit.
    """
    language = demand.language
    asked = conditions(demand, relaxed)
    unproven = _unproven(demand, recommendations)
    lines = [
        say(f"reply.relaxed_{name}", language, when=_when(demand, name), what=unproven)
        for name in relaxed
        if name != "demanded" or unproven
    ]
    if recommendations:
        one, few = len(recommendations) == 1, len(recommendations) < wanted
        found = ("found_only" if one else "found_all") if few else "found_one" if one else "found"
        head = "reply.closest" if lines else f"reply.{found}"
        lines.append(say(head, language, count=len(recommendations), conditions=asked))
    else:
        lines.append(say("reply.none", language, conditions=asked))
    for rank, each in enumerate(recommendations, start=1):
        why = say("reply.and", language).join(reason.text for reason in each.reasons)
        lines.append(
            say("reply.listed", language, rank=rank, title=each.item.title, facts=facts(each.item), why=why)
        )
    lines += [say("reply.note", language, message=note) for note in demand.notes]
    lines += [say("reply.note", language, message=each.message) for each in degraded]
    return "\n".join(lines)


def conditions(demand: Demand, relaxed: Sequence[str] = ()) -> str:
    """What the answer kept to, in the user's terms: ``" (for tonight, under 100 minutes, no horror)"``.

    Roles of time in ``relaxed`` were not kept to.
    """
    language, limits = demand.language, demand.limits
    kept = [each for each in demand.times if _bounded(each) and each.role not in relaxed]
    parts = [
        each.phrase if _says_role(each) else say(f"condition.{each.role}", language, phrase=each.phrase)
        for each in kept
    ]
    currency = limits.currency
    prices = ["" if each is None else money(each, currency) for each in (limits.min_price, limits.max_price)]
    lengths = ["" if each is None else f"{each:g}" for each in (limits.min_minutes, limits.max_minutes)]
    parts += [
        each for each in (_range("price", prices, language), _range("minutes", lengths, language)) if each
    ]
    parts += [
        say("condition.without", language, value=each.text) for each in demand.interests if each.polarity < 0
    ]
    return say("condition.all", language, parts=say("condition.and", language).join(parts)) if parts else ""


def facts(item: Item) -> str:
    """The few facts that place an item: year, length, price; ``" (2009, 93 minutes)"``."""
    year = item.published_at.year if item.published_at else item.attributes.get("year")
    parts = [
        str(year) if year and item.domain != "news" and f"({year})" not in item.title else "",
        f"{item.published_at.day} {item.published_at:%b %Y}"
        if item.domain == "news" and item.published_at
        else "",
        f"{item.duration_minutes:g} min" if item.duration_minutes else "",
        money(item.price, item.currency) if item.price is not None else "",
    ]
    known = ", ".join(each for each in parts if each)
    return f" ({known})" if known else ""


def _range(name: str, bounds: Sequence[str], language: str) -> str:
    """``between $20 and $40``, ``under $40``, ``over $20``, or nothing."""
    low, high = bounds
    side = f"{name}_between" if low and high else f"max_{name}" if high else f"min_{name}" if low else ""
    return say(f"condition.{side}", language, low=low, high=high) if side else ""


def _says_role(time: TimeDemand) -> bool:
    """Whether the phrase says itself what it is about ("on offer", "since yesterday", "newer")."""
    if time.role == "offer":
        return "offer" in time.phrase.casefold()
    return time.role == "publication" and bool(_PLACED.match(time.phrase))


def _bounded(time: TimeDemand) -> bool:
    return time.start is not None or time.end is not None


def _unproven(demand: Demand, recommendations: Sequence[Recommendation]) -> str:
    """What was demanded and some of the items do not bear out."""
    demanded = [each.text for each in demand.interests if is_demanded(each)]
    items = [each.item for each in recommendations]
    unproven = [each for each in demanded if not all(proves(each, item) for item in items)]
    return say("condition.and", demand.language).join(unproven)


def _when(demand: Demand, name: str) -> str:
    return next((each.phrase for each in demand.times if each.role == name), "")
