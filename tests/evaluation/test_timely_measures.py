"""What the benchmark of timely conversation counts: oracle, clock-blind and careless systems, and false reasons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.evaluate import evaluate
from errors import SettingsError
from evaluation.timely.generate import Benchmark, generate
from evaluation.timely.measures import OVERALL, figures, judge, pairs_passed
from evaluation.timely.report import as_json, mistakes, overall_table
from evaluation.timely.run import Result, run
from evaluation.timely.scenario import Scenario
from evaluation.timely.systems.base import Answer
from evaluation.timely.truth import Truth
from evaluation.timely.vectors import KeptVectors
from schema import Evidence, Item, Reason, Recommendation, Signals
from settings import load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder

K = 5


@pytest.fixture(scope="module")
def benchmark() -> Benchmark:
    return generate(load_settings(data=None), 11, 2)


@pytest.fixture(scope="module")
def results(benchmark: Benchmark, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """Plain systems, the oracle, and Kairos whole on a few requests, over a hashing embedder."""
    embedder = KeptVectors(HashingEmbedder(), tmp_path_factory.mktemp("vectors"))
    names = ["oracle", "bm25", "minilm", "minilm-recent", "minilm-open"]
    measured = asyncio.run(run(benchmark, names, lambda: embedder, load_settings(), k=K))
    return {each.system: each for each in measured}


def test_oracle_reaches_everything(results: dict[str, Result]) -> None:
    reached = results["oracle"].figures[OVERALL]
    assert reached["window_satisfaction"].value == 1.0
    assert reached["regret"].value == pytest.approx(0.0)
    assert reached["counterfactual_pass"].value == 1.0
    assert reached["stale_share"].value == reached["not_yet_share"].value == 0.0


@pytest.mark.parametrize("name", ["bm25", "minilm"])
def test_clock_blind_system_passes_no_counterfactual_pair(results: dict[str, Result], name: str) -> None:
    assert results[name].figures[OVERALL]["counterfactual_pass"].value == 0.0


def test_every_measure_has_an_interval_around_it(results: dict[str, Result]) -> None:
    for result in results.values():
        for found in result.figures.values():
            assert all(each.low <= each.value <= each.high for each in found.values())


def test_recent_first_is_measured_against_its_twin(results: dict[str, Result]) -> None:
    assert "evergreen_loss" in results["minilm-recent"].figures[OVERALL]
    assert "evergreen_loss" not in results["minilm"].figures[OVERALL]


def answered(benchmark: Benchmark, scenario: Scenario, ids: Sequence[str]) -> dict[str, float]:
    found = judge(benchmark, benchmark.oracle, Truth(benchmark.world), scenario, Answer(tuple(ids)), K)
    return {name: each.value for name, each in figures([found])[OVERALL].items()}


def in_state(benchmark: Benchmark, scenario: Scenario, state: str) -> list[str]:
    oracle = benchmark.oracle
    return [each.id for each in benchmark.world.items.values() if oracle.state(each, scenario) == state]


def test_expired_and_future_items_are_counted(benchmark: Benchmark) -> None:
    scenario = next(each for each in benchmark.scenarios if each.family == "offers")
    stale, early = in_state(benchmark, scenario, "stale")[:1], in_state(benchmark, scenario, "early")[:2]
    right = benchmark.oracle.ranking(scenario)[:1]
    measured = answered(benchmark, scenario, [*right, *stale, *early])
    assert measured["stale_share"] == 0.25
    assert measured["not_yet_share"] == 0.5
    assert measured["window_satisfaction"] == 0.25
    assert measured["regret"] > 0


def test_no_answer_satisfies_nothing(benchmark: Benchmark) -> None:
    measured = answered(benchmark, benchmark.scenarios[0], [])
    assert measured["window_satisfaction"] == measured["answered"] == 0.0
    assert measured["regret"] == 1.0


def test_the_same_list_at_both_moments_fails_a_pair_though_it_holds_all_right_items(
    benchmark: Benchmark,
) -> None:
    oracle = benchmark.oracle
    both = [each for each in benchmark.scenarios if each.pair == "counterfactual-0"]
    everything = tuple(dict.fromkeys(found for each in both for found in oracle.ranking(each)))
    judged = [judge(benchmark, oracle, Truth(benchmark.world), each, Answer(everything), 50) for each in both]
    assert pairs_passed(judged, oracle, benchmark) == {"counterfactual-0": False}


def recommendation(item: Item, *evidence: Evidence) -> Recommendation:
    reasons = tuple(Reason(text=each.value, evidence=(each,)) for each in evidence)
    return Recommendation(item=item, score=0.0, signals=Signals(), contributions={}, reasons=reasons)


def checked(
    benchmark: Benchmark, scenario: Scenario, item: Item, kind: str, name: str, value: str
) -> bool | None:
    proof = Evidence.model_validate({"kind": kind, "name": name, "value": value})
    return Truth(benchmark.world).claims(scenario, [recommendation(item, proof)])[0].true


def test_true_reasons_are_told_from_false_ones(benchmark: Benchmark) -> None:
    scenario = next(each for each in benchmark.scenarios if each.family == "offers" and each.zone == "UTC")
    item = benchmark.world.items[benchmark.oracle.ranking(scenario)[0]]
    assert item.valid_until is not None
    ends = item.valid_until
    days = (ends.date() - scenario.now.date()).days
    words = (
        f"ends on {ends.day} {ends:%b}"
        if days > 1
        else f"ends {'tomorrow' if days else 'today'} at {ends:%H:%M}"
    )
    assert checked(benchmark, scenario, item, "signal", "urgency", words)
    assert not checked(benchmark, scenario, item, "signal", "urgency", "ends on 31 Feb")
    assert checked(benchmark, scenario, item, "item", "category", item.categories[0])
    assert not checked(benchmark, scenario, item, "item", "category", "submarines")
    assert not checked(benchmark, scenario, item, "signal", "trend", "40 people turned to it in the last day")
    assert not checked(benchmark, scenario, item, "signal", "trend", "everybody loves it")
    assert not checked(benchmark, scenario, item, "demand", "topic", "submarines")


def test_age_and_crowd_of_a_reason_are_worked_out_again(benchmark: Benchmark) -> None:
    scenario = next(each for each in benchmark.scenarios if each.family == "bursts")
    item = benchmark.world.items[benchmark.oracle.ranking(scenario)[0]]
    assert item.published_at is not None
    months = int((scenario.now - item.published_at).days / 30.44)
    years = months // 12
    words = f"{years} year{'s' * (years > 1)}" if years else f"{months} months"
    assert checked(benchmark, scenario, item, "signal", "freshness", f"published {words} ago")
    assert not checked(benchmark, scenario, item, "signal", "freshness", "published 2 hours ago")
    users = {
        each.user for each in benchmark.world.events if each.item_id == item.id and each.at <= scenario.now
    }
    said = f"{len(users)} people have turned to it"
    assert checked(benchmark, scenario, item, "signal", "popularity", said)
    assert not checked(benchmark, scenario, item, "signal", "popularity", "1999 people have turned to it")


def test_days_of_a_season_are_held_against_the_windows_in_both_languages(benchmark: Benchmark) -> None:
    scenario = next(
        each
        for each in benchmark.scenarios
        if each.family in {"lunar", "seasons"} and each.need.used and "today" in each.text
    )
    item = benchmark.world.items[benchmark.oracle.ranking(scenario)[0]]
    held = next(each for each in benchmark.world.windows_of(item) if each.holds(scenario.now))
    assert held.start and held.end
    last = held.end - timedelta(days=1)
    days = f"{held.start.day} {held.start:%b} to {last.day} {last:%b}"
    days_zh = f"{held.start.month}月{held.start.day}日至{last.month}月{last.day}日"
    assert checked(benchmark, scenario, item, "signal", "season", f"in its season, {days}")
    assert checked(benchmark, scenario, item, "signal", "season", f"限时{days_zh}")
    assert not checked(benchmark, scenario, item, "signal", "season", "in its season, 3 to 4 Jun")
    assert not checked(benchmark, scenario, item, "signal", "season", "限时6月3日至6月4日")


def test_kairos_whole_answers_a_small_benchmark(tmp_path: Path) -> None:
    small = generate(load_settings(data=None), 5, 1, ["relative", "corrections"])
    embedder = KeptVectors(HashingEmbedder(), tmp_path)
    found = asyncio.run(run(small, ["kairos"], lambda: embedder, load_settings(), k=3))
    kairos = found[0]
    assert [each.scenario for each in kairos.judged] == list(small.scenarios)
    assert all(each.answer.text for each in kairos.judged)
    assert any(each.claims for each in kairos.judged)
    printed = json.loads(json.dumps(as_json(found, 3)))
    assert set(printed) == {"kairos"} and printed["kairos"]["n"] == 2
    assert overall_table(found, 3).row_count == 1
    assert list(mistakes(kairos, small.oracle, small.world, 2)) is not None


def test_unknown_system_is_named(benchmark: Benchmark) -> None:
    with pytest.raises(SettingsError, match="sundial"):
        asyncio.run(run(benchmark, ["sundial"], HashingEmbedder, load_settings()))


def test_command_prints_only_json_on_stdout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KAIROS_DATA", raising=False)
    said = ["timely", "--seed", "1", "--n", "1", "--system", "oracle", "--system", "bm25", "--json"]
    done = CliRunner().invoke(evaluate, said)
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    assert printed["oracle"]["regret@5"] == 0.0 and printed["bm25"]["counterfactual_pass@5"] == 0.0
    assert "seed 1: 11 requests" in done.stderr


def test_command_names_an_unknown_family(monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(evaluate, ["timely", "--seed", "1", "--family", "sundials"])
    assert isinstance(done.exception, SettingsError) and "sundials" in str(done.exception)


def test_kept_vectors_are_those_of_the_embedder(tmp_path: Path) -> None:
    plain = HashingEmbedder()
    kept = KeptVectors(plain, tmp_path)
    texts = ["a bed", "a chair", "a bed"]
    first = kept.encode(texts)
    embedded = plain.embedded
    assert (kept.encode(texts) == first).all() and plain.embedded == embedded == 2
    assert first == pytest.approx(HashingEmbedder().encode(texts))
    again = KeptVectors(HashingEmbedder(), tmp_path)
    assert (again.encode(["a chair"]) == first[1:2]).all()
