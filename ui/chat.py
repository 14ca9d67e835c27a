"""What the page does when something happens: a message, a verdict, another conversation, forgetting.

Every handler takes plain values and gives a ``View``; ``events.py`` says which component
shows which part of it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from agent.assistant import Assistant
from errors import KairosError
from schema import Domain, Reply, SessionSummary, Step, TextDelta, Verdict
from timeliness.clock import Clock
from ui.cards import cards_html
from ui.panels import understood_html
from ui.rendering import render
from ui.times import moment

Message = dict[str, str]
Ready = Callable[[], Awaitable[Assistant]]
MOST_LISTED = 1000
ANY_DOMAIN = "any"
OPENING = "Opening the catalogue and the models"
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Visitor:
    """One browser and the conversation that a tab of it shows.

    A conversation's name begins with its browser's, so that a browser finds its own
    and no other's, whichever tab began them.
    """

    browser: str
    talk: str

    @classmethod
    def of(cls, stored: object) -> Visitor:
        """The visitor that a browser keeps; a new one where it keeps nothing that can be read."""
        kept = stored if isinstance(stored, dict) else {}
        browser, talk = (
            name if isinstance(name := kept.get(key), str) and _NAME.fullmatch(name) else uuid.uuid4().hex
            for key in ("browser", "talk")
        )
        return cls(browser, talk)

    @property
    def session(self) -> str:
        """The name of the conversation in the agent's memory."""
        return f"{self.browser}-{self.talk}"

    @property
    def stored(self) -> dict[str, str]:
        """What the browser keeps."""
        return {"browser": self.browser, "talk": self.talk}

    def anew(self) -> Visitor:
        """The same browser in a new conversation."""
        return replace(self, talk=uuid.uuid4().hex)

    def at(self, session: str) -> Visitor:
        """The same browser in another conversation of its own.

        Raises:
            KairosError: the conversation is not this browser's.
        """
        browser, _, talk = session.partition("-")
        if browser != self.browser or not _NAME.fullmatch(talk):
            raise KairosError("this conversation is not one of this browser's; reload the page")
        return replace(self, talk=talk)


@dataclass(frozen=True)
class View:
    """All that the page shows of one conversation."""

    visitor: Visitor
    messages: list[Message] = field(default_factory=list)
    understood: str = ""
    cards: str = ""


