from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from schema import Item, TimeDemand
from timeliness.validity import admits, deadline, is_valid, on_offer, overlaps, window_at_or_after

ATHENS = ZoneInfo("Europe/Athens")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
YEARLY_SALE = "FREQ=YEARLY;BYMONTH=11;BYDAY=FR;BYMONTHDAY=23,24,25,26,27,28,29"


def thing(**fields: Any) -> Item:
    return Item.model_validate({"id": "x", "domain": "news", "title": "X", **fields})


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def asked(role: str, start: datetime | None, end: datetime | None) -> TimeDemand:
    return TimeDemand.model_validate({"phrase": "then", "role": role, "start": start, "end": end})


@pytest.fixture
def black_friday() -> Item:
    return thing(
        domain="shopping", valid_from=utc(2020, 11, 27), valid_until=utc(2020, 12, 1), recurrence=YEARLY_SALE
    )


def test_a_window_is_half_open(now: datetime) -> None:
    item = thing(valid_from=now, valid_until=now + HOUR)
    assert [is_valid(item, at) for at in (now - HOUR, now, now + HOUR / 2, now + HOUR)] == [
        False,
        True,
        True,
        False,
    ]


def test_an_item_without_window_is_always_valid(now: datetime) -> None:
    assert is_valid(thing(), now)
    assert window_at_or_after(thing(), now) == (None, None)


def test_what_is_not_out_yet_is_not_valid_unless_its_window_says_so(now: datetime) -> None:
    assert not is_valid(thing(published_at=now + DAY), now)
    assert window_at_or_after(thing(published_at=now + DAY), now) == (now + DAY, None)
    assert is_valid(thing(published_at=now + DAY, valid_from=now - DAY), now)


def test_a_recurring_window_comes_round(black_friday: Item) -> None:
    assert window_at_or_after(black_friday, utc(2026, 3, 1)) == (utc(2026, 11, 27), utc(2026, 12, 1))
    assert window_at_or_after(black_friday, utc(2026, 11, 29)) == (utc(2026, 11, 27), utc(2026, 12, 1))
    assert not is_valid(black_friday, utc(2026, 11, 26, 23, 59))
    assert is_valid(black_friday, utc(2026, 11, 30, 23, 59))
    assert not is_valid(black_friday, utc(2026, 12, 1))


def test_no_window_lies_before_the_first_one(black_friday: Item) -> None:
    assert window_at_or_after(black_friday, utc(2001, 1, 1)) == (utc(2020, 11, 27), utc(2020, 12, 1))
    assert not overlaps(black_friday, utc(2019, 11, 1), utc(2019, 12, 31))


def test_a_series_that_has_ended_has_no_window() -> None:
    ended = thing(
        valid_from=utc(2020, 1, 1), valid_until=utc(2020, 1, 2), recurrence="FREQ=WEEKLY;UNTIL=20200301"
    )
    assert window_at_or_after(ended, utc(2020, 2, 27)) is None
    assert window_at_or_after(ended, utc(2020, 2, 20)) == (utc(2020, 2, 26), utc(2020, 2, 27))


def test_a_bad_rule_leaves_the_first_window_and_never_raises(now: datetime) -> None:
    item = thing(valid_from=now, valid_until=now + DAY, recurrence="FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30")
    assert is_valid(item, now)
    assert not is_valid(item, now + 2 * DAY)
    assert window_at_or_after(item, now + 2 * DAY) is None


def test_a_day_stays_a_day_when_the_clocks_change() -> None:
    sundays = thing(
        valid_from=datetime(2026, 3, 22, tzinfo=ATHENS),
        valid_until=datetime(2026, 3, 23, tzinfo=ATHENS),
        recurrence="FREQ=WEEKLY",
    )
    spring = window_at_or_after(sundays, utc(2026, 3, 28, 12))
    autumn = window_at_or_after(sundays, utc(2026, 10, 24, 12))
    assert spring == (utc(2026, 3, 28, 22), utc(2026, 3, 29, 21))  # 23 hours
    assert autumn == (utc(2026, 10, 24, 21), utc(2026, 10, 25, 22))  # 25 hours


def test_the_same_rule_in_two_zones_is_two_series() -> None:
    def item(start: datetime) -> Item:
        return thing(valid_from=start, valid_until=start + HOUR, recurrence="FREQ=YEARLY")

    winter_noon = datetime(2026, 1, 1, 12, tzinfo=ATHENS)
    same_instant = winter_noon.astimezone(UTC)
    assert item(winter_noon).valid_from == item(same_instant).valid_from
    daily = [
        item(start).model_copy(update={"recurrence": "FREQ=DAILY"}) for start in (winter_noon, same_instant)
    ]
    found = [window_at_or_after(each, utc(2026, 7, 1)) for each in daily]
    assert found[0] == (utc(2026, 7, 1, 9), utc(2026, 7, 1, 10))
    assert found[1] == (utc(2026, 7, 1, 10), utc(2026, 7, 1, 11))


