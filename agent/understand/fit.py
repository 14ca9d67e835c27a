"""Fits what understanding keeps fitted, and says how well it does on what was held out.

``python -m agent.understand.fit heads`` fits the intent and domain heads from
``examples/*.toml`` and writes ``heads.npz``. ``python -m agent.understand.fit tone``
fits the tone head and writes ``tone.npz``.
The latter needs ``KAIROS_DATA``: SST-2 (``sst2/train``) for English, online shopping reviews
(``zh_shopping_reviews/train``) for Chinese. English is judged on ``sst2/dev``; Chinese on a
tenth of its reviews that is held out from the fit.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import typer
from numpy.typing import NDArray

from agent.understand.fitted import FOLDS, cross_validate, fit_heads, read_examples, write_heads
from agent.understand.heads import SCALE
from agent.understand.tone import BUCKETS, HEAD_FILE, ToneHead, buckets, chinese_grams, english_grams
from errors import SourceError
from settings import load_settings

if TYPE_CHECKING:
    from vectorstore.embedder import Embedder

# Chosen on sst2/dev: a grid over both.
VECTOR_WEIGHT = 0.2
STRENGTH = 0.03
SHORT = 3
COMMANDS = frozenset({"tell", "ignore", "print", "pretend", "have", "hey"})


def load_rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one gzipped JSON Lines file of the data folder."""
    path = folder / f"{name}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path}: {error}; set KAIROS_DATA to the folder of the public data sets"
        ) from error


def counts(texts: Sequence[str], grams: Callable[[str], set[str]]) -> Any:
    """Binary hashed n-gram features, ``(n, BUCKETS)``."""
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

    places = [buckets(grams(text)) for text in texts]
    rows = np.repeat(np.arange(len(texts)), [len(each) for each in places])
    ones = np.ones(len(rows), dtype=np.float32)
    return csr_matrix((ones, (rows, np.concatenate(places))), shape=(len(texts), BUCKETS))


def ratios(features: Any, labels: NDArray[np.int64]) -> NDArray[np.float32]:
    """Naive Bayes log-count ratio of each bucket; 0 for one that was seen at most twice."""
    positive = np.asarray(features[labels == 1].sum(axis=0)).ravel() + 1.0
    negative = np.asarray(features[labels == 0].sum(axis=0)).ravel() + 1.0
    ratio = np.log((positive / positive.sum()) / (negative / negative.sum()))
    ratio[positive + negative <= 4.0] = 0.0
    weights: NDArray[np.float32] = ratio.astype(np.float32)
    return weights


def fit(features: Any, labels: NDArray[np.int64]) -> tuple[NDArray[np.float32], float]:
    """Weights and intercept of L2-regularised logistic regression."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(features, labels)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def quantised(weights: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """Weights as int8 and the factor that restores them."""
    scale = float(np.abs(weights).max()) / 127
    return np.round(weights / scale).astype(np.int8), scale


def train(folder: Path) -> None:
    """Fit on the training rows, write the head and print what it does on the held-out rows."""
    from scipy.sparse import csr_matrix, hstack

    from vectorstore.embedder import load_reader

    embedder = load_reader(load_settings())
    rows = load_rows(folder, "sst2/train")
    labels = np.array([int(row["label"]) for row in rows])
    words = counts([row["text"] for row in rows], english_grams)
    ratio = ratios(words, labels)
    words = words.multiply(ratio).tocsr()
    typer.echo(f"encoding {len(rows)} sentences with {embedder.name}", err=True)
    vectors = embedder.encode([row["text"] for row in rows]) * np.float32(SCALE * VECTOR_WEIGHT)
    both, bias_full = fit(hstack([words, csr_matrix(vectors)]).tocsr(), labels)
    _, bias_words = fit(words, labels)
    remark, bias_remark = _remarks(embedder, vectors)
    english, english_scale = quantised(both[:BUCKETS] * ratio)
    chinese, chinese_scale, bias_chinese, held_out = _chinese(folder)
    np.savez_compressed(
        HEAD_FILE,
        embedder=np.array(embedder.name),
        vector=(both[BUCKETS:] * VECTOR_WEIGHT).astype(np.float16),
        english=english,
        english_scale=np.array(english_scale),
        chinese=chinese,
        chinese_scale=np.array(chinese_scale),
        bias_full=np.array(bias_full),
        bias_words=np.array(bias_words),
        bias_chinese=np.array(bias_chinese),
        remark=(remark * VECTOR_WEIGHT).astype(np.float16),
        bias_remark=np.array(bias_remark),
    )
    _report(folder, embedder, held_out)


def _remarks(embedder: Embedder, reviews: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The remark head: opinions and small talk against everything that asks."""
    from sklearn.linear_model import LogisticRegression

    texts, names = read_examples("intents")
    asked, _ = read_examples("domains")
    ours = embedder.encode([*texts, *asked]) * np.float32(SCALE * VECTOR_WEIGHT)
    told = np.array(
        [*(_is_told(text, name) for text, name in zip(texts, names, strict=True)), *(False for _ in asked)]
    )
    features = np.vstack([reviews[::4], ours])
    labels = np.concatenate([np.ones(len(reviews[::4]), dtype=bool), told])
    model = LogisticRegression(C=1.0, max_iter=3000, class_weight="balanced").fit(features, labels)
    return model.coef_[0].astype(np.float32), float(model.intercept_[0])


