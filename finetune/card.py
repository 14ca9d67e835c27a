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
    "movielens": "MovieLens ml-latest-small (GroupLens, research use): real choices, wording by rule",
    "own": "items and requests of your own",
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
    stopped = (
        "" if metrics["steps"] == metrics["planned_steps"] else " (ended early: nothing more was gained)"
    )
    return f"""# {config.name}

An adapter ({config.method}, rank {config.rank}) with a linear head that makes of {config.base} a cross-encoder: a request
and an item's passage in, what they add to retrieval's own scores out. A logistic layer joins the three into
the probability that the item answers the request. `config.json` holds that layer, `metrics.json` all figures.

- Base: {config.base} (Apache-2.0), SHA-256 {config.base_sha256}
- Adapter: SHA-256 {config.weights_sha256}
- Made by: `{metrics["command"]}`, seed {metrics["seed"]}, {metrics["steps"]} steps of
  {metrics["planned_steps"]}{stopped} (`--max-steps {metrics["planned_steps"]}` repeats it), {metrics["pairs"]} pairs
  seen, {metrics["minutes"]} minutes of training
- Training data, SHA-256 {metrics["data_sha256"]}: {sum(metrics["training_requests"].values())} requests

## Data and licences

{data}

Synthetic requests are worded by the rules in `finetune/datasets/synthetic.py` from what items say of
themselves; no model wrote them. A tenth of the conversations and of the items that requests are made of
is kept from training, by hash.

## Validation

The 50 candidates that the search finds, ordered anew: by BM25, by cosine, as the search has them (retrieval),
by the classifier's logit alone, and by all joined. The calibration is cross-fitted: each half of the requests
is judged with what the other half fitted; what ships is fitted to both. Intervals: bootstrap, 95 %.

{table(metrics["validation"])}

## Limits

English only: another language must be worded in English first. It knows an item by its passage alone
(title, makers, categories, text). Time, price and length are conditions elsewhere; it was taught to
overlook them. Most of its requests outside films are synthetic, so figures there show that the rules were
learnt, not how pleased people are. A negation ("no horror") is weakly understood. Films of 2018 and
before that people like to name in conversations are favoured.
"""


def embedder_card(config: AdapterConfig, metrics: Mapping[str, Any]) -> str:
    """The card of a fine-tuned embedder as Markdown."""
    names = sorted({each.split("/")[0] for each in metrics["training_requests"]})
    data = "\n".join(f"- {LICENCES.get(name, name)}" for name in names)
    stopped = "" if metrics["steps"] == metrics["planned_steps"] else " (ended early)"
    return f"""# {config.name}

An adapter ({config.method}, rank {config.rank}) for {config.base}: requests and items' passages in, vectors of length 1
out, a request near the items that answer it.

- Base: {config.base} (Apache-2.0), SHA-256 {config.base_sha256}
- Adapter: SHA-256 {config.weights_sha256}; {metrics["share"]:g} of the change is used (`scale`), chosen on requests
  that were neither trained on nor are in the table
- Made by: `{metrics["command"]}`, seed {metrics["seed"]}, {metrics["steps"]} steps of
  {metrics["planned_steps"]}{stopped} (`--max-steps {metrics["planned_steps"]}` repeats it), {metrics["requests_seen"]}
  requests seen, {metrics["minutes"]} minutes of training
- Training data, SHA-256 {metrics["data_sha256"]}: {sum(metrics["training_requests"].values())} requests

## Data and licences

{data}

Synthetic requests are worded by the rules in `finetune/datasets/synthetic.py`. A tenth of the conversations and of
the items that requests are made of is kept from training, by hash.

## Validation

All items of a data set are candidates. Cosine alone, and joined with BM25 as the search does; before -> after.

{embedder_table(metrics)}

## Limits

English only. Most of its requests outside films are synthetic. Vectors are not comparable with those of the
base model: the catalogue is embedded anew when the embedder changes.
"""


def embedder_table(metrics: Mapping[str, Any]) -> str:
    """Figures before and after as a Markdown table."""
    lines = [
        "| requests | n | R@10 cosine | R@50 cosine | nDCG@10 cosine | R@10 joined | R@50 joined | nDCG@10 joined |",
        f"|{'---|' * 8}",
    ]
    for name, after in metrics["validation"].items():
        before = metrics["before"][name]
        cells = [
            f"{before[way][measure]:.3f} -> {after[way][measure]:.3f}"
            for way in ("cosine", "joined")
            for measure in ("recall@10", "recall@50", "ndcg@10")
        ]
        lines.append(f"| {name} | {after['n']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table(validation: Mapping[str, Mapping[str, Any]]) -> str:
    """The validation figures as a Markdown table."""
    lines = [
        "| requests | n | ceiling R@10 | nDCG@10 BM25 | cosine | retrieval | classifier | joined | R@10 joined"
        " | MRR joined | Brier | ECE |",
        f"|{'---|' * 12}",
    ]
    for name, each in validation.items():
        low, high = each["joined"]["interval"]
        cells = [f"{each[way]['ndcg@10']:.3f}" for way in ("bm25", "cosine", "retrieval", "classifier")]
        cells.append(f"{each['joined']['ndcg@10']:.3f} [{low:.3f}, {high:.3f}]")
        cells += [f"{each['joined'][measure]:.3f}" for measure in ("recall@10", "mrr")]
        cells += [f"{each[measure]:.3f}" for measure in ("brier", "ece")]
        lines.append(f"| {name} | {each['n']} | {each['ceiling recall@10']:.3f} | {' | '.join(cells)} |")
    return "\n".join(lines)
