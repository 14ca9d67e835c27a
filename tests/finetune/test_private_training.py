"""Differentially private training: what it costs falls with more noise, and its unit is a request."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch

from errors import SettingsError
from finetune.datasets.mining import GROUP, Group
from vectorstore.embedder import default_weights

pytest.importorskip("opacus", reason="Opacus is not installed: pip install kairos-recommender[train,privacy]")

from finetune.private import Privacy, PrivatelyTrained, train_private

PASSAGES = {
    str(n): f"{word} for the home" for n, word in enumerate("cat dog tea wool rain sea bread snow".split())
}
GROUPS = [
    Group(
        f"something about {n}",
        tuple(sorted(PASSAGES, key=lambda key: (key != str(n % GROUP), key))),
        dense=(0.5,) * GROUP,
        lexical=(0.0,) * GROUP,
    )
    for n in range(24)
]


def _trained(noise: float, clip: float = 1.0) -> PrivatelyTrained:
    return train_private(
        GROUPS, PASSAGES, default_weights(), Privacy(noise, clip, 1e-3), steps=3, units_a_step=4, seed=5
    )


def test_epsilon_falls_with_more_noise_and_training_repeats() -> None:
    runs = [_trained(noise) for noise in (0.5, 2.0)]
    spent = [each.epsilon for each in runs]
    assert all(one is not None and two is not None and one > two > 0 for one, two in pairwise(spent))
    again = _trained(2.0)
    assert all(torch.equal(each, again.tensors[name]) for name, each in runs[1].tensors.items())
    assert not torch.equal(runs[0].tensors["head.weight"], runs[1].tensors["head.weight"])


def test_gradient_of_a_whole_request_is_clipped_and_no_noise_means_no_bound(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from opacus.optimizers import DPOptimizer

    seen: list[tuple[int, float]] = []
    clip = DPOptimizer.clip_and_accumulate

    def watched(self: DPOptimizer) -> None:
        units = len(self.grad_samples[0])
        if units:
            plain = torch.cat([each.grad.flatten() for each in self.params])
            added = torch.cat([each.sum(0).flatten() for each in self.grad_samples])
            assert torch.nn.functional.cosine_similarity(plain, added, 0) > 0.999
        clip(self)
        total = torch.cat([each.summed_grad.flatten() for each in self.params]).norm()
        seen.append((units, float(total)))

    monkeypatch.setattr(DPOptimizer, "clip_and_accumulate", watched)
    assert _trained(0.0, clip=0.01).epsilon is None
    assert all(units <= len(GROUPS) and total <= 0.01 * units * 1.001 for units, total in seen)
    assert any(units for units, _ in seen)


def test_too_few_requests_are_refused() -> None:
    with pytest.raises(SettingsError, match="too few"):
        train_private(GROUPS[:3], PASSAGES, default_weights(), Privacy(1.0), steps=1, units_a_step=4)
