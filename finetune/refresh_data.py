"""What a refresh learns from and is measured by: feedback, new items, and a replay of old requests.

The replay is the synthetic requests about the bundled catalogue, made again by their rules: it
needs no data set (experience replay against forgetting; Rolnick et al., 2019).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from finetune.candidates import Retriever
from finetune.datasets.mining import BUNDLED_PREFIX, GROUP, Group, Pool, Vectors, mine
from finetune.datasets.pools import load_pools
from finetune.datasets.requests import Request, by_pool, split
from finetune.datasets.synthetic import synthetic_requests
from finetune.feedback import Example, Feedback
from finetune.gate import Question
from schema import Candidate, Item
from settings import Settings
from vectorstore.lexical import EVERYTHING

if TYPE_CHECKING:
    from vectorstore.catalogue import Catalogue

REPLAY_SEED = 0  # that of the shipped classifier: its held-out requests stay held out
LEAST_REPLAY = 96
MEASURED_A_POOL = 30
CALIBRATED_A_POOL = 20
MOST_NEW_ITEMS = 300
NEW_ITEM_SCALE = 1 / 3
_CANDIDATES = 32
_MOST_ANSWERS = GROUP // 2
_NEW = f"{BUNDLED_PREFIX}new-"  # the prefix gives such a pool its rules of wording

# stage, done, total, note
Report = Callable[[str, float, float, str], None]


@dataclass(frozen=True)
class Size:
    """How much of each part; ``replay`` is old requests to an example of feedback, not fewer than ``least_replay``."""

    replay: float = 2.0
    least_replay: int = LEAST_REPLAY
    measured_a_pool: int = MEASURED_A_POOL
    calibrated_a_pool: int = CALIBRATED_A_POOL


@dataclass
class RefreshData:
    """All that a refresh works on; ``counts`` are for its report."""

    groups: list[Group] = field(default_factory=list)
    passages: dict[str, str] = field(default_factory=dict)
    replay: list[Question] = field(default_factory=list)
    feedback: list[Question] = field(default_factory=list)
    calibration: list[Question] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def sha256(self) -> str:
        """Of everything that is learnt from and measured by."""
        digest = hashlib.sha256()
        for group in self.groups:
            digest.update(
                "\0".join((group.request, str(group.answers), *group.items)).encode("utf-8", "replace")
            )
        for each in (*self.replay, *self.feedback, *self.calibration):
            digest.update("\0".join((each.request, *sorted(each.relevant))).encode("utf-8", "replace"))
        return digest.hexdigest()


class _Stock:
    """The items of the catalogue and of the bundled pools, with vectors of one embedder."""

    def __init__(self, catalogue: Catalogue, vectors: Vectors, report: Report) -> None:
        ids = sorted(catalogue.select(EVERYTHING, catalogue.count()))
        self.items = {each.id: each for each in catalogue.get(ids)}
        self._known = catalogue.vectors(ids) if ids else {}
        self._vectors = vectors
        self._report = report

    def pool(self, items: Sequence[Item]) -> Pool:
        """``items`` as a pool; what the catalogue holds in the same words is not embedded again."""
        missing = [
            each for each in items if each.id not in self.items or self.items[each.id].passage != each.passage
        ]
        made = dict(
            zip((each.id for each in missing), self.of([each.passage for each in missing]), strict=True)
        )
        rows = [made[each.id] if each.id in made else self._known[each.id] for each in items]
        return Pool(list(items), np.stack(rows) if rows else np.empty((0, 1), np.float32))

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, shape (texts, dimensions)."""
        if not texts:
            return np.empty((0, 1), np.float32)
        done = 0

        def advance(count: int) -> None:
            nonlocal done
            done += count
            self._report("Embedding", done, len(texts), "")

        return self._vectors.of(texts, advance)


