"""Reads scripts from YAML, and says of a broken one in which line what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from errors import SourceError
from evaluation.conversations.script import Script

SCRIPTS = Path(__file__).parent / "scripts"
SUFFIXES = frozenset({".yaml", ".yml"})
HELP = "see docs/conversations.md"
_LARGEST = 5_000_000  # bytes; a longer message is written with 'repeat'

Path_ = tuple[str | int, ...]


class _Loader(yaml.SafeLoader):
    """YAML 1.2 in what matters here: 'no' and 'on' are words, and times are read by the schema."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith(":timestamp") and not (tag.endswith(":bool") and first not in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def script_files(paths: Sequence[Path] = ()) -> list[Path]:
    """The YAML files that ``paths`` name, folders with all below them; the committed scripts by default.

    Raises:
        SourceError: a path does not exist, or a folder holds none.
    """
    found: list[Path] = []
    for path in paths or [SCRIPTS]:
        if not path.exists():
            raise SourceError(f"{path}: there is no such file or folder of conversation scripts")
        files = [path] if path.is_file() else sorted(_below(path))
        if not files:
            raise SourceError(f"{path}: holds no script, a file that ends in .yaml; {HELP}")
        found += files
    return list(dict.fromkeys(found))


def _below(folder: Path) -> Iterator[Path]:
    return (each for each in folder.rglob("*") if each.suffix in SUFFIXES and each.is_file())


def read_script(file: Path) -> Script:
    """The script in ``file``.

    Raises:
        SourceError: it cannot be read or is no script; names the line, the place and what to do.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise SourceError(f"{file}: larger than {_LARGEST:,} bytes; say a long message with 'repeat'")
        loader = _Loader(file.read_text(encoding="utf-8-sig"))
        try:
            node = loader.get_single_node()
            lines = dict(_lines(node, ())) if node is not None else {}
            values = loader.construct_document(node) if node is not None else None
        finally:
            loader.dispose()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file}: cannot be read as UTF-8 text ({error})") from error
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SourceError(f"{file}:{at}: not YAML ({error.problem}); {HELP}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"{file}: not YAML ({str(error).splitlines()[0]}); {HELP}") from error
    if not isinstance(values, dict):
        raise SourceError(f"{file}:1: a script is a mapping with name, tags, now and turns; {HELP}")
    try:
        return Script.model_validate(values)
    except ValidationError as error:
        raise SourceError(_told(file, error.errors(include_url=False), lines)) from error


def _told(file: Path, errors: Sequence[ErrorDetails], lines: dict[Path_, int]) -> str:
    """The first error with its line, and how many more there are."""
    where = errors[0]["loc"]
    known = max((end for end in range(len(where) + 1) if where[:end] in lines), default=0)
    place = ".".join(f"{each + 1}" if isinstance(each, int) else each for each in where) or "script"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    what = errors[0]["msg"].removeprefix("Value error, ")
    if errors[0]["type"] == "extra_forbidden":
        what = f"there is no field {where[-1]!r} here"
    if errors[0]["type"] == "timezone_aware":
        what = "a time needs a zone, such as 2026-11-24T20:00:00+00:00"
    return f"{file}:{lines.get(where[:known], 1)}: {place}: {what}{more}; {HELP}"


def _lines(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    """The line, from 1, of every place in the document.

    Raises:
        ConstructorError: a mapping has a key twice, of which YAML would silently drop the first,
            or one that is no word.
    """
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a name of a mapping has to be a word", key.start_mark
                )
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value!r} stands twice in one mapping", key.start_mark
                )
            seen.add(key.value)
            yield (*path, key.value), key.start_mark.line + 1
            yield from _inner(_lines(value, (*path, key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for place, each in enumerate(node.value):
            yield from _lines(each, (*path, place))


def _inner(found: Iterable[tuple[Path_, int]]) -> Iterator[tuple[Path_, int]]:
    """All but the first: a value's own line is that of its key."""
    places = iter(found)
    next(places)
    yield from places
