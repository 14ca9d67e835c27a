"""How the parts of a new message join those that stand: wishes, times, limits, exclusions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from agent.understand.limits import Lifted
from schema import Interest, InterestKind, Limits, TimeDemand, TimeRole

# What more of the one means less of the other.
_OPPOSITES = (
    ({"light", "funny", "uplifting"}, {"dark", "heavy", "sad", "serious"}),
    ({"quiet", "relaxing", "slow"}, {"loud", "energetic", "exciting"}),
    ({"short"}, {"long", "epic"}),
    ({"cheap"}, {"premium"}),
    ({"popular"}, {"lesser known"}),
    ({"small"}, {"large"}),
    ({"kids", "family"}, {"scary", "violent", "sexual", "horror"}),
    ({"simple"}, {"clever"}),
)
# A new one of these takes the place of the old, unless the message only adds.
_EXCLUSIVE: frozenset[InterestKind] = frozenset({"genre", "topic"})


def survivors(
    old: Sequence[Interest], new: Sequence[Interest], replaces: bool, lasting: Collection[str] = ()
) -> tuple[list[Interest], list[str]]:
    """What stands of the ``old`` wishes beside the ``new``, and the names of those wished for that fell.

    A new word on the same thing, or its opposite, wins over the old. With ``replaces``, a new
    genre or topic also takes the place of the old ones, but not of those called ``lasting``; a
    brand that must be takes the place of other brands.
    """
    kept: list[Interest] = []
    dropped: list[str] = []
    kinds = {each.kind for each in new if each.polarity > 0} & _EXCLUSIVE if replaces else set()
    brands = any(each.kind == "brand" and each.hard and each.polarity > 0 for each in new)
    for each in old:
        falls = (each.kind in kinds and each.text not in lasting) or (brands and each.kind == "brand")
        if any(_contradicts(one, each) for one in new) or (falls and each.polarity > 0):
            dropped += [each.text] if each.polarity > 0 else []
        else:
            kept.append(each)
    return kept, dropped


def _contradicts(new: Interest, old: Interest) -> bool:
    one, other = new.text.casefold(), old.text.casefold()
    if one == other:
        return True
    if new.polarity < 0 or old.polarity < 0:
        return False
    return any(
        (one in left and other in right) or (one in right and other in left) for left, right in _OPPOSITES
    )


_WHEN: frozenset[TimeRole] = frozenset({"use", "offer", "end"})


def joined(old: Sequence[Interest], new: Sequence[Interest]) -> tuple[Interest, ...]:
    """Old wishes, their spans forgotten, then the new ones."""
    renewed = {each.text.casefold() for each in new}
    return (*carried(each for each in old if each.text.casefold() not in renewed), *new)


def carried(interests: Iterable[Interest]) -> tuple[Interest, ...]:
    """Wishes of an earlier message: their spans point into another text."""
    return tuple(each.model_copy(update={"span": None}) for each in interests)


def carried_times(times: Iterable[TimeDemand]) -> tuple[TimeDemand, ...]:
    """Times of an earlier message."""
    return tuple(each.model_copy(update={"span": None}) for each in times)


def merged_times(
    old: Sequence[TimeDemand], new: Sequence[TimeDemand], lifted: Collection[Lifted]
) -> tuple[TimeDemand, ...]:
    """A new time replaces the old one of its role ("actually make it tomorrow").

    Use, offer and end are one: after "any deals today?" a new day is one for deals, and after
    "what leaves this month?" the next month is one in which things leave.
    """
    roles = {each.role for each in new}
    if roles & _WHEN:
        roles |= _WHEN
    standing: TimeRole | None = next((each.role for each in old if each.role in {"end", "offer"}), None)
    if standing and "offer" not in lifted:
        new = [each.model_copy(update={"role": standing}) if each.role == "use" else each for each in new]
    stands = () if "time" in lifted else carried_times(each for each in old if each.role not in roles)
    return (*stands, *new)


def merged_limits(old: Limits, new: Limits, lifted: Collection[Lifted]) -> Limits:
    """A new condition replaces the old one of its field; a lifted one is gone."""
    changes: dict[str, object] = {}
    priced = new.max_price is not None or new.min_price is not None
    if priced or "price" in lifted:
        currency = new.currency or (old.currency if priced else None)
        changes |= {"max_price": new.max_price, "min_price": new.min_price, "currency": currency}
    if new.max_minutes is not None or new.min_minutes is not None or "length" in lifted:
        changes |= {"max_minutes": new.max_minutes, "min_minutes": new.min_minutes}
    if new.languages or "language" in lifted:
        changes["languages"] = new.languages
    changes["on_offer"] = (new.on_offer or old.on_offer) and "offer" not in lifted
    return old.model_copy(update=changes)


def distinct(*groups: Iterable[str]) -> tuple[str, ...]:
    """All ids of ``groups``, each once, in order."""
    return tuple(dict.fromkeys(item_id for group in groups for item_id in group))
