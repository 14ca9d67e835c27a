"""What is asked, and what a right answer must be: the questions of the benchmark, without their answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evaluation.timely.spans import Asked
from schema import Domain, Item

TOPICS_FILE = Path(__file__).parent / "topics.toml"


@dataclass(frozen=True)
class Topic:
    """A kind of thing: ``noun`` is what is said, one of ``categories`` (lower case) proves it."""

    noun: str
    domain: Domain
    categories: frozenset[str]

    def holds(self, item: Item) -> bool:
        """Whether ``item`` is of this kind, by its own catalogue's categories."""
        return item.domain == self.domain and not self.categories.isdisjoint(
            each.casefold() for each in item.categories
        )


def load_topics() -> tuple[Topic, ...]:
    """The topics of ``topics.toml``."""
    with TOPICS_FILE.open("rb") as file:
        return tuple(
            Topic(each["noun"], each["domain"], frozenset(each["categories"]))
            for each in tomllib.load(file)["topic"]
        )


@dataclass(frozen=True)
class Need:
    """What a right answer meets. Without ``topic``, goods of any kind are asked for.

    ``used``: open at some moment of it (None: at the moment of the request). ``published``:
    came out in it. ``on_offer``: has a window that ends, or a lower price than before.
    ``ends_before``: open now and gone by then. ``bursting``: many turn to it now. ``target``:
    the one item that is meant, where one is.
    """

    domain: Domain
    topic: Topic | None = None
    used: Asked | None = None
    published: Asked | None = None
    on_offer: bool = False
    ends_before: datetime | None = None
    bursting: bool = False
    target: str | None = None


@dataclass(frozen=True)
class Said:
    """One message of the user, with its moment in the user's zone."""

    text: str
    now: datetime


@dataclass(frozen=True)
class Scenario:
    """A conversation whose last answer is judged. ``pair`` joins the two of a counterfactual pair."""

    id: str
    family: str
    said: tuple[Said, ...]
    need: Need
    zone: str = "UTC"
    pair: str | None = None

    @property
    def now(self) -> datetime:
        """The moment of the judged request."""
        return self.said[-1].now

    @property
    def text(self) -> str:
        """All that the user said."""
        return ". ".join(each.text.rstrip(".?!") for each in self.said)
