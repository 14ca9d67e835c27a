"""Whether what a reason rests on is so: each piece of evidence held against item, request and moment.

Written without ``agent/justify`` or ``timeliness/signals``: it reads the words that the
user reads, and works dates, ends and counts out again from the benchmark's own world.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from evaluation.timely.scenario import Scenario
from evaluation.timely.spans import DAY, Span
from evaluation.timely.world import World
from schema import Event, Evidence, Item, Recommendation

_UNITS = {
    "minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": DAY, "week": 7 * DAY,
    "month": timedelta(days=30.44), "year": timedelta(days=365.25),
    "分钟": timedelta(minutes=1), "小时": timedelta(hours=1), "天": DAY, "周": 7 * DAY,
    "个月": timedelta(days=30.44), "年": timedelta(days=365.25),
}  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_AGE = re.compile(
    r"(?:published|released|launched) (\d+) (minute|hour|day|week|month|year)s? ago|(\d+)(分钟|小时|天|周|个月|年)前"
)
_AHEAD = re.compile(
    r"comes out in (\d+) (minute|hour|day|week|month|year)s?|(\d+)(分钟|小时|天|周|个月|年)后"
)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_DATE = re.compile(r"(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(\d{1,2})月(\d{1,2})日")
_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_DAYS = re.compile(rf"(\d{{1,2}})(?: {_MONTH})?(?: to (\d{{1,2}}) {_MONTH})?")
_DAYS_ZH = re.compile(r"(\d{1,2})月(\d{1,2})日(?:至(\d{1,2})月(\d{1,2})日)?")
_TURNED = re.compile(
    r"(\d+) people (?:turned to it )?in the last (?:(\d+) )?(hour|day|week)s?|最近(\d*)(小时|天|周)有(\d+)人关注"
)
_TIMES = re.compile(r", (?:more than )?(\d+) times (?:the|its) usual|是平时的(\d+)倍")
_REACHED = re.compile(r"(\d+) people have turned to it|已有(\d+)人关注")
_POPULARITY = re.compile(r"(?:popularity |热度)(\d+)")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Claim:
    """One piece of evidence, held against the world; ``true`` is None where it cannot be checked."""

    item_id: str
    evidence: Evidence
    reason: str
    true: bool | None


class Truth:
    """Checks the reasons given in one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._events: dict[str, list[Event]] = {}
        for each in world.events:
            self._events.setdefault(each.item_id, []).append(each)

    def claims(self, scenario: Scenario, recommendations: Iterable[Recommendation]) -> list[Claim]:
        """Every piece of evidence of every reason. The item is looked up in the world, not taken from the reply."""
        found = []
        for each in recommendations:
            item = self._world.items.get(each.item.id)
            for reason in each.reasons:
                for proof in reason.evidence:
                    true = None if item is None else self._check(proof, reason.text, item, scenario)
                    found.append(Claim(each.item.id, proof, reason.text, item is not None and true))
        return found

    def _check(self, proof: Evidence, reason: str, item: Item, scenario: Scenario) -> bool | None:
        if proof.kind == "item":
            return _field_holds(proof, item) and (proof.name != "published" or _within(item, scenario))
        if proof.kind == "demand":
            return _was_said(proof.value, scenario)
        if proof.value not in reason and proof.name != "taste":
            return False  # the reason says something else than its evidence
        return self._signal_holds(proof, item, scenario)

    def _signal_holds(self, proof: Evidence, item: Item, scenario: Scenario) -> bool:
        now, zone = scenario.now, ZoneInfo(scenario.zone)
        if proof.name == "freshness":
            return _age_holds(proof.value, item, now)
        if proof.name == "urgency":
            return any(
                each.holds(now) and each.end is not None and _ends(proof.value, each.end, now, zone)
                for each in self._world.windows_of(item)
            )
        if proof.name == "season":
            return self._season_holds(proof.value, item, scenario, zone)
        if proof.name == "trend":
            return self._trend_holds(proof.value, item, now)
        if proof.name == "popularity":
            return self._popularity_holds(proof.value, item, now)
        return False  # nobody has liked anything here, and what is not known is not proved

    def _season_holds(self, words: str, item: Item, scenario: Scenario, zone: ZoneInfo) -> bool:
        """The days named are those of one of its windows (or of a season it bears), and the moment lies in them."""
        wanted = scenario.need.used
        moments = [
            Span(scenario.now, scenario.now + timedelta(seconds=1)),
            *([wanted.outer] if wanted else []),
        ]
        spans = [each for each in self._world.windows_of(item) if item.recurrence]
        own = any(
            each.start and each.end and _same_days(words, each.start, each.end, zone)
            for each in spans
            if any(each.meets(moment) for moment in moments)
        )
        if own or "in its season" in words or words.startswith("限时"):
            return own
        return "seasons" in item.attributes and any(_days_meet(words, each, zone) for each in moments)

    def _trend_holds(self, words: str, item: Item, now: datetime) -> bool:
        match = _TURNED.search(words)
        if match is None:
            return False
        count = int(match[1] or match[6])
        window = int(match[2] or match[4] or 1) * _UNITS[match[3] or match[5]]
        if count != len(self._users(item, now - window, now)):
            return False
        times = _TIMES.search(words)
        if times is None:
            return True
        days = 28 * DAY / window
        usual = len(self._users(item, now - window - 28 * DAY, now - window)) / days
        return count > usual  # "times the usual" weighs by decay: held to its sense, not its digit

    def _popularity_holds(self, words: str, item: Item, now: datetime) -> bool:
        if match := _REACHED.search(words):
            return int(match[1] or match[2]) == len(self._users(item, None, now))
        match = _POPULARITY.search(words)
        stated = item.attributes.get("popularity")
        return match is not None and isinstance(stated, int | float) and int(match[1]) == round(100 * stated)

    def _users(self, item: Item, since: datetime | None, until: datetime) -> set[str]:
        return {
            each.user
            for each in self._events.get(item.id, ())
            if (since is None or each.at >= since) and each.at <= until and each.kind != "dislike"
        }


