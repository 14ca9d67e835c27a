"""The languages that a thing is asked for in: "in French", "Spanish-language", "法语电影"."""

from __future__ import annotations

import re

from schema import Span

_LANGUAGES = {
    "en": "english|英语|英文", "zh": "chinese|mandarin|中文|汉语|国语|华语|普通话", "yue": "cantonese|粤语",
    "fr": "french|法语|法文", "es": "spanish|西班牙语", "de": "german|德语|德文", "it": "italian|意大利语",
    "ja": "japanese|日语|日文", "ko": "korean|韩语|韩文", "pt": "portuguese|葡萄牙语", "ru": "russian|俄语",
    "hi": "hindi|印地语", "ar": "arabic|阿拉伯语", "el": "greek|希腊语", "tr": "turkish|土耳其语",
    "nl": "dutch|荷兰语", "sv": "swedish|瑞典语", "da": "danish|丹麦语", "no": "norwegian|挪威语",
    "fi": "finnish|芬兰语", "pl": "polish|波兰语", "th": "thai|泰语", "vi": "vietnamese|越南语",
    "fa": "persian|farsi|波斯语", "he": "hebrew|希伯来语", "ta": "tamil", "te": "telugu", "bn": "bengali",
    "uk": "ukrainian|乌克兰语", "cs": "czech|捷克语", "hu": "hungarian|匈牙利语", "id": "indonesian|印尼语",
    "is": "icelandic|冰岛语", "ur": "urdu", "pa": "punjabi", "sw": "swahili", "yo": "yoruba",
}  # fmt: skip
_BY_NAME = {name: code for code, names in _LANGUAGES.items() for name in names.split("|")}
_LATIN = "|".join(sorted((each for each in _BY_NAME if each.isascii()), key=len, reverse=True))
_CHINESE = "|".join(sorted((each for each in _BY_NAME if not each.isascii()), key=len, reverse=True))
_SPOKEN = re.compile(
    rf"\b(?:(?:sung|spoken|filmed|shot|made|written|dubbed) )?in (?:the )?(?P<one>{_LATIN})(?: language)?"
    rf"(?:(?:,| or| and) (?:in )?(?P<two>{_LATIN}))?\b"
    r"(?! (?:style|cinema|history|food|politics|restaurant|theat))"
    rf"|\b(?P<three>{_LATIN})[- ](?:language|speaking|spoken|lyrics|audio)\b"
    rf"|\b(?P<four>{_LATIN}) (?:is|would be|will be) (?:also )?(?:fine|ok|okay|good|better|perfect|alright)\b"
    rf"|(?P<five>{_CHINESE})"
)
# What these are in is not what the thing is in.
_SUBTITLES_BEFORE = re.compile(r"(?:subtitles?|subs|captions?|字幕)(?: only)? ?$|\bnot $|n't $")
_SUBTITLES_AFTER = re.compile(r"\s*(?:subtitles?|subs|captions?|字幕)")


_ONLY = re.compile(
    rf"^\W*(?:(?:no|sorry|i mean|i meant|never ?mind|rather|then|ok|okay|just|actually|make it)\b[\s,]*)*"
    rf"(?P<name>{_LATIN}|{_CHINESE})(?:\s+(?:then|please|instead|only|again))*\W*$"
)


def named_language(view: str) -> tuple[str, ...]:
    """The code of the language that is all that ``view`` says ("never mind, English"); () where it says more."""
    found = _ONLY.match(view)
    return (_BY_NAME[found["name"]],) if found else ()


def find_languages(view: str) -> tuple[tuple[str, ...], list[Span]]:
    """The codes (ISO 639) of the languages asked for, and where they are named."""
    codes: list[str] = []
    spans: list[Span] = []
    for found in _SPOKEN.finditer(view):
        if _SUBTITLES_BEFORE.search(view[: found.start()]) or _SUBTITLES_AFTER.match(view, found.end()):
            continue
        codes += [_BY_NAME[name] for name in found.groupdict().values() if name]
        spans.append(found.span())
    return tuple(dict.fromkeys(codes)), spans
