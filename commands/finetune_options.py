"""Options that several commands of ``app.py finetune`` take, and what they stand for."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from importlib.util import find_spec
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_type_hints

import typer

from errors import SettingsError
from finetune.methods import METHODS
from schema import Domain
from settings import Settings

if TYPE_CHECKING:
    from finetune.trainer import Training

Name = TypeVar("Name", bound=str)
DomainName = Annotated[
    str | None, typer.Option("--domain", help=f"Domain of all items: {', '.join(get_args(Domain))}.")
]
MapFile = Annotated[
    Path | None, typer.Option("--map", help="TOML file that makes fields of columns (docs/catalogue.md).")
]
Replay = Annotated[
    float,
    typer.Option(
        min=0, max=20, help="Synthetic requests about the bundled catalogue to one of yours; 0: none."
    ),
]


@dataclass(frozen=True)
class TrainingOptions:
    """What ``finetune classifier`` and ``finetune embedder`` both take; each field is an option."""

    out: Annotated[
        Path | None, typer.Option(help="Folder of the adapter. [default: the one that is shipped]")
    ] = None
    method: Annotated[
        str,
        typer.Option(
            "--method", help=f"What is trained: {', '.join(METHODS)}. See the guide for a comparison."
        ),
    ] = "lora"
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0.01, help="About how long training may take: sets the number of steps by timing a few."
        ),
    ] = None
    epochs: Annotated[float, typer.Option(min=0.01, help="Times that each request is seen.")] = 1.0
    max_steps: Annotated[
        int | None, typer.Option(min=1, help="Steps at most; repeats a run bound by --minutes.")
    ] = None
    learning_rate: Annotated[
        float | None,
        typer.Option(min=1e-7, max=1.0, help="Peak learning rate. [default: that of the method]"),
    ] = None
    seed: Annotated[int, typer.Option(min=0, help="Of samples, synthetic requests and training.")] = 0
    data: Annotated[
        list[str] | None,
        typer.Option(help="Public data set to use, more than once if wanted. [default: all, see the guide]"),
    ] = None
    items: Annotated[
        str | None, typer.Option("--items", help="Your items; with --requests, only these are used.")
    ] = None
    requests: Annotated[
        str | None,
        typer.Option("--requests", help="Your requests with chosen items ('app.py finetune own --help')."),
    ] = None
    domain: DomainName = None
    map_file: MapFile = None
    replay: Replay = 0.5
    share: Annotated[
        float, typer.Option(min=0.001, max=1.0, help="Part of the requests to use, for a quick trial.")
    ] = 1.0
    log: Annotated[
        str,
        typer.Option(
            "--log", help="Curves of the run: tensorboard (below KAIROS_HOME/training/logs), wandb, none."
        ),
    ] = "tensorboard"
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False

    def check(self, settings: Settings) -> None:
        """Refuse what does not go together, before anything is read.

        Raises:
            typer.BadParameter: an option is wrong, or lacks another.
            SettingsError: a package is missing, or there is no data.
        """
        from finetune.datasets.pools import PUBLIC

        for each in self.data or ():
            one_of(each, tuple(PUBLIC), "--data")
        needs_training_packages()
        if self.log == "wandb" and find_spec("wandb") is None:
            raise SettingsError("--log wandb needs wandb: run 'pip install kairos-recommender[wandb]'")
        if bool(self.items) != bool(self.requests):
            raise typer.BadParameter("give both, or neither", param_hint="--items, --requests")
        if self.items and self.out is None:
            raise typer.BadParameter("name a folder for a model of your own", param_hint="--out")
        if settings.data is None and not self.items:
            raise SettingsError(
                "training needs data: name yours with --items and --requests, or set KAIROS_DATA to the folder of"
                " public data sets"
            )

    def training(self, **rest: Any) -> Training:
        """How to train, with what only one of the two commands takes.

        Raises:
            typer.BadParameter: there is no such method, or no such log.
        """
        from finetune.trainer import Training

        return Training(
            method=one_of(self.method, METHODS, "--method"),
            report_to=one_of(self.log, ("tensorboard", "wandb", "none"), "--log"),
            minutes=self.minutes,
            epochs=self.epochs,
            max_steps=self.max_steps,
            learning_rate=self.learning_rate,
            seed=self.seed,
            **rest,
        )


def with_training_options(command: Callable[..., None]) -> Callable[..., None]:
    """``command`` with the fields of ``TrainingOptions`` as options, in the place of its parameter ``options``."""
    hints = get_type_hints(command, include_extras=True)
    own = [each for each in signature(command).parameters.values() if each.name != "options"]
    kinds = get_type_hints(TrainingOptions, include_extras=True)
    names = [each.name for each in fields(TrainingOptions)]
    parameters = [
        *(each.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[each.name]) for each in own),
        *(
            Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=kinds[each.name])
            for each in fields(TrainingOptions)
        ),
    ]

    @wraps(command)
    def taken(**given: Any) -> None:
        command(options=TrainingOptions(**{name: given.pop(name) for name in names}), **given)

    taken.__annotations__ = {each.name: each.annotation for each in parameters}
    taken.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return taken


def one_of(value: str, choices: Sequence[Name], option: str) -> Name:
    """The one of ``choices`` that ``value`` is.

    Raises:
        typer.BadParameter: it is none.
    """
    for each in choices:
        if each == value:
            return each
    raise typer.BadParameter(f"{value!r} is none of {', '.join(choices)}", param_hint=option)


def known_domain(name: str | None) -> Domain | None:
    """The domain of that name, None for none.

    Raises:
        typer.BadParameter: there is no such domain.
    """
    domains: tuple[Domain, ...] = get_args(Domain)
    return None if name is None else one_of(name, domains, "--domain")


def as_typed(domain: str | None, map_file: Path | None) -> str:
    """Both options as a further command about the same items has to name them, each behind a space."""
    given = (("--domain", domain), ("--map", map_file))
    return "".join(f" {name} {shlex.quote(str(value))}" for name, value in given if value is not None)


def needs_training_packages() -> None:
    """Check that they are installed.

    Raises:
        SettingsError: one is not.
    """
    missing = [each for each in ("peft", "accelerate", "datasets") if find_spec(each) is None]
    if missing:
        raise SettingsError(f"training needs {missing[0]}: run 'pip install kairos-recommender[train]'")
