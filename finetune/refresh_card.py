"""Writes the card of a refreshed classifier: what it went on from, what it learnt from, how it passed the gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from finetune.lora import AdapterConfig


def card(config: AdapterConfig, metrics: Mapping[str, Any], licences: Sequence[str]) -> str:
    """The card as Markdown.

    Args:
        config: of the new adapter.
        metrics: what its ``metrics.json`` holds.
        licences: of the version that it went on from; they hold for what was learnt before.
    """
    used = metrics["feedback"]
    ours = (
        "likes, dislikes, clicks and purchases of this installation's users, with their requests less personal"
        " data: private, not to be published"
    )
    older = [each for each in licences if not each.startswith("Base:")]
    lines = "\n".join(f"- {each}" for each in dict.fromkeys([*older, ours]))
    rows = "\n".join(
        f"| {name} | {each['n']} | {each['ndcg@10 before']:.4f} | {each['ndcg@10']:.4f} |"
        for name, each in metrics["validation"].items()
    )
    return f"""# {config.name}, refreshed

The version `{metrics["start"]}`, trained on with this installation's feedback as of {metrics["as_of"]}.

- Base: {config.base} (Apache-2.0), SHA-256 {config.base_sha256}
- Adapter: SHA-256 {config.weights_sha256}
- Made by: `{metrics["command"]}`, seed {metrics["seed"]}, {metrics["steps"]} steps
- Data, SHA-256 {metrics["data_sha256"]}: {used["training"]} examples of feedback ({used["held_out"]} more held
  out), {metrics["data"]["replay_requests"]} old requests again, {metrics["data"]["new_item_requests"]} about new items

## Data and licences

{lines}

## Gate

nDCG@10 over the 32 candidates that the search finds; old requests may lose {metrics["tolerance"]:g}, feedback nothing.

| requests | n | before | after |
|---|---|---|---|
{rows}
"""
