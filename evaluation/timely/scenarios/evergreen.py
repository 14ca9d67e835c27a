"""Controls where recency must not win: one old thing is described, and newer ones of its kind stand by."""

from __future__ import annotations

import re
from collections import Counter

from evaluation.timely.builder import Builder, timeless
from evaluation.timely.scenario import Need, Said, Scenario
from evaluation.timely.spans import DAY, HOUR
from schema import Item

WORDS = 3  # of the description that the request repeats
RARE = 0.005  # the share of all items that may have such a word
FORMS = {
    "video": ("{noun} about {words}", "I'm looking for {noun} with {words}"),
    "news": ("an article about {words}", "a {noun} story on {words}"),
}
_WORD = re.compile(r"[a-z]{5,}")


def build(builder: Builder, count: int) -> list[Scenario]:
    """The described item came out 200 to 900 days before; five of its kind in the last week."""
    scenarios = []
    known = Counter(word for item in builder.items for word in set(_words(item)))
    rare = {word for word, items in known.items() if items <= len(builder.items) * RARE}
    for place in range(count):
        topic = builder.topic(["video", "news"], 8)
        target = builder.take_with(topic, lambda item: len(rare & set(_words(item))) >= WORDS)
        if target is None:
            continue
        now = builder.moment()
        builder.old(timeless(target), now)
        for each in builder.take(topic, 5):
            published = now - builder.span(HOUR, 6 * DAY)
            builder.world.put(each.model_copy(update={"published_at": published}))
        own = [each for each in dict.fromkeys(_words(target)) if each in rare]
        chosen = set(builder.rng.sample(own, WORDS))
        words = ", ".join(each for each in own if each in chosen)
        text = builder.rng.choice(FORMS[topic.domain]).format(noun=topic.noun, words=words)
        need = Need(topic.domain, topic, target=target.id)
        scenarios.append(Scenario(f"evergreen-{place}", "evergreen", (Said(text, now),), need))
    return scenarios


def _words(item: Item) -> list[str]:
    """The longer words of the description that the title does not have."""
    title = item.title.casefold()
    return [each for each in _WORD.findall(item.text.casefold()) if each not in title]
