"""Turns foreign rows into Items by a column mapping, a small TOML file that anybody can write.

    domain = "video"

    [fields]
    id = "netflix/{show_id}"                        # text with {columns} filled in
    title = "{title}"
    categories = { from = "listed_in", split = "," }
    published_at = { from = "date_added", dates = ["%d-%b-%y"], zone = "UTC" }
    duration_minutes = { from = "duration", pattern = '(\\d+) min' }
    currency = "USD"                                 # no braces: the same for every row

    [attributes]
    year = { from = "release_year", type = "int" }

A field that comes out empty is left out; a value that cannot be read rejects its row.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from errors import MappingError
from schema import Domain, Item

FOLDER = Path(__file__).parent / "mappings"
_LISTS = frozenset({"categories", "creators"})
_COLUMN = re.compile(r"\{([^{}]+)\}")


class FieldRule(BaseModel):
    """How one field is made from a row's columns."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True, frozen=True)

    columns: str | tuple[str, ...] = Field("", alias="from", description="Column, or columns tried in turn.")
    template: str = Field("", description="Text with {column} in it, instead of 'from'.")
    split: str = Field("", description="Separator of a list.")
    pattern: str = Field(
        "", description="Regular expression; its first group is the value, no match is empty."
    )
    dates: tuple[str, ...] = Field((), description="strptime formats, tried in turn; 'iso' and 'epoch' too.")
    zone: str = "UTC"
    decimal: str = Field(".", description="Decimal sign of numbers.")
    thousands: str = Field("", description="Sign between thousands, dropped.")
    scale: float = Field(1.0, description="Factor for numbers, such as 0.0000166667 for ms to minutes.")
    digits: int = Field(4, description="Decimal places that numbers are rounded to.")
    type: Literal["text", "int", "float", "bool", "list", "digest"] | None = Field(
        None, description="'digest' is a short stable name for a long text, for ids."
    )
    values: Mapping[str, str] = Field(default_factory=dict, description="Values to replace, matched exactly.")
    empty: tuple[str, ...] = Field((), description="Values that mean 'unknown'.")

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        if bool(self.columns) == bool(self.template):
            raise ValueError("give either 'from' or 'template'")
        re.compile(self.pattern)
        return self

    def read(self, row: Mapping[str, Any]) -> Any:
        """The value for one row, or None where there is none.

        Raises:
            ValueError: a value is there but cannot be read as asked.
        """
        value = self._raw(row)
        if value is None:
            return None
        if isinstance(value, list | tuple):
            return tuple(str(each).strip() for each in value if str(each).strip()) or None
        text = " ".join(str(value).split())
        text = self.values.get(text, text)
        if not text or text in self.empty:
            return None
        if self.pattern:
            match = re.search(self.pattern, text)
            if match is None:
                return None
            text = match.group(1) if match.re.groups else match.group(0)
        return self._typed(text)

    def _raw(self, row: Mapping[str, Any]) -> Any:
        if self.template:
            names = _COLUMN.findall(self.template)
            if names and all(row.get(each) in (None, "") for each in names):
                return None
            return _COLUMN.sub(lambda found: str(row.get(found.group(1)) or ""), self.template)
        columns = (self.columns,) if isinstance(self.columns, str) else self.columns
        return next((row[each] for each in columns if row.get(each) not in (None, "")), None)

    def _typed(self, text: str) -> Any:
        if self.dates:
            return self._date(text)
        if self.split:
            return (
                tuple(dict.fromkeys(part.strip() for part in text.split(self.split) if part.strip())) or None
            )
        if self.type == "list":
            return (text,)
        if self.type == "bool":
            return text.casefold() in {"true", "yes", "1", "y"}
        if self.type == "digest":
            return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()
        if self.type in {"int", "float"} or self.decimal != "." or self.scale != 1.0:
            plain = text.replace(self.thousands, "") if self.thousands else text
            number = float(plain.replace(" ", "").replace(self.decimal, ".")) * self.scale
            return int(number) if self.type == "int" else round(number, self.digits)
        return text

    def _date(self, text: str) -> datetime:
        for form in self.dates:
            try:
                if form == "epoch":
                    return datetime.fromtimestamp(float(text), ZoneInfo(self.zone))
                at = datetime.fromisoformat(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
            except ValueError:
                continue
            return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.zone))
        raise ValueError(f"{text!r} is no date in the form {' or '.join(self.dates)}")


