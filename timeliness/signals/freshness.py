"""Freshness: how new an item is, by exponential decay from ``published_at``.

State: none. Events: none. Value: ``2 ** (-age / half_life)``, where the half-life is that
of the item's domain, shortened by the recency that is demanded and lengthened for
classics (weights.toml). Unknown ``published_at`` gives 0.
"""

from datetime import datetime, timedelta

from schema import Demand, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.weights import Weights
from timeliness.signals.wording import is_chinese, span

WORTH_SAYING = 0.3  # younger than 1.7 half-lives
_VERBS = {
    "news": ("published", "发布"),
    "music": ("released", "发行"),
    "video": ("released", "上映"),
    "shopping": ("launched", "上市"),
    "smart_home": ("launched", "上市"),
}


class Freshness(Signal):
    """How new an item is."""

    name = "freshness"

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """1 for what has just come out (or is about to), one half after a half-life."""
        if item.published_at is None:
            return 0.0
        half_life = self._weights.of(item.domain).half_life.freshness * self._weights.pace(demand)
        age = max(now - item.published_at, timedelta(0))
        return float(2.0 ** -(age / half_life))

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``published 2 hours ago``."""
        if item.published_at is None or self.value(item, demand, now) < WORTH_SAYING:
            return None
        language = demand.language
        english, chinese = _VERBS[item.domain]
        age = now - item.published_at
        if age < timedelta(0):
            ahead = span(-age, language)
            return self._say(f"{ahead}后{chinese}" if is_chinese(language) else f"comes out in {ahead}")
        past = span(age, language)
        return self._say(f"{past}前{chinese}" if is_chinese(language) else f"{english} {past} ago")
