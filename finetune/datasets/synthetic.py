"""Synthetic requests, made by rule of what items say of themselves. Marked synthetic wherever they are kept.

A rule takes an item and words a wish that the item fulfils, with what every other item
would have to have to fulfil it too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from finetune.datasets.facets import Facet, facets
from finetune.datasets.requests import Request, normal
from finetune.datasets.wording import (
    GENRE_WORDS,
    GIFTS,
    MOOD_WORDS,
    MOODS_REFUSED,
    MUSIC_USES,
    article,
    said,
    spoken,
)
from schema import Item

# How many requests are made of each item of a pool.
A_BUNDLED_ITEM = 6
A_PUBLIC_ITEM = {"netflix": 0.4, "songs": 0.35, "ikea": 0.3, "mind": 0.4, "huffpost": 0.5}

_USE = re.compile(
    r"(?:(?:^|\. )For|\b(?:suits?|ideal for|perfect for|good for|great for|made for)) ([^.;:]{4,80})"
)
_NOT_CONTENT = frozenset(
    "a an the and or of to in on at by for with from as is are was were be his her their its it he she they this that"
    " who when where which while after before into out up over about than then but not no all one two has have had"
    " new track album works only very also more most can may will your you".split()
)


@dataclass(frozen=True)
class Wish:
    """Words, and the test of what fulfils them. ``facets`` all hold, ``without`` none does."""

    words: str
    facets: frozenset[Facet] = frozenset()
    without: frozenset[Facet] = frozenset()
    any_of: frozenset[str] = frozenset()
    alone: bool = False  # only the item it was made of is known to fulfil it

    def met_by(self, found: frozenset[Facet]) -> bool:
        """Whether an item with these facets fulfils the wish."""
        if self.alone or not self.facets <= found or self.without & found:
            return False
        return not self.any_of or any(normal(each.value) in self.any_of for each in found)


Rule = Callable[[Item, Sequence[Facet], Random], Wish | None]


def synthetic_requests(pools: Mapping[str, Sequence[Item]], seed: int, scale: float = 1.0) -> list[Request]:
    """Requests about every pool that has rules; the same for the same seed and items."""
    found: list[Request] = []
    for pool, items in pools.items():
        rate = (A_BUNDLED_ITEM if pool.startswith("bundled/") else A_PUBLIC_ITEM.get(pool, 0.0)) * scale
        known = {item.id: facets(item) for item in items}
        for item in items:
            random = Random(f"{seed}/{item.id}")
            count = int(rate) + (random.random() < rate % 1)
            found += [each for _ in range(count) if (each := _request(pool, item, known, random))]
    return found


def _request(pool: str, item: Item, known: Mapping[str, frozenset[Facet]], random: Random) -> Request | None:
    rules, weights = zip(*RULES[item.domain], strict=True)
    own = sorted(known[item.id])
    for rule in random.choices(rules, weights, k=4):
        if wish := rule(item, own, random):
            relevant = {key for key, found in known.items() if wish.met_by(found)} | {item.id}
            if len(relevant) <= max(20, len(known) // 3):
                words = spoken(wish.words, random)
                return Request(words, item.id, pool, item.id, frozenset(relevant))
    return None


def _pick(own: Sequence[Facet], kind: str, random: Random) -> Facet | None:
    fitting = [each for each in own if each.kind == kind]
    return random.choice(fitting) if fitting else None


def thing_by_sort(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "wireless headphones", "a lamp for the bedroom", "Sony headphones"."""
    sort, quality, maker = (_pick(own, kind, random) for kind in ("sort", "quality", "maker"))
    if sort is None:
        return None
    noun = said(sort.value, random)
    if quality is None or random.random() < 0.2:
        if maker and random.random() < 0.35:
            return Wish(f"{maker.value} {noun}", frozenset({sort, maker}))
        return Wish(article(noun, random), frozenset({sort}))
    trait = said(quality.value, random)
    forms = (f"{trait} {noun}", f"{noun}, {trait}", f"{noun} for {trait}")
    return Wish(random.choices(forms, (6, 2, 2))[0], frozenset({sort, quality}))


