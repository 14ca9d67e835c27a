"""Bursts: spells in which one thing drew far more people than it usually does at that hour.

The two-state automaton of Kleinberg, "Bursty and Hierarchical Structure in Streams" (KDD
2002), over the counts of equal steps of time: in its lower state people come at the usual
rate, in its upper one at ``SCALE`` times that rate; going up costs ``GAMMA * ln(steps)``,
going down nothing; the cheapest sequence of states tells where a burst began and ended.
The counts are taken as Poisson. Where Kleinberg has one base rate, here it is that of the
hour of the week, learnt from the thing's own last four weeks: the hour of the week is
drawn towards the hour of the day, this towards the mean, and the mean towards ``PRIOR``,
each as far as it is little known; the automaton takes the busiest of an hour and the two
beside it. So neither a busy evening nor a weekly show is a burst, summer time or not.
In a quiet thing the upper state costs little, so a burst may trail away over stray visits:
an edge is cut off where the likelihood ratio speaks for two rates rather than one as
clearly as for a burst, and the edge would be no burst by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from timeliness.visits import Visits

STEPS = 96
SCALE = 3.0
GAMMA = 1.75  # with 96 steps and nothing known before, eight or nine people within an hour make a burst
PAST = 28 * 86_400
PRIOR = 0.5  # people an hour, of a thing about which nothing is known ...
PRIOR_HOURS = 4.0  # ... and what that is worth in hours of observation
SEASON_HOURS = 1.0  # observed hours of a season at which it counts as much as what lies behind it
FEWEST_USERS = 5
KNOWN_VISITS = 5  # so many visits in the past make a "usual" that may be spoken of
_HOUR = 3600
_WEEK = 168


@dataclass(frozen=True)
class Usual:
    """People an hour by hour of the week, in UTC, shape (168,); ``visits`` is what it was learnt from."""

    rates: tuple[float, ...]
    visits: int

    def expected(self, since: float, until: float) -> float:
        """How many people are to be expected in ``(since, until]``, seconds since 1970."""
        return _summed(self.rates, since, until)

    @cached_property
    def busiest(self) -> tuple[float, ...]:
        """The rate of each hour or of one beside it, whichever is larger."""
        rates = self.rates
        return tuple(max(rates[n - 1], rates[n], rates[(n + 1) % _WEEK]) for n in range(_WEEK))


@dataclass(frozen=True)
class Burst:
    """One burst, times in seconds since 1970: the first visit in it, the end of its last step, and by how
    much (in nats) it is likelier to be one than not, Kleinberg's weight."""

    since: float
    until: float
    weight: float


