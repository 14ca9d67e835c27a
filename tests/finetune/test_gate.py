"""The gate lets old requests lose a little and feedback nothing."""

from __future__ import annotations

import pytest

from finetune.gate import Measured, judge

BEFORE = Measured(replay=0.70, replay_n=150, feedback=0.40, feedback_n=9)


@pytest.mark.parametrize(
    ("replay", "feedback", "passed", "reason"),
    [
        (0.71, 0.45, True, ""),
        (0.69, 0.40, True, ""),
        (0.689, 0.45, False, "old requests fell"),
        (0.71, 0.399, False, "held-out feedback fell"),
        (0.50, 0.30, False, "old requests fell"),
    ],
)
def test_gate(replay: float, feedback: float, passed: bool, reason: str) -> None:
    verdict = judge(BEFORE, Measured(replay, 150, feedback, 9), tolerance=0.01)
    assert verdict.passed == passed
    assert reason in verdict.reason
    assert ("held-out feedback fell" in verdict.reason) == (feedback < 0.40)
