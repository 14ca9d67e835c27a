"""The signals that all users write into, in step with the event log."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, tzinfo
from threading import Lock

from timeliness.crowd_snapshot import SAVED_EVERY, Arrays, Mark, discard, load, save
from timeliness.distinct import DistinctUsers
from timeliness.events import EventLog
from timeliness.signals.affinity import Affinity
from timeliness.signals.popularity import Popularity
from timeliness.signals.trend import Trend
from timeliness.signals.weights import Weights
from timeliness.together import Together


class Crowd:
    """Trend, popularity and affinity, and how much of ``log`` they have read.

    Use the signals only while holding ``lock``. What they add up to is kept in files beside the log
    (``timeliness/crowd_snapshot.py``) when many events were read at once, and is read from there at the
    next start. Those files are a saving of time only: without them, all is read from the log.

    Raises (all methods):
        CatalogueError: the log cannot be read.
    """

    def __init__(self, weights: Weights, log: EventLog | None, zone: tzinfo = UTC) -> None:
        self._weights = weights
        self._zone = zone
        self._log = log
        self.lock = Lock()
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.trend = Trend(self._weights, self._log, self._zone)
        self.popularity = Popularity(self._weights)
        self.affinity = Affinity()
        self._read = 0
        self._forgotten: int | None = None

    def follow(self) -> None:
        """Take in what the log holds that was not read yet; all of it again after a deletion."""
        if self._log is None:
            return
        with self.lock:
            forgotten = self._log.forgotten()
            if forgotten != self._forgotten:
                self._begin_anew()
                self._restore(self._log, forgotten)
                self._forgotten = forgotten
            before = self._read
            for number, event in self._log.following(self._read):
                self.popularity.observe(event)
                self.affinity.observe(event)
                self._read = number
            self.trend.follow()
            if self._read - before >= SAVED_EVERY:
                self._save(self._log, forgotten)

    def _restore(self, log: EventLog, forgotten: int) -> None:
        """Begin with the snapshot, where it is of this log as it is; else delete it."""
        found = load(log.snapshot)
        if found is not None:
            mark, arrays = found
            if mark.deletions == forgotten and log.id_of(mark.number) == mark.event:
                with suppress(KeyError, ValueError, IndexError):
                    users = DistinctUsers.of_arrays(_part(arrays, "users"))
                    together = Together.of_arrays(_part(arrays, "together"))
                    self.popularity, self.affinity = Popularity(self._weights, users), Affinity(together)
                    self._read = mark.number
                    return
        discard(log.snapshot)

    def _save(self, log: EventLog, forgotten: int) -> None:
        """Write the snapshot; one that cannot be written is only missed at the next start."""
        event = log.id_of(self._read)
        if event is None:  # deleted just now
            return
        arrays = {
            f"{name}.{key}": values
            for name, part in (("users", self.popularity.users), ("together", self.affinity.together))
            for key, values in part.arrays().items()
        }
        with suppress(OSError):
            save(log.snapshot, Mark(self._read, event, forgotten), arrays)
        if log.forgotten() != forgotten:  # another process deleted meanwhile: what it names must not stay
            discard(log.snapshot)


def _part(arrays: Arrays, name: str) -> Arrays:
    """The arrays whose name begins with ``name``, by the rest of it."""
    return {key.removeprefix(f"{name}."): each for key, each in arrays.items() if key.startswith(f"{name}.")}
