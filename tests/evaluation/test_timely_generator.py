"""The benchmark of timely conversation: what its generator makes, on the bundled catalogue alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from errors import SourceError
from evaluation.timely.festivals import FESTIVALS, midnight_of
from evaluation.timely.generate import Benchmark, generate
from evaluation.timely.oracle import Oracle
from evaluation.timely.scenario import Need, Said, Scenario, load_topics
from evaluation.timely.scenarios import FAMILIES
from evaluation.timely.spans import Asked, Span, asked
from evaluation.timely.systems.dense import said_day
from evaluation.timely.world import World
from schema import Item
from settings import load_settings

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return generate(load_settings(data=None), 3, 2)


def test_same_seed_gives_the_same_world_and_requests(benchmark: Benchmark) -> None:
    again = generate(load_settings(data=None), 3, 2)
    assert again.scenarios == benchmark.scenarios
    assert again.world.items == benchmark.world.items
    assert again.world.events == benchmark.world.events


def test_another_seed_gives_other_requests_at_other_times(benchmark: Benchmark) -> None:
    other = generate(load_settings(data=None), 4, 2)
    assert not {each.said for each in other.scenarios} & {each.said for each in benchmark.scenarios}
    assert other.world.items != benchmark.world.items


def test_every_family_asks_and_every_request_has_right_and_wrong_items(benchmark: Benchmark) -> None:
    oracle = benchmark.oracle
    assert {each.family for each in benchmark.scenarios} == set(FAMILIES)
    for each in benchmark.scenarios:
        right = set(oracle.ranking(each))
        assert right, each
        if each.family != "evergreen":
            topical = [item for item in benchmark.world.items.values() if oracle.gain(item, each) == 0.0]
            assert len(topical) >= 2, each


def test_pairs_say_the_same_at_two_moments(benchmark: Benchmark) -> None:
    pairs: dict[str, list[Scenario]] = {}
    for each in benchmark.scenarios:
        if each.pair:
            pairs.setdefault(each.pair, []).append(each)
    for one, other in pairs.values():
        assert one.text == other.text and one.now != other.now
        assert set(benchmark.oracle.ranking(one)) != set(benchmark.oracle.ranking(other))


def test_too_many_requests_for_the_catalogue_are_an_error_that_says_what_to_do() -> None:
    with pytest.raises(SourceError, match="KAIROS_DATA"):
        generate(load_settings(data=None), 1, 60)


def offer(item_id: str, start: datetime | None, end: datetime | None, **fields: object) -> Item:
    values = {"id": item_id, "domain": "shopping", "title": item_id, "categories": ("beds",), **fields}
    return Item.model_validate({**values, "valid_from": start, "valid_until": end})


def scenario(**need: object) -> Scenario:
    beds = next(each for each in load_topics() if each.noun == "beds")
    wanted = Need("shopping", beds)
    return Scenario("one", "offers", (Said("beds", NOW),), replace(wanted, **need))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        (NOW - DAY, NOW + DAY, "right"),
        (NOW - 2 * DAY, NOW, "stale"),  # ends with the very moment
        (NOW + DAY, NOW + 2 * DAY, "early"),
        (None, None, "outside"),  # there, but on no offer
    ],
)
def test_oracle_knows_the_state_of_an_offer(start: datetime | None, end: datetime | None, state: str) -> None:
    world = World()
    item = offer("bed", start, end)
    world.put(item)
    assert Oracle(world).state(item, scenario(on_offer=True)) == state


def test_oracle_leaves_what_only_some_readings_admit_uncounted() -> None:
    world = World()
    item = offer("bed", NOW + 3 * DAY, NOW + 4 * DAY)
    world.put(item)
    wanted = Asked("soon", Span(NOW, NOW + 2 * DAY), Span(NOW, NOW + 5 * DAY))
    assert Oracle(world).state(item, scenario(used=wanted)) == "unsure"
    assert Oracle(world).gain(item, scenario(used=wanted)) is None


def test_oracle_counts_each_round_of_a_recurring_window() -> None:
    world = World()
    item = offer("bed", NOW - 370 * DAY, NOW - 360 * DAY, recurrence="FREQ=YEARLY")
    world.put(item, [(NOW - 370 * DAY, NOW - 360 * DAY), (NOW - 5 * DAY, NOW + 5 * DAY)])
    assert Oracle(world).state(item, scenario(on_offer=True)) == "right"
    ahead = asked("later", NOW + 20 * DAY, NOW + 21 * DAY)
    assert Oracle(world).state(item, scenario(used=ahead)) == "stale"


def test_festival_windows_begin_and_end_around_the_published_day() -> None:
    for festival in FESTIVALS:
        for day, (start, end) in zip(festival.dates, festival.windows, strict=True):
            assert start <= midnight_of(day) < end


def test_plain_date_parser_reads_dates_and_nothing_else() -> None:
    assert said_day("beds on 14 March", NOW) == datetime(2026, 3, 14, tzinfo=UTC)
    assert said_day("beds on Friday", NOW) == datetime(2026, 11, 27, tzinfo=UTC)
    assert said_day("baseball stories", NOW) is None
