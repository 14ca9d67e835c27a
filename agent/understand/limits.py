"""The hard conditions of a request: price, length, language, offer; and how many answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from agent.understand.durations import find_length
from agent.understand.numerals import NUMBER, value
from agent.understand.prices import find_price
from agent.understand.utterance import Utterance
from schema import Domain, Limits, Span

MOST = 50
Lifted = Literal["price", "length", "offer", "time"]

_LANGUAGES = {
    "en": "english|英语|英文", "zh": "chinese|mandarin|中文|汉语|国语|华语|普通话", "yue": "cantonese|粤语",
    "fr": "french|法语|法文", "es": "spanish|西班牙语", "de": "german|德语|德文", "it": "italian|意大利语",
    "ja": "japanese|日语|日文", "ko": "korean|韩语|韩文", "pt": "portuguese|葡萄牙语", "ru": "russian|俄语",
    "hi": "hindi|印地语", "ar": "arabic|阿拉伯语", "el": "greek|希腊语", "tr": "turkish|土耳其语",
    "nl": "dutch|荷兰语", "sv": "swedish|瑞典语", "da": "danish|丹麦语", "no": "norwegian|挪威语",
    "fi": "finnish|芬兰语", "pl": "polish|波兰语", "th": "thai|泰语", "vi": "vietnamese|越南语",
    "fa": "persian|farsi|波斯语", "he": "hebrew|希伯来语", "ta": "tamil", "te": "telugu", "bn": "bengali",
    "uk": "ukrainian|乌克兰语", "cs": "czech|捷克语", "hu": "hungarian|匈牙利语", "id": "indonesian|印尼语",
    "is": "icelandic|冰岛语", "ga": "irish gaelic", "ur": "urdu", "pa": "punjabi", "sw": "swahili", "yo": "yoruba",
}  # fmt: skip
_BY_NAME = {name: code for code, names in _LANGUAGES.items() for name in names.split("|")}
_NAMES = "|".join(sorted(_BY_NAME, key=len, reverse=True))
_LATIN_NAMES = "|".join(each for each in sorted(_BY_NAME, key=len, reverse=True) if each.isascii())
_SPOKEN = re.compile(
    rf"\b(?:(?:sung|spoken|filmed|shot|made|written) )?in (?:the )?(?P<one>{_LATIN_NAMES})(?: language)?"
    rf"(?:(?:,| or| and) (?:in )?(?P<two>{_LATIN_NAMES}))?\b(?! (?:style|cinema|history|food|politics|restaurant|theat))"
    rf"|\b(?P<three>{_LATIN_NAMES})[- ](?:language|speaking|spoken|lyrics|audio)\b"
    rf"|(?P<four>{'|'.join(each for each in _BY_NAME if not each.isascii())})"
)
_NOT_ITEM = re.compile(r"(?:subtitles?|subs|captions?|dubbed|dubs?|字幕)(?: (?:only )?)?$|not $|n't $")

_OFFER = re.compile(
    r"\b(?:on (?:sale|offer|special|promotion)|discounted|reduced|marked down|half[- ]price|deals?|bargains?|discounts?"
    r"|special offers?|price drops?|sales? (?:on|for|at)|clearance|vouchers?|coupons?|best offers?|any offers?|price cuts?)\b"
    r"|(?:打折|优惠|折扣|促销|特价|降价|有活动)"
)
_NO_OFFER = re.compile(
    r"\b(?:no|not|isn't|aren't|big|great|good|real|a|done|the new|trade|peace|arms|business|record|nuclear|hostage) $|don't need (?:any )?$"
)
_NEWS_DEAL = re.compile(
    r"\b(?:trade|peace|arms|record|nuclear|hostage|brexit|green new|plea|oil|climate) deals?\b|\bdeals? with\b|\bbig deal\b|\bdeal breaker\b"
)
_OFFER_ONLY = re.compile(r"\b(?:only|just|any|all) $")

_THING = (
    r"(?:films?|movies?|flicks?|series|shows?|episodes?|documentar(?:y|ies)|comed(?:y|ies)|thrillers?|songs?|tracks?|albums?"
    r"|playlists?|tunes|artists|bands|articles?|stories|headlines?|news|pieces|items|things|ideas|gifts?|presents?|products|options"
    r"|suggestions?|recommendations?|picks|choices|results|deals|books|devices|gadgets|games|alternatives|answers|examples|headphones"
    r"|laptops|phones|bulbs|lights|plugs|cameras|speakers|ones|westerns|cartoons|dramas|horrors?|pairs)"
)
_SMALL = r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|a couple of|a pair of|a dozen|half a dozen)"
_COUNT = re.compile(
    rf"\btop[- ](?P<top>{_SMALL})\b(?! hits| charts?| 40)"
    rf"|\b(?P<many>{_SMALL})(?: more| other| different| new| good| great| best)?(?:\s+(?:of the )?[a-z'&-]+){{0,3}}?\s+{_THING}\b"
    rf"|\b(?:give|show|recommend|suggest|find|tell|have|see|get)(?: me| us)? (?:just |only |the )?(?P<give>{_SMALL})(?: more| of (?:them|these|those))?(?=\s*(?:$|[.,!?]|please|that|with|for|from))"
    rf"|\b(?:just|only) (?P<only>{_SMALL})(?: please)?(?=\s*(?:$|[.!?]))"
    rf"|(?P<zh>\d{{1,3}}|[一二两三四五六七八九十]+)(?:部|首|本|条|款|个|篇|张|样|台|件|集)(?!半|小时|月|星期|钟|人|多)"
)
_NOT_COUNT = re.compile(
    r"(?:\b(?:number|no\.?|part|season|episode|chapter|volume|the|that|this|which|under|over|than|about|for|in|of|or|and|one|last|next|past|between) "
    r"|第|上|下|这|那|[$€£¥])$"
)
_COUNT_UNIT = re.compile(
    r"(?:-|\s)?(?:hours?|minutes?|mins?|years?|days?|weeks?|months?|stars?|people|persons?|players?|dollars|euros|pounds|percent|season|part|inch|star|year|day|hour|minute|man|woman|and a half|of (?:the|these|those|them))\b|%|-|\.\d|:\d"
)
_LIFTS: dict[Lifted, re.Pattern[str]] = {
    "price": re.compile(r"\b(?:(?:any|whatever) (?:price|budget)|(?:price|money|budget|cost) (?:is no|doesn't matter|isn't|is not an?|no) ?(?:object|issue|problem|matter)?|(?:don't|do not) care (?:about|what)\b.{0,12}\b(?:price|costs?)|no (?:price )?limit|forget (?:about )?the (?:price|budget)|(?:drop|remove|ignore) the (?:price|budget)(?: limit)?)\b|不限价|价格不限|多贵都|价格无所谓"),
    "length": re.compile(r"\b(?:any length|(?:length|duration|running time) (?:doesn't|does not) matter|however long|can be (?:any|as long)|forget (?:about )?the length)\b|时长不限|长短都"),
    "offer": re.compile(r"\b(?:(?:doesn't|does not) (?:have|need) to be (?:on )?(?:sale|offer|discounted|a deal)|not (?:only|just|necessarily) (?:on )?(?:deals?|sale|offer)s?)\b|不用打折|不打折也"),
    "time": re.compile(r"\b(?:any ?time|whenever|any (?:year|date|day)|(?:the )?(?:date|year|day|time) (?:doesn't|does not) matter|doesn't have to be (?:new|recent|today|tonight))\b|什么时候都"),
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The limits of one message, how many answers it asks for, and the spans that said so.

    ``capped``: more answers were asked for than are shown. ``lifted``: conditions that the
    message says no longer hold ("price doesn't matter").
    """

    limits: Limits
    count: int | None = None
    spans: tuple[Span, ...] = ()
    offer_span: Span | None = None
    capped: bool = False
    lifted: frozenset[Lifted] = frozenset()


