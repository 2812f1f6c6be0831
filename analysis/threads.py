"""Threads: one for a process where several run side by side, and where sums have to be added in one order."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Variables from which libraries read, at their import, how many threads they may have."""


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """torch adds in one order, whatever machine it is, and other work is not disturbed."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
