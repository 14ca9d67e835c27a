"""Turns what users did with answers into examples: a request, what it was answered with, what was liked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from finetune.datasets.requests import is_validation, normal
from finetune.scrub import scrub
from schema import Event, Reply

HELD_OUT = 0.25
# The answers of a conversation, oldest first.
Replies = Callable[[str], Sequence[Reply]]
_FAVOURABLE = frozenset({"like", "purchase", "click"})
_VERDICTS = frozenset({"like", "dislike", "purchase"})


@dataclass(frozen=True)
class Example:
    """A request without personal data; ids of what was shown for it, liked and disliked."""

    request: str
    shown: tuple[str, ...]
    liked: frozenset[str]
    disliked: frozenset[str]

    @property
    def held_out(self) -> bool:
        """Whether it is kept from training, now and in later refreshes: by hash of the words."""
        return is_validation(f"feedback/{normal(self.request)}", HELD_OUT)


@dataclass
class Feedback:
    """Examples in a fixed order, and what became of the events they were made of."""

    examples: list[Example] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    without_request: int = 0
    scrubbed: Counter[str] = field(default_factory=Counter)

    @property
    def training(self) -> list[Example]:
        """Those to learn from: something must have been liked."""
        return [each for each in self.examples if each.liked and not each.held_out]

    @property
    def validation(self) -> list[Example]:
        """Those to measure by."""
        return [each for each in self.examples if each.liked and each.held_out]


def read_feedback(events: Iterable[Event], replies: Replies, country: str) -> Feedback:
    """Join events with the requests whose answers they are about.

    A like or a purchase is favourable; a click too, unless a verdict on the item followed. Of
    several verdicts on an item the latest counts. An event whose answer memory no longer holds
    is counted in ``without_request``.

    Args:
        events: in the order of writing; of kinds other than these are passed over.
        replies: looks answers up; given the ``user`` of an event, which is its session.
        country: for ``scrub``.
    """
    found = Feedback()
    by_session: dict[str, dict[str, Event]] = {}
    for event in events:
        if event.kind not in _FAVOURABLE | _VERDICTS:
            continue
        found.kinds[event.kind] += 1
        judged = by_session.setdefault(event.user, {})
        before = judged.get(event.item_id)
        if before is None or before.kind == "click" or event.kind in _VERDICTS:
            judged[event.item_id] = event
    for session, judged in by_session.items():
        found.examples += _examples(judged, replies(session), country, found)
    found.examples.sort(key=lambda each: (each.request, each.shown))
    return found


def _examples(
    judged: Mapping[str, Event], replies: Sequence[Reply], country: str, found: Feedback
) -> list[Example]:
    by_reply: dict[int, list[Event]] = {}
    for event in judged.values():
        place = _answer_of(event, replies)
        if place is None:
            found.without_request += 1
        else:
            by_reply.setdefault(place, []).append(event)
    made = []
    for place, some in by_reply.items():
        demand = replies[place].demand
        assert demand is not None
        made.append(
            Example(
                request=scrub(demand.query or demand.text, country, found.scrubbed),
                shown=tuple(each.item.id for each in replies[place].recommendations),
                liked=frozenset(each.item_id for each in some if each.kind in _FAVOURABLE),
                disliked=frozenset(each.item_id for each in some if each.kind == "dislike"),
            )
        )
    return made


def _answer_of(event: Event, replies: Sequence[Reply]) -> int | None:
    """The last answer before the event that had the item, or the last one at all."""
    having = [
        place
        for place, reply in enumerate(replies)
        if reply.demand is not None and event.item_id in {each.item.id for each in reply.recommendations}
    ]
    earlier = [place for place in having if replies[place].now <= event.at]
    found = earlier or having
    return found[-1] if found else None
