from pathlib import Path

import pytest

from errors import SettingsError
from schema import Demand, Interest, Limits, TimeDemand
from timeliness.signals.weights import DEFAULT_FILE, SIGNALS, load_weights


def changed(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "weights.toml"
    text = DEFAULT_FILE.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def published(recency: float) -> TimeDemand:
    return TimeDemand(phrase="p", role="publication", recency=recency)


def test_the_shipped_file_holds_every_signal_of_every_domain() -> None:
    weights = load_weights()
    for domain in weights.domains:
        assert set(weights.effective(domain, Demand(text="t"))) == set(SIGNALS)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("relevance = 2.0", "relevance = -1", "domains.news.relevance.*greater than or equal to 0"),
        ("relevance = 2.0", 'relevance = "much"', "domains.news.relevance.*number"),
        ("relevance = 2.0", "relevance = nan", "domains.news.relevance"),
        ("freshness = 0.2\n", "", "domains.news.freshness.*[Rr]equired"),
        ("freshness = 0.2\n", "freshness = 0.2\nfreshnes = 0.2\n", "domains.news.freshnes"),
        (
            'freshness = "18 hours"',
            'freshness = "36 fortnights"',
            "domains.news.half_life.freshness.*36 fortnights",
        ),
        ('freshness = "18 hours"', 'freshness = "0 hours"', "domains.news.half_life.freshness"),
        ("[domains.news]", "[domains.novels]", "novels"),
        ("temperature = 2.0", "temperature = 0", "temperature"),
        ("temperature = 2.0", "temperature =", "weights.toml"),
        ("words = [", "words = []\nwordy = [", "classic"),
    ],
)
def test_a_mistake_in_the_file_is_named_in_one_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as caught:
        load_weights(changed(tmp_path, old, new))
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere"):
        load_weights(tmp_path / "nowhere.toml")


def test_an_edit_takes_effect(tmp_path: Path) -> None:
    weights = load_weights(changed(tmp_path, "freshness = 0.2", "freshness = 0.75"))
    assert weights.effective("news", Demand(text="t"))["freshness"] == 0.75


def test_recency_raises_freshness_and_its_absence_in_a_demanded_window_lowers_it() -> None:
    weights = load_weights()
    usual = weights.effective("video", Demand(text="t"))["freshness"]
    found = [
        weights.effective("video", Demand(text="t", times=(published(recency),)))["freshness"]
        for recency in (0.0, 0.3, 1.0)
    ]
    assert found[0] < usual < found[1] < found[2]


@pytest.mark.parametrize("text", ["a classic western", "some classics", "经典老片"])
def test_classics_lower_freshness_and_slow_its_fading(text: str) -> None:
    weights, demand = load_weights(), Demand(text=text, query=text)
    assert weights.effective("video", demand)["freshness"] <= 0
    assert weights.pace(demand) > 1


@pytest.mark.parametrize(
    "demand",
    [
        Demand(text="classical music", query="classical music"),
        Demand(text="no classics", query="no classics", interests=(Interest(text="classics", polarity=-1),)),
    ],
)
def test_what_only_sounds_like_a_classic_changes_nothing(demand: Demand) -> None:
    weights = load_weights()
    assert weights.effective("music", demand) == weights.effective("music", Demand(text="t"))


def test_popular_and_niche_pull_popularity_apart() -> None:
    weights = load_weights()
    usual, popular, niche = (
        weights.effective("music", Demand(text="t", interests=interests))["popularity"]
        for interests in ((), (Interest(text="popular"),), (Interest(text="hidden gems"),))
    )
    assert niche < 0 < usual < popular


def test_a_wish_for_what_trends_raises_trend_and_not_freshness() -> None:
    weights = load_weights()
    demand = Demand(text="t", times=(TimeDemand(phrase="at the moment", role="trend"),))
    usual, trending = (weights.effective("news", each) for each in (Demand(text="t"), demand))
    assert trending["trend"] > trending["relevance"] and trending["freshness"] == usual["freshness"]


def test_an_offer_and_what_ends_raise_urgency() -> None:
    weights = load_weights()
    usual = weights.effective("shopping", Demand(text="t"))["urgency"]
    ending = TimeDemand(phrase="leaving soon", role="end")
    assert weights.effective("shopping", Demand(text="t", times=(ending,)))["urgency"] > usual
    assert weights.effective("shopping", Demand(text="t", limits=Limits(on_offer=True)))["urgency"] > usual
