"""``app.py evaluate ranking``: ranks all films for turns of recommendation conversations."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from commands.output import stderr_console
from errors import SettingsError
from settings import Settings, load_settings

if TYPE_CHECKING:
    from evaluation.ranking.measures import Failure
    from evaluation.ranking.systems import System
    from evaluation.ranking.turns import Turn
    from schema import Item
    from timeliness.events import EventLog
    from timeliness.signals.weights import SignalName

DEFAULT = "redial/valid_turns.jsonl.gz"
# Signals whose weight is not nought for films of conversations, which have no dates.
ABLATED: tuple[SignalName, ...] = ("relevance", "affinity", "popularity")


def ranking(
    file: Annotated[
        Path | None,
        typer.Argument(help=f"Turns in the format of redial/valid_turns. [default: KAIROS_DATA/{DEFAULT}]"),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this one, more than once if wanted: popularity, bm25, minilm, embedder,"
            " retrieval, classifier, linked, kairos; with --ablate 'kairos without affinity' and the like."
        ),
    ] = None,
    inspired: Annotated[
        bool,
        typer.Option(
            "--inspired",
            help="Turns of INSPIRED's development file, about those of its films that ReDial has.",
        ),
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Also conversations that the shipped models were trained on.")
    ] = False,
    ablate: Annotated[bool, typer.Option("--ablate", help="Also Kairos without one part at a time.")] = False,
    shown: Annotated[
        int, typer.Option("--failures", min=0, help="Show so many turns on which the last system fails.")
    ] = 0,
    most: Annotated[int | None, typer.Option("--max", min=1, help="Read at most so many turns.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Conversations about films: where among all films is the one that was recommended?

    All films of redial/movies are candidates, less those mentioned before. Of ReDial's validation
    conversations only the tenth that the shipped models never saw counts, unless --all is given.
    Intervals are by bootstrap over conversations. Needs KAIROS_DATA.

    Example: KAIROS_DATA=data-sets app.py evaluate ranking --system minilm --system classifier
    """
    from rich.progress import Progress

    from evaluation.ranking.measures import failures, measure
    from finetune.datasets.pools import load_pools
    from timeliness.events import EventLog

    settings = load_settings()
    if settings.data is None:
        raise SettingsError("ranking needs data: set KAIROS_DATA to the folder of public data sets")
    films = load_pools(settings, 0, {"redial": 10_000})["redial"]
    turns = _turns(settings, films, file, inspired, every)[:most]
    if not turns:
        raise SettingsError(
            "no turn is left that the models were not trained on: give --all, or another file"
        )
    with (
        TemporaryDirectory() as folder,
        EventLog(Path(folder) / "events.sqlite") as events,
        Progress(console=stderr_console(), transient=True) as progress,
    ):
        task = progress.add_task("Embedding", total=None)
        systems = _systems(settings, films, turns, events, ablate, system)
        progress.update(task, description="Ranking", total=len(systems) * len(turns))
        report = measure(systems, turns, lambda: progress.advance(task))
        failed = failures(list(systems.values())[-1], turns, shown)
    if as_json:
        best = report.get("kairos") or next(reversed(report.values()))
        listed = [asdict(each) for each in failed]
        typer.echo(json.dumps(best | {"systems": report, "failures": listed}, indent=2))
        return
    _print(report, len(turns), len({each.conversation for each in turns}))
    _print_failures(failed, {each.id: each.title for each in films})


def _turns(
    settings: Settings, films: list[Item], file: Path | None, inspired: bool, every: bool
) -> list[Turn]:
    """The turns to rank for: those of conversations that were not trained on, unless ``every``."""
    from evaluation.ranking.turns import read_turns, turns_of
    from finetune.datasets.conversations import inspired_requests
    from finetune.datasets.requests import is_validation

    if inspired:
        turns = turns_of(inspired_requests(settings, films))
        return turns if every else [each for each in turns if is_validation(each.conversation)]
    turns = read_turns(file or settings.data / DEFAULT, films) if settings.data else []
    trained = set() if every else _trained_on(settings)
    return [
        each
        for each in turns
        if each.conversation not in trained or is_validation(f"redial/{each.conversation}")
    ]


