"""Misspelt words: what nobody writes and stands one slip from a word of the lexicon is read as that.

A slip is one letter left out, put in, changed, or swapped with its neighbour (Damerau, "A technique
for computer detection and correction of spelling errors", 1964); long words may have two. Names
are left alone: a capital letter inside the message, and every word of the encoder's vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.understand.utterance import Token, Utterance, singular

SHORTEST = 4
LONG = 9  # letters from which two slips are forgiven
_WORD = re.compile(r"[a-z]+")
# Of words that the vocabulary may have without them; the last are contractions without an apostrophe.
_ENDINGS = ("ed", "d", "er", "ly", "ish", "y", "ness", "able", "nt", "re", "ve", "ll")
_DOUBLED = re.compile(r"([b-df-hj-np-tv-z])\1(?:ed|ing|er)$")


@dataclass(frozen=True)
class Spelling:
    """``words``: those that may be meant, ``known``: those that are no mistakes, ``commonest`` of several.

    ``holds`` says whether names of the catalogue have one of some words.
    """

    words: frozenset[str]
    known: frozenset[str]
    commonest: frozenset[str] = frozenset()
    holds: Callable[[Sequence[str]], bool] | None = None

    @classmethod
    def of(
        cls,
        words: Iterable[str],
        commonest: frozenset[str],
        holds: Callable[[Sequence[str]], bool] | None = None,
    ) -> Spelling:
        """Reads the vocabulary of the shipped encoder; without its package nothing is corrected."""
        from errors import ModelError
        from vectorstore.embedder import default_weights

        meant = frozenset(word for word in words if len(word) >= SHORTEST and _WORD.fullmatch(word))
        try:
            vocabulary = (default_weights() / "vocab.txt").read_text(encoding="utf-8").split()
        except (ModelError, OSError):
            return cls(frozenset(), frozenset())
        return cls(meant, frozenset(each for each in vocabulary if each.isalpha()) | meant, commonest, holds)

    def corrected(self, utterance: Utterance) -> tuple[Utterance, Mapping[str, str]]:
        """The message with its slips mended, and what was read as what; spans are of the mended text."""
        found: dict[str, str] = {}
        text, at = "", 0
        for token in utterance.tokens:
            meant = self._meant(token, utterance)
            if meant:
                found[utterance.original((token.start, token.end))] = meant
                text += utterance.text[at : token.start] + meant
                at = token.end
        return (Utterance(text + utterance.text[at:]), found) if found else (utterance, {})

    def is_unknown(self, word: str) -> bool:
        """Whether ``word`` (lower case, Latin letters) is none that we know."""
        return bool(self.known) and bool(_WORD.fullmatch(word)) and not self._is_known(word)

    def is_name(self, words: Sequence[str]) -> bool:
        """Whether a title or a maker of the catalogue has one of ``words``."""
        return self.holds is not None and self.holds(words)

    def _is_known(self, word: str) -> bool:
        single = _DOUBLED.sub(r"\1", word)
        stems = (word, singular(word), single, *(word.removesuffix(each) for each in _ENDINGS))
        return any(each in self.known for each in stems)

    def _meant(self, token: Token, utterance: Utterance) -> str | None:
        word = token.word
        if len(word) < SHORTEST or not _WORD.fullmatch(word) or not self.is_unknown(word):
            return None
        written = utterance.original((token.start, token.end))
        begins = not re.search(r"\w", utterance.text[: token.start])
        if written != word and not begins and not utterance.text.isupper():
            return None  # a name
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        most = 2 if len(word) >= LONG else 1
        # A short word may lack a letter ("funy"); one letter for another makes too many others of it.
        meant = [
            each for each in self._by_first.get(word[0], ()) if len(word) > SHORTEST or len(each) > len(word)
        ]
        near = process.extract(word, meant, scorer=OSA.distance, score_cutoff=most)
        near = [each for each in near if abs(len(each[0]) - len(word)) <= 1]
        best = min((distance for _, distance, _ in near), default=0)
        closest = [name for name, distance, _ in near if distance == best]
        closest = [name for name in closest if name in self.commonest] or closest
        return closest[0] if len(closest) == 1 and not self.is_name([word]) else None

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[str, ...]]:
        """Slips seldom fall on the first letter."""
        found: dict[str, list[str]] = {}
        for word in sorted(self.words):
            found.setdefault(word[0], []).append(word)
        return {first: tuple(words) for first, words in found.items()}
