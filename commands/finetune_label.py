"""``app.py finetune label``: a page on which a person says what answers what."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from commands.finetune_own import DomainName, Items, MapFile
from commands.finetune_refresh import progress
from commands.output import stderr_console
from schema import Domain
from settings import load_settings


def label(
    items: Items,
    requests: Annotated[
        str, typer.Option(help="CSV or JSON Lines with a column 'request'; pairs with an item_id are known.")
    ],
    labels: Annotated[
        Path | None, typer.Option(help="CSV that the labels go to. [default: REQUESTS with .labels.csv]")
    ] = None,
    domain: DomainName = None,
    map_file: MapFile = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 7861,
) -> None:
    """Open a page that shows one request and one item at a time; y and n answer, b goes back.

    What the classifier is least sure of comes first. Each label is written at once; stop with Ctrl-C
    and start again at any time. The labels are what 'app.py finetune own --requests' reads.

    Example: app.py finetune label --items items.csv --domain shopping --requests asked.csv
    """
    if domain is not None and domain not in get_args(Domain):
        raise typer.BadParameter(
            f"{domain!r} is none of {', '.join(get_args(Domain))}", param_hint="--domain"
        )
    from finetune.datasets.label_file import LabelFile
    from finetune.datasets.own import Rejected, read_items
    from finetune.label_queue import make_queue, read_requests
    from serving.scorer import load_scorer
    from vectorstore.embedder import load_embedder
    from vectorstore.sources.mapping import load_mapping

    settings = load_settings()
    rejected: list[Rejected] = []
    mapping = load_mapping(map_file) if map_file else None
    found, _ = read_items(items, settings, cast("Domain | None", domain), mapping, rejected)
    asked, known = read_requests(requests, settings)
    place = labels or Path(f"{requests}.labels.csv")
    console = stderr_console()
    with LabelFile(place) as file:
        with progress() as report:
            queue = make_queue(found, asked, known, load_embedder(settings), load_scorer(settings), report)
        from ui.labelling import HOST, Labelling, serve

        console.print(f"{len(file.labels)} labels are in {place}.", markup=False)
        console.print(f"The page is at http://{HOST}:{port} (Ctrl-C ends it).", markup=False)
        serve(Labelling(queue, file), port)
    console.print(
        f"Train with: app.py finetune own --items {items} --requests {place} --out FOLDER", markup=False
    )
