"""What ranks all films for a turn: baselines, the parts of Kairos, and the whole, as the app has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from evaluation.ranking.turns import Turn
from finetune.candidates import Retrieved, Retriever
from finetune.datasets.requests import Request
from schema import Candidate, Demand, Event, Item
from timeliness.fusion import fuse

if TYPE_CHECKING:
    from serving.scorer import Scorer
    from timeliness.signals.computer import SignalComputer
    from timeliness.signals.weights import SignalName
    from vectorstore.embedder import Embedder

JUDGED = 50

# Ids of films for a turn, best first; films mentioned before are taken out afterwards.
System = Callable[[Turn], Sequence[str]]


def popularity(requests: Sequence[Request]) -> System:
    """Films by how often they answer training requests."""
    counts = Counter(each.target for each in requests)
    order = [item_id for item_id, _ in counts.most_common()]
    return lambda turn: order


# ReDial's conversations have no dates: those learnt from lie before every turn, too long for a trend.
CONVERSED, ASKED = datetime(2017, 11, 1, tzinfo=UTC), datetime(2018, 1, 1, tzinfo=UTC)


def mentions(conversations: Mapping[str, frozenset[str]]) -> list[Event]:
    """Conversations as events: each turned to the films that it names."""
    return [
        Event(item_id=film, kind="like", user=owner, at=CONVERSED)
        for owner, films in conversations.items()
        for film in sorted(films)
    ]


class Embedded:
    """Films and turns as one embedder sees them; gives the systems that rest on it."""

    def __init__(self, films: Sequence[Item], embedder: Embedder, vectors: NDArray[np.float32]) -> None:
        """``vectors`` are of the films' passages, in order."""
        self._ids = [each.id for each in films]
        self._items = {each.id: each for each in films}
        self._places = {each: place for place, each in enumerate(self._ids)}
        self._vectors = vectors
        self._embedder = embedder
        self._asked: dict[str, NDArray[np.float32]] = {}
        self.retriever = Retriever(films, vectors)

    def ask(self, turns: Sequence[Turn]) -> None:
        """Embed what the turns say."""
        texts = sorted({each.text for each in turns})
        self._asked = dict(zip(texts, self._embedder.encode(texts), strict=True))

    def by_cosine(self, turn: Turn) -> Sequence[str]:
        """All films by meaning."""
        cosines = self._vectors @ self._asked[turn.text]
        return [self._ids[each] for each in np.argsort(-cosines)]

    def by_words(self, turn: Turn) -> Sequence[str]:
        """Films that share words, by BM25."""
        return self.retriever.by_words(turn.text, 4 * JUDGED)

    def retrieved(self, turn: Turn) -> Sequence[str]:
        """As the search has them: both joined."""
        return self.retriever(turn.text, self._asked[turn.text], 2 * JUDGED, turn.mentioned).ids

    def linked(self, signals: SignalComputer, now: datetime) -> System:
        """Films by how strongly they are linked to those mentioned, by people who turned to both."""
        return lambda turn: self._view(signals, turn).linked(now, 4 * JUDGED)

    def _view(self, signals: SignalComputer, turn: Turn) -> SignalComputer:
        return signals.for_user((), [self._items[each] for each in sorted(turn.mentioned)])

    def whole(
        self,
        scorer: Scorer,
        signals: SignalComputer,
        now: datetime,
        without: SignalName | None = None,
    ) -> System:
        """As the app has it: the best of the search and the best linked, by relevance and the signals of ``now``.

        ``without`` takes one signal's weight away; without affinity, what is linked is no candidate either.
        """
        weights = signals.weights.without(without) if without else signals.weights

        def order(turn: Turn) -> Sequence[str]:
            view = self._view(signals, turn)
            view.weights = weights
            found = self.retriever(turn.text, self._asked[turn.text], 2 * JUDGED, turn.mentioned)
            also = () if without == "affinity" else view.linked(now, JUDGED)
            candidates = self._candidates(found, turn, also)
            relevance = (
                np.zeros(len(candidates), np.float32)
                if without == "relevance"
                else scorer.relevance(turn.text, candidates)
            )
            demand = Demand(text=turn.text, query=turn.text, domains=("video",))
            best = [each.item.id for each in fuse(candidates, relevance, demand, now, view)]
            return [*best, *(each for each in found.ids if each not in set(best))]

        return order

    def _candidates(self, found: Retrieved, turn: Turn, also: Sequence[str] = ()) -> list[Candidate]:
        """The first ``JUDGED`` of ``found``, and after them those of ``also`` that are not among them."""
        cosines = dict(zip(found.ids, found.dense.tolist(), strict=True))
        words = dict(zip(found.ids, found.lexical.tolist(), strict=True))
        ids = list(dict.fromkeys([*found.ids[:JUDGED], *also]))
        asked = self._asked[turn.text]
        return [
            Candidate(
                item=self._items[each],
                dense=cosines[each] if each in cosines else float(self._vectors[self._places[each]] @ asked),
                lexical=words.get(each, 0.0),
                rank=rank,
            )
            for rank, each in enumerate(ids, 1)
            if each not in turn.mentioned
        ]

    def judged_by(self, scorer: Scorer) -> System:
        """The first ``JUDGED`` of ``retrieved``, ordered anew by a classifier, then the rest."""

        def order(turn: Turn) -> Sequence[str]:
            found = self.retriever(turn.text, self._asked[turn.text], 2 * JUDGED, turn.mentioned)
            candidates = self._candidates(found, turn)
            best = np.argsort(-scorer.relevance(turn.text, candidates), kind="stable")
            return [found.ids[each] for each in best] + list(found.ids[JUDGED:])

        return order
