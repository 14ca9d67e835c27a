"""The standing wish in words, for dense and lexical search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from agent.understand.lexicon import Lexicon, Match
from agent.understand.utterance import Utterance
from schema import Domain, Interest, Span

_DOMAIN_WORDS: dict[Domain, str] = {
    "video": "film",
    "music": "music",
    "news": "news",
    "shopping": "product",
    "smart_home": "smart home",
}
# Asking words say nothing of the thing asked for.
_ASKING = re.compile(
    r"\b(?:(?:can|could|would|will) you(?: please)?|please|thanks|thank you|recommend(?: me| us)?|suggest(?: me| us)?|find(?: me| us)?|show(?: me| us)?|give(?: me| us)?|tell me|i'm (?:looking|searching) for|i am (?:looking|searching) for|looking for|i(?:'d| would) (?:like|love)(?: to (?:watch|see|hear|listen to|read|buy|find|get))?"
    r"|i (?:want|need)(?: to (?:watch|see|hear|listen to|read|buy|find|get))?|i(?:'m| am) in the mood for|in the mood for|i feel like(?: watching| listening to| hearing| reading)?|do you (?:have|know)(?: of)?|have you got|are there|is there|help me (?:find|choose|pick)|what(?:'s| is| are)(?: the)?|what should (?:i|we) (?:watch|read|listen to|buy|get|play)"
    r"|any (?:good )?|some |something |anything |hi|hello|hey|actually|maybe|well|ok(?:ay)?|just|really|got)\b"
)
_GAPS = re.compile(r"\s+([,.;:!?])|([,.;:!?])(?=\s*[,.;:!?]|\s*$)|^\s*[,.;:!?]+")


def compose(
    utterance: Utterance,
    interests: Sequence[Interest],
    gone: Iterable[Span],
    domains: Sequence[Domain],
    matches: Sequence[Match],
    language: str,
) -> str:
    """The message without times, limits and refusals (``gone``) and without asking words.

    A Chinese message becomes its English names (the sentence encoder does not read Chinese),
    followed by what the lexicon does not know.
    """
    if language == "zh":
        return _translated(utterance, interests, domains, matches)
    keep = list(utterance.text)
    for start, end in gone:
        keep[start:end] = " " * (end - start)
    for found in _ASKING.finditer(utterance.view):
        keep[found.start() : found.end()] = " " * (found.end() - found.start())
    text = re.sub(
        r"\b(?:for|in|on|at|by|from|with|the|a|an|and|or|but|to|of|until|before|after|during|so|i|me)(?=\s*(?:[,.;:!?]|$))",
        " ",
        "".join(keep),
    )
    text = _GAPS.sub(r"\1", " ".join(text.split()))
    return " ".join(
        re.sub(r"^(?:\W|(?:for|to|and|but|or|in|on|at|of|so|me|i|a|an|the)\b)+", "", text).split()
    )


def _translated(
    utterance: Utterance, interests: Sequence[Interest], domains: Sequence[Domain], matches: Sequence[Match]
) -> str:
    wanted = [each.text for each in interests if each.polarity > 0]
    nouns = [
        entry.name
        for match in matches
        for entry in match.entries
        if entry.kind is None and entry.section == "noun" and entry.domain in domains
    ]
    return " ".join(dict.fromkeys([*wanted, *(nouns or [_DOMAIN_WORDS[domain] for domain in domains])]))


def extend(standing: str, added: Iterable[Interest], dropped: Iterable[str], lexicon: Lexicon) -> str:
    """The standing wish with the words of ``dropped`` taken out and those of ``added`` put in."""
    gone = {name.casefold() for name in dropped}
    text = standing
    utterance = Utterance(standing)
    for match in reversed(lexicon.find(utterance)):
        if match.words in gone or any(entry.name.casefold() in gone for entry in match.entries):
            text = text[: match.span[0]] + text[match.span[1] :]
    for name in gone:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    words = text.casefold()
    new = [each.text for each in added if each.polarity > 0 and each.text.casefold() not in words]
    return " ".join([*text.split(), *new])
