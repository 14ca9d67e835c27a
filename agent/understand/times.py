"""The times of a request, with their role settled by the words around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from agent.understand.cues import Cues, load_cues
from agent.understand.utterance import Utterance
from schema import Domain, Interest, Span, TimeDemand
from settings import Settings
from timeliness.expressions import find_times

# The English names that texts of the catalogue use.
_SEASONS = {
    "圣诞": "christmas",
    "新年": "new year",
    "春节": "chinese new year",
    "情人节": "valentine",
    "中秋": "mid-autumn",
    "万圣节": "halloween",
    "母亲节": "mother's day",
    "父亲节": "father's day",
}


@dataclass(frozen=True)
class TimeReader:
    """The cues of ``cues/times.toml`` over the grammar of times."""

    cues: Cues
    settings: Settings

    @classmethod
    def load(cls, settings: Settings) -> TimeReader:
        """Read the committed cues; ``settings`` say in which zone and country days are meant."""
        return cls(load_cues("times"), settings)

    def find(
        self,
        utterance: Utterance,
        now: datetime,
        language: str,
        *,
        domains: tuple[Domain, ...] = (),
        on_offer: bool = False,
        blocked: Iterable[Span] = (),
        names: Iterable[Span] = (),
    ) -> tuple[TimeDemand, ...]:
        """Time demands outside ``blocked``, each with the role that the request gives it.

        A time that is only a part of one of ``names`` is none ("Breaking Bad", "winter
        boots", "fall asleep"), nor is somebody's age ("a couple in their sixties").
        """
        busy, wholes = list(blocked), list(names)
        zone, country = self.settings.zone, self.settings.country
        return tuple(
            self._with_role(each, utterance.view, domains, on_offer, now)
            for each in find_times(utterance.text, now, language=language, zone=zone, country=country)
            if each.span is None or self._is_time(_core(each, utterance.text), utterance.view, busy, wholes)
        )

    def seasonal_topics(self, times: Iterable[TimeDemand], view: str) -> tuple[Interest, ...]:
        """A season said of the thing itself ("Christmas songs") is a topic as well as a time."""
        found = []
        for each in times:
            season = self.cues["season"].search(view, *each.span) if each.span else None
            if each.span and season and self.cues["of_the_thing"].match(view, each.span[1]):
                name = _SEASONS.get(season.group(), season.group())
                found.append(Interest(text=name, kind="topic", span=season.span()))
        return tuple(found)

    def _is_time(self, span: Span, view: str, busy: list[Span], wholes: list[Span]) -> bool:
        if any(start < span[1] and span[0] < end for start, end in busy):
            return False
        part = any(start <= span[0] and span[1] <= end and (start, end) != span for start, end in wholes)
        if part and not self.cues["holiday"].search(view[slice(*span)]):
            return False
        decade = view[span[0] : span[1]].endswith("s")
        return not (decade and self.cues["somebodys"].search(view[: span[0]]))

    def _with_role(
        self, time: TimeDemand, view: str, domains: tuple[Domain, ...], on_offer: bool, now: datetime
    ) -> TimeDemand:
        if (
            time.span
            and self.cues["not_from"].search(view[: time.span[0]])
            and (time.start is None) != (time.end is None)
        ):
            time = time.model_copy(update={"start": time.end, "end": time.start})
        if time.role in {"end", "trend"}:
            return time
        if on_offer and time.role != "publication" and self.cues["offer"].search(view):
            return time.model_copy(update={"role": "offer"})
        if time.role == "publication" and time.start is None and time.end is not None and time.end > now:
            return time.model_copy(update={"role": "use", "recency": 0.0})  # everything came out before
        if time.role == "publication" and time.start is not None and time.start >= now:
            return time.model_copy(update={"role": "use", "recency": 0.0})
        if time.role == "use" and time.span and self.cues["published"].search(view[: time.span[0]]):
            return time.model_copy(update={"role": "publication"})
        if domains != ("news",) or time.span is None:
            return time
        to_read = self.cues["read_then"].search(view[: time.span[0]])
        if time.role == "use" and not to_read:
            return time.model_copy(update={"role": "publication"})
        from_then = self.cues["from_then"].search(view[: _core(time, view)[0]])
        soon = self.cues["soon"].fullmatch(time.phrase.lower())
        if time.role == "publication" and to_read and soon and not from_then:
            return time.model_copy(update={"role": "use", "recency": 0.0})
        return time


def _core(time: TimeDemand, text: str) -> Span:
    """Where the phrase itself stands, without the preposition that its span may begin with."""
    start, end = time.span or (0, 0)
    place = text.find(time.phrase, start, end)
    return (place, place + len(time.phrase)) if place >= 0 and time.phrase else (start, end)
