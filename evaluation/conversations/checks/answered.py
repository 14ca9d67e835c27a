"""Checks of the answer as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evaluation.conversations.expect import Bounds
from evaluation.conversations.heard import Heard
from evaluation.conversations.words import stands_in

LONGEST = 240  # characters of an answer that are quoted


def count(wanted: Bounds, heard: Heard) -> str | None:
    """There are so many recommendations."""
    came = len(heard.items)
    fits = came >= wanted.least and (wanted.most is None or came <= wanted.most)
    return None if fits else f"{came} recommendations: {_quoted(heard)}"


def question(wanted: bool, heard: Heard) -> str | None:
    """Whether Kairos asks back."""
    asked = heard.reply.question is not None
    return None if asked is wanted else _quoted(heard)


def says(wanted: Sequence[str], heard: Heard) -> str | None:
    """The answer holds each word."""
    return None if all(stands_in(each, heard.reply.text) for each in wanted) else _quoted(heard)


def says_not(wanted: Sequence[str], heard: Heard) -> str | None:
    """The answer holds none of the words."""
    return _quoted(heard) if any(stands_in(each, heard.reply.text) for each in wanted) else None


def names(wanted: Sequence[int], heard: Heard) -> str | None:
    """The answer names the items of these ranks in the last answer."""
    named = [each is not None and each.title in heard.reply.text for each in heard.ranked(wanted)]
    return None if all(named) else _quoted(heard)


def names_not(wanted: Sequence[int], heard: Heard) -> str | None:
    """The answer names no item of these ranks in the last answer."""
    named = [each is not None and each.title in heard.reply.text for each in heard.ranked(wanted)]
    return _quoted(heard) if any(named) else None


def degraded(wanted: Sequence[str], heard: Heard) -> str | None:
    """Exactly these parts failed."""
    parts = heard.reply.degraded
    if sorted(wanted) == sorted(each.part for each in parts):
        return None
    return ", ".join(f"{each.part}: {each.message}" for each in parts) or "nothing failed"


def _quoted(heard: Heard) -> str:
    text = " / ".join(heard.reply.text.splitlines())
    return f"“{text if len(text) <= LONGEST else text[:LONGEST] + '…'}”"


CHECKS: Mapping[str, Callable[[Any, Heard], str | None]] = {
    each.__name__: each for each in (count, question, says, says_not, names, names_not, degraded)
}
