"""The view of what is trending: escaped, quiet where nothing is, and a click asks about it."""

from datetime import UTC, datetime, timedelta

import pytest

from schema import Domain
from timeliness.hot import HotItem, HotTopic, Trending
from ui.trending import question, trending_html

NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)


def hot(name: str, domain: Domain = "news") -> HotTopic:
    return HotTopic(
        kind="item",
        name=name,
        domain=domain,
        since=NOW - timedelta(minutes=40),
        hours=1,
        users=12,
        usual=2.0,
        times=6.0,
        strength=0.5,
        items=(HotItem(item_id="x", title=name, users=12),),
        words=f"12 people in the last hour, mostly for {name}",
    )


def test_nothing_is_shown_where_nothing_is_hot() -> None:
    assert trending_html(Trending(now=NOW)) == ""


def test_topics_are_shown_in_words_with_the_question_that_a_click_asks() -> None:
    shown = trending_html(Trending(now=NOW, hot=(hot("Volcano wakes"), hot("Heat", "video"))))
    assert shown.count("<button") == 2
    assert 'data-text="News about Volcano wakes"' in shown
    assert 'data-text="The film or series Heat"' in shown
    assert "12 people in the last hour" in shown


@pytest.mark.parametrize(
    "mark", ["<img src=x onerror=alert(1)>", '" onclick="alert(2)', "<script>alert(3)</script>"]
)
def test_hostile_titles_are_text(mark: str) -> None:
    shown = trending_html(Trending(now=NOW, hot=(hot(mark),)))
    assert mark not in shown
    assert not any(each in shown for each in ("<img", "<script", chr(34) + " onclick"))
    assert mark in question(hot(mark))
