"""The fast gradient method moves embeddings against the model, by a bounded step, and only while asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertModel

from finetune.adversarial import FastGradient, adversarial_loss
from finetune.classifier import train
from finetune.datasets.mining import GROUP, Group
from finetune.trainer import Training
from vectorstore.embedder import default_weights

SHAPE = BertConfig(
    vocab_size=60, hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64
)
IDS = torch.arange(1, 49).view(4, 12)


@pytest.mark.parametrize("frozen", [True, False])
def test_embeddings_are_moved_against_the_model_and_put_back(frozen: bool) -> None:
    torch.manual_seed(1)
    model: Any = BertModel(SHAPE).eval()
    model.embeddings.requires_grad_(not frozen)
    words = model.get_input_embeddings()
    before = words.weight.detach().clone()
    fast = FastGradient(model, 0.5)

    def loss() -> torch.Tensor:
        states: torch.Tensor = model(input_ids=IDS).last_hidden_state
        return states[..., 0].square().mean()

    with fast.watching():
        clean = loss()
        clean.backward()  # type: ignore[no-untyped-call]
    with fast.moved():
        step = (words(IDS) - torch.nn.functional.embedding(IDS, before)).detach()
        worse = loss()
    torch.testing.assert_close(step.norm(dim=(1, 2)), torch.full((4,), 0.5))
    assert float(worse) > float(clean)
    assert float(loss()) == pytest.approx(float(clean), abs=1e-7)
    assert torch.equal(words.weight, before)
    assert not words._forward_hooks


def test_embeddings_are_put_back_when_training_fails() -> None:
    model: Any = BertModel(SHAPE)

    def broken() -> torch.Tensor:
        model(input_ids=IDS)
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        adversarial_loss(model, 1.0, broken, lambda part: part.backward())  # type: ignore[no-untyped-call]
    assert not model.get_input_embeddings()._forward_hooks


def test_run_with_noise_and_adversarial_steps_differs_from_one_without(tmp_path: Path) -> None:
    passages = {
        str(n): f"{word} for the home" for n, word in enumerate("cat dog tea wool rain sea egg hat".split())
    }
    groups = [
        Group(
            f"something nice about number {n}", tuple(passages), dense=(0.5,) * GROUP, lexical=(0.0,) * GROUP
        )
        for n in range(6)
    ]
    plain = Training(method="head", max_steps=2, epochs=2, seed=3)
    runs = [plain, replace(plain, adversarial=1.0), replace(plain, noise=1.0)]
    found = [
        train(groups, passages, default_weights(), each, tmp_path / str(place)).tensors["head.weight"]
        for place, each in enumerate(runs)
    ]
    assert torch.isfinite(found[1]).all()
    assert not torch.allclose(found[0], found[1], atol=1e-6)
    assert not torch.allclose(found[0], found[2], atol=1e-6)
