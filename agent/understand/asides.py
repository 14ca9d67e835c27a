"""Clauses that only tell why something is asked: "shorter, my sister gets tired early"."""

from __future__ import annotations

import re

from schema import Span

_CLAUSE_END = re.compile(r"[,.;:!?\n]")
_TELLS = re.compile(
    r"\s*(?:(?:because|since|as|and|but|cause) )?(?:(?:my|our|his|her|their|the) \w+|people|guests|everyone|everybody|i|we|he|she|they)(?:'\w+)? \w+"
)
_WANTS = re.compile(
    r"\b(?:wants?|needs?|likes?|loves?|enjoys?|prefers?|looking|mood|interested|into|rather|would|'d)\b"
)


def gives_reason(view: str, span: Span) -> bool:
    """Whether the clause of ``view`` around ``span`` tells of somebody and says no wish of theirs."""
    clause = _CLAUSE_END.split(view[: span[0]])[-1] + _CLAUSE_END.split(view[span[0] :])[0]
    return bool(_TELLS.match(clause)) and not _WANTS.search(clause)
