"""From answers to figures: one row an answer, then means by family and overall with bootstrap intervals."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from evaluation.metrics import bootstrap_interval
from evaluation.timely.generate import Benchmark
from evaluation.timely.oracle import Oracle, State
from evaluation.timely.scenario import Scenario
from evaluation.timely.systems.base import Answer
from evaluation.timely.truth import Claim, Truth

OVERALL = "overall"


@dataclass(frozen=True)
class Judged:
    """One answer: the state of each of its items, and its nDCG (by known items, to the same depth)."""

    scenario: Scenario
    answer: Answer
    states: tuple[State, ...]
    ndcg: float
    claims: tuple[Claim, ...] = ()

    def share(self, *states: State) -> float | None:
        """The share of items in these states, of those that are clear; None where none is."""
        clear = [each for each in self.states if each != "unsure"]
        return sum(each in states for each in clear) / len(clear) if clear else None

    @property
    def satisfaction(self) -> float | None:
        """The share that is right in time; 0 for no answer, since there always was one."""
        return self.share("right") if self.states else 0.0

    @property
    def truth(self) -> float | None:
        """The share of checked evidence that is true; None where there was none."""
        checked = [each.true for each in self.claims if each.true is not None]
        return sum(checked) / len(checked) if checked else None


@dataclass(frozen=True)
class Figure:
    """A mean over ``n`` answers with its bootstrap interval of 95 %."""

    value: float
    low: float
    high: float
    n: int


def judge(
    benchmark: Benchmark, oracle: Oracle, truth: Truth, scenario: Scenario, answer: Answer, k: int
) -> Judged:
    """Hold one answer against the oracle; items past the ``k``-th do not count."""
    items = [benchmark.world.items[each] for each in answer.ids[:k] if each in benchmark.world.items]
    # What cannot be judged is left out and the rest moves up (condensed lists: Sakai, SIGIR 2007).
    gains = [gain for each in items if (gain := oracle.gain(each, scenario)) is not None]
    ideal = [1.0] * min(len(oracle.ranking(scenario)), k)
    return Judged(
        scenario=scenario,
        answer=answer,
        states=tuple(oracle.state(each, scenario) for each in items),
        ndcg=_dcg(gains) / _dcg(ideal) if ideal else 0.0,
        claims=tuple(truth.claims(scenario, answer.recommendations)),
    )


def pairs_passed(judged: Sequence[Judged], oracle: Oracle, benchmark: Benchmark) -> dict[str, bool]:
    """Whether both answers of each counterfactual pair are right, by the pair's name.

    An answer is right where its first item that tells the two moments apart is right at its
    own, and none is right at the other alone. Items that are right at both are passed over;
    so the same list for both moments always fails one.
    """
    by_pair: dict[str, list[Judged]] = {}
    for each in judged:
        if each.scenario.pair is not None:
            by_pair.setdefault(each.scenario.pair, []).append(each)
    passed = {}
    for name, both in by_pair.items():
        if len(both) != 2:
            continue
        right = [set(oracle.ranking(each.scenario)) for each in both]
        passed[name] = all(
            _tells_apart(each.answer.ids, own - other, other - own, own & other)
            for each, own, other in zip(both, right, right[::-1], strict=True)
        )
    return passed


def _tells_apart(ids: Sequence[str], own: set[str], other: set[str], both: set[str]) -> bool:
    telling = [each for each in ids if each not in both]
    return bool(telling) and telling[0] in own and other.isdisjoint(telling)


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


# Each of an answer; None where it does not apply. Stale and early items are shares of what was answered.
MEASURES: Mapping[str, Callable[[Judged], float | None]] = {
    "window_satisfaction": lambda each: each.satisfaction,
    "stale_share": lambda each: each.share("stale"),
    "not_yet_share": lambda each: each.share("early"),
    "regret": lambda each: 1.0 - each.ndcg,
    "answered": lambda each: float(bool(each.states)),
    "truth_of_reasons": lambda each: each.truth,
}


def figures(judged: Sequence[Judged]) -> dict[str, dict[str, Figure]]:
    """Every measure by family and overall: the mean over answers; measures that never apply are left out."""
    families: dict[str, list[Judged]] = {OVERALL: list(judged)}
    for each in judged:
        families.setdefault(each.scenario.family, []).append(each)
    return {
        family: {
            name: found
            for name, measure in MEASURES.items()
            if (found := figure([value for each in some if (value := measure(each)) is not None]))
        }
        for family, some in families.items()
    }


def figure(values: Sequence[float]) -> Figure | None:
    """The mean of ``values`` with its interval; None of none."""
    if not values:
        return None
    low, high = bootstrap_interval(values)
    return Figure(sum(values) / len(values), low, high, len(values))
