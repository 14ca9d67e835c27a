"""What the user wants and does not want, with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent.understand.lexicon import Entry, Match
from agent.understand.names import Name, find_names
from agent.understand.polarity import Scope, find_scopes, strength
from agent.understand.utterance import Utterance
from schema import Domain, Interest, InterestKind, Span

MOST = 24
_PRODUCTS = frozenset({"shopping", "smart_home"})

_CHINESE_FILLER = re.compile(
    r"(?:请|麻烦|能不能|可不可以|可以|帮我|帮忙|给我|我们|我想要|我想|我要|想要|想|推荐|介绍|来点|来一|来|找|有没有|有什么|有哪些|有啥|什么|哪些|哪个|好的|好看的|好听的|好用的|好"
    r"|一些|几部|几首|几个|几款|几本|一部|一首|一个|一款|一本|一点|点|一下|吗|呢|吧|啊|呀|了|的|地|得|看|听|买|读|要|适合|关于|最近|最新|新|我|你|和|与|或|跟|用|在|上|里|去|做|是|这|那|个|部|首|款|本|条)"
)
_ABOUT = re.compile(
    r"\b(?:about|regarding|concerning|on the (?:topic|subject) of|dealing with|set in|set during|set on|related to|focused on|covering)\s+|(?:关于|有关)"
)
_FEATURE = re.compile(
    r"\b(?:(?:must|has to|have to|needs? to|should|ought to) (?:also )?(?:be|have|support|include|work with|fit|come with)|works? with|compatible with"
    r"|(?:that|which) (?:is|are|has|have|can|comes? with|works?)|made (?:of|from)|with(?! (?:me|my|you|your|him|her|us|them|friends|family|a friend|the (?:kids|family)|it|that|this)\b))\s+"
)
_PHRASE_END = re.compile(
    r"[,.;:!?\n()\"。，！？；]|\b(?:but|that|which|who|please|because|so|although|without|with|under|over|not|no|if|from|by|for|tonight|today|preferably|ideally|and (?:not|no|i|under|with|it|please|also))\b|的"
)


@dataclass(frozen=True)
class Wishes:
    """Interests with spans in the order of the message; ``leftover`` are features and a topic that
    only a request means ("must be easy to clean"; in a tale they are part of the tale); ``scopes`` are the stretches that negations govern."""

    interests: tuple[Interest, ...]
    leftover: tuple[Interest, ...]
    scopes: tuple[Scope, ...]


def find_interests(
    utterance: Utterance, matches: Sequence[Match], domains: tuple[Domain, ...], blocked: Iterable[Span]
) -> Wishes:
    """The wishes of a message.

    ``matches`` are the lexicon's; those outside ``domains`` are dropped. ``blocked`` are
    spans that mean something else already (times, prices).
    """
    view, busy = utterance.view, list(blocked)
    scopes = find_scopes(view)
    names = find_names(utterance, domains, [*busy, *(each.span for each in matches if _platform(each))])
    found: list[Interest] = []
    for name in names:
        found.append(_from_name(name, view, scopes))
        busy.append(name.span)
    for match in matches:
        entry = choose(match, domains)
        if entry is None or _inside(match.span, busy):
            continue
        busy.append(match.span)
        if entry.kind is not None:
            found.append(_from_entry(entry, match, view, scopes))
    found += _topics(utterance, scopes, busy)
    found += _refused(utterance, scopes, busy)
    features = _features(utterance, scopes, busy)
    told = any(
        each.polarity > 0 and each.kind in {"topic", "genre", "item", "entity", "brand"} for each in found
    )
    return Wishes(
        _distinct(found)[:MOST], () if told else tuple(_remainder(utterance, scopes, busy)), tuple(scopes)
    )


def choose(match: Match, domains: tuple[Domain, ...]) -> Entry | None:
    """The entry of ``match`` that fits ``domains`` best; None where all belong elsewhere."""
    own = [
        each
        for each in match.entries
        if each.kind and (each.domain in domains or _of_products(each, domains))
    ]
    common = [each for each in match.entries if each.domain is None]
    if own or common:
        return (own or common)[0]
    silent = [each for each in match.entries if each.domain in domains]
    return silent[0] if silent else None if domains else match.entries[0]


def _of_products(entry: Entry, domains: tuple[Domain, ...]) -> bool:
    """Qualities and makers of products are those of smart-home devices as well."""
    return (
        entry.section in {"attribute", "brand", "works_with"}
        and entry.domain in _PRODUCTS
        and bool(_PRODUCTS & set(domains))
    )


def _platform(match: Match) -> bool:
    return any(entry.section in {"works_with", "brand"} for entry in match.entries)


def _inside(span: Span, busy: Iterable[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in busy)


def _polarity(span: Span, scopes: Sequence[Scope]) -> tuple[float, bool]:
    holding = [scope for scope in scopes if scope.holds(span)]
    if not holding:
        return 1.0, False
    last = holding[-1]
    return last.polarity, last.hard


def _make(
    text: str, kind: InterestKind, span: Span, view: str, scopes: Sequence[Scope], hard: bool = False
) -> Interest:
    polarity, refused = _polarity(span, scopes)
    demanded, weight = strength(view, span)
    if polarity < 0:
        return Interest(
            text=text, kind=kind, polarity=polarity, weight=weight, hard=refused and weight == 1.0, span=span
        )
    return Interest(
        text=text,
        kind=kind,
        polarity=1.0,
        weight=weight,
        hard=weight == 1.0 and (demanded or hard),
        span=span,
    )


def _from_name(name: Name, view: str, scopes: Sequence[Scope]) -> Interest:
    return _make(name.text, name.kind, name.span, view, scopes)


def _from_entry(entry: Entry, match: Match, view: str, scopes: Sequence[Scope]) -> Interest:
    kind = entry.kind or "topic"
    words = " ".join(match.words.split())
    return _make(
        words if entry.broad and words.isascii() else entry.name,
        kind,
        match.span,
        view,
        scopes,
        hard=entry.section == "works_with" or entry.name.startswith("no "),
    )


def _topics(utterance: Utterance, scopes: Sequence[Scope], busy: list[Span]) -> list[Interest]:
    """What stands after "about": an open topic, unless the lexicon knew all of it."""
    found = []
    for cue in _ABOUT.finditer(utterance.view):
        end = _PHRASE_END.search(utterance.view, cue.end())
        span = _trim(utterance, (cue.end(), end.start() if end else len(utterance.view)), busy)
        if span:
            found.append(_make(_phrase(utterance, span), "topic", span, utterance.view, scopes))
            busy.append(span)
    return found


def _features(utterance: Utterance, scopes: Sequence[Scope], busy: list[Span]) -> list[Interest]:
    """What a thing must be or have, in words that the lexicon does not know: "must be easy to clean"."""
    found = []
    for cue in _FEATURE.finditer(utterance.view):
        end = _PHRASE_END.search(utterance.view, cue.end())
        stretch = cue.end(), end.start() if end else len(utterance.view)
        span = _trim(utterance, stretch, busy)
        if span and not _inside(cue.span(), busy):
            found.append(_make(_phrase(utterance, span), "attribute", span, utterance.view, scopes))
            busy.append(span)
    return found


def _refused(utterance: Utterance, scopes: Sequence[Scope], busy: list[Span]) -> list[Interest]:
    """What a negation holds where neither the lexicon nor a name accounts for it."""
    found = []
    for scope in scopes:
        if any(scope.holds(span) for span in busy):
            continue
        for part in re.finditer(
            r"(?:(?!,|\bor\b|\bnor\b|、).)+", utterance.view[scope.span[0] : scope.span[1]]
        ):
            span = _trim(utterance, (scope.span[0] + part.start(), scope.span[0] + part.end()), busy)
            if span:
                kind: InterestKind = "topic" if scope.hard else "attribute"
                found.append(_make(_phrase(utterance, span), kind, span, utterance.view, scopes))
                busy.append(span)
    return found


def _remainder(utterance: Utterance, scopes: Sequence[Scope], busy: list[Span]) -> list[Interest]:
    """The longest run of words that nothing else explains, as a topic."""
    runs = [
        run
        for run in _free_runs(
            utterance, [*busy, *(scope.span for scope in scopes), *(scope.cue for scope in scopes)]
        )
    ]
    if not runs:
        return []
    span = max(runs, key=lambda run: run[1] - run[0])
    return [_make(_phrase(utterance, span), "topic", span, utterance.view, scopes)]


def _free_runs(utterance: Utterance, busy: Sequence[Span]) -> list[Span]:
    runs: list[Span] = []
    filler = [found.span() for found in _CHINESE_FILLER.finditer(utterance.view)]
    for token in utterance.tokens:
        span = token.start, token.end
        if token.word in STOPWORDS or _inside(span, busy) or _inside(span, filler) or token.word.isdigit():
            continue
        if runs and not re.search(r"[^\s\-&'/]", utterance.view[runs[-1][1] : span[0]]):
            runs[-1] = runs[-1][0], span[1]
        else:
            runs.append(span)
    return [run for run in runs if run[1] - run[0] >= 2]


def _trim(utterance: Utterance, span: Span, busy: Sequence[Span]) -> Span | None:
    """``span`` without stopwords at its ends and cut at the first thing known; None if nothing is left."""
    tokens = [token for token in utterance.tokens if span[0] <= token.start and token.end <= span[1]]
    while tokens and (tokens[0].word in STOPWORDS or _inside((tokens[0].start, tokens[0].end), busy)):
        tokens.pop(0)
    kept = []
    for token in tokens[:8]:
        if _inside((token.start, token.end), busy):
            break
        kept.append(token)
    while kept and kept[-1].word in STOPWORDS:
        kept.pop()
    return (kept[0].start, kept[-1].end) if kept else None


def _phrase(utterance: Utterance, span: Span) -> str:
    return " ".join(utterance.original(span).split())[:500]


def _distinct(found: Iterable[Interest]) -> tuple[Interest, ...]:
    kept: dict[tuple[str, bool], Interest] = {}
    for each in sorted(found, key=lambda interest: interest.span or (0, 0)):
        kept.setdefault((each.text.casefold(), each.polarity > 0), each)
    return tuple(kept.values())
