"""Both languages say the same things with the same values."""

import tomllib
from string import Formatter

from agent.wording import FOLDER, say


def sentences(language: str) -> dict[str, set[str]]:
    sections = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return {
        f"{section}.{key}": {name for _, name, _, _ in Formatter().parse(text) if name}
        for section, texts in sections.items()
        if isinstance(texts, dict)
        for key, text in texts.items()
    }


def test_every_sentence_stands_in_both_languages_with_the_same_values() -> None:
    assert sentences("en") == sentences("zh")


def test_unknown_language_is_answered_in_english() -> None:
    assert say("talk.reset", "fr") == say("talk.reset", "en") != say("talk.reset", "zh")
