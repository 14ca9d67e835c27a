"""What the user wants and does not want, with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from agent.understand.cues import Cues, load_cues
from agent.understand.lexicon import Entry, Lexicon, Match
from agent.understand.names import NameReader
from agent.understand.polarity import PolarityReader, Scope
from agent.understand.utterance import Token, Utterance
from schema import Domain, Interest, InterestKind, Span

MOST = 24
LONGEST_TOPIC = 8
LONG_WINDED = 3  # words from which a product is called by its name: "camera for outside"
_PRODUCTS = frozenset({"shopping", "smart_home"})
_TELLING: frozenset[InterestKind] = frozenset({"topic", "genre", "item", "entity", "brand"})
_JOINED = re.compile(r"\s*(?:,|\band\b|\bor\b|\bas well as\b|、|和)\s*")
_LIKES = re.compile(r"\b(?:likes?|loves?|enjoys?|adores?|into|fond of|crazy about)\s+$|[欢爱]$")
_LISTED = re.compile(r"(?:(?!,|\bor\b|\bnor\b|、).)+")


@dataclass(frozen=True)
class Wishes:
    """Interests with spans, in the order of the message.

    ``leftover`` are features and a topic that only a request means: "must be easy to clean"
    is a wish there, and part of the tale in a tale. ``scopes`` are the stretches that
    negations govern.
    """

    interests: tuple[Interest, ...]
    leftover: tuple[Interest, ...]
    scopes: tuple[Scope, ...]


@dataclass(frozen=True)
class InterestReader:
    """Names first, then the lexicon, then what the words around an unknown phrase make of it."""

    lexicon: Lexicon
    names: NameReader
    polarity: PolarityReader
    cues: Cues

    @classmethod
    def load(cls, lexicon: Lexicon) -> InterestReader:
        """Read the committed cues."""
        names = NameReader.load(lexicon.given_names, lexicon.stopwords | lexicon.capitalised)
        return cls(lexicon, names, PolarityReader.load(), load_cues("interests"))

    def read(
        self,
        utterance: Utterance,
        matches: Sequence[Match],
        domains: tuple[Domain, ...],
        blocked: Iterable[Span],
    ) -> Wishes:
        """The wishes of a message.

        ``matches`` are the lexicon's; those outside ``domains`` are dropped. ``blocked`` are
        spans that mean something else already (times, prices).
        """
        busy = list(blocked)
        platforms = [each.span for each in matches if _is_platform(each)]
        names = self.names.find(utterance, domains, [*busy, *platforms], [each.span for each in matches])
        # A "no" inside a title refuses nothing ("No Country for Old Men").
        scopes = tuple(
            scope
            for scope in self.polarity.scopes(utterance.view)
            if not any(name.span[0] <= scope.cue[0] < name.span[1] for name in names)
        )
        search = _Search(utterance, self.polarity, scopes, self.lexicon.stopwords, busy)
        known = self.names.known(utterance, names)
        for name in names:
            search.take(name.text, name.kind, name.span, known=name.kind == "item" and name.span in known)
        for match in matches:
            entry = choose(match, domains)
            if entry is None or search.is_busy(match.span):
                continue
            if entry.kind is None:
                search.busy.append(match.span)
            else:
                kind = (
                    "attribute"
                    if entry.broad and self._goes_with(utterance.view, match, matches)
                    else entry.kind
                )
                search.take(_name(entry, match), kind, match.span, hard=_is_condition(entry, match))
        search.after(self.cues["about"], self.cues["phrase_end"], "topic", even_if_known=True)
        search.refusals()
        told = any(each.polarity > 0 and each.kind in _TELLING for each in search.found)
        sure = len(search.found)
        search.after(self.cues["feature"], self.cues["phrase_end"], "attribute")
        if not told and len(search.found) == sure:
            search.remainder(self.cues["filler"])
        return Wishes(
            _distinct(search.found[:sure])[:MOST], _distinct(search.found[sure:])[:MOST], search.scopes
        )

    def _goes_with(self, view: str, match: Match, matches: Sequence[Match]) -> bool:
        """Whether a product is named as what the wanted one is for, beside it or in a follow-up without it."""
        opening = self.cues["goes_with"].search(view[: match.span[0]])
        if opening is None:
            return False
        verb = opening.group().split()[0] not in {"for", "into", "on"}
        others = [each for each in matches if each is not match and any(one.broad for one in each.entries)]
        return verb or any(each.span[0] < match.span[0] for each in others)


def choose(match: Match, domains: tuple[Domain, ...]) -> Entry | None:
    """The entry of ``match`` that fits ``domains`` best; None where all belong elsewhere."""
    telling = [each for each in match.entries if each.kind]
    own = [each for each in telling if each.domain in domains or _of_products(each, domains)]
    common = [each for each in telling if each.domain is None]
    if own or common:
        return (own or common)[0]
    silent = [each for each in match.entries if each.domain in domains]
    return silent[0] if silent else None if domains else match.entries[0]


def _of_products(entry: Entry, domains: tuple[Domain, ...]) -> bool:
    """Qualities and makers of products are those of smart-home devices as well."""
    of_both = entry.section in {"attribute", "brand", "works_with"} and entry.domain in _PRODUCTS
    return of_both and bool(_PRODUCTS & set(domains))


def _is_platform(match: Match) -> bool:
    return any(entry.section in {"works_with", "brand"} for entry in match.entries)


def _is_condition(entry: Entry, match: Match) -> bool:
    lacking = ("no ", "without ")  # "without singing" refuses, though it names a genre
    return entry.section == "works_with" or entry.name.startswith("no ") or match.words.startswith(lacking)


def _name(entry: Entry, match: Match) -> str:
    words = " ".join(match.words.split())
    told = words.isascii() and len(words.split()) < LONG_WINDED
    return words if entry.broad and told else entry.name


def _parts(view: str, span: Span) -> Iterator[Span]:
    """The parts of a list: "hiking, films and jazz"."""
    start, end = span
    for joint in _JOINED.finditer(view, start, end):
        yield start, joint.start()
        start = joint.end()
    yield start, end


@dataclass
class _Search:
    """The state of reading one message: what is explained already (``busy``) and what was found."""

    utterance: Utterance
    polarity: PolarityReader
    scopes: tuple[Scope, ...]
    stopwords: frozenset[str]
    busy: list[Span]
    found: list[Interest] = field(default_factory=list)

    def is_busy(self, span: Span) -> bool:
        return any(start < span[1] and span[0] < end for start, end in self.busy)

    def take(
        self, text: str, kind: InterestKind, span: Span, hard: bool = False, known: bool = False
    ) -> None:
        """Add an interest for the words at ``span``, for or against as its place says."""
        demanded, weight = self.polarity.strength(self.utterance.view, span)
        scope = next((each for each in reversed(self.scopes) if each.holds(span)), None)
        insisted = scope.hard if scope else demanded or hard
        polarity = scope.polarity if scope else 1.0
        self.busy.append(span)
        self.found.append(
            Interest(
                text=text,
                kind=kind,
                polarity=polarity,
                weight=weight,
                hard=insisted and weight == 1.0,
                known=known,
                span=span,
            )
        )

    def after(
        self, cue: re.Pattern[str], ending: re.Pattern[str], kind: InterestKind, even_if_known: bool = False
    ) -> None:
        """Phrases that follow ``cue``, up to ``ending``, where nothing explains them yet.

        A cue that is explained itself ("works with HomeKit") opens nothing, unless ``even_if_known``.
        """
        for opening in cue.finditer(self.utterance.view):
            stop = ending.search(self.utterance.view, opening.end())
            whole = opening.end(), stop.start() if stop else len(self.utterance.view)
            listed = _LIKES.search(opening.group()) is not None
            for part in _parts(self.utterance.view, whole) if listed else [whole]:
                span = self._trimmed(part)
                if span and (even_if_known or not self.is_busy(opening.span())):
                    self.take(self._phrase(span), kind, span)

    def refusals(self) -> None:
        """What a negation governs where neither the lexicon nor a name accounts for it."""
        for scope in self.scopes:
            if any(each.span and scope.holds(each.span) for each in self.found):
                continue
            for part in _LISTED.finditer(self.utterance.view[scope.span[0] : scope.span[1]]):
                span = self._trimmed((scope.span[0] + part.start(), scope.span[0] + part.end()))
                if span:
                    self.take(self._phrase(span), "topic" if scope.hard else "attribute", span)

    def remainder(self, filler: re.Pattern[str]) -> None:
        """The longest run of words that nothing else explains, as a topic."""
        self.busy += [span for scope in self.scopes for span in (scope.span, scope.cue)]
        self.busy += [found.span() for found in filler.finditer(self.utterance.view)]
        runs: list[Span] = []
        for token in self.utterance.tokens:
            if token.word.isdigit() or self._is_idle(token):
                continue
            joined = runs and not re.search(r"[^\s\-&'/]", self.utterance.view[runs[-1][1] : token.start])
            if joined:
                runs[-1] = runs[-1][0], token.end
            else:
                runs.append((token.start, token.end))
        longest = max(runs, key=lambda run: run[1] - run[0], default=None)
        if longest and longest[1] - longest[0] >= 2:
            self.take(self._phrase(longest), "topic", longest)

    def _is_idle(self, token: Token) -> bool:
        return token.word in self.stopwords or self.is_busy((token.start, token.end))

    def _trimmed(self, span: Span) -> Span | None:
        """``span`` without stopwords at its ends and cut at the first thing known; None if nothing is left."""
        tokens = [token for token in self.utterance.tokens if span[0] <= token.start and token.end <= span[1]]
        while tokens and self._is_idle(tokens[0]):
            tokens.pop(0)
        kept: list[Token] = []
        for token in tokens[:LONGEST_TOPIC]:
            if self.is_busy((token.start, token.end)):
                break
            kept.append(token)
        while kept and kept[-1].word in self.stopwords:
            kept.pop()
        return (kept[0].start, kept[-1].end) if kept else None

    def _phrase(self, span: Span) -> str:
        return " ".join(self.utterance.original(span).split())[:500]


def _distinct(found: Iterable[Interest]) -> tuple[Interest, ...]:
    kept: dict[tuple[str, bool], Interest] = {}
    for each in sorted(found, key=lambda interest: interest.span or (0, 0)):
        kept.setdefault((each.text.casefold(), each.polarity > 0), each)
    return tuple(kept.values())
