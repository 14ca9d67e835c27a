"""Which domains a request is about: the words that name them, then the domain head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

from agent.understand.cues import Cues, load_cues
from agent.understand.lexicon import Match
from schema import Domain

# Chosen on our requests: below SURE the head does not decide alone, and words need its assent.
SURE = 0.5
ASSENT = 0.25
MILD_ASSENT = 0.1
PLAIN_WORDS = 1.0
OVERWHELMING_WORDS = 2.5
CUE_WEIGHT = 1.0

_DOMAINS: tuple[Domain, ...] = get_args(Domain)
_OUTRIGHT = frozenset({"noun", "type", "form"})
_TELLING = _OUTRIGHT | {"genre"}
_OF_GENRES: frozenset[Domain] = frozenset({"video", "music"})
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


@dataclass(frozen=True)
class DomainReader:
    """The cues of ``cues/domains.toml``."""

    cues: Cues

    @classmethod
    def load(cls) -> DomainReader:
        """Read the committed cues."""
        return cls(load_cues("domains"))

    def named(self, view: str, matches: Sequence[Match]) -> tuple[Domain, ...]:
        """The domains that words name outright (nouns, product types, "a comedy", "crime stories"), in order.

        The first such word decides; a later one counts only when it is joined ("films and
        music") or opens a new sentence, not when it describes the first ("a film with good
        music", "a TV for watching films").
        """
        if self.cues["news_topic"].search(view) and not self.cues["not_news"].search(view):
            return ("news",)
        found: list[Domain] = []
        earlier: set[Domain] = set()
        for match in matches:
            owners = _likeliest(match, matches)
            before = view[: match.span[0]]
            describes = bool(earlier - set(owners)) and bool(self.cues["describes"].search(before))
            if owners and not describes and (not found or self.cues["joins"].search(before)):
                fresh = [each for each in owners if each not in found]
                found += fresh[:1] if found else fresh
            earlier |= {each.domain for each in match.entries if each.domain and each.section in _TELLING}
        if not found and self.cues["on_screen"].search(view):
            return ("video",)
        return tuple(dict.fromkeys(found))

    def of_genre(self, view: str, matches: Sequence[Match], standing: Sequence[Domain]) -> tuple[Domain, ...]:
        """The one domain whose genre is asked for while another stands: "any jazz?" after films.

        Products have all genres ("science fiction" for a book), and what describes the thing
        that stands names nothing ("with jazz").
        """
        if not standing or not set(standing) <= _OF_GENRES:
            return ()
        for match in matches:
            owners = {each.domain for each in match.entries}
            before = self.cues["what_about"].sub("", view[: match.span[0]])
            only = len(owners) == 1 and all(each.section == "genre" for each in match.entries)
            if only and not self.cues["describes"].search(before):
                return tuple(each for each in owners if each in _OF_GENRES and each not in standing)
        return ()

    def decide(
        self, view: str, matches: Sequence[Match], named: tuple[Domain, ...], head: Mapping[str, float] | None
    ) -> tuple[Domain, ...]:
        """The domains of a request, () where it is unclear.

        ``named`` is what ``named`` found; ``head`` holds the probabilities of the domain
        head, None where it does not apply (Chinese).
        """
        if named:
            return _without_deals(named, matches)
        weights = self._weigh(view, matches)
        probabilities = head or {}
        best = max(_DOMAINS, key=lambda domain: weights[domain] + 2.0 * probabilities.get(domain, 0.0))
        words, probability = weights[best], probabilities.get(best, 0.0)
        assents = head is None or probability >= MILD_ASSENT
        plain = PLAIN_WORDS if head is not None else PLAIN_WORDS / 2
        decided = probability >= SURE or words >= OVERWHELMING_WORDS or (words >= plain and assents)
        return (best,) if decided or (words > 0 and probability >= ASSENT) else ()

    def _weigh(self, view: str, matches: Sequence[Match]) -> dict[Domain, float]:
        """Evidence for each domain from all words; words of several domains share their weight."""
        weights = dict.fromkeys(_DOMAINS, 0.0)
        for match in matches:
            owners = {each.domain: _WEIGHTS.get(each.section, 0.3) for each in match.entries if each.domain}
            for domain, weight in owners.items():
                weights[domain] += weight / len(owners)
        for domain in _DOMAINS:
            if self.cues[domain].search(view):
                weights[domain] += CUE_WEIGHT
        return weights


def _owners(match: Match) -> list[Domain]:
    return [each.domain for each in match.entries if each.section in _OUTRIGHT and each.domain]


def _likeliest(match: Match, matches: Sequence[Match]) -> list[Domain]:
    """The domains of a word that names several ("speaker"): those that the other words speak for, if any."""
    owners = _owners(match)
    if len(owners) < 2:
        return owners
    others = {each.domain for other in matches if other is not match for each in other.entries}
    return [each for each in owners if each in others] or owners


def _without_deals(named: tuple[Domain, ...], matches: Sequence[Match]) -> tuple[Domain, ...]:
    """ "Deals on smart plugs" is about smart plugs: words of sale name shopping only on their own."""
    sold = [each.name for match in matches for each in match.entries if each.domain == "shopping"]
    if "shopping" not in named or set(sold) != {"deal"}:
        return named
    others = [domain for match in matches for domain in _owners(match) if domain != "shopping"]
    if named == ("shopping",):
        return (others[0],) if others else named
    return cast("tuple[Domain, ...]", tuple(each for each in named if each != "shopping"))
