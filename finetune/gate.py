"""The gate of a refreshed classifier: what it must not have forgotten, and what it should have learnt."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import ndcg_at
from schema import Candidate

if TYPE_CHECKING:
    from serving.adapted import AdaptedScorer

DEPTH = 10
_SLACK = 1e-6  # of arithmetic in another order


@dataclass(frozen=True)
class Question:
    """A request with the candidates that are to be ordered, and the ids that answer it."""

    request: str
    candidates: tuple[Candidate, ...]
    relevant: frozenset[str]


@dataclass(frozen=True)
class Measured:
    """nDCG@10 over the held-out old requests and the held-out feedback, with their numbers."""

    replay: float
    replay_n: int
    feedback: float
    feedback_n: int


@dataclass(frozen=True)
class Verdict:
    """Whether the new version may serve, why not, and the figures of both."""

    passed: bool
    reason: str
    tolerance: float
    before: Measured
    after: Measured

    def report(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def mean_ndcg(
    scorer: AdaptedScorer, questions: Sequence[Question], advance: Callable[[], None] = lambda: None
) -> float:
    """nDCG@10 of the scorer's order, the mean over ``questions``; 0 without any."""
    values = []
    for each in questions:
        scores = scorer.relevance(each.request, each.candidates)
        order = [each.candidates[place].item.id for place in np.argsort(-scores, kind="stable")]
        values.append(ndcg_at(order, each.relevant, DEPTH))
        advance()
    return round(float(np.mean(values)), 4) if values else 0.0


def measure(
    scorer: AdaptedScorer,
    replay: Sequence[Question],
    feedback: Sequence[Question],
    advance: Callable[[], None] = lambda: None,
) -> Measured:
    """Both figures of one version."""
    return Measured(
        mean_ndcg(scorer, replay, advance), len(replay), mean_ndcg(scorer, feedback, advance), len(feedback)
    )


def judge(before: Measured, after: Measured, tolerance: float) -> Verdict:
    """Compare two versions: old requests may lose ``tolerance``, the new feedback nothing."""
    reasons = []
    if after.replay < before.replay - tolerance - _SLACK:
        reasons.append(
            f"old requests fell from nDCG@10 {before.replay:.4f} to {after.replay:.4f}, by more than {tolerance:g}"
        )
    if after.feedback < before.feedback - _SLACK:
        reasons.append(
            f"the held-out feedback fell from nDCG@10 {before.feedback:.4f} to {after.feedback:.4f}"
        )
    return Verdict(not reasons, "; ".join(reasons), tolerance, before, after)


def pairs_of(questions: Sequence[Question], scorer: AdaptedScorer) -> Mapping[str, list[NDArray[np.float32]]]:
    """What a calibration is fitted to: logits, dense, lexical and outcomes, one array a question."""
    found: dict[str, list[NDArray[np.float32]]] = {"logits": [], "dense": [], "lexical": [], "outcomes": []}
    for each in questions:
        found["logits"].append(scorer.logits(each.request, [one.item.passage for one in each.candidates]))
        found["dense"].append(np.array([one.dense for one in each.candidates], np.float32))
        found["lexical"].append(np.array([one.lexical for one in each.candidates], np.float32))
        found["outcomes"].append(
            np.array([one.item.id in each.relevant for one in each.candidates], np.float32)
        )
    return found
