"""Ranking all films for turns of conversations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from errors import SourceError
from evaluation.ranking.measures import Failure, failures, measure
from evaluation.ranking.systems import ASKED, Embedded, mentions
from evaluation.ranking.turns import Turn, read_turns, turns_of
from finetune.datasets.requests import Request
from schema import Item
from tests.vectorstore.hashing_embedder import HashingEmbedder
from timeliness.events import EventLog
from timeliness.signals.computer import SignalComputer

TITLES = ["The Shining (1980)", "Alien (1979)", "Heat (1995)", "Up (2009)", "Her (2013)", "Jaws (1975)"]
FILMS = [
    Item(id=f"film/{place}", domain="video", title=title, text=f"plot number {place}")
    for place, title in enumerate(TITLES)
]


def rows(tmp_path: Path, *found: dict[str, object]) -> Path:
    path = tmp_path / "turns.jsonl"
    path.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return path


def test_film_named_before_is_no_target_and_the_seekers_words_are_the_request(tmp_path: Path) -> None:
    turns = read_turns(
        rows(
            tmp_path,
            {
                "dialog_id": "7",
                "context": ["hello", "hi, what do you like?", "scary, like Alien  (1979)"],
                "entity": ["Alien  (1979)", "scary"],
                "rec": ["Alien (1979)", "The Shining (1980)", "A film that is not there (1999)"],
            },
            {"dialog_id": "8", "context": ["so"], "entity": [], "rec": []},
        ),
        FILMS,
    )
    assert turns == [
        Turn("7", "hello scary, like Alien  (1979)", frozenset({"film/1"}), ("film/0",)),
    ]


def test_row_without_a_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"turns\.jsonl:1.*rec"):
        read_turns(rows(tmp_path, {"dialog_id": "7", "context": [], "entity": []}), FILMS)


def test_measures_count_the_place_among_films_not_mentioned() -> None:
    turns = [Turn("7", "x", frozenset({"film/1"}), ("film/2",)), Turn("8", "x", frozenset(), ("film/5",))]
    report = measure({"as listed": lambda turn: [each.id for each in FILMS]}, turns)["as listed"]
    assert report["n"] == 2
    assert report["recall@1"]["value"] == 0
    assert report["recall@10"]["value"] == 1
    assert report["mrr"]["value"] == pytest.approx((1 / 2 + 1 / 6) / 2, abs=1e-3)
    low, high = report["mrr"]["interval"]
    assert low <= report["mrr"]["value"] <= high


def test_what_shares_words_and_meaning_with_the_request_comes_first() -> None:
    embedder = HashingEmbedder()
    films = Embedded(FILMS, embedder, embedder.encode([each.passage for each in FILMS]))
    turn = Turn("7", "Jaws plot number", frozenset({"film/0"}), ("film/5",))
    films.ask([turn])
    assert films.by_cosine(turn)[0] == films.by_words(turn)[0] == films.retrieved(turn)[0] == "film/5"
    assert "film/0" not in films.retrieved(turn)

    class Backwards:
        name = "backwards"

        def relevance(self, request: str, candidates: object) -> NDArray[np.float32]:
            return np.arange(len(candidates), dtype=np.float32)  # type: ignore[arg-type]

    assert list(films.judged_by(Backwards())(turn)) == list(films.retrieved(turn))[::-1]


class Undecided:
    """A classifier that finds everything as likely."""

    name = "undecided"

    def relevance(self, request: str, candidates: object) -> NDArray[np.float32]:
        return np.full(len(candidates), 0.5, np.float32)  # type: ignore[arg-type]


def test_what_people_name_together_is_a_candidate_and_comes_first(tmp_path: Path) -> None:
    embedder = HashingEmbedder()
    films = Embedded(FILMS, embedder, embedder.encode([each.passage for each in FILMS]))
    turn = Turn("7", "quite another thing", frozenset({"film/0"}), ("film/4",))
    films.ask([turn])
    with EventLog(tmp_path / "events.sqlite") as log:
        log.record_all(mentions({f"c{n}": frozenset({"film/0", "film/4"}) for n in range(9)}))
        signals = SignalComputer(log=log)
        assert list(films.linked(signals, ASKED)(turn)) == ["film/4"]
        assert films.whole(Undecided(), signals, ASKED)(turn)[0] == "film/4"
        assert films.whole(Undecided(), signals, ASKED, "popularity")(turn)[0] == "film/4"


def test_failures_tell_where_the_target_was_and_what_came_first() -> None:
    turns = [Turn("7", "x", frozenset(), ("film/2",)), Turn("8", "y", frozenset(), ("film/9", "film/5"))]
    listed = [each.id for each in FILMS]
    found = failures(lambda turn: listed, turns, most=5, after=3)
    assert found == [Failure("8", "y", "film/5", 6, ("film/0", "film/1", "film/2"))]


def test_requests_of_one_moment_are_one_turn() -> None:
    asked = [
        Request(
            "x",
            "inspired/1",
            "redial",
            each,
            frozenset({each}),
            excluded=frozenset({"film/0"}),
            synthetic=False,
        )
        for each in ("film/1", "film/2")
    ]
    assert turns_of(asked) == [Turn("inspired/1", "x", frozenset({"film/0"}), ("film/1", "film/2"))]
