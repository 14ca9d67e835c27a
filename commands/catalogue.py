"""``app.py catalogue``: what the catalogue holds, and a look into it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from commands.output import moment, print_json, stderr_console
from errors import CatalogueError, UnknownItemError
from schema import Demand, Domain
from settings import load_settings

if TYPE_CHECKING:
    from schema import Item
    from vectorstore.catalogue import Catalogue

catalogue = typer.Typer(
    help="Look into the catalogue: what it holds, one item, a search.", no_args_is_help=True
)

Folder = Annotated[
    Path | None,
    typer.Option("--catalogue", help="Folder of the catalogue. [default: in KAIROS_HOME]"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else on stdout.")]


@catalogue.command()
def stats(folder: Folder = None, as_json: AsJson = False) -> None:
    """Count the items by domain, with the times of publication that they span."""
    with _opened(folder) as store:
        found = store.stats()
    if as_json:
        print_json(found)
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("domain", "items", "earliest", "latest", "bounded", "recurring", "priced")
    for each in found.domains:
        days = (f"{at:%Y-%m-%d}" if at else "-" for at in (each.earliest, each.latest))
        counts = (each.with_window, each.recurring, each.with_price)
        table.add_row(each.domain, str(each.items), *days, *map(str, counts))
    console = Console()
    console.print(table)
    console.print(f"{found.items} items in {found.place}, vectors of {found.embedder}", markup=False)


@catalogue.command()
def show(
    item_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the item.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show one item with all its fields."""
    with _opened(folder) as store:
        item = _item(store, item_id)
    if as_json:
        print_json(item)
        return
    from rich.console import Console

    console = Console()
    for name, value in item.model_dump(mode="json", exclude_none=True).items():
        console.print(f"{name}: {value}", markup=False)


@catalogue.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for, in your own words.")],
    k: Annotated[int, typer.Option("--k", min=1, max=500, help="How many to show.")] = 10,
    domain: Annotated[
        str | None, typer.Option(help=f"Only this domain: {', '.join(get_args(Domain))}.")
    ] = None,
    now: Annotated[str | None, typer.Option(help="Pretend that it is this time (ISO 8601).")] = None,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Search as the agent does, without its understanding and ranking: only what is valid now is found."""
    from timeliness.clock import Clock
    from wiring import open_search

    if domain is not None and domain not in get_args(Domain):
        raise typer.BadParameter(
            f"{domain!r} is none of {', '.join(get_args(Domain))}", param_hint="--domain"
        )
    at = moment(now, load_settings()) or Clock().now()
    demand = Demand(text=text, query=text, domains=(cast("Domain", domain),) if domain else ())
    with _opened(folder) as store:
        found = open_search(store)(demand, at, k)
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in found], ensure_ascii=False, indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("", "id", "title", "cosine", "BM25")
    for each in found:
        names = escape(each.item.id), escape(each.item.title)
        table.add_row(str(each.rank), *names, f"{each.dense:.3f}", f"{each.lexical:.1f}")
    Console().print(table)


@catalogue.command()
def delete(
    item_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the item.")],
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Delete one item."""
    with _opened(folder) as store:
        item = _item(store, item_id)
        store.delete([item.id])
    typer.echo(json.dumps({"deleted": item.id}) if as_json else f"Deleted {item.id}: {item.title}")


@catalogue.command()
def rebuild(folder: Folder = None, as_json: AsJson = False) -> None:
    """Embed every item anew: after another embedder was set, or when the vectors are damaged.

    Nothing else may use the catalogue meanwhile. If it is interrupted, run it again.
    """
    from rich.progress import Progress

    from vectorstore.rebuild import rebuild as embed_anew
    from wiring import open_embedder

    settings = load_settings()
    embedder = open_embedder(settings, folder)
    with Progress(console=stderr_console()) as progress:
        task = progress.add_task("Embedding", total=None)
        done = embed_anew(
            settings, embedder, folder, lambda done, total: progress.update(task, completed=done, total=total)
        )
    report = {"items": done, "embedder": embedder.name}
    typer.echo(json.dumps(report) if as_json else f"Embedded {done} items with {embedder.name}.")


@contextmanager
def _opened(folder: Path | None) -> Iterator[Catalogue]:
    from wiring import open_catalogue

    if folder is not None and not folder.is_dir():
        raise CatalogueError(f"catalogue {folder}: there is no such folder")
    store = open_catalogue(load_settings(), folder)
    try:
        yield store
    finally:
        store.close()


def _item(store: Catalogue, item_id: str) -> Item:
    found = store.get([item_id])
    if not found:
        raise UnknownItemError(f"no item has the id {item_id!r}: 'app.py catalogue search TEXT' finds ids")
    return found[0]
