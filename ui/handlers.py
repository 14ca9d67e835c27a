"""What all handlers of the page's events share: how they are joined to events, and how they warn."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import gradio as gr

from errors import KairosError

log = logging.getLogger("kairos.ui")

# Nobody waits for another's answer, and no handler is offered as a public interface.
OPEN: dict[str, Any] = {"concurrency_limit": None, "api_visibility": "private", "show_progress": "hidden"}
_FIRST_SECONDS = 10  # how long a warning stays


def sent(event: gr.EventData) -> dict[str, Any]:
    """What the page's script sent with ``event``."""
    return event._data if isinstance(event._data, dict) else {}


def with_event(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler with the type of its ``event`` spelt out: Gradio fills it in by type, not by text."""
    handler.__annotations__["event"] = gr.EventData
    return handler


def warn(error: KairosError) -> None:
    """Show an error of ours for a while."""
    log.info("shown as a warning: %s", error)
    gr.Warning(str(error), duration=_FIRST_SECONDS)
