"""Reasons are made of evidence: what has none is not said."""

from datetime import UTC, datetime, timedelta

import pytest

from agent.compose import conditions, recommendation_text
from agent.justify import reasons
from agent.reword import supported
from schema import (
    Demand,
    Evidence,
    Interest,
    Item,
    Limits,
    Reason,
    Recommendation,
    ScoredItem,
    Signals,
    TimeDemand,
)
from timeliness.matching import support
from timeliness.signals.computer import SignalComputer

FILM = Item(
    id="video/airplane",
    domain="video",
    title="Airplane!",
    text="A spoof of disaster films. Light and silly from the first minute.",
    categories=("comedy", "parody"),
    creators=("Jim Abrahams",),
    attributes={"mood": ("light", "funny"), "year": 1980},
    duration_minutes=88,
)


def scored(item: Item = FILM, **contributions: float) -> ScoredItem:
    return ScoredItem(
        item=item, score=1, signals=Signals(), contributions={"relevance": 0.5, **contributions}
    )


def test_wishes_and_limits_are_backed_by_the_items_fields() -> None:
    demand = Demand(
        text="x",
        interests=(Interest(text="funny"), Interest(text="horror", polarity=-1), Interest(text="dragons")),
        limits=Limits(max_minutes=100),
    )
    found = reasons(scored(), demand)
    evidence = [each for reason in found for each in reason.evidence]
    assert Evidence(kind="item", name="mood", value="funny") in evidence
    assert Evidence(kind="item", name="length", value="88") in evidence
    said = " ".join(each.text for each in found)
    assert "dragons" not in said and "horror" not in said
    assert "88 minutes" in said and "100" in said


def test_item_that_bears_out_nothing_gets_only_what_it_is() -> None:
    found = reasons(scored(), Demand(text="x", interests=(Interest(text="dragons"),)))
    assert [each.text for each in found] == ["comedy, parody by Jim Abrahams"]


def test_signal_that_did_not_raise_the_score_is_not_claimed() -> None:
    moment = (
        Evidence(kind="signal", name="urgency", value="ends tonight"),
        Evidence(kind="signal", name="freshness", value="published 2 hours ago"),
    )
    found = reasons(scored(urgency=0.2).model_copy(update={"evidence": moment}), Demand(text="x"))
    assert [each.text for each in found] == ["ends tonight"]


def test_never_more_than_three_reasons() -> None:
    demand = Demand(
        text="x",
        interests=(Interest(text="funny"),),
        limits=Limits(max_minutes=100, min_minutes=60, languages=("en",)),
    )
    assert len(reasons(scored(), demand)) == 3


def test_year_known_alone_backs_a_decade_but_no_month() -> None:
    eighties = TimeDemand(
        phrase="the 80s",
        role="publication",
        start=datetime(1980, 1, 1, tzinfo=UTC),
        end=datetime(1990, 1, 1, tzinfo=UTC),
    )
    found = reasons(scored(), Demand(text="x", times=(eighties,)))
    assert "1980" in found[0].text
    july = eighties.model_copy(update={"start": datetime(1980, 7, 1, tzinfo=UTC), "phrase": "July 1980"})
    assert "July" not in reasons(scored(), Demand(text="x", times=(july,)))[0].text


@pytest.mark.parametrize(
    ("item", "days", "said"),
    [
        (FILM, 1.5, "leaves on Friday, 27 Nov"),
        (FILM, 20, "leaves on 15 Dec"),
        (FILM.model_copy(update={"domain": "shopping"}), 0.1, "ends today at 17:24"),
    ],
)
def test_what_is_asked_by_its_end_says_it_however_little_it_counted(
    item: Item, days: float, said: str
) -> None:
    now = datetime(2026, 11, 25, 15, tzinfo=UTC)
    item = item.model_copy(update={"valid_until": now + timedelta(days=days)})
    asked = Demand(
        text="x",
        times=(TimeDemand(phrase="leaving before Christmas", role="end", end=now + timedelta(days=30)),),
    )
    evidence = tuple(SignalComputer().evidence(item, asked, now))
    found = reasons(scored(item).model_copy(update={"evidence": evidence}), asked)
    assert [each.text for each in found] == [said]
    assert conditions(asked) == " (leaving before Christmas)"


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ("comedies", "category"),
        ("Jim Abrahams", "maker"),
        ("silly", "description"),
        ("air", None),
        ("", None),
    ],
)
def test_support_takes_whole_words_from_the_most_telling_field(wish: str, field: str | None) -> None:
    found = support(wish, FILM)
    assert (found.name if found else None) == field


REASON = Reason(
    text="$149.99, under your $200",
    evidence=(
        Evidence(kind="item", name="price", value="$149.99"),
        Evidence(kind="demand", name="price", value="$200"),
    ),
)


@pytest.mark.parametrize(
    ("text", "true"),
    [
        ("At $149.99 it keeps within your $200", True),
        ("At $129.99 it is under your $200", False),
        ("Award-winning and only $149.99", False),
        ("It ends tonight, at $149.99", False),
    ],
)
def test_wording_beyond_the_evidence_is_not_supported(text: str, true: bool) -> None:
    assert supported(text, REASON, "Sony WH-CH720N") is true


def test_answer_names_what_it_kept_to_and_what_gave_way() -> None:
    demand = Demand(
        text="x",
        interests=(Interest(text="horror", polarity=-1, hard=True),),
        times=(
            TimeDemand(phrase="tonight", role="use", start=datetime(2026, 11, 25, 18, tzinfo=UTC)),
            TimeDemand(phrase="this year", role="publication", start=datetime(2026, 1, 1, tzinfo=UTC)),
        ),
        limits=Limits(max_minutes=100, max_price=20, currency="USD"),
    )
    assert conditions(demand) == " (for tonight, from this year, under $20, under 100 minutes, no horror)"
    one = Recommendation(
        item=FILM, score=1, signals=Signals(), contributions={}, reasons=reasons(scored(), demand)
    )
    text = recommendation_text([one], demand, relaxed=["publication"])
    assert text.splitlines()[0].startswith("Nothing that I know of this came out this year")
    assert "1. Airplane! (1980, 88 min): 88 minutes, within your 100" in text
    assert "Nothing in the catalogue fits" in recommendation_text([], demand)
