"""The intent and domain heads: fitted from ``examples/*.toml``, kept in ``heads.npz``.

``python -m agent.understand.fit heads`` refits them after an example was added and prints
their cross-validated accuracy. Where ``heads.npz`` does not match the embedder or the
examples, they are fitted when Kairos starts (about two seconds).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent.understand.heads import Head, fit_head

if TYPE_CHECKING:
    from vectorstore.embedder import Embedder

EXAMPLES = Path(__file__).parent / "examples"
HEADS_FILE = Path(__file__).parent / "heads.npz"
FOLDS = 10
DEALS = 3


@dataclass(frozen=True)
class Heads:
    """The head of intents and the head of domains (with "any" for none)."""

    intents: Head
    domains: Head


def read_examples(name: str) -> tuple[list[str], list[str]]:
    """The utterances of ``examples/<name>.toml`` and the label of each."""
    with (EXAMPLES / f"{name}.toml").open("rb") as file:
        stored: Mapping[str, list[str]] = tomllib.load(file)
    pairs = [(text, label) for label, texts in stored.items() for text in texts]
    return [text for text, _ in pairs], [label for _, label in pairs]


def load_heads(embedder: Embedder, path: Path = HEADS_FILE) -> Heads:
    """The stored heads where they match ``embedder`` and the examples, freshly fitted ones elsewhere."""
    return stored_heads(embedder, path) or fit_heads(embedder)


def stored_heads(embedder: Embedder, path: Path = HEADS_FILE) -> Heads | None:
    """The stored heads, None where they were fitted on other vectors or examples."""
    return _read(path, _key(embedder.name))


def fit_heads(embedder: Embedder) -> Heads:
    """Fit both heads from the examples."""
    fitted = []
    for name in ("intents", "domains"):
        texts, labels = read_examples(name)
        fitted.append(fit_head(embedder.encode(texts), labels))
    return Heads(*fitted)


def cross_validate(vectors: NDArray[np.float32], labels: list[str]) -> float:
    """Accuracy over ten folds, three times dealt; each example judged by a head that has not seen it."""
    right = 0
    for deal in range(DEALS):
        order = np.random.default_rng(deal).permutation(len(labels))
        for fold in range(FOLDS):
            held_out = order[fold::FOLDS]
            seen = np.setdiff1d(order, held_out)
            head = fit_head(vectors[seen], [labels[place] for place in seen])
            for place in held_out:
                guess = head.probabilities(vectors[place])
                right += max(guess, key=lambda label: guess[label]) == labels[place]
    return right / (len(labels) * DEALS)


def _key(embedder: str) -> str:
    digest = hashlib.sha256(embedder.encode())
    for name in ("intents", "domains"):
        digest.update((EXAMPLES / f"{name}.toml").read_bytes())
    return digest.hexdigest()


def _read(path: Path, key: str) -> Heads | None:
    if not path.is_file():
        return None
    with np.load(path) as stored:
        if str(stored["key"]) != key:
            return None
        return Heads(
            *(
                Head(
                    tuple(stored[f"{name}_labels"].tolist()),
                    stored[f"{name}_weights"].astype(np.float32),
                    stored[f"{name}_bias"].astype(np.float32),
                )
                for name in ("intents", "domains")
            )
        )


def write_heads(heads: Heads, embedder: str, path: Path = HEADS_FILE) -> None:
    """Store ``heads``, fitted on the vectors of ``embedder``."""
    parts: dict[str, NDArray[np.generic]] = {"key": np.array(_key(embedder))}
    for name, head in (("intents", heads.intents), ("domains", heads.domains)):
        parts |= {
            f"{name}_labels": np.array(head.labels),
            f"{name}_weights": head.weights.astype(np.float16),
            f"{name}_bias": head.bias,
        }
    np.savez_compressed(path, **parts)  # type: ignore[arg-type]
