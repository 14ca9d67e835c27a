"""What studies share: synthetic requests about the bundled catalogue, to train on and to judge rankings by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.metrics import bootstrap_interval, ndcg_at
from finetune.candidates import Retrieved, Retriever
from finetune.classifier import GROUPS_A_STEP
from finetune.datasets.mining import Group, Pool, mine
from finetune.datasets.requests import Request, by_pool
from finetune.lora import AdapterConfig
from finetune.pair_input import PairTokenizer, batch
from finetune.run_data import Embedded, Report, embed, load_data
from finetune.validation import WAYS, Judged, cross_fitted
from settings import Settings
from vectorstore.embedder import Embedder, load_embedder

SEED = 0
CANDIDATES = 20
_FEWEST, _MOST = 4, 30
# (request, passages) -> logits, shape (passages,).
Logits = Callable[[str, Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Question:
    """A held-out request with the candidates that the search finds for it."""

    request: Request
    found: Retrieved


@dataclass(frozen=True)
class Material:
    """Groups to train on, questions to judge by, and the passages of all items by id."""

    groups: Sequence[Group]
    questions: Sequence[Question]
    passages: Mapping[str, str]
    pools: Mapping[str, Pool]
    embedder: Embedder

    def asked_as(self, texts: Sequence[str]) -> list[Question]:
        """The questions, their requests worded as in ``texts`` and searched for anew."""
        requests = [
            replace(each.request, text=text) for each, text in zip(self.questions, texts, strict=True)
        ]
        vectors = self.embedder.encode(list(texts))
        return _questions(requests, self.pools, vectors)


def load_material(settings: Settings, report: Report, held_out: float, training: int = 1500) -> Material:
    """Make the requests, embed, search and mine; seeded, so that every call gives the same.

    Args:
        settings: where vectors are kept, and which embedder.
        report: told of progress.
        held_out: requests to judge by, of each of the bundled domains; from 4 to 30.
        training: requests to make groups of, about.
    """
    report("Reading data", 0, 0, "")
    data = load_data(settings, SEED, names=[])
    every = max(1, len(data.training) // training)
    count = max(_FEWEST, min(_MOST, round(held_out)))
    judged_by = [each for some in by_pool(data.validation).values() for each in some[:count]]
    data = replace(data, training=data.training[::every], validation=judged_by)
    embedder = load_embedder(settings)
    embedded = embed(settings, data, embedder, report)
    groups = mine(data.training, embedded.pools, _vectors(data.training, embedded), SEED)
    questions = _questions(judged_by, embedded.pools, _vectors(judged_by, embedded))
    return Material(groups, questions, data.passages, embedded.pools, embedder)


def pair_batches(material: Material, pairs: PairTokenizer) -> tuple[list[dict[str, Any]], list[list[int]]]:
    """Inputs of each step, and the numbers of answers of its groups, in an order that is seeded."""
    groups = list(material.groups)
    Random(SEED).shuffle(groups)
    made, answers = [], []
    for start in range(0, len(groups) - GROUPS_A_STEP + 1, GROUPS_A_STEP):
        some = groups[start : start + GROUPS_A_STEP]
        rows = []
        for each in some:
            asked = pairs.request(each.request)
            texts = pairs.passages([material.passages[item] for item in each.items])
            rows += [pairs.pair(asked, text) for text in texts]
        made.append(batch(rows))
        answers.append([each.answers for each in some])
    return made, answers


def judged(
    logits: Logits,
    questions: Sequence[Question],
    passages: Mapping[str, str],
    advance: Callable[[], None] = lambda: None,
) -> list[Judged]:
    """The questions with what a model says of their candidates.

    MiniLM knows no capitals, so a pair that differs by them alone is scored once.
    """
    known: dict[tuple[str, str], float] = {}
    found = []
    for question in questions:
        text, ids = question.request.text, question.found.ids
        fresh = [each for each in ids if (text.lower(), each) not in known]
        if fresh:
            scores = logits(text, [passages[each] for each in fresh]).tolist()
            known |= {(text.lower(), each): score for each, score in zip(fresh, scores, strict=True)}
        own = np.array([known[text.lower(), each] for each in ids], np.float32)
        found.append(Judged(question.request, ids, question.found.dense, question.found.lexical, own))
        advance()
    return found


def calibrations(clean: Sequence[Judged], config: AdapterConfig) -> list[AdapterConfig]:
    """For each request the joining of logit, cosine and BM25 that was fitted to the other half of them."""
    by_request = {each.request: fitted for each, fitted in cross_fitted(clean, config)}
    return [by_request[each.request] for each in clean]


def orders(some: Sequence[Judged], configs: Sequence[AdapterConfig], way: str = "joined") -> list[list[str]]:
    """The candidates of each request, best first, by one of ``validation.WAYS``."""
    ranked = []
    for each, config in zip(some, configs, strict=True):
        scores = WAYS[way](each, config)
        ranked.append([each.ids[place] for place in np.argsort(-scores, kind="stable")])
    return ranked


def gains(ranked: Sequence[Sequence[str]], questions: Sequence[Question]) -> NDArray[np.float64]:
    """nDCG@10 of each request, shape (requests,)."""
    return np.array(
        [ndcg_at(order, each.request.relevant, 10) for order, each in zip(ranked, questions, strict=True)]
    )


def interval(values: NDArray[np.float64]) -> list[float]:
    """95 % of the mean, by bootstrap over requests."""
    low, high = bootstrap_interval(values)
    return [round(low, 4), round(high, 4)]


def flips(before: Sequence[str | None], after: Sequence[str | None]) -> float:
    """Share of the requests whose first item is another afterwards."""
    return float(np.mean([one != two for one, two in zip(before, after, strict=True)]))


def firsts(ranked: Sequence[Sequence[str]]) -> list[str | None]:
    """The first item of each order; None where there is none."""
    return [next(iter(each), None) for each in ranked]


def _vectors(requests: Sequence[Request], embedded: Embedded) -> NDArray[np.float32]:
    return np.array([embedded.asked[each] for each in requests])


def _questions(
    requests: Sequence[Request], pools: Mapping[str, Pool], vectors: NDArray[np.float32]
) -> list[Question]:
    """In the order of ``requests``."""
    found: dict[int, Question] = {}
    for name in {each.pool for each in requests}:
        with Retriever(pools[name].items, pools[name].vectors) as retrieve:
            for place, request in enumerate(requests):
                if request.pool == name:
                    near = retrieve(request.text, vectors[place], CANDIDATES, request.excluded)
                    found[place] = Question(request, near)
    return [found[place] for place in range(len(requests))]
