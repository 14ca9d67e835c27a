"""The chart parser, and a few readings of the specification's kind."""

from datetime import datetime
from typing import Any

import pytest

from timeliness.expressions import resolve
from timeliness.expressions.chart import Edge, Grammar, as_is

NOW = datetime(2016, 11, 7, 16, 12)  # noqa: DTZ001  # the specification has no zones


def parse(rules: list[tuple[str, Any]], words: str) -> list[Edge]:
    edges = []
    for place, word in enumerate(words.split()):
        edges.append(Edge(word, place, place + 1, word))
        if word.isdigit():
            edges.append(Edge("Number", place, place + 1, int(word)))
    return [edge for start in Grammar(rules).parse(edges, None) for edge in start if edge.category == "Sum"]


def test_rules_build_on_each_other_and_keep_their_spans() -> None:
    rules = [("Sum <- Number", as_is), ("Sum <- Sum plus Number", lambda _, a, b: a + b)]
    found = {(edge.start, edge.end): edge.value for edge in parse(rules, "1 plus 2 plus 3")}
    assert found[0, 5] == 6 and found[2, 5] == 5 and found[4, 5] == 3


def test_what_is_left_out_is_none_and_alternatives_are_one_argument() -> None:
    rules = [("Sum <- Number plus|and Number? end?", lambda _, a, b: (a, b))]
    assert {edge.value for edge in parse(rules, "1 and end")} == {(1, None)}
    assert {edge.value for edge in parse(rules, "1 plus 2")} == {(1, None), (1, 2)}


def test_an_action_refuses_by_none_or_by_an_error_of_the_calendar() -> None:
    def refuse(_: Any, number: int) -> Any:
        raise OverflowError

    assert parse([("Sum <- Number", lambda _, number: None)], "1") == []
    assert parse([("Sum <- Number", refuse)], "1") == []


def test_a_line_that_is_no_rule_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a rule"):
        Grammar([("Sum = Number", as_is)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on Friday", [("date", {"2016-11-04", "2016-11-11"})]),
        ("Feb 29", [("date", {"2016-02-29", "2020-02-29"})]),
        ("feb 30", [("date", {"not resolved"})]),
        ("tomorrow at 3:30", [("datetime", {"2016-11-08 03:30:00", "2016-11-08 15:30:00"})]),
        ("10 past 9", [("time", {"09:10:00", "21:10:00"})]),
        ("12:30 pm", [("time", {"12:30:00"})]),
        ("2019-Q1", [("daterange", {"2019-01-01", "2019-04-01"})]),
        ("first week of 2015", [("daterange", {"2014-12-29", "2015-01-05"})]),
        ("after 2010 and before 2018", [("daterange", {"2011-01-01"}), ("daterange", {"2018-01-01"})]),
        ("5 to seven in the morning", [("timerange", {"05:00:00", "07:00:00"})]),
        ("tonight from 7 to 7:30", [("datetimerange", {"2016-11-07 19:00:00", "2016-11-07 19:30:00"})]),
        ("last week of 2019", [("daterange", {"2019-12-23", "2019-12-30"})]),
        ("every three weeks", [("set", set())]),
        ("for 3 hours", [("duration", set())]),
    ],
)
def test_ambiguous_times_have_every_value(text: str, expected: list[tuple[str, set[str]]]) -> None:
    found = resolve(text, NOW)
    assert [
        (each.type, {value for values in each.values for value in values.values()}) for each in found
    ] == expected


def test_chinese_shares_the_meanings() -> None:
    (english,), (chinese,) = resolve("from March to May 2015", NOW), resolve("2015年3月到5月", NOW, "zh")
    assert english.values == chinese.values
