"""Where each component of the chat page stands. Imports Gradio, so import this only to open the page."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import gradio as gr

from schema import Domain
from timeliness.clock import Clock
from ui.chat import ANY_DOMAIN, ChatPage, Ready
from ui.events import Components, connect
from ui.examples import examples_html
from ui.taste import build_taste, connect_taste
from ui.trending import build_trending, connect_trending

FOLDER = Path(__file__).parent
DOMAIN_NAMES: dict[Domain, str] = {
    "video": "Film & TV",
    "music": "Music",
    "news": "News",
    "shopping": "Shopping",
    "smart_home": "Smart home",
}
HEADER = """<header class="k-header"><h1>Kairos</h1><p>The right thing at the right moment</p>
<nav aria-label="On this page"><a href="#message">Ask</a><a href="#found">Answers</a><a href="#side">Conversations</a></nav></header>"""
GREETING = (
    "**What are you in the mood for, and when?**\n\n"
    "A film for tonight, news of today, a gift under $50. "
    "Then say “cheaper”, “not that one” or “why the second?”"
)


def theme() -> gr.themes.Base:
    """The page's colours and its font, which the server itself delivers."""
    others = ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", "system-ui", "sans-serif")
    return gr.themes.Base(
        primary_hue=gr.themes.colors.indigo,
        neutral_hue=gr.themes.colors.slate,
        radius_size=gr.themes.sizes.radius_md,
        font=[gr.themes.LocalFont("IBM Plex Sans", weights=(400, 600)), *others],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        body_background_fill="#f6f7fb",
        body_background_fill_dark="#0b1020",
        block_background_fill="#ffffff",
        block_background_fill_dark="#121a2e",
        block_border_width="0px",
        button_primary_background_fill="#4353d9",
        button_primary_background_fill_hover="#3442b8",
        button_primary_background_fill_dark="#4f5fe6",
    )


def build_page(ready: Ready, clock: Clock) -> gr.Blocks:
    """The page; ``launch`` it, or mount it on a server of your own.

    Args:
        ready: gives the assistant; the page can be seen before it is there.
        clock: what time it is where the user names no other.
    """
    page: gr.Blocks
    with gr.Blocks(title="Kairos", analytics_enabled=False, fill_width=True) as page:
        # A fixed secret: what the browser keeps must be readable after the server's restart.
        visitor = gr.BrowserState(None, storage_key="kairos", secret="kairos")
        gr.HTML(HEADER, padding=False)
        with gr.Row(elem_id="shell"):
            with gr.Column(elem_id="side", min_width=200):
                side = _side()
                hot = build_trending(_script("examples"))
                liked = build_taste(_script("taste"))
            with gr.Column(elem_id="talk", min_width=280):
                talk = _talk()
            with gr.Column(elem_id="found", min_width=280):
                understood = gr.HTML(elem_id="understood", padding=False, js_on_load=_script("understood"))
                cards = gr.HTML(elem_id="cards", padding=False, js_on_load=_script("cards"))
        components = Components(
            visitor=visitor, understood=understood, cards=cards, trending=hot.topics, **side, **talk
        )
        chat = ChatPage(ready, clock)
        connect(page, chat, components)
        connect_taste(ready, chat, liked, components.visitor, components.now, components.cards)
        connect_trending(page, ready, chat, hot, components.domain, components.now)
    return page


def _side() -> dict[str, gr.components.Component | gr.Column]:
    fresh = gr.Button("New conversation", elem_id="new", variant="secondary")
    conversations = gr.HTML(
        elem_id="conversations", padding=False, js_on_load=_script("conversations"), label="Conversations"
    )
    with gr.Accordion("What time is it?", open=False, elem_id="time"):
        now = gr.Textbox(
            label="Answer as if it were",
            info="For evaluators, e.g. 2026-11-27T20:00. Empty: the clock's time.",
            placeholder="the clock's time",
            elem_id="now",
            max_length=100,
        )
    forget = gr.Button("Forget me", elem_id="forget", size="sm")
    with gr.Column(visible=False, elem_id="confirm") as confirm:
        gr.HTML("<p>Delete all your conversations, likes and dislikes for good?</p>", padding=False)
        sure = gr.Button("Yes, delete", variant="stop", size="sm", elem_id="sure")
        keep = gr.Button("Keep them", size="sm", elem_id="keep")
    return {
        "fresh": fresh,
        "conversations": conversations,
        "now": now,
        "forget": forget,
        "confirm": confirm,
        "sure": sure,
        "keep": keep,
    }


def _talk() -> dict[str, gr.components.Component]:
    talk = gr.Chatbot(
        show_label=False,
        label="Conversation",
        height="100%",
        render_markdown=False,
        placeholder=GREETING,
        feedback_options=None,
        buttons=[],
        layout="bubble",
        autoscroll=False,  # talk.js does it
        elem_id="conversation",
    )
    with gr.Row(elem_id="composer"):
        box = gr.Textbox(
            placeholder="What are you looking for?",
            label="Your message",
            show_label=False,
            container=False,
            autofocus=True,
            scale=8,
            max_lines=5,
            elem_id="message",
        )
        send = gr.Button("Send", variant="primary", scale=0, min_width=84, elem_id="send")
    domain = gr.Radio(
        [("Everything", ANY_DOMAIN), *((DOMAIN_NAMES[each], each) for each in _domains())],
        value=ANY_DOMAIN,
        label="Only from",
        show_label=False,
        container=False,
        elem_id="domain",
    )
    examples = gr.HTML(
        examples_html(ANY_DOMAIN), elem_id="examples", padding=False, js_on_load=_script("examples")
    )
    return {"talk": talk, "box": box, "send": send, "domain": domain, "examples": examples}


def _domains() -> list[Domain]:
    return sorted(get_args(Domain), key=list(DOMAIN_NAMES).index)


def _script(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
