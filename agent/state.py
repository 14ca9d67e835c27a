"""What one conversation remembers between turns, and what one turn works on."""

from typing import TypedDict

from pydantic import AwareDatetime, Field

from schema import (
    Candidate,
    Degradation,
    Demand,
    Domain,
    Frozen,
    Recommendation,
    Reply,
    ScoredItem,
    Turn,
)

REMEMBERED_REPLIES = 30  # a checkpoint holds them whole, so they are bounded


class TurnInput(Frozen):
    """What the user sent, when, and how many answers of which domain are wanted."""

    text: str
    now: AwareDatetime
    session: str
    count: int = Field(ge=1, le=50)
    domain: Domain | None = None


class State(TypedDict, total=False):
    """The graph's state. The first group lives on; the second is made anew each turn."""

    turns: tuple[Turn, ...]
    replies: tuple[Reply, ...]
    standing: Demand | None
    recommendations: tuple[Recommendation, ...]
    seen: tuple[str, ...]

    input: TurnInput
    demand: Demand | None
    searched: Demand | None
    candidates: tuple[Candidate, ...]
    scored: tuple[ScoredItem, ...]
    chosen: tuple[ScoredItem, ...]
    relaxed: tuple[str, ...]
    preface: str
    degraded: tuple[Degradation, ...]
    timings: dict[str, float]
    reply: Reply | None


def demand_of(state: State) -> Demand:
    """What is asked in this turn; the bare words where understanding left nothing."""
    demand = state.get("demand")
    return demand if demand is not None else Demand(text=state["input"].text, query=state["input"].text)


def fresh_turn(turn: TurnInput) -> State:
    """The update that begins a turn: the new input, and nothing left of the last one's work."""
    return State(
        input=turn,
        demand=None,
        searched=None,
        candidates=(),
        scored=(),
        chosen=(),
        relaxed=(),
        preface="",
        degraded=(),
        timings={},
        reply=None,
    )
