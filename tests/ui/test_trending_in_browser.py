"""What is trending, on the real page: shown once people come, asked about by a click, and hidden when it is over."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from schema import Event, Item
from settings import load_settings
from tests.ui.page_in_browser import Server, Tab, launch_browser
from timeliness.events import EventLog
from wiring import open_catalogue

NOW = datetime(2026, 11, 27, 20, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = launch_browser(playwright)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = load_settings(home=tmp_path_factory.mktemp("trending") / "home")
    with closing(open_catalogue(settings)) as catalogue:
        catalogue.add(
            [
                Item(
                    id="news/hot",
                    domain="news",
                    title="Volcano <img src=x onerror=alert(1)> wakes in Testland",
                    text="Ash rises over Testland.",
                    categories=("world",),
                    published_at=NOW - timedelta(hours=1),
                )
            ]
        )
    running = Server(settings.home)
    running.start()
    yield running
    assert running.stop() == 0, running.log()
    assert "Traceback" not in running.log()


def test_what_is_trending_is_shown_asked_about_and_gone_when_over(server: Server, browser: Browser) -> None:
    tab = Tab(server, browser).open()
    hot = tab.page.locator("#trending button")
    expect(hot).to_have_count(0)
    with EventLog(server.home / "events.sqlite") as log:
        log.record_all(
            Event(item_id="news/hot", kind="click", user=f"u{n}", at=NOW - n * timedelta(minutes=2))
            for n in range(25)
        )
    tab.at("2026-11-27T20:00")
    tab.page.locator("#domain").get_by_text("News").click()
    expect(hot).to_have_count(1, timeout=40_000)  # the models may still be opening
    expect(hot).to_contain_text("Volcano <img src=x onerror=alert(1)> wakes in Testland")
    expect(hot).to_contain_text("25 people in the last hour, since 19:12")
    assert tab.page.locator("#trending img").count() == 0
    tab.picture("trending")
    hot.click()
    assert "Volcano" in tab.answer(1)
    assert tab.items() == ["news/hot"]
    expect(tab.page.locator(".k-card").first).to_contain_text("25 people in the last hour")
    tab.at("2026-11-29T20:00").page.locator("#domain").get_by_text("Everything").click()
    expect(hot).to_have_count(0)
    tab.close()
    tab.context.close()
