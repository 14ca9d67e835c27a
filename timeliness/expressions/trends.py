"""Whether a time is when something draws attention: "popular at the moment", "what everyone watches this week"."""

from __future__ import annotations

import re
from datetime import datetime

from timeliness.expressions.find import Found
from timeliness.expressions.values import Window

_LATELY = frozenset(
    {"recently", "lately", "recent", "these days", "nowadays", "最近", "近期", "近来", "时下"}
)
_DRAWING = re.compile(
    r"\b(?:(?:most |so |really |very )?popular|hottest|in demand|trending|viral|buzzing"
    r"|most[- ](?:read|watched|viewed|streamed|shared|discussed|searched|played|bought|listened)"
    r"|(?:is|are|['’]s|whats|so|really) (?:hot|big)|(?:everyone|everybody|people)(?:['’]s| is| are) (?:all )?\w+ing|(?:is|are) (?:everyone|everybody|people) (?:all )?\w+ing"
    r"|every(?:one|body) (?:reads|watches|listens to|talks about|buys|plays)|do(?:es)? (?:everyone|everybody|people) (?:read|watch|listen to|talk about|buy|play))\b"
    r"(?:(?!\b(?:for|while|to|from|since|released|published|made|news|headlines?|stories|articles?)\b)[^.!?;])*$"
    r"|(?:受欢迎|流行|火)[^。！？；]*$",
    re.IGNORECASE,
)
_DRAWING_AFTER = re.compile("^(?:最|什么|比较)*(?:受欢迎|流行|火)")
_LONG_DAYS = 35


def draws_attention(text: str, found: Found) -> bool:
    """Whether words around the expression ask for what draws attention at that time."""
    before, after = text[max(0, found.start - 60) : found.start], text[found.end : found.end + 10]
    return bool(_DRAWING.search(before) or _DRAWING_AFTER.match(after))


def is_lately(words: str) -> bool:
    """Whether ``words`` mean no more than these days."""
    return words.casefold() in _LATELY


def draws_attention_over(text: str, found: Found, windows: tuple[Window, ...], now: datetime) -> bool:
    """Whether what draws attention is asked of a stretch of a month at most that holds ``now`` ("this week")."""
    goes_on = any(
        window.start is not None
        and window.end is not None
        and window.start <= now < window.end
        and (window.end - window.start).days <= _LONG_DAYS
        for window in windows
    )
    return goes_on and draws_attention(text, found)
