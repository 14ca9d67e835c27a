"""The sentences of answers, from ``prompts/answers/<language>.toml``. No words stand in code."""

import tomllib
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "prompts" / "answers"


@cache
def _sentences(language: str) -> dict[str, dict[str, str]]:
    path = FOLDER / f"{language}.toml"
    return tomllib.loads((path if path.exists() else FOLDER / "en.toml").read_text(encoding="utf-8"))


def say(name: str, language: str = "en", /, **values: object) -> str:
    """The sentence ``section.name`` in ``language`` (English where there is none), filled in.

    Raises:
        KeyError: no such sentence, or a value that it needs is missing.
    """
    section, _, key = name.partition(".")
    return _sentences(language)[section][key].format(**values)
