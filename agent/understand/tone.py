"""The tone of a text, and whether it is a remark at all: linear heads from ``tone.npz``.

The tone head is logistic regression on the sentence vector and on hashed n-grams (words in
English, characters in Chinese) scaled by their naive Bayes log-count ratio (Wang and
Manning, 2012, "Baselines and Bigrams"). The remark head tells an opinion ("a charming,
well-made film") from a request ("a charming film for tonight"). Both are fitted by
``python -m agent.understand.fit tone``.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.understand.heads import SCALE

HEAD_FILE = Path(__file__).parent / "tone.npz"
BUCKETS = 1 << 17
LONGEST_REVIEW = 400
CERTAIN = 0.97

Vector = NDArray[np.float32]

_WORD = re.compile(r"[a-z']+|[!?]")
_CHARACTER = re.compile(r"[\u3400-\u9fff！？!?]")


@dataclass(frozen=True)
class ToneHead:
    """Weights of the heads; ``vector`` and ``remark`` are None where fitted on another embedder."""

    vector: Vector | None
    remark: Vector | None
    english: Vector
    chinese: Vector
    biases: Mapping[str, float]

    @classmethod
    def load(cls, embedder: str, path: Path = HEAD_FILE) -> ToneHead:
        """Read the committed heads; those on vectors only where ``embedder`` is the one they were fitted on."""
        with np.load(path) as stored:
            same = str(stored["embedder"]) == embedder
            return cls(
                vector=stored["vector"].astype(np.float32) if same else None,
                remark=stored["remark"].astype(np.float32) if same else None,
                english=stored["english"].astype(np.float32) * float(stored["english_scale"]),
                chinese=stored["chinese"].astype(np.float32) * float(stored["chinese_scale"]),
                biases={
                    name: float(stored[f"bias_{name}"]) for name in ("full", "words", "chinese", "remark")
                },
            )

    def score(self, text: str, vector: Vector | None, language: str) -> float:
        """Tone of ``text``, −1 to 1; ``vector`` is its sentence vector, where there is one."""
        if language == "zh":
            logit = float(self.chinese[buckets(chinese_grams(text))].sum()) + self.biases["chinese"]
        else:
            logit = float(self.english[buckets(english_grams(text))].sum())
            if self.vector is None or vector is None:
                logit += self.biases["words"]
            else:
                logit += float(vector * SCALE @ self.vector) + self.biases["full"]
        return float(np.tanh(logit / 2))

    def remarks(self, vector: Vector | None) -> float | None:
        """The probability that a message of this vector is a remark, None where that cannot be told."""
        if self.remark is None or vector is None:
            return None
        return float(1 / (1 + np.exp(-(float(vector * SCALE @ self.remark) + self.biases["remark"]))))

    def certainly_remarks(self, vector: Vector | None) -> bool:
        """Whether a message of this vector is an opinion or a tale beyond doubt."""
        return (self.remarks(vector) or 0.0) >= CERTAIN


def english_grams(text: str) -> set[str]:
    """Words and pairs of words, lower case; "do n't" as in SST-2 is one word."""
    words = _WORD.findall(text.lower().replace("’", "'").replace(" n't", "n't").replace(" '", "'"))
    return {*words, *(f"{one} {other}" for one, other in pairwise(words))}


def chinese_grams(text: str) -> set[str]:
    """Runs of one to three Chinese characters in the first 400."""
    characters = _CHARACTER.findall(text)[:LONGEST_REVIEW]
    return {
        "".join(characters[at : at + size]) for size in (1, 2, 3) for at in range(len(characters) - size + 1)
    }


def buckets(grams: Iterable[str]) -> NDArray[np.int64]:
    """The place of each n-gram in the hashed weights, each once."""
    return np.unique(np.array([zlib.crc32(gram.encode()) % BUCKETS for gram in grams], dtype=np.int64))
