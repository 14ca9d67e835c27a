"""Times that are said by those that were spoken of last: "and the week before?", "the day after"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from dateutil.relativedelta import relativedelta

from schema import TimeDemand

_UNITS: dict[str, timedelta | relativedelta] = {
    "day": timedelta(days=1),
    "night": timedelta(days=1),
    "evening": timedelta(days=1),
    "morning": timedelta(days=1),
    "week": timedelta(days=7),
    "weekend": timedelta(days=7),
    "month": relativedelta(months=1),
    "year": relativedelta(years=1),
    "decade": relativedelta(years=10),
    "天": timedelta(days=1),
    "周": timedelta(days=7),
    "星期": timedelta(days=7),
    "月": relativedelta(months=1),
    "年": relativedelta(years=1),
}
_SAID = re.compile(
    r"\b(?:the |a |one )?(?P<unit>day|night|evening|morning|week|weekend|month|year|decade)"
    r" (?P<way>before|after|earlier|later|following)\b(?=\s*(?:$|[,.;:!?])|\s+(?:please|then|too|that|instead)\b)"
    r"|\bthe (?P<way2>previous|preceding|following|next) (?P<unit2>day|night|week|weekend|month|year|decade)\b"
    r"|(?P<way3>前|后)一?个?(?P<unit3>天|周|星期|月|年)"
)
_BACK = frozenset({"before", "earlier", "previous", "preceding", "前"})


def beside(view: str, text: str, standing: Sequence[TimeDemand]) -> TimeDemand | None:
    """The time next to the last of ``standing`` that is bounded, as ``view`` says; None where it says none."""
    found = _SAID.search(view)
    last = next((each for each in reversed(standing) if each.start or each.end), None)
    if found is None or last is None:
        return None
    said = found.groupdict()
    way = said["way"] or said["way2"] or said["way3"]
    step = _UNITS[said["unit"] or said["unit2"] or said["unit3"]]
    sign = -1 if way in _BACK else 1
    try:
        start, end = (_moved(each, step, sign) for each in (last.start, last.end))
    except (OverflowError, ValueError):  # before the year 1 or after 9999
        return None
    phrase = text[found.start() : found.end()]
    return last.model_copy(update={"phrase": phrase, "start": start, "end": end, "span": found.span()})


def _moved(at: datetime | None, step: timedelta | relativedelta, sign: int) -> datetime | None:
    """Whole days in the wall time of ``at``, so that midnight stays midnight when the clocks change."""
    return None if at is None else at + step * sign