def test_a_deadline_is_the_end_of_what_holds_now(black_friday: Item, now: datetime) -> None:
    assert deadline(thing(valid_until=now + HOUR), now) == now + HOUR
    assert deadline(thing(), now) is None
    assert deadline(thing(valid_from=now + HOUR, valid_until=now + DAY), now) is None
    assert deadline(black_friday, utc(2026, 11, 28)) == utc(2026, 12, 1)


def test_what_is_to_end_in_a_window_holds_now_and_ends_within_it(now: datetime) -> None:
    friday = utc(2026, 11, 27)
    leaving = [asked("end", None, friday)]
    assert admits(thing(valid_until=friday), leaving, now), "gone as Friday begins is gone before it"
    assert not admits(thing(valid_until=friday + HOUR), leaving, now)
    assert not admits(thing(), leaving, now)
    assert not admits(thing(valid_until=now - HOUR), leaving, now)
    assert not admits(thing(valid_from=now + HOUR, valid_until=now + 2 * HOUR), leaving, now)
    on_thursday = [asked("end", friday - DAY, friday)]
    assert not admits(thing(valid_until=friday - DAY), on_thursday, now), "that ended with Wednesday"
    assert admits(thing(valid_until=friday - HOUR), on_thursday, now)


def test_an_end_in_the_past_asks_for_what_is_gone(now: datetime) -> None:
    gone = [asked("end", now - 7 * DAY, now - DAY)]
    assert admits(thing(valid_until=now - 3 * DAY), gone, now)
    assert not admits(thing(valid_until=now - 9 * DAY), gone, now)
    assert not admits(thing(valid_until=now + DAY), gone, now)


def test_the_end_of_a_window_that_comes_round_is_the_one_that_comes_next(black_friday: Item) -> None:
    def ends_on(month: int, day: int) -> list[TimeDemand]:
        return [asked("end", utc(2026, month, day), utc(2026, month, day) + DAY)]

    during = utc(2026, 11, 28)
    assert admits(black_friday, ends_on(11, 30), during)
    assert not admits(black_friday, ends_on(11, 29), during)
    assert not admits(black_friday, ends_on(11, 30), utc(2026, 11, 20)), "not begun yet"


def test_a_window_of_use_and_one_of_end_both_hold(now: datetime) -> None:
    weekend = asked("use", utc(2026, 11, 28), utc(2026, 11, 30))
    month = asked("end", None, utc(2026, 12, 1))
    assert admits(thing(valid_until=utc(2026, 11, 30)), [weekend, month], now)
    assert not admits(thing(valid_until=utc(2026, 11, 27)), [weekend, month], now)
    assert not admits(thing(valid_until=utc(2026, 12, 2)), [weekend, month], now)


def test_windows_without_a_gap_have_no_deadline_between_them() -> None:
    daily = thing(valid_from=utc(2026, 1, 1), valid_until=utc(2026, 1, 2), recurrence="FREQ=DAILY")
    assert deadline(daily, utc(2026, 5, 5, 12)) is None
    week = thing(
        valid_from=utc(2026, 1, 1),
        valid_until=utc(2026, 1, 2),
        recurrence="FREQ=DAILY;UNTIL=20260107T000000Z",
    )
    assert deadline(week, utc(2026, 1, 3, 12)) == utc(2026, 1, 8)


def test_expired_offer_is_never_admitted(now: datetime) -> None:
    expired = thing(valid_from=now - 2 * DAY, valid_until=now)
    assert not admits(expired, (), now)
    assert not admits(expired, (asked("offer", now - DAY, now + DAY),), now)
    assert not admits(expired, (asked("use", now - 2 * DAY, now + DAY),), now)


def test_what_opens_within_the_demanded_window_is_admitted(now: datetime) -> None:
    soon = thing(valid_from=now + DAY, valid_until=now + 2 * DAY)
    assert not admits(soon, (), now)
    assert admits(soon, (asked("use", now + DAY, now + 3 * DAY),), now)
    assert admits(soon, (asked("use", now, None),), now)
    assert not admits(soon, (asked("use", now + 2 * DAY, now + 3 * DAY),), now)


def test_what_ends_before_the_demanded_window_is_not_admitted(now: datetime) -> None:
    tonight = thing(valid_from=now - DAY, valid_until=now + HOUR)
    assert admits(tonight, (), now)
    assert not admits(tonight, (asked("use", now + DAY, now + 2 * DAY),), now)


def test_a_wholly_past_window_asks_for_the_past(now: datetime) -> None:
    last_week = thing(valid_from=now - 7 * DAY, valid_until=now - 6 * DAY)
    running = thing(valid_from=now - DAY)
    question = (asked("use", now - 8 * DAY, now - 5 * DAY),)
    assert admits(last_week, question, now)
    assert not admits(running, question, now)


