"""The chat page: which component stands where, and which handler fills it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from errors import KairosError
from schema import Domain
from settings import load_settings
from ui.chat import ANY_DOMAIN, ChatPage, View, verdict_of

if TYPE_CHECKING:
    import gradio as gr

    from agent.assistant import Assistant

FOLDER = Path(__file__).parent
FONT = ("system-ui", "-apple-system", "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "sans-serif")

EXAMPLES = {
    "🎬": (
        "Something light and funny for tonight, under 100 minutes, no horror",
        "A slow thriller from the 90s",
    ),
    "📰": ("What should I read about the climate talks today?", "News on space from this year"),
    "🎵": ("Quiet piano music released this year", "Songs for a long run, nothing slow"),
    "🛍": (
        "Noise-cancelling headphones under $200, any deals this weekend?",
        "A gift for a reader, around $30",
    ),
    "🏠": ("A smart lock that works with HomeKit", "Lights that wake me up gently, no hub"),
}

GREETING = (
    "Tell me what you are in the mood for, and when: a film for tonight, news of today, a gift under $50. "
    "Then say “cheaper”, “not that one” or “why the second?”."
)


def build_page(assistant: Assistant) -> gr.Blocks:
    """The page over an assistant; ``launch`` it, or mount it on a server of your own."""
    import gradio as gr

    chat = ChatPage(assistant)
    with gr.Blocks(title="Kairos", analytics_enabled=False, fill_width=True) as page:
        session = gr.BrowserState("", storage_key="kairos-session")
        gr.HTML("<h1 style='margin:0'>Kairos <small>the right thing at the right moment</small></h1>")
        with gr.Row():
            with gr.Column(scale=5, min_width=320):
                talk = gr.Chatbot(
                    label="Conversation",
                    height=440,
                    render_markdown=False,
                    placeholder=GREETING,
                    feedback_options=None,
                    buttons=["copy"],
                    elem_id="conversation",
                )
                with gr.Row():
                    box = gr.Textbox(
                        placeholder="What are you looking for?",
                        label="Your message",
                        show_label=False,
                        autofocus=True,
                        scale=8,
                        max_lines=4,
                        elem_id="message",
                    )
                    send = gr.Button("Send", variant="primary", scale=1, min_width=80, elem_id="send")
                gr.Examples(
                    [[text] for texts in EXAMPLES.values() for text in texts],
                    inputs=[box],
                    example_labels=[f"{icon} {text}" for icon, texts in EXAMPLES.items() for text in texts],
                    label="Try",
                )
                with gr.Accordion("Conversations, domain and time", open=False):
                    with gr.Row():
                        past = gr.Dropdown([], label="Earlier conversations", elem_id="sessions")
                        fresh = gr.Button("New conversation", elem_id="new")
                    domain = gr.Radio(
                        [ANY_DOMAIN, *get_args(Domain)], value=ANY_DOMAIN, label="Only this domain"
                    )
                    now = gr.Textbox(
                        label="Pretend that it is this time (for evaluators; empty: the clock)",
                        placeholder="2026-11-27T20:00",
                        elem_id="now",
                    )
                    forget = gr.Button(
                        "Forget me: delete all conversations and likes", variant="stop", elem_id="forget"
                    )
            with gr.Column(scale=4, min_width=320):
                understood = gr.HTML(elem_id="understood")
                cards = gr.HTML(elem_id="cards", js_on_load=(FOLDER / "cards.js").read_text(encoding="utf-8"))
        shown = [session, talk, understood, cards]
        _connect(gr, page, chat, shown, (box, send, domain, now, past, fresh, forget))
    return page


def _connect(gr: Any, page: Any, chat: ChatPage, shown: list[Any], controls: tuple[Any, ...]) -> None:
    """Join events and handlers. Errors of ours become a warning on the page."""
    session, _, _, cards = shown
    box, send, domain, now, past, fresh, forget = controls

    def values(view: View) -> tuple[Any, ...]:
        return view.session, view.messages, view.understood, view.cards

    async def say(text: str, name: str, only: str, at: str) -> AsyncIterator[tuple[Any, ...]]:
        if not text.strip():
            yield (*values(await chat.open(name)), gr.skip())
            return
        try:
            async for view in chat.say(text, name, only, at):
                yield (*values(view), "")
        except (KairosError, ValueError) as error:
            gr.Warning(str(error))
            yield (*values(await chat.open(name)), text)

    async def judge(name: str, at: str, event: gr.EventData) -> str:
        try:
            return await chat.judge(name, *verdict_of(event._data), at)
        except (KairosError, ValueError) as error:
            raise gr.Error(str(error)) from error

    async def choices() -> Any:
        return gr.Dropdown(choices=await chat.sessions())

    async def reopen(name: str | None) -> tuple[Any, ...]:
        return values(await chat.open(name))

    async def anew() -> tuple[Any, ...]:
        return (*values(await chat.open(None)), None)

    async def forgotten() -> tuple[Any, ...]:
        return (*values(await chat.forget()), None)

    gr.on([box.submit, send.click], say, [box, session, domain, now], [*shown, box]).then(choices, None, past)
    cards.like(judge, [session, now], cards)
    past.input(reopen, past, shown)
    fresh.click(anew, None, [*shown, past])
    forget.click(forgotten, None, [*shown, past], js=_CONFIRM).then(choices, None, past)
    page.load(reopen, session, shown).then(choices, None, past)


_CONFIRM = """() => {
  if (!window.confirm("Delete all conversations, likes and dislikes for good?")) throw new Error("not confirmed");
  return [];
}"""


def serve(host: str | None = None, port: int | None = None, share: bool = False) -> None:
    """Open the page and stay until it is stopped.

    Raises:
        KairosError: the port is taken, or a part cannot be opened.
    """
    from rich.console import Console

    from wiring import make_assistant, open_parts

    settings = load_settings(**{k: v for k, v in {"host": host, "port": port}.items() if v is not None})
    console = Console(stderr=True)
    with open_parts(settings, console) as parts:
        launch(build_page(make_assistant(parts)), settings.host, settings.port, share=share)


def launch(page: gr.Blocks, host: str, port: int, *, share: bool = False, block: bool = True) -> None:
    """Serve the page on ``host:port``; with ``block`` until it is stopped.

    Raises:
        KairosError: the port is taken.
    """
    import gradio as gr

    try:
        page.launch(
            server_name=host,
            server_port=port,
            share=share,
            prevent_thread_lock=not block,
            theme=gr.themes.Soft(font=FONT, font_mono=("ui-monospace", "monospace")),
            css_paths=FOLDER / "page.css",
            footer_links=[],
            ssr_mode=False,
        )
    except OSError as error:
        raise KairosError(f"cannot listen on {host}:{port}: {error}; name another with --port") from error
