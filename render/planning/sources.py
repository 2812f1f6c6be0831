"""Which source files a scene's pictures depend on.

A scene is drawn again when its own module changes, or anything of ours that it imports; a change in another act of the
same episode leaves it alone.
"""

from __future__ import annotations

import functools
import importlib.metadata
from pathlib import Path

from tapehead.analysis.sources import ROOT, closure
from tapehead.analysis.store import digest_file, digest_of
from tapehead.render.identity import STAGES, identity


@functools.cache
def drawing_versions() -> dict[str, str]:
    """Versions of the libraries that decide what a drawn pixel looks like."""
    return {name: importlib.metadata.version(name) for name in STAGES["drawing"].libraries}


def scene_sources(module: Path, folder: Path) -> str:
    """One digest over a scene's sources, the drawing code and the drawing libraries.

    File names enter relative to the episode's folder or the project, so that a moved folder keeps its films.
    """
    files = {}
    for path in closure(module, folder):
        base = folder if path.is_relative_to(folder) else ROOT
        files[path.relative_to(base).as_posix()] = digest_file(path)
    return digest_of({"files": files, **identity("drawing")})
