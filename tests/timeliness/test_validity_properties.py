from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from schema import Item, TimeDemand
from timeliness.validity import admits, deadline, is_valid, overlaps, window_at_or_after

# Zones with changes at midnight (Havana, Beirut, Asuncion), of half an hour (Lord Howe), and none (Tokyo).
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/Athens",
        "America/New_York",
        "America/Havana",
        "Asia/Beirut",
        "America/Asuncion",
        "Australia/Lord_Howe",
        "Asia/Tokyo",
        "UTC",
    )
]
MICROSECOND = timedelta(microseconds=1)

unhurried = settings(deadline=None)  # the first look at a rule fills the cache

zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2035, 12, 31)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)
weekdays = st.lists(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]), min_size=1, unique=True)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Gregorian rules that have occurrences."""
    frequency = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"]))
    parts = [f"FREQ={frequency}"]
    if draw(st.booleans()):
        parts.append(f"INTERVAL={draw(st.integers(2, 5))}")
    if draw(st.booleans()):
        parts.append(f"BYDAY={','.join(draw(weekdays))}")
    elif frequency in {"YEARLY", "MONTHLY"} and draw(st.booleans()):
        parts.append(f"BYDAY={draw(st.integers(1, 4))}{draw(weekdays)[0]}")
    elif frequency != "WEEKLY" and draw(st.booleans()):
        parts.append(f"BYMONTHDAY={draw(st.integers(1, 28))},{draw(st.integers(-28, -1))}")
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end == "COUNT":
        parts.append(f"COUNT={draw(st.integers(1, 50))}")
    elif end == "UNTIL":
        parts.append(f"UNTIL={draw(st.datetimes(datetime(2015, 1, 1), datetime(2034, 1, 1))):%Y%m%dT%H%M%S}Z")  # noqa: DTZ001
    return ";".join(parts)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """Items with a window, recurring or not, or none."""
    start = draw(moments)
    length = timedelta(hours=draw(st.integers(1, 400)))
    zone = draw(zones)
    fields: dict[str, object] = {
        "valid_from": start.astimezone(zone),
        "valid_until": (start + length).astimezone(zone),
    }
    kind = draw(st.sampled_from(["bounded", "recurring", "from", "until", "open"]))
    if kind == "recurring":
        fields["recurrence"] = draw(rules())
    elif kind != "bounded":
        kept = {"from": ["valid_from"], "until": ["valid_until"], "open": []}[kind]
        fields = {name: fields[name] for name in kept}
    if draw(st.booleans()):
        fields["published_at"] = draw(moments)
    return Item.model_validate({"id": "x", "domain": "news", "title": "X", **fields})


@unhurried
@given(rules(), st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), st.integers(1, 240), moments)  # noqa: DTZ001
def test_windows_are_those_of_the_rule_counted_from_its_beginning(
    rule: str, begin: datetime, hours: int, at: datetime
) -> None:
    start, length = begin.replace(tzinfo=UTC), timedelta(hours=hours)
    item = Item(
        id="x", domain="news", title="X", valid_from=start, valid_until=start + length, recurrence=rule
    )
    expected = start if start + length > at else None
    for each in rrulestr(rule, dtstart=start) if expected is None else ():
        if each.year > 2090:
            break
        if each + length > at:
            expected = each
            break
    found = window_at_or_after(item, at)
    assert found == (None if expected is None else (expected, expected + length))


@unhurried
@given(zones, moments, st.integers(0, 5000))
def test_days_on_end_leave_no_gap_when_the_clocks_change(zone: ZoneInfo, at: datetime, back: int) -> None:
    midnight = (at.astimezone(zone) - timedelta(days=back)).replace(hour=0, minute=0, second=0, microsecond=0)
    next_day = (midnight.replace(tzinfo=None) + timedelta(days=1)).replace(tzinfo=zone)
    item = Item(
        id="x", domain="news", title="X", valid_from=midnight, valid_until=next_day, recurrence="FREQ=DAILY"
    )
    assert is_valid(item, at)
    assert deadline(item, at) is None


@unhurried
@given(zones, moments, st.integers(0, 6))
def test_a_weekday_is_valid_on_that_weekday_of_its_zone_and_on_no_other(
    zone: ZoneInfo, at: datetime, weekday: int
) -> None:
    monday = datetime(2019, 7, 1, tzinfo=zone)
    start = monday + timedelta(days=weekday)
    item = Item(
        id="x",
        domain="news",
        title="X",
        valid_from=start,
        valid_until=start + timedelta(days=1),
        recurrence="FREQ=WEEKLY",
    )
    assert is_valid(item, at) == (at.astimezone(zone).weekday() == weekday)


@unhurried
@given(items(), moments)
def test_an_item_is_valid_exactly_inside_its_window(item: Item, at: datetime) -> None:
    window = window_at_or_after(item, at)
    if window is None:
        assert not is_valid(item, at)
        return
    start, end = window
    assert end is None or end > at
    assert is_valid(item, at) == (start is None or start <= at)
    if start is not None and start > at:
        assert is_valid(item, start)
        assert not is_valid(item, start - MICROSECOND) or start - MICROSECOND < at


@unhurried
@given(items(), moments)
def test_a_deadline_is_the_first_moment_that_is_not_valid(item: Item, at: datetime) -> None:
    end = deadline(item, at)
    if end is not None:
        assert is_valid(item, at)
        assert is_valid(item, end - MICROSECOND)
        assert not is_valid(item, end)


@unhurried
@given(items(), moments, st.integers(1, 1000), st.integers(0, 999))
def test_an_item_overlaps_a_span_in_which_it_is_valid(
    item: Item, start: datetime, hours: int, part: int
) -> None:
    end = start + timedelta(hours=hours)
    if is_valid(item, start + (end - start) * part / 1000):
        assert overlaps(item, start, end)
        assert overlaps(item, None, end)
        assert overlaps(item, start, None)
    if not overlaps(item, start, end):
        assert not is_valid(item, start)


@unhurried
@given(items(), moments, st.lists(st.tuples(moments, moments, st.sampled_from(["use", "offer"])), max_size=2))
def test_what_is_admitted_is_valid_at_some_moment_from_now_on_or_of_the_past_that_was_asked_for(
    item: Item, now: datetime, spans: list[tuple[datetime, datetime, str]]
) -> None:
    times = [
        TimeDemand.model_validate({"phrase": "p", "role": role, "start": min(a, b), "end": max(a, b)})
        for a, b, role in spans
        if a != b
    ]
    if not admits(item, times, now):
        return
    if not times:
        assert is_valid(item, now)
    elif all(each.end is not None and each.end > now for each in times):
        assert window_at_or_after(item, now) is not None


@pytest.mark.parametrize("year", range(2020, 2036))
def test_lunar_new_year_is_valid_on_the_day_that_holidays_has(year: int) -> None:
    china = ZoneInfo("Asia/Shanghai")
    item = Item(
        id="x",
        domain="news",
        title="X",
        valid_from=datetime(2019, 2, 5, tzinfo=china),
        valid_until=datetime(2019, 2, 6, tzinfo=china),
        recurrence="RSCALE=CHINESE;FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1",
    )
    new_year = min(
        day
        for day, name in holidays.country_holidays("SG", years=year, language="en_SG").items()
        if name.startswith("Chinese New Year")
    )
    start = datetime(new_year.year, new_year.month, new_year.day, tzinfo=china)
    window = window_at_or_after(item, datetime(year, 1, 1, tzinfo=UTC))
    assert window == (start, start + timedelta(days=1))
    assert not is_valid(item, start - MICROSECOND)
    assert is_valid(item, start + timedelta(days=1) - MICROSECOND)


@unhurried
@given(zones, st.integers(2020, 2035), st.integers(1, 12), st.integers(1, 29))
def test_a_lunisolar_day_comes_once_a_year_in_every_zone(
    zone: ZoneInfo, year: int, month: int, day: int
) -> None:
    item = Item(
        id="x",
        domain="news",
        title="X",
        valid_from=datetime(2019, 2, 5, tzinfo=zone),
        valid_until=datetime(2019, 2, 6, tzinfo=zone),
        recurrence=f"RSCALE=CHINESE;FREQ=YEARLY;BYMONTH={month};BYMONTHDAY={day}",
    )
    first = window_at_or_after(item, datetime(year, 1, 1, tzinfo=zone))
    assert first is not None
    second = window_at_or_after(item, first[1])  # type: ignore[arg-type]
    assert second is not None
    between = (second[0] - first[0]).days  # type: ignore[operator]
    assert between in {353, 354, 355, 382, 383, 384, 385}
