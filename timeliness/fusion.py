"""Joins relevance and the signals of the moment into one score that can be taken apart again.

The score is the sum of weight times signal, by the weights of the item's domain as the
demand moves them (weights.toml). Relevance enters as the classifier's probability with
its logit divided by a temperature (Guo et al., On Calibration of Modern Neural Networks,
ICML 2017): the probability itself crowds near 0 and 1, so that any timely signal would
decide among what a timid classifier calls 0.01 and 0.05, while the bare logit has no
bound, so that none could decide among what a bold one calls 0.99 and 0.999.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from errors import ModelError
from schema import Candidate, Demand, Item, ScoredItem, Signals
from timeliness.signals.computer import SignalComputer
from timeliness.signals.weights import SIGNALS, SignalName

NEWNESS_ASKED = 0.5  # a demanded recency from which on "new" is what is wanted
FRESH = 0.25  # two half-lives
# Contributions are whole multiples of this, so that their sum is exact in any order.
_GRAIN = 2.0**-30


def fuse(
    candidates: Sequence[Candidate],
    relevance: NDArray[np.float32] | Sequence[float],
    demand: Demand,
    now: datetime,
    signals: SignalComputer,
) -> list[ScoredItem]:
    """Score candidates and sort them, the best first; equals keep the order of retrieval.

    Args:
        candidates: what retrieval found.
        relevance: the classifier's probability for each of them, shape (n,), 0..1.
        demand: what is asked, which moves the weights.
        now: the moment, zone-aware.
        signals: computes the signals, with the weights and the user's taste.

    Raises:
        ValueError: there is not one relevance for each candidate.
        ModelError: a relevance is no probability.
    """
    if len(relevance) != len(candidates):
        raise ValueError(f"{len(candidates)} candidates need as many relevances, not {len(relevance)}")
    signals.refresh()
    weights = {domain: signals.weights.effective(domain, demand) for domain in signals.weights.domains}
    temperature = signals.weights.temperature
    computed = [
        signals.compute(candidate.item, demand, now, _probability(candidate.item, probability))
        for candidate, probability in zip(candidates, relevance, strict=True)
    ]
    if max((each.recency for each in demand.times), default=0.0) >= NEWNESS_ASKED:
        computed = _newest_first([each.item for each in candidates], computed, now)
    scored = [
        (candidate.rank, _score(candidate.item, each, weights[candidate.item.domain], temperature))
        for candidate, each in zip(candidates, computed, strict=True)
    ]
    return [each for _, each in sorted(scored, key=lambda pair: (-pair[1].score, pair[0]))]


def _newest_first(items: Sequence[Item], computed: list[Signals], now: datetime) -> list[Signals]:
    """Where newness is asked for and nothing is new, freshness counts from the newest that there is.

    "The latest on space" means the latest known, however old a catalogue is. An item twice
    as old as the newest is then half as fresh.
    """
    if any(each.freshness >= FRESH for each in computed):
        return computed
    ages = [now - each.published_at if each.published_at else None for each in items]
    youngest = min((each for each in ages if each is not None and each > timedelta(0)), default=None)
    if youngest is None:
        return computed
    return [
        each.model_copy(update={"freshness": 2.0 ** (1 - max(age / youngest, 1.0))}) if age else each
        for each, age in zip(computed, ages, strict=True)
    ]


def temper(probability: float, temperature: float) -> float:
    """The probability whose logit is that of ``probability`` divided by ``temperature``."""
    yes, no = probability ** (1 / temperature), (1 - probability) ** (1 / temperature)
    return float(yes / (yes + no))


def _score(item: Item, signals: Signals, weights: dict[SignalName, float], temperature: float) -> ScoredItem:
    values: dict[SignalName, float] = {name: getattr(signals, name) for name in SIGNALS}
    values["relevance"] = temper(signals.relevance, temperature)
    contributions = {name: round(weights[name] * values[name] / _GRAIN) * _GRAIN for name in SIGNALS}
    return ScoredItem(
        item=item, score=sum(contributions.values()), signals=signals, contributions=contributions
    )


def _probability(item: Item, value: float) -> float:
    probability = float(value)
    if not 0.0 <= probability <= 1.0:
        raise ModelError(
            f"the scorer gave {probability} for item {item.id!r}, not a probability of 0 to 1;"
            " choose another scorer"
        )
    return probability
