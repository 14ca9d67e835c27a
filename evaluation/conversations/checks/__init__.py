"""One function for each expectation, all of one shape.

A check takes what was wanted and what was heard, and returns None where they agree, or else in words
what came instead. To add one: a field in ``expect.py`` and a function of its name in one of the files here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evaluation.conversations.checks import answered, recommended, understood
from evaluation.conversations.expect import Expect
from evaluation.conversations.heard import Heard

Check = Callable[[Any, Heard], str | None]

CHECKS: Mapping[str, Check] = {
    name: check for module in (understood, answered, recommended) for name, check in module.CHECKS.items()
}


def failures(expect: Expect, heard: Heard) -> dict[str, str]:
    """What came instead, by the name of each expectation that was not met."""
    found: dict[str, str] = {}
    for name, check in CHECKS.items():
        wanted = getattr(expect, name)
        if wanted is not None and (came := check(wanted, heard)) is not None:
            found[name] = came
    return found
