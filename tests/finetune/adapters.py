"""Adapters to switch between: the shipped classifier with another calibration, and its other files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from finetune.lora import ADAPTERS


def adapter(folder: Path, scale: float = 0.0, **metrics: object) -> Path:
    """An adapter whose scores are ``sigmoid(scale * logit)``; its metrics hold ``metrics``."""
    shutil.copytree(ADAPTERS / "classifier", folder)
    config = json.loads((folder / "config.json").read_text())
    config["calibration"] = {"logit_scale": scale, "logit_bias": 0.0, "joined": False}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "metrics.json").write_text(json.dumps({"seed": 7, "data_sha256": "d" * 64, **metrics}))
    return folder
