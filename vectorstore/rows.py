"""Exact answers over all rows at one moment: which ones meet the conditions, which are nearest, which hold words.

A place is a row's position: first the snapshot's, by domain and time, then those that came since.

Products are by ``einsum``, in one thread: a BLAS that shares them out waits for its slowest
thread, which beside other work on the same cores takes three to ten times as long.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vectorstore.columns import Booleans, Columns, code
from vectorstore.conditions import Conditions
from vectorstore.postings import K1, B, Counts, Places
from vectorstore.snapshot import Vectors

Ranking = list[tuple[int, float]]  # places and scores, best first

_PICKING = 4  # times what a row costs that is read after its neighbour
_BLOCK = 256


class _Words(Protocol):
    def of(self, term: str) -> tuple[Places, Counts]: ...


@dataclass(frozen=True)
class Part:
    """Rows that are held together; ``alive`` is False where an item has gone or moved to another row."""

    columns: Columns
    vectors: Vectors
    postings: _Words
    alive: Booleans

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True)
class Eligible:
    """Rows that may meet the conditions: ``mask`` over all places, True only in ``spans`` (of the snapshot)
    and among the newer rows; ``count`` of them."""

    mask: Booleans
    spans: tuple[slice, ...]
    count: int

    @property
    def effort(self) -> int:
        """How much work it is to compare them all, in rows that are read one after another."""
        return sum(min(len(some), _PICKING * int(np.count_nonzero(some))) for some in self._masks())

    def _masks(self) -> Iterator[Booleans]:
        return (self.mask[each] for each in self.spans)


@dataclass(frozen=True)
class Rows:
    """All rows: ``base`` in the order of domains (which begin at ``borders``) and time, ``tail`` as they
    came. ``sorted_numbers`` are those of ``base``, at the places ``by_number``; ``tail_places`` knows
    those of ``tail``."""

    base: Part
    tail: Part
    borders: tuple[int, ...]
    sorted_numbers: NDArray[np.int64]
    by_number: NDArray[np.int64]
    tail_places: Mapping[int, int]

    def __len__(self) -> int:
        return len(self.base) + len(self.tail)

    def eligible(self, conditions: Conditions, excluded: Iterable[int] = ()) -> Eligible:
        """The rows that ``conditions.net`` lets through, without those numbered ``excluded``."""
        mask = np.zeros(len(self), np.bool_)
        spans = tuple(self._spans(conditions))
        for some in spans:
            mask[some] = conditions.net(self.base.columns.slice(some)) & self.base.alive[some]
        mask[len(self.base) :] = conditions.net(self.tail.columns) & self.tail.alive[: len(self.tail)]
        for place in self.places(excluded).values():
            mask[place] = False
        return Eligible(mask, spans, int(np.count_nonzero(mask)))

    def _spans(self, conditions: Conditions) -> Iterator[slice]:
        """Where in the snapshot something may meet the conditions of domain and publication.

        Each lies in one domain, for what else is asked for (a length, a price) may be had by one alone.
        """
        since, until = conditions.published
        codes = {code(each) for each in conditions.domains}
        for start, end in pairwise((*self.borders, len(self.base))):
            if codes and int(self.base.columns.domain[start]) not in codes:
                continue
            times = self.base.columns.published_from[start:end]
            first = int(np.searchsorted(times, since, "right")) if since > -np.inf else 0
            last = int(np.searchsorted(times, until, "left")) if until < np.inf else len(times)
            if first < last:
                yield slice(start + first, start + last)
            undated = int(np.searchsorted(times, np.inf, "right"))  # where the unknown ones begin
            if last <= undated < len(times) and int(self.base.columns.domain[start]) == code("news"):
                yield slice(start + undated, end)

    def places(self, numbers: Iterable[int]) -> dict[int, int]:
        """Where the rows ``numbers`` are, of those that are known."""
        wanted = np.fromiter(numbers, np.int64)
        found = {int(each): self.tail_places[int(each)] for each in wanted if int(each) in self.tail_places}
        found = {number: len(self.base) + place for number, place in found.items() if place < len(self.tail)}
        at = np.minimum(np.searchsorted(self.sorted_numbers, wanted), max(len(self.sorted_numbers) - 1, 0))
        if len(self.sorted_numbers):
            known = self.sorted_numbers[at] == wanted
            found.update(zip(wanted[known].tolist(), self.by_number[at[known]].tolist(), strict=True))
        return found

    def numbers(self, places: Sequence[int]) -> list[int]:
        """The row numbers at ``places``."""
        border = len(self.base)
        both = self.base.columns.number, self.tail.columns.number
        return [int(both[0][each] if each < border else both[1][each - border]) for each in places]

    def nearest(self, vector: Vectors, n: int, among: Eligible) -> Ranking:
        """The ``n`` nearest of ``among`` by falling cosine with ``vector`` (of length 1), exactly."""
        border = len(self.base)
        parts = [
            (each.start, *_scored(self.base.vectors[each], vector, among.mask[each])) for each in among.spans
        ]
        parts.append((border, *_scored(self.tail.vectors, vector, among.mask[border:])))
        places = np.concatenate([found + start for start, found, _ in parts])
        return best(places, np.concatenate([scores for _, _, scores in parts]), n)

    def cosines(self, places: Sequence[int], vector: Vectors) -> Ranking:
        """``places`` with their cosines, in that order."""
        if not places:
            return []
        at, border = np.array(places), len(self.base)
        scores = np.empty(len(at), np.float32)
        early = at < border
        if early.any():
            scores[early] = _products(self.base.vectors[at[early]], vector)
        if not early.all():
            scores[~early] = _products(self.tail.vectors[at[~early] - border], vector)
        return list(zip(places, scores.tolist(), strict=True))

    def match(
        self, stems: Iterable[str], phrases: Iterable[tuple[int, float]], n: int, among: Eligible
    ) -> Ranking:
        """The ``n`` of ``among`` with the highest BM25 scores, of those above 0.

        Args:
            stems: of the words asked for.
            phrases: row numbers and scores to add, of names that are asked for as phrases.
            n: how many.
            among: those that may be found.
        """
        scores = np.zeros(len(self), np.float32)
        parts = ((self.base, scores[: len(self.base)]), (self.tail, scores[len(self.base) :]))
        alive = sum(int(np.count_nonzero(part.alive)) for part, _ in parts)
        mean = sum(float(part.columns.words @ part.alive) for part, _ in parts) / max(alive, 1) or 1.0
        for stem in stems:
            found = [_occurring(part, stem) for part, _ in parts]
            holding = sum(len(places) for places, _ in found)
            rarity = max(math.log((alive - holding + 0.5) / (holding + 0.5)), 1e-6)
            for (part, into), (places, counts) in zip(parts, found, strict=True):
                damping = K1 * (1 - B + B * part.columns.words[places] / mean)
                into[places] += rarity * counts * (K1 + 1) / (counts + damping)
        scored = dict(phrases)
        for number, place in self.places(scored).items():
            scores[place] += scored[number]
        holders = np.flatnonzero((scores > 0) & among.mask)
        return best(holders, scores[holders], n)


def best(places: NDArray[np.int64], scores: Vectors, n: int) -> Ranking:
    """The ``n`` of ``places`` with the highest ``scores``; equals in the order of their places."""
    if len(places) > n:
        some = np.argpartition(-scores, n - 1)[:n]
        places, scores = places[some], scores[some]
    order = np.lexsort((places, -scores))
    return list(zip(places[order].tolist(), scores[order].tolist(), strict=True))


def _occurring(part: Part, stem: str) -> tuple[Places, Counts]:
    """The rows of ``part`` that hold ``stem`` and are alive, and its weighted counts in them."""
    places, counts = part.postings.of(stem)
    kept = places < len(part)  # others came while this was asked
    kept[kept] = part.alive[places[kept]]
    return places[kept], counts[kept]


def _scored(vectors: Vectors, vector: Vectors, mask: Booleans) -> tuple[NDArray[np.int64], Vectors]:
    """The places within ``vectors`` where ``mask`` is True, and their cosines."""
    places = np.flatnonzero(mask)
    if len(places) * _PICKING > len(mask):
        return places, _products(vectors, vector)[places]
    scores = np.empty(len(places), np.float32)
    for start in range(0, len(places), _BLOCK):  # blocks that stay in the cache
        some = places[start : start + _BLOCK]
        scores[start : start + _BLOCK] = _products(vectors[some], vector)
    return places, scores


def _products(vectors: Vectors, vector: Vectors) -> Vectors:
    made: Vectors = np.einsum("ij,j->i", vectors, vector)
    return made
