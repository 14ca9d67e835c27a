"""Goes on training the active classifier with new feedback and items, and lets it serve if a gate passes.

A run is a few steps whose outcome is kept, so that one that was killed is gone on with: what
it was begun with (``state.json``), the trainer's checkpoints, the new version, the switch. Until
the switch the old version serves. What users wrote is read anew each time and kept nowhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import SettingsError
from finetune.feedback import Feedback, Replies, read_feedback
from finetune.gate import Verdict, judge, measure, pairs_of
from finetune.lora import AdapterConfig, read_adapter, save_adapter
from finetune.refresh_card import card
from finetune.refresh_data import RefreshData, Report, Size, assemble, new_items
from finetune.refresh_state import Begun, alone, unfinished, write
from finetune.registry import Registry, Task
from finetune.version_folder import CARD_FILE, METRICS_FILE
from settings import Settings

if TYPE_CHECKING:
    from finetune.trainer import Trained, Training
    from timeliness.events import EventLog
    from vectorstore.catalogue import Catalogue

TASK: Task = "classifier"


@dataclass(frozen=True)
class Options:
    """How a refresh is done.

    ``least_training`` and ``least_held_out`` are examples of feedback without which it does
    nothing; ``tolerance`` is the nDCG@10 that old requests may lose.
    """

    least_training: int = 12
    least_held_out: int = 3
    epochs: float = 2.0
    learning_rate: float = 3e-4
    max_steps: int | None = None
    tolerance: float = 0.01
    seed: int = 0
    size: Size = field(default_factory=Size)


def refresh(
    settings: Settings,
    catalogue: Catalogue,
    log: EventLog,
    replies: Replies,
    *,
    now: datetime,
    options: Options | None = None,
    dry_run: bool = False,
    command: str = "app.py finetune refresh",
    report: Report = lambda stage, done, total, note: None,
) -> dict[str, Any]:
    """One refresh of the active classifier; goes on where a killed one was.

    Args:
        settings: whose home holds models and checkpoints.
        catalogue: of the items.
        log: of likes, dislikes, clicks and purchases.
        replies: a conversation's answers, oldest first; none where memory does not hold it.
        now: the as-of date of the new version.
        options: how.
        dry_run: only say what would be done; writes nothing.
        command: for the card.
        report: told of progress.

    Returns:
        ``outcome`` ("switched", "rejected", "too little feedback" or "dry run"), counts and, of
        a run, the figures before and after.

    Raises:
        ModelError: another refresh runs, or the active version cannot be trained on.
        SettingsError: a package is missing, or the settings name another scorer.
    """
    if settings.scorer != "default":
        raise SettingsError(
            f"KAIROS_SCORER names {settings.scorer!r}: only the 'default' scorer can be refreshed; unset it"
        )
    chosen = options or Options()
    registry = Registry(settings)
    work = settings.home / "training" / "refresh"
    if dry_run:
        return _reported("dry run", *_read(registry, catalogue, log, replies, now, chosen, None))
    with alone(work):
        registry.check(TASK, registry.active(TASK))
        begun, feedback, fresh = _read(
            registry, catalogue, log, replies, now, chosen, unfinished(work, registry.active(TASK))
        )
        if _too_little(feedback, chosen):
            shutil.rmtree(work, ignore_errors=True)
            return _reported("too little feedback", begun, feedback, fresh) | {
                "needed": {"training": chosen.least_training, "held_out": chosen.least_held_out}
            }
        write(work / "state.json", json.dumps(asdict(begun)))
        data = assemble(settings, catalogue, feedback, fresh, chosen.size, chosen.seed, report)
        return _run(settings, registry, work, begun, feedback, fresh, data, chosen, command, report)


def _read(
    registry: Registry,
    catalogue: Catalogue,
    log: EventLog,
    replies: Replies,
    now: datetime,
    options: Options,
    before: Begun | None,
) -> tuple[Begun, Feedback, list[Any]]:
    """The feedback and the items since the active version's as-of date; those of ``before`` where it is given."""
    start = registry.active(TASK)
    metrics = registry.metrics(TASK, start)
    after = int(metrics.get("events_until", 0))
    events, until = log.after(after)
    wanted = hashlib.sha256(repr(options).encode()).hexdigest()
    if before is None or before.options != wanted:
        before = Begun(start, after, len(events), until, now.isoformat(), wanted)
    feedback = read_feedback(events[: before.events], replies, catalogue.settings.country)
    since = metrics.get("as_of")
    fresh = new_items(
        catalogue, datetime.fromisoformat(since) if since else None, datetime.fromisoformat(before.as_of)
    )
    return before, feedback, fresh


