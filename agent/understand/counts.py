"""How many answers are asked for: "three films", "top 5", "just one", "三首歌"."""

from __future__ import annotations

import re

from agent.understand.cues import Cues
from agent.understand.numerals import value
from schema import Span

MOST = 50

_THING = (
    r"(?:films?|movies?|flicks?|series|shows?|episodes?|documentar(?:y|ies)|comed(?:y|ies)|thrillers?"
    r"|songs?|tracks?"
    r"|albums?|playlists?|tunes|artists|bands|articles?|stories|headlines?|news|pieces|items|things|ideas"
    r"|gifts?"
    r"|presents?|products|options|suggestions?|recommendations?|picks|choices|results|deals|books|devices"
    r"|gadgets"
    r"|games|alternatives|answers|examples|headphones|laptops|phones|bulbs|lights|plugs|cameras|speakers|ones"
    r"|watches|westerns|cartoons|dramas|horrors?|pairs)"
)
_FIXED = {"a couple of": 2, "a pair of": 2, "a dozen": 12, "half a dozen": 6}
_SMALL = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|"
    rf"{'|'.join(_FIXED)})"
)
_GIVE = r"(?:give|show|recommend|suggest|find|tell|have|see|get)(?: me| us)? (?:just |only |the )?"
_COUNT = re.compile(
    rf"\btop[- ](?P<top>{_SMALL})\b(?! hits| charts?| 40)"
    rf"|\b(?P<many>{_SMALL})(?: more| other| different| new| good| great| best)?"
    rf"(?:\s+(?:of the )?[a-z'&-]+){{0,3}}?\s+{_THING}\b"
    rf"|\b{_GIVE}(?P<give>{_SMALL})(?: more| of (?:them|these|those))?(?=\s*(?:$|[.,!?]|please|that|with"
    rf"|for|from))"
    rf"|\b(?:just|only) (?P<only>{_SMALL})(?: please)?(?=\s*(?:$|[.!?]))"
    r"|(?P<zh>\d{1,3}|[一二两三四五六七八九十]+)(?:部|首|本|条|款|个|篇|张|样|台|件|集)(?!半|小时|月|星期|钟|人|多)"
)
_ONLY_ZH = re.compile(r"(?:只|就|仅|单|光)[\u3400-\u9fff]{0,4}$")


def find_count(view: str, cues: Cues) -> tuple[int, Span] | None:
    """The number of answers asked for, as it was said, and where; ``cues`` are those of limits."""
    for found in _COUNT.finditer(view):
        name = next(key for key, text in found.groupdict().items() if text)
        start, end = found.span(name)
        placed = name in {"many", "zh"} and cues["not_count"].search(view[:start])
        number = _FIXED.get(found[name]) or int(value(found[name]) or 0)
        article = name == "zh" and number == 1 and not _ONLY_ZH.search(view[:start])  # 一部 is "a film"
        if number and not placed and not article and not cues["count_unit"].match(view, end):
            return number, ((found.start(), end) if name in {"top", "only"} else (start, end))
    return None
