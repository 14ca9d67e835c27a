"""Proper names in a request: quoted titles, "like X", makers after "by" or "with", capitalised words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agent.understand.cues import Cues, load_cues
from agent.understand.utterance import Utterance
from schema import Domain, InterestKind, Span

LONGEST_TITLE = 6
LONGEST_MAKER = 3

_QUOTED = re.compile(
    r"\"([^\"\n]{1,120})\"|(?<![\w'])'([^'\n]{2,120})'(?!\w)|《([^》\n]{1,80})》|«([^»\n]{1,80})»"
    r"|「([^」\n]{1,80})」"
)
_CAPITAL = r"(?:[A-ZÀ-ÞΑ-Ω][\w'’&.-]*|[A-Z]\.|\d+(?=\s[A-Z]))"
_SMALL = r"(?:of|the|de|la|le|el|du|des|van|von|der|in|on|a|to|for|&|at|vs\.?|from)"
_RUN = rf"{_CAPITAL}(?:(?:\s{_SMALL}){{0,2}}\s(?:{_CAPITAL}|\d+\b))*"
_YEAR = r"\s?\((?:19|20)\d\d\)"
_NAME = rf"{_RUN}(?:\sand\sthe\s{_CAPITAL})?(?:\s?:\s{_RUN})?(?:{_YEAR})?"
_PROPER = re.compile(rf"(?<![\w'’]){_NAME}")
_OPENING_NAME = re.compile(rf"(?:[Tt]he\s|[Aa]\s)?{_NAME}")
_JOINT = re.compile(r"(?:,\s(?:and\s|or\s)?|\s(?:and|or|&)\s)(?=[A-Z])")
_LISTED = re.compile(r"[\"'》」)]*\s*(?:,|and|or|&|和|、|,\s*(?:and|or))\s*[\"'《「(]*")
_EDGES = re.compile(r"[\s\"'“”‘’.,;:!?\[\]<>*_-]+")
# Capitalised words that follow a name without being part of it.
_TRAILERS = frozenset(
    "i tv movie film movies films lol ok thanks please monday tuesday wednesday thursday friday saturday sunday tonight today tomorrow".split()
)
_CONTRACTED = re.compile(r"(?:'(?:s|re|ve|ll|d|m)|n't)$")
_PRODUCTS = frozenset({"shopping", "smart_home"})


@dataclass(frozen=True)
class Name:
    """A proper name with its place and what it seems to be."""

    text: str
    kind: InterestKind
    span: Span


@dataclass(frozen=True)
class NameReader:
    """Finds names. ``given_names`` tell a person from a title; ``ordinary`` are words that open
    a sentence, or are capitalised for other reasons, without being part of a name."""

    cues: Cues
    given_names: frozenset[str]
    ordinary: frozenset[str]

    @classmethod
    def load(cls, given_names: frozenset[str], ordinary: frozenset[str]) -> NameReader:
        """Read the committed cues."""
        return cls(load_cues("names"), given_names, ordinary)

    def find(
        self, utterance: Utterance, domains: Iterable[Domain], taken: Iterable[Span], known: Iterable[Span]
    ) -> list[Name]:
        """The names outside ``taken``, in order; of two that overlap the first found wins.

        A word of ``known``, the lexicon's, is no name for being capitalised ("Drama"), but it is
        one where its place says so ("like Alien").
        """
        named, words = tuple(domains), set(known)
        found: list[Name] = []
        busy = list(taken)
        marked = (*self._quoted(utterance), *self._compared(utterance), *self._makers(utterance, named))
        plain = (*self._capitalised(utterance, named), *self._in_lower_case(utterance, named))
        for names, excluded in ((marked, set[Span]()), (plain, words)):
            for name in names:
                free = all(name.span[1] <= start or end <= name.span[0] for start, end in busy)
                if free and name.span not in excluded:
                    found.append(name)
                    busy.append(name.span)
        return sorted(found, key=lambda name: name.span)

    def sure(self, utterance: Utterance) -> list[Span]:
        """Where titles stand for certain: in quotes, and what something is compared with."""
        certain = (*self._quoted(utterance), *self._compared(utterance))
        return [each.span for each in certain]

    def known(self, utterance: Utterance, names: Iterable[Name]) -> set[Span]:
        """The spans of titles that the user compares with or knows ("like Heat", "I loved Heat and Up")."""
        found: set[Span] = set()
        before: Name | None = None
        for name in names:
            start, end = name.span
            listed = (
                before and before.span in found and _LISTED.fullmatch(utterance.view[before.span[1] : start])
            )
            said = self.cues["known_before"].search(utterance.view[:start])
            if listed or said or self.cues["known_after"].match(utterance.view, end):
                found.add(name.span)
            before = name
        return found

    def _quoted(self, utterance: Utterance) -> Iterator[Name]:
        for match in _QUOTED.finditer(utterance.view):
            group = next(number for number, text in enumerate(match.groups(), 1) if text)
            maker = self.cues["maker_before"].search(utterance.view[: match.start()])
            yield from _named(utterance, match.span(group), "entity" if maker and group != 3 else "item")

    def _compared(self, utterance: Utterance) -> Iterator[Name]:
        for cue in self.cues["like"].finditer(utterance.view):
            at = cue.end()
            if self.cues["no_name"].match(utterance.view, at):
                continue
            proper = _OPENING_NAME.match(utterance.text, at)
            if proper:
                for span in _listed(utterance.text, proper):
                    yield from _named(
                        utterance, span, "entity" if self._is_person(utterance, span) else "item"
                    )
                continue
            end = self._end(utterance, at, "title_end")
            if 1 <= len(utterance.text[at:end].split()) <= LONGEST_TITLE:
                yield from _named(utterance, (at, end), "item")

    def _makers(self, utterance: Utterance, domains: tuple[Domain, ...]) -> Iterator[Name]:
        kind: InterestKind = "brand" if domains and set(domains) <= _PRODUCTS else "entity"
        for cue in self.cues["maker"].finditer(utterance.view):
            at = cue.end()
            if self.cues["no_maker"].match(utterance.view, at):
                continue
            proper = _OPENING_NAME.match(utterance.text, at)
            if proper:
                for span in _listed(utterance.text, proper):
                    yield from _named(utterance, span, kind)
            elif self.cues["explicit"].search(cue.group()) and not re.search(r"[A-Z]", utterance.text[1:]):
                end = self._end(utterance, at, "maker_end")
                if 1 <= len(utterance.text[at:end].split()) <= LONGEST_MAKER:
                    yield from _named(utterance, (at, end), kind)

    def _capitalised(self, utterance: Utterance, domains: tuple[Domain, ...]) -> Iterator[Name]:
        text = utterance.text
        words = text.split()
        if text.isupper() or (
            len(words) >= 6 and sum(word[:1].isupper() for word in words) > 0.8 * len(words)
        ):
            return
        for match in _PROPER.finditer(text):
            for part in self._people(text, match.span()):
                start, end = self._without_ordinary(text, part)
                if start >= end or (start == match.start() and self._only_opens(text, (start, end))):
                    continue
                yield from _named(utterance, (start, end), self._kind(utterance, (start, end), domains))

    def _in_lower_case(self, utterance: Utterance, domains: tuple[Domain, ...]) -> Iterator[Name]:
        """ "i've seen marriage story": a title by what is done to it, where nothing is capitalised."""
        if re.search(r"[A-Z]", utterance.text.replace("I", "")[1:]) or set(domains) - {"video", "music"}:
            return
        for cue in self.cues["title"].finditer(utterance.view):
            at = cue.end()
            if self.cues["no_title"].match(utterance.view, at):
                continue
            end = self._end(utterance, at, "title_end")
            words = utterance.view[at:end].split()
            if 1 <= len(words) <= LONGEST_TITLE and not all(word in self.ordinary for word in words):
                yield from _named(utterance, (at, end), "item")

    def _end(self, utterance: Utterance, start: int, name: str) -> int:
        stop = self.cues[name].search(utterance.view, start)
        return stop.start() if stop else len(utterance.view)

    def _only_opens(self, text: str, span: Span) -> bool:
        """Whether a single capitalised word may be capitalised only because it opens the sentence."""
        words = text[span[0] : span[1]].split()
        opens = not text[: span[0]].strip() or re.search(r"[.!?:\n]\s*[\"“]?$", text[: span[0]])
        return bool(opens) and len(words) == 1 and not re.search(r"\d|['’]s$", words[0])

    def _without_ordinary(self, text: str, span: Span) -> Span:
        start, end = span
        while start < end and not re.match(r"The\s+[A-Z]", text[start:end]):
            first = re.match(r"\S+\s*", text[start:end])
            if not first or _plain(first.group()) not in self.ordinary:
                break
            start += first.end()
        while start < end:
            last = re.search(r"\s*\S+$", text[start:end])
            if not last or _plain(last.group()) not in _TRAILERS:
                break
            end = start + last.start()
        return start, end

    def _people(self, text: str, span: Span) -> Iterator[Span]:
        """The names of a run; "&" joins people but belongs to a title ("Hobbs & Shaw")."""
        for start, end in _parts(text, span):
            at = start
            for joint in re.finditer(r"\s&\s", text[start:end]):
                if _plain(text[at:end].split()[0]) in self.given_names:
                    yield at, start + joint.start()
                    at = start + joint.end()
            yield at, end

    def _is_person(self, utterance: Utterance, span: Span) -> bool:
        words = [_plain(word) for word in utterance.original(span).split()]
        return 2 <= len(words) <= 4 and words[0] in self.given_names

    def _kind(self, utterance: Utterance, span: Span, domains: tuple[Domain, ...]) -> InterestKind:
        before = utterance.view[: span[0]]
        if re.search(rf"{_YEAR}$", utterance.original(span)):
            return "item"
        if self._is_person(utterance, span) or self.cues["maker_after"].match(utterance.view, span[1]):
            return "entity"
        if self.cues["title_before"].search(before):
            return "item"
        if domains and set(domains) <= _PRODUCTS:
            return "brand"
        if self.cues["maker_before"].search(before) or set(domains) & {"news", "music"}:
            return "entity"
        several = len(utterance.original(span).split()) > 1
        if not several and self.cues["place_before"].search(before):
            return "entity"
        return "item" if several or "video" in domains else "entity"


def _listed(text: str, first: re.Match[str]) -> Iterator[Span]:
    """The names of a list that begins with ``first``: "Fargo, Alien and No Country for Old Men"."""
    found: re.Match[str] | None = first
    while found:
        yield from _parts(text, found.span())
        joint = _JOINT.match(text, found.end())
        found = _OPENING_NAME.match(text, joint.end()) if joint else None


def _parts(text: str, span: Span) -> Iterator[Span]:
    """The names that "and", "or" and commas join."""
    at = span[0]
    for joint in re.finditer(r"\s(?:and|or)\s(?!the\s)", text[span[0] : span[1]]):
        yield at, span[0] + joint.start()
        at = span[0] + joint.end()
    yield at, span[1]


def _plain(word: str) -> str:
    return _CONTRACTED.sub("", word.strip().lower().replace("’", "'").strip(".,!?'*_-()"))


def _named(utterance: Utterance, span: Span, kind: InterestKind) -> Iterator[Name]:
    raw = utterance.original(span)
    leading = _EDGES.match(raw)
    start = span[0] + (leading.end() if leading else 0)
    end = span[0] + len(_EDGES.sub("", raw[::-1], count=1)[::-1] if _EDGES.match(raw[::-1]) else raw)
    text = re.sub(r"['’]s$", "", " ".join(utterance.original((start, end)).split()))
    if start < end and len(text) <= 200 and re.search(r"\w", text):
        yield Name(text, kind, (start, end))
