"""Opens the chat page. The server listens first and opens the catalogue and the models behind the page."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import KairosError
from settings import load_settings

if TYPE_CHECKING:
    import gradio as gr

    from agent.assistant import Assistant

FOLDER = Path(__file__).parent


def serve(host: str | None = None, port: int | None = None, share: bool = False) -> None:
    """Open the page and stay until it is stopped.

    Raises:
        KairosError: the port is taken, or a part cannot be opened.
    """
    from rich.console import Console

    settings = load_settings(**{k: v for k, v in {"host": host, "port": port}.items() if v is not None})
    console = Console(stderr=True)
    opening: Future[Assistant] = Future()

    async def ready() -> Assistant:
        # A visitor who leaves must not cancel the opening for all.
        return await asyncio.shield(asyncio.wrap_future(opening))

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        yield
        if opening.done() and not opening.exception():
            await opening.result().close()

    from timeliness.clock import Clock
    from ui.layout import build_page

    page = build_page(ready, Clock())
    launch(page, settings.host, settings.port, share=share, lifespan=lifespan)
    try:
        console.print(
            f"The page is at http://{settings.host}:{settings.port} (Ctrl-C ends it); opening its parts …"
        )
        from timeliness.stories import Stories
        from vectorstore.feeds import FeedPlan, FeedPoller
        from wiring import make_assistant, open_parts

        plans = [FeedPlan.parse(each) for each in settings.feeds]
        with (
            open_parts(settings, console) as parts,
            FeedPoller(
                parts.tool_context.catalogue,
                plans,
                now=parts.clock.now,
                carry=Stories(parts.tool_context.events).record,
            ),
        ):
            opening.set_result(make_assistant(parts))
            console.print("Ready.")
            with suppress(KeyboardInterrupt):
                while page.is_running:
                    time.sleep(0.2)
            page.close(verbose=False)  # before the parts that it uses
    except KeyboardInterrupt:
        pass  # stopped while the parts were being opened
    finally:
        page.close(verbose=False)


def launch(
    page: gr.Blocks,
    host: str,
    port: int,
    *,
    share: bool = False,
    lifespan: Callable[[Any], AbstractAsyncContextManager[None]] | None = None,
) -> None:
    """Begin to serve the page on ``host:port``, in a thread of its own.

    ``lifespan`` is entered and left in the server's event loop.

    Raises:
        KairosError: the port is taken.
    """
    from ui.layout import theme

    try:
        page.launch(
            server_name=host,
            server_port=port,
            share=share,
            quiet=not share,
            prevent_thread_lock=True,
            theme=theme(),
            css_paths=FOLDER / "page.css",
            favicon_path=FOLDER / "favicon.svg",
            js=(FOLDER / "talk.js").read_text(encoding="utf-8"),
            footer_links=[],
            ssr_mode=False,
            app_kwargs={"lifespan": lifespan} if lifespan else None,
        )
    except OSError as error:
        raise KairosError(
            f"cannot listen on {host}:{port}: the port is taken or the address is not this machine's;"
            " name others with --port and --host"
        ) from error
