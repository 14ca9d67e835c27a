"""The commands that answer, over a home that the first of them filled with the bundled catalogue."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from schema import Candidate, Demand, Item, Reply
from tests.commands.command_line import Done, kairos, one_line_error
from timeliness.validity import is_valid
from vectorstore.reports import CatalogueStats
from wiring import BUNDLED

EVENING = "2026-11-25T19:00:00+00:00"
REQUEST = "something light and funny for tonight, under 100 minutes, no horror"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("commands") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> Done:
    """The first question ever, on an empty home."""
    return kairos("ask", REQUEST, "--now", EVENING, "--k", "4", "--session", "one", "--json", home=home)


def reply_of(done: Done) -> Reply:
    assert done.code == 0, done.err
    return Reply.model_validate_json(done.out)


def test_first_question_loads_the_bundled_catalogue_and_keeps_its_conditions(first: Done, home: Path) -> None:
    reply = reply_of(first)
    assert "bundled catalogue" in first.err, "progress is on stderr"
    now = datetime.fromisoformat(EVENING)
    assert (reply.session, reply.now, len(reply.recommendations)) == ("one", now, 4)
    assert not reply.degraded
    for each in reply.recommendations:
        assert each.item.duration_minutes and each.item.duration_minutes <= 100
        assert is_valid(each.item, now)
        assert not any("horror" in category.casefold() for category in each.item.categories)
        assert each.item.title in reply.text
    lines = sum(len(path.read_text().splitlines()) for path in BUNDLED.glob("*.jsonl"))
    done = kairos("catalogue", "stats", "--json", home=home)
    assert CatalogueStats.model_validate_json(done.out).items == lines


def test_conversation_goes_on_in_another_process(first: Done, home: Path) -> None:
    second = reply_of(first).recommendations[1].item
    done = kairos("ask", "why the second?", "--session", "one", "--now", EVENING, "--json", home=home)
    reply = reply_of(done)
    assert reply.demand and reply.demand.intent == "explain"
    assert second.title in reply.text
    assert "bundled" not in done.err, "the catalogue is loaded once"


def test_answer_for_people_keeps_domain_and_time(first: Done, home: Path) -> None:
    assert first.code == 0
    asked = ("ask", "calm piano for reading", "--domain", "music", "--k", "3", "--session", "two")
    done = kairos(*asked, "--now", "2026-11-25T19:00:00", home=home, timezone="Europe/Athens")
    assert done.code == 0, done.err
    assert "2026-11-25T19:00+02:00" in done.out, "a time without a zone is meant in the configured one"
    titles = [json.loads(line)["title"] for line in (BUNDLED / "music.jsonl").open()]
    assert sum(title in done.out for title in titles) >= 3


def test_chat_answers_line_by_line_until_an_empty_one(first: Done, home: Path) -> None:
    assert first.code == 0
    given = "a short funny film\nnot that one\n\n"
    done = kairos("chat", "--now", EVENING, "--session", "three", home=home, given=given)
    assert done.code == 0, done.err
    assert done.out.count("you> ") == 3
    titles = {json.loads(line)["title"] for line in (BUNDLED / "video.jsonl").open()}
    answers = done.out.split("you> ")[1:3]
    assert all(any(title in each for title in titles) for each in answers)


def test_parse_prints_the_demand(home: Path) -> None:
    done = kairos("parse", REQUEST, "--now", EVENING, "--json", home=home)
    assert done.code == 0, done.err
    demand = Demand.model_validate_json(done.out)
    assert demand.limits.max_minutes == 100
    assert any(each.hard and each.polarity < 0 and "horror" in each.text for each in demand.interests)
    evening = datetime.fromisoformat("2026-11-25T20:00:00+00:00")
    assert any(
        each.start and each.end and each.start <= evening < each.end
        for each in demand.times
        if each.role == "use"
    )


def test_parse_reads_what_came_before(home: Path, tmp_path: Path) -> None:
    turns = [{"role": "user", "text": "headphones under 300 dollars"}, {"role": "assistant", "text": "Here."}]
    history = tmp_path / "history.json"
    history.write_text(json.dumps(turns))
    asked = ("parse", "wireless ones", "--history", str(history), "--now", EVENING, "--json")
    demand = Demand.model_validate_json(kairos(*asked, home=home).out)
    assert demand.limits.max_price == 300
    assert "headphones" in demand.query


def test_doctor_finds_every_part_working(first: Done, home: Path) -> None:
    assert first.code == 0
    done = kairos("doctor", "--json", home=home)
    assert done.code == 0, done.out
    said = json.loads(done.out)
    assert all(each["ok"] for each in said["checks"])
    assert said["settings"]["home"] == str(home)


def test_catalogue_is_searched_shown_and_deleted_from(first: Done, home: Path) -> None:
    assert first.code == 0
    asked = ("catalogue", "search", "calm piano", "--k", "3", "--domain", "music", "--json")
    found = [Candidate.model_validate(each) for each in json.loads(kairos(*asked, home=home).out)]
    assert [each.rank for each in found] == [1, 2, 3]
    assert all(each.item.domain == "music" for each in found)
    item_id = found[0].item.id
    shown = Item.model_validate_json(kairos("catalogue", "show", item_id, "--json", home=home).out)
    assert shown == found[0].item
    assert json.loads(kairos("catalogue", "delete", item_id, "--json", home=home).out) == {"deleted": item_id}
    assert item_id in one_line_error(kairos("catalogue", "show", item_id, home=home))


def test_tools_are_listed(first: Done, home: Path) -> None:
    assert first.code == 0
    done = kairos("tools", "--json", home=home)
    assert done.code == 0, done.err
    listed = {each["tool"]: each for each in json.loads(done.out)}
    assert {"retrieve", "score", "current_time"} <= set(listed)
    assert listed["current_time"]["examples"] and listed["current_time"]["for"]


def test_ingested_file_is_in_the_answer_of_the_very_next_question(
    first: Done, home: Path, tmp_path: Path
) -> None:
    assert first.code == 0
    shop = tmp_path / "shop.csv"
    shop.write_text(
        "sku;name;about;cost\n"
        "1;Kayak paddle Otter;A light carbon paddle for sea kayaks [bold]<b>now</b>[/bold];89,90\n"
        "2;;nameless;5,00\n"
    )
    mapping = tmp_path / "shop.toml"
    mapping.write_text(
        '[fields]\nid = "shop/{sku}"\ntitle = "{name}"\ntext = "{about}"\ncurrency = "EUR"\n'
        'price = { from = "cost", decimal = ",", type = "float" }\n'
    )
    done = kairos("ingest", str(shop), "--domain", "shopping", "--map", str(mapping), "--json", home=home)
    assert done.code == 0, done.err
    report = json.loads(done.out)[0]
    assert (report["rows"], report["added"], report["rejected"]) == (2, 1, 1)
    assert json.loads((home / "rejects" / "shop.jsonl").read_text())["line"] == 3
    done = kairos("ask", "a paddle for my sea kayak", "--now", EVENING, "--session", "four", home=home)
    assert "Kayak paddle Otter" in done.out
