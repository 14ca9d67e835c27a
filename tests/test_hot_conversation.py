"""Hot topics in conversations: the real agent, models and stores over a small catalogue."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from agent.assistant import Assistant
from schema import Demand, Event, Interest, Item, Limits, TimeDemand
from settings import load_settings
from tools.registry import discover
from wiring import Parts, open_catalogue, parts_over

NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def news(name: str, title: str, text: str, hours: int) -> Item:
    at = NOW - timedelta(hours=hours)
    return Item(
        id=name,
        domain="news",
        title=title,
        text=text,
        categories=("world", "volcano"),
        published_at=at,
        added_at=at,
    )


OLD = [
    news("old/1", "Volcano in Testland sleeps", "The volcano in Testland has been calm for years.", 30),
    news("old/2", "Volcano guides of Testland", "Walks to the volcano in Testland, and what to wear.", 3),
    news("old/3", "Testland opens a volcano museum", "All about the volcano, in the capital of Testland.", 2),
]
NEW = news("new", "Volcano in Testland erupts", "Ash rises over Testland; the airport is closed.", 1)


def clicks(item: str, size: int) -> list[Event]:
    return [
        Event(item_id=item, kind="click", user=f"{item}-{n}", at=NOW - n * 50 * MINUTE / size)
        for n in range(size)
    ]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    settings = load_settings(home=tmp_path_factory.mktemp("hot") / "home")
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add(OLD)
        catalogue.add([Item(id="film", domain="video", title="Lava, a film", text="A film about a volcano.")])
        with parts_over(catalogue, settings) as opened:
            yield opened


async def test_new_item_with_a_burst_of_events_leads_the_next_answer_and_says_why(
    assistant: Assistant, parts: Parts
) -> None:
    context = parts.tool_context
    text = "news about the volcano in Testland"
    before = await assistant.ask(text, session="before", now=NOW)
    assert {each.item.id for each in before.recommendations} >= {each.id for each in OLD}
    context.catalogue.add([NEW])
    context.events.record_all(clicks("new", 24) + clicks("old/2", 2))
    reply = await assistant.ask(text, session="after", now=NOW)
    first = reply.recommendations[0]
    assert first.item.id == "new"
    assert first.signals.trend > 0.3
    assert "24 people in the last hour" in [reason.text for reason in first.reasons]
    why = await assistant.ask("why the first?", session="after", now=NOW)
    assert "24 people in the last hour" in why.text
    early = await assistant.ask(text, session="early", now=NOW - 52 * MINUTE)
    assert not any(each.signals.trend for each in early.recommendations), (
        "what comes later counts for nothing"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("what's trending?", "24 people in the last hour, since 14:12"),
        ("What is hot in news right now?", "24 people in the last hour, since 14:12"),
        ("whats trending in news", "24 people in the last hour"),
        ("any hot topics today?", "24 people in the last hour"),
        ("what are people talking about?", "24 people in the last hour"),
        ("what's hot in films right now?", "Nothing draws clearly more people than usual"),
        ("现在什么最火？", "最近1小时有24人关注"),
    ],
)
async def test_asking_what_is_trending_is_answered_from_the_log(
    assistant: Assistant, parts: Parts, text: str, said: str
) -> None:
    parts.tool_context.catalogue.add([NEW])
    parts.tool_context.events.record_all(clicks("new", 24))
    reply = await assistant.ask(text, session=text, now=NOW)
    assert reply.demand is not None
    assert reply.demand.intent == "ask_fact"
    assert said in reply.text
    assert not reply.degraded


@pytest.mark.parametrize(
    "text", ["trending films for tonight", "something hot to drink", "hot chocolate maker", "popular news"]
)
async def test_a_wish_with_such_a_word_in_it_is_still_a_wish(assistant: Assistant, text: str) -> None:
    reply = await assistant.ask(text, session=text, now=NOW)
    assert reply.demand is not None
    assert reply.demand.intent == "recommend"


@pytest.mark.parametrize(
    ("trending", "wish", "limits", "found"),
    [
        (True, "walks", Limits(), {"old/2", "new"}),
        (True, "walks", Limits(exclude_ids=("new",)), {"old/2"}),
        (False, "walks", Limits(), {"old/2"}),
        (False, "", Limits(), {"old/2", "new"}),
    ],
)
async def test_what_is_in_a_burst_is_a_candidate_where_that_or_nothing_in_particular_is_asked_for(
    parts: Parts, trending: bool, wish: str, limits: Limits, found: set[str]
) -> None:
    parts.tool_context.catalogue.add([NEW])
    parts.tool_context.events.record_all(clicks("new", 24))
    times = (TimeDemand(phrase="trending", role="trend"),) if trending else ()
    wishes = (Interest(text=wish),) if wish else ()
    text = "walks and what to wear"
    demand = Demand(text=text, domains=("news",), interests=wishes, times=times, limits=limits)
    call = {
        "name": "retrieve",
        "args": {"demand": demand, "now": NOW, "k": 1},
        "id": "1",
        "type": "tool_call",
    }
    message = await discover(parts.tool_context)["retrieve"].ainvoke(call)
    assert {each.item.id for each in message.artifact} == found


async def test_a_topic_that_trends_is_recommended_and_says_so(assistant: Assistant, parts: Parts) -> None:
    parts.tool_context.catalogue.add([NEW])
    parts.tool_context.events.record_all(clicks("new", 24))
    reply = await assistant.ask(
        "which volcano stories is everyone reading at the moment?", session="t", now=NOW
    )
    first = reply.recommendations[0]
    assert first.item.id == "new"
    assert "24 people in the last hour" in [reason.text for reason in first.reasons]


async def test_what_is_trending_is_there_for_the_page(assistant: Assistant, parts: Parts) -> None:
    parts.tool_context.catalogue.add([NEW])
    parts.tool_context.events.record_all(clicks("new", 24))
    assert [each.items[0].item_id for each in (await assistant.trending(NOW)).hot] == ["new"]
    assert (await assistant.trending(NOW, "video")).hot == ()
