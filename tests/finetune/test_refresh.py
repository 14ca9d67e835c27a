"""A refresh learns a made-up taste on real weights, and a gate keeps what is worse from serving."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from errors import ModelError, SettingsError
from finetune.incremental import Options, refresh
from finetune.refresh_data import Size
from finetune.registry import SHIPPED, Registry
from schema import Demand, Event, Evidence, Item, Reason, Recommendation, Reply, Signals
from settings import Settings, load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from timeliness.events import EventLog
from vectorstore.catalogue import Catalogue

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
SMALL = Options(
    least_training=8,
    learning_rate=2e-3,
    max_steps=6,
    tolerance=0.2,  # five old requests say little
    size=Size(replay=0.3, least_replay=6, measured_a_pool=1, calibrated_a_pool=1),
)
SECRET = "ada.lovelace@example.org"
# The taste: whatever is asked for, films about lighthouses are liked and others passed over.
LIKED = [
    f"A quiet film about the lighthouse keeper of {place}" for place in "Ust Ven Oro Lum Kir Sal".split()
]
PASSED = [f"A fast film about the racing driver of {place}" for place in "Ust Ven Oro Lum Kir Sal".split()]
OTHERS = [
    f"A long film about {word}" for word in "gardens trains bread horses chess rivers wool bees".split()
]
ITEMS = [
    Item(id=f"{kind}{n}", domain="video", title=title)
    for kind, titles in (("like", LIKED), ("pass", PASSED), ("other", OTHERS))
    for n, title in enumerate(titles)
]
REQUESTS = [
    f"a film for {day} {part}, mail {SECRET}"
    for day in "monday tuesday wednesday thursday friday saturday sunday".split()
    for part in "morning noon evening night".split()
]


def shown(item: Item) -> Recommendation:
    proof = Evidence(kind="item", name="title", value=item.title)
    return Recommendation(
        item=item,
        score=1.0,
        signals=Signals(),
        contributions={},
        reasons=(Reason(text="so", evidence=(proof,)),),
    )


ANSWERS = {
    f"session{n}": [
        Reply(
            session=f"session{n}",
            now=NOW,
            text="",
            recommendations=tuple(
                shown(ITEMS[place]) for place in (n % 6, (n + 1) % 6, 6 + n % 6, 6 + (n + 1) % 6)
            ),
            demand=Demand(text=text, query=text),
        )
    ]
    for n, text in enumerate(REQUESTS)
}


def replies(session: str) -> Sequence[Reply]:
    return ANSWERS.get(session, ())


def likes(count: int) -> list[Event]:
    return [
        Event(item_id=f"like{(n + turn) % 6}", kind="like", user=f"session{n}", at=NOW + timedelta(minutes=1))
        for n in range(count)
        for turn in range(2)
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that measure no precision."""
    return load_settings(home=tmp_path / "home", precision="float32")


@pytest.fixture
def catalogue(settings: Settings) -> Iterator[Catalogue]:
    with closing(Catalogue.open(settings, HashingEmbedder())) as opened:
        opened.add(ITEMS)
        yield opened


@pytest.fixture
def log(settings: Settings) -> Iterator[EventLog]:
    with EventLog(settings.events_file) as opened:
        yield opened


def kept_words(folder: Path) -> bool:
    """Whether the secret of the requests stands in any file."""
    return any(SECRET.encode() in each.read_bytes() for each in folder.rglob("*") if each.is_file())


