"""``app.py taste``: what Kairos holds a user's taste to be, entry by entry; change it, export it, delete it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, cast

import typer

from commands.output import moment, print_json
from errors import UnknownItemError
from schema import Feedback, Verdict
from settings import Settings, load_settings

if TYPE_CHECKING:
    from timeliness.events import EventLog
    from vectorstore.catalogue import Catalogue

taste = typer.Typer(
    help="What Kairos believes about your taste: see, change, export, delete.", no_args_is_help=True
)
Session = Annotated[str, typer.Option(help="Conversation whose verdicts are meant.")]
Now = Annotated[str | None, typer.Option(help="Pretend that it is this time (ISO 8601).")]
Item = Annotated[str, typer.Argument(metavar="ITEM", help="Id of the item.")]


@taste.command()
def show(
    session: Session = "terminal",
    now: Now = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON: the export.")] = False,
) -> None:
    """List every verdict with what is left of it, and the makers, kinds and moods that they speak for.

    Example: app.py taste show --session terminal --json > taste.json
    """
    from timeliness.taste_profile import read_taste_profile

    settings = load_settings()
    with _open(settings) as (catalogue, log):
        profile = read_taste_profile(session, log, catalogue.get, _at(now, settings))
    if as_json:
        print_json(profile)
        return
    if not profile.opinions:
        typer.echo("No verdicts yet: like or dislike something first.")
    for each in profile.opinions:
        typer.echo(f"{each.verdict:8} {each.strength:5.0%}  {each.at:%Y-%m-%d}  {each.item_id}  {each.title}")
    for trait in profile.traits:
        typer.echo(f"{trait.weight:+8.2f}  {trait.kind}: {trait.name}")


@taste.command("set")
def set_verdict(
    item: Item,
    verdict: Annotated[str, typer.Argument(metavar="VERDICT", help="like or dislike.")],
    session: Session = "terminal",
    now: Now = None,
) -> None:
    """Give or change the verdict on one item.

    Example: app.py taste set video/airplane-1980 like
    """
    if verdict not in {"like", "dislike"}:
        raise typer.BadParameter(f"{verdict!r} is neither like nor dislike", param_hint="VERDICT")
    settings = load_settings()
    with _open(settings) as (catalogue, log):
        if not catalogue.get([item]):
            raise UnknownItemError(f"no item has the id {item!r}; 'app.py catalogue search' finds ids")
        given = Feedback(
            session=session, item_id=item, verdict=cast("Verdict", verdict), at=_at(now, settings)
        )
        log.record(given)


@taste.command()
def remove(item: Item, session: Session = "terminal") -> None:
    """Delete the verdict on one item, as if it had never been given.

    Example: app.py taste remove video/airplane-1980
    """
    settings = load_settings()
    with _open(settings) as (_, log):
        if not log.retract(session, item):
            raise UnknownItemError(f"{session!r} gave no verdict on {item!r}; 'app.py taste show' lists them")


@taste.command()
def clear(
    session: Session = "terminal",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete all verdicts and events of the conversation's user for good.

    Example: app.py taste clear --session terminal --yes
    """
    if not yes:
        typer.confirm(f"Delete all that {session!r} liked and disliked?", abort=True)
    settings = load_settings()
    with _open(settings) as (_, log):
        typer.echo(f"{log.forget(session)} entries deleted.")


@contextmanager
def _open(settings: Settings) -> Iterator[tuple[Catalogue, EventLog]]:
    from timeliness.events import EventLog
    from wiring import open_catalogue

    with closing(open_catalogue(settings)) as catalogue, EventLog(settings.events_file) as log:
        yield catalogue, log


def _at(now: str | None, settings: Settings) -> datetime:
    from timeliness.clock import Clock

    return (moment(now, settings) or Clock().now()).astimezone(settings.zone)
