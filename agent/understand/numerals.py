"""Numbers in digits, in English words ("a hundred and twenty") and in Chinese ("两百五十").

``NUMBER`` is a pattern that matches one in the view of an utterance; ``value`` reads it.
"""

from __future__ import annotations

import re

_UNITS = {
    name: number
    for number, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
        "sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    name: 10 * (2 + n)
    for n, name in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "叁": 3}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}

_WORDS = "|".join(sorted((*_UNITS, *_TENS, *_SCALES), key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2}(?!\d))?"
_ENGLISH = (
    rf"(?:an?\s+(?=hundred|thousand|million|grand|couple|dozen))?(?:{_WORDS})\b"
    rf"(?:(?:(?:(?<=hundred)|(?<=thousand)|(?<=million))\s+and\s+|\s*-\s*|\s+)(?:{_WORDS})\b)*"
)
_CHINESE = r"[零〇一二三四五六七八九两俩十百千万]+"

NUMBER = rf"(?:(?:{_DIGITS})\s?(?:k|万|千|百)?(?![\w])|(?:{_DIGITS})|\b(?:{_ENGLISH})|{_CHINESE})"


def value(text: str) -> float | None:
    """The number that ``text`` (a match of ``NUMBER``) stands for, None where it is none."""
    text = text.strip().lower()
    digits = re.fullmatch(rf"({_DIGITS})\s?(k|万|千|百)?", text)
    if digits:
        scale = {"k": 1000, "千": 1000, "百": 100, "万": 10_000}.get(digits[2] or "", 1)
        return _decimal(digits[1]) * scale
    if re.fullmatch(_CHINESE, text):
        return _chinese(text)
    return _english(re.findall(r"[a-z]+", text))


def _decimal(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return float(digits.replace(",", ""))
    return float(digits.replace(",", "."))


def _english(words: list[str]) -> float | None:
    total, current, seen = 0.0, 0.0, False
    for word in words:
        if word in {"a", "an", "and"}:
            continue
        if word in _UNITS or word in _TENS:
            current += _UNITS.get(word, _TENS.get(word, 0))
        elif word in _SCALES:
            scale = _SCALES[word]
            current = max(current, 1) * scale
            if scale >= 1000:
                total, current = total + current, 0.0
        else:
            return None
        seen = True
    return total + current if seen else None


def _chinese(text: str) -> float | None:
    if not any(character in _CHINESE_SCALES for character in text):
        return float("".join(str(_CHINESE_DIGITS[character]) for character in text))
    total, section, digit, last_scale = 0, 0, 0, 1
    for character in text:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
            last_scale = 1 if digit == 0 else last_scale
            continue
        scale = _CHINESE_SCALES[character]
        if scale >= 10_000:
            total, section, digit = (total + section + digit) * scale, 0, 0
        else:
            section, digit = section + (digit or 1) * scale, 0
        last_scale = scale
    # "三百五" is 350: a bare digit after a scale counts in the next scale down.
    return float(total + section + (digit * last_scale // 10 if digit and last_scale > 10 else digit))
