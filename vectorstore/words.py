"""Folds text, so that a word is found however it is written.

Case, width and accents do not matter, nor does the plural. Chinese, Japanese and Korean
are not split by spaces: a run of them becomes its overlapping pairs of characters, the
usual index terms where there is no dictionary (Nie et al., 2000).
"""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+")
_WORD = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_MODEL = re.compile(r"\b\d+([a-z]+\d+)\b")

# Spellings of one genre or quality that catalogues do not agree on.
_SAME = {
    "sci fi": "science fiction",
    "scifi": "science fiction",
    "rom com": "romantic comedy",
    "romcom": "romantic comedy",
    "hiphop": "hip hop",
    "rnb": "r b",
    "tv": "television",
    "romance": "romantic",
    "animated": "animation",
    "violence": "violent",
    "historical": "history",
    "biopic": "biography",
    "biographical": "biography",
    "child": "kid",
    "children": "kid",
}
# Words that hold a request together, and names of whole domains, which nearly every item bears.
_STOP_WORDS = frozenset(
    "a about am an and any anything are as at be been but by can could d did do does for from get give good"
    " had has have he her him his how i if in into is it its just let like ll looking m me more my no not of"
    " on one or our please re recommend s she should show so some something such suggest t than that the"
    " their them then there these they this those to too us ve want was watch we were what when where which"
    " who will with would you your"
    " film films item items movie movies news product products song songs".split()
)
_SAME_WORD = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(_SAME, key=len, reverse=True)))})\b")


def fold(text: str) -> str:
    """``text`` without case, accents and full-width forms."""
    open_marks = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", open_marks)


def spread(text: str) -> str:
    """``text`` folded, its unspaced scripts as pairs of characters with spaces between.

    A model number is followed by the short form that people use ("1000XM5 XM5").
    """
    plain = _MODEL.sub(r"\g<0> \1", _POSSESSIVE.sub("", fold(text)))
    return _CJK.sub(lambda run: f" {' '.join(_pairs(run[0]))} ", plain)


def terms(text: str) -> list[str]:
    """The words and pairs of characters of ``text``, in order."""
    return _WORD.findall(spread(text))


def telling(words: list[str]) -> list[str]:
    """``words`` without stop words; all of them where there is no other ("The Who")."""
    return [each for each in words if each not in _STOP_WORDS] or words


def unspaced(text: str) -> str:
    """The parts of ``text`` that are written without spaces between words."""
    return " ".join(_CJK.findall(text))


def phrase(text: str) -> str:
    """``text`` as comparable words between spaces: ``phrase(a) in phrase(b)`` asks for whole words.

    Plurals are singular and known variants of genre names are one ("Sci-Fi", "science fiction").
    """
    words = " ".join(_singular(each) for each in terms(text))
    return f" {_SAME_WORD.sub(lambda found: _SAME[found[0]], words)} "


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes", "zes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word[:-2] + "y" if len(word) > 4 and word.endswith("ie") else word
