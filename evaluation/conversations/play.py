"""Plays a script with the real agent, turn by turn, and notes what was not as expected."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evaluation.conversations.checks import failures
from evaluation.conversations.checks.understood import understood
from evaluation.conversations.expect import Expect
from evaluation.conversations.heard import Heard
from evaluation.conversations.reasons import ReasonCheck
from evaluation.conversations.script import Script, Turn
from evaluation.conversations.stage import SESSION, Home, Stage
from schema import Item, Reply, Verdict

_LONGEST_SAID = 90


@dataclass(frozen=True)
class Failure:
    """An expectation that was not met, what came instead, and the reason where it is known."""

    expectation: str
    wanted: str
    came: str
    known: str | None = None


@dataclass(frozen=True)
class TurnResult:
    """How one turn went. ``mended`` are expectations that are said to fail and do not."""

    number: int
    said: str
    text: str
    understood: str = ""
    failures: tuple[Failure, ...] = ()
    mended: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScriptResult:
    """How one script went; it passed where every turn did."""

    file: Path
    script: Script
    turns: tuple[TurnResult, ...]

    @property
    def failures(self) -> list[Failure]:
        """All failures, in order."""
        return [failure for turn in self.turns for failure in turn.failures]

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures

    @property
    def known(self) -> bool:
        """Whether it failed, and only where the script says so."""
        return bool(self.failures) and all(each.known is not None for each in self.failures)


async def play_all(
    scripts: Sequence[tuple[Path, Script]], stage: Stage, done: Callable[[ScriptResult], None]
) -> list[ScriptResult]:
    """Play the scripts one after the other; ``done`` hears of each as it ends."""
    results = []
    for file, script in scripts:
        results.append(await play(file, script, stage))
        done(results[-1])
    return results


async def play(file: Path, script: Script, stage: Stage) -> ScriptResult:
    """Play one script in a home of its own."""
    async with stage.home(script) as home:
        conversation = _Conversation(script, home)
        return ScriptResult(
            file,
            script,
            tuple([await conversation.turn(number, each) for number, each in enumerate(script.turns, 1)]),
        )


@dataclass
class _Conversation:
    """What a conversation has come to: the moment, what was said, and what was shown."""

    script: Script
    home: Home
    said: list[str] = field(default_factory=list)
    before: tuple[Item, ...] = ()
    seen: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self.now = self.script.now
        events = [event for each in self.script.events for event in each.events()]
        self.truth = ReasonCheck(self.home.items, events, self.now, self.script.settings.timezone)

    async def turn(self, number: int, turn: Turn) -> TurnResult:
        """Do what the turn says and hold the answer against what is expected."""
        self.now = turn.now or self.now
        if turn.user is None:
            return await self._verdict(number, turn)
        reply = await self.home.assistant.ask(turn.user * turn.repeat, session=SESSION, now=self.now)
        self.said.append(turn.user)
        expect = turn.expect.over(self.script.always) if reply.recommendations else turn.expect
        untrue = tuple(self._untrue(reply)) if expect.reasons_true else ()
        heard = Heard(reply, self.before, self.seen, untrue)
        result = _judged(number, turn, expect, heard)
        if reply.recommendations:
            self.before = tuple(heard.items)
            self.seen |= {each.id for each in heard.items}
        return result

    async def _verdict(self, number: int, turn: Turn) -> TurnResult:
        verdict: Verdict = "like" if turn.like else "dislike"
        rank = turn.like or turn.dislike or 0
        said = f"({verdict} of number {rank})"
        if rank > len(self.before):
            came = f"the last answer had {len(self.before)}"
            return TurnResult(number, said, "", failures=(Failure(verdict, f"an item of rank {rank}", came),))
        item = self.before[rank - 1]
        await self.home.assistant.feedback(SESSION, item.id, verdict, self.now)
        return TurnResult(number, said, item.title)

    def _untrue(self, reply: Reply) -> list[str]:
        verdicts = self.home.assistant.verdicts(SESSION)
        liked = {each.title for each in self.home.items if verdicts.get(each.id) == "like"}
        return self.truth.untrue(". ".join(self.said), reply, liked)


def _judged(number: int, turn: Turn, expect: Expect, heard: Heard) -> TurnResult:
    wanted = expect.model_dump(mode="json", exclude_none=True, exclude_unset=True)
    found = failures(expect, heard)
    failed = tuple(
        Failure(name, str(wanted.get(name)), came, turn.known_failure.get(name))
        for name, came in found.items()
    )
    said = turn.user or ""
    shown = said if len(said) <= _LONGEST_SAID else f"{said[:_LONGEST_SAID]}…"
    if turn.repeat > 1:
        shown += f" ({turn.repeat} times)"
    mended = tuple(name for name in turn.known_failure if name not in found)
    return TurnResult(number, shown, heard.reply.text, understood(heard.demand), failed, mended)
