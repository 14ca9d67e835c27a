"""Your own data: items, and requests with the items that were chosen, each from a file.

Items are read as ``app.py ingest`` reads them. Requests are CSV, TSV, JSON Lines or Parquet:

============  =====================================================================
request       what was asked
item_id       the id of an item; in JSON Lines a list of them is taken too
label         1 or yes: the item was chosen (also where empty); 0 or no: it was turned down
conversation  what belongs together; requests of one are never split
at            when it was asked, ISO 8601; with it on every row the split is by time
============  =====================================================================

The last three columns may be missing. A row that cannot be used is kept with its line and reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from errors import SourceError
from finetune.datasets.requests import normal
from schema import Domain, Item
from settings import Settings
from vectorstore.sources.base import BadRow, Row, Source
from vectorstore.sources.locate import locate
from vectorstore.sources.mapping import ColumnMapping, bundled_mapping, native_item

COLUMNS = ("request", "item_id", "label", "conversation", "at")
LEAST_ITEMS = 16
MAX_REQUEST_CHARS = 4000
_CHOSEN = {"": True, "1": True, "yes": True, "y": True, "true": True}
_CHOSEN |= {"0": False, "no": False, "n": False, "false": False}


@dataclass(frozen=True)
class Rejected:
    """A row that could not be used: its file, its line (or row) from 1, and why."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Choice:
    """One item that was chosen, or turned down, for a request."""

    line: int
    request: str
    item_id: str
    chosen: bool = True
    conversation: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class OwnData:
    """What two files hold. ``unread`` are columns of the requests that have no meaning here."""

    items: Sequence[Item]
    choices: Sequence[Choice]
    rejected: Sequence[Rejected]
    repeated_items: int = 0
    repeated_choices: int = 0
    contradicted: tuple[int, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def balance(self) -> dict[str, Any]:
        """Chosen and turned-down rows, and how evenly the choices fall on the items."""
        counts = Counter(each.item_id for each in self.choices if each.chosen)
        chosen = sum(counts.values())
        return {
            "chosen": chosen,
            "turned_down": len(self.choices) - chosen,
            "requests": len({normal(each.request) for each in self.choices}),
            "items": len(self.items),
            "items_chosen": len(counts),
            "most_chosen_item": counts.most_common(1)[0][0] if counts else "",
            "most_chosen_share": round(counts.most_common(1)[0][1] / chosen, 4) if counts else 0.0,
            "items_with_the_text_of_another": len(self.items)
            - len({normal(each.passage) for each in self.items}),
        }


def read_own(
    items: str,
    requests: str,
    settings: Settings,
    domain: Domain | None = None,
    mapping: ColumnMapping | None = None,
) -> OwnData:
    """Read items and requests.

    Args:
        items: file, folder or data set, as ``app.py ingest`` takes it.
        requests: file of requests.
        settings: its zone is that of times without one.
        domain: of all items, where their rows do not say.
        mapping: how columns become fields of items.

    Raises:
        SourceError: a file is missing, has no such column, or none of its rows is good.
    """
    rejected: list[Rejected] = []
    found, repeated = read_items(items, settings, domain, mapping, rejected)
    if len(found) < LEAST_ITEMS:
        raise SourceError(f"{items}: {len(found)} items; training needs {LEAST_ITEMS} at least")
    known = {each.id for each in found}
    choices: dict[tuple[str, str, str], Choice] = {}
    columns: set[str] = set()
    again, contradicted, rows = 0, [], 0
    for source, made in _choices(requests, settings, known, columns):
        rows += 1
        if isinstance(made, BadRow):
            rejected.append(Rejected(source.name, made.number, made.reason))
            continue
        key = (made.conversation, normal(made.request), made.item_id)
        if key in choices:
            again += 1
            if choices[key].chosen != made.chosen:
                contradicted.append(made.line)
        choices[key] = made
    if not choices:
        first = next((each for each in rejected if each.file == Path(requests).name), None)
        reason = f"; line {first.line}: {first.reason}" if first else ""
        raise SourceError(f"{requests}: none of {rows} rows is good{reason}")
    return OwnData(
        found,
        list(choices.values()),
        rejected,
        repeated,
        again,
        tuple(contradicted),
        tuple(sorted(columns - set(COLUMNS))),
    )


def read_items(
    name: str,
    settings: Settings,
    domain: Domain | None,
    mapping: ColumnMapping | None,
    rejected: list[Rejected],
) -> tuple[list[Item], int]:
    """Items, the last row of an id winning, and how many rows gave way; bad rows go into ``rejected``.

    Raises:
        SourceError: the source cannot be read, or none of its rows is good.
    """
    found: dict[str, Item] = {}
    rows, reason = 0, ""
    for source in locate(name, settings):
        columns = mapping or (bundled_mapping(source.default_map) if source.default_map else None)
        for row in source.rows(lambda amount: None):
            made = row if isinstance(row, BadRow) else _item(row, columns, domain)
            if isinstance(made, BadRow):
                rejected.append(Rejected(source.name, made.number, made.reason))
                reason = reason or f"; line {made.number}: {made.reason}"
                continue
            rows += 1
            found[made.id] = made
    if not found:
        raise SourceError(f"{name}: no item can be read{reason}")
    return list(found.values()), rows - len(found)


def _item(row: Row, mapping: ColumnMapping | None, domain: Domain | None) -> Item | BadRow:
    try:
        return mapping.item(row.values, domain) if mapping else native_item(row.values, domain)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        advice = "; name one with --domain" if place == "domain" else ""
        return BadRow(row.number, f"{place}: {first['msg']}{advice}" if place else first["msg"])
    except (ValueError, OverflowError) as error:
        return BadRow(row.number, str(error))


def _choices(
    name: str, settings: Settings, known: set[str], columns: set[str]
) -> Iterator[tuple[Source, Choice | BadRow]]:
    if not Path(name).expanduser().is_file():
        raise SourceError(
            f"{name}: no such file; give a CSV or JSON Lines file with {', '.join(COLUMNS[:2])}"
        )
    for source in locate(name, settings):
        for row in source.rows(lambda amount: None):
            if isinstance(row, BadRow):
                yield source, row
                continue
            columns |= set(row.values)
            if missing := [each for each in COLUMNS[:2] if each not in columns]:
                raise SourceError(
                    f"{name}: there is no column {missing[0]!r} (there are {', '.join(sorted(columns))});"
                    f" its columns are {', '.join(COLUMNS)}, the last three as you like"
                )
            ids = row.values.get("item_id")
            for each in ids if isinstance(ids, list | tuple) and ids else [ids]:
                yield source, _choice(row.number, row.values, each, known, settings)


def _choice(
    line: int, row: Mapping[str, Any], item_id: object, known: set[str], settings: Settings
) -> Choice | BadRow:
    request = " ".join(_text(row.get("request")).split())
    wanted, label = _text(item_id), _text(row.get("label")).casefold()
    if not normal(request):
        return BadRow(line, "request is empty")
    if len(request) > MAX_REQUEST_CHARS:
        return BadRow(line, f"request is longer than {MAX_REQUEST_CHARS} characters")
    if wanted not in known:
        return BadRow(line, f"item_id {wanted!r} is not among the items" if wanted else "item_id is empty")
    if label not in _CHOSEN:
        return BadRow(line, f"label {label!r} is neither 1 nor 0 (yes and no are taken too)")
    try:
        at = _moment(_text(row.get("at")), settings)
    except ValidationError:
        return BadRow(line, f"at {_text(row.get('at'))!r} is not ISO 8601, such as 2026-11-27T20:00:00+01:00")
    return Choice(line, request, wanted, _CHOSEN[label], _text(row.get("conversation")), at)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _moment(text: str, settings: Settings) -> datetime | None:
    if not text:
        return None
    at = TypeAdapter(datetime).validate_python(text)
    return at if at.tzinfo else at.replace(tzinfo=settings.zone)
