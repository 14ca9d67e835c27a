"""Merged weights, adapter files and pair inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from errors import ModelError
from finetune.lora import WEIGHTS_FILE, merge, put_into, read_adapter, save_adapter
from finetune.methods import METHODS, Method, adapt, trained_tensors
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


@pytest.mark.parametrize("method", METHODS)
def test_saved_adapter_gives_what_the_trained_model_gave(method: Method, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModel

    def base() -> Any:
        return AutoModel.from_pretrained(default_weights(), local_files_only=True, dtype=torch.float32)

    torch.manual_seed(3)
    trained = adapt(base(), method)
    with torch.no_grad():
        for each in trained.parameters():
            if each.requires_grad:
                each.add_(torch.randn_like(each) * 0.02)
    trained.eval()
    pairs = PairTokenizer.load(default_weights())
    passages = pairs.passages(["Halloween. A masked man returns.", "Paddington. A bear in London."])
    inputs = batch([pairs.pair(pairs.request("a scary film"), each) for each in passages])
    if method == "prefix":
        del inputs["token_type_ids"]
    tensors = trained_tensors(trained, method)
    save_adapter(tmp_path, tensors, CONFIG | {"method": method})
    config, read = read_adapter(tmp_path)
    restored = put_into(base().eval(), read, config).eval()
    with torch.inference_mode():
        before = base().eval()(**inputs).last_hidden_state
        wanted, found = trained(**inputs).last_hidden_state, restored(**inputs).last_hidden_state
    assert not torch.allclose(before, wanted, atol=1e-2)
    torch.testing.assert_close(found, wanted, atol=2e-3, rtol=1e-3)


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
