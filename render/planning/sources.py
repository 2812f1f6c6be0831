"""Which source files a scene's pictures depend on.

A scene is drawn again when its own module changes, or anything of ours that it imports; a change in another act of the
same episode leaves it alone.
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.store import digest_file, digest_of
from tapehead.render.identity import ROOT, STAGES, identity

_OURS = ("scenes", "analysis")


def _imports(path: Path) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """``(level, module, names)`` of every import statement in a file."""
    try:
        tree = ast.parse(path.read_bytes())
    except SyntaxError as error:
        raise EpisodeError(f"{path}:{error.lineno}: {error.msg}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.level, node.module or "", tuple(alias.name for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield 0, alias.name, ()


def _files(base: Path, dotted: str) -> Iterator[Path]:
    """The files that importing ``dotted`` below ``base`` runs: package inits and the module itself."""
    place = base
    for part in dotted.split(".") if dotted else ():
        place = place / part
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
    if place.with_suffix(".py").is_file():
        yield place.with_suffix(".py")


def closure(module: Path) -> frozenset[Path]:
    """All files of ours that importing ``module`` runs, itself included."""
    found: set[Path] = set()
    waiting = [module.resolve()]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        for level, name, names in _imports(path):
            if level == 0:
                name = name.removeprefix("tapehead.")  # noqa: PLW2901
            if level == 0 and name.split(".")[0] not in _OURS:
                continue
            base = path.parents[level - 1] if level else ROOT
            waiting += _files(base, name)
            for each in names:  # `from .numbers import W` and `from . import numbers` alike
                waiting += _files(base, f"{name}.{each}" if name else each)
    return frozenset(found)


@functools.cache
def drawing_versions() -> dict[str, str]:
    """Versions of the libraries that decide what a drawn pixel looks like."""
    return {name: importlib.metadata.version(name) for name in STAGES["drawing"].libraries}


def scene_sources(module: Path, folder: Path) -> str:
    """One digest over a scene's sources, the drawing code and the drawing libraries.

    File names enter relative to the episode's folder or the project, so that a moved folder keeps its films.
    """
    files = {}
    for path in closure(module):
        base = folder if path.is_relative_to(folder) else ROOT
        files[path.relative_to(base).as_posix()] = digest_file(path)
    return digest_of({"files": files, **identity("drawing")})
