"""The panel of what was understood: nothing lost, everything escaped, windows where they belong."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from schema import Degradation, Demand, Interest, Limits, Reply, Sentiment, TimeDemand
from ui.panels import limits_in_words, understood_html

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)


def panel(demand: Demand, **reply: object) -> str:
    return understood_html(Reply(session="s", now=NOW, text="", demand=demand, **reply))


def line_of(time: TimeDemand) -> tuple[float, float, float]:
    """Begin and end of the window and the place of now, in per cent."""
    html = panel(Demand(text="x", times=(time,)))
    found = re.search(r'k-window [^"]*" style="left: ([\d.]+)%; width: ([\d.]+)%', html)
    now = re.search(r'k-now" style="left: ([\d.]+)%', html)
    assert found and now
    return float(found[1]), float(found[1]) + float(found[2]), float(now[1])


def test_wishes_limits_mood_and_notes_are_shown() -> None:
    html = panel(
        Demand(
            text="x",
            domains=("smart_home",),
            interests=(Interest(text="funny"), Interest(text="horror", polarity=-1, hard=True)),
            sentiment=Sentiment(label="negative", score=-0.5, mood="tired"),
            limits=Limits(max_price=50, currency="USD", max_minutes=100, on_offer=True),
            notes=("I could not read the second date.",),
        ),
        degraded=(Degradation(part="score", message="The classifier did not answer."),),
        timings={"understand": 12.4, "score": 30},
    )
    for words in (
        *("smart home", "funny", "horror", "tired, negative", "up to $50", "up to 100 min", "on offer"),
        *(
            "I could not read the second date.",
            "The classifier did not answer.",
            "42 ms",
            "Wed 25 Nov 2026, 15:00",
        ),
    ):
        assert words in html
    assert html.index("Not wanted") < html.index("horror")
    assert "a must" in html


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "${1}", "{{ 1 }}"]
)
def test_hostile_words_are_escaped(text: str) -> None:
    html = panel(
        Demand(
            text=text,
            interests=(Interest(text=text),),
            times=(TimeDemand(phrase=text, role="use", start=NOW),),
            sentiment=Sentiment(mood=text),
            parsed_by=text,
            notes=(text,),
        )
    )
    assert "<img" not in html
    assert '" onmouseover="' not in html


def test_now_lies_before_within_and_after_a_window() -> None:
    day = timedelta(days=1)
    begin, end, now = line_of(TimeDemand(phrase="p", role="use", start=NOW + day, end=NOW + 2 * day))
    assert now < begin < end
    begin, end, now = line_of(TimeDemand(phrase="p", role="use", start=NOW - day, end=NOW + day))
    assert begin < now < end
    begin, end, now = line_of(
        TimeDemand(phrase="p", role="publication", start=NOW - 9000 * day, end=NOW - day)
    )
    assert begin < end <= now


def test_an_open_side_runs_to_the_edge() -> None:
    begin, end, now = line_of(TimeDemand(phrase="p", role="publication", end=NOW - timedelta(days=400)))
    assert begin == 0 and end < now
    begin, end, now = line_of(TimeDemand(phrase="p", role="publication", start=NOW - timedelta(days=400)))
    assert begin < now and end == 100


def test_a_wish_for_the_new_has_no_window() -> None:
    html = panel(Demand(text="x", times=(TimeDemand(phrase="latest", role="publication", recency=0.8),)))
    assert "newer is better (80%)" in html
    assert "k-window" not in html


def test_extreme_times_do_not_break_the_line() -> None:
    first, last = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    begin, end, now = line_of(TimeDemand(phrase="ever", role="use", start=first, end=last))
    assert 0 <= begin < now < end <= 100


def test_limits_in_words() -> None:
    limits = Limits(min_price=10, max_minutes=90.5, languages=("en", "fr"), exclude_ids=("a", "b"))
    assert list(limits_in_words(limits).values()) == ["from 10", "up to 90.5 min", "in en, fr", "2 left out"]


def test_an_answer_without_a_demand_shows_nothing() -> None:
    assert understood_html(Reply(session="s", now=NOW, text="hello")) == ""
