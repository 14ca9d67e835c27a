"""Seasons that a message names as a topic and not as a time: "news about the Chinese New Year", "no Christmas"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.understand.polarity import Scope
from schema import Interest, TimeDemand

_ABOUT = re.compile(r"\b(?:about|regarding|on the subject of) (?:the )?$|关于$")
_ARTICLE = re.compile(r"^the\s+")


def split_topics(
    times: Sequence[TimeDemand], view: str, scopes: Sequence[Scope], season: re.Pattern[str]
) -> tuple[tuple[TimeDemand, ...], tuple[Interest, ...]]:
    """The ``times`` that are meant as such, and the seasons among them that are spoken about or against."""
    kept: list[TimeDemand] = []
    topics: list[Interest] = []
    for each in times:
        topic = _topic(each, view, scopes) if each.span and season.search(view, *each.span) else None
        if topic is None:
            kept.append(each)
        else:
            topics.append(topic)
    return tuple(kept), tuple(topics)


def _topic(time: TimeDemand, view: str, scopes: Sequence[Scope]) -> Interest | None:
    assert time.span is not None
    text = _ARTICLE.sub("", time.phrase.strip())
    refused = next((scope for scope in scopes if scope.holds(time.span)), None)
    if refused is not None:
        return Interest(text=text, kind="topic", polarity=refused.polarity, hard=refused.hard, span=time.span)
    if _ABOUT.search(view[: time.span[0]]):
        return Interest(text=text, kind="topic", span=time.span)
    return None
