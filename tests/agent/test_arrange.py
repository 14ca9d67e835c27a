"""Variety without losing the best."""

from hypothesis import given
from hypothesis import strategies as st

from agent.arrange import arrange
from schema import Item, ScoredItem, Signals


def scored(name: str, score: float, *categories: str) -> ScoredItem:
    item = Item(id=name, domain="video", title=name, categories=categories)
    return ScoredItem(item=item, score=score, signals=Signals(), contributions={"relevance": score})


def test_second_of_a_kind_gives_way_to_a_near_equal_of_another() -> None:
    found = arrange(
        [
            scored("a", 1.0, "heist"),
            scored("b", 0.97, "heist"),
            scored("c", 0.95, "western"),
            scored("d", 0.0, "x"),
        ],
        2,
    )
    assert [each.item.id for each in found] == ["a", "c"]


def test_much_worse_item_is_not_taken_for_variety() -> None:
    found = arrange([scored("a", 1.0, "heist"), scored("b", 0.9, "heist"), scored("c", 0.1, "western")], 2)
    assert [each.item.id for each in found] == ["a", "b"]


def test_same_thing_twice_is_taken_once() -> None:
    twin = scored("b", 0.9, "sofa")
    twin = twin.model_copy(update={"item": twin.item.model_copy(update={"title": "A"})})
    found = arrange([scored("a", 1.0, "sofa"), twin, scored("c", 0.1, "sofa")], 3)
    assert [each.item.id for each in found] == ["a", "c"]


@given(st.lists(st.floats(-5, 5), max_size=12), st.integers(1, 6))
def test_best_is_first_and_nothing_is_doubled(scores: list[float], k: int) -> None:
    items = [scored(str(n), score, f"kind{n % 3}") for n, score in enumerate(scores)]
    found = arrange(items, k)
    assert len(found) == min(k, len(items)) == len({each.item.id for each in found})
    assert not items or found[0].score == max(scores)
