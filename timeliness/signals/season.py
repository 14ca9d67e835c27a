"""Season: whether the moment falls in a window that comes round, the item's own or a season's.

State: none. Events: none. Value: 1 inside the item's recurring window, or inside one of
the seasons in ``attributes["seasons"]``; the moment is the window that is demanded for
use or offer, where there is one, and now otherwise. Else 0.
"""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from schema import Demand, Evidence, Item
from timeliness.signals.base import Signal
from timeliness.signals.wording import days, is_chinese
from timeliness.validity import window_at_or_after

_STEP = timedelta(minutes=15)  # every zone's midnight falls on one
_MOMENT = timedelta(microseconds=1)
_Bounded = tuple[datetime, datetime]

WEATHER = frozenset({"spring", "summer", "autumn", "winter"})
_NAMES = {
    "black_friday": ("Black Friday weekend", "黑色星期五"),
    "singles_day": ("Singles' Day sales", "双十一"),
    "mid_year_618": ("618 mid-year sales", "618年中大促"),
    "cyber_monday": ("Cyber Monday", "网络星期一"),
    "boxing_day": ("Boxing Day", "节礼日"),
    "chinese_new_year": ("Chinese New Year", "春节"),
    "mid_autumn": ("Mid-Autumn Festival", "中秋节"),
    "christmas": ("Christmas", "圣诞节"),
    "new_year": ("New Year", "新年"),
    "valentines": ("Valentine's Day", "情人节"),
    "easter": ("Easter", "复活节"),
    "halloween": ("Halloween", "万圣节"),
    "thanksgiving": ("Thanksgiving", "感恩节"),
    "diwali": ("Diwali", "排灯节"),
    "eid": ("Eid", "开斋节"),
    "ramadan": ("Ramadan", "斋月"),
    "back_to_school": ("Back to school", "开学季"),
    "award_season": ("Award season", "颁奖季"),
}


class Season(Signal):
    """Whether it is the item's season; ``zone`` and ``country`` say whose calendar."""

    name = "season"

    def __init__(self, zone: tzinfo = UTC, country: str = "US") -> None:
        self._zone = zone
        self._country = country

    def value(self, item: Item, demand: Demand, now: datetime) -> float:
        """1 in season, 0 out of it."""
        return 0.0 if self._found(item, demand, now) is None else 1.0

    def evidence(self, item: Item, demand: Demand, now: datetime) -> Evidence | None:
        """``Black Friday weekend (27 to 30 Nov)``; nothing for spring to winter, which say too little."""
        found = self._found(item, demand, now)
        if found is None:
            return None
        season, (start, end) = found
        if season in WEATHER:
            return None
        language = demand.language
        when = days(start.astimezone(self._zone), end.astimezone(self._zone), language)
        if season is None:
            return self._say(f"限时{when}" if is_chinese(language) else f"in its season, {when}")
        english, chinese = _NAMES.get(season, (season.replace("_", " ").capitalize(),) * 2)
        return self._say(f"{chinese}（{when}）" if is_chinese(language) else f"{english} ({when})")

    def _found(self, item: Item, demand: Demand, now: datetime) -> tuple[str | None, _Bounded] | None:
        """The season that holds, None for the item's own window, with its window."""
        seasons = item.attributes.get("seasons", ())
        names = (seasons,) if isinstance(seasons, str) else seasons if isinstance(seasons, tuple) else ()
        if not names and not item.recurrence:
            return None
        for start, end in _moments(demand, now):
            for name in names:
                window = _season(name, _floor(start), self._zone, self._country)
                if window is not None and window[0] < end and window[1] > start:
                    return name, window
            own = window_at_or_after(item, start) if item.recurrence else None
            if own is not None and own[0] is not None and own[1] is not None and own[0] < end:
                return None, (own[0], own[1])
        return None


def _moments(demand: Demand, now: datetime) -> list[_Bounded]:
    """The windows at which the season is judged."""
    wanted = [
        (each.start or now, each.end or (each.start or now) + _MOMENT)
        for each in demand.times
        if each.role in {"use", "offer"} and (each.start or each.end)
    ]
    return [each for each in wanted if each[0] < each[1]] or [(now, now + _MOMENT)]


def _floor(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


@lru_cache(maxsize=4096)
def _season(name: str, at: datetime, zone: tzinfo, country: str) -> _Bounded | None:
    """The season's window that holds ``at`` or comes next; None where no calendar knows the name or year."""
    from timeliness.calendars import SEASONS, season_window

    if name not in SEASONS:
        return None
    try:
        return season_window(name, at, zone=zone, country=country)
    except ValueError:
        return None
