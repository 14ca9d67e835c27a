"""Differentially private fine-tuning of the classifier: DP-SGD (Abadi et al., 2016), by Opacus.

The unit of privacy is one request with the items that it is trained with (a ``Group``): the
gradients of its pairs are added up before they are clipped, so (epsilon, delta) bounds what the
model tells of whether that request was in the data. Who gave k requests has k times the epsilon,
by group privacy. Passages of items count as public.

Trained are low-rank changes of the last layers, the head, and the layer over retrieval's scores,
which starts at fixed figures, for fitting it to the requests would cost privacy.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from errors import SettingsError
from finetune.classifier import loss_of
from finetune.datasets.mining import Group
from finetune.pair_classifier import classifier_tensors, pair_classifier
from finetune.pair_input import PairTokenizer, batch
from finetune.trainer import trained_parameters

if TYPE_CHECKING:
    from torch import Tensor, nn

RANK, ALPHA = 8, 16
# Few parameters: the noise grows with the root of their number, what is learnt does not.
_TARGETS = r".*encoder\.layer\.[45]\.attention\.self\.(query|value)"
_TOKENS = 64
_ITEMS = 4  # of a group: the answers and the best negatives
_RETRIEVAL = (8.0, 0.5, -4.0)  # weights of cosine and log(1 + BM25), and the bias; of no data


@dataclass(frozen=True)
class Privacy:
    """How much privacy. ``noise`` is its standard deviation over ``clip``, the longest gradient of a unit.

    ``delta`` is a tenth of 1 / units where None. Without noise there is no privacy: a control.
    """

    noise: float
    clip: float = 1.0
    delta: float | None = None


@dataclass(frozen=True)
class PrivatelyTrained:
    """The tensors as ``finetune.lora`` names them, and what they cost: ``epsilon`` is None for no bound."""

    tensors: dict[str, Tensor]
    epsilon: float | None
    delta: float
    units: int
    sample_rate: float
    steps: int
    parameters: int
    loss: float


def train_private(
    groups: Sequence[Group],
    passages: Mapping[str, str],
    base: Path,
    privacy: Privacy,
    *,
    steps: int,
    units_a_step: int = 32,
    learning_rate: float = 2e-3,
    seed: int = 0,
    progress: Callable[[int, int, float], None] = lambda step, planned, loss: None,
) -> PrivatelyTrained:
    """Train on ``groups``, each step on a Poisson sample of about ``units_a_step``.

    The noise comes from torch's seeded generator, so that a run repeats; it is not a
    cryptographic one, which a release of real people's data would need.

    Args:
        groups: the units whose privacy is kept.
        passages: text of every item by id.
        base: folder of the base model.
        privacy: noise and clipping.
        steps: how many; epsilon grows with them.
        units_a_step: expected size of a sample.
        learning_rate: of Adam, constant.
        seed: of weights, samples and noise.
        progress: told step, planned steps and the loss.

    Raises:
        SettingsError: Opacus is missing, or there are fewer groups than ``units_a_step``.
    """
    engine = _engine()
    if len(groups) < units_a_step:
        raise SettingsError(
            f"{len(groups)} requests are too few for steps of {units_a_step}: privacy comes from sampling few of many"
        )
    model = _model(base, seed)
    optimiser, loader = _made_private(engine, model, len(groups), privacy, units_a_step, learning_rate, seed)
    trained, pairs = _learning(model), PairTokenizer.load(base, _TOKENS)
    done, total = 0, 0.0
    for places in _samples(loader, steps):
        loss = _gradients(model, trained, [groups[each] for each in places], passages, pairs)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        done, total = done + 1, total + loss
        progress(done, steps, loss)
    delta = privacy.delta or 1 / (10 * len(groups))
    return PrivatelyTrained(
        classifier_tensors(model, "lora"),
        _epsilon(engine, privacy, delta),
        delta,
        len(groups),
        1 / len(loader),
        steps,
        trained_parameters(model),
        total / steps,
    )


def _made_private(
    engine: Any, model: nn.Module, units: int, privacy: Privacy, units_a_step: int, rate: float, seed: int
) -> tuple[Any, Any]:
    """An optimiser that clips and adds noise, and a loader of Poisson samples of the units' places."""
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the generator; see ``train_private``
        _, optimiser, loader = engine.make_private(
            module=model,
            optimizer=torch.optim.Adam(_learning(model), lr=rate),
            data_loader=DataLoader(TensorDataset(torch.arange(units)), batch_size=units_a_step),
            noise_multiplier=privacy.noise,
            max_grad_norm=privacy.clip,
            loss_reduction="sum",
            noise_generator=torch.Generator().manual_seed(seed),
            wrap_model=False,
        )
    return optimiser, loader


