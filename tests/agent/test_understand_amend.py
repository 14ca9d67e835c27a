"""Parts of what was understood are taken away one by one, from wishes, limits, times and the query."""

from __future__ import annotations

import pytest

from agent.understand.amend import parts_of, without_parts
from agent.understand.local import LocalUnderstanding
from schema import Demand
from tests.agent.conftest import Understand


@pytest.fixture
def asked(understand: Understand) -> Demand:
    return understand("a funny short thriller for tonight under 100 minutes and under $20, no horror")


def without(demand: Demand, part: str, understanding: LocalUnderstanding) -> Demand:
    return without_parts(demand, [part], understanding.lexicon)


def test_each_part_can_be_taken_away_and_no_other_goes_with_it(
    asked: Demand, local_understanding: LocalUnderstanding
) -> None:
    parts = parts_of(asked)
    assert {"interest:+:thriller", "interest:-:horror", "limit:max_minutes", "time:use:tonight"} <= set(parts)
    for part in parts:
        left = without(asked, part, local_understanding)
        assert set(parts) - set(parts_of(left)) == {part}


def test_words_of_a_wish_leave_the_query(asked: Demand, local_understanding: LocalUnderstanding) -> None:
    left = without(asked, "interest:+:thriller", local_understanding)
    assert "thriller" not in left.query and left.query
    assert asked.query == without(asked, "interest:-:horror", local_understanding).query


def test_last_wish_leaves_the_domain_to_search_for(
    understand: Understand, local_understanding: LocalUnderstanding
) -> None:
    assert without(understand("jazz"), "interest:+:jazz", local_understanding).query == "music"


def test_currency_goes_with_the_last_price(
    understand: Understand, local_understanding: LocalUnderstanding
) -> None:
    left = without(understand("headphones between $50 and $90"), "limit:max_price", local_understanding)
    assert (left.limits.min_price, left.limits.max_price, left.limits.currency) == (50, None, "USD")
    assert without(left, "limit:min_price", local_understanding).limits.currency is None


@pytest.mark.parametrize(
    "part", ["interest:+:opera", "limit:nothing", "limit:__class__", "time:use:", "", "x" * 9999]
)
def test_unknown_parts_change_nothing(
    part: str, asked: Demand, local_understanding: LocalUnderstanding
) -> None:
    assert without(asked, part, local_understanding) == asked
