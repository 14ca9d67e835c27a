"""What Kairos believes about the taste of this conversation's user: seen, changed, exported, deleted."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import gradio as gr

from errors import KairosError
from timeliness.taste_profile import TasteProfile
from ui.chat import ChatPage, Ready, Visitor
from ui.handlers import OPEN, sent, warn, with_event
from ui.rendering import render

MOST_TRAITS = 8


@dataclass(frozen=True)
class TasteView:
    """The view's components."""

    opinions: Any
    open: Any


def build_taste(script: str) -> TasteView:
    """The view, closed, inside the page's context; ``script`` sends what is clicked."""
    with gr.Accordion("Your taste", open=False, elem_id="taste") as accordion:
        opinions = gr.HTML(taste_html(None), elem_id="opinions", padding=False, js_on_load=script)
    return TasteView(opinions=opinions, open=accordion)


def connect_taste(ready: Ready, chat: ChatPage, view: TasteView, visitor: Any, now: Any, cards: Any) -> None:
    """Fill the view when it is opened or a card is judged, and do what is clicked in it."""

    async def fill(stored: object, moment: str) -> str:
        try:
            at = await chat.override(moment)
        except KairosError:
            at = None
        return taste_html(await (await ready()).taste(Visitor.of(stored).session, at))

    async def change(event: gr.EventData, stored: object, moment: str) -> tuple[str, str]:
        clicked = sent(event)
        item, action = str(clicked.get("item", "")), str(clicked.get("action", ""))
        assistant, of = await ready(), Visitor.of(stored)
        try:
            at = await chat.override(moment)
            if action in {"like", "dislike"}:
                await assistant.feedback(of.session, item, "like" if action == "like" else "dislike", at)
            elif action == "remove":
                await assistant.retract(of.session, item)
            elif action == "clear":
                await assistant.forget_taste(of.session)
            return taste_html(await assistant.taste(of.session, at)), (await chat.open(of, at)).cards
        except KairosError as error:
            warn(error)
            return await fill(stored, moment), (await chat.open(of)).cards

    gr.on([view.open.expand, cards.change], fill, [visitor, now], view.opinions, **OPEN)
    asked, shown = [visitor, now], [view.opinions, cards]
    view.opinions.pick(with_event(change), asked, shown, trigger_mode="multiple", **OPEN)


def taste_html(profile: TasteProfile | None) -> str:
    """The opinions and the strongest traits as escaped HTML, with the whole as JSON to download."""
    export = profile.model_dump_json(indent=2) if profile else "{}"
    return render(
        "taste.html",
        opinions=[
            {
                "item": each.item_id,
                "title": each.title,
                "verdict": each.verdict,
                "other": "dislike" if each.verdict == "like" else "like",
                "strength": f"{each.strength:.0%}",
                "when": f"{each.at.day} {each.at:%b %Y}",
            }
            for each in (profile.opinions if profile else ())
        ],
        traits=[
            {"kind": each.kind, "name": each.name, "weight": f"{each.weight:+.2f}", "liked": each.weight > 0}
            for each in (profile.traits[:MOST_TRAITS] if profile else ())
        ],
        export=base64.b64encode(export.encode()).decode(),
    )
