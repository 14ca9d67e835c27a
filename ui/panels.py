"""The panel that shows what was understood: wishes, limits, feeling, and each window of time on a line."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from agent.justify import money
from agent.understand.amend import interest_part, limit_part, time_part
from schema import Demand, Interest, Limits, Reply, Sentiment, TimeDemand
from ui.rendering import render
from ui.times import moment, standing, window

MARGIN = 0.12  # of the shown span, at each side of a time line
ROLES = {
    "use": "for use",
    "publication": "came out",
    "offer": "on offer",
    "end": "leaving",
    "trend": "trending",
}
INTENTS = {
    "recommend": "a new request",
    "refine": "a refinement",
    "criticise": "a criticism",
    "compare": "a comparison",
    "explain": "a question why",
    "accept": "a like",
    "reject": "a rejection",
    "ask_fact": "a question of fact",
    "thank": "thanks",
    "chat": "small talk",
    "reset": "a fresh start",
    "privacy": "a wish to be forgotten",
}


def understood_html(reply: Reply) -> str:
    """What was understood of the request behind ``reply``, as escaped HTML."""
    return render("understood.html", view=_view(reply.demand, reply)) if reply.demand else ""


def _view(demand: Demand, reply: Reply) -> dict[str, Any]:
    return {
        "intent": INTENTS[demand.intent],
        "groups": [group for group in _groups(demand) if group["tags"]],
        "feeling": _feeling(demand.sentiment),
        "lines": [_line(each, reply.now) for each in demand.times],
        "now": moment(reply.now),
        "parser": "the built-in parser" if demand.parsed_by == "local" else demand.parsed_by,
        "milliseconds": f"{sum(reply.timings.values()):.0f}" if reply.timings else "",
        "stages": ", ".join(f"{name} {value:.0f} ms" for name, value in reply.timings.items()),
        "notes": [*demand.notes, *(each.message for each in reply.degraded)],
    }


def _groups(demand: Demand) -> list[dict[str, Any]]:
    wanted = [each for each in demand.interests if each.polarity >= 0]
    unwanted = [each for each in demand.interests if each.polarity < 0]
    return [
        {"name": "In", "kind": "domain", "tags": _plain([each.replace("_", " ") for each in demand.domains])},
        {"name": "Wanted", "kind": "want", "tags": [_tag(each, "+") for each in wanted]},
        {"name": "Not wanted", "kind": "avoid", "tags": [_tag(each, "−") for each in unwanted]},
        {"name": "Limits", "kind": "limit", "tags": _limit_tags(demand.limits)},
    ]


def _plain(texts: list[str]) -> list[dict[str, str]]:
    return [{"sign": "", "text": each, "title": "", "part": ""} for each in texts]


def _limit_tags(limits: Limits) -> list[dict[str, str]]:
    return [
        {"sign": "", "text": text, "title": "", "part": limit_part(name)}
        for name, text in limits_in_words(limits).items()
    ]


def _tag(interest: Interest, sign: str) -> dict[str, str]:
    must = ", a must" if interest.hard else ""
    return {
        "sign": sign,
        "text": interest.text,
        "title": f"{interest.kind} {interest.polarity:+.1f}{must}",
        "part": interest_part(interest),
    }


def _feeling(sentiment: Sentiment) -> dict[str, str]:
    words = f"{sentiment.mood}, {sentiment.label}" if sentiment.mood else sentiment.label
    return {"label": sentiment.label, "words": words, "score": f"{sentiment.score:+.2f}"}


def limits_in_words(limits: Limits) -> dict[str, str]:
    """Each limit that holds, as a few words, by the name of its part."""
    left_out = {*limits.exclude_ids, *limits.shown_ids}
    words = {
        "min_price": f"from {money(limits.min_price, limits.currency)}"
        if limits.min_price is not None
        else "",
        "max_price": f"up to {money(limits.max_price, limits.currency)}"
        if limits.max_price is not None
        else "",
        "min_minutes": f"from {limits.min_minutes:g} min" if limits.min_minutes is not None else "",
        "max_minutes": f"up to {limits.max_minutes:g} min" if limits.max_minutes is not None else "",
        "languages": f"in {', '.join(limits.languages)}" if limits.languages else "",
        "on_offer": "on offer" if limits.on_offer else "",
        "left_out": f"{len(left_out)} left out" if left_out else "",
    }
    return {name: text for name, text in words.items() if text}


def _line(time: TimeDemand, now: datetime) -> dict[str, Any]:
    """Where the window and now lie on a line that shows both, in per cent; an open side runs to the edge."""
    zone = now.tzinfo
    start = time.start.astimezone(zone) if time.start else None
    end = time.end.astimezone(zone) if time.end else None
    known = [now, *(each for each in (start, end) if each is not None)]
    span = max(max(known) - min(known), timedelta(hours=1))
    middle = min(known) + (max(known) - min(known)) / 2
    width = span * (1 + 2 * MARGIN)

    def position(at: datetime) -> float:
        return round(100 * min(max((at - middle) / width + 0.5, 0.0), 1.0), 1)

    bounded = start is not None or end is not None
    begins = position(start) if start else 0.0
    ends = position(end) if end else 100.0
    open_words = "now" if time.role == "trend" else "any time"
    words = window(start, end) or (f"newer is better ({time.recency:.0%})" if time.recency else open_words)
    return {
        "phrase": time.phrase,
        "part": time_part(time),
        "role": ROLES[time.role],
        "text": words,
        "standing": standing(start, end, now),
        "bounded": bounded,
        "x": begins,
        "width": max(round(ends - begins, 1), 1.0),
        "open": " ".join(side for side, at in (("k-open-left", start), ("k-open-right", end)) if at is None),
        "now_x": position(now),
        "label_x": min(max(position(now), 5.0), 95.0),
    }
