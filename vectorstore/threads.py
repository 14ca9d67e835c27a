"""Keeps torch's work in the calling thread where sharing it out would cost more than it saves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def one_thread(wanted: bool = True) -> Iterator[None]:
    """Let torch compute in this thread alone, where ``wanted``.

    A thread that shares work out waits for the slowest of the others, which on busy cores takes longer
    than the work. torch's number is that of the calling thread, and the first one of threads that are new.
    """
    import torch

    before = torch.get_num_threads()
    if not wanted or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
