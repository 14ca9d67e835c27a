"""How many time expressions of the Recognizers-Text specification resolve to the same value.

A file holds JSON objects, one a line (gzipped or not), with ``input``, ``reference`` (the time at
which it is said), ``suite`` (which names the mode of the recogniser) and ``results``; each result has
``TypeName``, ``Start`` and ``End`` (inclusive) in the input, and ``Resolution.values``.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from errors import SourceError
from timeliness.expressions import Resolved, resolve
from timeliness.expressions.moment import SPECIFICATION, Convention, midnight

CLASSES = ("date", "daterange", "time", "timerange", "datetime", "datetimerange")
_MODES: Mapping[str, Convention] = {
    "ExperimentalMode": replace(SPECIFICATION, inclusive=True),
    "CalendarMode": replace(SPECIFICATION, bare=True),
    "ComplexCalendar": replace(SPECIFICATION, bare=True, both_halves=False),
    "ExtendedTypes": replace(SPECIFICATION, both_halves=False),
    "SplitDateAndTime": replace(SPECIFICATION, joined=False),
    "TasksMode": replace(SPECIFICATION, upcoming=True),
}
_UNKNOWN_REFERENCE = "2000-01-01"  # cases that say none do not depend on it
Values = tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Failure:
    """An expected value that did not come out, and what was read of its input instead."""

    input: str
    reference: str
    expected: str
    resolved: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """``rate`` is the share of the ``n`` expected values of the six classes that came out the same;
    ``inputs_exact`` the share of inputs of which they all did, and nothing else of these classes."""

    n: int
    rate: float
    by_class: Mapping[str, float]
    n_by_class: Mapping[str, int]
    inputs: int
    inputs_exact: float
    milliseconds: float
    failures: tuple[Failure, ...] = ()


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a specification file.

    Raises:
        SourceError: the file cannot be read, or a line is no case.
    """
    try:
        data = path.read_bytes()
        lines = (gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data).decode().splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read as (gzipped) text: {error}") from error
    cases = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            case = json.loads(line)
            if not isinstance(case["input"], str) or not isinstance(case["results"], list):
                raise TypeError("input is text, results a list")
            datetime.fromisoformat(case.get("reference") or _UNKNOWN_REFERENCE)
        except (ValueError, TypeError, KeyError) as error:
            raise SourceError(
                f"{path}, line {number}: not a case with input, reference and results ({error!r})"
            ) from error
        cases.append(case)
    if not cases:
        raise SourceError(f"{path}: holds no cases; give a file of the specification, one JSON object a line")
    return cases


def evaluate(cases: Iterable[Mapping[str, Any]], language: str | None = None) -> Report:
    """Resolve every case and compare; without ``language`` it is told from the characters of all inputs."""
    cases = list(cases)
    language = language or _language(cases)
    right, total, exact, spent = Counter[str](), Counter[str](), 0, 0.0
    failures = []
    for case in cases:
        begun = perf_counter()
        resolved = [each for each in _resolve(case, language) if each.type in CLASSES]
        spent += perf_counter() - begun
        left, missed = list(resolved), 0
        for kind, wanted, result in _expected(case):
            total[kind] += 1
            found = next((each for each in left if _same(each, kind, wanted, result)), None)
            if found is not None:
                left.remove(found)
                right[kind] += 1
                continue
            missed += 1
            shown = tuple(f"{each.type} {each.text!r} {_shown(_values(each.values))}" for each in resolved)
            expected = f"{kind} {result.get('Text', '')!r} {_shown(wanted)}"
            failures.append(Failure(case["input"], str(case.get("reference")), expected, shown))
        exact += not missed and not left
    n = total.total()
    return Report(
        n=n,
        rate=right.total() / n if n else 0.0,
        by_class={kind: right[kind] / total[kind] for kind in CLASSES if total[kind]},
        n_by_class={kind: total[kind] for kind in CLASSES if total[kind]},
        inputs=len(cases),
        inputs_exact=exact / len(cases),
        milliseconds=1000 * spent / len(cases),
        failures=tuple(failures),
    )


def _language(cases: Iterable[Mapping[str, Any]]) -> str:
    ideographs = [any("\u4e00" <= char <= "\u9fff" for char in case["input"]) for case in cases]
    return "zh" if sum(ideographs) * 2 > len(ideographs) else "en"


def _resolve(case: Mapping[str, Any], language: str) -> list[Resolved]:
    said = case.get("reference")
    now = (
        datetime.fromisoformat(said) if said else midnight(datetime.fromisoformat(_UNKNOWN_REFERENCE).date())
    )
    mode = str(case.get("suite", "")).removeprefix("DateTimeModel")
    return resolve(case["input"], now, language, _MODES.get(mode, SPECIFICATION))


def _expected(case: Mapping[str, Any]) -> Iterator[tuple[str, Values, Mapping[str, Any]]]:
    for result in case["results"]:
        kind = str(result.get("TypeName", "")).rpartition(".")[2]
        if kind in CLASSES:
            yield kind, _values((result.get("Resolution") or {}).get("values") or ()), result


def _values(values: Iterable[Mapping[str, str]]) -> Values:
    names = ("value", "start", "end")
    return tuple(sorted(tuple((name, each[name]) for name in names if name in each) for each in values))


def _same(resolved: Resolved, kind: str, wanted: Values, result: Mapping[str, Any]) -> bool:
    """The class and all values agree, and the two stand at the same place."""
    start, end = int(result.get("Start", 0)), int(result.get("End", 10**9))
    overlap = resolved.start <= end and start < resolved.start + len(resolved.text)
    return resolved.type == kind and overlap and _values(resolved.values) == wanted


def _shown(values: Values) -> str:
    return " | ".join(" ".join(f"{name}={value}" for name, value in each) for each in values)
