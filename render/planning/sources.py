"""Which source files a scene's pictures depend on.

A scene is drawn again when its own module changes, or anything of ours that it imports; a change in another act of the
same episode leaves it alone.
"""

from __future__ import annotations

import ast
import functools
import importlib.metadata
import re
from pathlib import Path

from tapehead.analysis.outside_files import is_there
from tapehead.analysis.sources import ROOT, closure
from tapehead.analysis.store import digest_file, digest_of
from tapehead.render.identity import STAGES, identity

MEDIA = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".svg"),
        *(".mp4", ".mov", ".mkv", ".webm", ".avi"),
        *(".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac"),
        *(".csv", ".json"),
    )
)
"""What a scene may draw from besides its code."""

_ENDINGS = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".ico", ".wav", ".mp3")
"""What Manim adds to the name of a drawing, a picture or a sound that has no ending."""
_BARE = re.compile(r"[\w./ -]+")


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
    media = {name: digest_file(folder / name) for name in media_named(module, folder)}
    return digest_of({"files": files, **({"media": media} if media else {}), **identity("drawing")})


def media_named(module: Path, folder: Path) -> list[str]:
    """Files of the episode's folder that a scene names in plain words, in its own modules: pictures, sounds, clips.

    A name that is put together while the scene runs is not seen here: write it out.
    """
    texts: set[str] = set()
    for path in closure(module, folder):
        if path.is_relative_to(folder):
            tree = ast.parse(path.read_bytes())
            texts |= {
                node.value
                for node in ast.walk(tree)
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and _names_a_file(node.value)
            }
    inside = (text for text in texts if not Path(text).is_absolute() and ".." not in Path(text).parts)
    return sorted({name for text in inside for name in found_as(text, folder)})


def found_as(text: str, folder: Path) -> list[str]:
    """The files of a folder that Manim finds by this name: as it is, or with an ending where it has none."""
    endings = ("",) if Path(text).suffix else _ENDINGS
    return [name for name in (f"{text}{ending}" for ending in endings) if is_there(folder / name)]


def _names_a_file(value: str) -> bool:
    """Whether a text may be a file's name, with its ending or without."""
    if not 3 < len(value) < 200 or "\0" in value or "\n" in value:
        return False
    suffix = Path(value).suffix.lower()
    return suffix in MEDIA or (not suffix and _BARE.fullmatch(value) is not None)
