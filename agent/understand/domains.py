"""Which domains a request is about: the words that name them, then the domain head."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast, get_args

from agent.understand.lexicon import Match
from schema import Domain

# Below this the head does not decide (chosen on the examples by cross-validation).
SURE = 0.5
ANY = "any"

# A word of a domain behind one of these only describes another: "a film with good music".
_DESCRIBES = re.compile(
    r"\b(?:with|about|like|on|from|without|based on|soundtrack of|behind|to watch|watching|of|for(?: my| the| our)?)\s+(?:(?:good|great|the|a|an|some|my|no|lots of|nice|their|old|new|more|classic|best)\s+)*$"
)
_JOINS = re.compile(
    r"(?:\band\b|\bor\b|,|/|&|\bplus\b|\balso\b|\bthen\b|[.;!?]|和|、|或|还有|，)\s*(?:(?:a|an|some|the|good|great|any|also|maybe|then|play|read|listen to|watch|nice)\s+)*$"
)
_OUTRIGHT = frozenset({"noun", "type", "form"})
_TELLING = _OUTRIGHT | {"genre"}
_WEIGHTS = {
    "noun": 3.0,
    "type": 2.5,
    "form": 2.0,
    "works_with": 2.0,
    "genre": 1.5,
    "verb": 1.0,
    "brand": 0.8,
    "attribute": 0.5,
}
_CUES: tuple[tuple[Domain, re.Pattern[str]], ...] = (
    ("video", re.compile(r"\b(?:to|should i|can i|could i|shall (?:i|we)|can we|should we|let's|we) watch\b(?!es)|\bwatch(?:ing)? (?:something|tonight|with|a|an)\b|\b(?:starring|directed by)\b")),
    ("music", re.compile(r"\b(?:listen(?:ing)? to|sung by|dance to|sing along|songs?)\b")),
    ("news", re.compile(r"\b(?:read|reading|hear|know|latest|update|updates|happen(?:ing|ed)?|going on|new)\b[^.?!]{0,20}\b(?:about|on|in the|with)\b|\bwho won\b")),
    ("shopping", re.compile(r"\b(?:buy|buying|purchase|wear|gift|present|for sale|on sale|discount)\b")),
    ("smart_home", re.compile(r"\bsmart (?!phone|watch|casual|film|comedy|movie|series|tv)\w+")),
)  # fmt: skip


def named_domains(view: str, matches: Sequence[Match]) -> tuple[Domain, ...]:
    """The domains that words name outright (nouns and product types), in order.

    The first such word decides; a later one counts only when it is joined ("films and
    music") or opens a new sentence, not when it describes the first ("a film with good
    music", "a TV for watching films").
    """
    found: list[Domain] = []
    earlier: set[Domain] = set()
    for match in matches:
        owners = [each.domain for each in match.entries if each.section in _OUTRIGHT and each.domain]
        before = view[: match.span[0]]
        describes = bool(earlier - set(owners)) and bool(_DESCRIBES.search(before))
        if owners and not describes and (not found or _JOINS.search(before)):
            fresh = [each for each in owners if each not in found]
            found += fresh[:1] if found else fresh
        earlier |= {each.domain for each in match.entries if each.domain and each.section in _TELLING}
    return tuple(dict.fromkeys(found))


def weigh(view: str, matches: Sequence[Match]) -> dict[Domain, float]:
    """Evidence for each domain from all its words; words of several domains share their weight."""
    weights: dict[Domain, float] = {}
    for match in matches:
        owners = {each.domain: _WEIGHTS.get(each.section, 0.3) for each in match.entries if each.domain}
        for domain, weight in owners.items():
            weights[domain] = weights.get(domain, 0.0) + weight / len(owners)
    for domain, cue in _CUES:
        if cue.search(view):
            weights[domain] = weights.get(domain, 0.0) + 0.8
    return weights


def decide(view: str, matches: Sequence[Match], head: Mapping[str, float] | None) -> tuple[Domain, ...]:
    """The domains of a request, () where it is unclear.

    ``head`` holds the probabilities of the domain head, None where it does not apply (Chinese).
    """
    named = named_domains(view, matches)
    if named:
        return _without_deals(named, matches)
    weights = weigh(view, matches)
    scores = {
        domain: weights.get(domain, 0.0) + 2.0 * (head or {}).get(domain, 0.0) for domain in get_args(Domain)
    }
    best = cast("Domain", max(scores, key=lambda domain: scores[domain]))
    probability = (head or {}).get(best, 0.0)
    evidence = weights.get(best, 0.0)
    if probability >= SURE or evidence >= 2.5 or (evidence >= 1.0 and (head is None or probability >= 0.1)):
        return (best,)
    return (best,) if evidence >= 0.4 and probability >= 0.25 else ()


def _without_deals(named: tuple[Domain, ...], matches: Sequence[Match]) -> tuple[Domain, ...]:
    """ "Deals on smart plugs" is about smart plugs: sale words name shopping only on their own."""
    if len(named) < 2 or "shopping" not in named:
        others = [
            each.domain
            for match in matches
            for each in match.entries
            if each.section in _OUTRIGHT and each.domain not in (None, "shopping")
        ]
        if named == ("shopping",) and _only_deals(matches) and others:
            return (cast("Domain", others[0]),)
        return named
    return tuple(each for each in named if each != "shopping") if _only_deals(matches) else named


def _only_deals(matches: Sequence[Match]) -> bool:
    words = [
        each.name
        for match in matches
        for each in match.entries
        if each.domain == "shopping" and each.section in {"noun", "type"}
    ]
    return bool(words) and set(words) == {"deal"}
