"""Cards as HTML: everything escaped, links of the web only, facts and countdowns that are true."""

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema import Evidence, Item, Reason, Recommendation, Signals
from timeliness.signals.weights import SIGNALS
from ui.cards import PARTS, cards_html
from ui.examples import EXAMPLES, examples_html
from ui.times import remaining, standing, window

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "${alert(1)}",
    "`${process}`",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "'); trigger('like', {}); ('",
]
SAFE_ATTRIBUTES = {
    *("class", "style", "title", "role", "type", "href", "target", "rel", "datetime", "scope", "focusable"),
    *("viewbox", "d", "x", "y", "rx", "cx", "cy", "r", "width", "height", "open"),
}


class Tags(HTMLParser):
    """Collects tags, attributes and text as a browser would see them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def recommended(**fields: Any) -> Recommendation:
    values = {"id": "shopping/x", "domain": "shopping", "title": "A thing", **fields}
    item = Item(**values)
    evidence = (Evidence(kind="item", name="category", value=item.title),)
    return Recommendation(
        item=item,
        score=1.0,
        signals=Signals(),
        contributions={"relevance": 1.2, "season": 0.0, "taste": -0.2},
        reasons=(Reason(text=f"because {item.title}", evidence=evidence),),
    )


def check_markup(html: str) -> Tags:
    page = Tags(html)
    known = {
        "section",
        "ol",
        "li",
        "div",
        "span",
        "h3",
        "a",
        "button",
        "svg",
        "path",
        "circle",
        "rect",
        "p",
        "b",
        "s",
    }
    known |= {"i", "time", "ul", "details", "summary", "table", "caption", "tr", "th", "td"}
    for tag, attributes in page.tags:
        assert tag in known
        for name in attributes:
            assert name in SAFE_ATTRIBUTES or name.startswith(("aria-", "data-")), name
    return page


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_of_an_item_are_shown_and_not_run(text: str) -> None:
    item = recommended(
        id=text, title=text, text=text, creators=(text,), attributes={"kind": text}, categories=(text,)
    )
    page = check_markup(cards_html([item], {text: "like"}, NOW))
    assert text in page.text
    assert page.named("li")[0]["data-item"] == text


@given(st.text(min_size=1, max_size=60).filter(lambda each: each.strip() != ""))
def test_any_title_leaves_the_markup_as_it_is(title: str) -> None:
    plain = [tag for tag, _ in check_markup(cards_html([recommended()], {}, NOW)).tags]
    assert [tag for tag, _ in check_markup(cards_html([recommended(title=title)], {}, NOW)).tags] == plain


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        "//evil.test",
        "http://[",
        "",
    ],
)
def test_an_address_that_is_not_of_the_web_is_no_link(url: str) -> None:
    assert not Tags(cards_html([recommended(url=url)], {}, NOW)).named("a")


def test_a_link_opens_elsewhere_and_tells_nothing() -> None:
    (link,) = Tags(cards_html([recommended(url="https://example.org/a?b=1&c=2")], {}, NOW)).named("a")
    assert link["href"] == "https://example.org/a?b=1&c=2"
    assert link["rel"] == "noopener noreferrer nofollow"


def test_the_verdict_is_a_pressed_button_and_only_that_one() -> None:
    page = Tags(cards_html([recommended()], {"shopping/x": "dislike"}, NOW))
    assert [(each["data-verdict"], each["aria-pressed"]) for each in page.named("button")] == [
        ("like", "false"),
        ("dislike", "true"),
    ]
    assert page.named("button")[0]["aria-label"] == "Like A thing"


def test_the_parts_of_the_score_have_a_legend_and_what_is_nought_has_none() -> None:
    page = Tags(cards_html([recommended()], {}, NOW))
    assert "fits your request" in page.text and "your taste" in page.text
    assert "in season" not in page.text
    bars = [each for each in page.named("span") if "k-part" in (each.get("class") or "")]
    assert [each["title"] for each in bars] == ["fits your request +1.20"], "a minus is no part of the bar"


def test_every_signal_has_words_and_an_unknown_part_is_still_shown() -> None:
    assert set(SIGNALS) <= set(PARTS)
    strange = recommended().model_copy(update={"contributions": {"gravity": 0.5}})
    assert Tags(cards_html([strange], {}, NOW)).text.count("gravity") == 2, "in the legend and the table"


def test_the_longest_bar_is_that_of_the_best_score() -> None:
    half = recommended(id="shopping/y").model_copy(update={"contributions": {"relevance": 0.6}})
    page = Tags(cards_html([recommended(), half], {}, NOW))
    widths = [each["style"] for each in page.named("span") if each.get("class") == "k-fill"]
    assert widths == ["width: 100.0%", "width: 50.0%"]


def test_an_offer_that_ends_is_counted_down() -> None:
    ends = NOW + timedelta(hours=5, minutes=3)
    html = cards_html([recommended(valid_from=NOW - timedelta(days=1), valid_until=ends)], {}, NOW)
    page = Tags(html)
    assert "ends in 5 h 3 min" in page.text
    assert page.named("time")[0]["datetime"] == ends.isoformat()
    assert page.named("ol")[0]["data-now"] == NOW.isoformat()


def test_a_usual_sale_is_announced_and_then_counted_down() -> None:
    item = recommended(attributes={"seasons": ("black_friday",)}, price=10, currency="USD")
    assert "usual sale starts in 9 h" in Tags(cards_html([item], {}, NOW)).text
    friday = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)
    assert "usual sale ends in 3 d 4 h" in Tags(cards_html([item], {}, friday)).text
    assert not Tags(cards_html([item], {}, datetime(2026, 6, 1, tzinfo=UTC))).named("time")


def test_a_lower_price_shows_the_old_one_and_a_higher_does_not() -> None:
    cheaper = recommended(price=80, currency="USD", attributes={"old_price": 100})
    assert "$100" in Tags(cards_html([cheaper], {}, NOW)).text
    dearer = recommended(price=80, currency="USD", attributes={"old_price": 70})
    assert "$70" not in Tags(cards_html([dearer], {}, NOW)).text


def test_no_recommendation_gives_no_cards() -> None:
    assert cards_html([], {}, NOW) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (3660, "1 h 1 min"),
        (90_000, "1 d 1 h"),
        (172_800, "2 d"),
    ],
)
def test_a_span_reads_in_its_two_largest_units(seconds: int, words: str) -> None:
    assert remaining(seconds) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("1990-01-01", "2000-01-01", "1990 – 1999"),
        ("2026-01-01", "2027-01-01", "2026"),
        ("2026-11-28", "2026-11-29", "Sat 28 Nov 2026"),
        ("2026-11-28", "2026-11-30", "Sat 28 Nov 2026 – Sun 29 Nov 2026"),
        ("2026-11-25T18:00", "2026-11-25T23:00", "Wed 25 Nov 2026, 18:00 – 23:00"),
        ("2020-01-01", None, "since 2020"),
        (None, "2026-11-28", "before Sat 28 Nov 2026"),
        (None, None, ""),
    ],
)
def test_a_window_reads_no_more_precisely_than_it_is(start: str | None, end: str | None, words: str) -> None:
    sides = [datetime.fromisoformat(each).replace(tzinfo=UTC) if each else None for each in (start, end)]
    assert window(*sides) == words


def test_where_now_lies_to_a_window() -> None:
    hour = timedelta(hours=1)
    assert standing(NOW + hour, NOW + 2 * hour, NOW) == "starts in 1 h"
    assert standing(NOW, NOW + hour, NOW) == "now, for another 1 h"
    assert standing(None, NOW, NOW) == "past"
    assert standing(NOW - hour, None, NOW) == "now"
    assert standing(None, None, NOW) == ""


def test_every_domain_has_its_examples() -> None:
    for domain, texts in EXAMPLES.items():
        buttons = Tags(examples_html(domain)).named("button")
        assert [each["data-text"] for each in buttons] == list(texts)
    assert len(Tags(examples_html("any")).named("button")) == len(EXAMPLES)