def find_limits(utterance: Utterance, *, language: str, domains: Iterable[Domain], home: str) -> Found:
    """Read the hard conditions of ``utterance``; ``domains`` are those its words name.

    A bare "under 90" is minutes for a film or music and money otherwise.
    """
    view, named = utterance.view, set(domains)
    spans: list[Span] = []
    timed = not named or bool(named & {"video", "music"})
    length = find_length(view) if timed else None
    if length:
        spans.append(length.span)
        view = _blank(view, length.span)
    price = find_price(
        view, home=home, chinese=language == "zh", bare=not named or bool(named & {"shopping", "smart_home"})
    )
    if price:
        spans.append(price.span)
        view = _blank(view, price.span)
    bare_minutes = None if length or not named or named - {"video", "music"} else _bare_minutes(view)
    languages, language_spans = _languages(view)
    offer = _offer(view)
    count, count_span, capped = _count(view)
    spans += [*language_spans, *([offer] if offer else []), *([count_span] if count_span else [])]
    if bare_minutes:
        spans.append(bare_minutes[1])
    lifted = {
        name: found.span() for name, pattern in _LIFTS.items() if (found := pattern.search(utterance.view))
    }
    spans += lifted.values()
    limits = Limits(
        max_price=price.high if price else None,
        min_price=price.low if price else None,
        currency=price.currency if price else None,
        max_minutes=length.high if length else bare_minutes[0] if bare_minutes else None,
        min_minutes=length.low if length else None,
        languages=languages,
        on_offer=offer is not None,
    )
    return Found(limits, count, tuple(sorted(spans)), offer, capped, frozenset(lifted))


