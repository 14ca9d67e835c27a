"""Conversations that survive a restart: LangGraph's SQLite checkpointer and a list of sessions.

Only the latest checkpoint of a conversation is kept: nothing here travels back in
time, and a checkpoint holds the whole state, so a history of them would grow with the
square of the conversation's length.
"""

from __future__ import annotations

import inspect
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import schema
from agent import state
from errors import CatalogueError
from schema import SessionSummary

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

TITLE_CHARS = 60

_SESSIONS = """
CREATE TABLE IF NOT EXISTS sessions (
    session TEXT PRIMARY KEY, title TEXT NOT NULL, updated_at TEXT NOT NULL, turns INTEGER NOT NULL
)"""


class Memory:
    """The checkpointer with the few questions that Kairos asks of it. Lives in one event loop."""

    def __init__(self, saver: AsyncSqliteSaver) -> None:
        self.saver = saver

    @classmethod
    async def open(cls, path: Path) -> Memory:
        """Open or create the file at ``path``.

        Raises:
            CatalogueError: the file is no database or cannot be written.
        """
        import aiosqlite
        from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
        from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

        types = [
            each for module in (schema, state) for _, each in inspect.getmembers(module, inspect.isclass)
        ]
        ours = [each for each in types if issubclass(each, schema.Frozen)]
        connection = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            connection = await aiosqlite.connect(path, timeout=30)
            saver = AsyncSqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=ours))
            await saver.setup()
            await connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
            await connection.execute(_SESSIONS)
            await connection.commit()
        except (sqlite3.Error, OSError) as error:
            if connection is not None:  # its thread would keep the process alive
                await connection.close()
            raise CatalogueError(
                f"conversation memory {path}: {error}; move the file away to begin a new one"
            ) from error
        return cls(saver)

    async def remember(self, session: str, title: str, at: datetime) -> None:
        """Note that ``session`` has moved, and drop its checkpoints but the latest."""
        async with self.saver.lock:
            run = self.saver.conn.execute
            await run(
                "INSERT INTO sessions VALUES (?, ?, ?, 1) ON CONFLICT (session) DO UPDATE"
                " SET updated_at = excluded.updated_at, turns = turns + 1",
                (session, " ".join(title.split())[:TITLE_CHARS], at.isoformat()),
            )
            latest = "(SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?)"
            for table in ("checkpoints", "writes"):
                await run(
                    f"DELETE FROM {table} WHERE thread_id = ? AND checkpoint_id < {latest}",
                    (session, session),
                )
            await self.saver.conn.commit()

    async def sessions(self, prefix: str = "", limit: int = 50) -> list[SessionSummary]:
        """The conversations whose name begins with ``prefix``, the one that moved last first."""
        async with (
            self.saver.lock,
            self.saver.conn.execute(
                "SELECT session, title, updated_at, turns FROM sessions WHERE substr(session, 1, ?) = ?"
                " ORDER BY rowid DESC LIMIT ?",
                (len(prefix), prefix, limit),
            ) as cursor,
        ):
            rows = await cursor.fetchall()
        found = [
            SessionSummary(
                session=row[0], title=row[1], updated_at=datetime.fromisoformat(row[2]), turns=row[3]
            )
            for row in rows
        ]
        return sorted(found, key=lambda each: each.updated_at, reverse=True)

    async def forget(self, session: str) -> None:
        """Delete a conversation for good, its line in the list included."""
        await self.saver.adelete_thread(session)
        async with self.saver.lock:
            await self.saver.conn.execute("DELETE FROM sessions WHERE session = ?", (session,))
            await self.saver.conn.commit()
            await self.saver.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # nor stays it in the log

    async def close(self) -> None:
        """Close the file."""
        await self.saver.conn.close()
