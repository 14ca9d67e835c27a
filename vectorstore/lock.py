"""One writer at a time: a lock on a file that the system frees when its holder dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import CatalogueError


class WriteLock:
    """The right to write the catalogue whose files lie in ``directory``; may be taken again by its holder.

    ``wait`` is how long to wait for it, in seconds.
    """

    wait = 60.0

    def __init__(self, directory: Path) -> None:
        from filelock import FileLock

        self._directory = directory
        # One lock a folder and process, so that two catalogues may be written under it at once.
        self._lock = FileLock(directory / "write.lock", is_singleton=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock.

        Raises:
            CatalogueError: another process holds it for too long, or the folder is not writable.
        """
        from filelock import Timeout

        try:
            self._lock.acquire(timeout=self.wait)
        except Timeout as error:
            raise CatalogueError(
                f"catalogue {self._directory}: another process has been writing for {self.wait:g} s;"
                " try again when it has ended"
            ) from error
        except OSError as error:
            raise CatalogueError(
                f"catalogue {self._directory}: cannot write there ({error.strerror})"
            ) from error
        try:
            yield
        finally:
            self._lock.release()
