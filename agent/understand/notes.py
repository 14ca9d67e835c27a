"""What Kairos says of its own reading, for the user: cut, guessed, fallen back."""

from __future__ import annotations

from typing import Literal

NoteName = Literal[
    "cut",
    "language",
    "count",
    "rank",
    "misspelt",
    "strange",
    "llm_late",
    "llm_failed",
    "llm_invalid",
    "llm_unknown_item",
]

_NOTES: dict[NoteName, dict[str, str]] = {
    "cut": {
        "en": "Your message was long; I read its first {limit:,} characters.",
        "zh": "您的消息很长，我只读了前 {limit:,} 个字符。",
    },
    "language": {
        "en": "I read English and Chinese; I took this as English and may have missed something.",
        "zh": "我只读英文和中文；这条我按英文理解，可能有遗漏。",
    },
    "count": {"en": "I show at most {most} things at once.", "zh": "我一次最多显示 {most} 项。"},
    "rank": {
        "en": 'I showed {shown}, so I don\'t know which is "{words}".',
        "zh": "我只显示了 {shown} 项，不知道“{words}”指的是哪一项。",
    },
    "misspelt": {"en": 'I read "{said}" as {meant}.', "zh": "我把“{said}”读作 {meant}。"},
    "strange": {"en": 'I don\'t know what "{words}" means.', "zh": "我不明白“{words}”的意思。"},
    "llm_late": {
        "en": "The language model did not answer in time; I read this myself.",
        "zh": "语言模型没有及时回答，这条由我自己理解。",
    },
    "llm_failed": {
        "en": "The language model could not be used ({reason}); I read this myself.",
        "zh": "语言模型无法使用（{reason}），这条由我自己理解。",
    },
    "llm_invalid": {
        "en": "The language model's answer was not usable; I read this myself.",
        "zh": "语言模型的回答无法使用，这条由我自己理解。",
    },
    "llm_unknown_item": {
        "en": "The language model pointed at something that I had not shown; I left that out.",
        "zh": "语言模型指向了我没有展示过的内容，我忽略了它。",
    },
}


def note(name: NoteName, language: str = "en", **values: object) -> str:
    """The sentence ``name`` in ``language`` ("en" or "zh"), its {places} filled with ``values``."""
    texts = _NOTES[name]
    return texts.get(language, texts["en"]).format(**values)
