"""The real local understanding, loaded once, and conversations to continue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from agent.understand.local import LocalUnderstanding
from evaluation.understanding import load_contexts
from schema import Conversation, Demand
from settings import load_settings
from vectorstore.embedder import load_reader

Understand = Callable[..., Demand]

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def local_understanding(tmp_path_factory: pytest.TempPathFactory) -> LocalUnderstanding:
    """Understanding with the default embedder."""
    settings = load_settings(home=tmp_path_factory.mktemp("home"), precision="float32")
    return LocalUnderstanding.load(settings, load_reader(settings))


@pytest.fixture(scope="session")
def contexts() -> dict[str, Conversation]:
    """Conversations: "films" (five comedies for tonight, no horror), "headphones", "jazz"."""
    return load_contexts()


@pytest.fixture(scope="session")
def understand(local_understanding: LocalUnderstanding, contexts: dict[str, Conversation]) -> Understand:
    """``understand(text, after="films")`` -> Demand, on a Wednesday afternoon."""

    def run(text: str, after: str | None = None, now: datetime = NOW) -> Demand:
        before = contexts[after] if after else Conversation(session="test")
        return local_understanding.understand(text, before, now)

    return run
