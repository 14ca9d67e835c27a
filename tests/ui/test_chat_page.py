"""The chat page in a real browser over the real app, from the first request to being forgotten."""

import json
import re
import signal
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from settings import load_settings
from tests.ui.page_in_browser import FRIDAY, Server, Tab, hostile_items, launch_browser
from timeliness.clock import Clock
from vectorstore.ingest import ingest
from vectorstore.sources.json_lines import JsonLinesSource
from wiring import BUNDLED, open_catalogue

HEADPHONES = "Noise-cancelling headphones under $200, any deals this weekend?"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch_browser(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = load_settings(home=tmp_path_factory.mktemp("page") / "home")
    with closing(open_catalogue(settings)) as catalogue:
        for name in ("shopping", "smart_home"):
            ingest(JsonLinesSource(BUNDLED / f"{name}.jsonl"), catalogue, now=Clock().now())
        catalogue.add(hostile_items())
    running = Server(settings.home)
    assert running.start() < 30
    yield running
    if running.process is not None and running.process.poll() is None:
        assert running.stop() == 0, running.log()
    assert "Traceback" not in running.log()


@pytest.fixture
def tab(server: Server, browser: Browser) -> Iterator[Tab]:
    opened = Tab(server, browser).open()
    yield opened
    opened.close()
    opened.context.close()


def test_a_request_is_answered_with_reasons_and_with_what_was_understood(tab: Tab) -> None:
    answer = tab.at(FRIDAY).ask(HEADPHONES)
    cards = tab.page.locator(".k-card")
    expect(cards).to_have_count(5)
    for title in cards.locator("h3").all_inner_texts():
        assert title in answer
    assert all(float(price.lstrip("$")) < 200 for price in cards.locator(".k-price").all_inner_texts())
    panel = tab.page.locator("#understood")
    for words in (
        "headphones",
        "up to $200",
        "this weekend",
        "Sat 28 Nov 2026",
        "As of Fri 27 Nov 2026, 20:00",
    ):
        expect(panel).to_contain_text(words)
    expect(panel.locator(".k-line")).to_have_attribute("aria-label", re.compile("starts in 4 h"))
    expect(cards.first.locator("time")).to_contain_text("usual sale ends in 3 d")
    cards.first.locator("summary").click()
    expect(cards.first.locator("table").first).to_contain_text("fits your request")
    assert cards.first.locator("table").last.locator("tr").count() >= 2
    tab.picture("request")


def test_what_was_understood_can_be_taken_away_and_the_next_answer_follows(tab: Tab) -> None:
    tab.at(FRIDAY).ask("noise-cancelling headphones under $100 this weekend")
    panel = tab.page.locator("#understood")
    limit = panel.get_by_role("button", name="Remove up to $100")
    limit.focus()
    limit.press("Enter")  # the keyboard does too
    expect(panel).not_to_contain_text("up to $100")
    panel.get_by_role("button", name="Remove this weekend").click()
    expect(panel.locator(".k-line")).to_have_count(0)
    expect(panel).to_contain_text("headphones")
    tab.ask("others?")
    expect(panel).not_to_contain_text("up to $100")
    prices = tab.page.locator(".k-card .k-price").all_inner_texts()
    assert any(float(price.lstrip("$").replace(",", "")) > 100 for price in prices)
    tab.page.reload()
    expect(tab.page.locator("#understood")).not_to_contain_text("up to $100")
    tab.picture("amended")


def test_the_taste_is_shown_changed_exported_and_deleted(tab: Tab) -> None:
    tab.at(FRIDAY).ask(HEADPHONES)
    tab.judge(1, "like")
    tab.judge(2, "dislike")
    tab.page.locator("#taste button").first.click()
    entries = tab.page.locator("#opinions li")
    expect(entries).to_have_count(2)
    expect(entries.first).to_contain_text("counts 100%")
    expect(tab.page.locator("#opinions .k-tag").first).to_be_visible()
    with tab.page.expect_download() as download:
        tab.page.locator("#opinions a").click()
    exported = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert {each["verdict"] for each in exported["opinions"]} == {"like", "dislike"}
    tab.page.locator("#opinions [data-action=like]").click()
    expect(tab.page.locator("#opinions [data-action=dislike]")).to_have_count(2)
    tab.page.locator("#opinions [data-action=remove]").first.click()
    expect(entries).to_have_count(1)
    expect(tab.page.locator(".k-card [aria-pressed=true]")).to_have_count(1)
    clear = tab.page.locator("#opinions [data-action=clear]")
    clear.click()
    clear.click()
    expect(entries).to_have_count(0)
    expect(tab.page.locator(".k-card [aria-pressed=true]")).to_have_count(0)
    tab.picture("taste")


def test_a_conversation_goes_on_with_likes_dislikes_and_follow_ups(tab: Tab) -> None:
    tab.at(FRIDAY).ask(HEADPHONES)
    liked, disliked = tab.judge(1, "like"), tab.judge(2, "dislike")
    expect(tab.page.locator(".k-card").nth(1)).to_contain_text("not see this one again")
    tab.ask(HEADPHONES)
    assert disliked not in tab.items()
    taste = tab.page.locator(".k-card .k-taste")
    assert taste.count() > 0, "a like counts in the next answer"
    if liked in tab.items():
        place = tab.items().index(liked)
        pressed = tab.page.locator(".k-card").nth(place).locator("[data-verdict=like]")
        expect(pressed).to_have_attribute("aria-pressed", "true")
    dearest = max(float(each.lstrip("$")) for each in tab.page.locator(".k-price").all_inner_texts())
    tab.ask("cheaper")
    assert max(float(each.lstrip("$")) for each in tab.page.locator(".k-price").all_inner_texts()) < dearest
    second = tab.page.locator(".k-card h3").nth(1).inner_text()
    assert second in tab.ask("why the second?")
    asked = tab.page.locator("#conversation .user-row").last.bounding_box()
    log = tab.page.locator("#conversation").bounding_box()
    assert asked and log and 0 <= asked["y"] - log["y"] < log["height"] - 100, "the question stays in sight"
    gone = tab.items()[1]
    tab.ask("not that one")
    assert gone not in tab.items()
    tab.picture("conversation")


def test_a_conversation_survives_the_restart_of_the_server(server: Server, tab: Tab) -> None:
    tab.at(FRIDAY).ask("A smart lock that works with HomeKit")
    liked = tab.judge(1, "like")
    title = tab.page.locator(".k-card h3").nth(1).inner_text()
    tab.page.evaluate("window.isOld = true")
    server.stop(signal.SIGTERM)
    server.start()
    with suppress(Error):  # gradio loads a page anew where it sees that the server is another one
        tab.page.wait_for_function("!window.isOld", timeout=15_000)
    expect(tab.page.locator(".k-card")).to_have_count(5, timeout=40_000)  # its parts are still being opened
    assert title in tab.ask("why the second?"), "a page that was open goes on"
    assert tab.page.locator("#message textarea").count() == 1
    tab.open()
    expect(tab.page.locator(".k-card")).to_have_count(5)
    assert tab.items()[0] == liked
    expect(tab.page.locator(".k-card [data-verdict=like]").first).to_have_attribute("aria-pressed", "true")
    assert len(tab.said("user")) == 2


def test_hostile_items_and_messages_are_text(tab: Tab) -> None:
    hostile = "<img src=x onerror=alert(1)> ${alert(2)} {{alert(3)}} <script>alert(4)</script>"
    tab.ask(hostile)
    assert tab.said("user") == [hostile]
    tab.page.locator("#domain").get_by_text("Shopping").click()
    tab.ask("I want a zorbulator for the bathtub under $11")
    expect(tab.page.locator(".k-card", has_text="Zorbulator")).to_have_count(3)
    shown = tab.page.locator("#cards").inner_text()
    for mark in ("<img src=x onerror=alert(1)>", "${alert(2)}", "{{constructor.constructor('alert(3)')()}}"):
        assert f"Zorbulator {mark}" in shown
    assert tab.page.locator("#shell img, #shell script, .k-card a").count() == 0
    tab.picture("hostile")


def test_the_page_is_usable_by_keyboard_alone(tab: Tab) -> None:
    press = tab.page.keyboard.press
    expect(tab.page.locator("#message textarea")).to_be_focused()
    tab.page.keyboard.type("A smart lock that works with HomeKit")
    press("Enter")
    tab.answer(1)
    for _ in range(40):
        press("Tab")
        if tab.page.evaluate("document.activeElement.dataset.verdict === 'dislike'"):
            break
    focused = tab.page.locator(":focus")
    assert "solid" in focused.evaluate("e => getComputedStyle(e).outlineStyle")
    press("Space")
    expect(focused).to_have_attribute("aria-pressed", "true")
    press("Tab")
    press("Enter")
    expect(tab.page.locator(".k-card details").first).to_have_attribute("open", "")


def test_a_narrow_window_shows_all_without_scrolling_sideways(server: Server, browser: Browser) -> None:
    narrow = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    tab = Tab(server, browser, narrow).open()
    tab.ask("A smart lock that works with HomeKit")
    width = tab.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    for part in ("#message", "#understood", ".k-card >> nth=0", "#new"):
        box = tab.page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
    tab.picture("narrow-dark")
    tab.close()
    narrow.close()


def test_an_unreadable_time_is_a_warning_and_the_message_stays(tab: Tab) -> None:
    tab.at("next blursday").page.fill("#message textarea", "smart lock")
    tab.page.press("#message textarea", "Enter")
    expect(tab.page.get_by_text("is no time; write it like").first).to_be_visible()
    expect(tab.page.locator("#message textarea")).to_have_value("smart lock")
    assert tab.said("user") == []
    tab.at("1926-11-27T20:00").ask("smart lock")
    expect(tab.page.locator("#understood")).to_contain_text("1926")


def test_empty_huge_and_doubled_messages_do_no_harm(tab: Tab) -> None:
    tab.page.fill("#message textarea", "   ")
    tab.page.press("#message textarea", "Enter")
    expect(tab.page.get_by_text("Write what you are looking for").first).to_be_visible()
    assert tab.said("user") == []
    huge = "smart lock " * 95_000
    answer = tab.ask(huge)
    assert "read its first" in answer
    assert len(tab.said("user")[0]) < 5_000
    tab.ask("smart lock", lambda: tab.page.dblclick("#send"))
    assert len(tab.said("user")) == 2


def test_two_browsers_see_nothing_of_each_other(server: Server, browser: Browser, tab: Tab) -> None:
    other = Tab(server, browser).open()
    tab.ask("A smart lock that works with HomeKit")
    mine = tab.items()
    tab.judge(1, "dislike")
    other.ask("A smart lock that works with HomeKit")
    assert other.items() == mine
    assert other.page.locator("[aria-pressed=true]").count() == 0
    expect(other.page.locator("#conversations button")).to_have_count(1)
    other.page.reload()
    expect(other.page.locator(".k-card")).to_have_count(len(mine))
    other.close()
    other.context.close()


def test_conversations_are_listed_reopened_and_forgotten(server: Server, browser: Browser, tab: Tab) -> None:
    tab.ask("A smart lock that works with HomeKit")
    locks = tab.items()
    tab.page.click("#new")
    expect(tab.page.locator(".k-card")).to_have_count(0)
    assert tab.said("user") == []
    tab.ask("A gift for a reader, around $30")
    listed = tab.page.locator("#conversations button")
    expect(listed).to_have_count(2)
    listed.filter(has_text="smart lock").click()
    expect(tab.page.locator("#conversations button[aria-current]")).to_contain_text("smart lock")
    assert tab.items() == locks

    second = Tab(server, browser, tab.context).open()
    expect(second.page.locator(".k-card")).to_have_count(len(locks))
    second.close()

    tab.page.click("#forget")
    tab.page.click("#keep")
    expect(listed).to_have_count(2)
    tab.page.click("#forget")
    tab.page.click("#sure")
    expect(listed).to_have_count(0)
    expect(tab.page.locator(".k-card")).to_have_count(0)
    tab.open()
    expect(tab.page.locator("#conversations")).to_contain_text("What you ask is kept here")
    assert tab.said("user") == []


def test_examples_and_the_domain_filter(tab: Tab) -> None:
    tab.page.locator("#domain").get_by_text("Smart home").click()
    buttons = tab.page.locator("#examples button")
    expect(buttons).to_have_count(2)
    buttons.filter(has_text="smart bulb").click()
    tab.answer(1)
    assert tab.items() and all(each.startswith("smart_home/") for each in tab.items())
