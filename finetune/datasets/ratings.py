"""Requests from what people rated: MovieLens (Harper and Konstan, 2015). Choices are real, wordings by rule.

A request names films that somebody rated high; those that the same person rated high
afterwards answer it. Films are those of ReDial's list, matched by title and year.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

from finetune.datasets.pools import read_rows
from finetune.datasets.requests import Request
from schema import Item
from settings import Settings

POOL = "movielens"
_LIKED = 4.0
_A_PERSON = 7
_NAMED = (1, 2, 2, 3)
_AHEAD = 12
_A_FILM = 25  # how often one film may be the target: else the best known would drown the rest
_FORMS = (
    "something like {}",
    "films like {}",
    "I loved {}, what else would I like?",
    "I really enjoyed {}",
    "my favourites are {}, any suggestions?",
    "we liked {} and want something similar",
    "recommend a movie for someone who likes {}",
    "more like {} please",
)
_ARTICLE = re.compile(r"^(.*), (The|A|An) (\(\d{4}\))$")


def movielens_requests(settings: Settings, films: Sequence[Item], seed: int) -> list[Request]:
    """Requests of the people in MovieLens' small set, in the order of their ratings.

    Raises:
        SourceError: KAIROS_DATA is not set, or a file cannot be read.
    """
    titles = {each.title: each.id for each in films}
    known = {
        str(row["movieId"]): titles[title]
        for row in read_rows(settings, "movielens_small/movies.jsonl.gz")
        if (title := _spelling(str(row["title"]))) in titles
    }
    names = {item_id: title for title, item_id in titles.items()}
    liked: dict[str, list[tuple[int, str]]] = {}
    for row in read_rows(settings, "movielens_small/ratings.jsonl.gz"):
        if float(str(row["rating"])) >= _LIKED and str(row["movieId"]) in known:
            liked.setdefault(str(row["userId"]), []).append(
                (int(str(row["timestamp"])), known[str(row["movieId"])])
            )
    aimed: Counter[str] = Counter()
    found: list[Request] = []
    for user, ratings in sorted(liked.items()):
        order = [film for _, film in sorted(ratings)]
        found += _of_a_person(user, order, names, aimed, Random(f"{seed}/{user}"))
    return found


def _spelling(title: str) -> str:
    """ "Matrix, The (1999)" as it is spoken."""
    parts = _ARTICLE.match(title)
    return f"{parts[2]} {parts[1]} {parts[3]}" if parts else title


def _of_a_person(
    user: str, order: Sequence[str], names: Mapping[str, str], aimed: Counter[str], random: Random
) -> list[Request]:
    found = []
    for _ in range(min(_A_PERSON, len(order) // 4)):
        place = random.randrange(3, len(order))
        before, after = order[max(0, place - _AHEAD) : place], order[place : place + _AHEAD]
        named = random.sample(before, min(len(before), random.choice(_NAMED)))
        target = random.choice(after)
        if aimed[target] >= _A_FILM:
            continue
        aimed[target] += 1
        spoken = [names[each] for each in named]
        if random.random() < 0.5:
            spoken = [each.rsplit(" (", 1)[0] for each in spoken]
        text = random.choice(_FORMS).format(" and ".join(filter(None, (", ".join(spoken[:-1]), spoken[-1]))))
        found.append(
            Request(
                text=text,
                owner=f"movielens/{user}",
                pool=POOL,
                target=target,
                relevant=frozenset(order[place:]),
                excluded=frozenset(order[:place]),
            )
        )
    return found
