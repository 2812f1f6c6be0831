"""The tape's compiled loops: made for this processor at their first call (about 20 s of its time) and kept on disk."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.store import write_atomically
from tapehead.render.compiled import sources, stamp

_MARK = "kernels.txt"
_SAMPLES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("worn", {"osd.mode": "PLAY"}),
    ("sp", {}),
    ("pal-sp", {"composite.mode": "notch"}),
    ("eaten", {"fields": "progressive", "drop.doc": False}),
)
"""Together they call every loop there is."""


@dataclass(frozen=True)
class Warmth:
    """What :func:`warm` found."""

    loops: int
    """Compiled for use from here."""
    compiled: int
    """Of these and of what they call, how many were not kept and had to be compiled now."""
    seconds: float
    place: str
    """Where they are kept."""


def warm() -> Warmth:
    """Compile what is not kept yet and load the rest into this process.

    Raises:
        RuntimeError: numba can keep nothing, because no place can be written to.
    """
    import numpy as np
    from numba.core.dispatcher import Dispatcher

    from tapehead.render.drawing import resampling as kernel_resampling
    from tapehead.render.encoding import colour as kernel_colour
    from tapehead.render.flashes import kernel as kernel_meter
    from tapehead.render.tape import kernel, kernel_lines, kernel_picture, tape_named
    from tapehead.render.tape_tool.video import changed
    from tapehead.render.workers import ready

    began = time.perf_counter()
    frame = np.zeros((48, 64, 3), np.uint8)
    for preset, changes in _SAMPLES:
        changed(tape_named(preset), dict(changes), "numba").apply(frame, 0, 30, 1)
    ready.begin()
    modules = (kernel, kernel_colour, kernel_lines, kernel_meter, kernel_picture, kernel_resampling)
    loops = {id(made): made for module in modules for made in vars(module).values() if isinstance(made, Dispatcher)}
    return Warmth(
        sum(bool(loop.signatures) for loop in loops.values()),
        sum(sum(loop.stats.cache_misses.values()) for loop in loops.values()),
        time.perf_counter() - began,
        str(next(iter(loops.values())).stats.cache_path),
    )


def known_warm(root: Path) -> bool:
    """Whether these very loops were compiled before on this machine, by the mark that :func:`remember` left."""
    try:
        return (root / _MARK).read_text() == _key()
    except OSError:
        return False


def remember(root: Path) -> None:
    """Leave a mark in a folder, so that the next run need not ask."""
    write_atomically(root / _MARK, _key())


def _key() -> str:
    """What numba's kept code depends on, and where it lies."""
    facts = [
        *(importlib.metadata.version(name) for name in ("numba", "llvmlite", "numpy")),
        platform.python_version(),
        platform.machine(),
        platform.node(),
        os.environ.get("NUMBA_CACHE_DIR", ""),
        str(sources()[0]),
        stamp(),
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