def new_items(catalogue: Catalogue, since: datetime | None, until: datetime) -> list[Item]:
    """Items that came in after ``since`` (None: ever) and not after ``until``, less the bundled ones."""
    bundled = {
        each.id for items in load_pools(catalogue.settings, REPLAY_SEED, {}).values() for each in items
    }
    ids = sorted(set(catalogue.select(EVERYTHING, catalogue.count())) - bundled)
    return [
        each
        for each in catalogue.get(ids)
        if each.added_at is not None and each.added_at <= until and (since is None or each.added_at > since)
    ]


def assemble(
    settings: Settings,
    catalogue: Catalogue,
    feedback: Feedback,
    fresh: Sequence[Item],
    size: Size,
    seed: int,
    report: Report = lambda stage, done, total, note: None,
) -> RefreshData:
    """Groups to train on and questions to measure by; the same for the same input.

    Args:
        settings: where vectors are kept (``home``).
        catalogue: whose items the feedback is about, and whose embedder finds candidates.
        feedback: examples.
        fresh: new items.
        size: how much of each part.
        seed: of the random choices.
        report: told of progress.
    """
    stock = _Stock(catalogue, Vectors(catalogue.embedder, settings.home / "training" / "vectors"), report)
    data = RefreshData()
    with Retriever(list(stock.items.values()), stock.pool(list(stock.items.values())).vectors) as retriever:
        texts = sorted({each.request for each in (*feedback.training, *feedback.validation)})
        asked = catalogue.embedder.encode(texts)  # what users wrote is kept nowhere, not even as vectors
        finder = _Finder(stock, retriever, dict(zip(texts, asked, strict=True)))
        data.groups += _feedback_groups(feedback.training, finder, seed)
        data.feedback = [finder.question(each) for each in feedback.validation]
    data.counts["feedback_groups"] = len(data.groups)
    old_pools = load_pools(settings, REPLAY_SEED, {})
    training, validation = split(synthetic_requests(old_pools, REPLAY_SEED))
    wanted = max(size.least_replay, round(size.replay * len(data.groups)))
    random = Random(f"replay/{seed}")
    held = _some(training, size.calibrated_a_pool, "calibration")
    kept = set(held)
    rest = [each for each in training if each not in kept]
    replayed = random.sample(rest, min(wanted, len(rest)))
    fresh_pools, about_new = _about_new(fresh, old_pools, seed)
    pools = {name: stock.pool(items) for name, items in (old_pools | fresh_pools).items()}
    measured = _some(validation, size.measured_a_pool, "replay")
    requests = [*replayed, *about_new]
    data.groups += mine(requests, pools, stock.of([each.text for each in requests]), seed)
    data.counts |= {"replay_requests": len(replayed), "new_item_requests": len(about_new)}
    data.replay = _questions(measured, pools, stock)
    data.calibration = _questions(held, pools, stock)
    everything = {
        each.id: each for items in (old_pools | fresh_pools).values() for each in items
    } | stock.items
    used = {each for group in data.groups for each in group.items}
    data.passages = {each: everything[each].passage for each in sorted(used)}
    return data


class _Finder:
    """Candidates of requests among the catalogue's items."""

    def __init__(self, stock: _Stock, retriever: Retriever, asked: Mapping[str, NDArray[np.float32]]) -> None:
        self._stock = stock
        self._retriever = retriever
        self._asked = asked

    def candidates(self, example: Example) -> dict[str, Candidate]:
        """What the search finds, and what was shown and judged, by id."""
        vector = self._asked[example.request]
        found = self._retriever(example.request, vector, _CANDIDATES)
        words = dict(zip(found.ids, found.lexical.tolist(), strict=True))
        others = [*example.shown, *sorted(example.liked | example.disliked)]
        ids = [each for each in dict.fromkeys([*found.ids, *others]) if each in self._stock.items]
        cosines = self._stock.pool([self._stock.items[each] for each in ids]).vectors @ vector
        return {
            item_id: Candidate(
                item=self._stock.items[item_id],
                dense=float(cosine),
                lexical=words.get(item_id, 0.0),
                rank=rank,
            )
            for rank, (item_id, cosine) in enumerate(zip(ids, cosines, strict=True), start=1)
        }

    def question(self, example: Example) -> Question:
        """The example as something to measure by."""
        return Question(example.request, tuple(self.candidates(example).values()), example.liked)


