"""What bears out a wish beside its own words: the table of ``meanings.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from schema import Frozen

FILE = Path(__file__).parent / "meanings.toml"

Patterns = Mapping[str, tuple[str, ...]]


class Meaning(Frozen):
    """One entry.

    ``fields`` are values that prove the wish and ``against`` values that disprove it, by field and
    with ``*`` for any words; ``words`` say the same in any field. ``by_fields``: the wish's own
    words prove nothing.
    """

    by_fields: bool = False
    fields: Patterns = Field(default_factory=dict)
    against: Patterns = Field(default_factory=dict)
    words: tuple[str, ...] = ()

    @property
    def said(self) -> tuple[str, ...]:
        """Every word that may stand in an item that bears the wish out."""
        return (*self.words, *(each for values in self.fields.values() for each in values))


@lru_cache(maxsize=1)
def load_meanings() -> Mapping[str, Meaning]:
    """The entries by the wish, in lower case and in the singular."""
    with FILE.open("rb") as file:
        return {name: Meaning.model_validate(entry) for name, entry in tomllib.load(file).items()}
