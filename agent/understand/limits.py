"""The hard conditions of a request: price, length, language, offer; and how many answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from agent.understand.counts import MOST, find_count
from agent.understand.cues import Cues, load_cues
from agent.understand.durations import find_length
from agent.understand.languages import find_languages
from agent.understand.numerals import NUMBER, value
from agent.understand.prices import find_price
from agent.understand.utterance import Utterance
from schema import Domain, Limits, Span

Lifted = Literal["price", "length", "offer", "time", "language"]

_TIMED = frozenset({"video", "music"})
_PRICED = frozenset({"shopping", "smart_home"})
_BARE_MINUTES = re.compile(
    rf"\b(?:under|less than|below|no longer than|at most)\s+(?P<n>{NUMBER})(?!\s?[\w%$€£])"
)
_NO_OFFER = re.compile(r"\b(?:not|isn't|aren't|no)(?: any| a)?(?: big| great| good)? $")


@dataclass(frozen=True)
class Found:
    """The limits of one message, how many answers it asks for, and the spans that said so.

    ``capped``: more answers were asked for than are shown. ``lifted``: conditions that the
    message says no longer hold ("price doesn't matter").
    """

    limits: Limits
    count: int | None = None
    spans: tuple[Span, ...] = ()
    offer_span: Span | None = None
    capped: bool = False
    lifted: frozenset[Lifted] = frozenset()


@dataclass(frozen=True)
class LimitReader:
    """The cues of ``cues/limits.toml`` over the grammars of prices, lengths and counts.

    ``home`` is the user's currency: it says which dollar "$" is.
    """

    cues: Cues
    home: str

    @classmethod
    def load(cls, home: str) -> LimitReader:
        """Read the committed cues."""
        return cls(load_cues("limits"), home)

    def find(self, utterance: Utterance, language: str, domains: Iterable[Domain]) -> Found:
        """Read the hard conditions of ``utterance``; ``domains`` are those that it is about.

        A bare "under 90" is minutes for a film or music and money for a product.
        """
        view, about = utterance.view, set(domains)
        spans: list[Span] = []
        length = find_length(view) if not about or about & _TIMED else None
        if length:
            spans.append(length.span)
            view = _blank(view, length.span)
        price = find_price(
            view, home=self.home, chinese=language == "zh", bare=not about or bool(about & _PRICED)
        )
        if price:
            spans.append(price.span)
            view = _blank(view, price.span)
        minutes = None if length or not about or about - _TIMED else _bare_minutes(view)
        languages, named = find_languages(view)
        offer = self._offer(view)
        count = find_count(view, self.cues)
        lifted = self._lifted(utterance.view)
        spans += [*named, *lifted.values()]
        spans += [span for span in (offer, count and count[1], minutes and minutes[1]) if span]
        limits = Limits(
            max_price=price.high if price else None,
            min_price=price.low if price else None,
            currency=price.currency if price else None,
            max_minutes=length.high if length else minutes[0] if minutes else None,
            min_minutes=length.low if length else None,
            languages=languages,
            on_offer=offer is not None,
        )
        return Found(
            limits=limits,
            count=min(count[0], MOST) if count else None,
            spans=tuple(sorted(spans)),
            offer_span=offer,
            capped=count is not None and count[0] > MOST,
            lifted=frozenset(lifted),
        )

    def _lifted(self, view: str) -> dict[Lifted, Span]:
        names: tuple[Lifted, ...] = get_args(Lifted)
        return {name: found.span() for name in names if (found := self.cues[f"lifts_{name}"].search(view))}

    def _offer(self, view: str) -> Span | None:
        if self.cues["news_deal"].search(view):
            return None
        for found in self.cues["offer"].finditer(view):
            before = view[: found.start()]
            if not _NO_OFFER.search(before):
                only = self.cues["only"].search(before)
                return (only.start() if only else found.start()), found.end()
        return None


def _blank(view: str, span: Span) -> str:
    return view[: span[0]] + "\0" * (span[1] - span[0]) + view[span[1] :]


def _bare_minutes(view: str) -> tuple[float, Span] | None:
    found = _BARE_MINUTES.search(view)
    minutes = value(found["n"]) if found else None
    return (minutes, found.span()) if found and minutes and 10 <= minutes <= 400 else None
