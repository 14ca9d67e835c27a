"""``app.py chat``: the conversation in a terminal."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from commands.output import moment, stderr_console
from schema import Reply, Step, TextDelta
from settings import load_settings


def chat(
    session: Annotated[str, typer.Option(help="Conversation to go on with.")] = "terminal",
    now: Annotated[str | None, typer.Option(help="Pretend that it is this time (ISO 8601).")] = None,
) -> None:
    """Chat in the terminal; an empty line or Ctrl-D ends it.

    Say "why the second?", "cheaper", "not that one" or "I liked the first one" as you go.
    """
    settings = load_settings()
    at = moment(now, settings)

    async def converse() -> None:
        from wiring import open_assistant

        console = stderr_console()
        async with open_assistant(settings, progress=console) as assistant:
            while text := (await asyncio.to_thread(_read)).strip():
                async for part in assistant.stream(text, session=session, now=at):
                    if isinstance(part, Step):
                        console.print(part.message, style="dim", markup=False)
                    elif isinstance(part, TextDelta):
                        typer.echo(part.text, nl=False)
                    elif isinstance(part, Reply):
                        typer.echo()

    asyncio.run(converse())


def _read() -> str:
    try:
        return input("you> ")
    except EOFError:
        return ""
