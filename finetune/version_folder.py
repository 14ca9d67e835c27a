"""One version of a model as a folder on disk: writing it so that it survives a power cut, and seeing that it is whole."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from errors import ModelError
from finetune.lora import CONFIG_FILE, WEIGHTS_FILE, file_sha256

METRICS_FILE, CARD_FILE, MANIFEST_FILE = "metrics.json", "README.md", "manifest.json"


def replace_text(path: Path, text: str) -> None:
    """Put ``text`` into ``path`` as a whole, so that not even a power cut leaves half of it."""
    fresh = path.with_suffix(".part")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    sync(path.parent)


def copy_adapter(source: Path, fresh: Path) -> None:
    """Copy the files of an adapter folder, synced, and write the manifest."""
    manifest = {}
    for path in sorted(each for each in source.iterdir() if each.is_file() and each.name != MANIFEST_FILE):
        copied = Path(shutil.copyfile(path, fresh / path.name))
        sync(copied)
        manifest[path.name] = file_sha256(copied)
    replace_text(fresh / MANIFEST_FILE, json.dumps(manifest, indent=2) + "\n")


def sync(path: Path) -> None:
    """Have the system write a file or folder to the disk now."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def damage_of(folder: Path) -> str | None:
    """What is missing or damaged in the folder of a version, by its manifest; None where it is whole."""
    try:
        manifest: dict[str, str] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        for name, digest in manifest.items():
            if file_sha256(folder / name) != digest:
                return f"{name} is damaged (wrong SHA-256)"
    except FileNotFoundError as error:
        return f"{Path(error.filename).name} is missing"
    except (OSError, ValueError, AttributeError) as error:
        return f"{MANIFEST_FILE} cannot be read ({error})"
    return adapter_damage(folder)


def adapter_damage(folder: Path) -> str | None:
    """Why a folder is no whole adapter, or None."""
    try:
        config = read_object(folder / CONFIG_FILE)
    except ModelError as error:
        return str(error)
    weights = folder / WEIGHTS_FILE
    if not weights.is_file():
        return f"{WEIGHTS_FILE} is missing"
    if file_sha256(weights) != config.get("weights_sha256"):
        return f"{WEIGHTS_FILE} is damaged (wrong SHA-256)"
    return None


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file.

    Raises:
        ModelError: it is missing or no JSON object.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{path.name} is missing") from error
    except (OSError, ValueError) as error:
        raise ModelError(f"{path.name} cannot be read ({error})") from error
    if not isinstance(found, dict):
        raise ModelError(f"{path.name} cannot be read (it is no object)")
    return found


def licences(card: Path) -> tuple[str, ...]:
    """The lines of a card's section on data and licences, and its base's licence."""
    try:
        lines = card.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return ()
    base = [each.removeprefix("- ") for each in lines if each.startswith("- Base: ")]
    heads = [place for place, each in enumerate(lines) if re.match(r"#+ .*licen[cs]e", each, re.IGNORECASE)]
    found = []
    for line in lines[heads[0] + 1 :] if heads else []:
        if line.startswith("#"):
            break
        if line.startswith("- "):
            found.append(line.removeprefix("- "))
    return (*base, *found)
