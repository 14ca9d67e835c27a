"""``app.py parse``: what a message asks for, without searching."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from commands.output import moment, print_json
from errors import SourceError
from schema import Conversation, Demand, Turn
from settings import load_settings

if TYPE_CHECKING:
    from rich.table import Table

SESSION = "parse"


def parse(
    text: Annotated[str, typer.Argument(help="The message, in your own words.")],
    now: Annotated[str | None, typer.Option(help="Pretend that it is this time (ISO 8601).")] = None,
    history: Annotated[
        Path | None,
        typer.Option(
            help="JSON file of what came before: a schema.Conversation, or a list of {role, text} turns.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the Demand as JSON.")] = False,
) -> None:
    """Show how a message is understood: intent, domains, wishes, times, limits, feelings.

    Example: app.py parse "something light and funny for tonight, under 100 minutes, no horror"
    """
    settings = load_settings()
    at = moment(now, settings)
    if at is None:
        from timeliness.clock import Clock

        at = Clock().now()
    said = read_history(history, at) if history else []
    demand = asyncio.run(_understand(text, said, at))
    if as_json:
        print_json(demand)
    else:
        _print(demand)


def read_history(path: Path, now: datetime) -> list[Turn] | Conversation:
    """Read ``--history``: a whole Conversation, or turns, whose ``at`` defaults to ``now``.

    Raises:
        SourceError: the file cannot be read or is neither.
    """
    try:
        stored: Any = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(stored, dict):
            turns = [_dated(turn, now) for turn in stored.get("turns", ())]
            whole = {"session": SESSION, **stored, "turns": turns}
            return Conversation.model_validate_json(json.dumps(whole))
        return TypeAdapter(list[Turn]).validate_json(json.dumps([_dated(turn, now) for turn in stored]))
    except (OSError, UnicodeError) as error:
        raise SourceError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise SourceError(
            f"{path}: {where}: {first['msg']}; give a Conversation or a list of "
            '{"role": "user" | "assistant", "text": ...}'
        ) from error
    except (ValueError, TypeError) as error:
        raise SourceError(f"{path}: not a JSON object or list: {error}") from error


def _dated(turn: Any, now: datetime) -> Any:
    return {"at": now.isoformat(), **turn} if isinstance(turn, dict) else turn


async def _understand(text: str, said: list[Turn] | Conversation, now: datetime) -> Demand:
    """The demand after ``text``; turns without a demand are understood first, in their order."""
    from agent.understand import build_understanding
    from vectorstore.embedder import load_reader

    settings = load_settings()
    understand = build_understanding(settings, load_reader(settings))
    if isinstance(said, Conversation):
        return await understand(text, said, now)
    conversation = Conversation(session=SESSION)
    for turn in said:
        demand = conversation.demand
        if turn.role == "user":
            demand = await understand(turn.text, conversation, turn.at)
        conversation = Conversation(session=SESSION, turns=(*conversation.turns, turn), demand=demand)
    return await understand(text, conversation, now)


def _print(demand: Demand) -> None:
    from rich.console import Console

    Console().print(view(demand))


def view(demand: Demand) -> Table:
    """The demand as a table for people; what is empty is left out."""
    from rich.markup import escape
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    rows: list[tuple[str, str]] = [
        ("intent", demand.intent),
        ("domains", ", ".join(demand.domains) or "any"),
        ("search for", demand.query),
    ]
    for each in demand.interests:
        verb = (
            ("wants" if each.polarity > 0 else "refuses")
            if each.hard
            else ("likes" if each.polarity > 0 else "dislikes")
        )
        rows.append((verb, f"{each.text} ({each.kind})"))
    for time in demand.times:
        start, end = _moment(time.start), _moment(time.end)
        rows.append((f"{time.role} time", f"{time.phrase!r}: {start} to {end}"))
    limits = demand.limits.model_dump(exclude_defaults=True)
    rows += [(name.replace("_", " "), str(value)) for name, value in limits.items()]
    rows += [("points at", f"{each.text!r}: {each.item_id or 'unknown'}") for each in demand.references]
    feeling = f"{demand.sentiment.label} ({demand.sentiment.score:+.2f})"
    rows.append(("feels", f"{demand.sentiment.mood}, {feeling}" if demand.sentiment.mood else feeling))
    if demand.count:
        rows.append(("count", str(demand.count)))
    rows += [
        ("language", demand.language),
        ("read by", demand.parsed_by),
        *(("note", note) for note in demand.notes),
    ]
    for name, value in rows:
        table.add_row(name, escape(value))
    return table


def _moment(at: datetime | None) -> str:
    return f"{at:%a %d %b %Y %H:%M %Z}" if at else "open"
