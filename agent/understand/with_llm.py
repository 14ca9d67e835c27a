"""Understanding through any LangChain chat model, with local understanding as check and fallback.

The model fills phrases and labels. What follows from them is computed and checked here:
windows of time, prices and lengths are read by our own grammar from the phrases that it
points out, a phrase counts only where it stands in the message, and an item only where it
was shown. So whatever the model writes, a demand never holds a number, a date or an id
that the user or the catalogue did not give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.understand.local import LocalUnderstanding
from agent.understand.notes import note
from agent.understand.reading import Reading
from agent.understand.utterance import Utterance
from errors import LanguageModelError, SettingsError
from schema import (
    Conversation,
    Demand,
    Domain,
    Intent,
    Interest,
    InterestKind,
    Reference,
    Sentiment,
    Span,
    TimeDemand,
    TimeRole,
)
from settings import Settings

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel, LanguageModelInput
    from langchain_core.runnables import Runnable

PROMPT = Path(__file__).parents[2] / "prompts" / "understand" / "system.txt"
ATTEMPTS = 2
TURNS_SENT = 6


class Wish(BaseModel):
    """One thing that the user wants or refuses."""

    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(description="The words of the message that say it, copied exactly.")
    meaning: str = Field(
        description="The same as a short English noun or adjective in its basic form, such as 'horror', "
        "'funny', 'Miles Davis'."
    )
    kind: InterestKind = Field(
        description="genre: a genre or format; attribute: a mood, quality or feature; entity: a person or "
        "group; brand: a maker of products; item: one film, song, article or product by its title; topic: "
        "anything else."
    )
    refused: bool = Field(
        description="True if the user does not want it ('no horror', 'tired of superheroes')."
    )
    must: bool = Field(
        description="True if it is a condition ('must', 'no', 'works with'), false if it is a preference."
    )


class Time(BaseModel):
    """One expression of time."""

    model_config = ConfigDict(extra="forbid")

    phrase: str = Field(description="The words of the message that say when, copied exactly.")
    role: TimeRole = Field(
        description="use: when the thing will be watched, heard, used or given; publication: when it was "
        "made or published; offer: when a sale holds; end: when the thing leaves or its offer ends ('leaving "
        "before Friday', 'last chance'); trend: when it draws attention ('what is everybody watching now')."
    )


class Understood(BaseModel):
    """The user's latest message, understood in the light of the conversation."""

    model_config = ConfigDict(extra="forbid")

    intent: Intent = Field(
        description="recommend: a new request; refine: a change to the standing request ('cheaper', 'and "
        "for kids?'); criticise: a complaint about what was shown; "
        "compare, explain ('why the second?') and ask_fact ('who directed it?'): questions about what was "
        "shown; accept or reject: a verdict on something shown; "
        "thank; chat: anything social; reset: begin anew; privacy: forget me, delete my data."
    )
    domains: list[Domain] = Field(
        description="The kinds of thing asked for; empty if the message leaves it open."
    )
    wishes: list[Wish] = Field(
        description="Everything that the thing asked for should or should not be. No times, prices, "
        "lengths or counts."
    )
    times: list[Time] = Field(description="Every expression of time.")
    price_phrase: str | None = Field(
        description="The words of the message about price, copied exactly, or null."
    )
    length_phrase: str | None = Field(
        description="The words of the message about how long it may take, copied exactly, or null."
    )
    item_ids: list[str] = Field(
        description="Ids of shown items that the message points at ('the second one'). Only ids from the "
        "list of shown items."
    )
    mood: str | None = Field(
        description="One word for how the user says they feel, or null. 'Something sad' is about the item, "
        "not the user."
    )
    sentiment: Literal["negative", "neutral", "positive"] = Field(description="The user's own tone.")
    search_words: str = Field(
        description="What to search for, in a few English words, without times, prices and refusals."
    )


