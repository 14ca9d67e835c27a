"""Requests from real conversations about films: ReDial (Li et al., 2018), INSPIRED (Hayati et al., 2020).

A request is what the seeker said in the latest turns, titles included; it is answered by
the films that the other side then suggested and the seeker did not dislike.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from finetune.datasets.pools import read_rows
from finetune.datasets.requests import Request
from schema import Item
from settings import Settings

_MENTION = re.compile(r"@(\d+)")
_DISLIKED = 0
_TURNS = 3
_MIN_WORDS = 3
_TARGETS_A_TURN = 1


def redial_mentions(settings: Settings, films: Sequence[Item]) -> dict[str, frozenset[str]]:
    """Ids of the films that each conversation of ReDial's validation file names, by the conversation's owner."""
    ids = _ids_by_title(films)
    found: dict[str, frozenset[str]] = {}
    for number, row in enumerate(read_rows(settings, "redial/valid.jsonl.gz")):
        named: Mapping[str, str | None] = row["movieMentions"] or {}  # type: ignore[assignment]
        titles = {" ".join((name or "").split()) for name in named.values()}
        owner = f"redial/{row.get('conversationId', number)}"
        found[owner] = frozenset(ids[each] for each in titles if each in ids)
    return found


def redial_requests(settings: Settings, films: Sequence[Item]) -> list[Request]:
    """Requests of ReDial's validation file (its test split is never read)."""
    ids = _ids_by_title(films)
    found: list[Request] = []
    for number, row in enumerate(read_rows(settings, "redial/valid.jsonl.gz")):
        found += _redial_conversation(f"redial/{row.get('conversationId', number)}", row, ids)
    return found


def _redial_conversation(owner: str, row: Mapping[str, Any], ids: Mapping[str, str]) -> Iterator[Request]:
    titles = {key: " ".join((name or "").split()) for key, name in (row["movieMentions"] or {}).items()}
    verdicts = {**(row["initiatorQuestions"] or {}), **(row["respondentQuestions"] or {})}
    suggested = {key for key, each in verdicts.items() if each["suggested"] == 1}
    disliked = {key for key, each in verdicts.items() if each["liked"] == _DISLIKED}
    messages = [(each["senderWorkerId"], each["text"]) for each in row["messages"]]
    senders = Counter(
        sender for sender, text in messages for key in _MENTION.findall(text) if key in suggested
    )
    if not senders:
        return
    recommender = senders.most_common(1)[0][0]
    heard: list[str] = []
    mentioned: set[str] = set()
    for place, (sender, text) in enumerate(messages):
        keys = _MENTION.findall(text)
        if sender == recommender and heard:
            later = {key for _, each in messages[place:] for key in _MENTION.findall(each)} & suggested
            good = {ids[titles[key]] for key in later - mentioned - disliked if titles.get(key) in ids}
            bad = {ids[titles[key]] for key in disliked if titles.get(key) in ids}
            past = {ids[titles[key]] for key in mentioned if titles.get(key) in ids}
            now = [ids[titles[key]] for key in keys if titles.get(key) in ids]
            targets = [each for each in dict.fromkeys(now) if each in good][:_TARGETS_A_TURN]
            asked = " ".join(heard[-_TURNS:])
            if len(asked.split()) >= _MIN_WORDS:
                yield from _each_target(asked, owner, targets, good, past, bad)
        elif sender != recommender:
            heard.append(_MENTION.sub(lambda found: titles.get(found[1], "it"), text).strip())
        mentioned.update(keys)


def _each_target(
    asked: str, owner: str, targets: Sequence[str], good: set[str], past: set[str], bad: set[str]
) -> Iterator[Request]:
    for target in targets:
        yield Request(
            text=asked,
            owner=owner,
            pool="redial",
            target=target,
            relevant=frozenset(good - past),
            excluded=frozenset(past - bad),
            disliked=frozenset(bad),
            synthetic=False,
        )


def inspired_requests(settings: Settings, films: Sequence[Item]) -> list[Request]:
    """Requests of INSPIRED's development file, about those of its films that ReDial's list has."""
    ids = _ids_by_title(films)
    dialogues: dict[str, list[dict[str, Any]]] = {}
    for row in read_rows(settings, "inspired/dev.jsonl.gz"):
        dialogues.setdefault(str(row["dialog_id"]), []).append(row)
    return [each for owner, rows in dialogues.items() for each in _inspired_dialogue(owner, rows, ids)]


def _inspired_dialogue(
    owner: str, rows: Sequence[Mapping[str, Any]], ids: Mapping[str, str]
) -> Iterator[Request]:
    heard: list[str] = []
    mentioned: set[str] = set()
    for row in rows:
        named = [ids[each] for each in _films(row) if each in ids]
        if row["speaker"] == "SEEKER":
            heard.append(str(row["text"]))
        else:
            fresh = {each for each in named if each not in mentioned}
            asked = " ".join(heard[-_TURNS:])
            if fresh and len(asked.split()) >= _MIN_WORDS:
                yield from _each_target(asked, f"inspired/{owner}", sorted(fresh), fresh, mentioned, set())
        mentioned.update(named)


def _films(row: Mapping[str, Any]) -> list[str]:
    """Films that the utterance names, in the spelling with the year."""
    spoken = [each.strip().casefold() for each in str(row["movies"] or "").split(";") if each.strip()]
    try:
        known = list(ast.literal_eval(str(row["movie_dict"] or "{}")))
    except (SyntaxError, ValueError):
        return []
    return [each for each in known if any(name in each.casefold() for name in spoken)]


def _ids_by_title(films: Sequence[Item]) -> dict[str, str]:
    return {each.title: each.id for each in films}