def test_a_window_of_offer_goes_before_one_of_use(now: datetime) -> None:
    deal = thing(domain="shopping", valid_from=now, valid_until=now + 2 * DAY)
    times = (asked("offer", now, now + DAY), asked("use", now + 30 * DAY, now + 31 * DAY))
    assert admits(deal, times, now)


def test_publication_windows_are_hard(now: datetime) -> None:
    fresh, old = thing(published_at=now - HOUR), thing(published_at=now - 40 * DAY)
    week = (asked("publication", now - 7 * DAY, now),)
    assert admits(fresh, week, now)
    assert not admits(old, week, now)
    assert not admits(thing(), week, now)


def test_windows_that_share_a_moment_hold_together_and_separate_ones_are_alternatives(now: datetime) -> None:
    eighties = asked("publication", utc(1980, 1, 1), utc(1990, 1, 1))
    nineties = asked("publication", utc(1990, 1, 1), utc(2000, 1, 1))
    from_85 = asked("publication", utc(1985, 1, 1), None)
    film = thing(published_at=utc(1984, 6, 1))
    assert admits(film, (eighties, nineties), now)
    assert not admits(film, (eighties, from_85), now)


def test_a_bare_year_counts_where_the_whole_of_it_lies_inside(now: datetime) -> None:
    film = thing(domain="video", attributes={"year": 1994})
    assert admits(
        film,
        (asked("publication", datetime(1990, 1, 1, tzinfo=ATHENS), datetime(2000, 1, 1, tzinfo=ATHENS)),),
        now,
    )
    assert not admits(film, (asked("publication", utc(1994, 3, 1), utc(1994, 4, 1)),), now)


def test_what_will_come_out_is_admitted_when_the_future_is_asked_for(now: datetime) -> None:
    premiere = thing(domain="video", published_at=now + 3 * DAY)
    assert not admits(premiere, (), now)
    assert admits(premiere, (asked("publication", now + DAY, now + 7 * DAY),), now)
    assert admits(premiere, (asked("use", now + 4 * DAY, now + 5 * DAY),), now)
    assert not admits(premiere, (asked("publication", now - 7 * DAY, now + 7 * DAY),), now)


def test_overlap_with_open_sides(now: datetime, black_friday: Item) -> None:
    assert overlaps(thing(), None, None)
    assert overlaps(thing(valid_until=now - DAY), None, now)
    assert not overlaps(thing(valid_until=now - DAY), now, None)
    assert not overlaps(thing(valid_from=now), None, now)
    assert not overlaps(thing(published_at=now), None, now)
    assert overlaps(black_friday, None, utc(2021, 1, 1))
    assert overlaps(black_friday, utc(2031, 1, 1), None)
    assert not overlaps(thing(), now, now)


def test_goods_are_on_offer_by_window_or_markdown_and_nothing_else_is(now: datetime) -> None:
    deal = thing(domain="shopping", valid_from=now, valid_until=now + DAY)
    marked = thing(domain="smart_home", price=80.0, currency="EUR", attributes={"old_price": 100})
    plain = thing(domain="shopping", price=80.0, currency="EUR", attributes={"old_price": 80})
    assert on_offer(deal, now, now + DAY) == (now, now + DAY)
    assert on_offer(deal, now + DAY, now + 2 * DAY) is None
    assert on_offer(marked, now, now + DAY) == (None, None)
    assert on_offer(plain, now, now + DAY) is None
    assert on_offer(thing(valid_from=now, valid_until=now + DAY), now, now + DAY) is None


def test_goods_are_on_offer_in_their_sale_seasons() -> None:
    headphones = thing(domain="shopping", attributes={"seasons": ("christmas", "black_friday")})
    found = on_offer(headphones, utc(2026, 11, 25), utc(2026, 12, 1))
    assert found is not None
    assert found[0] is not None
    assert found[0].date().isoformat() in {"2026-11-26", "2026-11-27"}
    assert on_offer(headphones, utc(2026, 12, 20), utc(2026, 12, 27)) is None  # fitting, not marked down


def test_a_thousand_items_are_judged(now: datetime) -> None:
    items = [
        thing(id=str(n), published_at=now - n * HOUR, valid_until=now + n * HOUR + HOUR) for n in range(1000)
    ]
    times = (asked("use", now, now + DAY), asked("publication", now - 900 * HOUR, now))

    assert sum(admits(item, times, now) for item in items) == 900


def test_recurring_items_are_judged_alike(black_friday: Item, now: datetime) -> None:
    items = [black_friday.model_copy(update={"id": str(n)}) for n in range(1000)]
    assert not any(is_valid(item, now) for item in items)
    assert all(is_valid(item, now + 3 * DAY) for item in items)
