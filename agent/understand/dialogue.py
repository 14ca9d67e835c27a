"""The standing demand and how a turn changes it: begin anew, refine, exclude, or leave as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from agent.understand.comparatives import Marks, measure
from agent.understand.cues import Cues, load_cues
from agent.understand.lexicon import Lexicon, Section
from agent.understand.merging import (
    carried,
    carried_times,
    distinct,
    joined,
    merged_limits,
    merged_times,
    survivors,
)
from agent.understand.query import extend
from agent.understand.reading import Reading
from agent.understand.thinness import asked_last
from agent.understand.utterance import Utterance
from agent.understand.withdrawn import without
from schema import Conversation, Demand, Domain, Interest, Item, Span, TimeDemand

SHORT = 6  # words
PRODUCTS: frozenset[Domain] = frozenset({"shopping", "smart_home"})


@dataclass(frozen=True)
class Dialogue:
    """The cues of ``cues/dialogue.toml`` and the rules of how turns follow one another."""

    cues: Cues
    lexicon: Lexicon

    @classmethod
    def load(cls, lexicon: Lexicon) -> Dialogue:
        """Read the committed cues."""
        return cls(load_cues("dialogue"), lexicon)

    def update(self, reading: Reading, conversation: Conversation) -> Demand:
        """The demand after this turn."""
        demand, standing = self._updated(reading, conversation), conversation.demand
        if standing is None or demand.sentiment.mood or not asked_last(conversation.turns):
            return demand
        sentiment = demand.sentiment.model_copy(update={"mood": standing.sentiment.mood})
        return _changed(demand, sentiment=sentiment)

    def _updated(self, reading: Reading, conversation: Conversation) -> Demand:
        standing = conversation.demand
        if reading.intent in {"reset", "privacy"}:
            return _bare(reading)
        if standing is not None and reading.intent == "recommend" and asked_last(conversation.turns):
            return _answered(reading, conversation, standing)
        if standing is not None and (left := self._returned_to(reading, conversation, standing)):
            return self._resumed(reading, conversation, left)
        if standing is None or (reading.intent == "recommend" and not _goes_on(reading, standing)):
            return _anew(reading, conversation)
        if reading.intent == "recommend":
            return self._refined(replace(reading, intent="refine"), conversation, standing)
        if reading.intent == "refine":
            if self._is_for_another(reading, standing):
                return _changed(_anew(reading, conversation), domains=reading.domains or standing.domains)
            return self._refined(reading, conversation, standing)
        if reading.intent in {"criticise", "reject"}:
            return self._turned_down(reading, conversation, standing)
        return _kept(reading, standing)

    def _returned_to(self, reading: Reading, conversation: Conversation, standing: Demand) -> Demand | None:
        """The demand that the message goes back to: the last of another domain or kind of product that it names."""
        if reading.intent not in {"recommend", "refine"} or not self._says("returns", reading):
            return None
        kinds = self._named(reading.interests, {"type"})
        for each in reversed(conversation.earlier):
            if reading.named and each.domains == reading.domains != standing.domains:
                return each
            if kinds & self._named(each.interests, {"type"}) and self._is_other_product(
                reading.interests, standing
            ):
                return each
        return None

    def _resumed(self, reading: Reading, conversation: Conversation, left: Demand) -> Demand:
        """``left`` with what the message changes; the name of its kind, said again, is no new wish."""
        known = self._named(left.interests, {"type"})
        own = tuple(each for each in reading.interests if not self._named([each], {"type"}) & known)
        shown = conversation.model_copy(update={"shown": ()})
        return self._refined(replace(reading, interests=own), shown, left)

    def _says(self, name: str, reading: Reading) -> bool:
        return bool(self.cues[name].search(reading.view))

    def _is_for_another(self, reading: Reading, standing: Demand) -> bool:
        """Whether a gift is asked for now, for somebody else than before ("and something for my wife")."""
        people = self._named(reading.interests, {"audience"})
        return (
            standing.domains == ("shopping",)
            and self._says("gift", reading)
            and bool(people - self._named(standing.interests, {"audience"}))
        )

    def _named(self, interests: Iterable[Interest], sections: Collection[Section]) -> set[str]:
        """The names that ``interests`` have in these sections of the lexicon."""
        wished = [each.text for each in interests if each.polarity > 0]
        by_words = {
            entry.name
            for text in wished
            for match in self.lexicon.find(Utterance(text))
            for entry in match.entries
            if entry.section in sections
        }
        return by_words | {text for text in wished if self.lexicon.sections.get(text, set()) & set(sections)}

    def _is_other_product(self, own: Sequence[Interest], standing: Demand) -> bool:
        """Whether ``own`` names a product of another type: nobody wants a lock that is a bulb."""
        if not set(standing.domains) & PRODUCTS:
            return False
        wanted = self._named([each for each in own if each.kind == "topic"], {"type"})
        return bool(wanted) and not wanted & self._named(standing.interests, {"type"})

    def _types(self, standing: Demand) -> list[str]:
        """What the product that is wanted is called: "over-ear" says more of it, and is no other one."""
        if not set(standing.domains) & PRODUCTS:
            return []
        return [each.text for each in standing.interests if self._named([each], {"type"})]

    def _allowed(
        self, reading: Reading, own: tuple[Interest, ...], wishes: Sequence[Interest]
    ) -> tuple[tuple[Interest, ...], list[Interest]]:
        """Without what was refused and is fine now: "black is ok actually" wishes for no black."""
        refused = {each.text.casefold() for each in wishes if each.polarity < 0}
        if not refused or not self._says("allows", reading):
            return own, list(wishes)
        allowed = {each.text.casefold() for each in own} & refused
        own = tuple(each for each in own if each.text.casefold() not in allowed)
        return own, [each for each in wishes if each.polarity > 0 or each.text.casefold() not in allowed]

    def _for_what(self, reading: Reading, own: tuple[Interest, ...]) -> tuple[Interest, ...]:
        """ "For the garden" says of the product that stands what it is for, and names no other."""
        if not self._says("for_what", reading):
            return own
        return tuple(
            each.model_copy(update={"kind": "attribute"}) if each.kind == "topic" else each for each in own
        )

    def _other_makers(self, reading: Reading, shown: Sequence[Item]) -> tuple[Interest, ...]:
        """The makers of what was shown, refused, where another one is asked for."""
        if not self._says("other_maker", reading):
            return ()
        makers = dict.fromkeys(maker for item in shown for maker in item.creators)
        return tuple(Interest(text=each, kind="brand", polarity=-1, hard=True) for each in makers)

    def _refined(self, reading: Reading, conversation: Conversation, standing: Demand) -> Demand:
        """The standing demand with what the message changes; the query keeps the standing wish."""
        pointed = _pointed(reading, conversation)
        limits = merged_limits(standing.limits, reading.limits, reading.lifted)
        marks = measure(reading.comparisons, pointed or conversation.shown, limits, reading.text)
        own = self._for_what(reading, _own_wishes(reading, marks))
        if self._says("likens", reading):
            own += tuple(Interest(text=item.title, kind="item", known=True) for item in pointed)
        replaces = self._says("replaces", reading) or not self._says("adds", reading)
        other = self._is_other_product(own, standing)
        lasting = () if other or self._says("anything_that", reading) else self._types(standing)
        wishes, gone = without(standing.interests, reading.withdrawn)
        if self._says("corrects", reading):  # what was said last is what was wrong
            wishes = [each for each in wishes if each.span is None or each.polarity < 0 or not own]
        own, wishes = self._allowed(reading, own, wishes)
        own += self._other_makers(reading, pointed or conversation.shown)
        kept, dropped = survivors(wishes, own, replaces or other, lasting)
        likens = self._says("likens", reading)
        excluded = [*standing.limits.exclude_ids, *conversation.disliked]
        passed = [] if dropped else [*standing.limits.shown_ids]
        if reading.intent == "refine" and self._asks_others(reading):
            if pointed and not likens:  # "swap the last one for something else"
                excluded += [item.id for item in pointed]
            else:  # "others?" alone: nothing that was ever shown
                passed += () if own or reading.times else conversation.seen
                passed += [item.id for item in conversation.shown]
        if self._says("refuses", reading) and not self._says("likes", reading):
            excluded += [item.id for item in pointed]
        left_out = {"exclude_ids": distinct(excluded), "shown_ids": distinct(passed)}
        said = self._in_full(own, reading)
        query = extend(standing.query, said, [*dropped, *gone], self.lexicon) if standing.query else ""
        return _changed(
            _bare(reading),
            domains=reading.domains if reading.named else standing.domains or reading.domains,
            interests=joined(kept, own),
            times=self._times(reading, standing, marks),
            limits=marks.limits.model_copy(update=left_out),
            references=reading.references,
            count=reading.count or standing.count,
            query=query or reading.query,
        )

    def _times(self, reading: Reading, standing: Demand, marks: Marks) -> tuple[TimeDemand, ...]:
        """The times that stand now; "or the 90s" is one more to choose from."""
        times = (*reading.times, *marks.times)
        merged = merged_times(standing.times, times, reading.lifted)
        if not self._says("or", reading):
            return merged
        roles = {each.role for each in times}
        return (*carried_times(each for each in standing.times if each.role in roles), *merged)

    def _asks_others(self, reading: Reading) -> bool:
        view = self.cues["no_longer"].sub(" ", reading.view)
        return bool(self.cues["others"].search(view))

    def _in_full(self, own: Sequence[Interest], reading: Reading) -> list[Interest]:
        """``own`` for the query: a topic that no lexicon knows is told best by all the words around it."""
        unknown = {
            each.text
            for each in own
            if each.kind == "topic"
            and each.text in reading.query
            and not self.lexicon.find(Utterance(each.text))
        }
        return [
            each.model_copy(update={"text": reading.query[:500]}) if each.text in unknown else each
            for each in own
        ]

    def _turned_down(self, reading: Reading, conversation: Conversation, standing: Demand) -> Demand:
        """A refusal excludes what it points at, or all that was shown.

        A complaint about a quality is a wish for its contrary: it excludes only what it
        points at ("too long" leaves the shorter ones in).
        """
        refined = self._refined(reading, conversation, standing)
        gone = [item.id for item in _pointed(reading, conversation)]
        wishes = reading.comparisons or reading.interests
        refused = any(each.polarity < 0 for each in reading.interests)
        qualified = bool(wishes) if reading.intent == "criticise" else refused
        if not gone and not qualified:
            gone = [item.id for item in conversation.shown]
        excluded = distinct(refined.limits.exclude_ids, gone)
        return _changed(refined, limits=refined.limits.model_copy(update={"exclude_ids": excluded}))


def _goes_on(reading: Reading, standing: Demand) -> bool:
    """Whether a request says nothing of what it is for, so that it is for what was wanted before."""
    bare = not reading.domains and not reading.named and bool(reading.interests)
    return bare and bool(standing.domains) and len(reading.view.split()) <= SHORT


def _changed(demand: Demand, **changes: object) -> Demand:
    """``demand`` with ``changes``, validated."""
    return Demand.model_validate({**dict(demand), **changes})


def _bare(reading: Reading) -> Demand:
    return Demand(
        text=reading.text,
        language=reading.language,
        intent=reading.intent,
        sentiment=reading.sentiment,
        notes=reading.notes,
    )


def _anew(reading: Reading, conversation: Conversation) -> Demand:
    """A full request: nothing old stands but, in the same domain, what was refused outright."""
    standing = conversation.demand
    interests, excluded = (*reading.interests, *_unmeasured(reading)), distinct(conversation.disliked)
    if standing and set(reading.domains) & set(standing.domains):
        refused = [each for each in standing.interests if each.hard and each.polarity < 0]
        interests = joined(refused, interests)
        excluded = distinct(standing.limits.exclude_ids, excluded)
    return _changed(
        _bare(reading),
        domains=reading.domains,
        interests=interests,
        times=reading.times,
        limits=reading.limits.model_copy(update={"exclude_ids": excluded}),
        references=reading.references,
        count=reading.count,
        query=reading.query,
    )


def _answered(reading: Reading, conversation: Conversation, standing: Demand) -> Demand:
    """The answer to a question of ours, joined with what was said before it; another domain begins anew."""
    demand = _anew(reading, conversation)
    if standing.domains and reading.domains and not set(standing.domains) & set(reading.domains):
        return demand
    limits = merged_limits(standing.limits, demand.limits, reading.lifted)
    return _changed(
        demand,
        domains=demand.domains or standing.domains,
        interests=joined(standing.interests, demand.interests),
        times=merged_times(standing.times, demand.times, reading.lifted),
        limits=limits.model_copy(update={"exclude_ids": demand.limits.exclude_ids}),
        count=demand.count or standing.count,
    )


def _kept(reading: Reading, standing: Demand) -> Demand:
    """A turn about what was shown: the demand stands, only what is pointed at and felt is new."""
    return _changed(
        _bare(reading),
        domains=standing.domains,
        query=standing.query,
        interests=carried(standing.interests),
        times=carried_times(standing.times),
        limits=standing.limits,
        count=standing.count,
        references=reading.references,
    )


def _unmeasured(reading: Reading) -> Iterator[Interest]:
    """Comparisons with nothing to be measured by, as qualities ("cheaper headphones")."""
    limits = reading.limits
    said = {
        "cheaper": limits.max_price is not None,
        "dearer": limits.min_price is not None,
        "shorter": limits.max_minutes is not None,
        "longer": limits.min_minutes is not None,
        "newer": bool(reading.times),
        "older": bool(reading.times),
    }
    for each in reading.comparisons:
        if not said[each.way] and not any(_touches(wish, [each.span]) for wish in reading.interests):
            yield each.quality


def _own_wishes(reading: Reading, marks: Marks) -> tuple[Interest, ...]:
    """The message's wishes; a measured one became a limit, one that could not be measured is a quality."""
    unmet = {each.span for each in marks.unmet}
    measured = [each.span for each in reading.comparisons if each.span not in unmet]
    own = tuple(each for each in reading.interests if not _touches(each, measured))
    return own + tuple(
        each.quality for each in marks.unmet if not any(_touches(wish, [each.span]) for wish in own)
    )


def _touches(interest: Interest, spans: Iterable[Span]) -> bool:
    return any(interest.span and start < interest.span[1] and interest.span[0] < end for start, end in spans)


def _pointed(reading: Reading, conversation: Conversation) -> Sequence[Item]:
    wanted = {each.item_id for each in reading.references if each.item_id}
    return [item for item in conversation.shown if item.id in wanted]
