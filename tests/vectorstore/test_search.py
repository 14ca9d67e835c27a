"""Search over a real store: by meaning and by words, always under the hard conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schema import Candidate, Demand, Interest, Item, Limits, TimeDemand
from settings import load_settings
from tests.vectorstore.hashing_embedder import HashingEmbedder
from vectorstore import nearest as nearest_module
from vectorstore.catalogue import Catalogue
from vectorstore.embedder import Embedder
from vectorstore.naming import named_items
from vectorstore.search import Search, fused

MakeItem = Callable[..., Item]
OpenCatalogue = Callable[..., Catalogue]
NOW = datetime(2026, 11, 25, 15, tzinfo=UTC)

ITEMS: tuple[dict[str, Any], ...] = (
    {"id": "airplane", "title": "Airplane!", "categories": ["comedy"], "duration_minutes": 88, "language": "en",
     "text": "An ex-pilot must land a plane whose crew fell ill; a barrage of deadpan jokes.", "attributes": {"year": 1980}},
    {"id": "alien", "title": "Alien", "categories": ["horror", "science fiction"], "duration_minutes": 117,
     "text": "A spaceship's crew is hunted by a creature.", "attributes": {"year": 1979}},
    {"id": "shining", "title": "The Shining", "categories": ["horror"], "duration_minutes": 146,
     "text": "A writer loses his mind in an empty hotel in winter.", "attributes": {"year": 1980}},
    {"id": "notting", "title": "Notting Hill", "categories": ["romantic comedy"], "duration_minutes": 124,
     "text": "A bookseller falls in love with a film star.", "published_at": "1999-05-21T00:00:00Z"},
    {"id": "earth", "title": "流浪地球", "categories": ["science fiction"], "language": "zh", "duration_minutes": 125,
     "text": "Engines push the Earth away from a dying Sun.", "published_at": "2019-02-05T00:00:00Z"},
    {"id": "sony", "domain": "shopping", "title": "WH-1000XM5", "creators": ["Sony"], "categories": ["headphones"],
     "text": "Wireless over-ear model that silences trains and planes.", "price": 399.99, "currency": "USD"},
    {"id": "koss", "domain": "shopping", "title": "Porta Pro", "creators": ["Koss"], "categories": ["headphones"],
     "text": "Light on-ear model with a warm sound.", "price": 39.99, "currency": "USD"},
    {"id": "mug", "domain": "shopping", "title": "Stoneware mug", "categories": ["kitchen"], "price": 12, "currency": "USD",
     "text": "For coffee in the morning."},
    {"id": "expired", "domain": "shopping", "title": "Headphones sale", "categories": ["headphones"],
     "text": "All headphones at half price.", "valid_until": "2026-11-20T00:00:00Z"},
    {"id": "friday", "domain": "shopping", "title": "Black Friday headphones deal", "categories": ["headphones"],
     "text": "A day of low prices on headphones.", "valid_from": "2025-11-28T00:00:00Z", "valid_until": "2025-11-29T00:00:00Z",
     "recurrence": "FREQ=YEARLY;BYMONTH=11;BYDAY=4FR"},
)  # fmt: skip


@pytest.fixture(scope="module")
def stocked(minilm: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    catalogue = Catalogue.open(load_settings(home=tmp_path_factory.mktemp("search")), minilm)
    catalogue.add([Item.model_validate({"domain": "video", **fields}) for fields in ITEMS])
    yield catalogue
    catalogue.close()


@pytest.fixture
def ask(stocked: Catalogue) -> Callable[..., list[str]]:
    def ask_(query: str, k: int = 5, now: datetime = NOW, **demand: Any) -> list[str]:
        found = Search(stocked, stocked.embedder)(Demand(text=query, query=query, **demand), now, k)
        assert [each.rank for each in found] == list(range(1, len(found) + 1))
        return [each.item.id for each in found]

    return ask_


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("something like Airplane!", "airplane"),
        ("Sony headphones", "sony"),
        ("a love story with a happy end", "notting"),
        ("monster in space", "alien"),
        ("cup for hot drinks", "mug"),
        ("我想看流浪地球", "earth"),
        ("xm5", "sony"),
    ],
)
def test_what_is_meant_or_named_comes_first(ask: Callable[..., list[str]], query: str, first: str) -> None:
    assert ask(query)[0] == first


def test_title_is_looked_for_in_the_message_when_the_query_is_a_translation(stocked: Catalogue) -> None:
    demand = Demand(text="推荐一部像《流浪地球》的片子", query="film", language="zh")
    found = Search(stocked, stocked.embedder)(demand, NOW, 3)
    assert "earth" in [each.item.id for each in found[:2]]


def test_hard_conditions_hold_for_every_candidate(ask: Callable[..., list[str]]) -> None:
    horror = Interest(text="horror", kind="genre", polarity=-1, hard=True)
    assert set(ask("scary horror film", 10, domains=("video",), interests=(horror,))) == {
        "airplane",
        "notting",
        "earth",
    }
    assert ask("headphones", limits=Limits(max_price=100, currency="USD"))[0] == "koss"
    assert "sony" not in ask("headphones", limits=Limits(max_price=100))
    assert set(ask("film", limits=Limits(max_minutes=120))) == {"airplane", "alien"}
    assert ask("film", limits=Limits(languages=("zh",))) == ["earth"]
    assert "alien" not in ask("monster in space", 10, limits=Limits(exclude_ids=("alien",)))
    assert ask("film", limits=Limits(max_price=1)) == []


def test_publication_window_is_hard_and_knows_years(ask: Callable[..., list[str]]) -> None:
    eighties = TimeDemand(
        phrase="the 80s",
        role="publication",
        start=datetime(1980, 1, 1, tzinfo=UTC),
        end=datetime(1990, 1, 1, tzinfo=UTC),
    )
    assert set(ask("a film", 10, times=(eighties,))) == {"airplane", "shining"}


def test_expired_item_is_never_found_and_a_recurring_one_on_its_day(ask: Callable[..., list[str]]) -> None:
    assert set(ask("headphones sale", 10, domains=("shopping",))) == {"sony", "koss", "mug"}
    friday = datetime(2027, 11, 26, 12, tzinfo=UTC)
    found = ask("Black Friday headphones deal", 10, now=friday, domains=("shopping",))
    assert found[0] == "friday"
    assert "expired" not in found


def test_new_item_is_found_by_the_very_next_query_and_a_deleted_one_no_more(
    stocked: Catalogue, ask: Callable[..., list[str]], make_item: MakeItem
) -> None:
    stocked.add([make_item("dune", "Dune", text="A duke's son on a desert planet.")])
    assert ask("desert planet")[0] == "dune"
    stocked.delete(["dune"])
    assert "dune" not in ask("desert planet", 20)


def test_scores_are_cosine_and_bm25_also_where_only_words_matched(stocked: Catalogue) -> None:
    found = Search(stocked, stocked.embedder)(Demand(text="xm5", query="xm5"), NOW, 8)
    query, stored = stocked.embedder.encode(["xm5"])[0], stocked.vectors([each.item.id for each in found])
    for each in found:
        assert each.dense == pytest.approx(float(stored[each.item.id] @ query), abs=1e-3)
    assert found[0].lexical > 0
    assert found[-1].lexical == 0


@pytest.mark.parametrize(
    "query", ["", "   ", "???", "\x00", "x" * 1_000_000, "<script>alert(1)</script> OR 1=1 --"]
)
def test_any_query_gets_an_answer(ask: Callable[..., list[str]], query: str) -> None:
    assert len(ask(query, 3)) == 3


def test_empty_catalogue_has_no_candidates(open_catalogue: OpenCatalogue) -> None:
    catalogue = open_catalogue()
    assert Search(catalogue, catalogue.embedder)(Demand(text="anything"), NOW, 5) == []


# How many items are compared one by one, and so which way the nearest are found.
WAYS: dict[str, dict[str, float]] = {
    "compared exactly": {"EXACT": 1000},
    "sifted": {"EXACT": -1, "MOST_ASKED": 10**9},
    "sifted, and too few": {"EXACT": -1, "SPARE": 0.5},
}


@pytest.fixture(params=list(WAYS))
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    for name, value in WAYS[request.param].items():
        monkeypatch.setattr(nearest_module, name, value)
    return str(request.param)


def searched(catalogue: Catalogue, k: int, **demand: Any) -> list[Candidate]:
    return Search(catalogue, catalogue.embedder)(Demand(text="word1 word2", **demand), NOW, k)


def test_conditions_that_reject_nearly_all_still_leave_the_few_that_meet_them(
    open_catalogue: OpenCatalogue, make_item: MakeItem, way: str
) -> None:
    catalogue = open_catalogue()
    refused = [make_item(f"i{n}", f"word1 word2 word{n % 50}", categories=["horror"]) for n in range(400)]
    past = [make_item(f"p{n}", "word1 word2", valid_until=NOW - timedelta(days=1)) for n in range(200)]
    catalogue.add(refused + past + [make_item(f"good{n}", f"other{n}") for n in range(3)])
    horror = Interest(text="horror", kind="genre", polarity=-1, hard=True)
    found = searched(catalogue, 5, interests=(horror,))
    assert {each.item.id for each in found} == {"good0", "good1", "good2"}, way


def test_every_way_finds_the_same_best(open_catalogue: OpenCatalogue, make_item: MakeItem, way: str) -> None:
    catalogue = open_catalogue()
    catalogue.add(
        [
            make_item(f"i{n}", f"word{n % 7} word{n % 11} word{n}", domain="video" if n % 3 else "news")
            for n in range(300)
        ]
    )
    found = searched(catalogue, 10, domains=("video",))
    assert len(found) == 10
    assert all(each.item.domain == "video" for each in found)
    query = HashingEmbedder().encode(["word1 word2"])[0]
    video = [f"i{n}" for n in range(300) if n % 3]
    cosines = sorted((float(each @ query) for each in catalogue.vectors(video).values()), reverse=True)
    assert max(each.dense for each in found) == pytest.approx(cosines[0], abs=1e-3), way


def test_fusion_joins_meaning_and_words() -> None:
    assert fused({"a": 0.9, "b": 0.5, "c": 0.1}, {}, 3) == ["a", "b", "c"]
    assert fused({"a": 0.9, "b": 0.8, "c": 0.1}, {"b": 5.0, "c": 1.0}, 3) == ["b", "a", "c"]
    assert fused({"a": 0.9, "b": 0.5, "named": -0.1}, {"named": 9.0}, 2) == ["named", "a", "b"]
    assert fused({"b": 0.2, "a": 0.2}, {}, 2) == ["a", "b"]
    assert fused({}, {}, 0) == []


def test_thing_that_only_words_can_find_is_not_crowded_out(
    open_catalogue: OpenCatalogue, make_item: MakeItem
) -> None:
    catalogue = open_catalogue()
    catalogue.add([make_item(f"i{n}", f"word1 word{n % 5}", text=f"word{n}") for n in range(300)])
    catalogue.add([make_item("named", "Zyzzyva", text="nothing like the others at all " * 5)])
    found = Search(catalogue, catalogue.embedder)(Demand(text="word1 word2 zyzzyva"), NOW, 10)
    assert "named" in [each.item.id for each in found]


@pytest.mark.slow
def test_hundred_thousand_items_are_searched_in_a_moment(
    open_catalogue: OpenCatalogue, make_item: MakeItem, tmp_path: Path
) -> None:
    catalogue = open_catalogue()
    for start in range(0, 100_000, 500):
        catalogue.add(
            [
                make_item(f"i{n}", f"word{n % 97} word{n % 101} word{n}", attributes={"year": 1950 + n % 75})
                for n in range(start, start + 500)
            ]
        )
    one_year = TimeDemand(
        phrase="1999",
        role="publication",
        start=datetime(1999, 1, 1, tzinfo=UTC),
        end=datetime(2000, 1, 1, tzinfo=UTC),
    )
    for demand in ({}, {"times": (one_year,)}, {"limits": Limits(max_price=1)}):
        found = searched(catalogue, 32, **demand)
        assert len(found) == (0 if "limits" in demand else 32)


class TestAlso:
    """Candidates that are named by somebody else than the words."""

    def test_they_come_after_what_was_found_and_once(self, stocked: Catalogue) -> None:
        demand = Demand(text="scary", query="scary film in an empty hotel", domains=("video",))
        search = Search(stocked, stocked.embedder)
        plain = [each.item.id for each in search(demand, NOW, 2)]
        wider = search(demand, NOW, 2, ["notting", plain[0], "nothing-of-the-kind"])
        assert [each.item.id for each in wider] == [*plain, "notting"]
        assert [each.rank for each in wider] == [1, 2, 3]
        assert -1 <= wider[-1].dense < wider[0].dense

    def test_they_meet_the_hard_conditions_too(self, stocked: Catalogue) -> None:
        demand = Demand(
            text="x", query="headphones", domains=("shopping",), limits=Limits(max_price=50, currency="USD")
        )
        found = Search(stocked, stocked.embedder)(
            demand, NOW, 1, ["sony", "expired", "notting", "mug", "koss"]
        )
        assert {each.item.id for each in found} == {"koss", "mug"}


class TestNaming:
    """Which items a demand names."""

    @pytest.mark.parametrize(
        ("name", "polarity", "domains", "named"),
        (
            ("alien", 1.0, (), ["alien"]),
            ("Notting  Hill", 1.0, ("video",), ["notting"]),
            ("alien", -1.0, (), []),
            ("alien", 1.0, ("shopping",), []),
            ("alien covenant", 1.0, (), []),
        ),
    )
    def test_a_title_that_is_spoken_of_with_favour(
        self, stocked: Catalogue, name: str, polarity: float, domains: tuple[Any, ...], named: list[str]
    ) -> None:
        wish = Interest(text=name, kind="item", polarity=polarity)
        demand = Demand(text=f"like {name}", interests=(wish,), domains=domains)
        assert [each.id for each in named_items(stocked, demand)] == named
