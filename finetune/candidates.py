"""The candidates of training and validation requests, found in a pool of items as the app's search finds them."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from schema import Item
from vectorstore.lexical import EVERYTHING, LexicalIndex, asked_words
from vectorstore.search import DEPTH, fused


@dataclass(frozen=True)
class Retrieved:
    """Candidates, best first: ids, cosines and BM25 (0 where no word is shared), of one length."""

    ids: tuple[str, ...]
    dense: NDArray[np.float32]
    lexical: NDArray[np.float32]


class Retriever:
    """Hybrid search over items in memory, without conditions; closes its index as a context manager."""

    def __init__(self, items: Sequence[Item], vectors: NDArray[np.float32]) -> None:
        """Index ``items``; ``vectors`` are their passages', of length 1, in order."""
        self._ids = [each.id for each in items]
        self._places = {item_id: place for place, item_id in enumerate(self._ids)}
        self._vectors = vectors
        self._folder = TemporaryDirectory()
        self._words = LexicalIndex(Path(self._folder.name) / "words.sqlite")
        self._words.apply(items, ())

    def __enter__(self) -> Retriever:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove the index."""
        self._words.close()
        self._folder.cleanup()

    def by_words(self, text: str, k: int) -> list[str]:
        """The best ``k`` ids by BM25 alone; fewer where fewer share a word with ``text``."""
        return [item_id for item_id, _ in self._words.match(asked_words(text, text), EVERYTHING, k)]

    def __call__(
        self, text: str, vector: NDArray[np.float32], k: int, excluded: Set[str] = frozenset()
    ) -> Retrieved:
        """The best ``k`` for a request and its vector, less ``excluded``."""
        cosines = self._vectors @ vector
        depth = max(DEPTH, 2 * k)
        nearest = np.argsort(-cosines)[: depth + len(excluded)]
        dense = {self._ids[each]: float(cosines[each]) for each in nearest if self._ids[each] not in excluded}
        found = self._words.match(asked_words(text, text), EVERYTHING, depth + len(excluded))
        lexical = {item_id: score for item_id, score in found if item_id not in excluded}
        near = len(dense)
        only = [each for each in lexical if each not in dense]
        dense |= {each: float(cosines[self._places[each]]) for each in only}
        ids = tuple(fused(dense, lexical, near)[:k])
        return Retrieved(
            ids,
            np.array([dense[each] for each in ids], np.float32),
            np.array([lexical.get(each, 0.0) for each in ids], np.float32),
        )
