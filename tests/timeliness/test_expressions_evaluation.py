"""The evaluation of time expressions, on cases of its own and on the published ones."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.evaluate import evaluate as command
from errors import SourceError
from evaluation.time_expressions import evaluate, read_cases


def case(
    text: str, kind: str, start: int, end: int, *values: dict[str, str], suite: str = "DateTimeModel"
) -> dict[str, object]:
    result = {
        "Text": text[start:end],
        "Start": start,
        "End": end - 1,
        "TypeName": f"datetimeV2.{kind}",
        "Resolution": {"values": values},
    }
    return {"suite": suite, "input": text, "reference": "2016-11-07T00:00:00", "results": [result]}


def write(path: Path, *cases: object) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in cases), encoding="utf-8")
    return path


def test_right_wrong_and_made_up_values_are_told_apart() -> None:
    right = case("back yesterday", "date", 5, 14, {"value": "2016-11-06"})
    wrong = case("back yesterday", "date", 5, 14, {"value": "2016-11-05"})
    elsewhere = case("yesterday, and no more", "date", 15, 22, {"value": "2016-11-06"})
    made_up = {"input": "tomorrow", "reference": "2016-11-07T00:00:00", "results": []}
    report = evaluate([right, wrong, elsewhere, made_up])
    assert report.n == 3 and report.inputs_exact == 0.25
    assert report.rate == pytest.approx(1 / 3)
    assert [each.input for each in report.failures] == ["back yesterday", "yesterday, and no more"]


def test_the_mode_of_the_suite_decides_whether_an_end_is_included() -> None:
    plain = case("2014 to 2018", "daterange", 0, 12, {"start": "2014-01-01", "end": "2018-01-01"})
    inclusive = case(
        "2014 to 2018",
        "daterange",
        0,
        12,
        {"start": "2014-01-01", "end": "2019-01-01"},
        suite="DateTimeModelExperimentalMode",
    )
    assert evaluate([plain, inclusive]).rate == 1


def test_command_prints_one_json_object(tmp_path: Path) -> None:
    path = write(tmp_path / "cases.jsonl", case("back yesterday", "date", 5, 14, {"value": "2016-11-05"}))
    run = CliRunner().invoke(command, ["time", str(path), "--json", "--failures", "1"])
    report = json.loads(run.stdout)
    assert run.exit_code == 0 and report["rate"] == 0 and report["n"] == 1 and len(report["failures"]) == 1


@pytest.mark.parametrize("content", [b"", b"[1]\n", b'{"input": 3}\n', b"\x1f\x8bnot gzip", b"\xff\xfe"])
def test_a_file_that_holds_no_cases_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"cases\.jsonl"):
        read_cases(path)


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        read_cases(tmp_path / "none.jsonl")


@pytest.mark.parametrize(("name", "rate"), [("english", 0.95), ("chinese", 0.95)])
def test_published_specification_is_met(data_folder: Path, name: str, rate: float) -> None:
    path = data_folder / "time_specs" / f"{name}.jsonl.gz"
    assert evaluate(read_cases(path)).rate >= rate
