"""What the page does when something happens: a message, a verdict, another conversation, forgetting.

Every handler takes plain values and yields a ``View``; ``page.py`` says which component
shows which part of it.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from agent.assistant import Assistant
from errors import KairosError
from schema import Domain, Reply, Step, TextDelta, Verdict
from ui.cards import cards_html
from ui.panels import moment, understood_html

Message = dict[str, str]
ANY_DOMAIN = "any"


@dataclass(frozen=True)
class View:
    """All that the page shows of one conversation."""

    session: str
    messages: list[Message] = field(default_factory=list)
    understood: str = ""
    cards: str = ""


class ChatPage:
    """The handlers of the page over one assistant."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    async def say(self, text: str, session: str, domain: str, now: str) -> AsyncIterator[View]:
        """One turn: the view grows as the answer comes.

        Raises:
            ValueError: ``now`` is no time.
        """
        at = self.override(now)
        view = await self.open(session)
        asked = [*view.messages, _message("user", text)]
        written = ""
        chosen = None if domain == ANY_DOMAIN else cast(Domain, domain)
        async for part in self._assistant.stream(text, session=view.session, now=at, domain=chosen):
            if isinstance(part, Step):
                yield replace(view, messages=[*asked, _message("assistant", f"{part.message} …")])
            elif isinstance(part, TextDelta):
                written += part.text
                yield replace(view, messages=[*asked, _message("assistant", written)])
            else:
                yield self._answered(replace(view, messages=[*asked, _message("assistant", part.text)]), part)

    def _answered(self, view: View, reply: Reply) -> View:
        """The view with an answer's cards; an answer without any leaves those that are there."""
        cards = view.cards
        if reply.recommendations:
            cards = cards_html(reply.recommendations, self._assistant.verdicts(view.session), reply.now)
        elif reply.demand is not None and reply.demand.intent in {"reset", "privacy"}:
            cards = ""
        return replace(view, understood=understood_html(reply), cards=cards)

    async def judge(self, session: str, item: str, verdict: str, now: str) -> str:
        """Record a verdict; the cards with the button pressed.

        Raises:
            KairosError: the item is unknown.
        """
        await self._assistant.feedback(session, item, cast(Verdict, verdict), self.override(now))
        return (await self.open(session)).cards

    async def open(self, session: str | None) -> View:
        """A conversation as it was left; a new one where there is no name."""
        name = session or uuid.uuid4().hex
        replies = await self._assistant.replies(name)
        history = await self._assistant.history(name)
        view = View(session=name, messages=[_message(turn.role, turn.text) for turn in history])
        if replies:
            view = replace(view, understood=understood_html(replies[-1]))
        shown = next((each for each in reversed(replies) if each.recommendations), None)
        if shown is not None:
            verdicts = self._assistant.verdicts(name)
            view = replace(view, cards=cards_html(shown.recommendations, verdicts, shown.now))
        return view

    async def sessions(self) -> list[tuple[str, str]]:
        """Label and name of each conversation, the one that moved last first."""
        found = await self._assistant.sessions()
        zone = self._assistant.settings.zone
        return [
            (f"{each.title} ({moment(each.updated_at.astimezone(zone))})", each.session) for each in found
        ]

    async def forget(self) -> View:
        """Delete every conversation and verdict, and begin anew."""
        await self._assistant.forget()
        return await self.open(None)

    def override(self, now: str) -> datetime | None:
        """The evaluator's time, or None for the clock's.

        Raises:
            ValueError: the text is no ISO 8601 time.
        """
        text = (now or "").strip()
        if not text:
            return None
        try:
            at = TypeAdapter(datetime).validate_python(text)
        except ValidationError as error:
            raise ValueError(f"{text!r} is no time; write it like 2026-11-27T20:00") from error
        return at if at.tzinfo else at.replace(tzinfo=self._assistant.settings.zone)


def _message(role: str, text: str) -> Message:
    return {"role": role, "content": text}


def verdict_of(data: Any) -> tuple[str, str]:
    """Item and verdict of a click on a card.

    Raises:
        KairosError: the page sent something else.
    """
    if (
        isinstance(data, dict)
        and data.get("verdict") in {"like", "dislike"}
        and isinstance(data.get("item"), str)
    ):
        return data["item"], data["verdict"]
    raise KairosError("the page sent a verdict that cannot be read; reload it")
