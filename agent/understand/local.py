"""Understanding without a language model: lexicons, small heads and grammar, joined in one place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from agent.understand.asides import gives_reason
from agent.understand.comparatives import Comparison, ComparisonReader
from agent.understand.corrections import corrected
from agent.understand.counts import MOST
from agent.understand.dialogue import Dialogue
from agent.understand.domains import DomainReader
from agent.understand.durations import find_length
from agent.understand.fitted import Heads, load_heads
from agent.understand.intent import IntentReader, Situation
from agent.understand.interests import InterestReader, Wishes
from agent.understand.language import detect_language
from agent.understand.lexicon import Lexicon, Match, load_lexicon
from agent.understand.limits import Found, LimitReader
from agent.understand.mood import Mood, MoodReader
from agent.understand.neighbours import beside
from agent.understand.notes import note
from agent.understand.prices import find_price
from agent.understand.query import compose
from agent.understand.reading import Reading
from agent.understand.references import Pointers, find_focus, find_pointers
from agent.understand.seasons import split_topics
from agent.understand.sentiment import SentimentReader
from agent.understand.spelling import Spelling
from agent.understand.times import TimeReader
from agent.understand.tone import Vector
from agent.understand.utterance import Utterance, read
from agent.understand.withdrawn import split, withdrawn_spans
from schema import (
    Conversation,
    Demand,
    Domain,
    Intent,
    Interest,
    Limits,
    Reference,
    Sentiment,
    Span,
    TimeDemand,
)
from settings import Settings

if TYPE_CHECKING:
    from vectorstore.embedder import Embedder

_WISHING: frozenset[Intent] = frozenset({"recommend", "refine"})
# Intents that speak of what was shown, so that "it" and "these" point there.
_ABOUT_SHOWN: frozenset[Intent] = frozenset(
    {"explain", "compare", "accept", "reject", "ask_fact", "criticise"}
)
# Small talk is about no domain unless it names one.
_SOCIAL: frozenset[Intent] = frozenset({"thank", "chat", "reset", "privacy"})
# What may stand beside a pointer that is the whole message.
_BARE = re.compile(r"\b(?:please|the|one|ok|okay|yes|um|uh|and|i mean|then)\b|\W")


@dataclass(frozen=True)
class Seen:
    """Everything found in a message but its intent."""

    utterance: Utterance
    language: str
    makeshift: bool
    greeted: Sequence[Span]
    vector: Vector | None
    matches: Sequence[Match]
    domains: tuple[Domain, ...]
    named: bool
    limits: Found
    corrected: bool
    times: tuple[TimeDemand, ...]
    seasonal: tuple[Interest, ...]
    pointers: Pointers
    wishes: Wishes
    comparisons: tuple[Comparison, ...]
    mood: Mood | None

    @property
    def head_vector(self) -> Vector | None:
        """The vector for the heads; none for Chinese, which the sentence encoder does not read."""
        return None if self.language == "zh" else self.vector


@dataclass(frozen=True)
class LocalUnderstanding:
    """Reads a message in a few milliseconds beside one pass of the sentence encoder."""

    settings: Settings
    embedder: Embedder
    heads: Heads
    lexicon: Lexicon
    spelling: Spelling
    domains: DomainReader
    limits: LimitReader
    times: TimeReader
    comparisons: ComparisonReader
    interests: InterestReader
    moods: MoodReader
    intents: IntentReader
    sentiment: SentimentReader
    dialogue: Dialogue

    @classmethod
    def load(
        cls,
        settings: Settings,
        embedder: Embedder,
        holds: Callable[[Sequence[str]], bool] | None = None,
    ) -> LocalUnderstanding:
        """Read lexicons, cues and heads (fitting the latter where none are stored for ``embedder``).

        ``holds`` says whether titles or makers of the catalogue have one of some words.
        """
        lexicon = load_lexicon()
        return cls(
            settings=settings,
            embedder=embedder,
            heads=load_heads(embedder),
            lexicon=lexicon,
            spelling=Spelling.of(lexicon.words, lexicon.asking, holds),
            domains=DomainReader.load(),
            limits=LimitReader.load(settings.currency),
            times=TimeReader.load(settings),
            comparisons=ComparisonReader.load(),
            interests=InterestReader.load(lexicon),
            moods=MoodReader.load(),
            intents=IntentReader.load(),
            sentiment=SentimentReader.load(embedder.name),
            dialogue=Dialogue.load(lexicon),
        )

    async def __call__(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text``; runs off the event loop."""
        return await asyncio.to_thread(self.understand, text, conversation, now)

    def understand(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text`` was said at ``now`` (zone-aware)."""
        return self.dialogue.update(self.read(text, conversation, now), conversation)

    def read(self, text: str, conversation: Conversation, now: datetime) -> Reading:
        """What the message says on its own, with its pointers resolved against what was shown."""
        utterance = read(text, self.settings.max_message_chars)
        misspelt: Mapping[str, str] = {}
        if detect_language(utterance) == ("en", False):
            utterance, misspelt = self.spelling.corrected(utterance)
        seen = self._look(utterance, conversation, now)
        view = seen.utterance.view
        head = None if seen.head_vector is None else self.heads.intents.probabilities(seen.head_vector)
        told = self._is_told(seen)
        strange = self._is_strange(seen)
        intent: Intent = self.intents.decide(view, replace(_situation(seen, conversation), told=told), head)
        strange = strange and intent in _WISHING
        intent = "chat" if strange else intent
        wishes, withdrawn = split(_meant(seen, intent), withdrawn_spans(view))
        return Reading(
            text=seen.utterance.text,
            view=view,
            language=seen.language,
            intent=intent,
            domains=() if intent in _SOCIAL and not seen.named else seen.domains,
            named=seen.named,
            interests=tuple(wishes),
            times=seen.times,
            limits=seen.limits.limits,
            lifted=seen.limits.lifted,
            withdrawn=tuple(withdrawn),
            count=seen.limits.count,
            references=self._references(seen, intent),
            comparisons=seen.comparisons,
            sentiment=self._sentiment(seen, intent),
            query=compose(
                seen.utterance,
                wishes,
                _wordless(seen),
                seen.domains,
                seen.matches,
                seen.language,
                on_offer=seen.limits.limits.on_offer,
            ),
            notes=(
                *self._notes(text, seen, conversation),
                *(
                    note("misspelt", seen.language, said=said, meant=meant)
                    for said, meant in misspelt.items()
                ),
                *([note("strange", seen.language, words=seen.utterance.text[:60])] if strange else []),
            ),
        )

    def measure(self, reading: Reading, phrases: Sequence[str | None]) -> Limits:
        """``reading.limits`` with what our grammar reads from ``phrases`` of the message."""
        limits = reading.limits
        for phrase in phrases:
            if not phrase or phrase.lower() not in reading.text.lower():
                continue
            view = Utterance(phrase).view
            length = find_length(view)
            if length:
                limits = limits.model_copy(update={"max_minutes": length.high, "min_minutes": length.low})
                continue
            price = find_price(view, home=self.settings.currency, chinese=reading.language == "zh", bare=True)
            if price and limits.max_price is None and limits.min_price is None:
                changes = {"max_price": price.high, "min_price": price.low, "currency": price.currency}
                limits = limits.model_copy(update=changes)
        return limits

    def _look(self, utterance: Utterance, conversation: Conversation, now: datetime) -> Seen:
        view = utterance.view
        language, makeshift = detect_language(utterance)
        vector = self.embedder.encode([utterance.text])[0] if utterance.tokens else None
        matches = self.lexicon.find(utterance)
        stood = conversation.demand.domains if conversation.demand else ()
        named = self.domains.named(view, matches) or self.domains.of_genre(view, matches, stood)
        head = None if vector is None or language == "zh" else self.heads.domains.probabilities(vector)
        domains = self.domains.decide(view, matches, named, head)
        about = domains if named or not stood else stood
        limits = self.limits.find(utterance, language, about)
        standing = conversation.demand
        mended = corrected(view, limits, standing, self.settings.currency) if standing else None
        limits = mended or limits
        wholes = [match.span for match in matches if any(each.kind for each in match.entries)]
        greeting = self.intents.cues["greet"].match(view)
        taken_back = (each.span() for each in self.intents.cues["takes_back"].finditer(view))
        greeted = [*([greeting.span()] if greeting else []), *taken_back]
        found = self.times.find(
            utterance,
            now,
            language,
            domains=about,
            on_offer=limits.limits.on_offer,
            blocked=[*greeted, *(span for span in limits.spans if span != limits.offer_span)],
            names=[*wholes, *self.interests.names.sure(utterance)],
        )
        scopes = self.interests.polarity.scopes(view)
        if conversation.demand and self.times.cues["by_the_way"].search(view):
            found = tuple(each for each in found if each.phrase.lower() != "now")
        times, seasons = split_topics(found, view, scopes, self.times.cues["season"])
        mood = self.moods.find(view)
        pointers = find_pointers(utterance, conversation.shown, find_focus(conversation))
        near = beside(view, utterance.text, conversation.demand.times) if conversation.demand else None
        explained = [
            *greeted,
            *([near.span] if near and near.span else []),
            *limits.spans,
            *_spans(found),
            *_spans(pointers.explicit),
            *([mood.span] if mood and not (stood and self.intents.cues["cheers"].search(view)) else []),
        ]
        return Seen(
            utterance=utterance,
            language=language,
            makeshift=makeshift,
            greeted=greeted,
            vector=vector,
            matches=matches,
            domains=domains,
            named=bool(named),
            limits=limits,
            corrected=mended is not None,
            times=(*times, near) if near and not times else times,
            seasonal=(*seasons, *self.times.seasonal_topics(times, view)),
            pointers=pointers,
            wishes=self.interests.read(utterance, matches, about, explained),
            comparisons=tuple(
                each
                for each in self.comparisons.find(view)
                if not _overlaps(each.span, [*limits.spans, *_spans(times), *_spans(pointers.explicit)])
            ),
            mood=mood,
        )

    def _sentiment(self, seen: Seen, intent: Intent) -> Sentiment:
        view, language, vector = seen.utterance.view, seen.language, seen.vector
        remark = self.sentiment.remark(view, vector, language, _asks(seen))
        felt = self.sentiment.felt_part(view, intent, remark)
        if felt and felt != view.strip() and language != "zh":
            vector = self.embedder.encode([felt])[0]
        return self.sentiment.read(
            felt, vector, language=language, intent=intent, remark=remark, mood=seen.mood
        )

    def _is_told(self, seen: Seen) -> bool:
        """Whether the message is an opinion or a tale beyond doubt."""
        if seen.language == "zh":
            return self.sentiment.certainly_opines(seen.utterance.view, _asks(seen))
        return self.sentiment.tone.certainly_remarks(seen.vector)

    def _is_strange(self, seen: Seen) -> bool:
        """Whether the message is nothing but words that nobody knows: "asdf qwer"."""
        said = [token.word for token in seen.utterance.tokens if token.word not in self.lexicon.stopwords]
        heard = seen.matches or seen.limits.spans or seen.times or seen.named or seen.wishes.interests
        names = self.interests.names.sure(seen.utterance)
        return (
            bool(said)
            and not (heard or names or seen.pointers.explicit or seen.makeshift)
            and all(self.spelling.is_unknown(word) for word in said)
            and not self.spelling.is_name(said)
        )

    def _references(self, seen: Seen, intent: Intent) -> tuple[Reference, ...]:
        if seen.pointers.explicit:
            return seen.pointers.explicit
        judges = intent == "refine" and self.intents.judges(seen.utterance.view)
        return seen.pointers.pronouns if judges or intent in _ABOUT_SHOWN else ()

    def _notes(self, text: str, seen: Seen, conversation: Conversation) -> Iterator[str]:
        if len(text) > self.settings.max_message_chars:
            yield note("cut", seen.language, limit=self.settings.max_message_chars)
        if seen.makeshift:
            yield note("language", seen.language)
        if seen.limits.capped:
            yield note("count", seen.language, most=MOST)
        lost = [each for each in seen.pointers.explicit if each.item_id is None]
        if lost and conversation.shown:
            yield note("rank", seen.language, shown=len(conversation.shown), words=lost[0].text)


def _asks(seen: Seen) -> bool:
    """Whether the message holds what an opinion hardly does: a condition, a time, a refusal, a pointer."""
    refuses = seen.wishes.scopes and seen.language != "zh"  # in Chinese an opinion is often a negation
    return bool(refuses or seen.limits.spans or seen.times or seen.pointers.explicit)


def _spans(found: Sequence[TimeDemand] | Sequence[Reference]) -> list[Span]:
    return [each.span for each in found if each.span]


def _meant(seen: Seen, intent: Intent) -> tuple[Interest, ...]:
    """The interests of a message with this intent."""
    wishes = (*seen.seasonal, *seen.wishes.interests)
    if intent in _WISHING and not seen.makeshift and not (seen.mood and seen.language == "zh"):
        compared = [each.span for each in seen.comparisons]
        narrows = intent == "refine" and (compared or seen.limits.spans or seen.wishes.scopes)
        wishes += tuple(
            each
            for each in seen.wishes.leftover
            if not _overlaps(each.span, compared) and not (narrows and _is_aside(each, seen))
        )
    if intent == "recommend":
        wishes = tuple(each for each in wishes if not _complains(each, seen))
    if intent == "reject":  # "I've read about the comet already" wishes for no comet
        wishes = tuple(each for each in wishes if each.kind != "topic" or each.polarity < 0)
    return wishes


def _overlaps(span: Span | None, others: Sequence[Span]) -> bool:
    return span is not None and any(start < span[1] and span[0] < end for start, end in others)


def _is_aside(interest: Interest, seen: Seen) -> bool:
    unknown = interest.kind == "topic" and interest.span is not None
    return unknown and gives_reason(seen.utterance.view, interest.span or (0, 0))


def _complains(interest: Interest, seen: Seen) -> bool:
    """Whether an interest is what something has too much of: no wish where nothing was shown."""
    holding = [each for each in seen.wishes.scopes if interest.span and each.holds(interest.span)]
    return bool(holding) and seen.utterance.view[slice(*holding[-1].cue)] == "too"


def _wordless(seen: Seen) -> list[Span]:
    """The spans that the query does without: greetings, limits, times, moods, pointers and what is refused."""
    topics = [each.span for each in seen.seasonal if each.span]
    timed = [
        span
        for span in _spans(seen.times)
        if not any(span[0] <= start and end <= span[1] for start, end in topics)
    ]
    refused = [(scope.cue[0], scope.span[1]) for scope in seen.wishes.scopes]
    felt = [seen.mood.span] if seen.mood else []
    return [*seen.greeted, *seen.limits.spans, *timed, *_spans(seen.pointers.explicit), *refused, *felt]


def _situation(seen: Seen, conversation: Conversation) -> Situation:
    standing = conversation.demand
    stands = standing is not None and bool(standing.domains or standing.interests or standing.query)
    elsewhere = standing is not None and standing.domains and not set(seen.domains) & set(standing.domains)
    wishes = seen.wishes.interests or seen.wishes.leftover or seen.seasonal
    return Situation(
        standing=stands,
        shown=bool(conversation.shown),
        points=bool(seen.pointers.explicit),
        content=bool(wishes or seen.times or seen.limits.spans or seen.comparisons),
        new_domain=bool(stands and seen.named and elsewhere),
        named_domain=seen.named,
        about_domain=bool(seen.domains),
        limited=bool(seen.limits.spans),
        timed=bool(seen.times),
        lifted=bool(seen.corrected or seen.limits.lifted or withdrawn_spans(seen.utterance.view)),
        bare_pointer=_is_bare_pointer(seen),
        mood=seen.mood.name if seen.mood else None,
    )


def _is_bare_pointer(seen: Seen) -> bool:
    pointed = _spans(seen.pointers.explicit)
    rest = "".join(
        letter
        for place, letter in enumerate(seen.utterance.view)
        if not any(start <= place < end for start, end in pointed)
    )
    return bool(pointed) and not _BARE.sub("", rest)
