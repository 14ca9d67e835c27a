"""``app.py finetune``: trains the models that Kairos ships, or your own."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.finetune_adapt import adapt
from commands.finetune_distil import distil
from commands.finetune_label import label
from commands.finetune_own import DomainName, MapFile, Replay, own, own_data
from commands.finetune_refresh import refresh
from commands.finetune_study import study
from commands.output import stderr_console
from errors import SettingsError
from finetune.methods import METHODS
from settings import Settings, load_settings

if TYPE_CHECKING:
    from finetune.run_data import Report
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

Minutes = Annotated[
    float | None,
    typer.Option(
        min=0.01, help="About how long training may take: sets the number of steps by timing a few."
    ),
]
Epochs = Annotated[float, typer.Option(min=0.01, help="Times that each request is seen.")]
MaxSteps = Annotated[int | None, typer.Option(min=1, help="Steps at most; repeats a run bound by --minutes.")]
MethodName = Annotated[
    str,
    typer.Option("--method", help=f"What is trained: {', '.join(METHODS)}. See the guide for a comparison."),
]
LearningRate = Annotated[
    float | None, typer.Option(min=1e-7, max=1.0, help="Peak learning rate. [default: that of the method]")
]
Seed = Annotated[int, typer.Option(min=0, help="Of samples, synthetic requests and training.")]
DataNames = Annotated[
    list[str] | None,
    typer.Option(help="Public data set to use, more than once if wanted. [default: all, see the guide]"),
]
Share = Annotated[
    float, typer.Option(min=0.001, max=1.0, help="Part of the requests to use, for a quick trial.")
]
LogTo = Annotated[
    str,
    typer.Option(
        "--log", help="Curves of the run: tensorboard (below KAIROS_HOME/training/logs), wandb, none."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")]
Out = Annotated[Path | None, typer.Option(help="Folder of the adapter. [default: the one that is shipped]")]
OwnItems = Annotated[
    str | None, typer.Option("--items", help="Your items; with --requests, only these are used.")
]
OwnRequests = Annotated[
    str | None,
    typer.Option("--requests", help="Your requests with chosen items ('app.py finetune own --help')."),
]
Start = Annotated[
    Path | None, typer.Option(help="Adapter of the same method to go on from.", exists=True, file_okay=False)
]


@finetune.command()
def classifier(
    out: Out = None,
    method: MethodName = "lora",
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
    minutes: Minutes = None,
    epochs: Epochs = 1.0,
    max_steps: MaxSteps = None,
    learning_rate: LearningRate = None,
    start: Start = None,
    seed: Seed = 0,
    data: DataNames = None,
    items: OwnItems = None,
    requests: OwnRequests = None,
    domain: DomainName = None,
    map_file: MapFile = None,
    replay: Replay = 0.5,
    share: Share = 1.0,
    log: LogTo = "tensorboard",
    as_json: AsJson = False,
) -> None:
    """Train the classifier that judges how well an item answers a request.

    Needs KAIROS_DATA, and the packages of the extra 'train'. Run it again after any
    interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: KAIROS_DATA=data-sets app.py finetune classifier --minutes 20
    """
    from serving.scorer import DEFAULT_ADAPTER

    settings = load_settings()
    _check(settings, data, items, requests, out)
    training = _training(
        method=method,
        loss=_one_of(loss, ("listwise", "cross-entropy", "squared-error"), "--loss"),
        positive_weight=positive_weight,
        adversarial=adversarial,
        noise=noise,
        minutes=minutes,
        epochs=epochs,
        max_steps=max_steps,
        learning_rate=learning_rate,
        start=start,
        seed=seed,
        report_to=log,
    )
    from finetune.card import table
    from finetune.classifier_run import run
    from finetune.run_data import load_data

    with _progress() as report:
        report("Reading data", 0, 0, "")
        made = (
            own_data(settings, items, requests, domain, map_file, replay, seed)
            if items and requests
            else load_data(settings, seed, data, share)
        )
        metrics = run(settings, out or DEFAULT_ADAPTER, made, training, command=_command(), report=report)
    _print(metrics, table(metrics["validation"]), as_json)


@finetune.command()
def embedder(
    out: Out = None,
    method: MethodName = "lora",
    loss: Annotated[str, typer.Option(help="contrastive, or squared-error.")] = "contrastive",
    minutes: Minutes = None,
    epochs: Epochs = 1.0,
    max_steps: MaxSteps = None,
    learning_rate: LearningRate = None,
    seed: Seed = 0,
    data: DataNames = None,
    items: OwnItems = None,
    requests: OwnRequests = None,
    domain: DomainName = None,
    map_file: MapFile = None,
    replay: Replay = 0.5,
    share: Share = 1.0,
    log: LogTo = "tensorboard",
    as_json: AsJson = False,
) -> None:
    """Train the embedder, so that requests lie near the items that answer them.

    Needs KAIROS_DATA, and the packages of the extra 'train'. Run it again after any
    interruption: it goes on where it was. Guide: docs/fine-tuning.md

    Example: KAIROS_DATA=data-sets app.py finetune embedder --minutes 15
    """
    from vectorstore.embedder import DEFAULT_ADAPTER

    settings = load_settings()
    _check(settings, data, items, requests, out)
    training = _training(
        method=method,
        loss=_one_of(loss, ("contrastive", "squared-error"), "--loss"),
        minutes=minutes,
        epochs=epochs,
        max_steps=max_steps,
        learning_rate=learning_rate,
        seed=seed,
        report_to=log,
    )
    from finetune.card import embedder_table
    from finetune.embedder_run import run
    from finetune.run_data import load_data

    with _progress() as report:
        report("Reading data", 0, 0, "")
        made = (
            own_data(settings, items, requests, domain, map_file, replay, seed)
            if items and requests
            else load_data(settings, seed, data, share)
        )
        metrics = run(settings, out or DEFAULT_ADAPTER, made, training, command=_command(), report=report)
    _print(metrics, embedder_table(metrics), as_json)


def _training(**options: Any) -> Training:
    from finetune.trainer import Training

    _one_of(options["method"], METHODS, "--method")
    _one_of(options["report_to"], ("tensorboard", "wandb", "none"), "--log")
    return Training(**options)


def _one_of(value: str, choices: Sequence[str], option: str) -> str:
    if value not in choices:
        raise typer.BadParameter(f"{value!r} is none of {', '.join(choices)}", param_hint=option)
    return value


def _command() -> str:
    return shlex.join(["app.py", *sys.argv[1:]])


def _check(
    settings: Settings, names: list[str] | None, items: str | None, requests: str | None, out: Path | None
) -> None:
    from importlib.util import find_spec

    from finetune.datasets.pools import PUBLIC

    unknown = [each for each in names or () if each not in PUBLIC]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(PUBLIC)}", param_hint="--data")
    if find_spec("peft") is None:
        raise SettingsError("training needs peft: run 'pip install kairos-recommender[train]'")
    if bool(items) != bool(requests):
        raise typer.BadParameter("give both, or neither", param_hint="--items, --requests")
    if items and out is None:
        raise typer.BadParameter("name a folder for a model of your own", param_hint="--out")
    if settings.data is None and not items:
        raise SettingsError(
            "training needs data: name yours with --items and --requests, or set KAIROS_DATA to the folder of public data sets"
        )


class _progress:
    """A line of progress with the time that is left, on stderr."""

    def __enter__(self) -> Report:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=stderr_console(),
        )
        self._tasks: dict[str, int] = {}
        self._bar.start()
        return self._report

    def _report(self, stage: str, done: float, total: float, note: str) -> None:
        from rich.progress import TaskID

        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total or None, note=note)
        self._bar.update(TaskID(self._tasks[stage]), completed=done, total=total or None, note=note)

    def __exit__(self, *failure: object) -> None:
        self._bar.stop()


def _print(metrics: dict[str, Any], table: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(metrics, indent=2))
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(width=None if sys.stdout.isatty() else 160).print(Markdown(table))
