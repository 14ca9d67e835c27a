"""Follows RSS and Atom feeds in the background: what is new in them can be recommended at once.

A feed that has not changed costs a request without a body (``ETag`` and ``Last-Modified``,
RFC 9110, section 13). One that fails is asked again after a time that doubles with every
failure and is drawn at random from its upper half, so that a server that comes back is not
met by all at once (Brooker, "Exponential Backoff and Jitter", 2015). Each feed has a thread
of its own, so a slow or broken one stops no other.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING, Self, cast, get_args

from errors import SettingsError, SourceError
from schema import Domain, Item
from vectorstore.ingest import IngestReport, ingest
from vectorstore.sources.feed import TIMEOUT_S, FeedSource, is_address, read_limited

if TYPE_CHECKING:
    import httpx

    from vectorstore.catalogue import Catalogue

EVERY = timedelta(minutes=10)
LONGEST = timedelta(hours=6)
# Is told that the feed at an address carried items that are in the catalogue by now, and the moment.
Carry = Callable[[str, Sequence[Item], datetime], object]
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_STRAY = 0.1  # of the interval; feeds that began together do not stay so


@dataclass(frozen=True)
class FeedPlan:
    """A feed to follow: its ``address``, the ``domain`` of its entries, and how often it is asked."""

    address: str
    domain: Domain = "news"
    every: timedelta = EVERY

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``ADDRESS [DOMAIN] [INTERVAL]``, such as ``https://example.org/rss news 10m``.

        Raises:
            SettingsError: it is not of that form.
        """
        address, *rest = text.split() or [""]
        if not is_address(address):
            raise SettingsError(f"feed {text!r}: begin with its http or https address")
        plan = cls(address)
        for word in rest:
            if word in get_args(Domain):
                plan = cls(address, cast("Domain", word), plan.every)
            else:
                plan = cls(address, plan.domain, interval(word))
        return plan


@dataclass(frozen=True)
class Polled:
    """What asking a feed once came to: a ``report`` where it had changed, an ``error`` where it failed,
    neither where it had not changed; it is asked again after ``wait`` seconds."""

    address: str
    wait: float
    report: IngestReport | None = None
    error: str | None = None


def interval(text: str) -> timedelta:
    """Read a time such as ``30s``, ``10m``, ``2h`` or ``1d``.

    Raises:
        SettingsError: it is none, or shorter than a second.
    """
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found or not int(found[1]):
        raise SettingsError(f"interval {text!r}: give a number and a unit, such as 30s, 10m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


class FeedPoller:
    """Follows feeds from ``start`` until ``close``; a context manager does both.

    Args:
        catalogue: where entries go.
        plans: the feeds.
        now: gives the moment (zone-aware) that new items are stamped with.
        tell: is called, from the feed's thread, after every time that a feed was asked.
        carry: is told which items a feed carries, after they are taken in; where it fails, the feed is
            asked for them again.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        plans: Sequence[FeedPlan],
        *,
        now: Callable[[], datetime],
        tell: Callable[[Polled], None] = lambda _: None,
        carry: Carry = lambda *_: None,
    ) -> None:
        import httpx

        self._stopped = Event()
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=True)
        self._threads = [
            Thread(
                target=self._follow,
                args=(_Feed(plan, catalogue, self._client, now, carry), tell),
                name=f"feed {plan.address}",
                daemon=True,
            )
            for plan in plans
        ]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Ask every feed now, and then at its intervals."""
        for thread in self._threads:
            thread.start()

    def close(self, wait: float = 5.0) -> None:
        """Stop: nothing is written after this, unless a write takes longer than ``wait`` seconds to end."""
        self._stopped.set()
        self._client.close()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(wait)

    def _follow(self, feed: _Feed, tell: Callable[[Polled], None]) -> None:
        while not self._stopped.is_set():
            polled = feed.poll()
            if self._stopped.is_set():
                return
            tell(polled)
            self._stopped.wait(polled.wait)


@dataclass
class _Feed:
    """One feed with what is remembered between two polls."""

    plan: FeedPlan
    catalogue: Catalogue
    client: httpx.Client
    now: Callable[[], datetime]
    carry: Carry
    validators: dict[str, str] = field(default_factory=dict)
    failures: int = 0

    def poll(self) -> Polled:
        """Ask once; whatever goes wrong is told and ends in another try."""
        try:
            report = self._taken_in()
        except Exception as error:  # a feed may hold anything, and nobody is there to raise to
            self.failures += 1
            reason = next(iter(str(error).splitlines()), "") or type(error).__name__
            return Polled(self.plan.address, self._back_off(), error=reason)
        self.failures = 0
        wait = self.plan.every.total_seconds() * random.uniform(1 - _STRAY, 1 + _STRAY)
        return Polled(self.plan.address, wait, report)

    def _taken_in(self) -> IngestReport | None:
        """Read what has changed into the catalogue; None where nothing has."""
        with self.client.stream("GET", self.plan.address, headers=self.validators) as response:
            if response.status_code == 304:
                return None
            response.raise_for_status()
            body = read_limited(response, self.plan.address)
            headers = response.headers
        if not body.strip():
            raise SourceError(f"{self.plan.address}: the answer is empty")
        now = self.now()
        report = ingest(
            FeedSource(self.plan.address, body),
            self.catalogue,
            now=now,
            domain=self.plan.domain,
            taken=lambda items: self.carry(self.plan.address, items, now),
        )
        # Only now: what could not be written is asked for again.
        given = {"If-None-Match": headers.get("ETag"), "If-Modified-Since": headers.get("Last-Modified")}
        self.validators = {name: value for name, value in given.items() if value}
        return report

    def _back_off(self) -> float:
        every = self.plan.every.total_seconds()
        longest = max(LONGEST.total_seconds(), every)
        return min(every * 2.0 ** min(self.failures, 30), longest) * random.uniform(0.5, 1.0)
