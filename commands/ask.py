"""``app.py ask``: one turn, one answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from commands.output import moment, print_json, stderr_console
from schema import Domain, Reply
from settings import load_settings

if TYPE_CHECKING:
    from rich.console import Console


def ask(
    text: Annotated[str, typer.Argument(help="The request, in your own words.")],
    now: Annotated[str | None, typer.Option(help="Pretend that it is this time (ISO 8601).")] = None,
    session: Annotated[str, typer.Option(help="Conversation to go on with.")] = "command-line",
    k: Annotated[int | None, typer.Option("--k", min=1, max=50, help="How many recommendations.")] = None,
    domain: Annotated[
        str | None, typer.Option(help=f"Only this domain: {', '.join(get_args(Domain))}.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the Reply as JSON.")] = False,
) -> None:
    """Ask once and print the answer. A first ask on an empty home loads the bundled catalogue.

    Example: app.py ask "something light and funny for tonight, under 100 minutes, no horror"
    """
    if domain is not None and domain not in get_args(Domain):
        raise typer.BadParameter(
            f"{domain!r} is none of {', '.join(get_args(Domain))}", param_hint="--domain"
        )
    settings = load_settings()
    at = moment(now, settings)

    async def turn() -> Reply:
        from wiring import open_assistant

        async with open_assistant(settings, progress=stderr_console()) as assistant:
            return await assistant.ask(
                text, session=session, now=at, k=k, domain=cast("Domain | None", domain)
            )

    reply = asyncio.run(turn())
    if as_json:
        print_json(reply)
    else:
        from rich.console import Console

        print_reply(reply, Console())


def print_reply(reply: Reply, console: Console) -> None:
    """Show an answer to a person in a terminal."""
    from rich.markup import escape

    console.print(escape(reply.text))
    milliseconds = sum(reply.timings.values())
    console.print(f"[dim]{milliseconds:.0f} ms · {escape(reply.now.isoformat(timespec='minutes'))}[/dim]")
