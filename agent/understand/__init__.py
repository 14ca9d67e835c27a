"""From a message, its conversation and the moment to a ``Demand``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from agent.understand.thinness import clarifying_question, is_thin, mood_question
from schema import Conversation, Demand
from settings import Settings

if TYPE_CHECKING:
    from vectorstore.embedder import Embedder

__all__ = ["Understanding", "build_understanding", "clarifying_question", "is_thin", "mood_question"]


class Understanding(Protocol):
    """Reads a message; ``conversation`` is what came before it, ``now`` is zone-aware."""

    async def __call__(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text``. Never raises for what a user may write."""
        ...


def build_understanding(
    settings: Settings, embedder: Embedder, holds: Callable[[Sequence[str]], bool] | None = None
) -> Understanding:
    """Local understanding, behind a language model where ``settings.llm`` names one.

    Raises:
        SettingsError: the language model's name, package or key does not do.
    """
    from agent.understand.local import LocalUnderstanding

    local = LocalUnderstanding.load(settings, embedder, holds)
    if settings.llm is None:
        return local
    from agent.understand.with_llm import LanguageModelUnderstanding

    return LanguageModelUnderstanding.load(settings, local)
