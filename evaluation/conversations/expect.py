"""What may be expected of one answer. How each is checked: ``evaluation.conversations.checks``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from evaluation.conversations.condition import Condition
from evaluation.conversations.words import Words, one_or_more
from schema import Domain, Frozen, Intent, Limits, TimeRole

Rank = Annotated[int, Field(ge=1)]
Ranks = tuple[Rank, ...]


def _bounds(value: object) -> object:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return {"least": value, "most": value} if is_number else value


class Bounds(Frozen):
    """How many; a plain number in a script means exactly so many."""

    least: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=0)


class Moments(Frozen):
    """The time that was understood: its window (of ``role``) holds all of ``holds`` and none of ``lacks``."""

    role: TimeRole | None = None
    holds: tuple[AwareDatetime, ...] = ()
    lacks: tuple[AwareDatetime, ...] = ()


class Expect(Frozen):
    """Expectations; what is not given is not looked at.

    Of what was understood:
        intent: one of these. domains: exactly these. language: of the request.
        likes, dislikes: a wish of that polarity holds each word. dropped: no wish holds any.
        limits: these fields of ``Limits`` have these values (null: no such limit).
        time: when it is meant for. timeless: true, no time was understood. mood: the mood heard.
        points_at: exactly the items of these ranks in the last answer are meant.

    Of the answer:
        count: how many recommendations. question: whether Kairos asks back.
        says, says_not: the text holds each word, or none of them.
        names, names_not: the text names the items of these ranks of the last answer, or none of them.
        degraded: exactly these parts failed.

    Of the recommendations:
        all, most, any, none, first: which of them meet a ``Condition`` (most: more than half).
        new: none was shown before in this conversation. without: none has these ranks in the last answer.
        evidence: reasons rest on each of these names. reasons_true: all evidence holds, checked independently.
    """

    intent: Annotated[tuple[Intent, ...], BeforeValidator(one_or_more)] | None = None
    domains: tuple[Domain, ...] | None = None
    language: str | None = None
    likes: Words | None = None
    dislikes: Words | None = None
    dropped: Words | None = None
    limits: Mapping[str, Any] | None = None
    time: Moments | None = None
    timeless: bool | None = None
    mood: str | None = None
    points_at: Ranks | None = None

    count: Annotated[Bounds, BeforeValidator(_bounds)] | None = None
    question: bool | None = None
    says: Words | None = None
    says_not: Words | None = None
    names: Ranks | None = None
    names_not: Ranks | None = None
    degraded: tuple[str, ...] | None = None

    all: Condition | None = None
    most: Condition | None = None
    any: Condition | None = None
    none: Condition | None = None
    first: Condition | None = None
    new: bool | None = None
    without: Ranks | None = None
    evidence: Words | None = None
    reasons_true: bool | None = None

    @model_validator(mode="after")
    def _limits_are_known(self) -> Self:
        unknown = sorted(set(self.limits or ()) - set(Limits.model_fields))
        if unknown:
            raise ValueError(f"limits has no field {unknown[0]!r}; it has {', '.join(Limits.model_fields)}")
        return self

    def over(self, other: Expect) -> Expect:
        """These expectations, and those of ``other`` for which there is none here."""
        return self.model_copy(
            update={
                name: getattr(other, name) for name in other.model_fields_set if getattr(self, name) is None
            }
        )
