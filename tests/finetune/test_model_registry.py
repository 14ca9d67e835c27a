"""Which version serves: switching is all or nothing, goes back, and refuses what is damaged."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from itertools import pairwise
from pathlib import Path
from threading import Thread

import pytest

from errors import ModelError
from finetune import registry as registry_module
from finetune import version_folder
from finetune.lora import file_sha256
from finetune.registry import SHIPPED, Registry
from settings import Settings, load_settings
from tests.finetune.adapters import adapter


@pytest.fixture
def registry(settings: Settings, tmp_path: Path) -> Registry:
    """With the versions "one" and "two" of the classifier, none of them active."""
    made = Registry(settings)
    for name in ("one", "two"):
        made.add("classifier", name, adapter(tmp_path / name, as_of="2026-11-25T15:00:00+00:00"))
    return made


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def use_and_die(home: Path, point: str) -> None:
    """Switch to "two", dying at ``point`` of the replacement."""
    if point == "before the write":
        registry_module.replace_text = die  # type: ignore[attr-defined]
    elif point == "before the sync":
        os.fsync = die
    elif point == "before the renaming":
        Path.replace = die  # type: ignore[method-assign, assignment]
    else:
        version_folder.sync = die
    Registry(load_settings(home=home)).use("classifier", "two")


@pytest.mark.parametrize(
    ("point", "active"),
    [
        ("before the write", "one"),
        ("before the sync", "one"),
        ("before the renaming", "one"),
        ("after the renaming", "two"),
    ],
)
def test_switch_that_is_killed_leaves_the_old_version_or_the_new_one(
    registry: Registry, settings: Settings, point: str, active: str
) -> None:
    registry.use("classifier", "one")
    child = multiprocessing.get_context("spawn").Process(target=use_and_die, args=(settings.home, point))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert registry.active("classifier") == active
    assert registry.use("classifier", "two") == active
    assert registry.history("classifier") == [SHIPPED, "one", "two"]


def test_roll_back_goes_back_step_by_step(registry: Registry) -> None:
    registry.use("classifier", "one")
    registry.use("classifier", "two")
    assert registry.roll_back("classifier") == "one"
    assert registry.roll_back("classifier") == SHIPPED
    with pytest.raises(ModelError, match="none to roll back to"):
        registry.roll_back("classifier")
    assert registry.active("classifier") == SHIPPED
    assert registry.active("embedder") == SHIPPED


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("adapter.safetensors", "cut"),
        ("config.json", "changed"),
        ("metrics.json", "gone"),
        ("manifest.json", "gone"),
    ],
)
def test_damaged_version_is_refused_and_the_old_one_serves(
    registry: Registry, settings: Settings, file: str, damage: str
) -> None:
    path = registry.folder("classifier", "one") / file
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:1000])
    elif damage == "changed":
        path.write_text(path.read_text().replace('"logit_bias": 0.0', '"logit_bias": 1.0'))
    else:
        path.unlink()
    with pytest.raises(ModelError, match=file) as caught:
        registry.use("classifier", "one")
    assert "\n" not in str(caught.value)
    assert registry.active("classifier") == SHIPPED
    listed = {each.version: each.damage for each in registry.versions("classifier")}
    assert listed[SHIPPED] is None
    assert listed["two"] is None
    assert file in (listed["one"] or "")


@pytest.mark.parametrize("name", ["none", "../classifier", ".hidden", ""])
def test_version_that_is_not_there_is_refused(registry: Registry, name: str) -> None:
    with pytest.raises(ModelError, match="no such version"):
        registry.use("classifier", name)


@pytest.mark.parametrize("name", [SHIPPED, "../one", "a b", "x" * 80, "-one"])
def test_name_that_is_no_name_is_refused(registry: Registry, tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match="cannot name a version"):
        registry.add("classifier", name, tmp_path / "one")


def test_name_is_not_given_to_other_weights(registry: Registry, tmp_path: Path) -> None:
    other = adapter(tmp_path / "other")
    weights = other / "adapter.safetensors"
    weights.write_bytes(weights.read_bytes() + b"x")
    config = json.loads((other / "config.json").read_text())
    config["weights_sha256"] = file_sha256(weights)
    (other / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="other weights"):
        registry.add("classifier", "one", other)
    registry.check("classifier", "one")


def test_unreadable_pointer_is_explained_in_one_line(registry: Registry, settings: Settings) -> None:
    registry.use("classifier", "one")
    (settings.home / "models" / "active.json").write_text('{"classifier": [')
    with pytest.raises(ModelError, match=r"active\.json cannot be read: delete it") as caught:
        registry.active("classifier")
    assert "\n" not in str(caught.value)


def test_list_tells_what_a_version_was_made_of(registry: Registry) -> None:
    shipped, one, _ = registry.versions("classifier")
    assert shipped.active and shipped.weights_sha256 and any("MiniLM" in each for each in shipped.licences)
    assert (one.seed, one.data_sha256, one.active) == (7, "d" * 64, False)
    assert one.as_of is not None and one.as_of.isoformat() == "2026-11-25T15:00:00+00:00"


def test_two_writers_lose_no_switch(registry: Registry) -> None:
    def switch(version: str) -> None:
        for _ in range(10):
            registry.use("classifier", version)

    threads = [Thread(target=switch, args=(name,)) for name in ("one", "two")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    history = registry.history("classifier")
    assert {"one", "two"} <= set(history)
    assert all(one != two for one, two in pairwise(history))


def test_version_that_served_is_not_removed(registry: Registry) -> None:
    registry.use("classifier", "one")
    registry.roll_back("classifier")
    registry.remove("classifier", "one")
    registry.use("classifier", "two")
    with pytest.raises(ModelError, match="kept for roll-back"):
        registry.remove("classifier", "two")
    assert [each.version for each in registry.versions("classifier")] == [SHIPPED, "two"]
