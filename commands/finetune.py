"""``app.py finetune``: trains the models that Kairos ships, or your own."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.finetune_adapt import adapt
from commands.finetune_distil import distil
from commands.finetune_label import label
from commands.finetune_options import TrainingOptions, one_of, with_training_options
from commands.finetune_own import own, own_data
from commands.finetune_refresh import progress, refresh
from commands.finetune_study import study
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.run_data import Data
    from finetune.trainer import Training

finetune = typer.Typer(help="Train the models of Kairos on this machine.", no_args_is_help=True)


@finetune.callback()
def _group() -> None:
    """Train the models of Kairos on this machine."""


finetune.command()(refresh)
finetune.command()(study)
finetune.command()(distil)
finetune.command()(own)
finetune.command()(adapt)
finetune.command()(label)


@finetune.command()
@with_training_options
def classifier(
    options: TrainingOptions,
    loss: Annotated[
        str, typer.Option(help="listwise (with cross-entropy), cross-entropy, or squared-error.")
    ] = "listwise",
    positive_weight: Annotated[
        float,
        typer.Option(min=0.01, help="Weight of answers against the rest, where classes are unbalanced."),
    ] = 1.0,
    adversarial: Annotated[
        float,
        typer.Option(
            min=0, help="Length of the fast gradient method's move of the embeddings; 0 for none, 1 is usual."
        ),
    ] = 0.0,
    noise: Annotated[
        float,
        typer.Option(
            min=0, max=1, help="Share of requests that are mistyped in training: typos, case, dropped words."
        ),
    ] = 0.0,
    start: Annotated[
        Path | None,
        typer.Option(help="Adapter of the same method to go on from.", exists=True, file_okay=False),
    ] = None,
) -> None:
    """Train the classifier that judges how well an item answers a request.

    Needs KAIROS_DATA, and the packages of the extra 'train'. Run it again after any
    interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: KAIROS_DATA=data-sets app.py finetune classifier --minutes 20
    """
    from finetune.card import table
    from finetune.classifier_run import run
    from serving.scorer import DEFAULT_ADAPTER

    training = options.training(
        loss=one_of(loss, ("listwise", "cross-entropy", "squared-error"), "--loss"),
        positive_weight=positive_weight,
        adversarial=adversarial,
        noise=noise,
        start=start,
    )
    metrics = _trained(run, options, training, DEFAULT_ADAPTER)
    _print(metrics, table(metrics["validation"]), options.as_json)


@finetune.command()
@with_training_options
def embedder(
    options: TrainingOptions,
    loss: Annotated[str, typer.Option(help="contrastive, or squared-error.")] = "contrastive",
) -> None:
    """Train the embedder, so that requests lie near the items that answer them.

    Needs KAIROS_DATA, and the packages of the extra 'train'. Run it again after any
    interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: KAIROS_DATA=data-sets app.py finetune embedder --minutes 15
    """
    from finetune.card import embedder_table
    from finetune.embedder_run import run
    from vectorstore.embedder import DEFAULT_ADAPTER

    training = options.training(loss=one_of(loss, ("contrastive", "squared-error"), "--loss"))
    metrics = _trained(run, options, training, DEFAULT_ADAPTER)
    _print(metrics, embedder_table(metrics), options.as_json)


def _trained(
    run: Callable[..., dict[str, Any]], options: TrainingOptions, training: Training, shipped: Path
) -> dict[str, Any]:
    """The metrics of one whole run; its adapter replaces the shipped one where none is named."""
    settings = load_settings()
    options.check(settings)
    command = shlex.join(["app.py", *sys.argv[1:]])
    with progress() as report:
        report("Reading data", 0, 0, "")
        data = _data(settings, options)
        return run(settings, options.out or shipped, data, training, command=command, report=report)


def _data(settings: Settings, options: TrainingOptions) -> Data:
    if options.items and options.requests:
        return own_data(
            settings,
            options.items,
            options.requests,
            options.domain,
            options.map_file,
            options.replay,
            options.seed,
        )
    from finetune.run_data import load_data

    return load_data(settings, options.seed, options.data, options.share)


def _print(metrics: dict[str, Any], table: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(metrics, indent=2))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=None if sys.stdout.isatty() else 160).print(Markdown(table))
