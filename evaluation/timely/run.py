"""Generates the benchmark, lets every system answer, and measures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from errors import SettingsError
from evaluation.timely.generate import Benchmark
from evaluation.timely.measures import OVERALL, Figure, Judged, figure, figures, judge, pairs_passed
from evaluation.timely.systems.base import Answer, System
from evaluation.timely.truth import Truth
from settings import Settings
from timeliness.signals.weights import SIGNALS
from vectorstore.embedder import Embedder

PLAIN = ("minilm", "bm25", "minilm-recent", "minilm-open", "minilm-dateutil")
WHOLE = ("kairos", *PLAIN)
ABLATIONS = tuple(f"kairos-no-{each}" for each in SIGNALS)
SYSTEMS = (*WHOLE, "oracle", *ABLATIONS)
EVERGREEN = "evergreen"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Result:
    """What one system did: its answers judged, and its figures by family and overall."""

    system: str
    judged: tuple[Judged, ...]
    figures: dict[str, dict[str, Figure]]
    seconds: float


async def run(
    benchmark: Benchmark,
    names: Sequence[str],
    embedder: Callable[[], Embedder],
    settings: Settings,
    *,
    k: int = 5,
    progress: Progress = lambda system, done, total: None,
) -> list[Result]:
    """Let the systems ``names`` answer every scenario with ``k`` items.

    ``embedder`` makes the embedder, and is called once, where a system needs it.

    A system whose twin without recency is not among them has that twin answer the evergreen
    requests, for its evergreen loss.

    Raises:
        SettingsError: there is no system of a name.
        KairosError: a part of Kairos cannot be loaded.
    """
    if unknown := [each for each in names if each not in SYSTEMS]:
        raise SettingsError(f"there is no system {unknown[0]!r}; choose from {', '.join(SYSTEMS)}")
    oracle, truth = benchmark.oracle, Truth(benchmark.world)
    results = []
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kairos-timely-")))
        shelf = Shelf(benchmark, embedder, settings, folder)
        stack.push_async_callback(shelf.close)
        for name in dict.fromkeys(names):
            system = shelf.system(name)
            judged = []
            for done, scenario in enumerate(benchmark.scenarios):
                progress(name, done, len(benchmark.scenarios))
                judged.append(judge(benchmark, oracle, truth, scenario, await system.answer(scenario, k), k))
            progress(name, len(benchmark.scenarios), len(benchmark.scenarios))
            measured = figures(judged)
            passed = pairs_passed(judged, oracle, benchmark)
            if (share := figure([float(each) for each in passed.values()])) is not None:
                measured[OVERALL]["counterfactual_pass"] = share
            if (loss := await _evergreen_loss(benchmark, system, shelf, judged, k)) is not None:
                measured[OVERALL]["evergreen_loss"] = loss
            spent = sum(each.answer.seconds for each in judged) / max(len(judged), 1)
            results.append(Result(name, tuple(judged), measured, spent))
    return results


async def _evergreen_loss(
    benchmark: Benchmark, system: System, shelf: Shelf, judged: Sequence[Judged], k: int
) -> Figure | None:
    """nDCG on evergreen requests of the twin without recency, less the system's own."""
    evergreen = [each for each in judged if each.scenario.family == EVERGREEN]
    if system.twin is None or not evergreen:
        return None
    twin, oracle, truth = shelf.system(system.twin), benchmark.oracle, Truth(benchmark.world)
    losses = []
    for each in evergreen:
        answer: Answer = await twin.answer(each.scenario, k)
        losses.append(judge(benchmark, oracle, truth, each.scenario, answer, k).ndcg - each.ndcg)
    return figure(losses)


class Shelf:
    """Makes systems when they are first asked for, over shared indexes in ``folder``."""

    def __init__(
        self, benchmark: Benchmark, embedder: Callable[[], Embedder], settings: Settings, folder: Path
    ) -> None:
        from evaluation.timely.systems.dense import DenseIndex
        from evaluation.timely.systems.kairos import KairosHome

        self._benchmark = benchmark
        self._make_embedder = embedder
        self._settings = settings
        self._folder = folder
        self._made: dict[str, System] = {}
        self._index: DenseIndex | None = None
        self._home: KairosHome | None = None

    @cached_property
    def _embedder(self) -> Embedder:
        return self._make_embedder()

    def system(self, name: str) -> System:
        """The system called ``name``."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def _make(self, name: str) -> System:
        from evaluation.timely.systems.dense import DenseIndex, DenseSystem, OnDate, OpenNow, RecentFirst
        from evaluation.timely.systems.kairos import KairosHome, KairosSystem
        from evaluation.timely.systems.lexical import LexicalSystem
        from evaluation.timely.systems.oracle import OracleSystem

        items = list(self._benchmark.world.items.values())
        if name == "oracle":
            return OracleSystem(self._benchmark.oracle)
        if name == "bm25":
            return LexicalSystem(items)
        if name.startswith("kairos"):
            self._home = self._home or KairosHome(
                self._benchmark.world, self._embedder, self._folder / "home", self._settings
            )
            without = next((each for each in SIGNALS if name == f"kairos-no-{each}"), None)
            return KairosSystem(self._home, (without,) if without else ())
        self._index = self._index or DenseIndex(items, self._embedder, self._folder / "plain")
        if name in {OpenNow.name, OnDate.name}:
            return (OpenNow if name == OpenNow.name else OnDate)(self._index, self._benchmark.world)
        return (RecentFirst if name == RecentFirst.name else DenseSystem)(self._index)

    async def close(self) -> None:
        """Close what was opened."""
        if self._home is not None:
            await self._home.close()
