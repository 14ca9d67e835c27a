"""The standing wish in words, for dense and lexical search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.understand.lexicon import Lexicon, Match
from agent.understand.utterance import Utterance
from schema import Domain, Interest, Span

# What a request that names nothing else is searched by.
DOMAIN_WORDS: dict[Domain, str] = {
    "video": "film",
    "music": "music",
    "news": "news",
    "shopping": "product",
    "smart_home": "smart home",
}
OFFER_WORDS = "deals, sale event"
# Asking words say nothing of the thing asked for.
_ASKING = re.compile(
    r"\b(?:(?:(?:can|could|would|will) (?:you|u|i|we)|please|thanks|thank you|i'm|i am|we're|i've|i'd|i|we"
    r"|me|us|"
    r"recommend|suggest|find|show|give|tell|play|get|want|wants|need|would|like to|love to|looking"
    r"|searching|look|for me|"
    r"in the mood|feel like|to (?:watch|see|hear|listen to|read|buy|get)|watching|watch|listening to|do "
    r"you (?:have|know)|"
    r"have you got|are there|is there|help|choose|pick|what|what's|which|should|can|could|about|how about"
    r"|any|some|something|"
    r"anything|else|instead|hi|hello|hey|actually|maybe|well|ok|okay|just|really|got|going|good|great|best"
    r"|nice|know of|"
    r"recommendations?|suggestions?|ideas?|options?|must|have|has|it|that|should be|gd|pls|read|listen"
    r"|preferably|ideally|but|so|then|next|and|now|cool|perfect|awesome|oh|surprise|also|let's go with|can)\b(?!['’])[\s,]*)+"
)
_OPENING = re.compile(rf"^[\s,;:.!?]*{_ASKING.pattern}")
_EDGE = (
    r"(?:\s|[,.;:!?()\-–—]|'s\b|\b(?:for|in|on|at|by|from|with|the|a|an|and|or|but|to|of|until|before"
    r"|after|during|so|that's|"
    r"that|which|is|are|was|please|also|not|me|i|my|it|she|he|they|too|under|over|around|about)\b)"
)
_LEADING = re.compile(rf"^{_EDGE}+")
_TRAILING = re.compile(rf"{_EDGE}+$")


def compose(
    utterance: Utterance,
    interests: Sequence[Interest],
    gone: Iterable[Span],
    domains: Sequence[Domain],
    matches: Sequence[Match],
    language: str,
    *,
    on_offer: bool = False,
) -> str:
    """The message without times, limits and refusals (``gone``) and without asking words.

    A Chinese message becomes its English names: the sentence encoder does not read Chinese.
    """
    if language == "zh":
        return _translated(interests, domains, matches)
    words = tidy(utterance.text, gone)
    return words or (OFFER_WORDS if on_offer else " ".join(DOMAIN_WORDS[domain] for domain in domains))


def tidy(text: str, gone: Iterable[Span]) -> str:
    """``text`` without the spans ``gone``; each remaining stretch loses the joints at its ends."""
    stretches, at = [], 0
    for start, end in sorted(gone):
        stretches.append(text[at : max(at, start)])
        at = max(at, end)
    stretches.append(text[at:])
    kept = (_trimmed(part) for stretch in stretches for part in re.split(r"[.!?;,\n]+(?=\s|$)", stretch))
    return ", ".join(part for part in kept if part)


def _trimmed(stretch: str) -> str:
    view = Utterance(stretch).view
    start = 0
    while opening := _OPENING.match(view[start:]) or _LEADING.match(view[start:]):
        start += opening.end()
    trailing = _TRAILING.search(view, start)
    return " ".join(stretch[start : trailing.start() if trailing else len(stretch)].split())


def _translated(interests: Sequence[Interest], domains: Sequence[Domain], matches: Sequence[Match]) -> str:
    wanted = [each.text for each in interests if each.polarity > 0]
    nouns = [
        entry.name
        for match in matches
        for entry in match.entries
        if entry.section == "noun" and entry.domain in domains
    ]
    return " ".join(dict.fromkeys([*wanted, *(nouns or [DOMAIN_WORDS[domain] for domain in domains])]))


def extend(standing: str, added: Iterable[Interest], dropped: Iterable[str], lexicon: Lexicon) -> str:
    """The standing wish with the words of ``dropped`` taken out and those of ``added`` put in."""
    gone = {name.casefold() for name in dropped}
    utterance = Utterance(standing)
    spans = [
        match.span
        for match in lexicon.find(utterance)
        if match.words in gone or any(entry.name.casefold() in gone for entry in match.entries)
    ]
    for name in gone:
        found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", utterance.view)
        spans += [found.span()] if found else []
    text = tidy(standing, spans) if spans else standing
    words = text.casefold()
    new = [each.text for each in added if each.polarity > 0 and each.text.casefold() not in words]
    return ", ".join([text, *new] if text else new)
