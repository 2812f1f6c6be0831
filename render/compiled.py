"""Loops that numba compiles: one thread, kept on disk, compiled again when any of them changed.

They call into one another, and numba looks only at a function's own file when it asks whether the kept code is still
good; so all of them share one stamp.  Which files hold compiled loops is found out, not listed: those that import
:func:`compiled`.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

_IMPORT = b"from tapehead.render.compiled import compiled"


@functools.cache
def sources() -> tuple[Path, ...]:
    """All files with compiled loops."""
    return tuple(path for path in sorted(Path(__file__).parent.rglob("*.py")) if _IMPORT in path.read_bytes())


@functools.cache
def stamp() -> str:
    """One digest of all files with compiled loops."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources())).hexdigest()


def compiled(function: Callable[..., Any]) -> Any:
    """Compile for one thread, without the interpreter's lock."""
    import numba  # here: whoever only asks for the stamp does not pay for it

    made = numba.njit(nogil=True, cache=True, error_model="numpy", boundscheck=False)(function)
    made._cache._cache_file._source_stamp = stamp()
    return made
