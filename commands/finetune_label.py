"""``app.py finetune label``: a page on which a person says what answers what."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from commands.finetune_options import DomainName, MapFile, as_typed, known_domain
from commands.finetune_own import Items
from commands.finetune_refresh import progress
from commands.output import stderr_console
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
    named = known_domain(domain)
    from finetune.datasets.label_file import LabelFile
    from finetune.datasets.own import Rejected, read_items
    from finetune.label_queue import make_queue, read_requests
    from serving.scorer import load_scorer
    from vectorstore.embedder import load_embedder
    from vectorstore.sources.mapping import load_mapping

    settings = load_settings()
    rejected: list[Rejected] = []
    mapping = load_mapping(map_file) if map_file else None
    found, _ = read_items(items, settings, named, mapping, rejected)
    asked, known = read_requests(requests, settings)
    place = labels or Path(f"{requests}.labels.csv")
    console = stderr_console()
    with LabelFile(place) as file:
        with progress() as report:
            queue = make_queue(found, asked, known, load_embedder(settings), load_scorer(settings), report)
        from ui.labelling import HOST, Labelling, serve

        console.print(f"{len(file.labels)} labels are in {place}.", markup=False, soft_wrap=True)
        console.print(f"The page is at http://{HOST}:{port} (Ctrl-C ends it).", markup=False)
        serve(Labelling(queue, file), port)
    files = f"--items {shlex.quote(items)}{as_typed(domain, map_file)} --requests {shlex.quote(str(place))}"
    console.print(f"Train with: app.py finetune own {files} --out FOLDER", markup=False, soft_wrap=True)
