"""Word patterns that decide something, read from ``cues/*.toml`` so that they can be read and added to.

A section holds ``words`` (regular expressions that begin and end at a word boundary) and
``patterns`` (taken as they are, which Chinese needs). ``<name>`` stands for the alternation
that ``[parts]`` gives that name. All are matched against ``Utterance.view``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent / "cues"

Cues = Mapping[str, re.Pattern[str]]


def load_cues(name: str, folder: Path = FOLDER) -> Cues:
    """The patterns of ``cues/<name>.toml`` by section."""
    with (folder / f"{name}.toml").open("rb") as file:
        stored = tomllib.load(file)
    parts = stored.pop("parts", {})
    return {section: _compile(lists, parts) for section, lists in stored.items()}


def _compile(lists: Mapping[str, list[str]], parts: Mapping[str, str]) -> re.Pattern[str]:
    words = [rf"\b(?:{each})\b" for each in lists.get("words", [])]
    return re.compile("|".join(_filled(each, parts) for each in (*words, *lists.get("patterns", []))))


def _filled(pattern: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"(?<!\(\?P)(?<!\(\?)<([a-z_]+)>", lambda found: f"(?:{parts[found[1]]})", pattern)
