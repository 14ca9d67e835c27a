"""The labelling page: one pair of request and item at a time, answered by a key. Imports Gradio."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import Any

import gradio as gr

from errors import KairosError
from finetune.datasets.label_file import LabelFile
from finetune.label_queue import Question
from ui.layout import theme
from ui.rendering import render

HOST = "127.0.0.1"
_HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_KEYS = """() => document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const button = {y: "label-yes", n: "label-no", b: "label-back"}[event.key.toLowerCase()];
  if (button) document.getElementById(button)?.click();
})"""
_CSS = """.k-question { max-width: 46rem; margin: 1rem auto; } .k-question section { border-left: 3px solid #4353d9;
padding-left: 1rem; } .k-question-count { opacity: .7 } #answers { max-width: 46rem; margin: 0 auto; }"""


@dataclass
class Labelling:
    """The questions, in order, and where their answers go; safe to call from several threads."""

    questions: Sequence[Question]
    file: LabelFile

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._place = 0
        self._skip_answered()

    @property
    def place(self) -> int:
        """Which question is asked."""
        return self._place

    def answer(self, place: int, chosen: bool) -> None:
        """Keep the answer to question ``place``; one that is not asked any more, as by a key that was hit twice, is dropped.

        Raises:
            SourceError: it cannot be written.
        """
        with self._lock:
            if place != self._place or place >= len(self.questions):
                return
            question = self.questions[place]
            self.file.add(question.request.text, question.item.id, chosen, question.request.conversation)
            self._place += 1
            self._skip_answered()

    def back(self) -> None:
        """Ask the question before again; its new answer stands below the old one and counts."""
        with self._lock:
            self._place = max(0, self._place - 1)

    def html(self) -> str:
        """The question, escaped."""
        question = self.questions[self._place] if self._place < len(self.questions) else None
        return render(
            "question.html",
            question=question,
            done=len(self.file.labels),
            left=len(self.questions) - self._place,
            labels=str(self.file.path),
        )

    def _skip_answered(self) -> None:
        while self._place < len(self.questions) and self.questions[self._place].key in self.file.labels:
            self._place += 1


def build_page(labelling: Labelling) -> gr.Blocks:
    """The page; ``serve`` opens it."""

    def shown() -> tuple[str, int]:
        return labelling.html(), labelling.place

    def answer(place: int, chosen: bool) -> tuple[str, int]:
        try:
            labelling.answer(place, chosen)
        except KairosError as error:
            gr.Warning(str(error), duration=10)
        return shown()

    def back() -> tuple[str, int]:
        labelling.back()
        return shown()

    page: gr.Blocks
    with gr.Blocks(title="Kairos: labels", analytics_enabled=False) as page:
        place = gr.State(0)
        question = gr.HTML()
        with gr.Row(elem_id="answers"):
            yes = gr.Button("Yes (y)", variant="primary", elem_id="label-yes")
            no = gr.Button("No (n)", elem_id="label-no")
            before = gr.Button("Back (b)", elem_id="label-back")
        both = [question, place]
        page.load(shown, None, both, **_HIDDEN)
        yes.click(lambda place: answer(place, True), place, both, **_HIDDEN)
        no.click(lambda place: answer(place, False), place, both, **_HIDDEN)
        before.click(back, None, both, **_HIDDEN)
    return page


def serve(labelling: Labelling, port: int) -> None:
    """Open the page on this machine alone and stay until it is stopped.

    Raises:
        KairosError: the port is taken.
    """
    page = build_page(labelling)
    try:
        page.launch(
            server_name=HOST,
            server_port=port,
            quiet=True,
            prevent_thread_lock=True,
            theme=theme(),
            css=_CSS,
            js=_KEYS,
            footer_links=[],
            ssr_mode=False,
        )
    except OSError as error:
        raise KairosError(
            f"cannot listen on {HOST}:{port}: the port is taken; name another with --port"
        ) from error
    try:
        with suppress(KeyboardInterrupt):
            while page.is_running:
                time.sleep(0.2)
    finally:
        page.close(verbose=False)
