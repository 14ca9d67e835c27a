"""Writes the card of a trained classifier: what it is, of what it was made, how good it is, its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from finetune.lora import AdapterConfig

# Data set -> its source and licence.
LICENCES = {
    "bundled": "the bundled catalogue (data/catalogue); requests synthetic",
    "redial": "ReDial, its validation file, and INSPIRED, its development file: real conversations (CC BY 4.0;"
    " INSPIRED: github.com/sweetpeach/Inspired)",
    "netflix": "public listing of Netflix titles; requests synthetic",
    "songs": "top40hits by NoahAlting; requests synthetic",
    "ikea": "public IKEA listing; requests synthetic",
    "mind": "sample of MIND (Microsoft Research licence, research use); requests synthetic",
    "huffpost": "sample of the News Category Dataset (CC BY 4.0); requests synthetic",
}


def card(config: AdapterConfig, metrics: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    names = sorted({each.split("/")[0] for each in metrics["training_requests"]})
    data = "\n".join(f"- {LICENCES.get(name, name)}" for name in names)
    stopped = "" if metrics["steps"] == metrics["planned_steps"] else " (ended early, by `--minutes`)"
    return f"""# {config.name}

A LoRA adapter (rank {config.rank}) with a linear head that makes of {config.base} a cross-encoder: a request
and an item's passage in, the probability that the item answers the request out. `config.json` holds
the calibration, `metrics.json` all figures.

- Base: {config.base} (Apache-2.0), SHA-256 {config.base_sha256}
- Adapter: SHA-256 {config.weights_sha256}
- Made by: `{metrics["command"]}`, seed {metrics["seed"]}, {metrics["steps"]} steps of
  {metrics["planned_steps"]}{stopped}, {metrics["pairs"]} pairs seen, {metrics["minutes"]} minutes of training
- Training data, SHA-256 {metrics["data_sha256"]}: {sum(metrics["training_requests"].values())} requests

## Data and licences

{data}

Synthetic requests are worded by the rules in `finetune/datasets/synthetic.py` from what items say of
themselves; no model wrote them. A tenth of the conversations and of the items that requests are made of
is kept from training, by hash.

## Validation

The 50 nearest by MiniLM cosine, ordered anew. The calibration is cross-fitted: each half of the requests
is judged with what the other half fitted; what ships is fitted to both.

{table(metrics["validation"])}

## Limits

English only: another language must be worded in English first. It knows an item by its passage alone
(title, makers, categories, text). Time, price and length are conditions elsewhere; it was taught to
overlook them. Most of its requests outside films are synthetic, so figures there show that the rules were
learnt, not how pleased people are. A negation ("no horror") is weakly understood. Films of 2018 and
before that people like to name in conversations are favoured.
"""


def table(validation: Mapping[str, Mapping[str, Any]]) -> str:
    """The validation figures as a Markdown table."""
    lines = [
        "| requests | n | ceiling | R@10 cosine / classifier / joined | MRR | nDCG@10 | Brier | ECE |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, each in validation.items():
        cells = [
            " / ".join(f"{each[way][measure]:.3f}" for way in ("cosine", "classifier", "joined"))
            for measure in ("recall@10", "mrr", "ndcg@10")
        ]
        lines.append(
            f"| {name} | {each['n']} | {each['ceiling recall@10']:.3f} | {' | '.join(cells)}"
            f" | {each['brier']:.3f} | {each['ece']:.3f} |"
        )
    return "\n".join(lines)
