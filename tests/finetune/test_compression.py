"""Smaller classifiers: distilled, pruned, in int8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from errors import ModelError
from finetune.compress import (
    Compact,
    distil,
    importances,
    load_compact,
    megabytes,
    prune_heads,
    prune_neurons,
    quantised,
    save_student,
    with_layers,
)
from finetune.lora import ADAPTERS, AdapterConfig, read_adapter
from serving.scorer import load_scorer
from settings import Settings, load_settings
from vectorstore.embedder import default_weights

CONFIG, _ = read_adapter(ADAPTERS / "classifier")


def _small(config: AdapterConfig = CONFIG) -> Compact:
    from transformers import BertConfig, BertModel

    torch.manual_seed(1)
    shape = BertConfig(
        vocab_size=60, hidden_size=32, num_hidden_layers=4, num_attention_heads=4, intermediate_size=64
    )
    return Compact(BertModel(shape).eval(), (torch.randn(1, 32), torch.zeros(1)), config)


def _inputs(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    ids = torch.randint(1, 60, (8, 12))
    return {
        "input_ids": ids,
        "attention_mask": torch.ones_like(ids),
        "token_type_ids": torch.zeros_like(ids),
    }


def _apart(one: Compact, two: Compact) -> float:
    with torch.inference_mode():
        return float((one.outputs(_inputs(99))[0] - two.outputs(_inputs(99))[0]).abs().mean())


def test_distilled_student_comes_nearer_to_its_teacher() -> None:
    teacher = _small()
    student = with_layers(teacher, (0, 3))
    before = _apart(teacher, student)
    distil(teacher, student, [_inputs(seed) for seed in range(60)])
    assert _apart(teacher, student) < before
    assert len(teacher.encoder.encoder.layer) == 4  # type: ignore[union-attr, arg-type]


@pytest.mark.parametrize(
    "prune, layer", [(prune_neurons, "output.dense"), (prune_heads, "attention.output.dense")]
)
def test_only_what_is_worth_least_is_pruned(prune: object, layer: str) -> None:
    model = _small()
    worth = importances(model, [_inputs(3)], lambda logits, number: logits.square().sum(), layer)
    assert all((each > 0).all() for each in worth)
    assert _apart(model, prune(model, worth, 0.0)) < 1e-5  # type: ignore[operator]
    half = prune(model, worth, 0.5)  # type: ignore[operator]
    opposite = prune(model, [-each for each in worth], 0.5)  # type: ignore[operator]
    assert megabytes(half) < megabytes(model)
    assert _apart(model, half) < _apart(model, opposite)


def test_int8_is_smaller_and_near() -> None:
    model = _small()
    small = quantised(model)
    assert megabytes(small) < megabytes(model)
    assert _apart(model, small) < 0.1 * float(model.outputs(_inputs(99))[0].abs().mean())


def test_student_of_three_layers_loads_and_scores(tmp_path: Path, settings: Settings) -> None:
    student = with_layers(load_compact(ADAPTERS / "classifier", default_weights()), (0, 2, 5))
    save_student(tmp_path, student, (0, 2, 5))
    scorer = load_scorer(load_settings(home=settings.home, scorer=str(tmp_path), precision="float32"))
    passages = ["Halloween. A masked man returns.", "Paddington. A bear in London."]
    pairs = scorer._pairs  # type: ignore[attr-defined]
    from finetune.pair_input import batch

    asked = pairs.request("a scary film")
    wanted, _ = student.outputs(batch([pairs.pair(asked, each) for each in pairs.passages(passages)]))
    found = scorer.logits("a scary film", passages)  # type: ignore[attr-defined]
    np.testing.assert_allclose(found, wanted.detach().numpy(), atol=0.05)


def test_student_of_layers_that_the_base_lacks_is_refused() -> None:
    with pytest.raises(ModelError, match="layers"):
        with_layers(_small(), (0, 7))
