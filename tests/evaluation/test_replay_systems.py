from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from evaluation.replay.baselines import (
    CircularBuffer,
    ClickRate,
    DecayedPopularity,
    MostRecent,
    PopularInWindow,
)
from evaluation.replay.choice import fit, gather
from evaluation.replay.co_visits import CoVisits
from evaluation.replay.content import Bm25, HistoryLikeness
from evaluation.replay.signals import Bursts, Calibration, Fused, SignalTable
from evaluation.replay.stream import DAY, Arrival, Deed, Kind, Question
from evaluation.replay.vectors import embed
from schema import Demand, Event, Feedback, Item
from tests.evaluation.tiny_stream import item
from tests.vectorstore.hashing_embedder import HashingEmbedder
from timeliness.rises import rise_of
from timeliness.signals.computer import SignalComputer
from timeliness.signals.popularity import Popularity
from timeliness.signals.weights import load_weights
from timeliness.together import Together
from timeliness.visits import Visits


def asked(at: float, known: int = 3, **fields: object) -> Question:
    return Question(at=at, user="u", known=known, **fields)  # type: ignore[arg-type]


def test_the_buffer_holds_the_last_clicks_and_forgets_the_oldest() -> None:
    buffer = CircularBuffer(2)
    for at, row in enumerate([0, 1, 2]):
        buffer.observe(Deed(float(at), row, "u", "click"))
    assert buffer.score(asked(9.0, 4)).tolist() == [-np.inf, 0.0, 1.0, -np.inf]
    buffer.observe(Deed(3.0, 0, "u", "shown"))
    buffer.observe(Deed(4.0, 1, "u", "click"))
    assert buffer.score(asked(9.0, 4)).tolist() == [-np.inf, 1.0, 0.0, -np.inf]


def test_a_window_lets_go_of_what_is_older() -> None:
    window = PopularInWindow(3, 10.0)
    for at, row in ((0.0, 0), (5.0, 0), (9.0, 1)):
        window.observe(Deed(at, row, "u", "click"))
    assert window.score(asked(9.5)).tolist() == [2.0, 1.0, 0.0]
    assert window.score(asked(15.0)).tolist() == [0.0, 1.0, 0.0]


def test_decayed_clicks_halve_however_long_the_stream_runs() -> None:
    decayed = DecayedPopularity(3, 10.0)
    decayed.observe(Deed(0.0, 0, "u", "click"))
    assert decayed.score(asked(20.0))[0] == pytest.approx(0.25)
    decayed.observe(Deed(1e6, 1, "u", "click"))
    assert decayed.score(asked(1e6 + 10.0)).tolist() == pytest.approx([0.0, 0.5, 0.0])


def test_the_click_rate_counts_offers_against_an_item() -> None:
    rate = ClickRate(3, DAY)
    for kind, row in (("click", 0), ("shown", 1), ("shown", 1), ("click", 1)):
        rate.observe(Deed(0.0, row, "u", kind))  # type: ignore[arg-type]
    scores = rate.score(asked(1.0))
    assert scores[0] > scores[2] > scores[1]


def test_the_latest_arrival_comes_first() -> None:
    recent = MostRecent(3)
    for row in range(3):
        recent.arrive(Arrival(float(row), row, item(str(row))))
    assert recent.score(asked(9.0)).argmax() == 2


def test_bm25_finds_what_the_history_is_about(tmp_path: Path) -> None:
    system = Bm25(tmp_path / "words.sqlite")
    for row, title in enumerate(["storm over Athens", "football in Leeds", "Athens braces for a storm"]):
        system.arrive(Arrival(0.0, row, item(f"n{row}").model_copy(update={"title": title})))
    scores = system.score(asked(1.0, history=(0,)))
    assert scores[2] > 0
    assert scores[1] == -np.inf
    assert not np.isfinite(system.score(asked(1.0))).any()


@pytest.fixture
def events() -> Iterator[list[Deed]]:
    """Two months of irregular attention, some users coming back."""
    rng = np.random.default_rng(3)
    times = np.sort(rng.uniform(0, 60 * DAY, 600))
    yield [
        Deed(float(at), int(rng.integers(0, 6)), f"u{number}", "click") for number, at in enumerate(times)
    ] + [Deed(61 * DAY + place, 2, f"w{place}", "click") for place in range(40)]


