"""``app.py trending``: what draws clearly more people now than it usually does."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated, cast, get_args

import typer

from commands.output import moment, print_json
from schema import Domain
from settings import load_settings


def trending(
    domain: Annotated[
        str | None, typer.Option(help=f"Only this domain: {', '.join(get_args(Domain))}.")
    ] = None,
    now: Annotated[
        str | None, typer.Option(help="Pretend that it is this time (ISO 8601); later events do not count.")
    ] = None,
    k: Annotated[int, typer.Option("--k", min=1, max=50, help="How many topics at most.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Say what is hot, since when, by how much and for which items; what a few users flood is said as such.

    It reads the event log: fill that with 'app.py events load FILE'.

    Example: app.py trending --domain news --now 2026-11-25T15:00:00Z
    """
    from timeliness.clock import Clock
    from timeliness.events import EventLog
    from timeliness.hot import HotTopics
    from wiring import open_catalogue

    if domain is not None and domain not in get_args(Domain):
        raise typer.BadParameter(
            f"{domain!r} is none of {', '.join(get_args(Domain))}", param_hint="--domain"
        )
    settings = load_settings()
    at = (moment(now, settings) or Clock().now()).astimezone(settings.zone)
    with closing(open_catalogue(settings)) as catalogue, EventLog(settings.events_file) as log:
        topics = HotTopics(log, catalogue.get, zone=settings.zone)
        found = topics.at(at, cast("Domain | None", domain), k)
    if as_json:
        print_json(found)
    else:
        typer.echo(str(found))
