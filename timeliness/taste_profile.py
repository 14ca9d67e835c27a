"""What a user's verdicts come to: each with how much of it is left, and the traits that they speak for.

The numbers are those of the taste signal: a verdict counts ``2 ** (-age / half_life)``, by the
half-life of its item's domain, and a trait the sum of what the verdicts on its items count, liked minus disliked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime

from pydantic import AwareDatetime, Field

from schema import Domain, Feedback, Frozen, Item, Verdict
from timeliness.events import EventLog
from timeliness.signals.taste import traits_of
from timeliness.signals.weights import Weights, load_weights

MOST_TRAITS = 20
LEAST = 0.005  # of a verdict's first weight: what is less is not shown among the traits


class Opinion(Frozen):
    """A verdict on an item; ``strength`` is what is left of it, 1 when given, halved with each half-life.

    Of an item that the catalogue no longer has, the title is its id, there is no domain, and no strength.
    """

    item_id: str
    title: str
    domain: Domain | None
    verdict: Verdict
    at: AwareDatetime
    strength: float = Field(ge=0, le=1)


class Trait(Frozen):
    """What the verdicts say of a maker, a category or a mood; ``weight`` below 0 speaks against it."""

    kind: str
    name: str
    weight: float


class TasteProfile(Frozen):
    """The opinions of a user, the latest first, and the strongest traits; ``now`` is when they are weighed."""

    session: str
    now: AwareDatetime
    opinions: tuple[Opinion, ...] = ()
    traits: tuple[Trait, ...] = ()


def read_taste_profile(
    session: str, log: EventLog, lookup: Callable[[Sequence[str]], list[Item]], now: datetime
) -> TasteProfile:
    """The profile of ``session`` at ``now`` by what ``log`` holds; ``lookup`` gives the items of ids.

    Raises:
        CatalogueError: the log or the catalogue cannot be read.
    """
    given = log.verdicts(session)
    items = {each.id: each for each in lookup(list(given))}
    return taste_profile(session, [(items.get(name), each) for name, each in given.items()], now)


def taste_profile(
    session: str,
    verdicts: Sequence[tuple[Item | None, Feedback]],
    now: datetime,
    weights: Weights | None = None,
) -> TasteProfile:
    """The profile at ``now`` (zone-aware).

    Args:
        session: whose verdicts they are.
        verdicts: each with its item; None for one that the catalogue no longer has.
        now: later verdicts do not count yet.
        weights: with the half-lives; the shipped ones by default.
    """
    known = weights or load_weights()
    opinions: list[Opinion] = []
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for item, given in verdicts:
        if given.at > now:
            continue
        strength = 0.0
        if item is not None:
            strength = float(2.0 ** -((now - given.at) / known.of(item.domain).half_life.taste))
        opinions.append(
            Opinion(
                item_id=given.item_id,
                title=item.title if item else given.item_id,
                domain=item.domain if item else None,
                verdict=given.verdict,
                at=given.at,
                strength=strength,
            )
        )
        for trait in traits_of(item) if item else ():
            sums[trait] += strength if given.verdict == "like" else -strength
    strongest = sorted(sums.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    return TasteProfile(
        session=session,
        now=now,
        opinions=tuple(sorted(opinions, key=lambda each: each.at, reverse=True)),
        traits=tuple(
            Trait(kind=kind, name=name, weight=round(weight, 4))
            for (kind, name), weight in strongest[:MOST_TRAITS]
            if abs(weight) >= LEAST
        ),
    )
