"""Runs the real command line in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


def kairos(
    *arguments: str, home: Path, given: str | None = None, python: Sequence[str] = (), **settings: str
) -> Done:
    """Run ``app.py`` with ``arguments``; ``settings`` become ``KAIROS_<NAME>``, ``given`` is its stdin."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("KAIROS_") or name == "KAIROS_DATA"
    }
    patient = {"home": str(home), "node_timeout": "120"}  # a busy machine is no failure
    named = {f"KAIROS_{name.upper()}": value for name, value in (patient | settings).items()}
    done = subprocess.run(
        [sys.executable, *python, str(ROOT / "app.py"), *arguments],
        cwd=home.parent,  # no kairos.toml of the checkout
        env={**kept, **named, "COLUMNS": "200", "NO_COLOR": "1"},
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def one_line_error(done: Done) -> str:
    """The one line that an error of ours is, on stderr and nowhere else."""
    assert done.code == 1, done
    assert done.out == ""
    lines = done.err.strip().splitlines()
    assert len(lines) == 1, done.err
    assert lines[0].startswith("kairos: ")
    return lines[0]
