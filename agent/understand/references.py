"""Pointers into what was shown: "the second one", "number 3", "the cheapest", "that film", a title."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent.understand.numerals import value
from agent.understand.utterance import Utterance, singular
from schema import Conversation, Item, Reference, Span

LONGEST_TURN = 500

_ORDINALS = {
    name: number
    for number, names in enumerate(
        ("first|1st", "second|2nd", "third|3rd", "fourth|4th", "fifth|5th", "sixth|6th", "seventh|7th", "eighth|8th", "ninth|9th", "tenth|10th"),
        1,
    )
    for name in names.split("|")
}  # fmt: skip
_ORDINAL = "|".join(_ORDINALS)
_NUMBERS = "one|two|three|four|five|six|seven|eight|nine|ten|\\d{1,2}"
_NOUN = (
    r"(?:one|ones|option|choice|result|suggestion|recommendation|pick|item|film|movie|series|show|song"
    r"|track|album|artist|band|article|story|product|device"
    r"|gift|deal|thing|entry|title|headphones|speaker|lamp|bulb|camera|phone|laptop|book|playlist"
    r"|documentary|comedy|thriller)"
)
# What may follow an ordinal that points at the list; "the first season" and "the second hand" do not.
_AFTER = (
    rf"(?=\s+{_NOUN}s?\b|\s*(?:$|[,.;:!?)\"'\]])|\s+(?:and|or|but|is|was|are|looks?|sounds?|seems?|instead"
    rf"|again|please|for|with|to|than|versus|vs|against|off|has|have|had|cost|costs"
    r"|need|needs|does|did|of|on|in|from|by|too|more|work|works|suits?|i|you|one|ones|because|better|over"
    r"|though|if|at|suitable|ok|okay|good|worth|really|still|available"
    r"|appropriate|about|just|only|also|as|so|that|which|who|when|where|how|what|why|would|could|can|will"
    r"|should|might|may|comes?|includes?|supports?|fits?|lasts?|safe|compare|compares|differ|stack|any|out|cheaper|newer|longer|shorter"
    r"|funnier|not|please|then|it)\b)"
)
# "Compare 1 and 3": plain numbers are ranks where two are set side by side.
_SIDES = re.compile(
    r"\b(?:compare|between|difference between|is|are|比较)\s*(?:number |no\.? )?(?P<one>\d)\s*"
    r"(?:and|with|to|or|vs\.?|versus|&|和|与)\s*(?:number |no\.? )?(?P<two>\d)(?![\d%])"
    r"|^\W*(?P<three>\d)\s*(?:vs\.?|versus|or)\s*(?P<four>\d)\W*$"
)
_RANKED = re.compile(
    rf"\b(?:(?:the|that|this|your|my|a) )?(?P<first>(?:very )?(?:{_ORDINAL}))(?: (?P<many>two|three|four|2"
    rf"|3|4))?{_AFTER}(?:\s+{_NOUN}s?\b)?"
    rf"|(?:\b(?:number|no\.|nr\.?|option|choice|item|result|suggestion)\s*|#\s?)(?P<number>{_NUMBERS})\b"
    rf"|\bthe (?P<last>(?:very )?last|final|bottom)(?: (?P<last_many>two|three|four|2|3"
    rf"|4))?{_AFTER}(?:\s+{_NOUN}s?\b)?"
    rf"|\bthe (?P<top>top)(?: (?:one|{_NOUN}))"
    r"|第(?P<zh>[一二三四五六七八九十两\d]{1,3})(?!次|天|名|时间|步|章|季|集|眼|回|一|二|代|版)(?:个|部|首|条|款|本|篇|张|件|项)?"
    r"|(?P<zh_last>最后(?:一|那)(?:个|部|首|条|款|本|篇))"
)
_ALL = re.compile(
    r"\b(?:all (?:of )?(?:them|these|those)|them all|these(?! days)|those|both(?: of (?:them|these"
    r"|those))?|none of (?:them|these|those)|any of (?:them|these|those)|each of them|they|them|the list"
    r"|the two|the others?)\b|都不|这些|那些|两个都|它们"
)
_IT = re.compile(
    rf"\b(?:(?:that|this)(?: (?:particular|last))?(?: {_NOUN})\b|that one|this one|the one|(?<!time is "
    rf")(?<!day is )(?<!date is )(?<!make )it(?! (?:is|'s) (?:raining|late|cold|hot|friday|my))|its"
    rf"|it's(?! (?:raining|late|cold|hot|my|been|a (?:long|bad|great)|too late|friday|monday))|that's"
    rf"|this(?! (?:week|weekend|month|year|morning|evening|afternoon|friday|saturday|sunday|monday|time"
    rf"|summer|winter|christmas))|that(?! (?:is|isn't|has|have|works?|can|are|was|were|makes?|will|won't"
    rf"|would|i|you|we|he|she|my|fits?|suits?|does|doesn't|don't|looks?|sounds?|goes|takes?|costs?|feels?"
    rf"|won) \w))\b"
    r"|\b(?:the|that|this) (?:film|movie|song|album|article|product|device|series|show|track|book)\b|(?:这"
    r"|那)(?:个|部|首|条|款|本|篇|张|一个)|它"
)


_PAIR = re.compile(r"the two|both(?: of (?:them|these|those))?|两个都|它们|them|they")
_DESCRIBED = re.compile(
    rf"\bthe {_NOUN} (?:with|about|by|from|set in|where|in which|starring|of)\s+(?P<words>[^,.;:!?]{{3,60}})"
)
_DEFINITE = re.compile(r"\b(?:the|that|this) (?P<word>[^\W\d_]{4,})\b(?! (?:one|ones)\b)")
_WORD = re.compile(r"[^\W_]+")
_GLUE = frozenset("a an and the of for with to in on is are it its that who my me please".split())


def _published(item: Item) -> datetime | None:
    window = item.published_window
    return window[0] if window else None


@dataclass(frozen=True)
class _Superlative:
    words: re.Pattern[str]
    measure: Callable[[Item], float | datetime | None]
    greatest: bool


# Asked outright or as a whole answer: "which is cheapest?", "longest one?".
_MOST = r"(?:\bthe |\b(?:which|what)(?:'s| is| one is| of \w+ is) (?:the )?|^\W*)"
_ONE = r"(?=\W*$|\s+(?:one|of|and|or|then|please|is|was|has|does|looks)\b)"
# Of two that were spoken of: "the cheaper one".
_THE = r"\bthe "

_SUPERLATIVES = (
    _Superlative(
        re.compile(
            rf"\bthe (?:cheapest|least expensive|most affordable)\b|{_MOST}(?:cheapest|least expensive){_ONE}"
            rf"|{_THE}cheaper{_ONE}|最便宜的?"
        ),
        lambda item: item.price,
        False,
    ),
    _Superlative(
        re.compile(
            rf"\bthe (?:most expensive|priciest|dearest)\b|{_MOST}(?:most expensive|priciest){_ONE}"
            rf"|{_THE}(?:more expensive|dearer|pricier){_ONE}|最贵的?"
        ),
        lambda item: item.price,
        True,
    ),
    _Superlative(
        re.compile(rf"\bthe shortest\b|{_MOST}shortest{_ONE}|{_THE}shorter{_ONE}|最短的?"),
        lambda item: item.duration_minutes,
        False,
    ),
    _Superlative(
        re.compile(rf"\bthe longest\b|{_MOST}longest{_ONE}|{_THE}longer{_ONE}|最长的?"),
        lambda item: item.duration_minutes,
        True,
    ),
    _Superlative(
        re.compile(
            r"\bthe (?:newest|most recent|latest) (?:one|of)\b"
            rf"|\b(?:which|what)(?:'s| is| one is| of \w+ is) (?:the )?(?:newest|most recent|latest){_ONE}"
            rf"|{_THE}newer{_ONE}|最新的那"
        ),
        _published,
        True,
    ),
    _Superlative(
        re.compile(rf"\bthe oldest\b|{_MOST}oldest{_ONE}|{_THE}older{_ONE}|最老的?|最旧的?"),
        _published,
        False,
    ),
)


@dataclass(frozen=True)
class Pointers:
    """What a message points at. ``explicit`` are ranks, titles and superlatives; ``pronouns``
    ("it", "these") and words of a title ("the comet") count only where the intent speaks of what was shown."""

    explicit: tuple[Reference, ...] = ()
    pronouns: tuple[Reference, ...] = ()


def find_pointers(utterance: Utterance, shown: Sequence[Item], focus: Sequence[str]) -> Pointers:
    """Read and resolve the pointers of ``utterance``.

    ``focus`` holds the ids that the conversation spoke of last: "it" means the only one, or else
    the first item shown; "the two" mean a pair.
    """
    view = utterance.view
    pair = [item for item in shown if item.id in focus] if len(focus) == 2 else shown
    superlatives = _superlatives(utterance, pair)
    explicit = sorted([*_ranked(utterance, shown), *superlatives], key=_place)
    explicit += [] if explicit else _described(utterance, shown)
    explicit += [each for each in _titles(utterance, shown) if not _overlaps(each, explicit)]
    pronouns: list[Reference] = []
    for found in _ALL.finditer(view):
        both = len(focus) == 2 and _PAIR.fullmatch(found.group())
        pronouns += [
            Reference(text=utterance.original(found.span()), item_id=item.id, span=found.span())
            for item in shown
            if not both or item.id in focus
        ]
        if not shown:
            pronouns.append(Reference(text=utterance.original(found.span()), span=found.span()))
    if not pronouns and not explicit:
        pronouns += _by_title_word(utterance, shown)
    if not pronouns:
        known = [item.id for item in shown]
        target = focus[0] if len(focus) == 1 and focus[0] in known else known[0] if known else None
        for found in _IT.finditer(view):
            reference = Reference(text=utterance.original(found.span()), item_id=target, span=found.span())
            if not _overlaps(reference, explicit):
                pronouns.append(reference)
                break
    return Pointers(_once(explicit), _once(pronouns))


def _by_title_word(utterance: Utterance, shown: Sequence[Item]) -> Iterator[Reference]:
    """ "The comet": the only shown item whose title has the word."""
    titles = [{singular(word) for word in _WORD.findall(item.title.lower())} for item in shown]
    for found in _DEFINITE.finditer(utterance.view):
        holders = [place for place, title in enumerate(titles) if singular(found["word"]) in title]
        if len(holders) == 1:
            text = utterance.original(found.span())
            yield Reference(text=text, item_id=shown[holders[0]].id, span=found.span())


def _ranked(utterance: Utterance, shown: Sequence[Item]) -> Iterator[Reference]:
    sides = _SIDES.search(utterance.view)
    for name, number in (sides.groupdict() if sides else {}).items():
        if sides and number and 1 <= int(number) <= len(shown):
            span = sides.span(name)
            yield Reference(text=utterance.original(span), item_id=shown[int(number) - 1].id, span=span)
    for found in _RANKED.finditer(utterance.view):
        if (
            found["first"]
            and not found.group().startswith(("the", "that", "this", "your", "my"))
            and not _stands_alone(utterance.view, found.span())
        ):
            continue
        for place in _places(found, len(shown)):
            item_id = shown[place].id if 0 <= place < len(shown) else None
            yield Reference(text=utterance.original(found.span()).strip(), item_id=item_id, span=found.span())


def _stands_alone(view: str, span: Span) -> bool:
    """An ordinal without article points only as a bare answer or next to another ("first or second?")."""
    return bool(
        re.search(r"(?:^|\b(?:and|or|vs|versus|than|compare|why|with)\s)$", view[: span[0]])
    ) and not re.match(r"\s+(?:of all|time|i)\b", view[span[1] :])


def _places(found: re.Match[str], size: int) -> range | list[int]:
    part = found.groupdict()
    if part["first"]:
        start = _ORDINALS[part["first"].removeprefix("very ")] - 1
        return range(start, start + int(value(part["many"] or "1") or 1))
    if part["number"] or part["zh"]:
        return [int(value(part["number"] or part["zh"]) or 0) - 1]
    if part["last"] or part["zh_last"]:
        many = int(value(part["last_many"] or "1") or 1)
        return range(max(0, size - many), size) if size else [-1]
    return [0]


def _superlatives(utterance: Utterance, shown: Sequence[Item]) -> Iterator[Reference]:
    for each in _SUPERLATIVES:
        found = each.words.search(utterance.view)
        if not found or not shown:
            continue
        known = [
            (measured, -place)
            for place, item in enumerate(shown)
            if (measured := each.measure(item)) is not None
        ]
        compared = re.search(r"er$|^(?:the )?more ", found.group().strip())  # "the cheaper one" is one of two
        if known and not (compared and len(shown) != 2):
            best = max(known) if each.greatest else min(known, key=lambda pair: (pair[0], -pair[1]))
            yield Reference(
                text=utterance.original(found.span()), item_id=shown[-best[1]].id, span=found.span()
            )


def _titles(utterance: Utterance, shown: Sequence[Item]) -> Iterator[Reference]:
    for item in shown:
        for name in _names_of(item, utterance.view):
            exact = len(name) < 5 and name.isascii()
            place = (utterance.text if exact else utterance.view).find(name if exact else name.lower())
            end = place + len(name)
            if (
                place < 0
                or (place and utterance.view[place - 1].isalnum() and name.isascii())
                or (name.isascii() and utterance.view[end : end + 1].isalnum())
            ):
                continue
            yield Reference(text=utterance.original((place, end)), item_id=item.id, span=(place, end))
            break


def _names_of(item: Item, view: str) -> Iterator[str]:
    """What ``item`` may be called: its title, a part of it, or its maker ("the Bose")."""
    title = re.sub(r"\s*\((?:19|20)\d\d\)$", "", item.title).strip()
    yield title
    bare = title.rstrip("!?. ")
    if bare != title and len(bare) >= 4:
        yield bare
    short = re.split(r":| - | – |, ", title)[0].strip()
    if len(short) >= 5 and short != title:
        yield short
    if title.lower().startswith("the ") and len(title) >= 9:
        yield title[4:]
    if item.domain in {"shopping", "smart_home", "music"}:
        for creator in item.creators:
            name = re.escape(creator.lower())
            if re.search(rf"\bthe {name}\b|\b{name} one\b", view):
                yield creator


def _place(reference: Reference) -> Span:
    return reference.span or (0, 0)


def _overlaps(one: Reference, others: Sequence[Reference]) -> bool:
    return any(
        one.span and other.span and one.span[0] < other.span[1] and other.span[0] < one.span[1]
        for other in others
    )


def _once(references: Sequence[Reference]) -> tuple[Reference, ...]:
    kept: dict[str, Reference] = {}
    for each in references:
        kept.setdefault(each.item_id or each.text, each)
    return tuple(kept.values())


def _described(utterance: Utterance, shown: Sequence[Item]) -> Iterator[Reference]:
    """ "The one with the bear": the only shown item whose text has most of the words that describe it."""
    found = _DESCRIBED.search(utterance.view)
    if not found:
        return
    wanted = {singular(word) for word in _WORD.findall(found["words"])} - _GLUE
    met = [len(wanted & {singular(word) for word in _WORD.findall(item.passage.lower())}) for item in shown]
    best = max(met, default=0)
    if best and best * 2 > len(wanted) and met.count(best) == 1:
        item_id = shown[met.index(best)].id
        yield Reference(text=utterance.original(found.span()), item_id=item_id, span=found.span())


def find_focus(conversation: Conversation) -> tuple[str, ...]:
    """The shown item that the user pointed at last since the list was shown, or the pair; none of more."""
    shown = conversation.shown
    for turn in reversed(conversation.turns):
        if turn.role == "assistant" and len(shown) > 1 and all(item.title in turn.text for item in shown):
            break
        if turn.role == "user":
            explicit = find_pointers(Utterance(turn.text[:LONGEST_TURN]), shown, ()).explicit
            pointed = tuple(dict.fromkeys(each.item_id for each in explicit if each.item_id))
            if 1 <= len(pointed) <= 2:
                return pointed
    return ()