def _blank(view: str, span: Span) -> str:
    return view[: span[0]] + "\0" * (span[1] - span[0]) + view[span[1] :]


def _bare_minutes(view: str) -> tuple[float, Span] | None:
    found = re.search(
        rf"\b(?:under|less than|below|no longer than|at most)\s+(?P<n>{NUMBER})(?!\s?[\w%$€£])", view
    )
    minutes = value(found["n"]) if found else None
    return (minutes, found.span()) if found and minutes and 10 <= minutes <= 400 else None


def _languages(view: str) -> tuple[tuple[str, ...], list[Span]]:
    codes: list[str] = []
    spans: list[Span] = []
    for found in _SPOKEN.finditer(view):
        before = view[: found.start()]
        if _NOT_ITEM.search(before) or re.match(
            r"\s*(?:subtitles?|subs|captions?|字幕)", view[found.end() :]
        ):
            continue
        codes += [_BY_NAME[name] for name in found.groupdict().values() if name]
        spans.append(found.span())
    return tuple(dict.fromkeys(codes)), spans


def _offer(view: str) -> Span | None:
    for found in _OFFER.finditer(view):
        before = view[: found.start()]
        if (
            re.match(r"deals?\b", found.group())
            and (_NEWS_DEAL.search(view) or re.search(r"\b(?:a|no) (?:big |great |good )?$", before))
            and not re.search(r"\ba (?:great |good )?$", before)
        ):
            continue
        if re.search(r"\b(?:not|isn't|aren't|no) (?:any )?$", before):
            continue
        only = _OFFER_ONLY.search(before)
        return (only.start() if only else found.start()), found.end()
    return None


def _count(view: str) -> tuple[int | None, Span | None, bool]:
    for found in _COUNT.finditer(view):
        name = next(key for key, text in found.groupdict().items() if text)
        start, end = found.span(name)
        if _COUNT_UNIT.match(view, end) or (
            name != "zh" and _NOT_COUNT.search(view[:start]) and name == "many"
        ):
            continue
        if name == "zh" and _NOT_COUNT.search(view[:start]):
            continue
        number = _small(found[name])
        if not number:
            continue
        span = (found.start(), end) if name in {"top", "only"} else (start, end)
        if number > MOST:
            return MOST, span, True
        return number, span, False
    return None, None, False


def _small(text: str) -> int:
    fixed = {"a couple of": 2, "a pair of": 2, "a dozen": 12, "half a dozen": 6}
    return fixed[text] if text in fixed else int(value(text) or 0)
