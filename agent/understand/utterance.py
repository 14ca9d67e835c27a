"""The user's message made safe to read, and its words with their places.

Everything that is found later carries spans into ``Utterance.text``, which is also what
``Demand.text`` holds. ``Utterance.view`` has the same length and is what patterns are
matched against: lower case, straight quotes, half-width letters, no HTML tags.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from schema import Span

_TAG = re.compile(r"</?[a-zA-Z!][^<>]{0,2000}>")
_TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:'[^\W_\u3400-\u9fff]+)?")
_STRAIGHT = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-"}
)
# Invisible characters that reorder or hide text; zero-width joiners stay, emoji need them.
_INVISIBLE = frozenset(
    "\u200b\u200e\u200f\u061c\u2060\ufeff\u00ad" + "".join(map(chr, range(0x202A, 0x202F)))
)
_ISOLATES = frozenset(map(chr, range(0x2066, 0x206A)))


# End in "s" without being a plural; "movies" is one, by another rule than "comedies".
_INVARIABLE = frozenset(
    "news series lens christmas paris chess texas always perhaps yes this his blues".split()
)


@dataclass(frozen=True)
class Token:
    """A word (or one Chinese character) of the view, with its half-open span."""

    start: int
    end: int
    word: str

    @cached_property
    def singular(self) -> str:
        """The word without a plural or possessive ending, by rule."""
        return singular(self.word)


@dataclass(frozen=True)
class Utterance:
    """A cleaned message."""

    text: str

    @cached_property
    def view(self) -> str:
        """The text for matching; index i of it is index i of ``text``."""
        blanked = _TAG.sub(lambda tag: " " * len(tag.group()), self.text)
        return "".join(map(_plain, blanked.translate(_STRAIGHT)))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words of the view, in order."""
        return tuple(Token(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(self.view))

    def original(self, span: Span) -> str:
        """What the user wrote at ``span``."""
        return self.text[span[0] : span[1]]


def read(text: str, limit: int) -> Utterance:
    """Clean ``text``: composed (NFC), no control or hidden characters, at most ``limit`` characters."""
    cut = text[:limit]
    composed = unicodedata.normalize("NFC", cut)[:limit]
    cleaned = "".join(map(_visible, composed)).strip()
    return Utterance(cleaned)


def singular(word: str) -> str:
    """Undo an English plural or possessive by rule: "comedies" -> "comedy"."""
    if word.endswith("'s"):
        word = word[:-2]
    if word in _INVARIABLE:
        return word
    if len(word) > 4 and word.endswith("ies") and word != "movies":
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    if len(word) > 5 and word.endswith("oes"):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _visible(character: str) -> str:
    if character in _INVISIBLE or character in _ISOLATES:
        return ""
    if unicodedata.category(character) in {"Cc", "Cs"}:
        return " "
    return character


def _plain(character: str) -> str:
    code = ord(character)
    if 0xFF01 <= code <= 0xFF5E:
        character = chr(code - 0xFEE0)
    elif code == 0x3000:
        return " "
    lower = character.lower()
    return lower if len(lower) == 1 else character
