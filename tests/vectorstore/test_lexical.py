"""BM25 over SQLite: what is named is found, whatever the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schema import Item
from vectorstore.lexical import EVERYTHING, LexicalIndex, asked_words

MakeItem = Callable[..., Item]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalIndex]:
    def film(item_id: str, title: str, **fields: object) -> Item:
        return Item.model_validate({"id": item_id, "domain": "video", "title": title, **fields})

    made = LexicalIndex(tmp_path_factory.mktemp("lexical") / "index.sqlite")
    made.apply(
        [
            film("airplane", "Airplane!", text="A crew falls ill.", categories=["comedy"]),
            film("amelie", "Le Fabuleux Destin d'Amélie Poulain", text="A shy waitress helps others."),
            film("earth", "流浪地球", text="The Sun is dying.", language="zh"),
            film("hero", "英雄", language="zh"),
            film("her", "Her", text="A writer and an operating system.", creators=["Spike Jonze"]),
            film("sony", "WH-1000XM5", creators=["Sony"], categories=["headphones"], text="Quiet."),
            film(
                "other",
                "Lounge chair",
                text="Sit and listen to Sony headphones, watch an airplane, think of her.",
            ),
            film(
                "lamp", "Table lamp", attributes={"works_with": ("HomeKit", "Matter"), "cast": ("Tom Hanks",)}
            ),
            film("children", "Children's Stories", text="Stories for the young."),
        ],
        (),
    )
    yield made
    made.close()


def best(index: LexicalIndex, text: str, **named: list[str]) -> list[str]:
    return [each for each, _ in index.match(text, EVERYTHING, 10, **named)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("something like Airplane!", "airplane"),
        ("AIRPLANE", "airplane"),
        ("Sony headphones", "sony"),
        ("a headphone by sony, please", "sony"),
        ("amelie", "amelie"),
        ("AMÉLIE", "amelie"),
        ("Ａｍｅｌｉｅ", "amelie"),
        ("a HomeKit lamp", "lamp"),
        ("with Tom Hanks", "lamp"),
        ("stories for a child", "children"),
        ("想看流浪地球", "earth"),
        ("地球", "earth"),
        ("有没有《英雄》这样的电影", "hero"),
    ],
)
def test_named_things_are_found_first(index: LexicalIndex, text: str, first: str) -> None:
    assert best(index, text)[0] == first


def test_title_of_stop_words_is_found_by_its_name(index: LexicalIndex) -> None:
    assert best(index, "a film like Her", names=["Her"])[0] == "her"
    assert best(index, "Her") == ["her", "other"]


def test_scores_are_positive_and_fall(index: LexicalIndex) -> None:
    scores = [score for _, score in index.match("sony airplane comedy", EVERYTHING, 10)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_conditions_hold_inside_the_search(index: LexicalIndex) -> None:
    assert index.match("airplane", ("id = ?", ["other"]), 10)[0][0] == "other"


def test_chinese_title_is_looked_for_in_the_message(index: LexicalIndex) -> None:
    assert best(index, asked_words("film", "我想看《流浪地球》那样的"))[0] == "earth"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        '"',
        '" OR 1=1; DROP TABLE items; --',
        "title:airplane NOT sony",
        "NEAR(a b, 2) * ^ { } ( ) -- ' \\",
        "AND OR NOT",
        "a\x00b\ud7ff\U0001f600",
        "{title creators} : *",
    ],
)
def test_operators_and_junk_are_only_words(index: LexicalIndex, text: str) -> None:
    index.match(text, EVERYTHING, 5, [text])
    assert index.count() == 9


@given(st.text(max_size=200), st.lists(st.text(max_size=50), max_size=3))
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_safe(index: LexicalIndex, text: str, names: list[str]) -> None:
    index.match(text, EVERYTHING, 5, names)


def test_a_megabyte_is_searched(index: LexicalIndex) -> None:
    assert best(index, "airplane " + "words and more of them " * 50_000)[0] == "airplane"
    assert best(index, "漢" * 1_000_000) == []


def test_failed_write_changes_nothing(tmp_path: Path, make_item: MakeItem) -> None:
    index = LexicalIndex(tmp_path / "index.sqlite")

    def broken() -> Iterator[Item]:
        yield make_item("a")
        raise RuntimeError("source broke")

    with pytest.raises(RuntimeError):
        index.apply(broken(), (), generation=7)
    assert (index.count(), index.generation) == (0, 0)
    index.close()
