import pytest

from schema import Item
from timeliness.topics import Key, names_in, topics_of


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Container ship blocks the Suez Canal", ["Suez Canal"]),
        ("European Union adopts the AI Act", ["European Union", "AI Act"]),
        ("Volcano wakes on the island of Testland", ["Testland"]),
        ("NASA and ESA agree on a new telescope", ["NASA", "ESA"]),
        ("Critics praise “the long walk” at the festival", ["the long walk"]),
        ("《流浪地球》票房创新高", ["流浪地球"]),
        ("Fire near Notre-Dame de Paris", ["Notre-Dame", "Paris"]),
        ("These Are The Ten Best Phones Of The Year", []),
        ("Ten Things NASA Found Out", ["NASA"]),
        ("BREAKING NEWS TODAY", []),
        ("Volcano wakes", []),
        ("", []),
        ("$$$ 12 ... !!", []),
    ],
)
def test_named_things_of_a_title(title: str, names: list[str]) -> None:
    assert names_in(title) == names


def test_topics_are_categories_and_names_within_the_domain() -> None:
    item = Item(
        id="n", domain="news", title="Container ship blocks the Suez Canal", categories=("World", "world")
    )
    assert topics_of(item) == (Key("category", "news", "world"), Key("name", "news", "Suez Canal"))
