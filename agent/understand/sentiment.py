"""How the user feels: the tone of what is said outside of requests, and the mood that is claimed.

A request is not a feeling: "something sad" speaks of the item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from agent.understand.cues import Cues, load_cues
from agent.understand.mood import Mood
from agent.understand.tone import CERTAIN, ToneHead, Vector
from schema import Intent, Sentiment

# A weaker tone than this is called neutral; one beside a request must be twice as plain.
NEUTRAL = 0.3
PLAIN = 0.6
UNSURE = 0.3
SURE = 0.7
SHORT = 3
# A Chinese message longer than this is a tale even where it has a word of asking.
LONG = 40
# Without a word of opinion its tone is only a tinge, never more than neutral.
FAINT = 0.3

_SENTENCE = re.compile(r"[^.!?;\n。！？；…]+[.!?;\n。！？；…]*")
_CLAUSE = re.compile(
    r",\s*(?=(?:so|but|and)\b)|，|\bso (?=(?:recommend|find|show|give|suggest|something|what|can|please|i "
    r"(?:want|need)))"
)
_ASKING: frozenset[Intent] = frozenset({"reset", "privacy", "explain", "compare", "ask_fact"})
_WISHING: frozenset[Intent] = frozenset({"recommend", "refine"})
# What these intents say of the tone by themselves.
_PRIOR: Mapping[Intent, float] = {"thank": 0.6, "accept": 0.5, "reject": -0.4, "criticise": -0.5}


@dataclass(frozen=True)
class SentimentReader:
    """The cues of ``cues/sentiment.toml`` and the tone head."""

    cues: Cues
    tone: ToneHead

    @classmethod
    def load(cls, embedder: str) -> SentimentReader:
        """Read the committed cues and heads."""
        return cls(load_cues("sentiment"), ToneHead.load(embedder))

    def remark(self, view: str, vector: Vector | None, language: str, asks: bool) -> float:
        """How surely the message as a whole is an opinion or a tale that asks for nothing, 0 to 1.

        ``asks``: it holds a condition, a time or a refusal, which an opinion rarely does.
        """
        if language == "zh":
            length = len(view.strip())
            if length > LONG:
                return 1.0
            if asks or length <= SHORT:
                return 0.0
            if self.cues["request"].search(view):
                return FAINT if length > LONG / 2 else 0.0
            return 1.0 if self.cues["opinion"].search(view) else FAINT
        probability = self.tone.remarks(vector) or 0.0
        if asks or self.cues["asking"].search(view):
            return float(probability >= CERTAIN)
        return min(1.0, max(0.0, (probability - UNSURE) / (SURE - UNSURE)))

    def certainly_opines(self, view: str, asks: bool) -> bool:
        """Whether a Chinese message is an opinion beyond doubt."""
        opines = self.remark(view, None, "zh", asks) == 1
        return opines and abs(self.tone.score(view, None, "zh")) >= PLAIN

    def felt_part(self, view: str, intent: Intent, remark: float) -> str:
        """The clauses of a message that say how the speaker feels, without its requests."""
        if intent in _ASKING:
            return ""
        if remark > 0:
            return view.strip()
        clauses = [
            part for sentence in _SENTENCE.findall(view) for part in _CLAUSE.split(sentence) if part.strip()
        ]
        wishing = intent in _WISHING
        return " ".join(each for each in clauses if self._feels(each, wishing)).strip()

    def read(
        self,
        felt: str,
        vector: Vector | None,
        *,
        language: str,
        intent: Intent,
        remark: float,
        mood: Mood | None,
    ) -> Sentiment:
        """Join tone and mood.

        ``vector`` is that of ``felt``, what ``felt_part`` left of the message; ``remark`` says
        how surely it is an opinion, which weighs its tone.
        """
        score = self.tone.score(felt, vector, language) * (remark or 1.0) if felt else 0.0
        prior = _PRIOR.get(intent)
        if prior is not None and (score * prior > 0 or abs(score) < PLAIN or remark < 1):
            score = max(score, prior) if prior > 0 else min(score, prior)
        if mood and (score * mood.tone <= 0 or abs(score) < abs(mood.tone)):
            score = mood.tone
        if intent in _WISHING and not mood and remark == 0 and abs(score) < PLAIN:
            score = 0.0
        label: Literal["negative", "neutral", "positive"] = "neutral"
        if abs(score) > NEUTRAL:
            label = "positive" if score > 0 else "negative"
        return Sentiment(label=label, score=round(score, 3), mood=mood.name if mood else None)

    def _feels(self, clause: str, wishing: bool) -> bool:
        opinion = bool(self.cues["opinion"].search(clause))
        if wishing:
            return (
                opinion
                and bool(self.cues["speaker"].search(clause))
                and not self.cues["request"].search(clause)
            )
        return opinion
