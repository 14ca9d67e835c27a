"""What a script holds: one conversation, the world that it takes place in, and what is expected at each turn."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from evaluation.conversations.expect import Expect
from schema import Event, Frozen, Identifier, Item, Line, Verdict

EXPECTATIONS = frozenset(Expect.model_fields)


class World(Frozen):
    """What differs from the defaults of the settings of the same names."""

    timezone: str = "UTC"
    country: str = "US"
    currency: str = "USD"
    answers: int = Field(default=5, ge=1, le=50)


class Attention(Frozen):
    """``people`` different users do the same to one item, evenly spread from ``since`` until ``until``."""

    item_id: Identifier
    kind: Annotated[str, StringConstraints(pattern="^(view|click|like|dislike|purchase|mention)$")] = "view"
    people: int = Field(default=1, ge=1, le=10_000)
    since: AwareDatetime
    until: AwareDatetime | None = None

    def events(self) -> list[Event]:
        """One event a user."""
        length = (self.until - self.since) if self.until else timedelta(0)
        return [
            Event.model_validate(
                {
                    "item_id": self.item_id,
                    "kind": self.kind,
                    "user": f"user-{number}",
                    "at": self.since + length * number / self.people,
                }
            )
            for number in range(self.people)
        ]


class EarlierVerdict(Frozen):
    """What the user of the conversation thought of an item before it began."""

    item_id: Identifier
    verdict: Verdict
    at: AwareDatetime


class Turn(Frozen):
    """One thing that the user does: says ``user``, or likes or dislikes an item of the last answer by its rank.

    ``repeat`` says the text so many times over. ``now`` is the moment from this turn on. A failure of an
    expectation that ``known_failure`` names, with the reason, is told apart from the others.
    """

    user: str | None = None
    repeat: int = Field(default=1, ge=1, le=5_000_000)
    like: int | None = Field(default=None, ge=1)
    dislike: int | None = Field(default=None, ge=1)
    now: AwareDatetime | None = None
    expect: Expect = Expect()
    known_failure: dict[str, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if sum(each is not None for each in (self.user, self.like, self.dislike)) != 1:
            raise ValueError("a turn is one of 'user: TEXT', 'like: RANK' and 'dislike: RANK'")
        if self.user is None and self.expect.model_fields_set:
            raise ValueError("a like or dislike has no answer: expect something of the next turn")
        if unknown := sorted(set(self.known_failure) - EXPECTATIONS):
            raise ValueError(
                f"known_failure maps an expectation to the reason for its failure; {unknown[0]!r} is none"
            )
        return self


class Script(Frozen):
    """A conversation over the bundled catalogue and ``items``, in a home of its own.

    ``always`` is expected of every answer with recommendations; a turn's own expectation of the same
    name takes its place.
    """

    name: Line
    tags: tuple[Line, ...] = Field(min_length=1)
    now: AwareDatetime
    settings: World = World()
    items: tuple[Item, ...] = ()
    events: tuple[Attention, ...] = ()
    feedback: tuple[EarlierVerdict, ...] = ()
    always: Expect = Expect()
    turns: tuple[Turn, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _time_goes_forward(self) -> Self:
        last: datetime = self.now
        for number, turn in enumerate(self.turns, start=1):
            if turn.now is not None and turn.now < last:
                raise ValueError(
                    f"turn {number}: 'now' ({turn.now.isoformat()}) is before the turn before it"
                )
            last = turn.now or last
        return self
