"""How an item is put into the tables of the lexical index, and taken out of them."""

from __future__ import annotations

import sqlite3
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from schema import Item
from vectorstore.words import spread


def delete(connection: sqlite3.Connection, item_id: str) -> None:
    """Remove an item, if it is there."""
    row = connection.execute("DELETE FROM items WHERE id = ? RETURNING rowid", (item_id,)).fetchone()
    if row:
        connection.execute("DELETE FROM words WHERE rowid = ?", row)
        connection.execute("DELETE FROM records WHERE number = ?", row)
        connection.execute("INSERT INTO changes(number) VALUES (?)", row)


def upsert(connection: sqlite3.Connection, item: Item, vector: NDArray[np.float32] | None) -> None:
    """Put an item into a new row; its ``vector`` is logged as of length 1."""
    delete(connection, item.id)
    columns = _columns(item)
    marks = ", ".join("?" * len(columns))
    row = connection.execute(
        f"INSERT INTO items({', '.join(columns)}) VALUES ({marks}) RETURNING rowid", tuple(columns.values())
    ).fetchone()
    connection.execute(
        "INSERT INTO words(rowid, title, creators, facets, text) VALUES (?, ?, ?, ?, ?)",
        (*row, *_texts(item)),
    )
    connection.execute("INSERT INTO records VALUES (?, ?)", (*row, item.model_dump_json(exclude_none=True)))
    if vector is not None:
        unit = np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
        connection.execute("INSERT INTO changes(number, vector) VALUES (?, ?)", (*row, unit.tobytes()))


def _columns(item: Item) -> dict[str, str | float | None]:
    came_out = item.published_window
    valid_from = item.valid_from or item.published_at
    return {
        "id": item.id,
        "domain": item.domain,
        "language": item.language.casefold(),
        "currency": item.currency,
        "price": item.price,
        "minutes": item.duration_minutes,
        "published_from": _epoch(came_out[0]) if came_out else None,
        "published_until": _epoch(came_out[1]) if came_out else None,
        "valid_from": _epoch(valid_from),
        "valid_until": _epoch(item.valid_until),
        "recurs": item.recurrence is not None,
        "may_be_on_offer": bool(
            item.valid_until or item.attributes.get("seasons") or item.attributes.get("old_price")
        ),
    }


def _epoch(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _texts(item: Item) -> tuple[str, str, str, str]:
    facets = list(item.categories)
    makers = list(item.creators)
    for name, value in item.attributes.items():
        words = [value] if isinstance(value, str) else list(value) if isinstance(value, tuple) else []
        (makers if name == "cast" else facets).extend(words)
    return spread(item.title), spread(" ; ".join(makers)), spread(" ; ".join(facets)), spread(item.text)
