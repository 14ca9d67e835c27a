"""From a seed to a world and the requests asked in it: the same seed gives the same, a fresh one a hidden set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from dateutil.rrule import rrulestr

from evaluation.timely.builder import Builder, Window, timeless
from evaluation.timely.oracle import Oracle
from evaluation.timely.scenario import Scenario
from evaluation.timely.scenarios import FAMILIES
from evaluation.timely.sources import bundled_items, public_items
from evaluation.timely.spans import DAY
from evaluation.timely.world import World
from schema import Item
from settings import Settings

# Items that nobody asks for, by the first part of their id: they fill the shelves.
BACKGROUND = {"mind": 120, "huffpost": 60, "netflix": 80, "ikea": 120, "redial": 40}
_LATEST_ADDITION = datetime(2021, 10, 1, tzinfo=UTC)  # of the Netflix titles
_ASKED_OVER = 460  # days


@dataclass(frozen=True)
class Benchmark:
    """The world of a seed and its scenarios; ``public`` tells whether the public data sets were there."""

    seed: int
    base: datetime
    world: World
    scenarios: tuple[Scenario, ...]
    public: bool

    @property
    def oracle(self) -> Oracle:
        """The judge of this world."""
        return Oracle(self.world)


def generate(settings: Settings, seed: int, count: int, families: Sequence[str] = ()) -> Benchmark:
    """Make the world of ``seed`` with ``count`` scenarios of each family (pairs count as one).

    Args:
        settings: ``data`` names the folder of public data sets; without it, the bundled
            catalogue is all there is, and few scenarios fit.
        seed: any number.
        count: scenarios a family.
        families: some of ``FAMILIES``; all of them by default.

    Raises:
        SourceError: a data set cannot be read, or there are too few items for so many scenarios.
    """
    public = public_items(settings)
    bundled = bundled_items()
    rng = Random(f"{seed}:world")
    base = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(4 * 365))
    world = World()
    builder = Builder(world, [*public, *bundled], base, rng)
    scenarios: list[Scenario] = []
    for name in families or FAMILIES:
        builder.rng = Random(f"{seed}:{name}")
        scenarios += FAMILIES[name](builder, count)
    builder.rng = Random(f"{seed}:background")
    _fill(builder, public, bundled)
    return Benchmark(seed, base, world, tuple(scenarios), bool(public))


def _fill(builder: Builder, public: Sequence[Item], bundled: Sequence[Item]) -> None:
    """Put the background in: real items that no request was made for, over the whole time."""
    by_source: dict[str, list[Item]] = {}
    for item in builder.rest(public):
        by_source.setdefault(_source(item), []).append(item)
    for name, most in BACKGROUND.items():
        for item in builder.rng.sample(by_source.get(name, []), min(most, len(by_source.get(name, [])))):
            builder.world.put(_background(builder, item))
    for item in builder.rest(bundled):
        if item.recurrence and "RSCALE" in item.recurrence:
            continue  # its windows would have to be computed by the calendar that is on trial
        builder.world.put(item, _occurrences(item, builder.base) if item.recurrence else ())
        builder.world.unjudged.add(item.id)


def _source(item: Item) -> str:
    return item.id.split("/")[0] if "/" in item.id else "huffpost"


def _background(builder: Builder, item: Item) -> Item:
    if item.domain == "news":
        at = builder.base + DAY * builder.rng.uniform(-90, _ASKED_OVER)
        return item.model_copy(update={"published_at": at.replace(microsecond=0)})
    if item.valid_from is not None:  # when it was added, as many weeks later as the whole list needs
        weeks = (builder.base + _ASKED_OVER * DAY - _LATEST_ADDITION) // (7 * DAY)
        return item.model_copy(update={"valid_from": item.valid_from + weeks * 7 * DAY})
    plain = timeless(item)
    attributes = {name: value for name, value in plain.attributes.items() if name != "old_price"}
    return plain.model_copy(update={"attributes": attributes})


def _occurrences(item: Item, base: datetime) -> list[Window]:
    """The windows of a Gregorian rule around the time of the scenarios, by dateutil."""
    assert item.recurrence is not None
    assert item.valid_from is not None
    assert item.valid_until is not None
    length = item.valid_until - item.valid_from
    rule = rrulestr(item.recurrence, dtstart=item.valid_from)
    found = rule.between(base - 800 * DAY, base + 1200 * DAY, inc=True)
    return [(each, each + length) for each in found] or [(item.valid_from, item.valid_until)]
