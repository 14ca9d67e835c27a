"""Item cards: facts, reasons, how long an offer lasts, the parts of the score, and two buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from agent.justify import money, published
from schema import Item, Recommendation, Verdict
from timeliness.validity import deadline
from ui.rendering import render

ICONS = {"shopping": "🛍", "news": "📰", "music": "🎵", "video": "🎬", "smart_home": "🏠"}
TEXT_CHARS = 220
PASSING = 60 * 60 * 24 * 60  # seconds: a window that ends later needs no countdown


def cards_html(
    recommendations: Sequence[Recommendation], verdicts: Mapping[str, Verdict], now: datetime
) -> str:
    """The cards of an answer as escaped HTML; empty where there are none."""
    if not recommendations:
        return ""
    return render(
        "cards.html", cards=[_card(each, verdicts.get(each.item.id), now) for each in recommendations]
    )


def _card(recommendation: Recommendation, verdict: Verdict | None, now: datetime) -> dict[str, Any]:
    item = recommendation.item
    parts = sorted(recommendation.contributions.items(), key=lambda pair: -abs(pair[1]))
    shown = [(name, value) for name, value in parts if abs(value) >= 0.005]
    return {
        "id": item.id,
        "icon": ICONS[item.domain],
        "title": item.title,
        "url": item.url if item.url and urlsplit(item.url).scheme in {"http", "https"} else None,
        "facts": _facts(item),
        "ends": _ends(item, now),
        "text": item.text
        if len(item.text) <= TEXT_CHARS
        else item.text[:TEXT_CHARS].rsplit(" ", 1)[0] + " …",
        "verdict": verdict,
        "reasons": recommendation.reasons,
        "score": f"{recommendation.score:.2f}",
        "parts": [{"name": n, "value": f"{v:+.2f}", "size": f"{v:.3f}"} for n, v in shown if v > 0],
        "all_parts": [{"name": n, "value": f"{v:+.2f}"} for n, v in shown],
        "parts_text": ", ".join(f"{n} {v:+.2f}" for n, v in shown),
    }


def _facts(item: Item) -> list[str]:
    kind = str(item.attributes.get("kind", "")) or item.domain.replace("_", " ")
    facts = [
        kind,
        ", ".join(item.creators[:2]),
        published(item),
        f"{item.duration_minutes:g} min" if item.duration_minutes else "",
        money(item.price, item.currency) if item.price is not None else "",
    ]
    return [each for each in facts if each]


def _ends(item: Item, now: datetime) -> dict[str, Any] | None:
    end = deadline(item, now)
    if end is None:
        return None
    seconds = int((end - now).total_seconds())
    if not 0 < seconds <= PASSING:
        return None
    return {"at": end.isoformat(), "seconds": seconds, "text": f"ends in {remaining(seconds)}"}


def remaining(seconds: int) -> str:
    """A span of time in its two largest units: ``2 d 3 h``, ``3 h 5 min``, ``40 s``."""
    days, rest = divmod(max(seconds, 0), 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{left} s"