class ColumnMapping(BaseModel):
    """A whole mapping: the domain, the rules of Item's fields, and those of its attributes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: Domain | None = None
    fields: Mapping[str, FieldRule]
    attributes: Mapping[str, FieldRule] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _short_rules(cls, values: Any) -> Any:
        """Let a plain string stand for a template."""
        if isinstance(values, dict):
            for group in ("fields", "attributes"):
                rules = values.get(group)
                if isinstance(rules, dict):
                    values = values | {
                        group: {k: {"template": v} if isinstance(v, str) else v for k, v in rules.items()}
                    }
        return values

    @model_validator(mode="after")
    def _known_fields(self) -> ColumnMapping:
        unknown = set(self.fields) - set(Item.model_fields) | {"attributes", "domain"} & set(self.fields)
        if unknown:
            raise ValueError(
                f"{sorted(unknown)[0]!r} is no field of Item; its fields: {', '.join(Item.model_fields)}"
            )
        if missing := {"id", "title"} - set(self.fields):
            raise ValueError(f"the mapping must say how to make {sorted(missing)[0]!r}")
        return self

    def item(self, row: Mapping[str, Any], domain: Domain | None = None) -> Item:
        """Make an Item of one row.

        Raises:
            ValueError: a value cannot be read, or the Item would not be valid (pydantic's
                ValidationError is one).
        """
        values: dict[str, Any] = {"domain": domain or self.domain}
        for name, rule in self.fields.items():
            value = _read(name, rule, row)
            if value is not None:
                values[name] = (value,) if name in _LISTS and isinstance(value, str) else value
        attributes = {name: _read(name, rule, row) for name, rule in self.attributes.items()}
        values["attributes"] = {name: value for name, value in attributes.items() if value is not None}
        if values.get("price") is None:
            values.pop("currency", None)
        return Item.model_validate(values)


def _read(name: str, rule: FieldRule, row: Mapping[str, Any]) -> Any:
    try:
        return rule.read(row)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{name}: {error}") from error


def load_mapping(path: Path) -> ColumnMapping:
    """Read a mapping file.

    Raises:
        MappingError: the file cannot be read, is no TOML, or does not fit.
    """
    try:
        return ColumnMapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise MappingError(f"mapping {path}: {place}: {first['msg']}") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, re.error) as error:
        raise MappingError(f"mapping {path}: {error}") from error


def bundled_mapping(name: str) -> ColumnMapping:
    """A committed mapping by name, such as ``netflix``."""
    return load_mapping(FOLDER / f"{name}.toml")


def native_item(row: Mapping[str, Any], domain: Domain | None = None) -> Item:
    """Make an Item of a row whose columns are Item's own fields.

    Texts of list fields are split at ``|`` and ``attributes`` may be a JSON text, as a CSV
    must write them.

    Raises:
        ValueError: an unknown column, or the Item would not be valid.
    """
    unknown = [name for name in row if name not in Item.model_fields]
    if unknown:
        raise ValueError(
            f"column {unknown[0]!r} is no field of Item; describe the columns in a mapping (--map)"
        )
    values = {name: value for name, value in row.items() if value not in (None, "")}
    for name in _LISTS & set(values):
        if isinstance(values[name], str):
            values[name] = tuple(part.strip() for part in values[name].split("|") if part.strip())
    if isinstance(attributes := values.get("attributes"), str):
        values["attributes"] = json.loads(attributes)
    if domain:
        values["domain"] = domain
    return Item.model_validate(values)
