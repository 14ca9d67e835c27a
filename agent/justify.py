"""Why an item is recommended: one to three reasons, each with the facts that make it true.

A reason is made from evidence, never the other way round: a field of the item that
bears out a wish or keeps a limit, or a signal of the moment. What has no evidence is
not said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.wording import say
from schema import Demand, Evidence, Item, Reason, ScoredItem, TimeDemand
from timeliness.matching import support

MOST_REASONS = 3
MOST_WISHES = 4  # named in one reason
LEAST_CLAIMED = 0.04  # of score: a signal that added less moved nothing and is not claimed
_IN_PROSE = frozenset({"title", "description"})  # fields too long to be quoted whole
_PHRASED = frozenset({"category", "mood", "features", "works_with", "maker", "cast"})


def reasons(scored: ScoredItem, demand: Demand, liked: Sequence[Item] = ()) -> tuple[Reason, ...]:
    """One to three reasons for ``scored``, the most telling first.

    Args:
        scored: the item with its signals, contributions and what the signals say of themselves
            ("published 2 hours ago").
        demand: what was asked.
        liked: items that the user liked, for a reason of taste.
    """
    item = scored.item
    found = [
        *_wishes(item, demand),
        *_ending(scored, demand),
        *_limits(item, demand),
        *_windows(item, demand),
        *_moment(scored, demand),
        *_taste(scored, demand, liked),
    ]
    return tuple(found[:MOST_REASONS]) or (_plain(item, demand),)


def _wishes(item: Item, demand: Demand) -> Iterator[Reason]:
    """One reason for all wishes that the item's fields bear out, so that others find room."""
    wished = [each for each in demand.interests if each.polarity > 0]
    proofs = [(each, proof) for each in wished if (proof := support(each.text, item))][:MOST_WISHES]
    if not proofs:
        return
    by_field: dict[str, list[str]] = {}
    for interest, proof in proofs:
        said = interest.text if proof.name in _IN_PROSE else proof.value
        by_field.setdefault(proof.name, []).append(said)
    fields = sorted(by_field, key=lambda name: (name in _IN_PROSE, name != "category"))
    yield Reason(
        text=say(
            "reason.wishes",
            demand.language,
            facts=", ".join(_fact(each, by_field[each], demand.language) for each in fields),
        ),
        evidence=tuple(
            each
            for interest, proof in proofs
            for each in (proof, Evidence(kind="demand", name=interest.kind, value=interest.text))
        ),
    )


def _fact(field: str, values: Sequence[str], language: str) -> str:
    together = ", ".join(dict.fromkeys(values))
    if field in _IN_PROSE or field in _PHRASED:
        return say(f"fact.{field}", language, values=together)
    return say("fact.other", language, field=field.replace("_", " "), values=together)


def _limits(item: Item, demand: Demand) -> Iterator[Reason]:
    limits, language = demand.limits, demand.language
    if item.price is not None:
        currency = limits.currency or item.currency
        least, most = (
            "" if each is None else money(each, currency) for each in (limits.min_price, limits.max_price)
        )
        yield from _within("price", money(item.price, item.currency), least, most, language)
        old = item.attributes.get("old_price")
        if limits.on_offer and isinstance(old, int | float) and old > item.price:
            fact = Evidence(kind="item", name="old price", value=money(old, item.currency))
            text = say("reason.marked_down", language, value=money(item.price, item.currency), old=fact.value)
            yield Reason(text=text, evidence=(fact,))
    if item.duration_minutes is not None:
        least, most = (
            "" if each is None else f"{each:g}" for each in (limits.min_minutes, limits.max_minutes)
        )
        yield from _within("length", f"{item.duration_minutes:g}", least, most, language)
    if item.language in limits.languages:
        fact = Evidence(kind="item", name="language", value=item.language)
        bound = Evidence(kind="demand", name="language", value=item.language)
        yield Reason(text=say("reason.language", language, language=item.language), evidence=(fact, bound))


