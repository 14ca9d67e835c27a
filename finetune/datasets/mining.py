"""Finds items that look right for a request and are not: hard negatives, from what the search would find."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from finetune.candidates import Retrieved, Retriever
from finetune.datasets.requests import Request, is_validation
from schema import Item
from vectorstore.embedder import Embedder

BUNDLED_PREFIX = "bundled/"
# Pools whose requests come from people, not from items: no item of theirs is held out.
CONVERSED = frozenset({"redial", "movielens", "own"})
GROUP = 8
_NEAREST = 32
_NEAR, _FROM_NEAR = 10, 4
# The nearest of a wish that only its own item is known to fulfil may well fulfil it too.
_SKIPPED_WHERE_ALONE = 3


@dataclass(frozen=True)
class Group:
    """A request with items: the first ``answers`` answer it, the others do not.

    ``dense`` and ``lexical`` are what retrieval says of each item: cosine, and BM25 (0
    where unknown).
    """

    request: str
    items: tuple[str, ...]
    answers: int = 1
    dense: tuple[float, ...] = ()
    lexical: tuple[float, ...] = ()


class Vectors:
    """Vectors of texts, kept in a folder so that a second run need not make them again."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.embedder = embedder
        self.folder = folder

    def of(
        self, texts: Sequence[str], advance: Callable[[int], None] = lambda done: None
    ) -> NDArray[np.float32]:
        """Vectors of length 1, shape (texts, dimensions)."""
        digest = hashlib.blake2b("\0".join([self.embedder.name, *texts]).encode("utf-8", "replace"))
        path = self.folder / f"vectors-{digest.hexdigest()[:24]}.npy"
        if path.is_file():
            found: NDArray[np.float32] = np.load(path)
            advance(len(texts))
            return found
        parts = []
        for start in range(0, len(texts), 512):
            parts.append(self.embedder.encode(texts[start : start + 512]))
            advance(len(parts[-1]))
        found = np.concatenate(parts)
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.npy")
        np.save(unfinished, found)
        unfinished.replace(path)
        return found


@dataclass(frozen=True)
class Pool:
    """Items that requests of one data set are about, with their passages' vectors, in order."""

    items: Sequence[Item]
    vectors: NDArray[np.float32]

    def part(self, validation: bool, whole: bool) -> Pool:
        """The items of one side of the split; all of them where ``whole``."""
        if whole:
            return self
        places = [place for place, item in enumerate(self.items) if is_validation(item.id) == validation]
        return Pool([self.items[each] for each in places], self.vectors[places])


def mine(
    requests: Sequence[Request],
    pools: Mapping[str, Pool],
    asked: NDArray[np.float32],
    seed: int,
    validation: bool = False,
    advance: Callable[[], None] = lambda: None,
) -> list[Group]:
    """A group of ``GROUP`` items for each request, the negatives from its best candidates.

    Args:
        requests: of one side of the split.
        pools: by name; of those with synthetic requests only the items of that side are used.
        asked: vectors of the requests, in order.
        seed: of the random choices.
        validation: which side.
        advance: called after each request.
    """
    parts = {name: pool.part(validation, name in CONVERSED or validation) for name, pool in pools.items()}
    usable = {name: pool for name, pool in parts.items() if pool.items}
    vectors_by_id = {
        item.id: vector
        for pool in usable.values()
        for item, vector in zip(pool.items, pool.vectors, strict=True)
    }
    popular = [each.target for each in requests if each.pool == "redial"]
    groups: list[Group | None] = [None] * len(requests)
    for name, places in _by_pool(requests):
        with Retriever(usable[name].items, usable[name].vectors) as retrieve:
            for place in places:
                request, vector = requests[place], asked[place]
                random = Random(f"{seed}/{request.text}/{request.target}")
                found = retrieve(request.text, vector, _NEAREST, request.excluded)
                chosen = _chosen(request, found, usable, vector, popular, random)
                groups[place] = _group(request, chosen, found, vector, vectors_by_id, random)
                advance()
    return [each for each in groups if each is not None]


def _by_pool(requests: Sequence[Request]) -> Iterator[tuple[str, list[int]]]:
    places: dict[str, list[int]] = {}
    for place, request in enumerate(requests):
        places.setdefault(request.pool, []).append(place)
    yield from places.items()


def _chosen(
    request: Request,
    found: Retrieved,
    pools: Mapping[str, Pool],
    vector: NDArray[np.float32],
    popular: Sequence[str],
    random: Random,
) -> list[str]:
    """Items that do not answer, the most telling first; more than are needed."""
    barred = request.relevant | request.excluded | {request.target}
    alone = request.synthetic and len(request.relevant) == 1
    hard = [each for each in found.ids if each not in barred][_SKIPPED_WHERE_ALONE if alone else 0 :]
    near, far = hard[:_NEAR], hard[_NEAR:]
    random.shuffle(near)
    random.shuffle(far)
    chosen = [random.choice(sorted(request.disliked))] if request.disliked else []
    chosen += near[:_FROM_NEAR]
    chosen += [random.choice(popular)] if request.pool == "redial" and popular else []
    chosen.append(_stranger(request, pools, vector, random))
    chosen += far + near[_FROM_NEAR:]
    own = pools[request.pool].items
    chosen += [random.choice(own).id for _ in range(4 * GROUP)]
    return [each for each in dict.fromkeys(chosen) if each not in barred]


def _group(
    request: Request,
    chosen: Sequence[str],
    found: Retrieved,
    vector: NDArray[np.float32],
    vectors: Mapping[str, NDArray[np.float32]],
    random: Random,
) -> Group | None:
    """The target, now and then another answer that was found too, and the negatives; None for want of items."""
    others = [each for each in found.ids if each in request.relevant and each != request.target]
    answers = [request.target, *random.sample(others, min(len(others), random.choice((0, 1, 1))))]
    items = (*answers, *chosen[: GROUP - len(answers)])
    if len(items) < GROUP or any(each not in vectors for each in items):
        return None
    words = dict(zip(found.ids, found.lexical.tolist(), strict=True))
    dense = tuple(float(vectors[each] @ vector) for each in items)
    return Group(request.text, items, len(answers), dense, tuple(words.get(each, 0.0) for each in items))


def _stranger(
    request: Request, pools: Mapping[str, Pool], vector: NDArray[np.float32], random: Random
) -> str:
    """An item of another domain, one of those nearest to the request."""
    domain = pools[request.pool].items[0].domain
    others = [name for name, pool in pools.items() if pool.items[0].domain != domain]
    if not others:
        return random.choice(pools[request.pool].items).id
    # The bundled catalogue is searched as one: what is near there is what will be confused.
    bundled = [name for name in others if name.startswith(BUNDLED_PREFIX)]
    pool = pools[random.choice(bundled if bundled and random.random() < 0.7 else others)]
    places = random.sample(range(len(pool.items)), min(200, len(pool.items)))
    order = np.argsort(-(pool.vectors[places] @ vector))[:5]
    return pool.items[places[int(random.choice(list(order)))]].id
