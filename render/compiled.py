"""Loops that numba compiles: one thread, kept on disk, compiled again when any of them changed.

They live in modules called ``kernel…``.  They call into one another, and numba looks only at a function's own file when
it asks whether the kept code is still good; so all of them share one stamp.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba

_SOURCES = sorted(Path(__file__).parent.rglob("kernel*.py"))


@functools.cache
def _stamp() -> str:
    """Digest of all files with compiled loops."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in _SOURCES)).hexdigest()


def compiled(function: Callable[..., Any]) -> Any:
    """Compile for one thread, without the interpreter's lock."""
    made = numba.njit(nogil=True, cache=True, error_model="numpy", boundscheck=False)(function)
    made._cache._cache_file._source_stamp = _stamp()
    return made
