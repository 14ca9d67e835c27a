"""Our own hard requests, and that the evaluation counts what it says."""

from __future__ import annotations

import json

import pytest

from agent.understand.local import LocalUnderstanding
from errors import SourceError
from evaluation.json_lines import read_rows
from evaluation.understanding import REQUESTS, evaluate_understanding, judge
from schema import Conversation, Demand


async def test_our_hard_requests_are_understood(local_understanding: LocalUnderstanding) -> None:
    scores = await evaluate_understanding(local_understanding)
    assert sum(1 for _ in read_rows(REQUESTS)) >= 120
    floors = {
        "intent": 0.95,
        "domains": 0.95,
        "likes": 0.95,
        "refusals": 0.93,
        "limits": 0.95,
        "references": 0.95,
    }
    assert {
        part: scores[part]["accuracy"] for part in floors if scores[part]["accuracy"] < floors[part]
    } == {}


def test_a_wrong_demand_is_judged_wrong() -> None:
    row = {"text": "x", "expect": {"intent": "refine", "likes": ["funny"], "limits": {"max_price": "<5"}}}
    judged = list(judge(row, Demand(text="x", intent="recommend"), Conversation(session="s")))
    assert [(each.part, each.right) for each in judged] == [
        ("intent", False),
        ("likes", False),
        ("limits", False),
    ]


async def test_rows_of_public_sets_are_counted(local_understanding: LocalUnderstanding) -> None:
    rows: list[dict[str, object]] = [
        {"text": "a masterful, moving film", "label": 1},
        {
            "text": "I like horror movies with Tom Hanks",
            "movies": "",
            "genres": "horror",
            "people_names": "Tom Hanks",
        },
        {
            "services": ["Music_1"],
            "turns": [
                {
                    "speaker": "USER",
                    "utterance": "Find me a jazz song for tomorrow",
                    "slots": [{"slot": "date", "start": 24, "end": 32}],
                }
            ],
        },
    ]
    scores = await evaluate_understanding(local_understanding, rows)
    assert scores["sentiment"] == {"accuracy": 1.0, "n": 1}
    assert scores["genres"]["f1"] == scores["people"]["f1"] == scores["time spans"]["f1"] == 1.0
    assert scores["domains"] == {"accuracy": 1.0, "n": 1}
    json.dumps(scores)


async def test_an_unknown_row_is_an_error(local_understanding: LocalUnderstanding) -> None:
    with pytest.raises(SourceError, match="row 1"):
        await evaluate_understanding(local_understanding, [{"question": "?"}])
