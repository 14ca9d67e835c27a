from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schema import Event, Item
from timeliness.events import EventLog
from timeliness.hot import HotTopics

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[EventLog]:
    with EventLog(tmp_path / "events.sqlite") as opened:
        yield opened


def event(at: datetime, user: str, item: str) -> Event:
    return Event(item_id=item, kind="click", user=user, at=at)


def news(name: str, title: str = "", **fields: Any) -> Item:
    return Item.model_validate({"id": name, "domain": "news", "title": title or name, **fields})


def topics(log: EventLog, *items: Item) -> HotTopics:
    known = {each.id: each for each in items}

    def lookup(ids: Sequence[str]) -> list[Item]:
        return [known[each] for each in ids if each in known]

    return HotTopics(log, lookup, zone=ZoneInfo("Europe/Athens"))


def crowd(now: datetime, item: str, size: int, minutes: int = 60) -> list[Event]:
    """``size`` different people within the last ``minutes``."""
    return [event(now - n * minutes * MINUTE / size, f"{item}-{n}", item) for n in range(size)]


def steady(now: datetime, item: str, a_day: int, days: int = 30) -> list[Event]:
    """Different people at even intervals."""
    return [event(now - MINUTE - n * DAY / a_day, f"{item}-s{n}", item) for n in range(a_day * days)]


def test_what_is_hot_is_named_with_since_when_and_how_much_above_usual(log: EventLog, now: datetime) -> None:
    log.record_all(steady(now, "volcano", 48) + crowd(now, "volcano", 10, 40))
    log.record_all(steady(now, "popular", 480, days=8))
    found = topics(log, news("volcano", "Volcano wakes"), news("popular")).at(now)
    (hot,) = found.hot
    assert (hot.kind, hot.name, hot.domain, hot.users, hot.hours) == ("item", "Volcano wakes", "news", 12, 1)
    assert hot.usual is not None and hot.times is not None
    assert (round(hot.usual), round(hot.times)) == (2, 6)
    assert hot.words == "12 people in the last hour, 6 times its usual, since 16:24"  # in Athens
    assert str(found) == (
        "Trending now:\n"
        "1. “Volcano wakes” (news): 12 people in the last hour, 6 times its usual, since 16:24."
    )
    assert found.flooded == ()


def test_a_short_burst_of_a_busy_item_is_noticed_among_many(log: EventLog, now: datetime) -> None:
    names = [f"n{n}" for n in range(20)]
    log.record_all(each for name in names for each in steady(now, name, 96, days=8))
    log.record_all(crowd(now, "n7", 22))
    assert [each.name for each in topics(log, *map(news, names)).at(now).hot] == ["n7"]


def test_events_after_now_count_for_nothing(log: EventLog, now: datetime) -> None:
    log.record_all(crowd(now, "volcano", 30))
    hot = topics(log, news("volcano"))
    assert hot.at(now - HOUR).hot == ()
    assert len(hot.at(now).hot) == 1
    assert hot.at(now - HOUR).hot == ()


def test_one_users_flood_is_reported_and_is_not_hot(log: EventLog, now: datetime) -> None:
    log.record_all(event(now - n * timedelta(seconds=6), "spammer", "spam") for n in range(500))
    log.record_all(crowd(now, "spam", 3))
    found = topics(log, news("spam", "Buy this")).at(now)
    assert found.hot == ()
    (flooded,) = found.flooded
    assert (flooded.events, flooded.users, flooded.share) == (503, 1, round(500 / 503, 4))
    assert "Not counted as hot: “Buy this”, 503 events, 99% of them by 1 user." in str(found)


def test_a_small_groups_flood_is_reported_and_is_not_hot(log: EventLog, now: datetime) -> None:
    log.record_all(event(now - n * timedelta(seconds=9), f"g{n % 12}", "spam") for n in range(360))
    found = topics(log, news("spam")).at(now)
    assert found.hot == ()
    assert [(each.users, each.share) for each in found.flooded] == [(12, 1.0)]


def test_a_flood_cannot_hide_what_is_truly_hot(log: EventLog, now: datetime) -> None:
    log.record_all(crowd(now, "volcano", 30))
    log.record_all(event(now - n * timedelta(seconds=6), "spammer", "volcano") for n in range(500))
    found = topics(log, news("volcano")).at(now)
    assert [each.users for each in found.hot] == [30]
    assert [each.users for each in found.flooded] == [1]


def test_a_topic_is_hot_where_several_items_carry_it_and_says_which(log: EventLog, now: datetime) -> None:
    items = [news(f"n{n}", f"Report {n} from Testland", categories=("world", "volcano")) for n in range(4)]
    log.record_all(each for item in items for each in crowd(now, item.id, 4))
    log.record_all(crowd(now, "n1", 7))
    found = topics(log, *items).at(now)
    assert [each.kind for each in found.hot] == ["category"]
    (hot,) = found.hot
    assert hot.users >= 16
    assert hot.items[0].title == "Report 1 from Testland"
    assert "mostly for “Report 1 from Testland”, " in hot.words


def test_one_items_burst_is_told_once_and_not_as_a_topic_too(log: EventLog, now: datetime) -> None:
    items = [news("a", categories=("volcano",)), news("b", categories=("volcano",))]
    log.record_all(crowd(now, "a", 30) + crowd(now, "b", 2))
    assert [each.kind for each in topics(log, *items).at(now).hot] == ["item"]


def test_only_what_is_valid_known_and_of_the_domain_is_hot(log: EventLog, now: datetime) -> None:
    items = [
        news("over", valid_until=now - HOUR),
        news("open"),
        Item(id="film", domain="video", title="Film"),
    ]
    log.record_all(each for name in ("over", "open", "film", "unknown") for each in crowd(now, name, 30))
    hot = topics(log, *items)
    assert {each.name for each in hot.at(now).hot} == {"open", "Film"}
    assert [each.name for each in hot.at(now, "video").hot] == ["Film"]
    assert hot.at(now, "music").hot == ()
    assert len(hot.at(now, k=1).hot) == 1


def test_a_burst_that_is_over_is_not_hot_any_more(log: EventLog, now: datetime) -> None:
    log.record_all(crowd(now, "volcano", 30))
    hot = topics(log, news("volcano"))
    assert len(hot.at(now + 30 * MINUTE).hot) == 1
    assert hot.at(now + 3 * HOUR).hot == ()


def test_says_so_where_nothing_is_hot_in_both_languages(log: EventLog, now: datetime) -> None:
    hot = topics(log)
    assert str(hot.at(now)) == "Nothing draws clearly more people than usual right now."
    assert str(hot.at(now, language="zh")) == "现在没有什么明显高于平时。"
    log.record_all(crowd(now, "volcano", 30))
    said = str(topics(log, news("volcano", "火山")).at(now, language="zh"))
    assert said.startswith("现在的热点：\n1. “火山”（新闻）：最近1小时有30人关注")
