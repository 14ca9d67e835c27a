"""What people turned to together, in conversations: the real agent, models and stores over a few films."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from agent.assistant import Assistant
from schema import Event, Item, Reply
from settings import load_settings
from wiring import Parts, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
FILMS = [
    Item(id=title.casefold(), domain="video", title=title, text=text, categories=(genre,))
    for title, genre, text in (
        ("Harbour Nights", "thriller", "Two thieves plan a robbery in a port."),
        ("Quiet Meadow", "documentary", "A year in the life of a shepherd."),
        ("The Long Ledger", "drama", "An accountant finds a mistake."),
        ("Glass Orchard", "science fiction", "Trees of glass grow on a moon."),
        *((f"Robbery {n}", "thriller", f"Thieves plan robbery number {n} in a port.") for n in range(40)),
    )
]


def liked_by(people: str, *items: str) -> list[Event]:
    return [
        Event(item_id=item, kind="like", user=user, at=NOW - timedelta(days=3))
        for user in people
        for item in items
    ]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = load_settings(home=tmp_path_factory.mktemp("together") / "home", candidates=8)
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add(FILMS)
        with parts_over(catalogue, settings) as opened:
            opened.tool_context.events.record_all(
                liked_by("abcdef", "harbour nights", "quiet meadow")
                + liked_by("ghijk", "quiet meadow", "glass orchard")
            )
            yield opened


def reason(reply: Reply, item_id: str) -> str:
    return "; ".join(
        each.text for found in reply.recommendations if found.item.id == item_id for each in found.reasons
    )


async def test_what_the_same_people_liked_is_recommended_though_no_word_says_so(assistant: Assistant) -> None:
    reply = await assistant.ask("films like Harbour Nights", session="like", now=NOW)
    assert "6 people who turned to Harbour Nights turned to this too" in reason(reply, "quiet meadow")
    assert "harbour nights" not in {each.item.id for each in reply.recommendations}


async def test_what_is_pointed_at_is_gone_out_from(assistant: Assistant) -> None:
    first = await assistant.ask("a documentary about a shepherd", session="point", now=NOW, k=1)
    assert [each.item.id for each in first.recommendations] == ["quiet meadow"]
    reply = await assistant.ask("more like the first one", session="point", now=NOW)
    assert "5 people who turned to Quiet Meadow turned to this too" in reason(reply, "glass orchard")


async def test_a_refusal_is_no_wish_for_more_of_it(assistant: Assistant) -> None:
    reply = await assistant.ask("a thriller, but nothing like Harbour Nights", session="no", now=NOW)
    assert "turned to" not in reason(reply, "quiet meadow")
