"""A language model may word the reasons, and nothing else: what it says beyond the evidence is dropped."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from schema import Demand, Reason, Recommendation

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PROMPTS = Path(__file__).parent.parent / "prompts" / "justify"

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*", re.UNICODE)


class Rewording(BaseModel):
    """One reason, worded anew."""

    item: int = Field(description="Number of the recommendation, from 1.")
    reason: int = Field(description="Number of the reason within it, from 1.")
    text: str = Field(
        description="A friendly clause of at most 20 words that says only what its evidence says."
    )


class Rewordings(BaseModel):
    """All reasons, worded anew."""

    reasons: list[Rewording]


async def reword(
    recommendations: Sequence[Recommendation], demand: Demand, model: BaseChatModel, timeout: float
) -> tuple[tuple[Recommendation, ...], tuple[str, ...]]:
    """The recommendations with reasons in the model's words, and notes for the user.

    A wording that is not borne out by its evidence, or whose number is unknown, is
    replaced by ours. If the model fails or does not answer within ``timeout`` seconds,
    all stay ours, and a note says so.
    """
    listing = "\n".join(
        f"{rank}.{number} {each.item.title}: {reason.text} | "
        + "; ".join(f"{proof.name} = {proof.value}" for proof in reason.evidence)
        for rank, each in enumerate(recommendations, 1)
        for number, reason in enumerate(each.reasons, 1)
    )
    prompt = (
        (PROMPTS / "reword.txt")
        .read_text(encoding="utf-8")
        .format(request=demand.text, language=demand.language, reasons=listing)
    )
    try:
        answer = await asyncio.wait_for(model.with_structured_output(Rewordings).ainvoke(prompt), timeout)
    except Exception:  # whatever a provider's client raises, the answer stands without it
        return tuple(recommendations), ("The language model did not word the reasons; they are my own.",)
    if not isinstance(answer, Rewordings):
        return tuple(recommendations), ("The language model did not word the reasons; they are my own.",)
    texts = {(each.item, each.reason): each.text.strip() for each in answer.reasons}
    return tuple(
        each.model_copy(
            update={
                "reasons": tuple(
                    _checked(reason, texts.get((rank, number), ""), each.item.title)
                    for number, reason in enumerate(each.reasons, 1)
                )
            }
        )
        for rank, each in enumerate(recommendations, 1)
    ), ()


def _checked(reason: Reason, text: str, title: str) -> Reason:
    return reason.model_copy(update={"text": text}) if text and supported(text, reason, title) else reason


def supported(text: str, reason: Reason, title: str) -> bool:
    """Whether every telling word and number of ``text`` stands in the reason's evidence.

    The check is strict on purpose: a true sentence lost costs style, a false one trust.
    """
    known = " ".join(
        [title, reason.text, *(f"{each.name} {each.value}" for each in reason.evidence)]
    ).casefold()
    vocabulary = {_stem(word) for word in _WORD.findall(known.replace("_", " "))} | _frame_words()
    return all(word in vocabulary or _stem(word) in vocabulary for word in _WORD.findall(text.casefold()))


@cache
def _frame_words() -> frozenset[str]:
    """Words that claim nothing themselves."""
    lines = (PROMPTS / "frame_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
