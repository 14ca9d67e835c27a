"""What is right at a moment: the oracle knows every item's windows, dates and bursts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from evaluation.timely.scenario import Need, Scenario
from evaluation.timely.spans import HOUR, INSTANT, Asked, Span
from evaluation.timely.world import World
from schema import Item

# right; over by then; not there yet by then; there, but not what was asked; right by some readings only
State = Literal["right", "stale", "early", "outside", "unsure"]
_WORST: tuple[State, ...] = ("early", "stale", "outside", "unsure", "right")
GOODS = frozenset({"shopping", "smart_home"})
# First and last (month, day) around the sales that the bundled catalogue names, in any year and generously.
_SALE_SEASONS = {
    "black_friday": ((11, 20), (12, 2)),
    "cyber_monday": ((11, 20), (12, 4)),
    "singles_day": ((10, 31), (11, 13)),
    "boxing_day": ((12, 25), (12, 31)),
    "mid_year_618": ((5, 31), (6, 22)),
}


class Oracle:
    """Judges items of one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def state(self, item: Item, scenario: Scenario) -> State:
        """Where ``item`` stands in time for the judged request, whatever its topic."""
        need, now = scenario.need, scenario.now
        found = {self._open(item, need.used, now)}
        if need.published is not None:
            found.add(_published(item, need.published))
        if need.on_offer:
            found.add(_on_offer(item, need.used.outer if need.used else Span(now, now + INSTANT)))
        if need.ends_before is not None:
            found.add(self._ends(item, now, need.ends_before))
        if need.bursting:
            found.add(self._bursts(item, now))
        return next(each for each in _WORST if each in found)

    def gain(self, item: Item, scenario: Scenario) -> float | None:
        """1 where ``item`` is of the topic and right, else 0; None where that cannot be judged."""
        need = scenario.need
        if need.target is not None:
            return float(item.id == need.target)
        if not is_topical(item, need):
            unclear = item.id in self._world.unjudged and item.domain == need.domain
            return None if unclear else 0.0
        state = self.state(item, scenario)
        return None if state == "unsure" else float(state == "right")

    def ranking(self, scenario: Scenario) -> list[str]:
        """Ids of all right items."""
        return [each.id for each in self._world.items.values() if self.gain(each, scenario)]

    def _open(self, item: Item, wanted: Asked | None, now: datetime) -> State:
        core, outer = (
            (wanted.core, wanted.outer) if wanted else (Span(now, now + INSTANT), Span(now, now + INSTANT))
        )
        windows = self._world.windows_of(item)
        if any(each.meets(core) for each in windows):
            return "right"
        if any(each.meets(outer) for each in windows):
            return "unsure"
        assert core.start is not None
        over = all(each.end is not None and each.end <= core.start for each in windows)
        return "stale" if over else "early"

    def _ends(self, item: Item, now: datetime, by: datetime) -> State:
        held = [each for each in self._world.windows_of(item) if each.holds(now)]
        return "right" if any(each.end is not None and each.end <= by for each in held) else "outside"

    def _bursts(self, item: Item, now: datetime) -> State:
        bursts = self._world.bursts.get(item.id, ())
        if any(each.holds(now) for each in bursts):
            return "right"
        past = [each for each in bursts if each.end is not None and each.end <= now]
        if any(each.end is not None and now - each.end < 48 * HOUR for each in past):
            return "unsure"  # it has only just ebbed away
        return "stale" if past else "outside"


def is_topical(item: Item, need: Need) -> bool:
    """Whether ``item`` is the kind of thing that is asked for."""
    return need.topic.holds(item) if need.topic else item.domain in GOODS


def _published(item: Item, wanted: Asked) -> State:
    if item.published_at is None:
        return "outside"
    if wanted.core.holds(item.published_at):
        return "right"
    if wanted.outer.holds(item.published_at):
        return "unsure"
    return "stale" if item.published_at < wanted.earliest else "outside"


def _on_offer(item: Item, when: Span) -> State:
    old = item.attributes.get("old_price")
    marked_down = isinstance(old, int | float) and item.price is not None and old > item.price
    if item.valid_until is not None or marked_down:
        return "right"
    seasons = item.attributes.get("seasons", ())
    names = (seasons,) if isinstance(seasons, str) else seasons if isinstance(seasons, tuple) else ()
    return "unsure" if any(_may_be_sale(each, when) for each in names) else "outside"


def _may_be_sale(season: str, when: Span) -> bool:
    """Whether a sale season may meet ``when``; no calendar is asked, so near it is enough."""
    if season not in _SALE_SEASONS or when.start is None:
        return False
    (month, day), (last_month, last_day) = _SALE_SEASONS[season]
    years = range(when.start.year - 1, when.start.year + 2)
    return any(
        Span(
            datetime(year, month, day, tzinfo=UTC), datetime(year, last_month, last_day, 23, 59, tzinfo=UTC)
        ).meets(when)
        for year in years
    )
