"""How well requests are understood: our own hard ones, and rows of public data sets.

A row is one of

- ours, as in ``understanding/requests.jsonl``: ``text``, ``after`` (a conversation of
  ``understanding/contexts.json``) and ``expect``, the fields that must come out;
- ``{text | review, label}``: the tone of a sentence, 1 positive, 0 negative;
- INSPIRED: an utterance with its ``movies``, ``genres`` and ``people_names``;
- SGD: a dialogue with ``services`` and ``turns`` that carry slot spans.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from errors import SourceError
from evaluation.json_lines import read_rows
from schema import Conversation, Demand, Domain, TimeDemand

if TYPE_CHECKING:
    from agent.understand import Understanding

Row = Mapping[str, Any]
Scores = dict[str, dict[str, float]]

FOLDER = Path(__file__).parent / "understanding"
REQUESTS = FOLDER / "requests.jsonl"
# A Wednesday afternoon: the moment at which our requests are made.
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)

_SERVICES: dict[str, Domain] = {"Media": "video", "Movies": "video", "Music": "music"}
_TIME_SLOTS = re.compile(r"date|time|year")


@dataclass(frozen=True)
class Judgement:
    """One thing that was to come out of a row: its part, whether it did, and what came out."""

    part: str
    right: bool
    wanted: str = ""
    got: str = ""


@dataclass
class Counts:
    """Spans or names found, missed and made up."""

    right: int = 0
    missed: int = 0
    extra: int = 0

    @property
    def f1(self) -> float:
        """F1; 0 where there was nothing to find."""
        total = 2 * self.right + self.missed + self.extra
        return 2 * self.right / total if total else 0.0


async def evaluate_understanding(
    understand: Understanding,
    rows: Iterable[Row] | None = None,
    *,
    now: datetime = NOW,
    progress: Callable[[int], None] | None = None,
    mistakes: list[tuple[Row, Judgement]] | None = None,
) -> Scores:
    """Accuracy or F1 by part, each with its ``n``; ``rows`` default to our own requests.

    ``progress`` is told the number of rows done; ``mistakes`` collects what went wrong.

    Raises:
        SourceError: a row is of no known kind.
    """
    judged: dict[str, list[bool]] = defaultdict(list)
    counted: dict[str, Counts] = defaultdict(Counts)
    contexts = load_contexts()
    for done, row in enumerate(read_rows(REQUESTS) if rows is None else rows, 1):
        if "expect" in row:
            before = contexts[row["after"]] if row.get("after") else Conversation(session="evaluation")
            for each in judge(row, await understand(row["text"], before, now), before):
                judged[each.part].append(each.right)
                if mistakes is not None and not each.right:
                    mistakes.append((row, each))
        elif "label" in row:
            judged["sentiment"].append(await _tone_is_right(understand, row, now))
        elif "movies" in row:
            await _count_inspired(understand, row, now, counted)
        elif "services" in row:
            await _count_dialogue(understand, row, now, judged, counted)
        else:
            raise SourceError(
                f"row {done}: neither expect, label, movies nor services; see evaluation/understanding.py"
            )
        if progress:
            progress(done)
    scores: Scores = {
        part: {"accuracy": sum(each) / len(each), "n": len(each)} for part, each in judged.items()
    }
    scores |= {part: {"f1": each.f1, "n": each.right + each.missed} for part, each in counted.items()}
    return dict(sorted(scores.items()))


def load_contexts() -> dict[str, Conversation]:
    """The conversations that our follow-ups belong to, by name."""
    stored = json.loads((FOLDER / "contexts.json").read_text(encoding="utf-8"))
    return {name: Conversation.model_validate_json(json.dumps(each)) for name, each in stored.items()}


def judge(row: Row, demand: Demand, before: Conversation) -> Iterator[Judgement]:
    """Hold ``demand`` against what ``row`` expects."""
    from agent.understand import is_thin

    expect: Mapping[str, Any] = row["expect"]
    plain: tuple[tuple[str, object], ...] = (
        ("sentiment", demand.sentiment.label),
        ("mood", demand.sentiment.mood),
        ("language", demand.language),
        ("count", demand.count),
        ("thin", is_thin(demand, before.turns)),
        ("note", bool(demand.notes)),
    )
    if "intent" in expect:
        yield Judgement(
            "intent", demand.intent in expect["intent"].split("|"), expect["intent"], demand.intent
        )
    if "domains" in expect:
        yield Judgement(
            "domains",
            set(demand.domains) == set(expect["domains"]),
            str(expect["domains"]),
            str(demand.domains),
        )
    for name, got in plain:
        if name in expect:
            yield Judgement(name, got == expect[name], str(expect[name]), str(got))
    yield from _judge_interests(expect, demand)
    yield from _judge_conditions(expect, demand)


def _judge_interests(expect: Mapping[str, Any], demand: Demand) -> Iterator[Judgement]:
    liked = [each.text for each in demand.interests if each.polarity > 0]
    against = [each.text for each in demand.interests if each.polarity < 0]
    hard = [each.text for each in demand.interests if each.hard]
    soft = [each.text for each in demand.interests if not each.hard]
    for part, names, pool in (
        ("likes", "likes", liked),
        ("refusals", "refuses", against),
        ("refusals", "dislikes", against),
        ("hard or soft", "hard", hard),
        ("hard or soft", "soft", soft),
    ):
        for name in expect.get(names, ()):
            yield Judgement(part, any(_same(name, text) for text in pool), name, str(pool))
    for part, names, pool in (("likes", "notlikes", liked), ("refusals", "notrefuses", against)):
        for name in expect.get(names, ()):
            yield Judgement(part, not any(_same(name, text) for text in pool), f"not {name}", str(pool))


def _judge_conditions(expect: Mapping[str, Any], demand: Demand) -> Iterator[Judgement]:
    limits = demand.limits.model_dump(exclude_defaults=True)
    excluded = (*limits.pop("exclude_ids", ()), *limits.pop("shown_ids", ()))
    if "limits" in expect:
        wanted = expect["limits"]
        fits = set(limits) - {"currency"} == set(wanted) - {"currency"}
        right = fits and all(_meets(limits.get(name), value) for name, value in wanted.items())
        yield Judgement("limits", right, str(wanted), str(limits))
    if "excludes" in expect:
        yield Judgement(
            "exclusions", set(expect["excludes"]) <= set(excluded), str(expect["excludes"]), str(excluded)
        )
    if "references" in expect:
        got = [each.item_id for each in demand.references]
        yield Judgement("references", got == expect["references"], str(expect["references"]), str(got))
    for wanted in expect.get("times", ()):
        right = any(_is_time(each, wanted) for each in demand.times)
        yield Judgement(
            "times",
            right,
            str(wanted),
            "; ".join(f"{each.role} {each.start} {each.end}" for each in demand.times),
        )


def _is_time(time: TimeDemand, wanted: Mapping[str, str]) -> bool:
    inside, outside = datetime.fromisoformat(wanted["holds"]), datetime.fromisoformat(wanted["misses"])
    return time.role == wanted["role"] and _holds(time, inside) and not _holds(time, outside)


def _holds(time: TimeDemand, at: datetime) -> bool:
    return (time.start is None or time.start <= at) and (time.end is None or at < time.end)


def _meets(got: Any, wanted: Any) -> bool:
    """``wanted`` is a value, or a bound such as "<3.99" or ">=30"."""
    bound = re.fullmatch(r"([<>]=?)([\d.]+)", wanted) if isinstance(wanted, str) else None
    if bound is None:
        return bool(list(got) == wanted if isinstance(wanted, list) else got == wanted)
    if got is None:
        return False
    limit, value = float(bound[2]), float(got)
    return {"<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit}[bound[1]]


def _same(names: str, text: str) -> bool:
    """Whether one of ``names`` ("horror|scary") is said by ``text``, plural or not."""
    said = f" {_singular(text)} "
    return any(f" {_singular(name)} " in said for name in names.split("|"))


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in text.casefold().split())


async def _tone_is_right(understand: Understanding, row: Row, now: datetime) -> bool:
    text = row.get("text") or row.get("review") or ""
    demand = await understand(text, Conversation(session="evaluation"), now)
    return (demand.sentiment.score > 0) == (str(row["label"]) in {"1", "positive"})


async def _count_inspired(
    understand: Understanding, row: Row, now: datetime, counted: dict[str, Counts]
) -> None:
    said = row["text"].replace("QUOTATION_MARK", '"')  # how INSPIRED writes it
    demand = await understand(said, Conversation(session="evaluation"), now)
    for part, field, kinds in (
        ("titles", "movies", {"item"}),
        ("genres", "genres", {"genre"}),
        ("people", "people_names", {"entity"}),
    ):
        wanted = {_plain(name) for name in str(row.get(field) or "").split(";") if name.strip()}
        got = {_plain(each.text) for each in demand.interests if each.kind in kinds}
        _count(counted[part], wanted, got)


async def _count_dialogue(
    understand: Understanding,
    row: Row,
    now: datetime,
    judged: dict[str, list[bool]],
    counted: dict[str, Counts],
) -> None:
    """SGD: the domain of opening turns, and where times stand in any user turn."""
    services = {_SERVICES.get(each.split("_")[0]) for each in row["services"]}
    users = [turn for turn in row["turns"] if turn["speaker"] == "USER"]
    for place, turn in enumerate(users):
        demand = await understand(turn["utterance"], Conversation(session="evaluation"), now)
        if place == 0 and len(row["services"]) == 1 and services != {None}:
            judged["domains"].append(set(demand.domains) == services)
        wanted = {(slot["start"], slot["end"]) for slot in turn["slots"] if _TIME_SLOTS.search(slot["slot"])}
        got = {each.span for each in demand.times if each.span}
        met = {span for span in wanted if any(start < span[1] and span[0] < end for start, end in got)}
        spare = {
            (start, end)
            for start, end in got
            if not any(start < span[1] and span[0] < end for span in wanted)
        }
        counts = counted["time spans"]
        counts.right, counts.missed, counts.extra = (
            counts.right + len(met),
            counts.missed + len(wanted - met),
            counts.extra + len(spare),
        )


def _count(counts: Counts, wanted: set[str], got: set[str]) -> None:
    counts.right += len(wanted & got)
    counts.missed += len(wanted - got)
    counts.extra += len(got - wanted)


def _plain(name: str) -> str:
    return re.sub(r"\s*\((?:19|20)\d\d\)|[^\w\s]", "", name).casefold().strip()


def describe(mistakes: Sequence[tuple[Row, Judgement]]) -> str:
    """The mistakes as lines of text, for whoever improves the parser."""
    return "\n".join(
        f"{row['text'][:90]!r}{' after ' + row['after'] if row.get('after') else ''}: {each.part}: "
        f"wanted {each.wanted}, got {each.got}"
        for row, each in mistakes
    )