@dataclass(frozen=True)
class LanguageModelUnderstanding:
    """A chat model over ``local``."""

    settings: Settings
    local: LocalUnderstanding
    model: Runnable[LanguageModelInput, Any]

    @classmethod
    def load(cls, settings: Settings, local: LocalUnderstanding) -> LanguageModelUnderstanding:
        """Set the chat model up; nothing is sent yet.

        Raises:
            SettingsError: the model's name, package or key does not do.
        """
        return cls(
            settings, local, load_chat_model(settings).with_structured_output(Understood, include_raw=True)
        )

    async def __call__(self, text: str, conversation: Conversation, now: datetime) -> Demand:
        """The demand after ``text``; local, with a note, where the model fails."""
        reading = await asyncio.to_thread(self.local.read, text, conversation, now)
        try:
            understood = await asyncio.wait_for(
                self._ask(reading, conversation, now), self.settings.llm_timeout
            )
        except TimeoutError:
            return self._fallen_back(reading, conversation, note("llm_late", reading.language))
        except LanguageModelError as error:
            return self._fallen_back(reading, conversation, str(error))
        joined = join(reading, understood, conversation, self.local, now)
        return self.local.dialogue.update(joined, conversation).model_copy(
            update={"parsed_by": str(self.settings.llm)}
        )

    def _fallen_back(self, reading: Reading, conversation: Conversation, message: str) -> Demand:
        noted = replace(reading, notes=(*reading.notes, message))
        return self.local.dialogue.update(noted, conversation)

    async def _ask(self, reading: Reading, conversation: Conversation, now: datetime) -> Understood:
        """The model's answer; an invalid one is asked for once more.

        Raises:
            LanguageModelError: it failed or was invalid twice; the message is for the user.
        """
        messages = prompt(reading.text, conversation, now.astimezone(self.settings.zone))
        for _ in range(ATTEMPTS):
            try:
                answer = await self.model.ainvoke(messages)
            except (ValidationError, ValueError, TypeError, KeyError):
                continue
            except Exception as error:  # each provider's client has errors of its own
                if "timeout" in type(error).__name__.lower():
                    raise TimeoutError from error
                raise LanguageModelError(
                    note("llm_failed", reading.language, reason=_short(error))
                ) from error
            parsed = answer.get("parsed") if isinstance(answer, dict) else answer
            if isinstance(parsed, Understood):
                return parsed
        raise LanguageModelError(note("llm_invalid", reading.language))


def load_chat_model(settings: Settings) -> BaseChatModel:
    """The chat model that ``settings.llm`` names.

    Raises:
        SettingsError: it is unknown, its package is missing or it lacks a key.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"timeout": settings.llm_timeout, "max_retries": settings.llm_retries}
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    if settings.llm_api_key:
        options["api_key"] = settings.llm_api_key.get_secret_value()
    elif settings.llm_base_url:
        options["api_key"] = "none"  # a server of one's own asks for no key, its client does
    try:
        return cast("BaseChatModel", init_chat_model(settings.llm, **options))
    except Exception as error:  # the provider's package, name or key: each fails in its own way
        raise SettingsError(
            f"KAIROS_LLM={settings.llm}: {_short(error)}; see docs/understanding.md"
        ) from error


def prompt(text: str, conversation: Conversation, now: datetime) -> list[tuple[str, str]]:
    """System and user message: the moment, what was shown, what stands, the last turns, the message."""
    shown = "\n".join(
        f"{rank}. id={item.id} title={item.title!r}" for rank, item in enumerate(conversation.shown, 1)
    )
    standing = conversation.demand.query if conversation.demand else ""
    said = "\n".join(f"{turn.role}: {turn.text[:500]!r}" for turn in conversation.turns[-TURNS_SENT:])
    system = PROMPT.read_text(encoding="utf-8").format(
        now=f"{now:%A %d %B %Y, %H:%M}",
        shown=shown or "nothing",
        standing=standing or "none",
        turns=said or "none",
    )
    return [("system", system), ("human", text or "(empty)")]


def join(
    reading: Reading,
    understood: Understood,
    conversation: Conversation,
    local: LocalUnderstanding,
    now: datetime,
) -> Reading:
    """``reading`` with the model's labels, as far as they bear a check."""
    known = {item.id for item in conversation.shown}
    pointed = tuple(
        Reference(text=item_id, item_id=item_id)
        for item_id in dict.fromkeys(understood.item_ids)
        if item_id in known
    )
    explicit = tuple(each for each in reading.references if each.item_id)
    unknown = [item_id for item_id in understood.item_ids if item_id not in known]
    interests = tuple(_interests(understood.wishes, reading.text))
    limits = local.measure(reading, (understood.price_phrase, understood.length_phrase))
    return replace(
        reading,
        intent=understood.intent,
        domains=tuple(dict.fromkeys(understood.domains)) or reading.domains,
        named=bool(understood.domains) and understood.intent in {"recommend", "refine"},
        interests=interests or reading.interests,
        times=_times(reading, understood.times, local, now),
        limits=limits,
        references=_own_words(pointed, reading.references) or explicit or reading.references,
        sentiment=_sentiment(reading.sentiment, understood),
        query=" ".join(understood.search_words.split())[:500] or reading.query,
        notes=(*reading.notes, *((note("llm_unknown_item", reading.language),) if unknown else ())),
    )


