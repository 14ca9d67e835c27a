"""Who uses the default scorer goes over to another version by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from errors import ModelError
from finetune.registry import Registry
from schema import Candidate, Item
from serving.scorer import load_scorer
from settings import Settings, load_settings
from tests.finetune.adapters import adapter
from wiring import Parts, make_assistant, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
ITEMS = [
    Item(id="calm", domain="music", title="Still Water", categories=("piano",), text="Quiet solo piano."),
    Item(id="loud", domain="music", title="Hammer", categories=("heavy metal",), text="Loud guitars."),
    Item(id="film", domain="video", title="Airplane Mode", categories=("Comedies",), text="A silly trip."),
]
CANDIDATES = [Candidate(item=each, rank=rank) for rank, each in enumerate(ITEMS, 1)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(
        home=tmp_path_factory.mktemp("home"), device="cpu", precision="float32", node_timeout=120
    )


@pytest.fixture(scope="module")
def registry(home: Settings, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """With a version "flat" that gives everything one half."""
    made = Registry(home)
    made.add("classifier", "flat", adapter(tmp_path_factory.mktemp("adapter") / "flat", scale=0.0))
    return made


@pytest.fixture(scope="module")
def parts(home: Settings) -> Iterator[Parts]:
    with closing(open_catalogue(home)) as catalogue:
        catalogue.add(ITEMS)
        with parts_over(catalogue, home) as opened:
            yield opened


async def test_open_assistant_uses_the_new_classifier_at_its_next_turn_and_the_old_one_after_roll_back(
    parts: Parts, registry: Registry
) -> None:
    assistant = make_assistant(parts)

    async def relevance(session: str) -> set[float]:
        reply = await assistant.ask("quiet piano music", session=session, now=NOW)
        assert reply.recommendations and not reply.degraded
        return {round(each.signals.relevance, 3) for each in reply.recommendations}

    try:
        before = await relevance("one")
        assert before != {0.5}
        registry.use("classifier", "flat")
        assert await relevance("two") == {0.5}
        registry.roll_back("classifier")
        assert await relevance("three") == before
    finally:
        await assistant.close()


def test_damaged_version_does_not_take_over(
    parts: Parts, registry: Registry, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scorer = parts.tool_context.scorer
    before = scorer.relevance("quiet piano music", CANDIDATES)
    place = registry.add("classifier", "torn", adapter(tmp_path / "torn"))
    registry.use("classifier", "torn")
    (place / "adapter.safetensors").write_bytes(b"cut")
    np.testing.assert_array_equal(scorer.relevance("quiet piano music", CANDIDATES), before)
    assert "goes on serving" in caplog.text
    with pytest.raises(ModelError, match=r"torn: adapter.safetensors is damaged"):
        load_scorer(parts.settings)
    registry.roll_back("classifier")
    np.testing.assert_array_equal(scorer.relevance("quiet piano music", CANDIDATES), before)
