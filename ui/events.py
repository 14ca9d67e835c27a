"""Which event of the page calls which handler, and which component shows what it gives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import gradio as gr

from errors import KairosError
from ui.chat import ChatPage, View, Visitor, verdict_of
from ui.examples import examples_html
from ui.handlers import OPEN, sent, warn, with_event


@dataclass(frozen=True)
class Components:
    """The components of the page that take part in events."""

    visitor: Any
    talk: Any
    understood: Any
    cards: Any
    box: Any
    send: Any
    domain: Any
    examples: Any
    fresh: Any
    conversations: Any
    now: Any
    forget: Any
    confirm: Any
    sure: Any
    keep: Any
    trending: Any

    @property
    def shown(self) -> list[Any]:
        """What shows a ``View``, in the order of ``_values``."""
        return [self.visitor, self.talk, self.understood, self.cards]


def connect(page: gr.Blocks, chat: ChatPage, at: Components) -> None:
    """Join events and handlers, inside the page's context. Errors of ours become a warning on the page."""
    _connect_talk(chat, at)
    _connect_cards(chat, at)
    _connect_understood(chat, at)
    _connect_conversations(page, chat, at)


def _connect_talk(chat: ChatPage, at: Components) -> None:
    async def say(text: str | None, stored: object, domain: str, now: str) -> AsyncIterator[tuple[Any, ...]]:
        if not (text or "").strip():
            gr.Info("Write what you are looking for, then press Enter.", duration=4)
            yield (gr.skip(),) * 5
            return
        try:
            await chat.override(now)
            sent = False
            async for view in chat.say(text or "", stored, domain, now):
                # The box is emptied once: what is typed while the answer comes stays.
                yield (*_values(view), gr.skip() if sent else "")
                sent = True
        except KairosError as error:
            warn(error)
            yield (*_values(await chat.open(Visitor.of(stored))), text)

    async def pick(
        event: gr.EventData, stored: object, domain: str, now: str
    ) -> AsyncIterator[tuple[Any, ...]]:
        async for values in say(str(sent(event).get("text", "")), stored, domain, now):
            yield values

    async def check(now: str) -> None:
        try:
            await chat.override(now)
        except KairosError as error:
            warn(error)

    asked = [at.visitor, at.domain, at.now]
    answers = [*at.shown, at.box]
    said = gr.on([at.box.submit, at.send.click], say, [at.box, *asked], answers, **OPEN)
    picked = [each.pick(with_event(pick), asked, answers, **OPEN) for each in (at.examples, at.trending)]
    for turn in (said, *picked):
        turn.then(chat.conversations, at.visitor, at.conversations, **OPEN)
    at.domain.change(examples_html, at.domain, at.examples, **OPEN)
    gr.on([at.now.blur, at.now.submit], check, at.now, None, **OPEN)


def _connect_cards(chat: ChatPage, at: Components) -> None:
    async def judge(event: gr.EventData, stored: object, now: str) -> Any:
        try:
            return await chat.judge(stored, *verdict_of(event._data), now)
        except KairosError as error:
            warn(error)
            return gr.skip()

    at.cards.like(with_event(judge), [at.visitor, at.now], at.cards, trigger_mode="multiple", **OPEN)


def _connect_understood(chat: ChatPage, at: Components) -> None:
    async def remove(event: gr.EventData, stored: object) -> Any:
        try:
            return await chat.remove(stored, sent(event).get("part"))
        except KairosError as error:
            warn(error)
            return gr.skip()

    at.understood.pick(with_event(remove), at.visitor, at.understood, trigger_mode="multiple", **OPEN)


def _connect_conversations(page: gr.Blocks, chat: ChatPage, at: Components) -> None:
    async def resume(stored: object, now: str) -> tuple[Any, ...]:
        return await _whole(Visitor.of(stored), now)

    async def anew(stored: object, now: str) -> tuple[Any, ...]:
        return await _whole(Visitor.of(stored).anew(), now)

    async def reopen(event: gr.EventData, stored: object, now: str) -> tuple[Any, ...]:
        try:
            return await _whole(Visitor.of(stored).at(str(sent(event).get("session", ""))), now)
        except KairosError as error:
            warn(error)
            return (gr.skip(),) * 5

    async def forgotten(stored: object) -> tuple[Any, ...]:
        view = await chat.forget(stored)
        gr.Info("Your conversations, likes and dislikes are deleted.")
        return (*_values(view), await chat.conversations(view.visitor.stored), gr.Column(visible=False))

    async def _whole(visitor: Visitor, now: str) -> tuple[Any, ...]:
        try:
            moment = await chat.override(now)
        except KairosError:
            moment = None
        return (*_values(await chat.open(visitor, moment)), await chat.conversations(visitor.stored))

    whole = [*at.shown, at.conversations]
    page.load(resume, [at.visitor, at.now], whole, **OPEN)
    at.fresh.click(anew, [at.visitor, at.now], whole, **OPEN)
    at.conversations.open(with_event(reopen), [at.visitor, at.now], whole, **OPEN)
    at.forget.click(lambda: gr.Column(visible=True), None, at.confirm, **OPEN)
    at.keep.click(lambda: gr.Column(visible=False), None, at.confirm, **OPEN)
    at.sure.click(forgotten, at.visitor, [*whole, at.confirm], **OPEN)


def _values(view: View) -> tuple[Any, ...]:
    return view.visitor.stored, view.messages, view.understood, view.cards
