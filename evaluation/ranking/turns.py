"""Turns of recommendation conversations, in the format of ``redial/valid_turns`` and of INSPIRED.

A row of the former holds ``dialog_id``, ``context`` (what was said so far, the seeker first and last),
``entity`` (what was mentioned) and ``rec`` (films that the answer then names). Each film of
``rec`` that was not mentioned before is a target; films mentioned before are in no ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import SourceError
from evaluation.json_lines import numbered_rows
from finetune.datasets.requests import Request
from schema import Item

TURNS = 3


@dataclass(frozen=True)
class Turn:
    """What the seeker said in the last turns, ids of films mentioned before, and of those to be found."""

    conversation: str
    text: str
    mentioned: frozenset[str]
    targets: tuple[str, ...]


def read_turns(path: Path, films: Sequence[Item]) -> list[Turn]:
    """The turns that have a target among ``films``; names are matched with their years.

    Raises:
        SourceError: the file cannot be read, or a row lacks a field.
    """
    ids = {" ".join(each.title.split()).casefold(): each.id for each in films}
    turns = []
    for number, row in numbered_rows(path):
        try:
            context, mentioned, named = row["context"], row["entity"], row["rec"]
            known = {ids[key] for each in mentioned if (key := " ".join(each.split()).casefold()) in ids}
            wanted = [ids[key] for each in named if (key := " ".join(each.split()).casefold()) in ids]
            targets = tuple(each for each in dict.fromkeys(wanted) if each not in known)
            if targets:
                text = " ".join(each for each in context[::-2][:TURNS][::-1] if each)
                turns.append(Turn(str(row["dialog_id"]), text, frozenset(known), targets))
        except (KeyError, TypeError, AttributeError) as error:
            raise SourceError(
                f"{path}:{number}: {error}; a row holds dialog_id, context, entity and rec, as redial/valid_turns"
            ) from error
    return turns


def turns_of(requests: Sequence[Request]) -> list[Turn]:
    """Requests that were made of conversations, those of one moment as one turn; owners name the conversations."""
    targets: dict[tuple[str, str, frozenset[str]], list[str]] = {}
    for each in requests:
        targets.setdefault((each.owner, each.text, each.excluded), []).append(each.target)
    return [Turn(owner, text, known, tuple(some)) for (owner, text, known), some in targets.items()]
