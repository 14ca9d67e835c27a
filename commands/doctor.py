"""``app.py doctor``: the settings that are in force, and whether each part really works."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Annotated

import typer
from pydantic import SecretStr

from errors import KairosError
from settings import Settings, load_settings

Check = Callable[[Settings], str]


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Show the settings in force and try every part; exit code 1 where one does not work."""
    settings = load_settings()
    findings = [_try(name, check, settings) for name, check in CHECKS.items()]
    if as_json:
        typer.echo(json.dumps({"settings": _plain(settings), "checks": findings}, indent=2))
    else:
        _print(settings, findings)
    if not all(each["ok"] for each in findings):
        raise typer.Exit(1)


def _plain(settings: Settings) -> dict[str, str]:
    values = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {name: "set" if isinstance(value, SecretStr) else str(value) for name, value in values.items()}


def _try(name: str, check: Check, settings: Settings) -> dict[str, object]:
    start = perf_counter()
    try:
        found, works = check(settings), True
    except KairosError as error:
        found, works = str(error), False
    except Exception as error:  # a part that breaks in an unknown way is what a doctor looks for
        found, works = f"{type(error).__name__}: {error}", False
    return {"part": name, "ok": works, "finding": found, "seconds": round(perf_counter() - start, 2)}


def _print(settings: Settings, findings: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table("setting", "value", "meaning", title="Settings (KAIROS_<NAME> or kairos.toml)")
    for name, value in _plain(settings).items():
        table.add_row(name, value, type(settings).model_fields[name].description or "")
    console.print(table)
    table = Table("", "part", "finding", "s", title="Parts")
    for each in findings:
        table.add_row(
            "ok" if each["ok"] else "FAILS", str(each["part"]), str(each["finding"]), str(each["seconds"])
        )
    console.print(table)


def _python(_: Settings) -> str:
    if not (3, 11) <= sys.version_info < (3, 14):
        raise KairosError(f"Python {platform.python_version()} is not supported; use 3.11, 3.12 or 3.13")
    return platform.python_version()


def _home(settings: Settings) -> str:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        probe = settings.home / ".doctor"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise KairosError(f"{settings.home}: {error}; name another folder with KAIROS_HOME") from error
    return f"{settings.home} can be written"


def _embedder(settings: Settings) -> str:
    from wiring import open_embedder

    embedder = open_embedder(settings)
    return f"{embedder.name}, {embedder.encode(['a test']).shape[1]} dimensions"


def _catalogue(settings: Settings) -> str:
    from wiring import open_catalogue

    catalogue = open_catalogue(settings)
    try:
        count = catalogue.count()
    finally:
        catalogue.close()
    return f"{count:,} items" if count else "empty: the bundled catalogue is loaded at the first question"


def _scorer(settings: Settings) -> str:
    from schema import Candidate, Item
    from serving.scorer import load_scorer

    scorer = load_scorer(settings)
    item = Item(id="doctor", domain="video", title="A comedy", text="Light and funny.")
    probability = float(scorer.relevance("a funny film", [Candidate(item=item, rank=1)])[0])
    return f"{scorer.name}, answers ({probability:.2f})"


def _language_model(settings: Settings) -> str:
    if settings.llm is None:
        return "none set: requests are understood locally"
    from agent.understand.with_llm import load_chat_model

    load_chat_model(settings).invoke("Answer with the word yes.")
    return f"{settings.llm} answers"


def _data(settings: Settings) -> str:
    if settings.data is None:
        return "KAIROS_DATA is not set: only needed to train and measure"
    if not settings.data.is_dir():
        raise KairosError(f"KAIROS_DATA: {settings.data} is no folder")
    return f"{settings.data}: {sum(1 for each in settings.data.iterdir() if each.is_dir())} data sets"


CHECKS: dict[str, Check] = {
    "python": _python,
    "home": _home,
    "embedder": _embedder,
    "catalogue": _catalogue,
    "scorer": _scorer,
    "language model": _language_model,
    "data sets": _data,
}