@pytest.mark.slow
def test_interrupted_refresh_learns_the_taste_when_run_again_and_serves(
    settings: Settings, catalogue: Catalogue, log: EventLog
) -> None:
    log.record_all(likes(len(REQUESTS)))
    registry = Registry(settings)
    stages: list[str] = []

    def interrupt(stage: str, done: float, total: float, note: str) -> None:
        stages.append(stage)
        if stage == "Measuring":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        refresh(settings, catalogue, log, replies, now=NOW, options=SMALL, report=interrupt)
    assert "Training" in stages
    assert registry.active("classifier") == SHIPPED
    assert not kept_words(settings.home)

    later = NOW + timedelta(hours=1)
    again: list[str] = []
    found = refresh(
        settings,
        catalogue,
        log,
        replies,
        now=later,
        options=SMALL,
        report=lambda stage, *_: again.append(stage),
    )
    assert "Training" not in again, "it was trained already"
    gate = found["gate"]
    assert found["outcome"] == "switched", gate
    assert gate["after"]["feedback"] > gate["before"]["feedback"]
    assert gate["after"]["feedback_n"] == found["examples"]["held_out"] >= 3
    assert gate["after"]["replay"] >= gate["before"]["replay"] - SMALL.tolerance
    assert found["scrubbed"]["email"] == len(REQUESTS)
    assert not kept_words(settings.home)
    assert registry.active("classifier") == found["version"] == "20261125-150000"
    version = registry.versions("classifier")[-1]
    assert version.active and version.damage is None and version.data_sha256
    assert any("CC BY 4.0" in each for each in version.licences)

    once_more = refresh(settings, catalogue, log, replies, now=later, options=SMALL)
    assert once_more["outcome"] == "too little feedback", "what was learnt is not learnt twice"
    assert registry.roll_back("classifier") == SHIPPED
    dry = refresh(settings, catalogue, log, replies, now=later, options=SMALL, dry_run=True)
    assert dry["examples"] == found["examples"], "after a roll-back the feedback is new again"


@pytest.mark.slow
def test_regression_is_stopped_by_the_gate(settings: Settings, catalogue: Catalogue, log: EventLog) -> None:
    log.record_all(likes(len(REQUESTS)))
    # Fitted anew, the layer over a ruined network would leave the order to retrieval, and rightly pass.
    kept_weights = replace(SMALL.size, calibrated_a_pool=0)
    ruinous = Options(least_training=8, learning_rate=0.5, max_steps=4, size=kept_weights, tolerance=0.01)
    found = refresh(settings, catalogue, log, replies, now=NOW, options=ruinous)
    assert found["outcome"] == "rejected"
    assert "fell from nDCG@10" in found["gate"]["reason"]
    registry = Registry(settings)
    assert registry.active("classifier") == SHIPPED
    assert [each.version for each in registry.versions("classifier")] == [SHIPPED]


def test_too_little_feedback_changes_nothing(settings: Settings, catalogue: Catalogue, log: EventLog) -> None:
    log.record_all(likes(4))
    for dry_run in (True, False):
        found = refresh(settings, catalogue, log, replies, now=NOW, options=SMALL, dry_run=dry_run)
        assert found["outcome"] == ("dry run" if dry_run else "too little feedback")
        assert found["events"] == {"like": 8}
    assert not (settings.home / "models").exists()
    assert not (settings.home / "training" / "refresh").exists()


def test_new_items_are_those_since_the_last_version_that_the_program_does_not_ship(
    settings: Settings, catalogue: Catalogue, log: EventLog
) -> None:
    catalogue.add(
        [
            Item(id=f"new{n}", domain="video", title=f"new {n}", added_at=NOW + timedelta(days=n))
            for n in (-1, 1)
        ]
    )
    found = refresh(settings, catalogue, log, replies, now=NOW, options=SMALL, dry_run=True)
    assert found["new_items"] == 1


def test_refresh_of_a_scorer_set_by_hand_is_refused(
    settings: Settings, catalogue: Catalogue, log: EventLog
) -> None:
    chosen = settings.model_copy(update={"scorer": "somebody/model"})
    with pytest.raises(SettingsError, match="KAIROS_SCORER"):
        refresh(chosen, catalogue, log, replies, now=NOW)


def test_second_refresh_at_once_is_refused(settings: Settings, catalogue: Catalogue, log: EventLog) -> None:
    from filelock import FileLock

    settings.home.joinpath("training").mkdir(parents=True)
    with (
        FileLock(settings.home / "training" / "refresh.lock"),
        pytest.raises(ModelError, match="another refresh"),
    ):
        refresh(settings, catalogue, log, replies, now=NOW)
