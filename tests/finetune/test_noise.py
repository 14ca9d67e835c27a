"""Mistyped requests for training and measuring: seeded, and near what was asked."""

from __future__ import annotations

from random import Random

import pytest
from rapidfuzz.distance import OSA

from finetune.noise import DROP_RATE, PERTURBATIONS, TYPO_RATE, noisy, typos

REQUESTS = (
    "looking for a funny film with robots for tonight",
    "I'd like calm piano music to study to",
    "gift for a coffee lover, under $100",
    "news about the election",
    "jazz",
    "",
    "  ",
    "2001: a space odyssey!!",
    "安静的音乐",
    "\ud800 headphones",
)


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_same_seed_gives_the_same_words(name: str) -> None:
    change = PERTURBATIONS[name]
    drawn = [[change(each, Random(seed)) for each in REQUESTS] for seed in (1, 1, 2, 3, 4)]
    assert drawn[0] == drawn[1]
    assert any(each != drawn[0] for each in drawn[2:])


def test_changes_are_bounded() -> None:
    for seed in range(30):
        for text in REQUESTS:
            words = len(text.split(" "))
            assert OSA.distance(text, typos(text, Random(seed))) <= max(1, round(TYPO_RATE * words))
            assert PERTURBATIONS["case"](text, Random(seed)).lower() == text.lower()
            left, asked = PERTURBATIONS["dropped words"](text, Random(seed)).split(), text.split()
            assert len(asked) - len(left) <= max(1, round(DROP_RATE * len(asked)))
            assert bool(left) == bool(asked)
            assert set(left) <= set(asked)


def test_share_of_noise_is_kept() -> None:
    random = Random(3)
    changed = sum(noisy(REQUESTS[0], random, 0.5) != REQUESTS[0] for _ in range(400))
    assert 130 < changed < 220
    assert all(noisy(each, random, 0.0) == each for each in REQUESTS)


def test_paraphrase_keeps_the_wish_and_changes_the_opener() -> None:
    said = PERTURBATIONS["paraphrase"](REQUESTS[0], Random(1))
    assert "looking for" not in said
    assert "robots" in said and "humorous movie" in said