def test_trend_by_rows_is_that_of_the_product(events: list[Deed]) -> None:
    half_life = load_weights().of("video").half_life.trend
    rows, visits = Bursts(6, half_life.total_seconds()), defaultdict[int, Visits](Visits)
    compared = 0
    for place, deed in enumerate(events):
        rows.observe(deed)
        visits[deed.row].add(deed.user, str(deed.row), deed.at)
        if place % 50 == 49 or place == len(events) - 1:
            look = half_life.total_seconds() / 12
            at = (deed.at // look + 1) * look
            found = [rise_of(visits[row], datetime.fromtimestamp(at, UTC), half_life) for row in range(6)]
            assert rows.values(at, 6).tolist() == [each.strength if each else 0.0 for each in found]
            compared += sum(each is not None for each in found)
    assert compared > 0


def test_affinity_by_rows_is_that_of_the_product() -> None:
    rng = np.random.default_rng(9)
    rows, product = CoVisits(120), Together()
    for at in range(2500):
        row, user = int(rng.integers(0, 120) * rng.random()), f"u{rng.integers(0, 25)}"
        kind: Kind = "dislike" if rng.random() < 0.1 else "like"
        deed = Deed(float(at), row, user, kind)
        rows.observe(deed)
        rows.observe(deed)  # as two tables that share it hand it over
        product.observe(
            Event(item_id=str(row), kind=kind, user=user, at=datetime.fromtimestamp(float(at), UTC))
        )
    question = asked(3000.0, 120, history=(7, 3, 119, 7))
    links = product.links(["7", "3", "119"], datetime.fromtimestamp(3000.0, UTC))
    expected = [links.strengths.get(str(row), 0.0) for row in range(120)]
    assert rows.values(question) == pytest.approx(expected)
    assert max(expected) > 0.5
    assert not rows.values(asked(3001.0, 120)).any()


def test_the_other_signals_over_arrays_are_those_of_the_product(tmp_path: Path) -> None:
    weights = load_weights()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    items = [
        item(str(row), (start + timedelta(hours=row)).timestamp(), categories=kinds)
        for row, kinds in enumerate([("war", "drama"), ("war",), ("farce",), (), ("drama", "noir")])
    ]
    table, question = made(items, tmp_path), Question((start + timedelta(days=2)).timestamp(), "u", 5)
    deeds = [Deed((start + timedelta(hours=6)).timestamp(), 0, "u", "like")]
    deeds += [Deed((start + timedelta(hours=7)).timestamp(), 2, "u", "dislike")]
    deeds += [Deed((start + timedelta(hours=8)).timestamp(), 1, f"v{n}", "click") for n in range(4)]
    popularity = Popularity()
    for deed in deeds:
        table.observe(deed)
        popularity.observe(
            Event(
                item_id=str(deed.row),
                kind=deed.kind,
                user=deed.user,
                at=datetime.fromtimestamp(deed.at, UTC),
            )
        )
    verdicts = [
        (
            items[deed.row],
            Feedback(
                session="s",
                item_id=str(deed.row),
                verdict=deed.kind,
                at=datetime.fromtimestamp(deed.at, UTC),
            ),
        )
        for deed in deeds[:2]
    ]
    user, now = SignalComputer(weights).for_user(verdicts), datetime.fromtimestamp(question.at, UTC)
    computed = [user.compute(each, Demand(text="t"), now) for each in items]
    freshness = table.freshness(question, weights.of("news").half_life.freshness.total_seconds())
    assert freshness == pytest.approx([each.freshness for each in computed])
    assert table.popularities[weights.of("news").half_life.popularity.total_seconds()].values(
        question.at, 5
    ) == pytest.approx([popularity.value(each, Demand(text="t"), now) for each in items])
    # What is disliked itself falls much deeper there; here it is seen, so never offered again.
    others = [0, 1, 3, 4]
    taste = weights.of("news").relatives * table.taste(question)
    assert taste[others] == pytest.approx([computed[row].taste for row in others])


def made(items: list[Item], folder: Path) -> SignalTable:
    embedder = HashingEmbedder()
    likeness = HistoryLikeness(len(items), embed(items, embedder, folder))
    co_visits = CoVisits(len(items))
    weights = load_weights().of("news")
    trend, popularity = weights.half_life.trend.total_seconds(), weights.half_life.popularity.total_seconds()
    table = SignalTable(len(items), "news", weights, likeness, co_visits, [trend], [popularity])
    for row, each in enumerate(items):
        table.arrive(Arrival(0.0, row, each))
    return table


def test_the_sum_is_that_of_its_signals(tmp_path: Path) -> None:
    table = made([item("war news", 0.0), item("war again", DAY), item("sports", None)], tmp_path)
    weights = load_weights().effective("news", Demand(text=""))
    fused = Fused("Kairos", table, Calibration(4.0, -1.0, 0.1), weights, 2.0)
    question = asked(2 * DAY, history=(0,))
    signals = fused.signals(question)
    assert fused.score(question) == pytest.approx(sum(weights[name] * signals[name] for name in signals))
    assert signals["freshness"][1] > signals["freshness"][0] > signals["freshness"][2] == 0.0
    assert signals["relevance"][1] > signals["relevance"][2]


def test_vectors_are_made_once(tmp_path: Path) -> None:
    items = [item("a"), item("b")]
    made_now: list[int] = []
    first = embed(items, HashingEmbedder(), tmp_path, made_now.append)
    second = embed(items, HashingEmbedder(), tmp_path, made_now.append)
    assert made_now == [2]
    assert (first.of(items[1]) == second.of(items[1])).all()


def test_the_fit_finds_the_weights_by_which_choices_were_made() -> None:
    rng, weights = np.random.default_rng(5), np.array([3.0, 0.0, 1.0])
    lists = []
    for _ in range(3000):
        signals = rng.random((20, 3))
        chosen = int(np.argmax(signals @ weights + rng.gumbel(size=20)))
        lists.append(np.concatenate([signals[chosen : chosen + 1], np.delete(signals, chosen, axis=0)]))
    choices = gather(lists)
    found = fit(choices)
    assert found == pytest.approx(weights, abs=0.25)
    assert choices.log_likelihood(found) > choices.log_likelihood(np.zeros(3))
    assert choices.chances(found)[:20].sum() == pytest.approx(1.0)
