"""Feeds followed in the background, from a real server on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Event, Thread
from typing import Any

import pytest

from errors import SettingsError
from schema import Demand, Item
from timeliness.events import EventLog
from timeliness.hot import HotTopics
from timeliness.stories import Stories
from vectorstore.catalogue import Catalogue
from vectorstore.feeds import FeedPlan, FeedPoller, Polled, interval
from vectorstore.search import Search

OpenCatalogue = Callable[..., Catalogue]
MODIFIED = "Wed, 25 Nov 2026 14:00:00 GMT"
SOON = timedelta(milliseconds=20)


def rss(*titles: str) -> bytes:
    entries = "".join(
        f"<item><guid>{title}</guid><title>{title}</title><pubDate>{MODIFIED}</pubDate></item>"
        for title in titles
    )
    return f'<rss version="2.0"><channel><title>t</title>{entries}</channel></rss>'.encode()


class FeedServer(ThreadingHTTPServer):
    """Serves ``feeds`` by path: a status and a body; 304 to who has it already; keeps what was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.feeds: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, str | None, str | None, int]] = []
        self.released = Event()

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: FeedServer

    def do_GET(self) -> None:
        if self.path == "/slow":
            self.server.released.wait(20)
        status, body = self.server.feeds.get(self.path, (404, b""))
        etag = f'"{hash(body)}"'
        known, since = self.headers["If-None-Match"], self.headers["If-Modified-Since"]
        if status == 200 and known == etag:
            status, body = 304, b""
        self.server.asked.append((self.path, known, since, status))
        self.send_response(status)
        self.send_header("ETag", etag)
        self.send_header("Last-Modified", MODIFIED)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output clean."""


@pytest.fixture
def server() -> Iterator[FeedServer]:
    made = FeedServer()
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield made
    made.released.set()
    made.shutdown()
    made.server_close()


@pytest.fixture
def told() -> Queue[Polled]:
    return Queue()


def titles(catalogue: Catalogue, text: str, now: datetime) -> list[str]:
    found = Search(catalogue, catalogue.embedder)(Demand(text=text, query=text), now, 5)
    return [each.item.title for each in found]


def test_entry_is_recommendable_as_soon_as_the_feed_has_it_and_304_costs_nothing(
    open_catalogue: OpenCatalogue, server: FeedServer, told: Queue[Polled], now: datetime
) -> None:
    catalogue = open_catalogue()
    server.feeds["/rss"] = 200, rss("Zebras return")
    plan = FeedPlan(server.address("/rss"), every=SOON)
    with FeedPoller(catalogue, [plan], now=lambda: now, tell=told.put):
        first = told.get(timeout=10)
        assert first.report is not None and first.report.added == 1
        assert titles(catalogue, "zebras", now) == ["Zebras return"]
        embedded = catalogue.embedder.embedded  # type: ignore[attr-defined]
        unchanged = told.get(timeout=10)
        assert (unchanged.report, unchanged.error) == (None, None)
        assert server.asked[1] == ("/rss", server.asked[1][1], MODIFIED, 304)
        assert catalogue.embedder.embedded == embedded  # type: ignore[attr-defined]
        server.feeds["/rss"] = 200, rss("Zebras return", "A comet passes")
        while (polled := told.get(timeout=10)).report is None:
            assert polled.error is None
        assert (polled.report.added, polled.report.unchanged) == (1, 1)
        assert titles(catalogue, "comet", now)[0] == "A comet passes"
    (item,) = catalogue.get(["A comet passes"])
    assert (item.domain, item.added_at) == ("news", now)


def test_broken_and_slow_feeds_stop_no_other_and_are_asked_ever_more_rarely(
    open_catalogue: OpenCatalogue, server: FeedServer, told: Queue[Polled], now: datetime
) -> None:
    catalogue = open_catalogue()
    server.feeds |= {"/down": (500, b""), "/junk": (200, b"no feed at all"), "/good": (200, rss("Good news"))}
    paths = ["/down", "/junk", "/gone", "/slow", "/good"]
    plans = [FeedPlan(server.address(path), every=SOON) for path in paths]
    waits: dict[str, list[float]] = {}
    with FeedPoller(catalogue, plans, now=lambda: now, tell=told.put):
        while len(waits.get("/down", ())) < 4 or len(waits.get("/junk", ())) < 2 or "/good" not in waits:
            polled = told.get(timeout=10)
            path = polled.address.removeprefix(server.address(""))
            waits.setdefault(path, []).append(polled.wait)
            assert bool(polled.error) is (path != "/good"), polled
        for failures, wait in enumerate(waits["/down"], 1):
            assert 0.5 <= wait / (SOON.total_seconds() * 2**failures) <= 1
        assert titles(catalogue, "good news", now) == ["Good news"]
        server.feeds["/down"] = 200, rss("Up again")
        while (polled := told.get(timeout=10)).report is None or not polled.address.endswith("/down"):
            pass
        assert polled.wait <= 1.1 * SOON.total_seconds()
        assert titles(catalogue, "up again", now)[0] == "Up again"
        server.released.set()
    assert catalogue.count() == 2


def test_what_could_not_be_written_is_asked_for_again(
    open_catalogue: OpenCatalogue, server: FeedServer, told: Queue[Polled], now: datetime
) -> None:
    catalogue = open_catalogue()
    server.feeds["/rss"] = 200, rss("Zebras return")
    encode = catalogue.embedder.encode

    def fails_once(texts: Any) -> Any:
        catalogue.embedder.encode = encode  # type: ignore[method-assign]
        raise RuntimeError("out of memory")

    catalogue.embedder.encode = fails_once  # type: ignore[method-assign]
    with FeedPoller(
        catalogue, [FeedPlan(server.address("/rss"), every=SOON)], now=lambda: now, tell=told.put
    ):
        assert told.get(timeout=10).error == "out of memory"
        second = told.get(timeout=10)
    assert second.report is not None and second.report.added == 1
    assert server.asked[1][1:] == (None, None, 200)


def test_three_feeds_that_carry_a_story_make_it_hot(
    open_catalogue: OpenCatalogue, server: FeedServer, told: Queue[Polled], now: datetime, tmp_path: Path
) -> None:
    catalogue, story = open_catalogue(), "Zebras return to the valley at last"
    others = [FeedServer() for _ in range(2)]
    with EventLog(tmp_path / "events.sqlite") as log:
        record, fails = Stories(log).record, [True]

        def carry(feed: str, items: Sequence[Item], at: datetime) -> None:
            if fails.pop() if fails else False:
                raise RuntimeError("disk full")
            record(feed, items, at)

        plans = []
        for place, each in enumerate([server, *others]):
            each.feeds["/rss"] = 200, rss(f"{story}{'!' * place}")
            plans.append(FeedPlan(each.address("/rss"), every=SOON))
        for each in others:
            Thread(target=each.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        with FeedPoller(catalogue, plans, now=lambda: now, tell=told.put, carry=carry):
            seen: list[Polled] = []
            while len({each.address for each in seen if each.report}) < 3:
                seen.append(told.get(timeout=10))
        for each in others:
            each.shutdown()
            each.server_close()
        assert [each.error for each in seen if each.error] == ["disk full"], "it is asked again"
        found = HotTopics(log, catalogue.get).at(now).hot
        assert [(each.name.rstrip("!"), each.feeds) for each in found] == [(story, 3)]
        assert len(log.recent(now - timedelta(days=1))) == 9


def test_nothing_is_asked_after_close(
    open_catalogue: OpenCatalogue, server: FeedServer, told: Queue[Polled], now: datetime
) -> None:
    server.feeds["/rss"] = 200, rss("Zebras return")
    poller = FeedPoller(
        open_catalogue(), [FeedPlan(server.address("/rss"), every=SOON)], now=lambda: now, tell=told.put
    )
    poller.start()
    told.get(timeout=10)
    poller.close()
    asked = len(server.asked)
    assert not Event().wait(5 * SOON.total_seconds())
    assert len(server.asked) == asked


def test_plan_is_read_from_one_line() -> None:
    assert FeedPlan.parse("https://a.example/rss") == FeedPlan("https://a.example/rss")
    assert FeedPlan.parse("https://a.example/rss music 2h") == FeedPlan(
        "https://a.example/rss", "music", timedelta(hours=2)
    )
    assert interval("90s") == timedelta(seconds=90)


@pytest.mark.parametrize("text", ["", "feeds.xml", "https://a.example often", "https://a.example 0s"])
def test_plan_that_cannot_be_followed_is_explained(text: str) -> None:
    with pytest.raises(SettingsError):
        FeedPlan.parse(text)
