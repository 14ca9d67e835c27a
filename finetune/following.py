"""Keeps what was made of a task's active version, and makes it anew when another version becomes active."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from errors import KairosError
from finetune.registry import Registry, Task

log = logging.getLogger("kairos.models")

T = TypeVar("T")


@dataclass
class _Made(Generic[T]):
    value: T
    users: int = 0
    replaced: bool = False


class Following(Generic[T]):
    """A value made of the active version. Safe to use from several threads.

    While one thread makes the new value, the others go on with the old one, which is closed
    when its last user has done. A version that cannot be opened is logged and passed over:
    what serves goes on serving.
    """

    def __init__(
        self,
        registry: Registry,
        task: Task,
        make: Callable[[str], T],
        close: Callable[[T], None] = lambda value: None,
    ) -> None:
        """Make the first value, of a version's name.

        Raises:
            KairosError: the version that is active now cannot be opened.
        """
        self._registry = registry
        self._task: Task = task
        self._make = make
        self._close = close
        self._making = Lock()
        self._counting = Lock()
        self._seen = registry.stamp()
        self._version = registry.active(task)
        registry.check(task, self._version)
        self._made = _Made(make(self._version))

    @contextmanager
    def using(self, follow: bool = True, wait: bool = False) -> Iterator[T]:
        """The value, which stays open meanwhile.

        Args:
            follow: whether to look first if another version has become active.
            wait: whether to wait for a thread that makes the new value already, rather than
                take the old one.
        """
        if follow:
            self._follow(wait)
        with self._counting:
            made = self._made
            made.users += 1
        try:
            yield made.value
        finally:
            with self._counting:
                made.users -= 1
                last = made.replaced and made.users == 0
            if last:
                self._close(made.value)

    @property
    def version(self) -> str:
        """The version that the value was made of."""
        return self._version

    def close(self) -> None:
        """Close the value; nothing may use it any more."""
        self._close(self._made.value)

    def _follow(self, wait: bool) -> None:
        if self._registry.stamp() == self._seen or not self._making.acquire(blocking=wait):
            return
        stamp = self._registry.stamp()
        try:
            version = self._registry.active(self._task)
            if version != self._version:
                self._registry.check(self._task, version)
                self._put(version, self._make(version))
        except KairosError as error:
            log.warning("%s; version %s goes on serving", error, self._version)
        finally:
            self._seen = stamp
            self._making.release()

    def _put(self, version: str, value: T) -> None:
        with self._counting:
            old, self._made, self._version = self._made, _Made(value), version
            old.replaced = True
            unused = old.users == 0
        if unused:
            self._close(old.value)