def _feedback_groups(examples: Sequence[Example], finder: _Finder, seed: int) -> list[Group]:
    """A group for every few liked items: disliked ones against them, then those shown and passed over."""
    groups = []
    liked_by_any = {item_id for each in examples for item_id in each.liked}
    for example in examples:
        candidates = finder.candidates(example)
        random = Random(f"{seed}/{example.request}")
        liked = [each for each in sorted(example.liked) if each in candidates]
        for start in range(0, len(liked), _MOST_ANSWERS):
            answers = liked[start : start + _MOST_ANSWERS]
            # Of what nobody judged for this request, what is liked elsewhere may well be good here.
            known = example.disliked | liked_by_any | {*example.shown}
            found = [each for each in candidates if each not in known]
            random.shuffle(found)
            disliked = [each for each in sorted(example.disliked) if each in candidates]
            passed = [each for each in example.shown if each in candidates]
            others = [
                each for each in dict.fromkeys([*disliked, *passed, *found]) if each not in example.liked
            ]
            items = (*answers, *others[: GROUP - len(answers)])
            if len(items) == GROUP:
                rows = [candidates[each] for each in items]
                dense, lexical = tuple(each.dense for each in rows), tuple(each.lexical for each in rows)
                groups.append(Group(example.request, items, len(answers), dense, lexical))
    return groups


def _some(requests: Sequence[Request], limit: int, purpose: str) -> list[Request]:
    """At most so many of each pool, by hash."""

    def mark(each: Request) -> bytes:
        return hashlib.blake2b(f"{purpose}/{each.text}/{each.target}".encode("utf-8", "replace")).digest()

    return [each for pool in by_pool(requests).values() for each in sorted(pool, key=mark)[:limit]]


def _about_new(
    items: Sequence[Item], old: Mapping[str, Sequence[Item]], seed: int
) -> tuple[dict[str, list[Item]], list[Request]]:
    """Synthetic requests about new items, and pools by domain: those items among the old ones."""
    chosen = list(items)
    if len(chosen) > MOST_NEW_ITEMS:
        chosen = Random(seed).sample(chosen, MOST_NEW_ITEMS)
    pools: dict[str, list[Item]] = {}
    for domain in sorted({each.domain for each in chosen}):
        others = [each for some in old.values() for each in some if each.domain == domain]
        pools[f"{_NEW}{domain}"] = [each for each in chosen if each.domain == domain] + others
    new = {each.id for each in chosen}
    requests, _ = split(synthetic_requests(pools, seed, NEW_ITEM_SCALE))
    return pools, [each for each in requests if each.target in new]


def _questions(requests: Sequence[Request], pools: Mapping[str, Pool], stock: _Stock) -> list[Question]:
    asked = stock.of([each.text for each in requests])
    found: list[Question | None] = [None] * len(requests)
    for name in {each.pool for each in requests}:
        pool = pools[name]
        items = {each.id: each for each in pool.items}
        with Retriever(pool.items, pool.vectors) as retrieve:
            for place, request in enumerate(requests):
                if request.pool != name:
                    continue
                got = retrieve(request.text, asked[place], _CANDIDATES, request.excluded)
                rows = zip(got.ids, got.dense.tolist(), got.lexical.tolist(), strict=True)
                candidates = tuple(
                    Candidate(item=items[item_id], dense=dense, lexical=lexical, rank=rank)
                    for rank, (item_id, dense, lexical) in enumerate(rows, start=1)
                )
                found[place] = Question(request.text, candidates, request.relevant)
    return [each for each in found if each is not None]
