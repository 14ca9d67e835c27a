"""What feeds carry: one mention for an item and feed, stories joined across ids, hot where several took it up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schema import Demand, Event, Item
from timeliness.carried import Carried, host_of
from timeliness.events import EventLog
from timeliness.hot import HotTopics
from timeliness.signals.affinity import Affinity
from timeliness.signals.popularity import Popularity
from timeliness.signals.trend import Trend
from timeliness.signals.weights import load_weights
from timeliness.stories import LONGEST_FEED, Stories, feed_user, link_key, same_story

HOUR = timedelta(hours=1)
ATHENS = ZoneInfo("Europe/Athens")
PLAIN = Demand(text="news")
WEIGHTS = load_weights()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog(tmp_path / "events.sqlite") as opened:
        yield opened


def news(name: str, title: str = "", **fields: Any) -> Item:
    return Item.model_validate({"id": name, "domain": "news", "title": title or name, **fields})


def feed(n: int) -> str:
    return f"https://site{n}.example/rss"


def mention(item: str, n: int, at: datetime) -> Event:
    return Event(item_id=item, kind="mention", user=feed(n), at=at)


def carriers(log: EventLog, item: str, now: datetime) -> set[str]:
    return {each.user for each in log.recent(now - timedelta(days=30)) if each.item_id == item}


def trend(log: EventLog) -> Trend:
    made = Trend(WEIGHTS, log, ATHENS)
    made.follow()
    return made


def test_each_item_and_feed_is_written_once_across_restarts(log: EventLog, now: datetime) -> None:
    for _ in range(2):
        stories = Stories(log)
        stories.record(feed(1), [news("a"), news("b")], now)
        stories.record(feed(1), [news("a"), news("c")], now + HOUR)
    found = log.recent(now - HOUR)
    assert [(each.item_id, each.user, each.kind) for each in found] == [
        (name, feed(1), "mention") for name in ("a", "b", "c")
    ]


def test_an_item_is_carried_since_it_was_published_and_never_in_the_future(
    log: EventLog, now: datetime
) -> None:
    stories = Stories(log)
    stories.record(feed(1), [news("a", published_at=now - HOUR), news("b", published_at=now + HOUR)], now)
    assert {each.item_id: each.at for each in log.recent(now - 2 * HOUR)} == {"a": now - HOUR, "b": now}


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        ({"url": "http://www.a.example/story/?utm_source=x"}, {"url": "https://a.example/story#top"}, True),
        ({"url": "https://a.example/story?id=1"}, {"url": "https://a.example/story?id=2"}, False),
        ({"url": "https://a.example/"}, {"url": "https://a.example"}, False),
        (
            {"title": "Volcano wakes on the island of Testland"},
            {"title": "Volcano wakes on island of Testland!"},
            True,
        ),
        (
            {"title": "Volcano wakes on the island of Testland"},
            {"title": "Volcano sleeps in the north of Test"},
            False,
        ),
        (
            {"title": "Phone 16 review: what has changed"},
            {"title": "Phone 17 review: what has changed"},
            False,
        ),
        ({"title": "Weather"}, {"title": "Weather"}, False),
        ({"title": "测试国火山今晨突然喷发"}, {"title": "测试国火山今晨突然喷发！"}, True),
    ],
)
def test_a_story_under_two_ids_is_joined_by_link_or_title(
    log: EventLog, now: datetime, one: dict[str, str], other: dict[str, str], joined: bool
) -> None:
    first, second = news("first", **one), news("second", **other)
    stories = Stories(log)
    stories.record(feed(1), [first], now - HOUR)
    stories.record(feed(2), [second], now)
    both = {feed(1), feed(2)}
    assert carriers(log, "first", now) == (both if joined else {feed(1)})
    assert carriers(log, "second", now) == (both if joined else {feed(2)})
    assert same_story(first, second) is joined


def test_the_same_title_days_later_is_another_story(log: EventLog, now: datetime) -> None:
    stories, title = Stories(log), "What to watch on television tonight"
    stories.record(feed(1), [news("old", title, published_at=now - 2 * 24 * HOUR)], now)
    stories.record(feed(2), [news("new", title, published_at=now)], now)
    assert carriers(log, "new", now) == {feed(2)}


def test_three_feeds_within_hours_are_a_trend_and_are_called_feeds(log: EventLog, now: datetime) -> None:
    item = news("volcano")
    for n in range(2):
        log.record(mention("volcano", n, now - (2 - n) * HOUR))
    assert trend(log).value(item, PLAIN, now) == 0
    log.record(mention("volcano", 3, now))
    found = trend(log)
    assert found.value(item, PLAIN, now) == pytest.approx(3 / 8)
    said, chinese = (
        found.evidence(item, PLAIN, now),
        found.evidence(item, Demand(text="新闻", language="zh"), now),
    )
    assert said is not None and said.value == "carried by 3 feeds since 15:00"  # in Athens
    assert chinese is not None and chinese.value == "15:00起有3个订阅源报道"
    assert found.rising(now, 8) == ["volcano"]
    later = [found.value(item, PLAIN, now + hours * HOUR) for hours in (0, 6, 12, 48)]
    assert later == sorted(later, reverse=True) and later[-1] == 0


def test_feeds_of_one_site_and_feeds_far_apart_are_no_trend(log: EventLog, now: datetime) -> None:
    log.record_all(
        Event(item_id="one", kind="mention", user=f"https://www.site.example/rss/{n}", at=now)
        for n in range(9)
    )
    log.record_all(mention("apart", n, now - 7 * n * HOUR) for n in range(3))
    assert [trend(log).value(news(each), PLAIN, now) for each in ("one", "apart")] == [0, 0]


def test_mentions_are_no_people(log: EventLog, now: datetime) -> None:
    popularity, affinity = Popularity(WEIGHTS), Affinity()
    for n in range(50):
        for name in ("a", "b"):
            popularity.observe(mention(name, n, now))
            affinity.observe(mention(name, n, now))
            log.record(mention(name, n, now))
    assert popularity.value(news("a"), PLAIN, now) == 0
    assert len(affinity.together) == 0
    said = trend(log).evidence(news("a"), PLAIN, now)
    assert said is not None and "people" not in said.value


def test_mentions_after_now_count_for_nothing(log: EventLog, now: datetime) -> None:
    log.record_all(mention("a", n, now + n * HOUR) for n in range(4))
    found = trend(log)
    values = [found.value(news("a"), PLAIN, now + hours * HOUR) for hours in (3, 1, 2)]
    assert values[0] == 0.5 and values[1] == 0 and values[2] == pytest.approx(3 / 8)


def test_people_and_feeds_are_told_by_what_says_more(log: EventLog, now: datetime) -> None:
    log.record_all(mention("a", n, now) for n in range(3))
    log.record_all(Event(item_id="a", kind="view", user=f"u{n}", at=now) for n in range(60))
    said = trend(log).evidence(news("a"), PLAIN, now)
    assert said is not None and said.value == "60 people in the last hour"


def test_a_story_carried_under_several_ids_is_told_once_among_hot_topics(
    log: EventLog, now: datetime
) -> None:
    title = "Volcano wakes on the island of Testland"
    items = {f"v{n}": news(f"v{n}", title) for n in range(3)}
    stories = Stories(log)
    for n, item in enumerate(items.values()):
        stories.record(feed(n), [item], now)
    topics = HotTopics(log, lambda ids: [items[each] for each in ids if each in items], zone=ATHENS)
    (hot,) = topics.at(now).hot
    assert (hot.kind, hot.name, hot.feeds, hot.users) == ("item", title, 3, 0)
    assert str(topics.at(now)).endswith(f"1. “{title}” (news): carried by 3 feeds since 17:00.")
    assert topics.at(now + 7 * HOUR).hot == ()


def test_what_is_kept_of_feeds_is_bounded(now: datetime) -> None:
    carried = Carried(most_items=100)
    for n in range(1000):
        carried.observe(mention(f"i{n}", n, now))
    assert len(list(carried.mentions())) == 100


def test_addresses_are_told_apart_by_host_and_hold_no_login() -> None:
    assert host_of("https://ann:secret@www.Site.example/rss") == "site.example"
    assert host_of("a name") == "a name"
    assert feed_user("https://ann:secret@site.example/rss") == "https://site.example/rss"
    long = [feed_user(f"https://site.example/{'x' * 300}{n}") for n in range(2)]
    assert long[0] != long[1] and len(long[0]) == LONGEST_FEED
    assert link_key("http://[broken") == link_key(None) == ""
