"""Checks of the recommendations. An answer without any meets no ``all``, ``most``, ``any`` or ``first``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluation.conversations.condition import Condition
from evaluation.conversations.heard import Heard
from evaluation.conversations.words import is_one_of
from schema import Item

NOTHING = "no recommendations"


def every(wanted: Condition, heard: Heard) -> str | None:
    """All recommendations meet the condition."""
    unmet = _unmet(wanted, heard)
    return NOTHING if not heard.items else _listed(unmet) if unmet else None


def most(wanted: Condition, heard: Heard) -> str | None:
    """More than half of the recommendations meet the condition."""
    unmet = _unmet(wanted, heard)
    return NOTHING if not heard.items else _listed(unmet) if len(unmet) * 2 >= len(heard.items) else None


def some(wanted: Condition, heard: Heard) -> str | None:
    """At least one recommendation meets the condition."""
    unmet = _unmet(wanted, heard)
    return NOTHING if not heard.items else _listed(unmet) if len(unmet) == len(heard.items) else None


def none(wanted: Condition, heard: Heard) -> str | None:
    """No recommendation meets the condition."""
    met = [each for each in heard.items if not wanted.unmet(each, heard.reply.now)]
    return ", ".join(each.id for each in met) or None


def first(wanted: Condition, heard: Heard) -> str | None:
    """The first recommendation meets the condition."""
    if not heard.items:
        return NOTHING
    unmet = wanted.unmet(heard.items[0], heard.reply.now)
    return _listed([(heard.items[0], unmet)]) if unmet else None


def new(wanted: bool, heard: Heard) -> str | None:
    """Nothing was shown before; ``false``: something was."""
    again = [each.id for each in heard.items if each.id in heard.seen]
    if wanted:
        return NOTHING if not heard.items else ", ".join(again) or None
    return None if again else "only what was not shown before"


def without(wanted: Sequence[int], heard: Heard) -> str | None:
    """No item of these ranks in the last answer is recommended."""
    gone = {each.id for each in heard.ranked(wanted) if each is not None}
    return ", ".join(each.id for each in heard.items if each.id in gone) or None


def evidence(wanted: Sequence[str], heard: Heard) -> str | None:
    """Each name is that of some reason's evidence."""
    found = {
        proof.name
        for each in heard.reply.recommendations
        for reason in each.reasons
        for proof in reason.evidence
    }
    return None if all(is_one_of(each, found) for each in wanted) else ", ".join(sorted(found)) or "none"


def reasons_true(wanted: bool, heard: Heard) -> str | None:
    """No piece of evidence is untrue."""
    return "; ".join(heard.false_reasons) or None if wanted else None


def _unmet(wanted: Condition, heard: Heard) -> list[tuple[Item, list[str]]]:
    judged = [(each, wanted.unmet(each, heard.reply.now)) for each in heard.items]
    return [(item, unmet) for item, unmet in judged if unmet]


def _listed(unmet: Sequence[tuple[Item, list[str]]]) -> str:
    return ", ".join(f"{item.id} (not {', '.join(fields)})" for item, fields in unmet)


CHECKS: Mapping[str, Callable[[Any, Heard], str | None]] = {
    "all": every,
    "most": most,
    "any": some,
    "none": none,
    "first": first,
    "new": new,
    "without": without,
    "evidence": evidence,
    "reasons_true": reasons_true,
}
