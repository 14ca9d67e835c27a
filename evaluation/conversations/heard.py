"""What a check may look at: one answer, and what had been shown before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schema import Demand, Item, Reply


@dataclass(frozen=True)
class Heard:
    """An answer in its conversation.

    ``before`` are the items of the last answer that had any, in their order; ``seen`` the ids of all that
    was shown; ``false_reasons`` what the independent check of reasons found untrue.
    """

    reply: Reply
    before: tuple[Item, ...] = ()
    seen: frozenset[str] = frozenset()
    false_reasons: tuple[str, ...] = ()

    @property
    def demand(self) -> Demand:
        """What was understood; nothing but the text where the reply has no demand."""
        return self.reply.demand or Demand(text=self.reply.text)

    @property
    def items(self) -> list[Item]:
        """The recommended items, in their order."""
        return [each.item for each in self.reply.recommendations]

    def ranked(self, ranks: Sequence[int]) -> list[Item | None]:
        """The items of these ranks, from 1, in the last answer; None where it had fewer."""
        return [self.before[rank - 1] if rank <= len(self.before) else None for rank in ranks]
