"""Adversarial training on embeddings: the fast gradient method (Miyato, Dai and Goodfellow, 2017).

The embedded words of each pair are moved by a vector of length ``epsilon`` in the direction in
which the loss grows fastest, and the loss there is trained on too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn

_SMALL = 1e-12


class FastGradient:
    """Moves what the word embeddings of ``encoder`` give. Weights are never touched."""

    def __init__(self, encoder: nn.Module, epsilon: float) -> None:
        self._words: nn.Module = encoder.get_input_embeddings()  # type: ignore[operator]
        self._epsilon = epsilon
        self._given: Tensor | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """While it lasts, the gradient of the embedded words is kept at the backward pass."""

        def keep(module: nn.Module, inputs: Any, given: Tensor) -> Tensor:
            # Frozen embeddings give no gradient of their own.
            self._given = given if given.requires_grad else given.detach().requires_grad_()
            self._given.retain_grad()
            return self._given

        with self._hooked(keep):
            yield

    @contextmanager
    def moved(self) -> Iterator[None]:
        """While it lasts, the embedded words of the last pass are moved against the model; afterwards no more."""
        if self._given is None or self._given.grad is None:
            raise RuntimeError("no backward pass was watched before")
        slope = self._given.grad
        step = self._epsilon * slope / slope.norm(dim=(1, 2), keepdim=True).clamp_min(_SMALL)
        self._given = None
        with self._hooked(lambda module, inputs, given: given + step):
            yield

    @contextmanager
    def _hooked(self, hook: Callable[..., Tensor]) -> Iterator[None]:
        handle = self._words.register_forward_hook(hook)
        try:
            yield
        finally:
            handle.remove()


def adversarial_loss(
    encoder: nn.Module,
    epsilon: float,
    loss: Callable[[], Tensor],
    backward: Callable[[Tensor], object],
) -> Tensor:
    """Half the loss as it is, already backpropagated, and half that of the moved embeddings, yet to be.

    Args:
        encoder: whose word embeddings are moved.
        epsilon: length of the move of one pair.
        loss: runs the model on the batch.
        backward: backpropagates a loss.

    Returns:
        The mean of both losses; its gradient is that of the second half.
    """
    fast = FastGradient(encoder, epsilon)
    with fast.watching():
        clean = loss()
        backward(clean / 2)
    with fast.moved():
        return (loss() + clean.detach()) / 2