def _interests(wishes: Iterable[Wish], text: str) -> Iterable[Interest]:
    for wish in wishes:
        span = _find(wish.phrase, text)
        name = " ".join(wish.meaning.split())[:200] or " ".join(wish.phrase.split())[:200]
        if span is None or not name:
            continue
        yield Interest(
            text=name, kind=wish.kind, polarity=-1.0 if wish.refused else 1.0, hard=wish.must, span=span
        )


def _find(phrase: str, text: str) -> Span | None:
    phrase = phrase.strip()
    place = text.lower().find(phrase.lower()) if phrase else -1
    return (place, place + len(phrase)) if place >= 0 and place + len(phrase) <= len(text) else None


def _times(
    reading: Reading, phrases: Sequence[Time], local: LocalUnderstanding, now: datetime
) -> tuple[TimeDemand, ...]:
    """The windows that our grammar reads, with the model's roles, and those of phrases that it alone saw."""
    times = list(reading.times)
    for each in phrases:
        span = _find(each.phrase, reading.text)
        if span is None:
            continue
        met = [
            place
            for place, time in enumerate(times)
            if time.span and time.span[0] < span[1] and span[0] < time.span[1]
        ]
        for place in met:
            times[place] = times[place].model_copy(update={"role": each.role})
        if not met:
            part = Utterance(reading.text[slice(*span)])
            found = local.times.find(part, now, reading.language)
            times += [_placed(time, span, each.role) for time in found]
    return tuple(times)


def _placed(time: TimeDemand, span: Span, role: TimeRole) -> TimeDemand:
    """``time``, read from the words at ``span`` alone, with its place in the whole message."""
    place = (time.span[0] + span[0], time.span[1] + span[0]) if time.span else span
    return time.model_copy(update={"role": role, "span": place})


def _own_words(pointed: tuple[Reference, ...], local: tuple[Reference, ...]) -> tuple[Reference, ...]:
    words = {each.item_id: each for each in local if each.item_id}
    return tuple(words.get(each.item_id or "", each) for each in pointed)


def _sentiment(own: Sentiment, understood: Understood) -> Sentiment:
    mood = (understood.mood or "").strip().lower()[:30] or own.mood
    if understood.sentiment == own.label:
        return own.model_copy(update={"mood": mood})
    score = {"negative": -0.6, "neutral": 0.0, "positive": 0.6}[understood.sentiment]
    return Sentiment(label=understood.sentiment, score=score, mood=mood)


def _short(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:160]