def _trained_on(settings: Settings) -> set[str]:
    from finetune.datasets.pools import read_rows

    return {str(row.get("conversationId")) for row in read_rows(settings, "redial/valid.jsonl.gz")}


def _systems(
    settings: Settings,
    films: list[Item],
    turns: list[Turn],
    events: EventLog,
    ablate: bool,
    names: list[str] | None,
) -> dict[str, System]:
    """The systems ``names``, or all.

    Raises:
        typer.BadParameter: there is none of that name.
    """
    from evaluation.ranking.systems import ASKED, Embedded, mentions, popularity
    from finetune.datasets.conversations import redial_mentions, redial_requests
    from finetune.datasets.mining import Vectors
    from finetune.datasets.requests import is_validation, split
    from serving.scorer import load_scorer
    from timeliness.signals.computer import SignalComputer
    from vectorstore.embedder import load_base, load_embedder

    def embedded(embedder: Any) -> Embedded:
        vectors = Vectors(embedder, settings.home / "training" / "vectors")
        found = Embedded(films, embedder, vectors.of([each.passage for each in films]))
        found.ask(turns)
        return found

    conversed = redial_mentions(settings, films)
    events.record_all(
        mentions({owner: each for owner, each in conversed.items() if not is_validation(owner)})
    )
    signals = SignalComputer(log=events)
    scorer = load_scorer(settings)
    ours, base = (
        cache(lambda: embedded(load_embedder(settings))),
        cache(lambda: embedded(load_base(settings))),
    )

    def whole(films_as: Callable[[], Embedded], without: SignalName | None = None) -> System:
        return films_as().whole(scorer, signals, ASKED, without)

    # Made when asked for: embedding all films anew takes longer than ranking them.
    systems: dict[str, Callable[[], System]] = {
        "popularity": lambda: popularity(split(redial_requests(settings, films))[0]),
        "bm25": lambda: ours().by_words,
        "minilm": lambda: base().by_cosine,
        "embedder": lambda: ours().by_cosine,
        "retrieval": lambda: ours().retrieved,
        "classifier": lambda: ours().judged_by(scorer),
        "linked": lambda: ours().linked(signals, ASKED),
    }
    if ablate:
        for each in ABLATED:
            systems[f"kairos without {each}"] = partial(whole, ours, each)
        systems["kairos on plain minilm"] = partial(whole, base)
    systems["kairos"] = partial(whole, ours)
    unknown = [each for each in names or () if each not in systems]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(systems)}", param_hint="--system")
    return {name: make() for name, make in systems.items() if not names or name in names}


def _print(report: dict[str, dict[str, Any]], turns: int, conversations: int) -> None:
    from rich.console import Console
    from rich.table import Table

    from evaluation.ranking.measures import MEASURES

    table = Table("system", *MEASURES)
    for name, figures in report.items():
        cells = []
        for each in MEASURES:
            low, high = figures[each]["interval"]
            cells.append(f"{figures[each]['value']:.3f} [{low:.3f}, {high:.3f}]")
        table.add_row(name, *cells)
    console = Console()
    console.print(table)
    n = next(iter(report.values()))["n"]
    console.print(f"{n} targets in {turns} turns of {conversations} conversations", highlight=False)


def _print_failures(failed: list[Failure], titles: dict[str, str]) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    for each in failed:
        console.print(f"\n{each.conversation}: {each.text}", markup=False)
        place = f"place {each.place}" if each.place else "not among the first 100"
        instead = ", ".join(titles[name] for name in each.instead)
        console.print(f"  wanted {titles[each.target]} ({place}); first were {instead}", markup=False)
