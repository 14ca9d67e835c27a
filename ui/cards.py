"""Item cards: facts, reasons, how long an offer lasts, the parts of the score, and two buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from agent.justify import money, published
from schema import Evidence, Item, Recommendation, Verdict
from timeliness.validity import deadline, on_offer
from ui.rendering import render
from ui.times import moment, remaining

TEXT_CHARS = 220
PASSING = timedelta(days=60)  # a window that ends later needs no countdown
NEAR = timedelta(days=14)  # a sale season that begins later is not worth waiting for
VISIBLE = 0.005  # a smaller part of a score would read 0.00

# What the parts of a score are called on the page, and what each says.
PARTS = {
    "relevance": ("fits your request", "how well it answers what you asked"),
    "match": ("has what you named", "its own facts bear out your wishes"),
    "season": ("in season", "its season or sale is on"),
    "urgency": ("ending soon", "its offer ends soon"),
    "freshness": ("new", "how recently it came out"),
    "trend": ("trending", "more attention than usual"),
    "taste": ("your taste", "your likes and dislikes"),
    "affinity": ("liked together", "people who turned to what you named or liked turned to it too"),
    "popularity": ("popular", "attention over the long run"),
    "rank": ("order of the search", "the classifier did not answer"),
}
SOURCES = {"item": "the item", "demand": "you asked", "signal": "the moment"}


def cards_html(
    recommendations: Sequence[Recommendation],
    verdicts: Mapping[str, Verdict],
    now: datetime,
    country: str = "US",
) -> str:
    """The cards of an answer as escaped HTML; empty where there are none.

    Args:
        recommendations: in the order in which they are shown.
        verdicts: what the user said of items, by item id.
        now: the moment from which countdowns run, in the user's zone.
        country: whose sale seasons are meant.
    """
    if not recommendations:
        return ""
    best = max((_positive(each) for each in recommendations), default=0.0)
    cards = [
        {
            **_card(each, verdicts.get(each.item.id), best),
            "countdown": _countdown(each.item, now, country),
        }
        for each in recommendations
    ]
    seen = dict.fromkeys(part["name"] for card in cards for part in card["parts"])
    legend = [_part(name) for name in sorted(seen, key=_place)]
    return render("cards.html", cards=cards, legend=legend, now=now.isoformat())


def _card(recommendation: Recommendation, verdict: Verdict | None, best: float) -> dict[str, Any]:
    item = recommendation.item
    parts = _parts(recommendation)
    return {
        "id": item.id,
        "domain": item.domain,
        "title": item.title,
        "url": _link(item.url),
        "kind": str(item.attributes.get("kind", "")) or item.domain.replace("_", " "),
        "facts": _facts(item),
        "price": money(item.price, item.currency) if item.price is not None else "",
        "old_price": _old_price(item),
        "text": _shortened(item.text),
        "verdict": verdict,
        "reasons": [each.text for each in recommendation.reasons],
        "score": f"{recommendation.score:.2f}",
        "width": f"{100 * _positive(recommendation) / best:.1f}" if best > 0 else "0",
        "parts": parts,
        "parts_text": ", ".join(f"{each['label']} {each['value']}" for each in parts),
        "evidence": _evidence([proof for reason in recommendation.reasons for proof in reason.evidence]),
    }


def _positive(recommendation: Recommendation) -> float:
    return sum(each for each in recommendation.contributions.values() if each > 0)


def _parts(recommendation: Recommendation) -> list[dict[str, Any]]:
    """The parts of the score that can be seen, in the legend's order, so that bars compare."""
    values = sorted(recommendation.contributions.items(), key=lambda pair: _place(pair[0]))
    return [
        {**_part(name), "value": f"{value:+.2f}".replace("-", "−"), "size": round(max(value, 0.0), 3)}
        for name, value in values
        if abs(value) >= VISIBLE
    ]


def _place(name: str) -> int:
    return list(PARTS).index(name) if name in PARTS else len(PARTS)


def _part(name: str) -> dict[str, str]:
    label, meaning = PARTS.get(name, (name, ""))
    return {"name": name, "label": label, "meaning": meaning}


def _evidence(proofs: Sequence[Evidence]) -> list[dict[str, str]]:
    """Each fact once, in words."""
    rows = dict.fromkeys((each.kind, each.name, each.value) for each in proofs)
    return [
        {
            "source": SOURCES[kind],
            "name": PARTS[name][0] if kind == "signal" and name in PARTS else name.replace("_", " "),
            "value": value,
        }
        for kind, name, value in rows
    ]


def _link(url: str | None) -> str | None:
    """The address where it is one of the web's; a script or a broken one is no link."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.netloc else None


def _facts(item: Item) -> list[str]:
    facts = [
        ", ".join(item.creators[:2]),
        published(item),
        f"{item.duration_minutes:g} min" if item.duration_minutes else "",
    ]
    return [each for each in facts if each]


def _old_price(item: Item) -> str:
    old = item.attributes.get("old_price")
    if item.price is None or isinstance(old, bool) or not isinstance(old, int | float) or old <= item.price:
        return ""
    return money(float(old), item.currency)


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT_CHARS else text[:TEXT_CHARS].rsplit(" ", 1)[0] + " …"


def _countdown(item: Item, now: datetime, country: str) -> dict[str, str] | None:
    """What ends or begins soon: the item's own window, or else a sale season that it is usually part of."""
    end = deadline(item, now)
    if end is not None:
        return _clock(end, now, PASSING, "ends in", "has ended")
    sale = on_offer(item, now, now + NEAR, zone=now.tzinfo or UTC, country=country)
    if sale is None or sale[0] is None:
        return None
    if sale[0] > now:
        return _clock(sale[0], now, NEAR, "usual sale starts in", "the usual sale has begun")
    return _clock(sale[1], now, PASSING, "usual sale ends in", "the usual sale is over")


def _clock(
    at: datetime | None, now: datetime, most: timedelta, label: str, over: str
) -> dict[str, str] | None:
    if at is None or not timedelta(0) < at - now <= most:
        return None
    left = remaining(int((at - now).total_seconds()))
    return {
        "at": at.isoformat(),
        "moment": moment(at.astimezone(now.tzinfo)),
        "label": label,
        "over": over,
        "kind": "begins" if "starts" in label else "ends",
        "text": f"{label} {left}",
    }
