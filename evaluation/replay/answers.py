"""What one answer is worth: where the targets stand, among all or in the list that was shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import (
    area_under_curve,
    best_reciprocal_rank,
    ndcg_of_ranks,
    recall_of_ranks,
)
from evaluation.replay.stream import DAY, Question, Stream
from evaluation.replay.system import Scores

Figures = dict[str, float]
YOUNG = {"day": DAY, "week": 7 * DAY, "month": 30.44 * DAY}
TOP = 50


def among_all(
    scores: Scores, question: Question, targets: Sequence[int], noise: NDArray[np.float64], stream: Stream
) -> Figures:
    """Recall, nDCG and MRR over all that exists and the user has not seen; equals stand in the order of
    ``noise``. The same for targets younger than a day, week and month, for those that are no news any
    more, and for described ones. Empty where no target exists yet."""
    scores = unseen(scores, question)
    found = [row for row in targets if row < question.known and not np.isnan(scores[row])]
    if not found:
        return {}
    ranks = np.array([_rank(scores, noise, row) for row in found])
    figures = _figures(ranks)
    ages = np.array([_age(row, question.at, stream) for row in found])
    for name, limit in YOUNG.items():
        figures |= _figures(ranks[ages < limit], f"_{name}")
    figures |= _figures(ranks[[is_evergreen(row, question.at, stream) for row in found]], "_evergreen")
    if not stream.all_described:
        figures |= _figures(ranks[[stream.arrivals[row].described for row in found]], "_described")
    return figures


def in_list(
    scores: Scores, question: Question, targets: Sequence[int], noise: NDArray[np.float64], stream: Stream
) -> Figures:
    """AUC, MRR and nDCG in the list that was shown, as the MIND challenge defines them (Wu et al., 2020):
    its MRR is the mean over all clicked. Empty where everything or nothing was clicked."""
    rows = np.array(question.shown)
    clicked = np.isin(rows, targets)
    if clicked.all() or not clicked.any():
        return {}
    listed = scores[rows]
    order = np.lexsort((noise[rows], -listed))
    ranks = np.flatnonzero(clicked[order]) + 1
    figures = {
        "list_auc": area_under_curve(listed, clicked),
        "list_mrr": float(np.mean(1 / ranks)),
        "list_ndcg@5": ndcg_of_ranks(ranks, 5),
        "list_ndcg@10": ndcg_of_ranks(ranks, 10),
    }
    slices = {
        "_evergreen": all(is_evergreen(row, question.at, stream) for row in targets),
        "_described": any(stream.arrivals[row].described for row in targets),
    }
    for name, holds in slices.items():
        if holds:
            figures |= {f"list_auc{name}": figures["list_auc"], f"list_mrr{name}": figures["list_mrr"]}
    return figures


def is_evergreen(row: int, at: float, stream: Stream) -> bool:
    """Whether the item is no news any more at ``at``, or was there from the start."""
    arrival = stream.arrivals[row]
    published = arrival.item.published_at
    came_out = published.timestamp() if published else -np.inf
    return at - min(came_out, arrival.at) >= stream.calendar.evergreen


def _age(row: int, at: float, stream: Stream) -> float:
    """Since its arrival; without end for what came out nobody knows when."""
    arrival = stream.arrivals[row]
    return np.inf if arrival.item.published_at is None else at - arrival.at


def unseen(scores: Scores, question: Question) -> Scores:
    """A copy in which what the user has seen is NaN."""
    left = scores.copy()
    left[[row for row in question.seen if row < len(left)]] = np.nan
    return left


def top(scores: Scores, noise: NDArray[np.float64], k: int) -> list[int]:
    """The best ``k`` rows that are offered at all, the best first."""
    offered = np.nan_to_num(scores, nan=-np.inf, neginf=-np.inf)
    if len(offered) > k:
        least = np.partition(offered, len(offered) - k)[len(offered) - k]
        rows = np.flatnonzero(offered >= least)
    else:
        rows = np.arange(len(offered))
    rows = rows[np.isfinite(offered[rows])]
    order = np.lexsort((noise[rows], -offered[rows]))
    return [int(row) for row in rows[order][:k]]


def _rank(scores: Scores, noise: NDArray[np.float64], row: int) -> int:
    own = scores[row]
    ahead = np.count_nonzero(scores > own)
    ties = np.flatnonzero(scores == own)
    return 1 + int(ahead) + int(np.count_nonzero(noise[ties] < noise[row]))


def _figures(ranks: NDArray[np.int64], suffix: str = "") -> Figures:
    if not len(ranks):
        return {}
    return {
        f"recall@10{suffix}": recall_of_ranks(ranks, 10),
        f"recall@50{suffix}": recall_of_ranks(ranks, 50),
        f"ndcg@10{suffix}": ndcg_of_ranks(ranks, 10),
        f"mrr{suffix}": best_reciprocal_rank(ranks),
    }
