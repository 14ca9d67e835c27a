"""Makes token ids of (request, passage) pairs, the same way in training and serving.

``[CLS] request [SEP] passage [SEP]``. Of a long request the last tokens are kept, for that
is what was said last; the passage is cut to what is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor

MAX_TOKENS = 128
REQUEST_TOKENS = 48
_CLS, _SEP = 101, 102  # of every uncased BERT vocabulary
_MAX_CHARS = 2000  # more than MAX_TOKENS ever take; a longer text costs time for nothing


@dataclass(frozen=True)
class PairTokenizer:
    """A tokenizer of the BERT kind that makes pairs of at most ``max_tokens`` ids."""

    tokenizer: Tokenizer
    max_tokens: int = MAX_TOKENS
    request_tokens: int = REQUEST_TOKENS

    @classmethod
    def load(
        cls, folder: Path, max_tokens: int = MAX_TOKENS, request_tokens: int = REQUEST_TOKENS
    ) -> PairTokenizer:
        """Read ``tokenizer.json`` of a model folder."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return cls(tokenizer, max_tokens, request_tokens)

    def request(self, text: str) -> list[int]:
        """Ids of a request, without special tokens."""
        ids: list[int] = self.tokenizer.encode(_clean(text[-_MAX_CHARS:]), add_special_tokens=False).ids
        return ids[-self.request_tokens :]

    def passages(self, texts: Sequence[str]) -> list[list[int]]:
        """Ids of passages, without special tokens, not longer than a pair."""
        cut = [text[:_MAX_CHARS] for text in texts]
        encodings = self.tokenizer.encode_batch(cut, add_special_tokens=False)
        return [each.ids[: self.max_tokens] for each in encodings]

    def pair(self, request: Sequence[int], passage: Sequence[int]) -> tuple[list[int], int]:
        """Ids of one pair, and where its second part begins."""
        first = [_CLS, *request, _SEP]
        second = [*passage[: self.max_tokens - len(first) - 1], _SEP]
        return first + second, len(first)


def _clean(text: str) -> str:
    """The text without lone surrogates, which no tokenizer takes."""
    return text.encode("utf-8", "ignore").decode()


def batch(pairs: Sequence[tuple[list[int], int]]) -> dict[str, Tensor]:
    """Padded ``input_ids``, ``attention_mask`` and ``token_type_ids``, each (pairs, longest)."""
    import torch

    longest = max(len(ids) for ids, _ in pairs)
    ids = torch.zeros((len(pairs), longest), dtype=torch.long)
    mask = torch.zeros_like(ids)
    kinds = torch.zeros_like(ids)
    for row, (pair, second) in enumerate(pairs):
        ids[row, : len(pair)] = torch.tensor(pair)
        mask[row, : len(pair)] = 1
        kinds[row, second : len(pair)] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": kinds}


def mean_pool(states: Tensor, mask: Tensor) -> Tensor:
    """Mean of the token states (pairs, tokens, width) where ``mask`` is 1, in float32."""
    weights = mask.unsqueeze(-1).float()
    return (states.float() * weights).sum(1) / weights.sum(1)
