"""What was wanted stays in mind: after an answer that found nothing, and after other topics."""

from __future__ import annotations

from agent.understand.local import LocalUnderstanding
from schema import Conversation, Demand
from tests.agent.conftest import NOW


def after(understanding: LocalUnderstanding, *texts: str) -> Demand:
    """The demand after ``texts``, each of which was answered with recommendations."""
    before, demand = Conversation(session="test"), Demand(text="")
    for text in texts:
        demand = understanding.understand(text, before, NOW)
        before = before.model_copy(update={"demand": demand, "earlier": (*before.earlier, demand)})
    return demand


def likes(demand: Demand) -> set[str]:
    return {each.text for each in demand.interests if each.polarity > 0}


def test_return_to_another_domain_takes_its_wishes_up_again(local_understanding: LocalUnderstanding) -> None:
    demand = after(
        local_understanding,
        "a family film under 100 minutes, no horror",
        "and some quiet music for dinner?",
        "back to the films",
    )
    assert demand.domains == ("video",) and demand.limits.max_minutes == 100
    assert "family" in likes(demand) and "quiet" not in likes(demand)
    assert any(each.text == "horror" and each.polarity < 0 for each in demand.interests)


def test_return_to_another_kind_of_product_takes_its_conditions_up_again(
    local_understanding: LocalUnderstanding,
) -> None:
    demand = after(
        local_understanding,
        "a smart lock that works with HomeKit, under $250",
        "now some bulbs instead",
        "back to the locks",
    )
    assert likes(demand) == {"smart lock", "HomeKit"} and demand.limits.max_price == 250


def test_another_domain_without_a_word_of_return_begins_anew(local_understanding: LocalUnderstanding) -> None:
    demand = after(
        local_understanding, "a family film under 100 minutes", "some quiet music", "a film about chess"
    )
    assert demand.limits.max_minutes is None and "family" not in likes(demand)
