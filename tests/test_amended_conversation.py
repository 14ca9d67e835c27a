"""What is taken out of the panel is gone from the next answer, with the real agent, and after a restart too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from schema import Item
from settings import load_settings
from wiring import Parts, make_assistant, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def film(name: str, category: str, minutes: float) -> Item:
    return Item(
        id=name, domain="video", title=name.title(), categories=(category,), duration_minutes=minutes,
        text=f"A {category} to see.",
    )  # fmt: skip


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = load_settings(home=tmp_path_factory.mktemp("amended") / "home")
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add(
            [
                film("short", "comedy", 80),
                film("long", "comedy", 170),
                film("fright", "horror", 85),
                film("epic", "horror", 180),
            ]
        )
        with parts_over(catalogue, settings) as opened:
            yield opened


async def test_next_answer_does_without_what_was_removed(parts: Parts) -> None:
    assistant = make_assistant(parts)
    first = await assistant.ask("a comedy under 100 minutes, no horror", session="s", now=NOW)
    assert [each.item.id for each in first.recommendations] == ["short"]
    left = await assistant.amend("s", ["limit:max_minutes"])
    assert left is not None and left.limits.max_minutes is None
    second = await assistant.ask("and now?", session="s", now=NOW)
    assert {each.item.id for each in second.recommendations} == {"short", "long"}
    await assistant.close()

    again = make_assistant(parts)  # as after a restart
    await again.amend("s", ["interest:+:comedy", "interest:-:horror"])
    replies = await again.replies("s")
    assert replies[-1].demand is not None and not replies[-1].demand.interests
    third = await again.ask("show me again", session="s", now=NOW)
    assert "fright" in {each.item.id for each in third.recommendations}
    await again.close()


async def test_nothing_stands_where_nothing_was_asked(parts: Parts) -> None:
    assistant = make_assistant(parts)
    assert await assistant.amend("nobody", ["limit:max_price"]) is None
    assert await assistant.history("nobody") == []
    await assistant.close()
