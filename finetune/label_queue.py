"""Which pairs of request and item a person is asked about, the most telling first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from errors import SourceError
from finetune.active_learning import next_to_label
from finetune.candidates import Retriever
from finetune.datasets.label_file import Key, key_of
from finetune.datasets.own import MAX_REQUEST_CHARS
from finetune.datasets.requests import normal
from schema import Candidate, Item
from settings import Settings
from vectorstore.embedder import Embedder
from vectorstore.sources.base import Row
from vectorstore.sources.locate import locate

if TYPE_CHECKING:
    from finetune.run_data import Report
    from serving.scorer import Scorer

REQUESTS_AT_MOST = 200
CANDIDATES = 10
_AT_ONCE = 20


@dataclass(frozen=True)
class Asked:
    """A request that labels are wanted for."""

    text: str
    conversation: str = ""


@dataclass(frozen=True)
class Question:
    """Does ``item`` answer the request? ``probability`` is what the classifier thinks."""

    request: Asked
    item: Item
    probability: float

    @property
    def key(self) -> Key:
        """What the label file knows it by."""
        return key_of(self.request.text, self.item.id)


def read_requests(name: str, settings: Settings) -> tuple[list[Asked], set[Key]]:
    """The distinct requests of a file with a column ``request``, and the pairs that it answers already.

    Raises:
        SourceError: the file cannot be read, or holds no request.
    """
    found: dict[str, Asked] = {}
    known: set[Key] = set()
    for source in locate(name, settings):
        for row in source.rows(lambda amount: None):
            if not isinstance(row, Row):
                continue
            text = " ".join(str(row.values.get("request") or "").split())[:MAX_REQUEST_CHARS]
            if not normal(text):
                continue
            found.setdefault(normal(text), Asked(text, str(row.values.get("conversation") or "")))
            if item_id := row.values.get("item_id"):
                known.add(key_of(text, str(item_id)))
    if not found:
        raise SourceError(f"{name}: no request; give a CSV or JSON Lines file with a column 'request'")
    return list(found.values()), known


def make_queue(
    items: Sequence[Item],
    requests: Sequence[Asked],
    answered: set[Key],
    embedder: Embedder,
    scorer: Scorer,
    report: Report = lambda stage, done, total, note: None,
) -> list[Question]:
    """Questions about the first candidates of each request, uncertain and unlike ones first.

    Args:
        items: of the catalogue.
        requests: at most ``REQUESTS_AT_MOST`` are taken, spread by meaning.
        answered: pairs that need no question.
        embedder: finds the candidates.
        scorer: says where it hesitates.
        report: told of progress.
    """
    report("Embedding", 0, 0, "")
    vectors = embedder.encode([each.passage for each in items])
    asked = embedder.encode([each.text for each in requests])
    taken = next_to_label("k-means++", REQUESTS_AT_MOST, asked, [])
    by_id: Mapping[str, Item] = {each.id: each for each in items}
    places = {each.id: place for place, each in enumerate(items)}
    found: list[Question] = []
    pairs: list[NDArray[np.float32]] = []
    with Retriever(items, vectors) as retrieve:
        for count, place in enumerate(taken):
            report("Looking for questions", count, len(taken), "")
            request = requests[place]
            near = retrieve(request.text, asked[place], CANDIDATES)
            candidates = [
                Candidate(item=by_id[each], dense=float(dense), lexical=float(words), rank=rank)
                for rank, (each, dense, words) in enumerate(
                    zip(near.ids, near.dense, near.lexical, strict=True), start=1
                )
            ]
            for candidate, chance in zip(candidates, scorer.relevance(request.text, candidates), strict=True):
                if key_of(request.text, candidate.item.id) not in answered:
                    found.append(Question(request, candidate.item, float(chance)))
                    pairs.append(np.concatenate([asked[place], vectors[places[candidate.item.id]]]))
    report("Looking for questions", len(taken), len(taken), "")
    return _ordered(found, np.array(pairs, np.float32) / np.float32(np.sqrt(2)))


def _ordered(questions: Sequence[Question], vectors: NDArray[np.float32]) -> list[Question]:
    """All questions, some at a time of what is most uncertain among the rest."""
    chances = np.array([each.probability for each in questions])
    probabilities = np.stack([1 - chances, chances], axis=1)
    order: list[int] = []
    while len(order) < len(questions):
        order += next_to_label("margin+k-means++", _AT_ONCE, vectors, order, probabilities, seed=len(order))
    return [questions[each] for each in order]
