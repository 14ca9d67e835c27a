"""Wishes that are taken back without being refused: "HomeKit is not so important", "jazz doesn't matter"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from schema import Interest, Span

_NOT = r"(?:\s+(?:is|are|was)(?:\s+not|n't)|\s+(?:isn't|aren't|need\s+not\s+be))"
_DEGREE = r"(?:\s+(?:so|that|very|all that|really|too|as))?"
_MATTERS_NOT = re.compile(
    rf"(?:[^,.;:!?\n]{{2,40}}?)(?:{_NOT}{_DEGREE}\s+(?:important|necessary|essential|needed|required)"
    r"|\s+(?:doesn't|does not|don't|do not)\s+(?:really\s+)?matter|\s+(?:is|are)\s+optional)\b"
    r"|(?:doesn't|does not|needn't|need not) (?:have|need) to (?:be|have|work with|support|include) (?:[^,.;:!?\n]{2,40})"
    r"|(?:[^，。；！？,.\s]{1,12}?)(?:不重要|无所谓|不是必须的?|也可以没有)"
)


def withdrawn_spans(view: str) -> list[Span]:
    """The stretches of ``view`` that say of something that it no longer matters."""
    return [found.span() for found in _MATTERS_NOT.finditer(view)]


def without(interests: Sequence[Interest], names: Iterable[str]) -> tuple[list[Interest], list[str]]:
    """What is left of standing ``interests``, and the names of those that ``names`` take back."""
    gone = {each.casefold() for each in names}
    kept = [each for each in interests if each.text.casefold() not in gone]
    return kept, [each.text for each in interests if each.text.casefold() in gone]


def split(interests: Iterable[Interest], spans: Sequence[Span]) -> tuple[list[Interest], list[str]]:
    """The wishes outside ``spans``, and what those inside are called."""
    kept: list[Interest] = []
    gone: list[str] = []
    for each in interests:
        inside = each.span and any(start < each.span[1] and each.span[0] < end for start, end in spans)
        if inside:
            gone.append(each.text)
        else:
            kept.append(each)
    return kept, gone
