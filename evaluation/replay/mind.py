"""The MIND sample as a stream: which of the news shown were clicked.

News arrives with the first list that shows it, which is taken for its publication; what stands in a
history was read in the weeks before the stream, so that it has no date, and what of it has a text is
there from the start. Most news of the sample has neither title nor text: it has an id, a time and clicks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from errors import SourceError
from evaluation.json_lines import read_rows
from evaluation.replay.stream import DAY, HOUR, Calendar, Kind, Stream
from schema import Item

CALENDAR = Calendar(
    warm=datetime(2019, 11, 10, tzinfo=UTC).timestamp(),
    split=datetime(2019, 11, 13, tzinfo=UTC).timestamp(),
    probe=HOUR / 4,
    burst_users=10,
    burst_seconds=6 * HOUR,
    evergreen=2 * DAY,
    bin=6 * HOUR,
)
_Impression = tuple[float, str, list[str], list[tuple[str, bool]]]


def load(data: Path) -> Stream:
    """The stream of ``data/mind_sample``; its times are read as UTC.

    Raises:
        SourceError: its files are missing or no MIND.
    """
    folder = data / "mind_sample"
    try:
        texts = {row["news_id"]: row for row in read_rows(folder / "news.jsonl.gz")}
        impressions = sorted(_impression(row) for row in read_rows(folder / "behaviors.jsonl.gz"))
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{folder}: not MIND news and behaviors ({error!r})") from error
    if not impressions:
        raise SourceError(f"{folder}: no impressions")
    items = _items(texts, impressions)
    deeds: list[tuple[float, str, str, Kind]] = []
    requests = []
    for at, user, history, shown in impressions:
        deeds += [(at, news, user, "click" if clicked else "shown") for news, clicked in shown]
        known = [each for each in history if each in items and items[each][0] < at]
        clicked = [news for news, clicked in shown if clicked]
        requests.append((at, user, clicked, [news for news, _ in shown], known))
    return Stream.of("mind", "news", items, deeds, requests, CALENDAR)


def _impression(row: Mapping[str, Any]) -> _Impression:
    at = datetime.strptime(row["time"], "%m/%d/%Y %I:%M:%S %p").replace(tzinfo=UTC).timestamp()
    shown = [each.rpartition("-")[::2] for each in row["impressions"].split()]
    return at, row["user_id"], row["history"].split(), [(news, mark == "1") for news, mark in shown]


def _items(
    texts: Mapping[str, Mapping[str, str]], impressions: Sequence[_Impression]
) -> dict[str, tuple[float, Item, bool]]:
    read = {news for _, _, history, _ in impressions for news in history}
    arrived = dict.fromkeys(sorted(read.intersection(texts)), impressions[0][0] - 1)
    for at, _, _, shown in impressions:
        for news, _ in shown:
            arrived.setdefault(news, at)
    return {
        news: (at, _item(news, texts.get(news), at, news not in read), news in texts)
        for news, at in arrived.items()
    }


def _item(news: str, text: Mapping[str, str] | None, at: float, dated: bool) -> Item:
    first = datetime.fromtimestamp(at, UTC)
    published = first if dated else None
    if text is None:
        return Item(id=news, domain="news", title=news, published_at=published, added_at=first)
    return Item(
        id=news,
        domain="news",
        title=text["title"],
        text=text["abstract"] or "",
        categories=(text["category"], text["subcategory"]),
        published_at=published,
        added_at=first,
    )
