"""What an item's fields bear out when a catalogue words it otherwise than the user."""

from __future__ import annotations

from typing import Any

import pytest

from schema import Item
from timeliness.matching import proves, support
from timeliness.meanings import load_meanings


def item(name: str, **fields: Any) -> Item:
    return Item.model_validate({"id": name, "domain": "video", "title": name, **fields})


@pytest.mark.parametrize(
    ("wish", "fields", "borne_out"),
    [
        ("kids", {"categories": ["animation"], "attributes": {"rating": "PG"}}, True),
        ("kids", {"categories": ["comedy"], "attributes": {"rating": "G"}}, True),
        ("kids", {"title": "Kid Gorgeous", "categories": ["stand-up"]}, False),
        ("kids", {"categories": ["animation"], "attributes": {"rating": "R"}}, False),
        ("kids", {"attributes": {"features": ("from 8 years",)}}, True),
        ("family", {"categories": ["family"], "attributes": {"rating": "PG-13"}}, True),
        ("instrumental", {"categories": ["piano"], "attributes": {"instruments": ("piano",)}}, True),
        ("instrumental", {"categories": ["piano"], "attributes": {"instruments": ("piano", "voice")}}, False),
        ("singing", {"categories": ["choral"]}, True),
        ("sports", {"categories": ["motor racing"]}, True),
        ("waterproof", {"attributes": {"features": ("IPX7",)}}, True),
        ("waterproof", {"text": "Splashes do it no harm."}, False),
        ("lights", {"categories": ["light strip"]}, True),
        ("jazz", {"categories": ["jazz"]}, True),
    ],
)
def test_fields_that_mean_the_wish_bear_it_out(wish: str, fields: dict[str, Any], borne_out: bool) -> None:
    assert (support(wish, item("it", **fields)) is not None) is borne_out


@pytest.mark.parametrize(
    ("text", "proven"),
    [
        ("A waterproof watch.", True),
        ("It is not waterproof.", False),
        ("It isn't waterproof. A waterproof case is sold apart.", False),
        ("Made without glue; waterproof.", False),
    ],
)
def test_description_that_denies_a_demand_is_no_proof(text: str, proven: bool) -> None:
    assert proves("waterproof", item("it", text=text)) is proven


def test_each_meaning_says_something() -> None:
    for name, meaning in load_meanings().items():
        assert meaning.said or meaning.against, name
        assert not meaning.by_fields or meaning.fields, name
