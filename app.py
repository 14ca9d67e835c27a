"""Kairos, a conversational recommender that knows what time it is. Wiring of the command line only."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from commands.ask import ask
from commands.catalogue import catalogue
from commands.chat import chat
from commands.doctor import doctor
from commands.evaluate import evaluate
from commands.events import events
from commands.finetune import finetune
from commands.ingest import ingest
from commands.models import models
from commands.parse import parse
from commands.taste import taste
from commands.tools import tools
from commands.trending import trending
from errors import KairosError

app = typer.Typer(
    name="kairos",
    help="A conversational recommender that knows what time it is. Without a command it opens the chat page.",
    epilog="Settings come from KAIROS_* variables and kairos.toml; 'app.py doctor' shows and checks them.",
    rich_markup_mode="rich",
    pretty_exceptions_show_locals=False,
)

app.command()(ask)
app.command()(parse)
app.command()(chat)
app.command()(ingest)
app.command()(doctor)
app.command()(trending)
app.add_typer(catalogue, name="catalogue")
app.add_typer(tools, name="tools")
app.add_typer(finetune, name="finetune")
app.add_typer(models, name="models")
app.add_typer(evaluate, name="evaluate")
app.add_typer(events, name="events")
app.add_typer(taste, name="taste")


@app.callback(invoke_without_command=True)
def open_page(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen on. [default: 7860]")
    ] = None,
    share: Annotated[bool, typer.Option("--share", help="Also open a public Gradio tunnel.")] = False,
) -> None:
    """A conversational recommender that knows what time it is. Without a command it opens the chat page."""
    if context.invoked_subcommand is None:
        from ui.page import serve

        serve(host=host, port=port, share=share)


def main() -> None:
    """Run the command line: an error of ours is one line on stderr and exit code 1."""
    try:
        app()
    except KairosError as error:
        sys.stderr.write(f"kairos: {error}\n")
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
