"""Ranks all films for turns of recommendation conversations in the format of ``redial/valid_turns``.

A row holds ``dialog_id``, ``context`` (what was said so far, the seeker first and last),
``entity`` (what was mentioned) and ``rec`` (films that the answer then names). Each film of
``rec`` that was not mentioned before is a target; films mentioned before are in no ranking.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from errors import SourceError
from evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from finetune.candidates import Retrieved, Retriever
from finetune.datasets.requests import Request
from schema import Candidate, Demand, Event, Item
from timeliness.fusion import fuse

if TYPE_CHECKING:
    from serving.scorer import Scorer
    from timeliness.signals.computer import SignalComputer
    from vectorstore.embedder import Embedder

TURNS = 3
JUDGED = 50
MEASURES: Mapping[str, Callable[[Sequence[str], str], float]] = {
    "recall@1": lambda order, target: recall_at(order, {target}, 1),
    "recall@10": lambda order, target: recall_at(order, {target}, 10),
    "recall@50": lambda order, target: recall_at(order, {target}, 50),
    "mrr": lambda order, target: reciprocal_rank(order, {target}),
    "ndcg@10": lambda order, target: ndcg_at(order, {target}, 10),
}


@dataclass(frozen=True)
class Turn:
    """What the seeker said in the last turns, ids of films mentioned before, and of those to be found."""

    conversation: str
    text: str
    mentioned: frozenset[str]
    targets: tuple[str, ...]


# Ids of films for a turn, best first; films mentioned before are taken out afterwards.
System = Callable[[Turn], Sequence[str]]


def read_turns(path: Path, films: Sequence[Item]) -> list[Turn]:
    """The turns that have a target among ``films``; names are matched with their years.

    Raises:
        SourceError: the file cannot be read, or a row lacks a field.
    """
    ids = {" ".join(each.title.split()).casefold(): each.id for each in films}
    turns = []
    for number, row in _rows(path):
        try:
            context, mentioned, named = row["context"], row["entity"], row["rec"]
            known = {ids[key] for each in mentioned if (key := " ".join(each.split()).casefold()) in ids}
            wanted = [ids[key] for each in named if (key := " ".join(each.split()).casefold()) in ids]
            targets = tuple(each for each in dict.fromkeys(wanted) if each not in known)
            if targets:
                text = " ".join(each for each in context[::-2][:TURNS][::-1] if each)
                turns.append(Turn(str(row["dialog_id"]), text, frozenset(known), targets))
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceError(
                f"{path}:{number}: {error}; a row holds dialog_id, context, entity and rec, as redial/valid_turns"
            ) from error
    return turns


def _rows(path: Path) -> Iterator[tuple[int, Any]]:
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if path.suffix == ".gz"
            else path.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield number, json.loads(line)
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: {error}; check that it is whole JSON Lines") from error


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
        Event(item_id=film, kind="mention", user=owner, at=CONVERSED)
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

    def whole(self, scorer: Scorer, signals: SignalComputer, now: datetime) -> System:
        """As the app has it: the best of the search and the best linked, by relevance and the signals of ``now``."""

        def order(turn: Turn) -> Sequence[str]:
            view = self._view(signals, turn)
            found = self.retriever(turn.text, self._asked[turn.text], 2 * JUDGED, turn.mentioned)
            candidates = self._candidates(found, turn, view.linked(now, JUDGED))
            relevance = scorer.relevance(turn.text, candidates)
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


def measure(
    systems: Mapping[str, System], turns: Sequence[Turn], advance: Callable[[], None] = lambda: None
) -> dict[str, dict[str, Any]]:
    """Each measure with its interval (bootstrap over conversations), and ``n`` targets, by system."""
    report: dict[str, dict[str, Any]] = {}
    for name, system in systems.items():
        found: dict[str, dict[str, list[float]]] = {each: {} for each in MEASURES}
        for turn in turns:
            order = [each for each in system(turn) if each not in turn.mentioned][: 2 * JUDGED]
            for target in turn.targets:
                for measured, value in MEASURES.items():
                    found[measured].setdefault(turn.conversation, []).append(value(order, target))
            advance()
        report[name] = {"n": sum(len(each.targets) for each in turns)}
        for measured, by_conversation in found.items():
            report[name][measured] = _with_interval(list(by_conversation.values()))
    return report


def _with_interval(groups: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The mean over targets, with an interval by conversations."""
    sums = np.array([[sum(each), len(each)] for each in groups])
    drawn = np.random.default_rng(0).integers(0, len(groups), (1000, len(groups)))
    low, high = np.quantile(sums[drawn, 0].sum(1) / sums[drawn, 1].sum(1), [0.025, 0.975])
    value = sums[:, 0].sum() / sums[:, 1].sum()
    return {"value": round(float(value), 4), "interval": [round(float(low), 4), round(float(high), 4)]}
