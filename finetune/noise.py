"""Rewords requests as hurried people type them: slips of the finger, other capitals, missing words.

``paraphrase`` says the same in other words, by a small table that no rule of training uses; it
is for measuring. All draw from the ``Random`` they are given and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from finetune.datasets.wording import OPENERS

Noise = Callable[[str, Random], str]
TYPO_RATE = 0.2
DROP_RATE = 0.2
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LONG_ENOUGH = 4  # shorter words are seldom mistyped, and would become others
_FUNCTION_WORDS = frozenset("a an the of for to in on with and or some any me my i i'd want that is".split())
_KNOWN_OPENER = re.compile(
    "|".join(re.escape(each) for each in sorted(filter(None, OPENERS), key=len, reverse=True)), re.IGNORECASE
)
_OTHER_OPENERS = (
    "could I get ", "I'm in the mood for ", "help me pick ", "what about ", "hoping for ", "I could use ",
    "point me to ", "would love ", "in search of ", "which would you pick: ",
)  # fmt: skip
_OTHER_WORDS = {
    "film": "movie", "movie": "film", "movies": "films", "films": "movies", "song": "track", "songs": "tracks",
    "series": "tv show", "album": "record", "cheap": "low-cost", "affordable": "low-priced",
    "funny": "humorous", "scary": "frightening", "creepy": "spooky", "romantic": "lovey-dovey", "kids": "little ones",
    "children": "youngsters", "gift": "present", "phone": "handset", "laptop": "notebook", "tv": "television",
    "sofa": "couch", "fridge": "refrigerator", "bike": "bicycle", "quiet": "silent", "fast": "quick", "small": "compact",
    "big": "large", "good": "great", "best": "finest", "old": "vintage", "about": "regarding",
    "news": "headlines", "story": "tale", "stories": "tales", "sad": "sorrowful", "happy": "cheerful", "calm": "soothing",
    "music": "tunes", "lamp": "light", "light": "lamp", "camera": "cam", "headphones": "earphones",
    "listen": "hear", "buy": "get", "house": "home", "exciting": "thrilling",
}  # fmt: skip


def typos(text: str, random: Random, rate: float = TYPO_RATE) -> str:
    """One slip in about ``rate`` of the longer words, and in one at least: a neighbouring key, a swap, a letter left out.

    The first letter of a word stays, as it mostly does.
    """
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= _LONG_ENOUGH and word.isalpha()]
    for place in random.sample(places, min(len(places), max(1, round(rate * len(words))))):
        words[place] = _slip(words[place], random)
    return " ".join(words)


def other_case(text: str, random: Random) -> str:
    """All capitals, all small, every word capitalised, or the capitals exchanged."""
    return random.choice((str.upper, str.lower, str.title, str.swapcase))(text)


def dropped_words(text: str, random: Random, rate: float = DROP_RATE) -> str:
    """About ``rate`` of the words left out, one at least and never all; those that say little go first."""
    words = text.split()
    count = min(max(1, round(rate * len(words))), len(words) - 1)
    order = random.sample(range(len(words)), len(words))
    order.sort(key=lambda place: words[place].casefold() not in _FUNCTION_WORDS)
    gone = set(order[: max(0, count)])
    return " ".join(word for place, word in enumerate(words) if place not in gone)


def paraphrase(text: str, random: Random) -> str:
    """The wish with another opener, and other words where the table has them."""
    found = _KNOWN_OPENER.match(text)
    wish = text[found.end() :] if found else text
    words = [_OTHER_WORDS.get(word.casefold(), word) for word in wish.split()]
    return random.choice(_OTHER_OPENERS) + " ".join(words)


PERTURBATIONS: dict[str, Noise] = {
    "typos": typos,
    "case": other_case,
    "dropped words": dropped_words,
    "paraphrase": paraphrase,
}


def noisy(text: str, random: Random, share: float) -> str:
    """With the chance ``share``, the text with typos, other capitals or missing words; else as it is."""
    if random.random() >= share:
        return text
    return random.choice((typos, other_case, dropped_words))(text, random)


def _slip(word: str, random: Random) -> str:
    place = random.randrange(1, len(word))
    kind = random.choice(("neighbour", "swap", "drop"))
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "swap" and place + 1 < len(word):
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return word[:place] + _neighbour(word[place], random) + word[place + 1 :]


def _neighbour(letter: str, random: Random) -> str:
    """A key beside that of ``letter``; the letter itself where it is none of the Latin keyboard's."""
    for row in _KEYS:
        place = row.find(letter.lower())
        if place >= 0:
            other = random.choice([row[each] for each in (place - 1, place + 1) if 0 <= each < len(row)])
            return other.upper() if letter.isupper() else other
    return letter