def usual(visits: Visits, now: float, window: float) -> Usual:
    """What was usual in the four weeks before ``now - window``."""
    end = now - window
    first = end if visits.first is None else min(max(visits.first, end - PAST), end)
    hours = (end - first) / _HOUR
    counts = [0] * _WEEK
    for at, count in visits.counted(first - 1, end):
        counts[int(at // _HOUR) % _WEEK] += count
    total = sum(counts)
    mean = (total + PRIOR * PRIOR_HOURS) / (hours + PRIOR_HOURS)
    if not total:
        return Usual((mean,) * _WEEK, 0)
    weekly_hours = _observed(first, end)
    daily = [sum(counts[hour::24]) for hour in range(24)]
    daily_hours = [sum(weekly_hours[hour::24]) for hour in range(24)]
    by_day = _drawn(daily, daily_hours, [mean] * 24)
    rates = _drawn(counts, weekly_hours, [by_day[hour % 24] for hour in range(_WEEK)])
    return Usual(tuple(rates), total)


def find(visits: Visits, now: float, window: float) -> tuple[Burst, Usual] | None:
    """The latest burst within ``window`` seconds before ``now``, and what was usual; None where there is none."""
    recent = list(visits.counted(now - window, now))
    if sum(count for _, count in recent) < FEWEST_USERS:
        return None
    step = window / STEPS
    counts = [0] * STEPS
    for at, count in recent:
        counts[STEPS - 1 - min(int((now - at) // step), STEPS - 1)] += count
    learnt = usual(visits, now, window)
    begin = now - window
    busiest = learnt.busiest
    expected = [_summed(busiest, begin + n * step, begin + (n + 1) * step) for n in range(STEPS)]
    found = last_burst(counts, expected)
    if found is None:
        return None
    start, end, weight = _narrowed(counts, expected, *found)
    since = min(at for at, _ in recent if at > begin + start * step - 1e-3)
    return Burst(since, begin + end * step, weight), learnt


def last_burst(counts: Sequence[int], expected: Sequence[float]) -> tuple[int, int, float] | None:
    """The last run of the upper state in the cheapest sequence of states, as half-open steps, and its weight.

    Args:
        counts: people in each step, shape (n,).
        expected: people to be expected in each step, positive, shape (n,).
    """
    up = GAMMA * math.log(len(counts))
    extra = _extra(counts, expected)
    low, high = 0.0, math.inf
    climbed: list[bool] = []  # whether the cheapest way to be up after each step was down before it
    fell: list[bool] = []
    for each in extra:
        climbed.append(low + up < high)
        fell.append(high < low)
        low, high = min(low, high), min(low + up, high) + each
    state_up = high < low
    end: int | None = None
    for place in range(len(extra) - 1, -1, -1):
        if state_up:
            end = place + 1 if end is None else end
            if climbed[place]:
                return place, end, -sum(extra[place:end])
        else:
            state_up = fell[place]
    return None


def _narrowed(
    counts: Sequence[int], expected: Sequence[float], start: int, end: int, weight: float
) -> tuple[int, int, float]:
    """The burst ``[start, end)`` without an edge that is thin beside the rest of it."""
    extra, up = _extra(counts, expected), GAMMA * math.log(len(counts))
    while end - start > 1:
        people, usual_people = sum(counts[start:end]), sum(expected[start:end])
        best, place, rises = 0.0, start, False
        before, usual_before = 0, 0.0
        for cut in range(start + 1, end):
            before, usual_before = before + counts[cut - 1], usual_before + expected[cut - 1]
            parts = ((before, usual_before), (people - before, usual_people - usual_before))
            gain = sum(_likelihood(*each) for each in parts) - _likelihood(people, usual_people)
            if gain > best:
                best, place = gain, cut
                rises = parts[0][0] * parts[1][1] < parts[1][0] * parts[0][1]
        edge = extra[start:place] if rises else extra[place:end]
        if best <= up or -sum(edge) >= up:
            break
        start, end = (place, end) if rises else (start, place)
        weight = -sum(extra[start:end])
    return start, end, weight


def _likelihood(people: int, usual_people: float) -> float:
    """The log likelihood of a constant multiple of the usual rate, up to what is common to all cuts."""
    return people * math.log(people / usual_people) if people else 0.0


def _extra(counts: Sequence[int], expected: Sequence[float]) -> list[float]:
    """What the upper state costs more than the lower one, by step: minus the log of the Poisson ratio."""
    return [
        (SCALE - 1) * rate - count * math.log(SCALE) for count, rate in zip(counts, expected, strict=True)
    ]


def _summed(rates: Sequence[float], since: float, until: float) -> float:
    """``rates`` an hour by hour of the week, summed over ``(since, until]``."""
    total, at = 0.0, since
    while at < until:
        following = min((at // _HOUR + 1) * _HOUR, until)
        total += rates[int(at // _HOUR) % _WEEK] * (following - at) / _HOUR
        at = following
    return total


def _observed(first: float, end: float) -> list[float]:
    """Hours observed in ``[first, end)`` by hour of the week."""
    whole, rest = divmod((end - first) / _HOUR, _WEEK)
    hours = [whole] * _WEEK
    at = end - rest * _HOUR
    while at < end:
        following = min((at // _HOUR + 1) * _HOUR, end)
        hours[int(at // _HOUR) % _WEEK] += (following - at) / _HOUR
        at = following
    return hours


def _drawn(counts: Sequence[int], hours: Sequence[float], towards: Sequence[float]) -> list[float]:
    """Rates by season, each drawn towards what lies behind it."""
    return [
        (count + SEASON_HOURS * behind) / (observed + SEASON_HOURS)
        for count, observed, behind in zip(counts, hours, towards, strict=True)
    ]
