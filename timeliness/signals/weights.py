"""The weights file: how much each signal counts in each domain, and what a demand changes about it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from errors import SettingsError
from schema import Demand, Domain, Frozen

SignalName = Literal[
    "relevance", "match", "freshness", "trend", "urgency", "taste", "affinity", "popularity", "season"
]
SIGNALS: tuple[SignalName, ...] = (
    "relevance",
    "match",
    "freshness",
    "trend",
    "urgency",
    "taste",
    "affinity",
    "popularity",
    "season",
)
DEFAULT_FILE = Path(__file__).parent.parent / "weights.toml"

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1.0, "week": 7.0, "month": 30.44, "year": 365.25}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?) (minute|hour|day|week|month|year)s?")
_CJK = re.compile(r"[\u3400-\u9fff]")


def _length(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    match = _LENGTH.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or float(match[1]) == 0:
        raise ValueError(f"{value!r} is not a length of time such as '36 hours' or '1.5 years'")
    return timedelta(days=float(match[1]) * _DAYS[match[2]])


Length = Annotated[timedelta, BeforeValidator(_length)]
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=-100, le=100, allow_inf_nan=False)]


class HalfLives(Frozen):
    """Times after which a signal has fallen by half."""

    freshness: Length
    urgency: Length
    trend: Length
    taste: Length
    popularity: Length


class DomainWeights(Frozen):
    """Weights of one domain. ``relatives`` is how far taste goes for what is only akin to judged items."""

    relevance: Weight
    match: Weight
    freshness: Weight
    trend: Weight
    urgency: Weight
    taste: Weight
    affinity: Weight
    popularity: Weight
    season: Weight
    relatives: Share
    half_life: HalfLives


class Shift(Frozen):
    """Factors that a demand puts on weights, and on the half-life of freshness."""

    relevance: Factor = 1.0
    match: Factor = 1.0
    freshness: Factor = 1.0
    trend: Factor = 1.0
    urgency: Factor = 1.0
    taste: Factor = 1.0
    affinity: Factor = 1.0
    popularity: Factor = 1.0
    season: Factor = 1.0
    half_life: float = Field(default=1.0, gt=0, le=100)

    def at(self, degree: float) -> Shift:
        """The shift in part: none of it at 0, all of it at 1."""
        factors = {name: 1 + (getattr(self, name) - 1) * degree for name in SIGNALS}
        return Shift(**factors, half_life=self.half_life**degree)


class WordedShift(Shift):
    """A shift that holds where a wish contains one of ``words``."""

    words: tuple[str, ...] = Field(min_length=1)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Finds any of the words, whole where they are written with spaces."""
        parts = (re.escape(each) if _CJK.search(each) else rf"\b{re.escape(each)}\b" for each in self.words)
        return re.compile("|".join(parts), re.IGNORECASE)


class Demands(Frozen):
    """What the parts of a demand change."""

    recency: Shift = Shift()
    dated: Shift = Shift()
    on_offer: Shift = Shift()
    trending: Shift = Shift()
    worded: Mapping[str, WordedShift] = Field(default_factory=dict)


class Weights(Frozen):
    """The whole weights file."""

    temperature: float = Field(default=2.0, ge=0.1, le=10)
    domains: Mapping[Domain, DomainWeights]
    demands: Demands = Demands()

    @model_validator(mode="after")
    def _every_domain(self) -> Weights:
        missing = {"shopping", "news", "music", "video", "smart_home"} - set(self.domains)
        if missing:
            raise ValueError(f"domains has no {', '.join(sorted(missing))}")
        return self

    def of(self, domain: Domain) -> DomainWeights:
        """The weights of a domain, before any demand."""
        return self.domains[domain]

    @property
    def longest_trend(self) -> timedelta:
        """The longest half-life that a trend has in any domain."""
        return max(each.half_life.trend for each in self.domains.values())

    def without(self, signal: SignalName) -> Weights:
        """The same, with nothing on ``signal`` in any domain."""
        domains = {name: each.model_copy(update={signal: 0.0}) for name, each in self.domains.items()}
        return self.model_copy(update={"domains": domains})

    def shifts(self, demand: Demand) -> list[Shift]:
        """What ``demand`` changes."""
        published = [each for each in demand.times if each.role == "publication"]
        recency = max((each.recency for each in demand.times), default=0.0)
        found: list[Shift] = []
        if recency > 0:
            found.append(self.demands.recency.at(recency))
        elif published:
            found.append(self.demands.dated)
        if demand.limits.on_offer or any(each.role in {"offer", "end"} for each in demand.times):
            found.append(self.demands.on_offer)
        if any(each.role == "trend" for each in demand.times):
            found.append(self.demands.trending)
        return found + [each for each in self.demands.worded.values() if _says(demand, each)]

    def effective(self, domain: Domain, demand: Demand) -> dict[SignalName, float]:
        """The weight of each signal for items of ``domain`` under ``demand``."""
        base, shifts = self.domains[domain], self.shifts(demand)
        effective: dict[SignalName, float] = {}
        for name in SIGNALS:
            weight = getattr(base, name)
            for shift in shifts:
                weight *= getattr(shift, name)
            effective[name] = weight
        return effective

    def pace(self, demand: Demand) -> float:
        """The factor on the half-life of freshness under ``demand``."""
        pace = 1.0
        for shift in self.shifts(demand):
            pace *= shift.half_life
        return pace


def _says(demand: Demand, shift: WordedShift) -> bool:
    """Whether a wish says one of the words, and no aversion does."""
    if any(each.polarity < 0 and shift.pattern.search(each.text) for each in demand.interests):
        return False
    wishes = [each.text for each in demand.interests if each.polarity > 0]
    texts = (demand.query, *wishes, *(each.phrase for each in demand.times))
    return any(shift.pattern.search(each) for each in texts)


def load_weights(path: Path = DEFAULT_FILE) -> Weights:
    """Read and check a weights file.

    Raises:
        SettingsError: it cannot be read, is no TOML, or a value in it is missing or wrong,
            which is named.
    """
    try:
        return Weights.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"weights file {path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "file"
        raise SettingsError(
            f"weights file {path}: {place}: {first['msg']}; compare {DEFAULT_FILE}"
        ) from error
