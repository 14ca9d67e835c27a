"""One whole training run of the classifier: data, training, validation, calibration, adapter folder."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from errors import ModelError
from finetune.card import card
from finetune.classifier import ALPHA, GROUPS_A_STEP, RANK, Trained, Training, train
from finetune.datasets.conversations import inspired_requests, redial_requests
from finetune.datasets.mining import GROUP, Group, Vectors, mine
from finetune.datasets.pools import PUBLIC, load_pools
from finetune.datasets.requests import Request, by_pool, split
from finetune.datasets.synthetic import synthetic_requests
from finetune.lora import file_sha256, save_adapter
from finetune.pair_input import MAX_TOKENS, REQUEST_TOKENS
from finetune.validation import calibrate, cross_fitted, judge, measure
from schema import Item
from settings import Settings

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

NAME = "kairos-classifier"
VALIDATED_CONVERSATIONS, VALIDATED_SYNTHETIC = 100, 30
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
        requests = [
            *redial_requests(settings, pools["redial"]),
            *inspired_requests(settings, pools["redial"]),
            *requests,
        ]
    training, validation = split(requests)
    validation = [each for pool in by_pool(validation).values() for each in _some(pool)]
    if share < 1:
        training, validation = (_thin(each, share) for each in (training, validation))
    return Data(pools, training, validation)


def _some(requests: Sequence[Request]) -> list[Request]:
    """At most so many of one pool, by hash: more would cost time and hardly sharpen the figures."""
    limit = VALIDATED_CONVERSATIONS if not requests[0].synthetic else VALIDATED_SYNTHETIC
    order = sorted(
        requests,
        key=lambda each: hashlib.blake2b(f"{each.text}{each.target}".encode("utf-8", "replace")).digest(),
    )
    return order[:limit]


def _thin(requests: Sequence[Request], share: float) -> list[Request]:
    every = max(1, round(1 / share))
    return list(requests[::every])


def run(
    settings: Settings,
    out: Path,
    data: Data,
    training: Training,
    *,
    command: str,
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """Train on ``data`` and put the adapter into ``out``; returns its metrics.

    A run that was cut short goes on where it was, from the settings' home, if data and
    training are the same. ``out`` is replaced at the end, whole.

    Raises:
        ModelError: ``out`` cannot be replaced, or the base model is missing.
    """
    from vectorstore.embedder import default_weights, load_embedder

    embedder = load_embedder(settings.model_copy(update={"embedder": "default"}))
    vectors = Vectors(embedder, settings.home / "training" / "vectors")
    total = len(data.passages) + len(data.training)
    done = 0

    def embedded(count: int) -> None:
        nonlocal done
        done += count
        report("Embedding", done, total, "")

    by_name = {
        name: vectors.of([each.passage for each in items], embedded) for name, items in data.pools.items()
    }
    groups = mine(
        data.training,
        data.pools,
        by_name,
        vectors.of([each.text for each in data.training], embedded),
        training.seed,
    )
    work = settings.home / "training" / f"classifier-{_fingerprint(groups, training)}"
    trained = train(
        groups,
        data.passages,
        default_weights(),
        training,
        work / "checkpoint.pt",
        lambda step, planned, loss: report("Training", step, planned, f"loss {loss:.3f}"),
    )
    metrics = _finish(settings, out, data, by_name, vectors, trained, training, len(groups), command, report)
    shutil.rmtree(work, ignore_errors=True)
    return metrics


def _finish(
    settings: Settings,
    out: Path,
    data: Data,
    by_name: Mapping[str, NDArray[float32]],
    vectors: Vectors,
    trained: Trained,
    training: Training,
    groups: int,
    command: str,
    report: Report,
) -> dict[str, Any]:
    from serving.adapted import AdaptedScorer
    from vectorstore.embedder import default_weights

    out.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        config = save_adapter(
            fresh,
            trained.tensors,
            {
                "name": NAME,
                "base": "all-MiniLM-L6-v2",
                "base_sha256": file_sha256(default_weights() / "model.safetensors"),
                "rank": RANK,
                "scale": ALPHA / RANK,
                "max_tokens": MAX_TOKENS,
                "request_tokens": REQUEST_TOKENS,
            },
        )
        scorer = AdaptedScorer.load(fresh, settings)
        count = 0

        def judged() -> None:
            nonlocal count
            count += 1
            report("Validating", count, len(data.validation), "")

        asked = vectors.of([each.text for each in data.validation])
        found = judge(scorer, data.validation, data.pools, by_name, asked, judged)
        metrics = {
            "command": command,
            "seed": training.seed,
            "data_sha256": _data_sha256(data),
            "training_requests": {name: len(each) for name, each in by_pool(data.training).items()},
            "validation_requests": {name: len(each) for name, each in by_pool(data.validation).items()},
            "pairs": min(trained.steps * GROUPS_A_STEP, round(groups * training.epochs)) * GROUP,
            "steps": trained.steps,
            "planned_steps": trained.planned,
            "minutes": round(trained.seconds / 60, 1),
            "final_loss": round(trained.loss, 4),
            "validation": measure(cross_fitted(found, config)),
        }
        config = calibrate(found, config)
        config = save_adapter(fresh, trained.tensors, config.model_dump(exclude={"weights_sha256"}))
        (fresh / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n", encoding="utf-8")
        (fresh / "README.md").write_text(card(config, metrics), encoding="utf-8")
        fresh.chmod(0o755)
        _replace(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return metrics


def _replace(fresh: Path, out: Path) -> None:
    """Put ``fresh`` in the place of ``out``; on failure the old folder is put back."""
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    try:
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    except OSError as error:
        if old.exists() and not out.exists():
            old.rename(out)
        raise ModelError(f"{out} cannot be replaced: {error}; check its permissions") from error
    shutil.rmtree(old, ignore_errors=True)


def _fingerprint(groups: Sequence[Group], training: Training) -> str:
    digest = hashlib.blake2b(f"{training.epochs} {training.seed}".encode(), digest_size=8)
    for each in groups:
        digest.update("\0".join((each.request, *each.items)).encode("utf-8", "replace"))
    return digest.hexdigest()


def _data_sha256(data: Data) -> str:
    digest = hashlib.sha256()
    for each in (*data.training, *data.validation):
        digest.update(f"{each.pool}\0{each.text}\0{each.target}\n".encode("utf-8", "replace"))
    return digest.hexdigest()