def _field_holds(proof: Evidence, item: Item) -> bool:
    """Whether the named field has the value; prices and lengths are compared as numbers."""
    name, value = proof.name, proof.value
    numbers: Mapping[str, object] = {
        "price": item.price,
        "length": item.duration_minutes,
        "old price": item.attributes.get("old_price"),
    }
    if name in numbers:
        said = _NUMBER.search(value)
        known = numbers[name]
        return (
            said is not None
            and isinstance(known, int | float)
            and abs(float(said[0].replace(",", "")) - known) < 0.01
        )
    texts: Mapping[str, tuple[str, ...]] = {
        "title": (item.title,),
        "description": (item.text,),
        "category": (*item.categories, ", ".join(item.categories[:2]), item.domain.replace("_", " ")),
        "maker": (*item.creators, ", ".join(item.creators[:2])),
        "language": (item.language,),
        "published": _publication(item),
    }
    if name in texts:
        return any(value == each or (name == "description" and value in each) for each in texts[name])
    known = item.attributes.get(name)
    held = known if isinstance(known, tuple | list) else (known,)
    return any(value == str(each) for each in held)


def _publication(item: Item) -> tuple[str, ...]:
    if item.published_at is None:
        return (str(item.attributes.get("year", "")),)
    return (f"{item.published_at.day} {item.published_at:%B %Y}",)


def _within(item: Item, scenario: Scenario) -> bool:
    """A reason that it came out in what was asked: judged by the generator's window, not the system's."""
    wanted = scenario.need.published
    return wanted is not None and item.published_at is not None and wanted.outer.holds(item.published_at)


def _was_said(value: str, scenario: Scenario) -> bool | None:
    """Whether the user said it: every word, or one that begins alike; None across languages."""
    said = " ".join(each.text for each in scenario.said).casefold()
    if value.casefold() in said:
        return True
    if _CJK.search(said) and not _CJK.search(value):
        return None
    words = _WORD.findall(said)
    return all(any(_alike(each, word) for word in words) for each in _WORD.findall(value.casefold()))


def _alike(one: str, other: str) -> bool:
    shared = min(len(one), len(other), 5)
    return shared >= 3 and one[:shared] == other[:shared] if one != other else True


def _age_holds(words: str, item: Item, now: datetime) -> bool:
    """The age in its largest whole unit, to the unit."""
    if item.published_at is None:
        return False
    for pattern, age in ((_AGE, now - item.published_at), (_AHEAD, item.published_at - now)):
        if match := pattern.search(words):
            count, unit = int(match[1] or match[3]), _UNITS[match[2] or match[4]]
            moments_ago = count == 1 and unit < timedelta(hours=1)  # less than a minute is worded as one
            return timedelta(0) <= age < (count + 1) * unit and (moments_ago or count * unit <= age)
    return False


def _ends(words: str, end: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the words name the end in the user's zone, by day and (within two days) by the minute."""
    last = (end - timedelta(minutes=1) if _is_midnight(end.astimezone(zone)) else end).astimezone(zone)
    here = now.astimezone(zone)
    days = (last.date() - here.date()).days
    clock, date = _CLOCK.search(words), _DATE.search(words)
    if clock is not None:
        named = 1 if "tomorrow" in words or "明天" in words else 0
        return named == days and (int(clock[1]), int(clock[2])) == (last.hour, last.minute)
    return date is not None and _day_month(date) == (last.day, last.month)


def _is_midnight(at: datetime) -> bool:
    return (at.hour, at.minute) == (0, 0)


def _day_month(match: re.Match[str]) -> tuple[int, int]:
    if match[1]:
        return int(match[1]), _MONTHS.index(match[2].casefold()) + 1
    return int(match[4]), int(match[3])


def _named_days(words: str) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """First and last (day, month) of "27 to 30 Nov", "30 Nov to 2 Dec", "11 Nov", and of the same in Chinese."""
    if match := _DAYS_ZH.search(words):
        first = int(match[2]), int(match[1])
        return first, (int(match[4]), int(match[3])) if match[3] else first
    for match in _DAYS.finditer(words):
        if match[2] or match[4]:
            first = int(match[1]), _MONTHS.index((match[2] or match[4]).casefold()) + 1
            last = (int(match[3]), _MONTHS.index(match[4].casefold()) + 1) if match[3] else first
            return first, last
    return None


def _same_days(words: str, start: datetime, end: datetime, zone: ZoneInfo) -> bool:
    first, last = start.astimezone(zone), (end - timedelta(microseconds=1)).astimezone(zone)
    return _named_days(words) == ((first.day, first.month), (last.day, last.month))


def _days_meet(words: str, moment: Span, zone: ZoneInfo) -> bool:
    """Whether the days named share one with ``moment``, in its year or the ones beside it."""
    named = _named_days(words)
    if named is None or moment.start is None:
        return False
    (day, month), (last_day, last_month) = named
    for year in range(moment.start.year - 1, moment.start.year + 2):
        try:
            start = datetime(year, month, day, tzinfo=zone)
            end = datetime(year + (last_month < month), last_month, last_day, tzinfo=zone) + DAY
        except ValueError:
            continue
        if Span(start, end).meets(moment):
            return True
    return False
