"""How the user feels: a linear head for the tone, a lexicon for the mood.

The tone head is logistic regression on the sentence vector and on hashed n-grams (words in
English, characters in Chinese) scaled by their naive Bayes log-count ratio (Wang and
Manning, 2012, "Baselines and Bigrams"). It is trained by ``python -m
agent.understand.fit sentiment`` and read from ``sentiment.npz``. A request is not a
feeling: "something sad" speaks of the item, so only what is said outside of requests counts.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent.understand.heads import SCALE
from schema import Intent, Sentiment, Span

HEAD_FILE = Path(__file__).parent / "sentiment.npz"
MOODS_FILE = Path(__file__).parent / "lexicon" / "moods" / "moods.toml"
BUCKETS = 1 << 15
NEUTRAL = 0.3

_WORD = re.compile(r"[a-z']+|[!?]")
_CHARACTER = re.compile(r"[\u3400-\u9fff！？!?]")
_SENTENCE = re.compile(r"[^.!?;\n。！？；…]+[.!?;\n。！？；…]*")
_CLAUSE = re.compile(
    r",\s*(?=(?:so|but|and)\b)|，|\bso (?=(?:recommend|find|show|give|suggest|something|what|can|please|i (?:want|need)))"
)
_REQUEST = re.compile(
    r"\b(?:recommend|suggest|find|show|give|want|need|looking for|search|watch|listen|read|buy|play|help|in the mood for|feel like|would like|i'd (?:like|love|prefer)|should i|can (?:i|you|we)|could (?:i|you|we)|do you (?:have|know)|any|some|something|anything|what|which|how about|who|when|where|please|must|without|under|compare|why"
    r"|fan of|prefer|usually|favou?rite|in(?:to)? (?:films|movies|music)|cheaper|shorter|instead)\b|推荐|想(?:看|听|买|要|找)|有没有|有什么|来(?:点|一|几|首|部|个)|找|给我|帮我|适合|吗|呢|什么"
)
_OPINION = re.compile(
    r"\b(?:love|loved|loves|adore|hate|hated|like|liked|enjoy|enjoyed|dislike|great|good|bad|awful|terrible|horrible|wonderful|amazing|fantastic|excellent|boring|bored|dull|annoying|annoyed|disappoint\w*|useless|happy|sad|upset|angry|tired|exhausted|stress\w*|lonely|excited|thrilled|delighted|perfect|worst|best|nice|fun|feel|feeling|feels|glad|sorry|crying|cried|miss|died|lost|broke|"
    r"beautiful|stupid|brilliant|rubbish|ugh|yay|rough|hard|tough)\b|喜欢|讨厌|开心|高兴|难过|伤心|累|烦|棒|差|无聊|失望|生气|压力|孤独|激动|好|糟"
)
_SPEAKER = re.compile(
    r"\b(?:i|i'm|im|i've|i'd|my|me|we|we're|our|it|it's|that|that's|this|these|those|they|you|today|day|week)\b|我|今天|这|那"
)
_CAUSE = re.compile(
    r"(?: (?:about|after|from|because of|with|at|by|over|due to|today|tonight|lately)\b(?:(?!\b(?:and|so|but|i|need|want|please|recommend|find|show)\b)[^,.;:!?\n])*)?"
)
_PRIOR: Mapping[Intent, float] = {"thank": 0.6, "accept": 0.5, "reject": -0.4, "criticise": -0.5}


@dataclass(frozen=True)
class ToneHead:
    """Weights of the tone head; ``vector`` is None where it was fitted on another embedder."""

    vector: NDArray[np.float32] | None
    english: NDArray[np.float32]
    chinese: NDArray[np.float32]
    biases: Mapping[str, float]

    @classmethod
    def load(cls, embedder: str, path: Path = HEAD_FILE) -> ToneHead:
        """Read the committed head; its vector part only where ``embedder`` is the one it was fitted on."""
        with np.load(path) as stored:
            same = str(stored["embedder"]) == embedder
            english = stored["english"].astype(np.float32) * float(stored["english_scale"])
            chinese = stored["chinese"].astype(np.float32) * float(stored["chinese_scale"])
            biases = {name: float(stored[f"bias_{name}"]) for name in ("full", "words", "zh")}
            return cls(stored["vector"].astype(np.float32) if same else None, english, chinese, biases)

    def score(self, text: str, vector: NDArray[np.float32] | None, language: str) -> float:
        """Tone of ``text``, −1 to 1."""
        if language == "zh":
            logit = float(self.chinese[_buckets(chinese_grams(text))].sum()) + self.biases["zh"]
        else:
            logit = float(self.english[_buckets(english_grams(text))].sum())
            if self.vector is not None and vector is not None:
                logit += float(vector * SCALE @ self.vector) + self.biases["full"]
            else:
                logit += self.biases["words"]
        return float(np.tanh(logit / 2))


def english_grams(text: str) -> set[str]:
    """Words and pairs of words, lower case; "do n't" as in SST-2 is one word."""
    words = _WORD.findall(text.lower().replace("’", "'").replace(" n't", "n't").replace(" '", "'"))
    return {*words, *(f"{one} {other}" for one, other in zip(words, words[1:], strict=False))}


def chinese_grams(text: str) -> set[str]:
    """Runs of one to three Chinese characters in the first 400."""
    characters = _CHARACTER.findall(text)[:400]
    return {
        "".join(characters[at : at + size]) for size in (1, 2, 3) for at in range(len(characters) - size + 1)
    }


def _buckets(grams: Iterable[str]) -> NDArray[np.int64]:
    places = [zlib.crc32(gram.encode()) % BUCKETS for gram in grams]
    return np.unique(np.array(places, dtype=np.int64))


@dataclass(frozen=True)
class Mood:
    """A mood that the speaker claims, the tone that it implies, and the words that say it and why."""

    name: str
    tone: float
    span: Span


@dataclass(frozen=True)
class Moods:
    """Mood words: a pattern of each, and the tone that it implies."""

    patterns: tuple[tuple[str, re.Pattern[str], float], ...]

    @classmethod
    def load(cls, path: Path = MOODS_FILE) -> Moods:
        """Read the committed lexicon; an entry is a mood, its tone and its phrases."""
        with path.open("rb") as file:
            stored = tomllib.load(file)
        return cls(
            tuple((mood, _phrases(entry["words"]), float(entry["tone"])) for mood, entry in stored.items())
        )

    def find(self, view: str) -> Mood | None:
        """The first mood that the speaker claims."""
        found = [
            (match.start(), place)
            for place, (_, pattern, _) in enumerate(self.patterns)
            if (match := pattern.search(view))
        ]
        if not found:
            return None
        name, pattern, tone = self.patterns[min(found)[1]]
        match = pattern.search(view)
        end = match.end() if match else 0
        cause = _CAUSE.match(view, end)
        return Mood(name, tone, (min(found)[0], cause.end() if cause else end))


def _phrases(words: Iterable[str]) -> re.Pattern[str]:
    parts = [
        each.replace(
            "~",
            r"(?:(?:so|very|really|a bit|a little|quite|feeling|just|still|all|too|pretty|super|kind of|rather|extremely|totally|completely) )*",
        )
        for each in words
    ]
    return re.compile("|".join(rf"\b(?:{part})\b" if part.isascii() else f"(?:{part})" for part in parts))


def felt_part(view: str, intent: Intent) -> str:
    """The clauses of a message that say how the speaker feels, without its requests."""
    if intent in {"reset", "privacy", "explain", "compare", "ask_fact"}:
        return ""
    clauses = [
        clause for sentence in _SENTENCE.findall(view) for clause in _CLAUSE.split(sentence) if clause.strip()
    ]
    clauses = [
        each
        for each in clauses
        if _OPINION.search(each) or (len(each.split()) > 3 and not each.rstrip().endswith(("?", "？")))
    ]
    if intent in {"recommend", "refine"}:
        clauses = [
            each
            for each in clauses
            if not _REQUEST.search(each) and _OPINION.search(each) and _SPEAKER.search(each)
        ]
    return " ".join(clauses).strip()


def sentiment_of(
    felt: str,
    vector: NDArray[np.float32] | None,
    *,
    language: str,
    intent: Intent,
    head: ToneHead,
    mood: Mood | None,
) -> Sentiment:
    """Join tone and mood; ``vector`` is that of ``felt``, what ``felt_part`` left of the message."""
    score = head.score(felt, vector, language) if felt else 0.0
    prior = _PRIOR.get(intent)
    if prior is not None:
        score = max(score, prior) if prior > 0 else min(score, prior)
    if mood:
        score = mood.tone if not felt or abs(score) < abs(mood.tone) or score * mood.tone < 0 else score
    if intent in {"recommend", "refine"} and not mood and abs(score) < 0.5:
        score = 0.0
    label = "positive" if score > NEUTRAL else "negative" if score < -NEUTRAL else "neutral"
    return Sentiment.model_validate(
        {"label": label, "score": round(score, 3), "mood": mood.name if mood else None}
    )