def thing_that_works_with(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "a smart lock that works with HomeKit"."""
    sort, platform = _pick(own, "sort", random), _pick(own, "works_with", random)
    if sort is None or platform is None:
        return None
    short = {"Apple HomeKit": ("HomeKit", "Apple Home", "my iPhone", "Siri", "apple homekit")}.get(
        platform.value, (platform.value, platform.value.removeprefix("Amazon "))
    )
    name = random.choice(short)
    forms = (
        f"{article(sort.value, random)} that works with {name}",
        f"{name} compatible {sort.value}",
        f"{sort.value} for {name}",
    )
    return Wish(random.choice(forms), frozenset({sort, platform}))


def thing_for_use(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "headphones for long flights", from what the text says it is for."""
    uses = [part.strip() for found in _USE.findall(item.text) for part in re.split(r",| and | or ", found)]
    uses = [each for each in uses if 3 < len(each) < 40]
    if not uses:
        return None
    use = random.choice(uses)
    sort = _pick(own, "sort", random)
    noun = article(sort.value, random) if sort and random.random() < 0.75 else "something"
    return Wish(f"{noun} for {use}", alone=True)


def gift(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "a gift for a reader"."""
    values = {normal(each.value) for each in own}
    fitting = [who for who, marks in GIFTS.items() if values & {normal(mark) for mark in marks}]
    if not fitting:
        return None
    who = random.choice(fitting)
    word = random.choice(
        ("a gift for", "a present for", "birthday gift for", "gift ideas for", "christmas present for")
    )
    return Wish(f"{word} {who}", any_of=frozenset(normal(mark) for mark in GIFTS[who]))


def said_in_text(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """A few words of the description, as keywords or as they stand: a plot, an event, a use."""
    sentences = [each for each in re.split(r"(?<=[.!?]) ", item.text) if len(each.split()) > 5]
    if not sentences or (item.domain == "music" and item.text.startswith("A track from")):
        return None
    words = re.findall(r"[\w'’-]+", random.choice(sentences))
    start = random.randrange(max(1, len(words) - 6))
    span = words[start : start + random.randint(5, 9)]
    while span and span[-1].casefold() in _NOT_CONTENT:
        span.pop()
    content = [each for each in span if each.casefold() not in _NOT_CONTENT]
    if len(content) < 3:
        return None
    opener = {
        "video": "a film about ",
        "news": "news about ",
        "music": "music like ",
        "shopping": "something ",
    }
    phrase = " ".join(span if random.random() < 0.5 else content)
    return Wish(f"{opener.get(item.domain, '') if random.random() < 0.6 else ''}{phrase}", alone=True)


def title_words(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Some words of the title: a headline's subject, a name half remembered."""
    words = [each for each in re.findall(r"[\w'’-]+", item.title) if each.casefold() not in _NOT_CONTENT]
    if len(words) < 2:
        return None
    kept = words if len(words) < 4 else [each for each in words if random.random() < 0.6][:5]
    return Wish(" ".join(kept), alone=True) if len(kept) > 1 else None


def video_by_genre(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "something light and funny", "a romantic comedy but no drama"."""
    genres = [each for each in own if each.kind in {"genre", "quality"}]
    if not genres:
        return None
    first = random.choice(genres)
    noun = random.choice(
        ("film", "movie", "movies")
        if item.attributes.get("kind") != "series"
        else ("series", "show", "tv show")
    )
    forms = GENRE_WORDS.get(first.value, ("{} " + noun, "something {}", "{}"))
    phrase = random.choice(forms)
    words = phrase.format(first.value if first.value not in GENRE_WORDS else noun)
    chosen = {first}
    if len(genres) > 1 and random.random() < 0.35:
        second = random.choice([each for each in genres if each != first])
        words, chosen = (
            f"{second.value} {words}" if random.random() < 0.5 else f"{words}, {second.value}",
            {first, second},
        )
    absent = frozenset(
        Facet("genre", each) for each in ("horror", "romance", "drama", "comedy", "war")
    ) - set(own)
    if absent and random.random() < 0.15:
        out = random.choice(sorted(absent))
        return Wish(
            f"{words} but {random.choice(('no', 'not'))} {out.value}", frozenset(chosen), frozenset({out})
        )
    return Wish(words, frozenset(chosen))


def by_mood(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "something light and funny", "relaxing piano music", "a crime film with jokes, nothing dark"."""
    moods = [each for each in own if each.kind == "mood"]
    if not moods:
        return None
    mood, other = random.choice(moods), random.choice(moods)
    if other != mood and random.random() < 0.25:
        return Wish(f"something {mood.value} and {other.value}", frozenset({mood, other}))
    rest = _pick(own, random.choice(("genre", "instrument")), random) if random.random() < 0.5 else None
    if rest is None:
        nouns = {"music": ("music", "songs", "album"), "video": ("film", "movie", "something to watch")}
        noun = random.choice(nouns[item.domain])
        if item.attributes.get("kind") == "series":
            noun = random.choice(("series", "show", "something to watch"))
    else:
        noun = rest.value if item.domain == "video" else f"{rest.value} music"
    words = random.choice(MOOD_WORDS.get(mood.value, (f"{mood.value} {{}}",))).format(noun)
    chosen = frozenset({mood, rest} if rest else {mood})
    absent = sorted(set(MOODS_REFUSED) - {each.value for each in moods})
    if random.random() < 0.2:
        out = random.choice(absent)
        words = f"{words}, {random.choice(MOODS_REFUSED[out])}"
        return Wish(words, chosen, frozenset({Facet("mood", out)}))
    return Wish(words, chosen)


def by_instrument(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "solo piano", "something with saxophone"."""
    instrument = _pick(own, "instrument", random)
    if instrument is None or instrument.value == "voice":
        return None
    forms = ("{} music", "something with {}", "{} pieces", "music with {}")
    return Wish(random.choice(forms).format(instrument.value), frozenset({instrument}))


def by_maker(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "songs by Adele", "a film by Ken Loach"."""
    maker = _pick(own, "maker", random)
    if maker is None:
        return None
    noun = {
        "music": ("songs by", "something by", "", "music by"),
        "video": ("a film by", "films directed by", "a movie by"),
    }
    opener = random.choice(noun.get(item.domain, ("something by", "")))
    return Wish(f"{opener} {maker.value}".strip(), frozenset({maker}))


def music_by_genre(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "piano music", "some disco"."""
    genre, other = _pick(own, "genre", random), _pick(own, "genre", random)
    if genre is None:
        return None
    forms = ("{} music", "some {}", "{} songs", "{}", "play something {}", "a {} track", "a good {} album")
    words = random.choice(forms).format(genre.value)
    if other and other != genre and random.random() < 0.4:
        return Wish(f"{other.value} {words}", frozenset({genre, other}))
    return Wish(words, frozenset({genre}))


def music_for_use(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "music to dance to"."""
    values = {normal(each.value) for each in own}
    fitting = [use for use, genres in MUSIC_USES.items() if values & {normal(each) for each in genres}]
    if not fitting:
        return None
    use = random.choice(fitting)
    noun = random.choice(("something", "music", "songs", "a playlist"))
    return Wish(f"{noun} {use}", any_of=frozenset(normal(each) for each in MUSIC_USES[use]))


def news_by_topic(item: Item, own: Sequence[Facet], random: Random) -> Wish | None:
    """Such as "what's new in politics"."""
    topic = _pick(own, "topic", random)
    if topic is None:
        return None
    forms = (
        "{} news", "news about {}", "what's new in {}", "{} headlines", "stories about {}", "latest on {}",
        "catch me up on {}", "{} explained",
    )  # fmt: skip
    return Wish(random.choice(forms).format(topic.value), frozenset({topic}))


_THINGS: tuple[tuple[Rule, float], ...] = (
    (thing_by_sort, 5), (thing_that_works_with, 2), (thing_for_use, 2), (gift, 1), (said_in_text, 2), (title_words, 0.5),
)  # fmt: skip
RULES: Mapping[str, tuple[tuple[Rule, float], ...]] = {
    "shopping": _THINGS,
    "smart_home": _THINGS,
    "video": ((video_by_genre, 3), (by_mood, 4.5), (said_in_text, 3), (by_maker, 0.7), (title_words, 0.5), (thing_for_use, 0.5)),
    "music": (
        (music_by_genre, 3), (by_mood, 4.5), (by_instrument, 1), (music_for_use, 2), (said_in_text, 2), (by_maker, 1),
        (title_words, 0.5), (thing_for_use, 1),
    ),
    "news": ((news_by_topic, 3), (said_in_text, 3), (title_words, 3)),
}  # fmt: skip
