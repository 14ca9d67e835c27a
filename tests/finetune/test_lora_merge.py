"""Merged weights, adapter files and pair inputs."""

from __future__ import annotations

from pathlib import Path

import pytest

from errors import ModelError
from finetune.lora import WEIGHTS_FILE, merge, read_adapter, save_adapter
from finetune.pair_input import PairTokenizer, batch
from vectorstore.embedder import default_weights

CONFIG = {
    "name": "test",
    "base": "all-MiniLM-L6-v2",
    "base_sha256": "0",
    "rank": 16,
    "scale": 2.0,
    "max_tokens": 128,
    "request_tokens": 48,
}


def test_merge_gives_what_peft_gives() -> None:
    import torch
    from transformers import AutoModel

    from finetune.classifier import ALPHA, RANK, adapter_tensors, build

    adapted, head = build(default_weights(), seed=3)
    with torch.no_grad():
        for name, each in adapted.named_parameters():
            if "lora_B" in name:
                each.normal_(std=0.02)
    adapted.eval()
    plain = AutoModel.from_pretrained(default_weights(), local_files_only=True, dtype=torch.float32).eval()
    pairs = PairTokenizer.load(default_weights())
    passages = pairs.passages(["Halloween. A masked man returns.", "Paddington. A bear in London."])
    inputs = batch([pairs.pair(pairs.request("a scary film"), each) for each in passages])
    with torch.inference_mode():
        before = plain(**inputs).last_hidden_state
        tensors = adapter_tensors(adapted, head)
        merge(plain, tensors, ALPHA / RANK)
        wanted, found = adapted(**inputs).last_hidden_state, plain(**inputs).last_hidden_state
    assert sum(name.endswith("lora_A") for name in tensors) == 6 * 6
    assert not torch.allclose(before, wanted, atol=1e-2)
    torch.testing.assert_close(found, wanted, atol=2e-4, rtol=1e-3)


def test_adapter_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    import torch

    tensors = {"head.weight": torch.ones(1, 384), "head.bias": torch.zeros(1)}
    saved = save_adapter(tmp_path, tensors, CONFIG)
    config, found = read_adapter(tmp_path)
    assert config == saved
    assert torch.equal(found["head.weight"], tensors["head.weight"])


def test_flipped_byte_is_noticed(tmp_path: Path) -> None:
    import torch

    save_adapter(tmp_path, {"head.weight": torch.ones(1, 384)}, CONFIG)
    path = tmp_path / WEIGHTS_FILE
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match="damaged"):
        read_adapter(tmp_path)


def test_adapter_of_another_model_does_not_merge() -> None:
    import torch

    with pytest.raises(ModelError, match="does not fit"):
        merge(
            torch.nn.Linear(4, 4), {"layer.lora_A": torch.ones(1, 4), "layer.lora_B": torch.ones(4, 1)}, 1.0
        )


def test_long_request_keeps_its_last_tokens_and_the_pair_its_limit() -> None:
    pairs = PairTokenizer.load(default_weights())
    request = pairs.request("dragons " * 500 + "quiet piano music")
    passage = pairs.passages(["word " * 5000])[0]
    ids, second = pairs.pair(request, passage)
    assert len(ids) == 128
    assert second == 48 + 2
    assert pairs.tokenizer.decode(request).endswith("quiet piano music")
