"""Studies of fine-tuning, each a module here: what a method gains, what it costs, as a table.

A study has ``run(settings, report, minutes)``, which does the work in about so many minutes
and returns plain values, and ``table(result)``, which words them as Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from finetune.run_data import Report
    from settings import Settings

# Name of a study, and what it asks; the module is called the same.
STUDIES = {
    "methods": "full, lora, adalora, prefix, adapter and head: quality, parameters, seconds, memory",
    "robustness": "requests with typos, other capitals, missing words and other wording; adversarial training",
    "privacy": "differentially private training: quality for each privacy budget",
    "compression": "fewer layers, pruning and int8: size, speed and quality",
    "few-shot": "8, 32 and 128 labels a class: SetFit, a head on frozen vectors, pseudo-labels, what to label next",
    "transfer": "the embedder trained on one domain and measured on all: what learning one costs another",
    "adaptation": "the embedder on a new catalogue without labels: SimCSE, cropping, cloze",
}


class Study(Protocol):
    """What every module of this package offers."""

    def run(self, settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
        """The result as plain values that JSON can hold."""
        ...

    def table(self, result: Mapping[str, Any]) -> str:
        """The result as Markdown, with its conditions."""
        ...


def load_study(name: str) -> Study:
    """The study of that name, one of ``STUDIES``."""
    return cast(Study, import_module(f"finetune.studies.{name.replace('-', '_')}"))
