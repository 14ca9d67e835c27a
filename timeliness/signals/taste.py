"""Taste: how close an item is to what the user liked and disliked.

State: the user's latest verdict on each item, with the item. Events: none; verdicts are
given whole, since they belong to one user. Value: for relatives of judged items, the
liked minus the disliked side, each ``1 - prod(1 - decay * similarity)``, times the domain's ``relatives``;
the judged and disliked item itself gives −1, never above −LASTING. A liked item is only
its own closest relative, so that what is known does not crowd out what is new.
"""

import math
from collections.abc import Sequence
from datetime import datetime

from schema import Demand, Evidence, Feedback, Item
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.signals.wording import is_chinese

LASTING = 0.8
WORTH_SAYING = 0.15  # similarity from which a relative is named
_WORTH = {"creator": 2.0, "category": 1.0, "mood": 1.0}

_Traits = frozenset[tuple[str, str]]


class Taste(Signal):
    """How close an item is to the user's liked items and how far from the disliked."""

    name = "taste"

    def __init__(self, weights: Weights, verdicts: Sequence[tuple[Item, Feedback]] = ()) -> None:
        self._weights = weights
        self._judged: dict[str, tuple[Item, Feedback, _Traits]] = {}
        for item, feedback in sorted(verdicts, key=lambda pair: pair[1].at):
            self._judged[item.id] = (item, feedback, traits_of(item))

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """−1 for an item that the user disliked; otherwise within ±``relatives`` of the domain's weights."""
        own = self._judged.get(item.id)
        if own is not None and own[1].verdict == "dislike" and own[1].at <= now:
            return -max(LASTING, self._decay(item, own[1], now))
        far = {"like": 1.0, "dislike": 1.0}
        for nearness, _, feedback in self._relatives(item, now):
            far[feedback.verdict] *= 1.0 - nearness
        return self._weights.of(item.domain).relatives * (far["dislike"] - far["like"])

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``close to Heat, which you liked``."""
        value, chinese = self.value(item, demand, now), is_chinese(demand.language)
        if value <= -LASTING:
            return self._say("你不喜欢它" if chinese else "you disliked it")
        verdict = "like" if value > 0 else "dislike"
        named = [
            each
            for each in self._relatives(item, now)
            if each[2].verdict == verdict and each[1].id != item.id
        ]
        nearest = max(named, key=lambda each: each[0], default=None)
        if nearest is None or nearest[0] < WORTH_SAYING or value == 0:
            return None
        title = nearest[1].title
        if chinese:
            return self._say(f"与你{'' if value > 0 else '不'}喜欢的《{title}》相近")
        return self._say(f"close to {title}, which you {verdict}d")

    def _relatives(self, item: Item, now: datetime) -> list[tuple[float, Item, Feedback]]:
        """Judged items that share a trait, with how near they are after decay."""
        if not self._judged:
            return []
        traits = traits_of(item)
        return [
            (nearness, other, feedback)
            for other, feedback, theirs in self._judged.values()
            if feedback.at <= now
            and (nearness := _similarity(traits, theirs) * self._decay(other, feedback, now))
        ]

    def _decay(self, item: Item, feedback: Feedback, now: datetime) -> float:
        return float(2.0 ** -((now - feedback.at) / self._weights.of(item.domain).half_life.taste))


def traits_of(item: Item) -> _Traits:
    """What a verdict on ``item`` speaks of: its makers, categories and moods, each with its kind."""
    mood = item.attributes.get("mood", ())
    moods = (mood,) if isinstance(mood, str) else mood if isinstance(mood, tuple) else ()
    kinds = {"creator": item.creators, "category": item.categories, "mood": moods}
    return frozenset((kind, each.casefold().strip()) for kind, values in kinds.items() for each in values)


def _similarity(one: _Traits, other: _Traits) -> float:
    """Cosine of two sets of traits, makers counting double."""
    if not one or not other:
        return 0.0
    shared = sum(_WORTH[kind] for kind, _ in one & other)
    return shared / math.sqrt(sum(_WORTH[kind] for kind, _ in one) * sum(_WORTH[kind] for kind, _ in other))
