"""What a tool may use: the long-lived parts, made once in the wiring and handed down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from settings import Settings

if TYPE_CHECKING:
    from serving.scorer import Scorer
    from timeliness.events import EventLog
    from vectorstore.catalogue import Catalogue
    from vectorstore.embedder import Embedder
    from vectorstore.search import Search


@dataclass(frozen=True)
class ToolContext:
    """The parts of a running Kairos."""

    settings: Settings
    embedder: Embedder
    catalogue: Catalogue
    search: Search
    scorer: Scorer
    events: EventLog
