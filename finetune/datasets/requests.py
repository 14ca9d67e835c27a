"""A request with the items that answer it, as training and validation read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class Request:
    """What somebody asked for.

    ``owner`` decides the split: the conversation, or the item that a synthetic request was
    made of. ``pool`` names the items it is about; ``relevant`` are all ids there that
    answer it, ``target`` one of them; ``excluded`` were mentioned before and count neither
    way; ``disliked`` were offered and turned down.
    """

    text: str
    owner: str
    pool: str
    target: str
    relevant: frozenset[str]
    excluded: frozenset[str] = frozenset()
    disliked: frozenset[str] = frozenset()
    synthetic: bool = True


def is_validation(owner: str, share: float = VALIDATION_SHARE) -> bool:
    """Whether what belongs to ``owner`` is kept from training; the same on every machine."""
    digest = hashlib.blake2b(owner.encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64 < share


def split(requests: Iterable[Request]) -> tuple[list[Request], list[Request]]:
    """Training and validation requests. A text that is in validation is in no training request."""
    everything = list(requests)
    validation = [each for each in everything if is_validation(each.owner)]
    held_out = {normal(each.text) for each in validation}
    training = [
        each for each in everything if not is_validation(each.owner) and normal(each.text) not in held_out
    ]
    return training, validation


@lru_cache(maxsize=100_000)
def normal(text: str) -> str:
    """Text without case and punctuation, to tell two spellings of one request."""
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def by_pool(requests: Sequence[Request]) -> dict[str, list[Request]]:
    """The requests grouped by what they are about."""
    grouped: dict[str, list[Request]] = {}
    for each in requests:
        grouped.setdefault(each.pool, []).append(each)
    return grouped
