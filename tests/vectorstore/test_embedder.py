"""The embedders, for real."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from errors import ModelError
from settings import load_settings
from vectorstore import embedder as embedder_module
from vectorstore.embedder import Embedder, default_weights, load_base, load_embedder, load_weights

TEXTS = [
    "a light funny film for tonight",
    "",
    "An amusing movie for this evening",
    "noise-cancelling headphones " * 60,
    "流浪地球",
    "quarterly earnings of a steel maker",
]


def test_vectors_have_length_one_and_keep_the_order_of_the_texts(minilm: Embedder) -> None:
    together = minilm.encode(TEXTS)
    assert together.shape == (len(TEXTS), minilm.dimensions) == (6, 384)
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    for row, text in enumerate(TEXTS):
        assert together[row] == pytest.approx(minilm.encode([text])[0], abs=1e-5)


def test_like_meanings_are_near_and_others_far(minilm: Embedder) -> None:
    funny, _, amusing, _, _, steel = minilm.encode(TEXTS)
    assert funny @ amusing > 0.7
    assert funny @ steel < 0.2


def test_no_text_gives_no_vector(minilm: Embedder) -> None:
    assert minilm.encode([]).shape == (0, 384)


def test_a_megabyte_is_read_as_far_as_the_model_reads(minilm: Embedder) -> None:
    long = "headphones for the train " * 40_000
    assert minilm.encode([long])[0] == pytest.approx(minilm.encode([long[:4000]])[0], abs=1e-5)


def test_threads_do_not_disturb_each_other(minilm: Embedder) -> None:
    expected = minilm.encode(TEXTS)
    wrong: list[int] = []

    def work(row: int) -> None:
        for _ in range(5):
            if not np.allclose(minilm.encode([TEXTS[row]])[0], expected[row], atol=1e-5):
                wrong.append(row)

    threads = [Thread(target=work, args=(row,)) for row in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_half_precision_changes_vectors_by_next_to_nothing(minilm: Embedder) -> None:
    half = load_embedder(load_settings(device="cpu", precision="bfloat16"))
    assert half.name == minilm.name
    assert (half.encode(TEXTS) * minilm.encode(TEXTS)).sum(1).min() > 0.999


def test_automatic_choice_gives_the_same_vectors(minilm: Embedder) -> None:
    chosen = load_embedder(load_settings())
    assert (chosen.encode(TEXTS) * minilm.encode(TEXTS)).sum(1).min() > 0.999


def test_model_can_be_adapted_before_use(minilm: Embedder) -> None:
    def silence_a_layer(model):  # type: ignore[no-untyped-def]
        model.encoder.layer[-1].output.dense.weight.data.zero_()
        return model

    settings = load_settings(device="cpu", precision="float32")
    adapted = load_weights(default_weights(), "adapted", settings, silence_a_layer)
    assert adapted.name != minilm.name
    assert (adapted.encode(TEXTS) * minilm.encode(TEXTS)).sum(1).max() < 0.999


@pytest.mark.parametrize("device", ["cuda:99", "toaster"])
def test_device_that_is_not_there_is_explained(device: str) -> None:
    with pytest.raises(ModelError, match=device) as caught:
        load_embedder(load_settings(device=device))
    assert "\n" not in str(caught.value)


@pytest.mark.slow
def test_foreign_model_is_loaded_from_its_folder_and_known_by_its_weights() -> None:
    foreign = load_embedder(load_settings(embedder=str(default_weights()), device="cpu", precision="float32"))
    base = load_base(load_settings(precision="float32"))
    short = [text for text in TEXTS if len(text) < 200]
    assert (foreign.encode(short) * base.encode(short)).sum(1).min() > 0.9999
    assert foreign.encode([]).shape == (0, 384)
    assert foreign.name.startswith("model@")


def test_folder_that_is_not_there_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="KAIROS_EMBEDDER"):
        load_embedder(load_settings(embedder=str(tmp_path / "none")))


@pytest.mark.slow
def test_folder_without_a_model_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="KAIROS_EMBEDDER") as caught:
        load_embedder(load_settings(embedder=str(tmp_path)))
    assert "\n" not in str(caught.value)


def test_single_text_is_embedded_in_one_thread_and_leaves_the_number_as_it_was(
    minilm: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    seen = []
    real = embedder_module._forward

    def forward(*arguments: Any) -> NDArray[np.float32]:
        seen.append(torch.get_num_threads())
        return real(*arguments)

    monkeypatch.setattr(embedder_module, "_forward", forward)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        minilm.encode(["one"])
        minilm.encode(["one", "two"])
        assert (seen, torch.get_num_threads()) == ([1, 2], 2)
    finally:
        torch.set_num_threads(before)
