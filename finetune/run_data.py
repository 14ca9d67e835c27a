"""What a training run reads: requests and items of all data sets, split, embedded and named by their hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from finetune.datasets.conversations import inspired_requests, redial_requests
from finetune.datasets.mining import Group, Pool, Vectors
from finetune.datasets.pools import PUBLIC, load_pools
from finetune.datasets.ratings import POOL as MOVIELENS
from finetune.datasets.ratings import movielens_requests
from finetune.datasets.requests import Request, by_pool, is_validation, split
from finetune.datasets.synthetic import synthetic_requests
from finetune.trainer import Trained, Training
from schema import Item
from settings import Settings
from vectorstore.embedder import Embedder

VALIDATED_CONVERSATIONS, VALIDATED_SYNTHETIC = 100, 30
WATCHED_SHARE, WATCHED_AT_LEAST = 0.04, 60
# stage, done, total, note
Report = Callable[[str, float, float, str], None]


@dataclass(frozen=True)
class Data:
    """Everything a run reads: items by pool, and the two sides of the split."""

    pools: Mapping[str, Sequence[Item]]
    training: Sequence[Request]
    validation: Sequence[Request]

    @property
    def passages(self) -> dict[str, str]:
        """Text of every item by id."""
        return {each.id: each.passage for items in self.pools.values() for each in items}


def load_data(settings: Settings, seed: int, names: Sequence[str] | None = None, share: float = 1.0) -> Data:
    """Read and make the requests.

    Args:
        settings: its ``data`` is the folder of public data sets.
        seed: of samples and synthetic requests.
        names: public data sets to use, all by default; the bundled catalogue is always used.
        share: part of the requests to keep, for a quick trial.

    Raises:
        SourceError: a data set is missing or broken.
    """
    public = PUBLIC if names is None else {name: PUBLIC[name] for name in PUBLIC if name in names}
    pools = load_pools(settings, seed, public)
    requests = synthetic_requests(pools, seed)
    if "redial" in pools:
        pools[MOVIELENS] = pools["redial"]
        requests = [
            *redial_requests(settings, pools["redial"]),
            *inspired_requests(settings, pools["redial"]),
            *movielens_requests(settings, pools["redial"], seed),
            *requests,
        ]
    data = split_data(pools, requests)
    if share < 1:
        return replace(data, training=_thin(data.training, share), validation=_thin(data.validation, share))
    return data


def split_data(
    pools: Mapping[str, Sequence[Item]], requests: Sequence[Request], held_out: int = VALIDATED_SYNTHETIC
) -> Data:
    """The two sides of the split; of each pool at most ``held_out`` synthetic requests are measured on."""
    training, validation = split(requests)
    some = [each for pool in by_pool(validation).values() for each in _some(pool, held_out)]
    return Data(pools, training, some)


def _some(requests: Sequence[Request], synthetic: int) -> list[Request]:
    """At most so many of one pool, by hash: more would cost time and hardly sharpen the figures."""
    limit = synthetic if requests[0].synthetic else VALIDATED_CONVERSATIONS
    order = sorted(
        requests,
        key=lambda each: hashlib.blake2b(f"{each.text}{each.target}".encode("utf-8", "replace")).digest(),
    )
    return order[:limit]


def _thin(requests: Sequence[Request], share: float) -> list[Request]:
    every = max(1, round(1 / share))
    return list(requests[::every])


@dataclass(frozen=True)
class Embedded:
    """The items of ``Data`` with their vectors, and the vectors of its requests."""

    pools: Mapping[str, Pool]
    asked: Mapping[Request, NDArray[np.float32]]

    def vectors(self, requests: Sequence[Request]) -> NDArray[np.float32]:
        """Of these requests, in order, shape (requests, dimensions)."""
        return np.array([self.asked[each] for each in requests])


def embed(settings: Settings, data: Data, embedder: Embedder, report: Report) -> Embedded:
    """Vectors of everything in ``data``, kept in the settings' home for the next run."""
    vectors = Vectors(embedder, settings.home / "training" / "vectors")
    requests = [*data.training, *data.validation]
    total = len(data.passages) + len(requests)
    done = 0

    def embedded(count: int) -> None:
        nonlocal done
        done += count
        report("Embedding", done, total, "")

    pools = {
        name: Pool(items, vectors.of([each.passage for each in items], embedded))
        for name, items in data.pools.items()
    }
    asked = vectors.of([each.text for each in requests], embedded)
    return Embedded(pools, dict(zip(requests, asked, strict=True)))


def watched_apart(training: Sequence[Request]) -> tuple[list[Request], list[Request]]:
    """Training requests, and a few that decide when training ends; those of one owner stay together."""
    share = max(WATCHED_SHARE, min(0.15, WATCHED_AT_LEAST / max(1, len(training))))
    sides: tuple[list[Request], list[Request]] = ([], [])
    for each in training:
        sides[is_validation(f"watched/{each.owner}", share)].append(each)
    return sides


def fingerprint(groups: Sequence[Group], training: Training) -> str:
    """Names the run: what it is trained on, and how."""
    digest = hashlib.blake2b(repr(replace(training, logs=None)).encode(), digest_size=8)
    for each in groups:
        digest.update("\0".join((each.request, *each.items)).encode("utf-8", "replace"))
    return digest.hexdigest()


def described(command: str, data: Data, training: Training, trained: Trained) -> dict[str, Any]:
    """What every run tells of itself: its command, its data and how training went."""
    return {
        "command": command,
        "seed": training.seed,
        "method": training.method,
        "loss": training.loss,
        "data_sha256": data_sha256(data),
        "training_requests": {name: len(each) for name, each in by_pool(data.training).items()},
        "validation_requests": {name: len(each) for name, each in by_pool(data.validation).items()},
        "steps": trained.steps,
        "planned_steps": trained.planned,
        "minutes": round(trained.seconds / 60, 1),
        "seconds": round(trained.seconds),
        "trained_parameters": trained.parameters,
        "peak_memory_mib": round(trained.peak_memory_mib),
        "final_loss": round(trained.loss, 4),
    }


def data_sha256(data: Data) -> str:
    """The hash of all requests with their targets; it tells whether two runs had the same data."""
    digest = hashlib.sha256()
    for each in (*data.training, *data.validation):
        digest.update(f"{each.pool}\0{each.text}\0{each.target}\n".encode("utf-8", "replace"))
    return digest.hexdigest()