def _is_told(text: str, intent: str) -> bool:
    """Whether an example tells something: small talk that neither asks, greets nor commands."""
    words = text.lower().split()
    return intent == "chat" and len(words) > SHORT and not text.endswith("?") and words[0] not in COMMANDS


def _chinese(folder: Path) -> tuple[NDArray[np.int8], float, float, list[dict[str, Any]]]:
    rows = [row for row in load_rows(folder, "zh_shopping_reviews/train") if row["review"]]
    held_out, fitted = rows[::10], [row for place, row in enumerate(rows) if place % 10]
    labels = np.array([int(row["label"]) for row in fitted])
    features = counts([row["review"] for row in fitted], chinese_grams)
    ratio = ratios(features, labels)
    weights, bias = fit(features.multiply(ratio).tocsr(), labels)
    return (*quantised(weights * ratio), bias, held_out)


def _report(folder: Path, embedder: Embedder, chinese: list[dict[str, Any]]) -> None:
    head = ToneHead.load(embedder.name)
    rows = load_rows(folder, "sst2/dev")
    vectors = embedder.encode([row["text"] for row in rows])
    right = [
        (head.score(row["text"], vector, "en") > 0) == (int(row["label"]) == 1)
        for row, vector in zip(rows, vectors, strict=True)
    ]
    without = [(head.score(row["text"], None, "en") > 0) == (int(row["label"]) == 1) for row in rows]
    reviews = [(head.score(row["review"], None, "zh") > 0) == (int(row["label"]) == 1) for row in chinese]
    typer.echo(
        f"sst2/dev accuracy {np.mean(right):.3f} (n-grams alone {np.mean(without):.3f}), n={len(rows)}"
    )
    typer.echo(f"Chinese reviews, held out: accuracy {np.mean(reviews):.3f}, n={len(reviews)}")


app = typer.Typer(help="Fit what understanding keeps fitted.")


@app.command()
def heads() -> None:
    """Fit the intent and domain heads from the examples."""
    from vectorstore.embedder import load_reader

    embedder = load_reader(load_settings())
    write_heads(fit_heads(embedder), embedder.name)
    for name in ("intents", "domains"):
        texts, labels = read_examples(name)
        accuracy = cross_validate(embedder.encode(texts), labels)
        typer.echo(f"{name}: {FOLDS}-fold accuracy {accuracy:.3f}, n={len(texts)}")


@app.command()
def tone() -> None:
    """Fit the tone and remark heads from SST-2, Chinese reviews and the examples."""
    folder = load_settings().data
    if folder is None:
        raise SourceError("KAIROS_DATA is not set; it names the folder of the public data sets")
    train(folder)


if __name__ == "__main__":
    app()
