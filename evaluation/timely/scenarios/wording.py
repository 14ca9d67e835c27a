"""How requests are put, by what is asked for; ``{noun}`` and ``{when}`` are filled in."""

from __future__ import annotations

from random import Random

from evaluation.timely.scenario import Topic

NEWS = (
    "{noun} news {when}",
    "show me {noun} stories {when}",
    "what should I read about {noun} {when}?",
    "I want {noun} articles {when}",
)
OFFERS = (
    "offers on {noun} {when}",
    "any deals on {noun} {when}?",
    "which {noun} are on sale {when}?",
    "I'm after discounted {noun}, on offer {when}",
)
WATCH = (
    "{noun} to watch {when}",
    "what {noun} can I watch {when}?",
    "I'd like to see some {noun} {when}",
)
RELEASED = (
    "{noun} that came out {when}",
    "{noun} released {when}",
    "show me {noun} that were released {when}",
)


def worded(forms: tuple[str, ...], topic: Topic, when: str, rng: Random) -> str:
    """One of ``forms`` filled in, without a space where ``when`` is empty."""
    text = rng.choice(forms).format(noun=topic.noun, when=when)
    return " ".join(text.split()).replace(" ?", "?")


def use_forms(topic: Topic) -> tuple[str, ...]:
    """How one asks for things of ``topic`` at a time: offers of goods, films to watch."""
    return WATCH if topic.domain == "video" else OFFERS
