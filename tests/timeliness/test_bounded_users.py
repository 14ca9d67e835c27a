"""Who turned to what stays within its memory, with the error that is stated, whoever floods it."""

from datetime import UTC, datetime, timedelta

import pytest

from schema import Demand, Event, Item
from timeliness.distinct import FEWEST, DistinctUsers
from timeliness.signals.popularity import Popularity
from timeliness.together import MOST_ITEMS, Together

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def visit(user: str, item_id: str, minutes_ago: float = 0) -> Event:
    return Event(item_id=item_id, kind="view", user=user, at=NOW - timedelta(minutes=minutes_ago))


def estimated(users: DistinctUsers, item_id: str) -> float:
    times, each = users.times(item_id)
    return len(times) * each


def test_users_are_counted_exactly_up_to_the_bound() -> None:
    users = DistinctUsers(per_item=100, capacity=1000)
    for number in range(100):
        for at in (5.0, 3.0, 9.0):
            users.add("a", f"user-{number}", at)
    times, each = users.times("a")
    assert (len(times), each, set(times)) == (100, 1.0, {3.0})


def test_estimates_beyond_the_bound_have_the_stated_error_and_no_bias() -> None:
    users = DistinctUsers(per_item=256, capacity=1_000_000)
    for item in range(40):
        for number in range(3000):
            users.add(f"item-{item}", f"user-{item}-{number}", number)
    errors = [estimated(users, f"item-{item}") / 3000 - 1 for item in range(40)]
    stated = 1 / (256 - 1) ** 0.5
    spread = (sum(each**2 for each in errors) / len(errors)) ** 0.5
    assert spread < 1.4 * stated
    assert abs(sum(errors) / len(errors)) < 3 * stated / len(errors) ** 0.5
    times, each = users.times("item-0")
    assert (times < 1500).sum() * each == pytest.approx(1500, rel=4 * stated)  # the sample is of all times


def test_one_user_who_floods_an_item_counts_once_also_beyond_the_bound() -> None:
    users = DistinctUsers(per_item=FEWEST, capacity=FEWEST)
    for number in range(500):
        users.add("a", f"user-{number}", 1.0)
    before = estimated(users, "a")
    for repeat in range(2000):
        users.add("a", "user-7", 2.0 + repeat)
    assert estimated(users, "a") == before


def test_memory_is_bounded_over_all_items_and_stale_ones_go_first() -> None:
    users = DistinctUsers(per_item=512, capacity=2000)
    for item in range(100):
        for number in range(300):
            users.add(f"item-{item}", f"user-{number}", 1.0)
        assert len(users) <= 2000
    assert users.per_item == FEWEST
    assert estimated(users, "item-0") == 0
    assert estimated(users, "item-99") == pytest.approx(300, rel=4 / (FEWEST - 1) ** 0.5)


def test_popularity_says_about_where_it_estimates() -> None:
    signal, item = Popularity(), Item(id="a", domain="news", title="A", added_at=NOW)
    for number in range(1024):
        signal.observe(visit(f"user-{number}", "a"))
    exact = signal.evidence(item, Demand(text="news"), NOW)
    for number in range(1024, 5000):
        signal.observe(visit(f"user-{number}", "a"))
    about = signal.evidence(item, Demand(text="news"), NOW)
    assert exact is not None and about is not None
    assert exact.value == "1024 people have turned to it"
    words = about.value.split()
    assert words[0] == "about" and int(words[1].replace(",", "")) == pytest.approx(5000, rel=0.13)


def test_links_stay_within_their_pairs_and_the_latest_users_are_kept() -> None:
    together = Together(most_pairs=200)
    for number in range(1000):
        together.observe(visit(f"user-{number}", f"a-{number // 100}", 2000 - number))
        together.observe(visit(f"user-{number}", f"b-{number // 100}", 2000 - number))
        assert len(together) <= 200
    assert together.links(["a-0"], NOW).strengths == {}
    links = together.links(["a-9"], NOW)
    assert links.shared["b-9"] == ("a-9", 100)


def test_a_flood_of_accounts_that_come_once_pushes_out_no_link() -> None:
    together = Together(most_pairs=200)
    for number in range(20):
        together.observe(visit(f"user-{number}", "heat", 100))
        together.observe(visit(f"user-{number}", "ronin", 99))
    before = together.links(["heat"], NOW)
    for number in range(5000):
        together.observe(visit(f"bot-{number}", "junk", 1))
    assert together.links(["heat"], NOW) == before
    assert len(together) <= 200


def test_one_user_who_turns_to_everything_holds_no_more_than_their_share() -> None:
    together = Together(most_pairs=200)
    for number in range(5000):
        together.observe(visit("eager", f"item-{number}", 5000 - number))
    assert len(together) == MOST_ITEMS