def _within(name: str, value: str, low: str, high: str, language: str) -> Iterator[Reason]:
    """One reason for a value that keeps the bounds that were set; none where none was."""
    if not low and not high:
        return
    sentence = f"{name}_between" if low and high else f"{name}_min" if low else name
    asked = [
        Evidence(kind="demand", name=f"{side} {name}", value=bound)
        for side, bound in (("least", low), ("most", high))
        if bound
    ]
    yield Reason(
        text=say(f"reason.{sentence}", language, value=value, low=low, high=high),
        evidence=(Evidence(kind="item", name=name, value=value), *asked),
    )


def _windows(item: Item, demand: Demand) -> Iterator[Reason]:
    for time in demand.times:
        if time.role == "publication" and _inside(item, time):
            fact = Evidence(kind="item", name="published", value=published(item))
            asked = Evidence(kind="demand", name="time", value=time.phrase)
            text = say("reason.published", demand.language, date=fact.value, phrase=time.phrase)
            yield Reason(text=text, evidence=(fact, asked))
            return


def _asks_ending(demand: Demand) -> bool:
    return demand.limits.on_offer or any(each.role == "end" for each in demand.times)


def _ending(scored: ScoredItem, demand: Demand) -> Iterator[Reason]:
    """When it ends, where that or an offer was asked for, however little it moved the score."""
    if _asks_ending(demand):
        yield from (
            Reason(text=each.value, evidence=(each,)) for each in scored.evidence if each.name == "urgency"
        )


def _inside(item: Item, time: TimeDemand) -> bool:
    """Whether the item came out in a window that the demand really bounds."""
    window = item.published_window
    if window is None or (time.start is None and time.end is None):
        return False
    return (time.start is None or window[0] >= time.start) and (time.end is None or window[1] <= time.end)


def _moment(scored: ScoredItem, demand: Demand) -> Iterator[Reason]:
    """Signals that raised the score, the strongest first; what did not count is not claimed."""
    told = {"taste", "urgency"} if _asks_ending(demand) else {"taste"}  # elsewhere
    counted = [
        each
        for each in scored.evidence
        if scored.contributions.get(each.name, 0) >= LEAST_CLAIMED and each.name not in told
    ]
    for each in sorted(counted, key=lambda one: -scored.contributions[one.name]):
        yield Reason(text=each.value, evidence=(each,))


def _taste(scored: ScoredItem, demand: Demand, liked: Sequence[Item]) -> Iterator[Reason]:
    if scored.contributions.get("taste", 0) <= 0:
        return
    shared = [
        each
        for each in liked
        if each.id != scored.item.id
        and each.domain == scored.item.domain
        and {*each.categories, *each.creators} & {*scored.item.categories, *scored.item.creators}
    ]
    if shared:
        titles = ", ".join(each.title for each in shared[:2])
        evidence = tuple(Evidence(kind="signal", name="taste", value=each.title) for each in shared[:2])
        yield Reason(text=say("reason.taste", demand.language, titles=titles), evidence=evidence)


def _plain(item: Item, demand: Demand) -> Reason:
    """What the item is: true of every item, and said only when nothing better can be."""
    kind = ", ".join(item.categories[:2]) or item.domain.replace("_", " ")
    evidence = [Evidence(kind="item", name="category", value=kind)]
    makers = ""
    if item.creators:
        makers = say("reason.makers", demand.language, makers=", ".join(item.creators[:2]))
        evidence.append(Evidence(kind="item", name="maker", value=", ".join(item.creators[:2])))
    return Reason(
        text=say("reason.plain", demand.language, kind=kind, makers=makers), evidence=tuple(evidence)
    )


def money(amount: float, currency: str | None) -> str:
    """An amount as people write it: ``$149.99``, ``1,299 SAR``."""
    number = f"{amount:,.2f}".removesuffix(".00")
    return f"${number}" if currency == "USD" else f"{number} {currency or ''}".strip()


def published(item: Item) -> str:
    """When the item came out, as people write it and no more precisely than is known."""
    if item.published_at is not None:
        return f"{item.published_at.day} {item.published_at:%B %Y}"
    return str(item.attributes.get("year", ""))