def _samples(loader: Any, steps: int) -> Iterator[list[int]]:
    """Places of the units of each of so many steps."""
    done = 0
    while done < steps:
        for (places,) in loader:
            yield places.tolist()
            done += 1
            if done == steps:
                return


def _learning(model: nn.Module) -> list[nn.Parameter]:
    return [each for each in model.parameters() if each.requires_grad]


def _epsilon(engine: Any, privacy: Privacy, delta: float) -> float | None:
    if privacy.noise <= 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        epsilon = float(engine.get_epsilon(delta))
    return epsilon if math.isfinite(epsilon) else None


def _engine() -> Any:
    try:
        from opacus import PrivacyEngine
    except ImportError as error:
        raise SettingsError(
            "private training needs Opacus: run 'pip install kairos-recommender[train,privacy]'"
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the generator that is not cryptographic
        return PrivacyEngine(accountant="prv")


def _model(base: Path, seed: int) -> nn.Module:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModel

    torch.manual_seed(seed)
    encoder = AutoModel.from_pretrained(base, local_files_only=True, dtype=torch.float32)
    width = encoder.config.hidden_size
    config = LoraConfig(r=RANK, lora_alpha=ALPHA, lora_dropout=0.0, target_modules=_TARGETS)
    model = pair_classifier(get_peft_model(encoder, config), width)
    layer: Any = model.retrieval
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([_RETRIEVAL[:2]]))
        layer.bias.fill_(_RETRIEVAL[2])
    return model.train()


def _gradients(
    model: nn.Module,
    trained: Sequence[nn.Parameter],
    chosen: Sequence[Group],
    passages: Mapping[str, str],
    pairs: PairTokenizer,
) -> float:
    """Put the gradient of each of the chosen into ``grad_sample`` of each parameter; returns the mean loss.

    Opacus gives one gradient a pair. The loss of a group depends on its own pairs alone, so that
    their sum is the gradient of the group.
    """
    import torch

    if not chosen:
        for each in trained:
            each.grad_sample = torch.zeros((0, *each.shape))  # type: ignore[attr-defined]
        return 0.0
    inputs, answers = _inputs(chosen, passages, pairs)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(**inputs)
    loss = loss_of(logits.float().view(-1, _ITEMS), answers, "listwise") * len(chosen)
    loss.backward()  # type: ignore[no-untyped-call]
    for each in trained:
        of_pairs: Tensor = each.grad_sample  # type: ignore[attr-defined]
        own = of_pairs.float().view(len(chosen), _ITEMS, *each.shape).sum(1)
        each.grad_sample = own  # type: ignore[attr-defined]
    return float(loss.detach()) / len(chosen)


def _inputs(
    chosen: Sequence[Group], passages: Mapping[str, str], pairs: PairTokenizer
) -> tuple[dict[str, Tensor], Tensor]:
    import torch

    made, rows = [], []
    for group in chosen:
        asked = pairs.request(group.request)
        texts = pairs.passages([passages[each] for each in group.items[:_ITEMS]])
        made += [pairs.pair(asked, each) for each in texts]
        dense, lexical = group.dense or (0.0,) * _ITEMS, group.lexical or (0.0,) * _ITEMS
        rows += [(dense[place], float(np.log1p(lexical[place]))) for place in range(_ITEMS)]
    answers = torch.tensor([min(group.answers, _ITEMS - 1) for group in chosen])
    return batch(made) | {"features": torch.tensor(rows, dtype=torch.float32)}, answers
