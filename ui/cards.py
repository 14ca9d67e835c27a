"""Item cards: facts, reasons, how long an offer lasts, the parts of the score, and two buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from agent.justify import money, published
from schema import Evidence, Item, Recommendation, Verdict
from timeliness.validity import deadline
from ui.rendering import render
from ui.times import moment, remaining

TEXT_CHARS = 220
PASSING = 60 * 60 * 24 * 60  # seconds: a window that ends later needs no countdown
VISIBLE = 0.005  # a smaller part of a score would read 0.00

# What the parts of a score are called on the page, and what each says.
PARTS = {
    "relevance": ("fits your request", "how well it answers what you asked"),
    "season": ("in season", "its season or sale is on"),
    "urgency": ("ending soon", "its offer ends soon"),
    "freshness": ("new", "how recently it came out"),
    "trend": ("trending", "more attention than usual"),
    "taste": ("your taste", "your likes and dislikes"),
    "popularity": ("popular", "attention over the long run"),
}
SOURCES = {"item": "the item", "demand": "you asked", "signal": "the moment"}


def cards_html(
    recommendations: Sequence[Recommendation], verdicts: Mapping[str, Verdict], now: datetime
) -> str:
    """The cards of an answer as escaped HTML; empty where there are none."""
    if not recommendations:
        return ""
    best = max((_positive(each) for each in recommendations), default=0.0)
    cards = [_card(each, verdicts.get(each.item.id), now, best) for each in recommendations]
    seen = {part["name"] for card in cards for part in card["parts"]}
    legend = [_part(name) for name in PARTS if name in seen]
    return render("cards.html", cards=cards, legend=legend, now=now.isoformat())


def _card(
    recommendation: Recommendation, verdict: Verdict | None, now: datetime, best: float
) -> dict[str, Any]:
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
        "ends": _ends(item, now),
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
    order = [*PARTS, *(each for each in recommendation.contributions if each not in PARTS)]
    values = ((name, recommendation.contributions.get(name, 0.0)) for name in order)
    return [
        {**_part(name), "value": f"{value:+.2f}".replace("-", "−"), "size": round(max(value, 0.0), 3)}
        for name, value in values
        if abs(value) >= VISIBLE
    ]


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


def _ends(item: Item, now: datetime) -> dict[str, str] | None:
    end = deadline(item, now)
    if end is None:
        return None
    seconds = int((end - now).total_seconds())
    if not 0 < seconds <= PASSING:
        return None
    return {
        "at": end.isoformat(),
        "moment": moment(end.astimezone(now.tzinfo)),
        "text": f"ends in {remaining(seconds)}",
    }
