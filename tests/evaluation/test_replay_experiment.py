"""The whole experiment on small files of the shape of the public ones."""

import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from errors import SourceError
from evaluation.replay import mind, movielens
from evaluation.replay.experiment import Experiment, run
from evaluation.replay.plot import write_chart
from evaluation.replay.report import describe_fit, over_time, tables
from evaluation.replay.stream import Stream
from tests.vectorstore.hashing_embedder import HashingEmbedder
from timeliness.signals.weights import load_weights

START = datetime(2019, 11, 9, tzinfo=UTC)
TOPICS = ("storm", "football", "election", "recipe")


def write(path: Path, rows: Sequence[Mapping[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """News that comes out every hour and is clicked while it is new; films liked by their newness."""
    folder, rng = tmp_path_factory.mktemp("data"), np.random.default_rng(7)
    news = [f"N{n}" for n in range(144)]
    write(
        folder / "mind_sample" / "news.jsonl.gz",
        [
            {"news_id": each, "category": TOPICS[n % 4], "subcategory": "s", "title": f"{TOPICS[n % 4]} {each}", "abstract": ""}
            for n, each in enumerate([*news, "H1"]) if n % 2 or each == "H1"
        ],
    )  # fmt: skip
    impressions = []
    for n in range(420):
        hours = n / 3
        there = int(hours) + 1
        shown = sorted({max(there - 1 - int(rng.exponential(12)), 0) for _ in range(8)})
        clicked = shown[-1] if rng.random() < 0.8 else shown[0]
        at = START + timedelta(hours=hours)
        impressions.append(
            {
                "impression_id": str(n),
                "user_id": f"U{n % 40}",
                "time": f"{at.month}/{at.day}/{at.year} {at:%I:%M:%S %p}",
                "history": f"H{n % 40} H{n % 7} N4",
                "impressions": " ".join(f"N{each}-{int(each == clicked)}" for each in shown),
            }
        )
    rng.shuffle(impressions)
    write(folder / "mind_sample" / "behaviors.jsonl.gz", impressions)
    films = [
        {"movieId": str(n), "title": f"Film {n}, The ({1990 + n % 25})", "genres": ("Drama", "War|Drama")[n % 2]}
        for n in range(120)
    ]  # fmt: skip
    ratings = []
    for user in range(30):
        begun = datetime(1997, 1, 1, tzinfo=UTC) + timedelta(days=230 * user)
        for n in range(25):
            at = begun + timedelta(days=3 * n)
            film = int(rng.integers(0, 120))
            ratings.append(
                {"userId": str(user), "movieId": str(film), "rating": str(rng.choice([2.0, 3.5, 4.0, 5.0])), "timestamp": str(int(at.timestamp()))}
            )  # fmt: skip
    write(folder / "movielens_small" / "movies.jsonl.gz", films)
    write(folder / "movielens_small" / "ratings.jsonl.gz", ratings)
    return folder


def ran(name: str, data: Path, home: Path, seed: int = 0) -> Experiment:
    return run(name, data, home=home, open_embedder=HashingEmbedder, weights=load_weights(), seed=seed)


@pytest.fixture(scope="module")
def news(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Experiment:
    return ran("mind", data, tmp_path_factory.mktemp("home"))


def test_the_fit_finds_that_the_new_is_clicked_and_the_later_part_bears_it_out(news: Experiment) -> None:
    by_task = {each.task: each for each in news.fitted}
    assert by_task["list"].weights["freshness"] > 1.0
    assert by_task["list"].gains["freshness"] > 0.05
    assert mean(news, "most recent") > 0.7
    assert mean(news, "Kairos") > mean(news, "without freshness")


def mean(found: Experiment, system: str, metric: str = "list_auc") -> float:
    value = found.table[system][metric]
    assert isinstance(value, float)
    return value


def test_every_system_is_held_to_the_same_requests_and_offers_nothing_that_is_not_there(
    news: Experiment,
) -> None:
    assert {row["n"] for row in news.table.values()} == {float(len(late(news)))}
    assert {row["invalid"] for row in news.table.values()} == {0.0}
    for system, row in news.table.items():
        interval = row["list_auc_interval"]
        assert isinstance(interval, list)
        assert interval[0] <= mean(news, system) <= interval[1]


def late(found: Experiment) -> set[tuple[str, float]]:
    return {(each.user, each.at) for each in found.stream.requests if each.at >= found.stream.calendar.split}


def test_films_are_replayed_and_the_same_seed_gives_the_same(data: Path, tmp_path: Path) -> None:
    first, again = ran("movielens", data, tmp_path), ran("movielens", data, tmp_path)
    assert first.table == again.table
    assert mean(first, "Kairos", "recall@50") > 0
    assert "list_auc" not in first.table["Kairos"]


def test_tables_fits_and_plots_can_be_read(news: Experiment, tmp_path: Path) -> None:
    assert "Kairos" in tables(news.table, ("list_auc", "ndcg@10"))
    assert "half-life of freshness" in describe_fit(news.fitted[0])
    lines = over_time(news.outcome, ("Kairos", "most recent"), "list_auc", news.stream)
    write_chart(tmp_path / "plots" / "auc.svg", "AUC & time", lines)
    drawn = (tmp_path / "plots" / "auc.svg").read_text(encoding="utf-8")
    assert drawn.count("<polyline") == 2
    assert "AUC &amp; time" in drawn


def test_a_film_comes_out_in_its_year_and_never_after_its_first_rating(data: Path) -> None:
    stream = movielens.load(data)
    for arrival in stream.arrivals:
        assert arrival.item.title.startswith("The Film")
        assert arrival.item.published_at is not None
        assert arrival.item.published_at.timestamp() <= arrival.at


def test_news_of_histories_has_no_date_and_arrives_early_only_if_it_is_described(data: Path) -> None:
    stream = mind.load(data)
    arrivals = {each.item.id: each for each in stream.arrivals}
    assert arrivals["H1"].at == stream.requests[0].at - 1
    assert arrivals["H1"].item.published_at is None
    assert "H2" not in arrivals
    assert arrivals["N4"].item.published_at is None
    assert arrivals["N4"].at > arrivals["N5"].at - 3 * 3600
    assert arrivals["N6"].item.published_at is not None


@pytest.mark.parametrize("load", [mind.load, movielens.load])
def test_missing_or_wrong_data_are_named(load: Callable[[Path], Stream], tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"mind_sample|movielens_small"):
        load(tmp_path)
    for path in ("mind_sample/news", "mind_sample/behaviors", "movielens_small/ratings"):
        write(tmp_path / f"{path}.jsonl.gz", [{"something": "else"}])
    with pytest.raises(SourceError, match="not M"):
        load(tmp_path)


def test_requests_out_of_order_are_refused(data: Path) -> None:
    stream = movielens.load(data)
    with pytest.raises(SourceError, match="order"):
        replace(stream, requests=list(reversed(stream.requests)))
