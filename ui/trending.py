"""The live view of what is trending now; a click asks about it, and nothing is shown where nothing is hot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import gradio as gr

from errors import KairosError
from schema import Domain
from timeliness.hot import HotTopic, Trending
from ui.chat import ANY_DOMAIN, ChatPage, Ready
from ui.rendering import render

REFRESH_SECONDS = 60
SHOWN = 4
# What a click asks; the name stands in the braces.
QUESTIONS: dict[Domain, str] = {
    "news": "News about {}",
    "video": "The film or series {}",
    "music": "Music: {}",
    "shopping": "Products: {}",
    "smart_home": "Smart-home devices: {}",
}


@dataclass(frozen=True)
class TrendingView:
    """The view's components."""

    topics: Any
    timer: Any


def build_trending(script: str) -> TrendingView:
    """The view, empty, inside the page's context; ``script`` sends the picks."""
    return TrendingView(
        topics=gr.HTML(elem_id="trending", padding=False, js_on_load=script),
        timer=gr.Timer(REFRESH_SECONDS),
    )


def connect_trending(
    page: gr.Blocks, ready: Ready, chat: ChatPage, view: TrendingView, domain: Any, now: Any
) -> None:
    """Fill the view when the page opens, at every tick, and when another domain is chosen."""

    async def refresh(chosen: str, moment: str) -> str:
        try:
            at = await chat.override(moment)
            only = None if chosen == ANY_DOMAIN else cast(Domain, chosen)
            return trending_html(await (await ready()).trending(at, only, SHOWN))
        except KairosError:
            return ""  # a time that cannot be read is warned of where it is written

    gr.on(
        [page.load, view.timer.tick, domain.change],
        refresh,
        [domain, now],
        view.topics,
        concurrency_limit=None,
        api_visibility="private",
        show_progress="hidden",
        trigger_mode="always_last",  # "once" would drop a change that comes while the parts are still opening
    )


def trending_html(trending: Trending) -> str:
    """What is hot as escaped HTML; an empty text where nothing is."""
    if not trending.hot:
        return ""
    topics = [
        {"name": each.name, "words": each.words, "question": question(each), "domain": each.domain}
        for each in trending.hot
    ]
    return render("trending.html", topics=topics)


def question(topic: HotTopic) -> str:
    """What a click on ``topic`` asks."""
    return QUESTIONS[topic.domain].format(topic.name)
