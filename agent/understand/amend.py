"""What was understood, as parts that the user can take away one by one."""

from __future__ import annotations

from collections.abc import Collection

from agent.understand.lexicon import Lexicon
from agent.understand.query import DOMAIN_WORDS, extend
from schema import Demand, Interest, Limits, TimeDemand

# Fields of ``Limits`` that go together; currency is no condition of its own.
LIMIT_PARTS: tuple[str, ...] = (
    "max_price", "min_price", "max_minutes", "min_minutes", "languages", "on_offer", "left_out",
)  # fmt: skip


def interest_part(interest: Interest) -> str:
    """The name of a wish or refusal: ``interest:-:horror``."""
    return f"interest:{'-' if interest.polarity < 0 else '+'}:{interest.text}"


def time_part(time: TimeDemand) -> str:
    """The name of a window: ``time:use:tonight``."""
    return f"time:{time.role}:{time.phrase}"


def limit_part(name: str) -> str:
    """The name of a limit, one of ``LIMIT_PARTS``: ``limit:max_price``."""
    return f"limit:{name}"


def parts_of(demand: Demand) -> list[str]:
    """The names of all parts of ``demand`` that can be taken away."""
    limits = demand.limits
    held = {name: getattr(limits, name, None) not in (None, (), False) for name in LIMIT_PARTS}
    held["left_out"] = bool(limits.exclude_ids or limits.shown_ids)
    return [
        *(interest_part(each) for each in demand.interests),
        *(limit_part(name) for name in LIMIT_PARTS if held[name]),
        *(time_part(each) for each in demand.times),
    ]


def without_parts(demand: Demand, parts: Collection[str], lexicon: Lexicon) -> Demand:
    """``demand`` without the parts of these names; names that it does not have change nothing.

    The words of a wish that goes leave the query too.
    """
    gone = [each for each in demand.interests if interest_part(each) in parts]
    query = (
        extend(demand.query, (), [each.text for each in gone if each.polarity > 0], lexicon)
        if demand.query
        else ""
    )
    return demand.model_copy(
        update={
            "interests": tuple(each for each in demand.interests if each not in gone),
            "times": tuple(each for each in demand.times if time_part(each) not in parts),
            "limits": _without_limits(demand.limits, parts),
            "query": query or " ".join(DOMAIN_WORDS[each] for each in demand.domains),
        }
    )


def _without_limits(limits: Limits, parts: Collection[str]) -> Limits:
    unset = Limits()
    named = [name for name in LIMIT_PARTS if limit_part(name) in parts]
    fields = ["exclude_ids", "shown_ids"] if "left_out" in named else []
    fields += [name for name in named if name != "left_out"]
    kept = limits.model_copy(update={name: getattr(unset, name) for name in fields})
    priced = kept.max_price is not None or kept.min_price is not None
    return kept if priced else kept.model_copy(update={"currency": None})
