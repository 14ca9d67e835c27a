"""Proper names in a request: quoted titles, "like X", makers after "by" or "with", capitalised words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.understand.utterance import Utterance
from schema import Domain, InterestKind, Span

_QUOTED = re.compile(
    r"\"([^\"\n]{1,120})\"|(?<![\w'])'([^'\n]{2,120})'(?!\w)|《([^》\n]{1,80})》|«([^»\n]{1,80})»|「([^」\n]{1,80})」"
)
_CAPITAL = r"(?:[A-ZÀ-ÞΑ-Ω][\w'’&.-]*|[A-Z]{2,}|\d+(?=\s[A-Z])|[A-Z]\.)"
_SMALL = r"(?:of|the|and|de|la|le|el|du|des|van|von|der|in|on|a|to|for|&|at|vs\.?|from)"
_NAME = rf"{_CAPITAL}(?:(?:\s{_SMALL}){{0,2}}\s(?:{_CAPITAL}|\d+))*(?:\s?:\s{_CAPITAL}(?:(?:\s{_SMALL}){{0,2}}\s{_CAPITAL})*)?(?:\s?\((?:19|20)\d\d\))?"
_LIKE = re.compile(
    r"(?:\b(?:similar to|reminiscent of|along the lines of|in the (?:style|vein|spirit) of|(?:that )?(?:sounds?|looks?|feels?|is|are) like|kind of like|same (?:vibe|style) as"
    r"|as (?:good|funny|scary|dark|great|gripping) as|fans? of|more like|much like|just like|close to|comparable to|an alternative to|alternatives to)"
    r"|(?<!would )(?<!'d )(?<!i )(?<!you )(?<!we )(?<!they )(?<!also )(?<!really )(?<!might )(?<!don't )(?<!kids )(?<!feel )(?<!not )(?<!who )(?<!would )(?<!will )(?<!looks )\blike)\s+(?:the (?:film|movie|song|band|album|series|show|book|artist|game) )?"
)
_STOP = re.compile(
    r"[,.;:!?\n()\"]|\b(?:but|only|except|without|with|for|in|on|that|which|please|something|and (?:also|something|maybe|not|under|with)|from|under|over|because|so|although|instead"
    r"|tonight|today|tomorrow|this|next|last|it|them|me|if|to (?:watch|listen|read|do))\b"
)
_NOT_A_NAME = re.compile(
    r"(?:that|this|it|those|these|them|the (?:first|second|third|fourth|fifth|last|other|one|previous|same)|to\b|a\b|an\b|some|something|anything|you|me|my|your|what|when|watching|listening|reading"
    r"|hearing|seeing|comedy|horror|action|one\b|ones\b|before|last time|never|new\b|old\b)"
)
_BY = re.compile(
    r"\b(?P<role>directed by|written by|produced by|made by|sung by|performed by|composed by|starring|featuring|feat\.?|works? (?:of|by)|(?:films?|movies?|songs?|albums?|music|books?|tracks?|stuff|something"
    r"|anything|more|series|novels?|one|ones|tunes?|documentar(?:y|ies)|hits?|pieces?) (?:by|from|with|of)|by)\s+"
)
_LOWER_STOP = re.compile(
    r"[,.;:!?\n()\"]|\b(?:but|without|with|for|in|on|that|which|please|under|over|because|so|from|tonight|today|tomorrow|this|next|last|and (?:under|something|no|not|i)|or (?:something|similar|anything)|the (?:weekend|end|way|sea|beach|fire|time)"
    r"|about|to|is|are|any|if|now|not|no|except|instead|or|and|like|who)\b"
)
_NOT_A_MAKER = re.compile(
    r"(?:the (?!beatles|rolling|who|doors|cure|smiths|clash|strokes|weeknd|killers|national|xx|kinks|coen|wachowski|beach boys)|a|an|my|your|his|her|their|our|this|that|these|those|it|some|any|good|great|lots|more|less|me|you|us|him|them|local|new|old|last|next|year|today|tomorrow|now|noon|\d|different|other|similar|music|kids|women|men|female|male|real)\b"
)
_TITLE_CUE = re.compile(
    r"(?:\b(?:movie|film|song|album|series|show|book|game|seen|saw|watched|loved|liked|enjoyed|watch|seeing|watching|read|reading|finished|called|titled|track|listened to|heard|play|again)\s+(?:the (?:movie|film|song|show|series|album) )?)$"
)
_MAKER_CUE = re.compile(
    r"(?:\b(?:by|with|starring|featuring|feat\.?|from|director|actor|actress|singer|artist|band|rapper|author|composer|of)\s+)$",
    re.IGNORECASE,
)
# Capitalised for other reasons than being a name.
_ORDINARY = frozenset(
    "i i'm i'd i've i'll ok okay tv dvd uk us usa eu am pm monday tuesday wednesday thursday friday saturday sunday january february"
    " march april may june july august september october november december christmas easter halloween thanksgiving diwali eid ramadan"
    " valentine valentine's new year year's black cyber english french spanish german italian chinese japanese korean hindi russian"
    " portuguese arabic oscar oscars the a an and but or what who why when where how which do does did can could would will is are"
    " any some my your hi hello hey thanks thank please yes no not something anything find show give recommend suggest play tell"
    " looking need want best top good great more less only just maybe actually also it it's that that's this these those they we you"
    " he she his her if so for in on at by with from to of about like let's lets compare start forget delete cheaper cheap shorter"
    " longer newer older funnier deals deal sale news film films movie movies music song songs series smart home hd 4k oled usb led"
    " rgb wifi wi-fi bluetooth ai asap lol omg btw imo sci-fi r&b k-pop edm diy gps pc".split()
)


@dataclass(frozen=True)
class Name:
    """A proper name with its place and what it seems to be."""

    text: str
    kind: InterestKind
    span: Span


def find_names(utterance: Utterance, domains: Iterable[Domain], taken: Iterable[Span]) -> list[Name]:
    """The proper names outside ``taken``, in order; of two that overlap the first found wins."""
    named = tuple(domains)
    found: list[Name] = []
    busy = list(taken)
    readers = (
        _quoted(utterance),
        _compared(utterance),
        _makers(utterance, named),
        _capitalised(utterance, named),
    )
    for names in readers:
        for name in names:
            if all(name.span[1] <= start or end <= name.span[0] for start, end in busy):
                found.append(name)
                busy.append(name.span)
    return sorted(found, key=lambda name: name.span)


def _quoted(utterance: Utterance) -> Iterator[Name]:
    for match in _QUOTED.finditer(utterance.view):
        group = next(number for number, text in enumerate(match.groups(), 1) if text)
        before = utterance.view[: match.start()]
        kind: InterestKind = (
            "entity" if group != 3 and re.search(r"\b(?:by|starring|featuring)\s*$", before) else "item"
        )
        name = _named(utterance, match.span(group), kind)
        if name:
            yield name


def _compared(utterance: Utterance) -> Iterator[Name]:
    for cue in _LIKE.finditer(utterance.view):
        if _NOT_A_NAME.match(utterance.view, cue.end()):
            continue
        rest = utterance.text[cue.end() :]
        proper = re.match(rf"(?:[Tt]he\s|[Aa]\s)?{_NAME}", rest)
        if proper:
            length = proper.end()
        else:
            stop = _STOP.search(utterance.view, cue.end())
            length = (stop.start() if stop else len(utterance.view)) - cue.end()
            if not 1 <= len(rest[:length].split()) <= 6:
                continue
        name = _named(utterance, (cue.end(), cue.end() + length), "item")
        if name:
            yield name


def _makers(utterance: Utterance, domains: tuple[Domain, ...]) -> Iterator[Name]:
    for cue in _BY.finditer(utterance.view):
        if _NOT_A_MAKER.match(utterance.view, cue.end()):
            continue
        rest = utterance.text[cue.end() :]
        proper = re.match(rf"(?:[Tt]he\s)?{_NAME}", rest)
        explicit = (
            cue["role"].endswith((" by", "starring", "featuring", "feat", "feat.")) or cue["role"] == "by"
        )
        if proper:
            length = proper.end()
        elif explicit and not re.search(r"[A-Z]", utterance.text):
            stop = _LOWER_STOP.search(utterance.view, cue.end())
            length = (stop.start() if stop else len(utterance.view)) - cue.end()
            if not 1 <= len(rest[:length].split()) <= 3:
                continue
        else:
            continue
        kind: InterestKind = "brand" if domains and set(domains) <= {"shopping", "smart_home"} else "entity"
        name = _named(utterance, (cue.end(), cue.end() + length), kind)
        if name:
            yield name


def _capitalised(utterance: Utterance, domains: tuple[Domain, ...]) -> Iterator[Name]:
    text = utterance.text
    if text.isupper() or sum(word[:1].isupper() for word in text.split()) > max(3, 0.7 * len(text.split())):
        return
    for match in re.finditer(rf"(?<![\w'’]){_NAME}", text):
        start, end = _without_ordinary(text, match.span())
        if start >= end:
            continue
        words = text[start:end].split()
        opens = not text[:start].strip() or re.search(r"[.!?:\n]\s*[\"“]?$", text[:start])
        if opens and len(words) == 1 and not re.search(r"\((?:19|20)\d\d\)|\d", words[0]):
            continue
        name = _named(utterance, (start, end), _kind(utterance, (start, end), domains))
        if name:
            yield name


def _without_ordinary(text: str, span: Span) -> Span:
    start, end = span
    while start < end:
        first = re.match(r"\S+\s*", text[start:end])
        if (
            not first
            or first.group().strip().lower().strip(".,!?’'") not in _ORDINARY
            or re.match(r"The\s+[A-Z]", text[start:end])
        ):
            break
        start += first.end()
    return start, end


def _kind(utterance: Utterance, span: Span, domains: tuple[Domain, ...]) -> InterestKind:
    before = utterance.view[: span[0]]
    if re.search(r"\((?:19|20)\d\d\)$", utterance.original(span)) or _TITLE_CUE.search(before):
        return "item"
    if domains and set(domains) <= {"shopping", "smart_home"}:
        return "brand"
    if _MAKER_CUE.search(before) or domains != ("video",):
        return "entity"
    return "entity" if len(utterance.original(span).split()) == 2 else "item"


def _named(utterance: Utterance, span: Span, kind: InterestKind) -> Name | None:
    raw = utterance.original(span)
    leading, trailing = (
        re.match(r"^[\s\"'“”‘’.,;:!?\[\]<>*_-]*", raw),
        re.search(r"[\s\"'“”‘’.,;:!?\[\]<>*_-]*$", raw),
    )
    start = span[0] + (leading.end() if leading else 0)
    end = span[0] + (trailing.start() if trailing else len(raw))
    text = " ".join(utterance.original((start, end)).split())
    if start >= end or not text or len(text) > 200 or not re.search(r"\w", text):
        return None
    text = re.sub(r"['’]s$", "", text)
    return Name(text, kind, (start, start + len(utterance.original((start, end)))))