class ChatPage:
    """The handlers of the page; ``ready`` gives the assistant, waiting until it is open."""

    def __init__(self, ready: Ready, clock: Clock) -> None:
        self._ready = ready
        self._clock = clock

    async def say(self, text: str, stored: object, domain: str, now: str) -> AsyncIterator[View]:
        """One turn: the view grows as the answer comes.

        Raises:
            KairosError: ``now`` is no time.
        """
        visitor = Visitor.of(stored)
        yield View(visitor, [_message("user", text[:1000]), _message("assistant", f"{OPENING} …")])
        assistant = await self._ready()
        at = await self.override(now)
        view = await self.open(visitor, at)
        heard = text.strip()[: assistant.settings.max_message_chars]
        asked = [*view.messages, _message("user", heard)]
        written = ""
        chosen = None if domain == ANY_DOMAIN else cast(Domain, domain)
        async for part in assistant.stream(text, session=visitor.session, now=at, domain=chosen):
            if isinstance(part, Step):
                yield replace(view, messages=[*asked, _message("assistant", f"{part.message} …")])
            elif isinstance(part, TextDelta):
                written += part.text
                yield replace(view, messages=[*asked, _message("assistant", written)])
            else:
                said = replace(view, messages=[*asked, _message("assistant", part.text)])
                yield _answered(said, part, assistant.verdicts(visitor.session), assistant.settings.country)

    async def judge(self, stored: object, item: str, verdict: Verdict, now: str) -> str:
        """Record a verdict; the cards with the button pressed.

        Raises:
            KairosError: the item is unknown, or ``now`` is no time.
        """
        assistant, at, visitor = await self._ready(), await self.override(now), Visitor.of(stored)
        if assistant.verdicts(visitor.session).get(item) != verdict:
            await assistant.feedback(visitor.session, item, verdict, at)
        return (await self.open(visitor, at)).cards

    async def remove(self, stored: object, part: object) -> str:
        """Take a part out of what was understood; the panel without it. The next answer follows.

        Raises:
            KairosError: the page sent no part.
        """
        if not isinstance(part, str) or not part:
            raise KairosError("the page sent a part that cannot be read; reload it")
        visitor = Visitor.of(stored)
        await (await self._ready()).amend(visitor.session, [part])
        return (await self.open(visitor)).understood

    async def open(self, visitor: Visitor, at: datetime | None = None) -> View:
        """A conversation as it was left; what still runs is counted down from ``at`` (None: the clock)."""
        assistant = await self._ready()
        replies = await assistant.replies(visitor.session)
        history = await assistant.history(visitor.session)
        view = View(visitor, [_message(turn.role, turn.text) for turn in history])
        if replies:
            view = replace(view, understood=understood_html(replies[-1]))
        shown = _last_shown(replies)
        if shown is not None:
            now = at or self._clock.now().astimezone(assistant.settings.zone)
            verdicts = assistant.verdicts(visitor.session)
            cards = cards_html(shown.recommendations, verdicts, now, assistant.settings.country)
            view = replace(view, cards=cards)
        return view

    async def conversations(self, stored: object) -> str:
        """The list of this browser's conversations as escaped HTML, the one that moved last first."""
        assistant, visitor = await self._ready(), Visitor.of(stored)
        rows = [
            {
                "session": each.session,
                "title": each.title,
                "when": moment(each.updated_at.astimezone(assistant.settings.zone)),
                "current": each.session == visitor.session,
            }
            for each in await self._own(visitor)
        ]
        return render("conversations.html", conversations=rows)

    async def forget(self, stored: object) -> View:
        """Delete every conversation and verdict of this browser, and begin anew."""
        assistant, visitor = await self._ready(), Visitor.of(stored)
        for name in {visitor.session, *(each.session for each in await self._own(visitor))}:
            await assistant.forget(name)
        return View(Visitor.of(None))

    async def _own(self, visitor: Visitor) -> list[SessionSummary]:
        assistant = await self._ready()
        return await assistant.sessions(f"{visitor.browser}-", limit=MOST_LISTED)

    async def override(self, now: str) -> datetime | None:
        """The evaluator's time, or None for the clock's.

        Raises:
            KairosError: the text is no ISO 8601 time.
        """
        text = (now or "").strip()
        if not text:
            return None
        try:
            at = TypeAdapter(datetime).validate_python(text[:100])
        except ValidationError as error:
            raise KairosError(f"{text[:40]!r} is no time; write it like 2026-11-27T20:00") from error
        zone = (await self._ready()).settings.zone
        return at if at.tzinfo else at.replace(tzinfo=zone)


def _answered(view: View, reply: Reply, verdicts: Mapping[str, Verdict], country: str) -> View:
    """The view with an answer's cards; an answer without any leaves those that are there."""
    cards = view.cards
    if reply.recommendations:
        cards = cards_html(reply.recommendations, verdicts, reply.now, country)
    elif reply.demand is not None and reply.demand.intent in {"reset", "privacy"}:
        cards = ""
    return replace(view, understood=understood_html(reply), cards=cards)


def _last_shown(replies: list[Reply]) -> Reply | None:
    """The answer whose cards are still on the page."""
    for reply in reversed(replies):
        if reply.recommendations:
            return reply
        if reply.demand is not None and reply.demand.intent in {"reset", "privacy"}:
            return None
    return None


def _message(role: str, text: str) -> Message:
    # Gradio's chat shows a message as HTML, even where it renders no Markdown.
    return {"role": role, "content": escape(text, quote=False)}


def verdict_of(data: Any) -> tuple[str, Verdict]:
    """Item and verdict of a click on a card.

    Raises:
        KairosError: the page sent something else.
    """
    if (
        isinstance(data, dict)
        and data.get("verdict") in {"like", "dislike"}
        and isinstance(data.get("item"), str)
    ):
        return data["item"], cast(Verdict, data["verdict"])
    raise KairosError("the page sent a verdict that cannot be read; reload it")
