"""Commands that load no model: help, and what is wrong with what was asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.command_line import kairos, one_line_error

HEAVY = {
    "torch", "transformers", "sentence_transformers", "chromadb", "gradio", "langchain", "langchain_core",
    "langgraph", "peft", "numpy", "httpx",
}  # fmt: skip


@pytest.mark.parametrize(
    "command", ["", "ask", "parse", "chat", "ingest", "doctor", "catalogue", "tools", "finetune"]
)
def test_help_imports_nothing_heavy(command: str, tmp_path: Path) -> None:
    done = kairos(*command.split(), "--help", home=tmp_path / "home", python=("-X", "importtime"))
    assert done.code == 0, done.err
    assert "Usage" in done.out
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.err.splitlines()}
    assert "typer" in imported
    assert not imported & HEAVY
    assert not (tmp_path / "home").exists(), "help makes no home"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["ask", "a film", "--now", "tomorrow"], "ISO 8601"),
        (["ask", "a film", "--domain", "poetry"], "smart_home"),
        (["ask", "a film", "--k", "0"], "--k"),
        (["ask"], "text"),
        (["parse", "a film", "--now", "2026-13-01"], "ISO 8601"),
        (["ingest", "a.csv", "--domain", "poetry"], "smart_home"),
        (["catalogue", "search", "a film", "--now", "soon"], "ISO 8601"),
        (["tools", "new", "Not A Name"], "snake_case"),
        (["sing"], "sing"),
    ],
)
def test_wrong_use_ends_with_2_and_names_what_is_wrong(
    arguments: list[str], named: str, tmp_path: Path
) -> None:
    done = kairos(*arguments, home=tmp_path / "home")
    assert (done.code, done.out) == (2, ""), done
    assert named in done.err
    assert "Traceback" not in done.err


def test_error_of_ours_is_one_line_and_ends_with_1(tmp_path: Path) -> None:
    home = tmp_path / "home"
    empty = tmp_path / "empty"
    empty.mkdir()
    broken = tmp_path / "map.toml"
    broken.write_text("[fields]\nid = '{a}'\n")
    assert "no such file" in one_line_error(kairos("ingest", "nowhere.csv", home=home))
    assert ".parquet" in one_line_error(kairos("ingest", str(empty), home=home))
    assert "title" in one_line_error(kairos("ingest", "x", "--map", str(broken), home=home))
    assert "KAIROS_TIMEZONE" in one_line_error(kairos("ask", "a film", home=home, timezone="Mars/Base"))
    assert "KAIROS_PORT" in one_line_error(kairos("doctor", home=home, port="many"))
    assert "no such folder" in one_line_error(
        kairos("catalogue", "stats", "--catalogue", str(tmp_path / "nowhere"), home=home)
    )
    (tmp_path / "taken.py").write_text("")
    new = kairos("tools", "new", "taken", "--folder", str(tmp_path), home=home)
    assert "exists already" in one_line_error(new)
    assert "nowhere.json" in one_line_error(
        kairos("parse", "cheaper", "--history", str(tmp_path / "nowhere.json"), home=home)
    )


def test_doctor_names_the_part_that_fails_and_ends_with_1(tmp_path: Path) -> None:
    done = kairos(
        "doctor",
        "--json",
        home=tmp_path / "home",
        device="nonsense",
        llm="openai:none",
        llm_base_url="http://127.0.0.1:9",
        llm_api_key="secret-key",
        llm_timeout="2",
        llm_retries="0",
    )
    assert done.code == 1, done
    said = json.loads(done.out)
    parts = {each["part"]: each for each in said["checks"]}
    assert parts["python"]["ok"] and parts["home"]["ok"]
    for name in ("embedder", "scorer", "catalogue", "language model"):
        assert not parts[name]["ok"]
        assert "\n" not in parts[name]["finding"], parts[name]
    assert said["settings"]["llm_api_key"] == "set"
    assert "secret-key" not in done.out + done.err