def _run(
    settings: Settings,
    registry: Registry,
    work: Path,
    begun: Begun,
    feedback: Feedback,
    fresh: list[Any],
    data: RefreshData,
    options: Options,
    command: str,
    report: Report,
) -> dict[str, Any]:
    from serving.adapted import AdaptedScorer

    start = registry.folder(TASK, begun.start)
    trained = _train(start, work, data, options, report)
    adapter = work / "adapter"
    shutil.rmtree(adapter, ignore_errors=True)
    adapter.mkdir()
    config = _save(adapter, start, trained, begun, data, settings)
    total = 2 * (len(data.replay) + len(data.feedback))
    done = 0

    def advance() -> None:
        nonlocal done
        done += 1
        report("Measuring", done, total, "")

    before = measure(AdaptedScorer.load(start, settings), data.replay, data.feedback, advance)
    after = measure(AdaptedScorer.load(adapter, settings), data.replay, data.feedback, advance)
    verdict = judge(before, after, options.tolerance)
    outcome = "switched" if verdict.passed else "rejected"
    found = _reported(outcome, begun, feedback, fresh) | {
        "version": begun.version if verdict.passed else None,
        "data": data.counts,
        "steps": trained.steps,
        "seconds": round(trained.seconds, 1),
        "gate": verdict.report(),
    }
    if verdict.passed:
        metrics = _metrics(begun, feedback, data, trained, verdict, options, command)
        write(adapter / METRICS_FILE, json.dumps(metrics, indent=2) + "\n")
        parent = next(each for each in registry.versions(TASK) if each.version == begun.start)
        write(adapter / CARD_FILE, card(config, metrics, parent.licences))
        registry.remove(TASK, begun.version)  # of a run that was killed before the switch
        registry.add(TASK, begun.version, adapter)
        registry.use(TASK, begun.version)
    shutil.rmtree(work, ignore_errors=True)
    return found


def _train(start: Path, work: Path, data: RefreshData, options: Options, report: Report) -> Trained:
    from finetune.classifier import train
    from finetune.trainer import Training
    from vectorstore.embedder import default_weights

    config, _ = read_adapter(start)
    training = Training(
        method=config.method,
        epochs=options.epochs,
        max_steps=options.max_steps,
        learning_rate=options.learning_rate,
        seed=options.seed,
        checkpoint_every=20,
        start=start,
    )
    folder = work / f"checkpoints-{_fingerprint(data, training)}"
    for each in work.glob("checkpoints-*"):
        if each != folder:
            shutil.rmtree(each)
    return train(
        data.groups,
        data.passages,
        default_weights(),
        training,
        folder,
        lambda step, planned, loss: report("Training", step, planned, f"loss {loss:.3f}"),
    )


def _save(
    adapter: Path, start: Path, trained: Trained, begun: Begun, data: RefreshData, settings: Settings
) -> AdapterConfig:
    """Write the adapter, its calibration fitted to old requests that were not trained on."""
    from finetune.calibration import fit
    from serving.adapted import AdaptedScorer

    old, _ = read_adapter(start)
    kept = old.model_dump(exclude={"weights_sha256"})
    save_adapter(adapter, trained.tensors, kept)
    if data.calibration:
        pairs = pairs_of(data.calibration, AdaptedScorer.load(adapter, settings))
        weights = [1.0] * len(data.calibration)
        calibration = fit(pairs["logits"], pairs["dense"], pairs["lexical"], pairs["outcomes"], weights)
        kept["calibration"] = calibration.model_copy(update={"joined": True}).model_dump()
    return save_adapter(adapter, trained.tensors, kept)


def _too_little(feedback: Feedback, options: Options) -> bool:
    return (
        len(feedback.training) < options.least_training or len(feedback.validation) < options.least_held_out
    )


def _reported(outcome: str, begun: Begun, feedback: Feedback, fresh: list[Any]) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "start": begun.start,
        "as_of": begun.as_of,
        "events": dict(feedback.kinds),
        "without_request": feedback.without_request,
        "examples": {"training": len(feedback.training), "held_out": len(feedback.validation)},
        "scrubbed": dict(feedback.scrubbed),
        "new_items": len(fresh),
    }


def _metrics(
    begun: Begun,
    feedback: Feedback,
    data: RefreshData,
    trained: Trained,
    verdict: Verdict,
    options: Options,
    command: str,
) -> dict[str, Any]:
    before, after = verdict.before, verdict.after
    return {
        "command": command,
        "seed": options.seed,
        "as_of": begun.as_of,
        "start": begun.start,
        "events_until": begun.until,
        "data_sha256": data.sha256,
        "feedback": {"training": len(feedback.training), "held_out": len(feedback.validation)},
        "data": data.counts,
        "steps": trained.steps,
        "final_loss": round(trained.loss, 4),
        "tolerance": verdict.tolerance,
        "validation": {
            "old requests": {"n": after.replay_n, "ndcg@10 before": before.replay, "ndcg@10": after.replay},
            "feedback": {"n": after.feedback_n, "ndcg@10 before": before.feedback, "ndcg@10": after.feedback},
        },
    }


def _fingerprint(data: RefreshData, training: Training) -> str:
    return hashlib.sha256(f"{data.sha256} {training}".encode()).hexdigest()[:16]
