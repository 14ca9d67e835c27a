"""Finds items that look right for a request and are not: hard negatives, by plain MiniLM cosine."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from finetune.datasets.requests import Request, is_validation
from schema import Item
from vectorstore.embedder import Embedder

BUNDLED_PREFIX = "bundled/"
GROUP = 6  # one positive and five negatives
_HARD, _RANDOM = 3, 1
_NEAREST = 60
# The nearest of a wish that only its own item is known to fulfil may well fulfil it too.
_SKIPPED_WHERE_ALONE = 3


@dataclass(frozen=True)
class Group:
    """A request with ``GROUP`` items: the first answers it, the others do not."""

    request: str
    items: tuple[str, ...]


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


def mine(
    requests: Sequence[Request],
    pools: Mapping[str, Sequence[Item]],
    vectors: Mapping[str, NDArray[np.float32]],
    asked: NDArray[np.float32],
    seed: int,
) -> list[Group]:
    """A training group for each request.

    Args:
        requests: of the training split.
        pools: items by pool; of pools with synthetic requests only those of the training
            split are used.
        vectors: of each pool's passages, in order.
        asked: of the requests, in order.
        seed: of the random choices.
    """
    usable = {
        name: [place for place, item in enumerate(items) if name == "redial" or not is_validation(item.id)]
        for name, items in pools.items()
    }
    popular = [each.target for each in requests if each.pool == "redial"]
    names = list(pools)
    groups = []
    for request, vector in zip(requests, asked, strict=True):
        random = Random(f"{seed}/{request.text}/{request.target}")
        places = usable[request.pool]
        cosines = vectors[request.pool][places] @ vector
        order = np.argsort(-cosines)[:_NEAREST]
        nearest = [pools[request.pool][places[each]].id for each in order]
        chosen = _negatives(request, nearest, random)
        if request.pool == "redial" and popular:
            chosen = [*chosen[: _HARD - 1], random.choice(popular)]
        chosen += [pools[request.pool][random.choice(places)].id for _ in range(_RANDOM)]
        chosen.append(_stranger(request, pools, usable, vectors, vector, names, random))
        barred = request.relevant | request.excluded | {request.target}
        chosen = [each for each in dict.fromkeys(chosen) if each not in barred]
        while len(chosen) < GROUP - 1:
            other = pools[request.pool][random.choice(places)].id
            if other not in barred and other not in chosen:
                chosen.append(other)
        groups.append(Group(request.text, (request.target, *chosen[: GROUP - 1])))
    return groups


def _negatives(request: Request, nearest: Sequence[str], random: Random) -> list[str]:
    barred = request.relevant | request.excluded
    alone = request.synthetic and len(request.relevant) == 1
    hard = [each for each in nearest if each not in barred][_SKIPPED_WHERE_ALONE if alone else 0 :]
    near, far = hard[:12], hard[12:]
    chosen = random.sample(near, min(2, len(near))) + random.sample(far, min(_HARD - 2, len(far)))
    disliked = sorted(request.disliked)
    return ([random.choice(disliked)] if disliked else []) + chosen


def _stranger(
    request: Request,
    pools: Mapping[str, Sequence[Item]],
    usable: Mapping[str, Sequence[int]],
    vectors: Mapping[str, NDArray[np.float32]],
    vector: NDArray[np.float32],
    names: Sequence[str],
    random: Random,
) -> str:
    """An item of another domain, one of those nearest to the request."""
    domain = pools[request.pool][0].domain
    others = [name for name in names if pools[name] and usable[name] and pools[name][0].domain != domain]
    if not others:
        return pools[request.pool][random.choice(usable[request.pool])].id
    # The bundled catalogue is searched as one: what is near there is what will be confused.
    bundled = [name for name in others if name.startswith(BUNDLED_PREFIX)]
    name = random.choice(bundled if bundled and random.random() < 0.7 else others)
    places = random.sample(usable[name], min(200, len(usable[name])))
    order = np.argsort(-(vectors[name][places] @ vector))[:5]
    return pools[name][places[int(random.choice(list(order)))]].id
