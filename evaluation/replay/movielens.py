"""MovieLens small as a stream: who liked which film next.

A film arrives with its first rating and came out in the middle of its year (or with its first
rating, if that is earlier). 4 stars and more are a like, fewer than 3 a dislike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from errors import SourceError
from evaluation.json_lines import read_rows
from evaluation.replay.stream import DAY, YEAR, Calendar, Kind, Stream
from schema import Item

_YEAR = re.compile(r"\s*\((\d{4})\)\s*$")
_ARTICLE = re.compile(r"^(.*), (The|A|An|Les|La|Le|Il|El|Das|Der|Die)$")
LIKED, DISLIKED = 4.0, 3.0
CALENDAR = Calendar(
    warm=datetime(1998, 1, 1, tzinfo=UTC).timestamp(),
    split=datetime(2010, 1, 1, tzinfo=UTC).timestamp(),
    probe=7 * DAY,
    burst_users=5,
    burst_seconds=180 * DAY,
    evergreen=5 * YEAR,
    bin=YEAR / 2,
)


def load(data: Path) -> Stream:
    """The stream of ``data/movielens_small``; a request is a like of a user who liked something before.

    Raises:
        SourceError: its files are missing or no MovieLens.
    """
    folder = data / "movielens_small"
    try:
        ratings = sorted(
            (int(each["timestamp"]), each["userId"], each["movieId"], float(each["rating"]))
            for each in read_rows(folder / "ratings.jsonl.gz")
        )
        arrived: dict[str, int] = {}
        for at, _, film, _ in ratings:
            arrived.setdefault(film, at)
        items = {
            row["movieId"]: _film(row["movieId"], row["title"], row["genres"], arrived[row["movieId"]])
            for row in read_rows(folder / "movies.jsonl.gz")
            if row["movieId"] in arrived
        }
    except (KeyError, ValueError, TypeError) as error:
        raise SourceError(f"{folder}: not MovieLens ratings and movies ({error!r})") from error
    if missing := set(arrived) - set(items):
        raise SourceError(f"{folder}: {len(missing)} rated films are not in movies.jsonl.gz")
    return Stream.of(
        "movielens",
        "video",
        {each: (float(arrived[each]), item, True) for each, item in items.items()},
        ((float(at), film, user, _kind(rating)) for at, user, film, rating in ratings),
        _requests(ratings),
        CALENDAR,
    )


def _requests(
    ratings: list[tuple[int, str, str, float]],
) -> Iterator[tuple[float, str, list[str], list[str], list[str]]]:
    """What a user liked in one second is one request."""
    began: dict[str, int] = {}
    together: dict[tuple[int, str], list[str]] = {}
    for at, user, film, rating in ratings:
        if rating >= LIKED:
            together.setdefault((at, user), []).append(film)
    for (at, user), films in together.items():
        if began.setdefault(user, at) < at:
            yield float(at), user, films, [], []


def _kind(rating: float) -> Kind:
    if rating >= LIKED:
        return "like"
    return "dislike" if rating < DISLIKED else "view"


def _film(film: str, title: str, genres: str, arrived: int) -> Item:
    found = _YEAR.search(title)
    name = _YEAR.sub("", title)
    article = _ARTICLE.match(name)
    first = datetime.fromtimestamp(arrived, UTC)
    released = min(datetime(int(found[1]), 7, 1, tzinfo=UTC), first) if found else None
    return Item(
        id=film,
        domain="video",
        title=f"{article[2]} {article[1]}" if article else name,
        categories=tuple(each for each in genres.split("|") if each and not each.startswith("(")),
        published_at=released,
        added_at=first,
    )
