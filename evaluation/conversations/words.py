"""Words that are expected in a text: each of a list must stand there, ``a|b`` is either."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints


def one_or_more(value: object) -> object:
    """A single word of a script as a list of one."""
    return [value] if isinstance(value, str) else value


Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Words = Annotated[tuple[Word, ...], BeforeValidator(one_or_more)]


def stands_in(word: str, text: str) -> bool:
    """Whether one of the alternatives begins a word of ``text`` ("headphone" stands in "Headphones")."""
    return any(
        re.search(
            rf"(?<![^\W_]){re.escape(each)}" if each.isascii() else re.escape(each), text, re.IGNORECASE
        )
        for each in alternatives(word)
    )


def is_one_of(word: str, values: Iterable[str]) -> bool:
    """Whether one of the alternatives is one of ``values``, whatever the case."""
    return not {each.casefold() for each in alternatives(word)}.isdisjoint(each.casefold() for each in values)


def alternatives(word: str) -> list[str]:
    """The parts of ``a|b``."""
    return [part for each in word.split("|") if (part := each.strip())]
