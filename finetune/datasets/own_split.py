"""Splits your own requests into training and held-out ones, so that nothing of one side is on the other.

By time where every row has one: what was asked from a moment on is held out. Else by
conversation, or where there is none by request, in an order that a hash decides. Of a
conversation that lies on both sides of the moment the earlier part is left out, and so is a
training request whose words are held out too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from errors import SourceError
from finetune.datasets.own import Choice, OwnData
from finetune.datasets.requests import Request, normal

POOL = "own"
HELD_OUT_SHARE = 0.2
LEAST_TRAINING, LEAST_HELD_OUT = 24, 5


@dataclass(frozen=True)
class OwnSplit:
    """Requests of both sides. ``left_out`` rows are on neither; ``since`` is when the held-out ones begin."""

    training: Sequence[Request]
    held_out: Sequence[Request]
    by: Literal["time", "conversation", "request"]
    since: datetime | None
    left_out: int


def split_own(data: OwnData, share: float = HELD_OUT_SHARE) -> OwnSplit:
    """Training and held-out requests, the latter about ``share`` of all.

    A training request has one target, so one with three chosen items is three; a held-out one
    stands once, with all its chosen items relevant.

    Raises:
        SourceError: too few requests are left on a side.
    """
    timed = all(each.at for each in data.choices)
    way: Literal["time", "conversation", "request"] = (
        "time" if timed else "conversation" if any(each.conversation for each in data.choices) else "request"
    )
    latest = _latest(data.choices)
    order = sorted(latest, key=lambda owner: (latest[owner], owner) if timed else (_hash(owner), owner))
    held = set(_last(order, data.choices, share))
    since = min((latest[owner] for owner in held), default=None) if timed else None
    sides: tuple[list[Choice], list[Choice]] = ([], [])
    for each in data.choices:
        outside = _owner(each) in held
        if since is None or (each.at is not None and (each.at >= since) == outside):
            sides[outside].append(each)
    words = {normal(each.request) for each in sides[1]}
    learnt = [each for each in sides[0] if normal(each.request) not in words]
    twins = _twins(data)
    training = _requests(learnt, twins)
    held_out = _merged(_requests(sides[1], twins))
    if len(training) < LEAST_TRAINING or len(held_out) < LEAST_HELD_OUT:
        raise SourceError(
            f"{len(training)} requests to train on and {len(held_out)} held out, split by {way}: at least"
            f" {LEAST_TRAINING} and {LEAST_HELD_OUT} with a chosen item are needed; add requests"
            + (", or name more conversations" if way == "conversation" else "")
        )
    return OwnSplit(training, held_out, way, since, len(data.choices) - len(learnt) - len(sides[1]))


def _owner(choice: Choice) -> str:
    """What is never split: the conversation, or without one the words of the request."""
    return f"own/{choice.conversation}" if choice.conversation else f"own/words/{normal(choice.request)}"


def _latest(choices: Sequence[Choice]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for each in choices:
        at = each.at or datetime.min.replace(tzinfo=UTC)
        owner = _owner(each)
        found[owner] = max(found[owner], at) if each.at and owner in found else at
    return found


def _hash(owner: str) -> bytes:
    return hashlib.blake2b(owner.encode("utf-8", "replace"), digest_size=8).digest()


def _last(order: Sequence[str], choices: Sequence[Choice], share: float) -> list[str]:
    """The owners at the end of ``order`` who asked about ``share`` of the requests with a chosen item."""
    asked: dict[str, set[str]] = {}
    for each in choices:
        if each.chosen:
            asked.setdefault(_owner(each), set()).add(normal(each.request))
    wanted = max(LEAST_HELD_OUT, round(share * sum(map(len, asked.values()))))
    taken: list[str] = []
    count = 0
    for owner in reversed(order[1:]):
        if count >= wanted:
            break
        taken.append(owner)
        count += len(asked.get(owner, ()))
    return taken


def _twins(data: OwnData) -> dict[str, frozenset[str]]:
    """Items by id, with those of the very same text: none of them is a wrong answer where another is right."""
    same: dict[str, list[str]] = {}
    for each in data.items:
        same.setdefault(normal(each.passage), []).append(each.id)
    return {item_id: frozenset(ids) for ids in same.values() for item_id in ids}


def _requests(choices: Sequence[Choice], twins: Mapping[str, frozenset[str]]) -> list[Request]:
    """One for each chosen item; what anybody chose for the same words is relevant to all of them."""
    chosen: dict[str, set[str]] = {}
    turned_down: dict[str, set[str]] = {}
    for each in choices:
        (chosen if each.chosen else turned_down).setdefault(normal(each.request), set()).add(each.item_id)
    found = []
    for each in choices:
        if not each.chosen:
            continue
        words = normal(each.request)
        relevant = frozenset(twin for item_id in chosen[words] for twin in twins[item_id])
        disliked = frozenset(turned_down.get(words, ())) - relevant
        found.append(
            Request(
                each.request,
                _owner(each),
                POOL,
                each.item_id,
                relevant,
                frozenset(),
                disliked,
                synthetic=False,
            )
        )
    return found


def _merged(requests: Sequence[Request]) -> list[Request]:
    """One request for the same words."""
    found: dict[str, Request] = {}
    for each in requests:
        found.setdefault(normal(each.text), each)
    return list(found.values())
