"""What made a thing, for its key: the files of the stages that it went through and the libraries that they rest on.

Nothing here is a number that somebody has to remember to raise: a stage's code is in the key by its bytes, so a changed
rate factor, filter or line break makes a new film.  Every key of the renderer (scene, chunk, sound, line, slide,
receipt, film) takes its part from here.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import sys
from dataclasses import dataclass
from pathlib import Path

from tapehead.analysis.errors import MissingPartError
from tapehead.analysis.sources import ROOT, closure


@dataclass(frozen=True)
class Stage:
    """Files and folders of code, relative to the project, and the libraries whose versions matter."""

    code: tuple[str, ...]
    libraries: tuple[str, ...] = ("numpy",)


STAGES = {
    "drawing": Stage(
        ("render/drawing", "render/compiled.py", "render/quality.py"),
        ("manim", "typst", "numpy", "pycairo", "pillow", "svgelements", "lz4", "numba", "av"),
    ),
    "tape": Stage(("render/tape", "render/compiled.py"), ("numpy", "numba", "scipy")),
    "framing": Stage(("render/framing",), ("numpy", "typst", "pillow")),
    "flashes": Stage(("render/flashes", "render/film/flashes.py", "render/compiled.py"), ("numpy", "numba")),
    "encoding": Stage(
        ("render/encoding", "render/compiled.py", "render/workers/worker.py", "render/workers/tapes.py"),
        ("numpy", "numba", "av"),
    ),
    "sound": Stage(
        ("render/sound", "render/loudness.py", "render/workers/soundtrack.py", "render/workers/tapes.py"),
        ("numpy", "scipy", "moviepy", "av"),
    ),
    "speech": Stage(
        (
            "render/words/narration.py",
            "render/words/voice/timbre.py",
            "render/words/voice/wording.py",
            "render/loudness.py",
        ),
        ("numpy", "scipy"),
    ),
    "captions": Stage(
        (
            "render/words/captions.py",
            "render/words/caption_breaks.py",
            "render/words/translations.py",
            "render/words/timeline.py",
            "assets/captions",
        ),
        (),
    ),
    "film": Stage(
        (
            "render/film/make.py",
            "render/film/choices.py",
            "render/film/prepare.py",
            "render/film/finish.py",
            "render/film/provenance.py",
            "render/planning/film_plan.py",
        ),
        (),
    ),
    "slides": Stage(("render/slides",), ()),
}
"""A folder stands for every file in it, so that a new one is in the key as soon as it is there."""


def files_of(stage: Stage) -> list[Path]:
    """All its files, sorted by name.

    Raises:
        MissingPartError: one of the places that it names is not there.
    """
    found = []
    for name in stage.code:
        place = ROOT / name
        if place.is_file():
            found.append(place)
        elif place.is_dir():
            found += [path for path in place.rglob("*") if path.suffix in (".py", ".toml", ".json") and path.is_file()]
        else:
            raise MissingPartError(f"tapehead's own {name} is missing; install again: pip install -e .")
    return sorted(found)


@functools.cache
def _digest(stage: Stage) -> str:
    made = hashlib.sha256()
    for path in files_of(stage):
        made.update(f"{path.relative_to(ROOT).as_posix()}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    for name in stage.libraries:
        made.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    return made.hexdigest()


def identity(*stages: str) -> dict[str, str]:
    """Plain data for a key: one digest for each of the named stages."""
    return {name: _digest(STAGES[name]) for name in stages}


@functools.cache
def own_code(module: str) -> str:
    """One digest over the file of a module that was imported, and what it imports from beside it and from analysis.

    For code that no stage above knows of: somebody's own tape effect.

    Raises:
        MissingPartError: the module has no file.
    """
    file = getattr(sys.modules[module], "__file__", None)
    if file is None:
        raise MissingPartError(f"the module {module} has no file: what it computes cannot be part of a key")
    made, folder = hashlib.sha256(), Path(file).resolve().parent
    for path in sorted(closure(Path(file).resolve(), folder)):
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()
