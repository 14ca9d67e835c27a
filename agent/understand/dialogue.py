"""The standing demand and how a turn changes it: begin anew, refine, exclude, or leave as it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from agent.understand.comparatives import Comparison, measure
from agent.understand.lexicon import Lexicon
from agent.understand.query import extend
from agent.understand.reading import Reading
from schema import (
    Conversation,
    Demand,
    Interest,
    Item,
    Limits,
    TimeDemand,
)

# What more of the one means less of the other.
_OPPOSITES = (
    ({"light", "funny", "uplifting"}, {"dark", "heavy", "sad", "serious"}),
    ({"quiet", "relaxing", "slow"}, {"loud", "energetic", "exciting"}),
    ({"short"}, {"long", "epic"}),
    ({"cheap"}, {"premium"}),
    ({"popular"}, {"lesser known"}),
    ({"small"}, {"large"}),
    ({"simple"}, {"clever"}),
)
_REPLACES = re.compile(
    r"\b(?:instead|rather|what about|how about|make (?:it|that)|let's (?:go for|try|do)|change (?:it|that) to|switch to)\b|换成|改成|换"
)
_OTHERS = re.compile(
    r"\b(?:more(?! \w+ than)(?=\s*(?:$|[.!?,]|please|options|ideas|suggestions|of (?:them|these|those)|like|results|ones))|(?:any|some|show me|see) more|anything else|something else|what else|others?|another|different|(?:other|new) (?:ones?|options|ideas|suggestions)|next|keep going|already)\b"
    r"|别的|其他|还有|换(?:一|个|部|首|批)|另外|看过|听过"
)


def update(reading: Reading, conversation: Conversation, lexicon: Lexicon) -> Demand:
    """The demand after this turn."""
    standing = conversation.demand
    if reading.intent in {"reset", "privacy"}:
        return _bare(reading)
    if reading.intent == "recommend" or (standing is None and reading.intent == "refine"):
        return _anew(reading, conversation)
    if standing is None:
        return replace_in(
            _bare(reading), references=reading.references, domains=reading.domains, **_own(reading)
        )
    if reading.intent == "refine":
        return _refined(reading, conversation, standing, lexicon)
    if reading.intent in {"criticise", "reject"}:
        return _turned_down(reading, conversation, standing, lexicon)
    return _kept(reading, standing)


def replace_in(demand: Demand, **changes: object) -> Demand:
    """``demand`` with ``changes``, validated."""
    return Demand.model_validate({**dict(demand), **changes})


def _bare(reading: Reading) -> Demand:
    return Demand(
        text=reading.text,
        language=reading.language,
        intent=reading.intent,
        sentiment=reading.sentiment,
        notes=reading.notes,
    )


def _own(reading: Reading) -> dict[str, object]:
    return {
        "interests": reading.interests,
        "times": reading.times,
        "limits": reading.limits,
        "count": reading.count,
        "query": reading.query,
    }


def _anew(reading: Reading, conversation: Conversation) -> Demand:
    """A full request: nothing old stands but, in the same domain, what was refused outright."""
    standing = conversation.demand
    limits = reading.limits.model_copy(
        update={"exclude_ids": _ids(reading.limits.exclude_ids, conversation.disliked)}
    )
    interests = reading.interests
    if standing and reading.domains and set(reading.domains) & set(standing.domains):
        refused = [each for each in standing.interests if each.hard and each.polarity < 0]
        interests = _joined(_carried(refused), reading.interests)
        limits = limits.model_copy(
            update={"exclude_ids": _ids(limits.exclude_ids, standing.limits.exclude_ids)}
        )
    own = _own(reading) | {"interests": interests, "limits": limits}
    return replace_in(_bare(reading), references=reading.references, domains=reading.domains, **own)


def _kept(reading: Reading, standing: Demand) -> Demand:
    """A turn about what was shown: the demand stands, only what is pointed at and felt is new."""
    return replace_in(
        standing,
        text=reading.text,
        language=reading.language,
        intent=reading.intent,
        interests=_carried(standing.interests),
        times=_without_spans(standing.times),
        references=reading.references,
        sentiment=reading.sentiment,
        notes=reading.notes,
        parsed_by="local",
    )


def _refined(reading: Reading, conversation: Conversation, standing: Demand, lexicon: Lexicon) -> Demand:
    pointed = _pointed(reading, conversation)
    marks = measure(
        reading.comparisons,
        pointed or conversation.shown,
        _merged_limits(reading, standing.limits),
        reading.text,
    )
    kept_attributes = {each.span for each in marks.unmet}
    measured = [each.span for each in reading.comparisons if each.span not in kept_attributes]
    own = tuple(each for each in reading.interests if not _touches(each, measured))
    own += tuple(
        _as_attribute(each)
        for each in marks.unmet
        if not any(_touches(interest, [each.span]) for interest in own)
    )
    if pointed and re.search(r"\b(?:like|similar to|as)\b|类似|像", reading.view):
        own += tuple(Interest(text=item.title, kind="item") for item in pointed)
    kept, dropped = _survivors(standing.interests, own, reading)
    exclude = [*standing.limits.exclude_ids, *conversation.disliked]
    if _OTHERS.search(reading.view):
        exclude += [item.id for item in conversation.shown]
    if _refuses(reading):
        exclude += [each.item_id for each in reading.references if each.item_id]
    limits = marks.limits.model_copy(update={"exclude_ids": _ids(exclude)})
    query = extend(standing.query, own, dropped, lexicon) if standing.query else reading.query
    return replace_in(
        _bare(reading),
        domains=reading.domains if reading.named else standing.domains or reading.domains,
        interests=_joined(_carried(kept), own),
        times=_merged_times(standing.times, (*reading.times, *marks.times), "time" in reading.lifted),
        limits=limits,
        references=reading.references,
        count=reading.count or standing.count,
        query=query or reading.query,
    )


def _turned_down(reading: Reading, conversation: Conversation, standing: Demand, lexicon: Lexicon) -> Demand:
    """A refusal excludes what it points at, or all that was shown; a complaint is also a wish for its contrary."""
    refined = _refined(replace(reading, references=()), conversation, standing, lexicon)
    gone = [each.item_id for each in reading.references if each.item_id]
    measured = reading.intent == "criticise" and (reading.comparisons or reading.interests)
    if not gone and not measured:
        gone = [item.id for item in conversation.shown]
    if reading.intent == "criticise" and measured and not reading.references:
        gone = []
    limits = refined.limits.model_copy(
        update={"exclude_ids": _ids(refined.limits.exclude_ids, conversation.disliked, gone)}
    )
    return replace_in(refined, intent=reading.intent, limits=limits, references=reading.references)


def _refuses(reading: Reading) -> bool:
    return bool(
        re.search(
            r"\b(?:not|hate|hated|dislike|don't|didn't|seen|skip|remove|without|except|but not)\b|不|讨厌|看过",
            reading.view,
        )
    ) and not re.search(r"\b(?:like|love|loved|liked)\b(?<!don't like)(?<!didn't like)", reading.view)


def _pointed(reading: Reading, conversation: Conversation) -> tuple[Item, ...]:
    wanted = {each.item_id for each in reading.references if each.item_id}
    return tuple(item for item in conversation.shown if item.id in wanted)


def _touches(interest: Interest, spans: Iterable[tuple[int, int]]) -> bool:
    return any(interest.span and start < interest.span[1] and interest.span[0] < end for start, end in spans)


def _as_attribute(comparison: Comparison) -> Interest:
    names = {
        "cheaper": "cheap",
        "dearer": "premium",
        "shorter": "short",
        "longer": "long",
        "newer": "new",
        "older": "classic",
    }
    return Interest(text=names[comparison.way], kind="attribute", span=comparison.span)


def _survivors(
    standing: Sequence[Interest], own: Sequence[Interest], reading: Reading
) -> tuple[list[Interest], list[str]]:
    """What stands of the old interests beside the new ones, and the names of the wishes that fell."""
    kept, dropped = [], []
    replaced = (
        {each.kind for each in own if each.polarity > 0 and each.kind in {"genre", "topic"}}
        if _replaces(reading)
        else set()
    )
    for each in standing:
        falls = any(_contradicts(new, each) for new in own) or (each.kind in replaced and each.polarity > 0)
        if not falls:
            kept.append(each)
        elif each.polarity > 0:
            dropped.append(each.text)
    return kept, dropped


def _replaces(reading: Reading) -> bool:
    return bool(_REPLACES.search(reading.view)) or not re.search(
        r"\b(?:and|also|with|too|plus|but|maybe)\b|也|还|带", reading.view
    )


def _contradicts(new: Interest, old: Interest) -> bool:
    one, other = new.text.casefold(), old.text.casefold()
    if one == other:
        return True
    if new.polarity < 0 or old.polarity < 0:
        return False
    return any(
        (one in left and other in right) or (one in right and other in left) for left, right in _OPPOSITES
    )


def _joined(old: Sequence[Interest], new: Sequence[Interest]) -> tuple[Interest, ...]:
    renewed = {each.text.casefold() for each in new}
    return (*(each for each in old if each.text.casefold() not in renewed), *new)


def _carried(interests: Sequence[Interest]) -> tuple[Interest, ...]:
    return tuple(each.model_copy(update={"span": None}) for each in interests)


def _without_spans(times: Sequence[TimeDemand]) -> tuple[TimeDemand, ...]:
    return tuple(each.model_copy(update={"span": None}) for each in times)


def _merged_times(
    old: Sequence[TimeDemand], new: Sequence[TimeDemand], lifted: bool
) -> tuple[TimeDemand, ...]:
    if lifted:
        return tuple(new)
    roles = {each.role for each in new}
    return (*_without_spans([each for each in old if each.role not in roles]), *new)


def _merged_limits(reading: Reading, old: Limits) -> Limits:
    new = reading.limits
    changes: dict[str, object] = {}
    if new.max_price is not None or new.min_price is not None or "price" in reading.lifted:
        changes |= {
            "max_price": new.max_price,
            "min_price": new.min_price,
            "currency": new.currency or (old.currency if new.max_price or new.min_price else None),
        }
    if new.max_minutes is not None or new.min_minutes is not None or "length" in reading.lifted:
        changes |= {"max_minutes": new.max_minutes, "min_minutes": new.min_minutes}
    if new.languages:
        changes["languages"] = new.languages
    changes["on_offer"] = (new.on_offer or old.on_offer) and "offer" not in reading.lifted
    return old.model_copy(update=changes)


def _ids(*groups: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item_id for group in groups for item_id in group))
