"""How the signals word times: English, and Chinese where ``demand.language`` begins with zh."""

from datetime import datetime, timedelta

_UNITS = (
    (timedelta(days=365.25), "year", "年"),
    (timedelta(days=30.44), "month", "个月"),
    (timedelta(days=7), "week", "周"),
    (timedelta(days=1), "day", "天"),
    (timedelta(hours=1), "hour", "小时"),
    (timedelta(minutes=1), "minute", "分钟"),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_ZH = "一二三四五六日"
_EVENING = 18


def is_chinese(language: str) -> bool:
    """Whether the words are to be Chinese."""
    return language.split("-")[0] == "zh"


def span(length: timedelta, language: str) -> str:
    """A length in its largest whole unit: ``2 hours``, ``3 weeks``; at least a minute."""
    for unit, english, chinese in _UNITS:
        count = int(length / unit)
        if count:
            return f"{count}{chinese}" if is_chinese(language) else f"{count} {english}{'s' * (count > 1)}"
    return "1分钟" if is_chinese(language) else "1 minute"


def ending(end: datetime, now: datetime, language: str) -> str:
    """When something ends as seen from ``now``, both in the reader's zone: ``tonight at 23:59``.

    An end at midnight belongs to the day before it.
    """
    last = end - timedelta(minutes=1) if (end.hour, end.minute) == (0, 0) else end
    days = (last.date() - now.date()).days
    chinese = is_chinese(language)
    if days <= 0:
        evening = last.hour >= _EVENING
        if chinese:
            return f"{'今晚' if evening else '今天'}{last:%H:%M}"
        return f"{'tonight' if evening else 'today'} at {last:%H:%M}"
    if days == 1:
        return f"明天{last:%H:%M}" if chinese else f"tomorrow at {last:%H:%M}"
    if days < 7:
        weekday = f"周{_WEEKDAYS_ZH[last.weekday()]}" if chinese else f"on {_WEEKDAYS[last.weekday()]}, "
        return f"{weekday}({_day(last, language)})" if chinese else f"{weekday}{_day(last, language)}"
    return _day(last, language) if chinese else f"on {_day(last, language)}"


def since_words(at: datetime, now: datetime, language: str) -> str:
    """When something began, in the zone of ``now``: ``14:20``, ``Tue 14:20``, ``3 Nov``."""
    local = at.astimezone(now.tzinfo)
    if local.date() == now.date():
        return f"{local:%H:%M}"
    if now - local >= timedelta(days=6):
        return _day(local, language)
    if is_chinese(language):
        return f"周{_WEEKDAYS_ZH[local.weekday()]}{local:%H:%M}"
    return f"{_WEEKDAYS[local.weekday()][:3]} {local:%H:%M}"


def days(start: datetime, end: datetime, language: str) -> str:
    """The days of a half-open window in the reader's zone: ``11 Nov``, ``27 to 30 Nov``."""
    last = max(start, end - timedelta(microseconds=1))
    if start.date() == last.date():
        return _day(start, language)
    if is_chinese(language):
        return f"{_day(start, language)}至{_day(last, language)}"
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day} to {_day(last, language)}"
    return f"{_day(start, language)} to {_day(last, language)}"


def _day(at: datetime, language: str) -> str:
    return f"{at.month}月{at.day}日" if is_chinese(language) else f"{at.day} {_MONTHS[at.month - 1]}"
