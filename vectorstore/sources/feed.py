"""RSS and Atom, from a file or an address, by feedparser."""

from __future__ import annotations

import calendar
import html
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from errors import SourceError
from vectorstore.sources.base import Advance, BadRow, Row

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 20 * 1024 * 1024
TIMEOUT_S = 20.0


class FeedSource:
    """Entries of a feed as rows in Item's own fields; ``number`` counts entries from 1."""

    default_map = None

    def __init__(self, location: str, body: bytes | None = None) -> None:
        """``location`` is a path or an address; ``body`` what was read from there already."""
        self.location = location
        self._body = body
        self.name = location
        self.size = None

    def rows(self, advance: Advance) -> Iterator[Row | BadRow]:
        """Stream the entries.

        Raises:
            SourceError: the address does not answer, or what it gives is no feed.
        """
        import feedparser

        parsed = feedparser.parse(self._read() if self._body is None else self._body)
        if not parsed.get("version") and not parsed.entries:
            reason = parsed.get("bozo_exception", "no RSS or Atom element found")
            raise SourceError(f"{self.location}: not an RSS or Atom feed: {reason}")
        language = str(parsed.feed.get("language", "en")).split("-")[0].lower() or "en"
        for number, entry in enumerate(parsed.entries, start=1):
            values = _values(entry, language)
            yield (
                Row(number, values) if values.get("id") else BadRow(number, "entry has neither guid nor link")
            )
            advance(1)

    def _read(self) -> bytes:
        if not is_address(self.location):
            try:
                return Path(self.location).read_bytes()
            except OSError as error:
                raise SourceError(f"{self.location}: {error}; check the path") from error
        import httpx

        try:
            with httpx.stream("GET", self.location, timeout=TIMEOUT_S, follow_redirects=True) as response:
                response.raise_for_status()
                return read_limited(response, self.location)
        except httpx.HTTPError as error:
            raise SourceError(f"{self.location}: {error}; check the address and the network") from error


def read_limited(response: httpx.Response, location: str) -> bytes:
    """The body of a streamed ``response``.

    Raises:
        SourceError: it is larger than ``MAX_BYTES``.
        httpx.HTTPError: the connection broke.
    """
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BYTES:
            raise SourceError(f"{location}: larger than {MAX_BYTES:,} bytes; not read")
    return bytes(body)


def is_address(location: str) -> bool:
    """Whether ``location`` is an http or https address rather than a path."""
    return urlsplit(location).scheme in {"http", "https"}


def _values(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    stamp = entry.get("published_parsed") or entry.get("updated_parsed")
    images = [
        each.get("url") for each in [*entry.get("media_thumbnail", ()), *entry.get("media_content", ())]
    ]
    found = {
        "id": entry.get("id") or entry.get("link"),
        "title": _plain(entry.get("title", "")),
        "text": _plain(entry.get("summary", "")),
        "categories": [each["term"] for each in entry.get("tags", ()) if each.get("term")],
        "creators": [each["name"] for each in entry.get("authors", ()) if each.get("name")],
        "language": language,
        "url": entry.get("link"),
        "image": next((each for each in images if each), None),
        "published_at": datetime.fromtimestamp(calendar.timegm(stamp), UTC) if stamp else None,
    }
    return {name: value for name, value in found.items() if value}


def _plain(text: str) -> str:
    from markupsafe import Markup

    return html.unescape(Markup(text).striptags()).strip()
