"""Finds the candidates of a demand: by meaning and by words, under its hard conditions.

The two scores are joined by a convex combination (Bruch, Gai and Ingber, "An Analysis of
Fusion Functions for Hybrid Retrieval", 2023): half the cosine, scaled from the last to the
first of the nearest, and half BM25, by its maximum; so what only words can find, such as a
Chinese title, comes near the top too. On ReDial's validation turns over its 6,583 films,
recall at 32 is .083, by reciprocal rank fusion .082, by meaning alone .069; recall at 10 of a
named maker's films .98, .81 and .14, of a film from another source's description .89, .85
and .40.

Every candidate passes ``Conditions.admits``; where that leaves too few, more are asked for,
up to the whole catalogue.

How the nearest vectors that meet the conditions are found depends on how many items do
(milliseconds for 50 of them in catalogues of 600 / 10,000 / 100,000 items, 2 cores):

- The conditions go to SQL first, in the lexical index: 0.1 / 0.5 / 5 for their ids.
- Few ids, up to 1 % of the catalogue: their vectors are read and compared exactly;
  0.04 an id, so 0.3 / 4 / 38 for that 1 %. Chroma, given ids so sparse, takes 1 / 9 / 52.
- More ids, up to a quarter and 10,000: Chroma looks among them; 1.5 / 8 / 17 for a tenth,
  recall .995 and better.
- Still more: Chroma looks among all items, and SQL sifts what it finds; 1 / 2 / 3, while
  the ids of half the items would take 2 / 7 / 32. It asks for more while too few are left.

Chroma's own metadata filter is in no case faster: 3 / 38 / 250 for half of the items, 1.4 /
16 / 43 for 4 %, at a recall of .95.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from schema import Candidate, Demand, Item
from vectorstore.catalogue import Catalogue
from vectorstore.collection import Vectors
from vectorstore.conditions import Clause, Conditions
from vectorstore.embedder import Embedder
from vectorstore.lexical import asked_words

MOST_IDS = 10_000
MOST = 0.25
ALWAYS_EXACT = 64
SPARSE = 0.01
LEXICAL_WEIGHT = 0.5
DEPTH = 64
_NAMING = frozenset({"entity", "brand", "item"})

Ranking = list[tuple[str, float]]


class Search:
    """Hybrid search over an open catalogue."""

    def __init__(self, catalogue: Catalogue, embedder: Embedder) -> None:
        self._catalogue = catalogue
        self._embedder = embedder

    def __call__(self, demand: Demand, now: datetime, k: int) -> list[Candidate]:
        """The best ``k`` items that meet the demand at ``now`` (zone-aware), best first.

        Fewer where fewer meet it. ``query`` is what is searched for, or ``text`` where it
        is empty.

        Raises:
            CatalogueError: the catalogue cannot be read.
            ModelError: the query cannot be embedded.
        """
        conditions = Conditions.of(demand, now, self._catalogue.settings)
        request = _Request(self._catalogue, self._embedder, demand, conditions)
        return request.candidates(k)


class _Request:
    """One demand on its way through the catalogue."""

    def __init__(
        self, catalogue: Catalogue, embedder: Embedder, demand: Demand, conditions: Conditions
    ) -> None:
        query = demand.query or demand.text
        self._catalogue = catalogue
        self._conditions = conditions
        self._clause: Clause = conditions.sql()
        self._words = asked_words(query, demand.text)
        self._names = [each.text for each in demand.interests if each.polarity > 0 and each.kind in _NAMING]
        self._vector: Vectors = embedder.encode([query])[0]
        self._eligible = catalogue.select(self._clause, MOST_IDS + 1)
        self._complete = len(self._eligible) <= MOST_IDS
        self._items: dict[str, Item] = {}

    def candidates(self, k: int) -> list[Candidate]:
        reach = len(self._eligible) if self._complete else self._catalogue.count()
        n = max(DEPTH, 2 * k)
        while True:
            nearest = self._nearest(n)
            lexical = dict(self._catalogue.match(self._words, self._clause, n, self._names))
            known = {item_id for item_id, _ in nearest}
            dense = dict(nearest + self._compared([each for each in lexical if each not in known]))
            admitted = self._admitted(fused(dense, lexical, len(nearest)), k)
            if len(admitted) >= k or n >= reach:
                break
            n = min(4 * n, reach)
        return [
            Candidate(item=item, dense=dense[item.id], lexical=lexical.get(item.id, 0.0), rank=rank)
            for rank, item in enumerate(admitted, 1)
        ]

    def _nearest(self, n: int) -> Ranking:
        eligible, total = self._eligible, self._catalogue.count()
        if self._complete and len(eligible) <= max(ALWAYS_EXACT, SPARSE * total, n):
            return self._compared(eligible)[:n]
        if self._complete and len(eligible) <= MOST * total:
            return self._catalogue.nearest(self._vector, n, eligible)
        return self._sifted(n, total)

    def _compared(self, ids: Sequence[str]) -> Ranking:
        """All of ``ids`` by falling cosine, exactly."""
        vectors = self._catalogue.vectors(ids) if ids else {}
        found = [(item_id, float(vector @ self._vector)) for item_id, vector in vectors.items()]
        return sorted(found, key=lambda each: -each[1])

    def _sifted(self, n: int, total: int) -> Ranking:
        """The nearest of all items, less those that SQL rejects; exact where all would be looked at."""
        m = 2 * n
        while m < total:
            nearest = self._catalogue.nearest(self._vector, m)
            eligible = self._catalogue.among([item_id for item_id, _ in nearest], self._clause)
            found = [each for each in nearest if each[0] in eligible]
            if len(found) >= n:
                return found[:n]
            m *= 4
        return self._compared(self._catalogue.select(self._clause, total))[:n]

    def _admitted(self, ranked: Sequence[str], k: int) -> list[Item]:
        """The first ``k`` of ``ranked`` that meet the conditions; reads no more items than it must."""
        admitted: list[Item] = []
        for start in range(0, len(ranked), k):
            some = ranked[start : start + k]
            missing = [each for each in some if each not in self._items]
            self._items.update((item.id, item) for item in self._catalogue.get(missing))
            found = (self._items[each] for each in some if each in self._items)
            admitted += [item for item in found if self._conditions.admits(item)]
            if len(admitted) >= k:
                break
        return admitted[:k]


def fused(dense: Mapping[str, float], lexical: Mapping[str, float], nearest: int) -> list[str]:
    """Ids, best first.

    Args:
        dense: a cosine for every id; the ``nearest`` first of them by falling cosine, then those
            that only words found.
        lexical: positive BM25 scores of some.
        nearest: how many were found by meaning.
    """
    cosines = list(dense.values())[:nearest]
    low, high = (cosines[-1], cosines[0]) if cosines else (0.0, 0.0)
    best = max(lexical.values(), default=0.0)

    def score(item_id: str) -> float:
        meaning = max(0.0, dense[item_id] - low) / (high - low) if high > low else 0.0
        words = lexical.get(item_id, 0.0) / best if best > 0 else 0.0
        return (1 - LEXICAL_WEIGHT) * meaning + LEXICAL_WEIGHT * words

    return sorted(dense, key=lambda each: (-score(each), each))
