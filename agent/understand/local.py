"""Understanding without a language model: lexicons, small heads and grammar, joined in one place."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent.understand import domains as domain_words
from agent.understand import times as moments
from agent.understand.comparatives import Comparison, find_comparisons
from agent.understand.dialogue import update
from agent.understand.durations import find_length
from agent.understand.fitted import Heads, load_heads
from agent.understand.intent import IntentReader, Situation
from agent.understand.interests import InterestReader, Wishes
from agent.understand.language import detect_language
from agent.understand.lexicon import Lexicon, Match, load_lexicon
from agent.understand.limits import MOST, Found, find_limits
from agent.understand.mood import Mood, MoodReader
from agent.understand.notes import note
from agent.understand.polarity import Scope
from agent.understand.prices import find_price
from agent.understand.query import compose
from agent.understand.reading import Reading
from agent.understand.references import Pointers, find_pointers
from agent.understand.sentiment import SentimentReader
from agent.understand.utterance import Utterance, read
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
    TimeRole,
)
from settings import Settings

if TYPE_CHECKING:
    from vectorstore.embedder import Embedder

Vector = NDArray[np.float32]

# What may stand beside a pointer that is the whole message.
_BARE = re.compile(r"\b(?:please|the|one|ok|okay|yes|um|uh|and|i mean|then)\b|\W")
# Intents that speak of what was shown, so that "it" and "these" point there.
_ABOUT_SHOWN = frozenset({"explain", "compare", "accept", "reject", "ask_fact", "criticise"})

_WISHING = frozenset({"recommend", "refine", "criticise", "compare", "ask_fact"})


@dataclass(frozen=True)
class Seen:
    """Everything found in a message but its intent."""

    matches: Sequence[Match]
    domains: tuple[Domain, ...]
    named: bool
    limits: Found
    times: tuple[TimeDemand, ...]
    seasonal: tuple[Interest, ...]
    pointers: Pointers
    wishes: Wishes
    comparisons: tuple[Comparison, ...]
    mood: Mood | None


@dataclass(frozen=True)
class LocalUnderstanding:
    """Reads a message in a few milliseconds beside one pass of the sentence encoder."""

    settings: Settings
    embedder: Embedder
    lexicon: Lexicon
    heads: Heads
    intents: IntentReader
    interests: InterestReader
    sentiment: SentimentReader
    moods: MoodReader

    @classmethod
    def load(cls, settings: Settings, embedder: Embedder) -> LocalUnderstanding:
        """Read lexicons and heads (fitting the latter where none are stored for ``embedder``)."""
        lexicon = load_lexicon()
        return cls(
            settings=settings,
            embedder=embedder,
            lexicon=lexicon,
            heads=load_heads(embedder),
            intents=IntentReader.load(),
            interests=InterestReader.load(lexicon),
            sentiment=SentimentReader.load(embedder.name),
            moods=MoodReader.load(),
        )

    async def __call__(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text``; runs off the event loop."""
        return await asyncio.to_thread(self.understand, text, conversation, now)

    def understand(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text`` was said at ``now`` (zone-aware)."""
        return update(self.read(text, conversation, now), conversation, self.lexicon)

    def read(self, text: str, conversation: Conversation, now: datetime) -> Reading:
        """What the message says on its own, with its pointers resolved against what was shown."""
        utterance = read(text, self.settings.max_message_chars)
        language, makeshift = detect_language(utterance)
        vector = self._vector(utterance.text)
        judged = None if language == "zh" else vector  # the sentence encoder does not read Chinese
        seen = self._look(utterance, language, judged, conversation, now)
        head = None if judged is None else self.heads.intents.probabilities(judged)
        intent = self.intents.decide(utterance.view, _situation(utterance, seen, conversation), head)
        wishes = (*seen.seasonal, *seen.wishes.interests)
        if intent in {"recommend", "refine"}:
            wishes += () if makeshift else seen.wishes.leftover
        if intent == "recommend":
            wishes = tuple(
                each for each in wishes if not _complains(each, seen.wishes.scopes, utterance.view)
            )
        return Reading(
            text=utterance.text,
            view=utterance.view,
            language=language,
            intent=intent,
            domains=seen.domains if seen.named or intent in _WISHING else (),
            named=seen.named,
            interests=wishes,
            times=seen.times,
            limits=seen.limits.limits,
            lifted=seen.limits.lifted,
            count=seen.limits.count,
            references=self._references(seen.pointers, intent, utterance.view),
            comparisons=seen.comparisons,
            sentiment=self._sentiment(utterance, vector, language, intent, seen),
            query=compose(utterance, wishes, list(_wordless(seen)), seen.domains, seen.matches, language),
            notes=tuple(self._notes(text, language, makeshift, seen, conversation)),
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

    def times_in(
        self, text: str, span: Span, language: str, role: TimeRole, now: datetime
    ) -> list[TimeDemand]:
        """The times of ``text`` at ``span`` alone, in the role that is given."""
        part = Utterance(text[span[0] : span[1]])
        found = moments.find(part, now, settings=self.settings, language=language, domains=(), on_offer=False)
        return [
            each.model_copy(
                update={
                    "role": role,
                    "span": (each.span[0] + span[0], each.span[1] + span[0]) if each.span else span,
                }
            )
            for each in found
        ]

    def _look(
        self,
        utterance: Utterance,
        language: str,
        vector: Vector | None,
        conversation: Conversation,
        now: datetime,
    ) -> Seen:
        view = utterance.view
        matches = self.lexicon.find(utterance)
        domains = domain_words.decide(
            view, matches, None if vector is None else self.heads.domains.probabilities(vector)
        )
        hinted = domains or (conversation.demand.domains if conversation.demand else ())
        limits = find_limits(utterance, language=language, domains=hinted, home=self.settings.currency)
        wholes = [match.span for match in matches if any(each.kind for each in match.entries)]
        times = moments.find(
            utterance,
            now,
            settings=self.settings,
            language=language,
            domains=hinted,
            on_offer=limits.limits.on_offer,
            blocked=[span for span in limits.spans if span != limits.offer_span],
            names=[*wholes, *self.interests.names.sure(utterance)],
        )
        mood = self.moods.find(view)
        pointers = find_pointers(utterance, conversation.shown, _focus(conversation))
        comparisons = tuple(find_comparisons(view))
        meant = [*limits.spans, *_spans(times), *_spans(pointers.explicit), *([mood.span] if mood else [])]
        return Seen(
            matches=matches,
            domains=domains,
            named=bool(domain_words.named_domains(view, matches)),
            limits=limits,
            times=times,
            seasonal=tuple(moments.seasonal_topics(times, view)),
            pointers=pointers,
            wishes=self.interests.read(utterance, matches, hinted, meant),
            comparisons=comparisons,
            mood=mood,
        )

    def _vector(self, text: str) -> Vector | None:
        return self.embedder.encode([text])[0] if text else None

    def _sentiment(
        self, utterance: Utterance, vector: Vector | None, language: str, intent: Intent, seen: Seen
    ) -> Sentiment:
        asks = bool(seen.wishes.scopes or seen.limits.spans or seen.times or seen.pointers.explicit)
        remark = self.sentiment.is_remark(utterance.view, vector, language, asks)
        felt = self.sentiment.felt_part(utterance.view, intent, remark)
        if felt and felt != utterance.view.strip() and language != "zh":
            vector = self._vector(felt)
        return self.sentiment.read(
            felt, vector, language=language, intent=intent, remark=remark, mood=seen.mood
        )

    def _references(self, pointers: Pointers, intent: Intent, view: str) -> tuple[Reference, ...]:
        if pointers.explicit:
            return pointers.explicit
        about_shown = intent in _ABOUT_SHOWN or (intent == "refine" and self.intents.judges(view))
        return pointers.pronouns if about_shown else ()

    def _notes(
        self, text: str, language: str, makeshift: bool, seen: Seen, conversation: Conversation
    ) -> Iterator[str]:
        if len(text) > self.settings.max_message_chars:
            yield note("cut", language, limit=self.settings.max_message_chars)
        if makeshift:
            yield note("language", language)
        if seen.limits.capped:
            yield note("count", language, most=MOST)
        lost = [each for each in seen.pointers.explicit if each.item_id is None]
        if lost and conversation.shown:
            yield note("rank", language, shown=len(conversation.shown), words=lost[0].text)


def _spans(found: Sequence[TimeDemand] | Sequence[Reference]) -> list[Span]:
    return [each.span for each in found if each.span]


def _wordless(seen: Seen) -> Iterator[Span]:
    """The spans that the query does without: limits, times, moods, pointers and what is refused."""
    topics = [each.span for each in seen.seasonal if each.span]
    yield from seen.limits.spans
    yield from (
        span
        for span in _spans(seen.times)
        if not any(span[0] <= start and end <= span[1] for start, end in topics)
    )
    yield from _spans(seen.pointers.explicit)
    yield from ((scope.cue[0], scope.span[1]) for scope in seen.wishes.scopes)
    if seen.mood:
        yield seen.mood.span


def _complains(interest: Interest, scopes: Sequence[Scope], view: str) -> bool:
    """Whether an interest is what something has too much of: no wish where nothing was shown."""
    holding = [each for each in scopes if interest.span and each.holds(interest.span)]
    return bool(holding) and view[slice(*holding[-1].cue)] == "too"


def _focus(conversation: Conversation) -> str | None:
    """The shown item that the user pointed at last since the list was shown, where it was one only."""
    shown = conversation.shown
    for turn in reversed(conversation.turns):
        if (
            turn.role == "assistant"
            and shown
            and shown[0].title in turn.text
            and len(shown) > 1
            and shown[1].title in turn.text
        ):
            break
        if turn.role == "user":
            pointed = {
                each.item_id
                for each in find_pointers(Utterance(turn.text[:500]), shown, None).explicit
                if each.item_id
            }
            if len(pointed) == 1:
                return pointed.pop()
    return None


def _situation(utterance: Utterance, seen: Seen, conversation: Conversation) -> Situation:
    standing = conversation.demand
    stands = standing is not None and bool(standing.domains or standing.interests or standing.query)
    pointed = _spans(seen.pointers.explicit)
    rest = "".join(
        letter
        for place, letter in enumerate(utterance.view)
        if not any(start <= place < end for start, end in pointed)
    )
    wishes = seen.wishes.interests or seen.wishes.leftover
    return Situation(
        standing=stands,
        shown=bool(conversation.shown),
        points=bool(seen.pointers.explicit),
        content=bool(wishes or seen.times or seen.limits.spans or seen.comparisons),
        new_domain=stands
        and seen.named
        and standing is not None
        and bool(standing.domains)
        and not set(seen.domains) & set(standing.domains),
        named_domain=seen.named,
        limited=bool(seen.limits.spans),
        bare_pointer=bool(pointed) and not _BARE.sub("", rest).strip(),
        mood=seen.mood is not None,
    )
