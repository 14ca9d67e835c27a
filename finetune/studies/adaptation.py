"""The embedder on a new catalogue without labels: each way of adapting it, before and after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from finetune.adaptation import ASKED, POOL, WAYS, adapt
from finetune.datasets.pools import load_pools
from finetune.run_data import Report
from settings import Settings

SEED = 0
CATALOGUE, ITEMS = "netflix", 2000


def run(settings: Settings, report: Report, minutes: float) -> dict[str, Any]:
    """Figures of each way on a part of the Netflix titles; ``minutes`` is for the training of all."""
    items = load_pools(settings, SEED, {CATALOGUE: ITEMS})[CATALOGUE]
    rows = []
    with TemporaryDirectory() as folder:
        for way in WAYS:
            rows.append(
                adapt(
                    settings,
                    Path(folder) / way,
                    items,
                    way=way,
                    minutes=minutes / len(WAYS),
                    seed=SEED,
                    command="app.py finetune study adaptation",
                    report=lambda stage, done, total, note, way=way: report(  # type: ignore[misc]
                        f"{way}: {stage.casefold()}", done, total, note
                    ),
                )
            )
    return {"minutes": minutes, "seed": SEED, "catalogue": CATALOGUE, "items": len(items), "rows": rows}


def table(result: Mapping[str, Any]) -> str:
    """One line a way, nDCG@10 and recall@10 on items that were not trained on."""
    first = result["rows"][0]["before"]
    lines = [
        f"{result['items']} items of {result['catalogue']}, a tenth of them held out; {first[POOL]['n']} parts of texts and"
        f" {first[ASKED]['n']} synthetic requests; seed {result['seed']}.",
        "",
        "| way | steps | watched items' nDCG@10 with 0, 35, 70, 100 % of the change | share kept | part: R@10 cosine | part: nDCG@10 cosine | part: nDCG@10 search"
        " | synthetic: nDCG@10 cosine | synthetic: nDCG@10 search |",
        f"|{'---|' * 9}",
    ]
    lines.append(f"| none | | | | {' | '.join(_cells(first))} |")
    lines += [
        f"| {each['way']} | {each['steps']} | {', '.join(f'{one:.3f}' for one in each['weighed'].values())} | {each['share']:g} | {' | '.join(_cells(each['validation']))} |"
        for each in result["rows"]
    ]
    return "\n".join(lines)


def _cells(figures: Mapping[str, Any]) -> list[str]:
    part, asked = figures[POOL], figures[ASKED]
    found = [part["cosine"]["recall@10"], part["cosine"]["ndcg@10"], part["joined"]["ndcg@10"]]
    return [f"{each:.3f}" for each in (*found, asked["cosine"]["ndcg@10"], asked["joined"]["ndcg@10"])]
