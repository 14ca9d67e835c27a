"""A few labels teach a planted distinction."""

from __future__ import annotations

from random import Random

import pytest

from finetune.few_shot import fit_few_shot
from settings import Settings

# A slang that no dictionary has; which words go together is to be learnt.
SNUG, GRIM = ("blorpy", "fizzwick", "tumbly"), ("grackish", "vronky", "skeddle")
THINGS = ("film", "lamp", "song", "chair", "story", "phone", "jacket", "kettle")


def _texts(count: int, seed: int) -> tuple[list[str], list[str]]:
    random = Random(seed)
    labels = ["snug" if n % 2 else "grim" for n in range(count)]
    words = [random.choice(SNUG if each == "snug" else GRIM) for each in labels]
    return [f"a {word} {random.choice(THINGS)} for the {random.choice(THINGS)}" for word in words], labels


def test_few_labels_beat_chance_on_texts_not_seen(settings: Settings) -> None:
    texts, labels = _texts(16, seed=0)
    model = fit_few_shot(texts, labels, settings, steps=6)
    asked, truth = _texts(40, seed=1)
    right = [one == two for one, two in zip(model.predict(asked), truth, strict=True)]
    assert sum(right) >= 30


def test_labels_that_make_no_pair_are_refused(settings: Settings) -> None:
    with pytest.raises(ValueError, match="two texts each"):
        fit_few_shot(["a", "b"], ["x", "y"], settings)
