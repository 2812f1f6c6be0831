"""A finished film beside which a page is put: its file, the times of its words, what it showed, pictures out of it."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.analysis.outside_files import OutsideFileError, read_json
from tapehead.analysis.store import part_beside
from tapehead.render.film.make import PROVENANCE, TIMELINE
from tapehead.render.words.timeline import Timeline

_RECORD = 64 * 2**20
WIDTH, QUALITY = 640, 74
"""Pixels across of a picture on the page, and how well it is packed (WebP)."""


@dataclass(frozen=True)
class FilmFile:
    """A film: ``timeline`` and ``shown`` (by scene, what its pictures showed of results) where they lie beside it."""

    path: Path
    timeline: Timeline | None
    shown: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    """Digest of every result that it was made from."""


def film_file(path: Path) -> FilmFile:
    """A film and what ``tapehead render`` left beside it.

    Raises:
        UsageError: there is no such file, or what lies beside it is damaged.
    """
    if not path.is_file():
        raise UsageError(f"--film is a film's file, and there is none at {path}; `tapehead render` makes one")
    folder, name = path.parent, path.stem
    try:
        timeline = Timeline.from_data(read_json(folder / f"{name}.{TIMELINE}", _RECORD, dict))
    except FileNotFoundError:
        return FilmFile(path, None)
    except (OSError, OutsideFileError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{folder / f'{name}.{TIMELINE}'} is damaged; render the film again") from None
    shown: dict[str, Any] = {}
    results: dict[str, str] = {}
    try:
        record = read_json(folder / PROVENANCE, _RECORD, dict)
        if record["files"]["film"]["name"] == path.name:
            shown = {scene: one["numbers"] for scene, one in record["scenes"].items()}
            results = dict(record["digests"]["results"])
    except (OSError, OutsideFileError, ValueError, KeyError, TypeError, AttributeError):
        pass  # a film of older days: its words are here, what its pictures showed is not
    return FilmFile(path, timeline, shown, results)


def webp(picture: Any) -> bytes:
    """A picture (height × width × 3, or Pillow's) as wide as the page shows it."""
    from PIL import Image

    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    size = (WIDTH, round(image.height * WIDTH / image.width))
    made = io.BytesIO()
    image.convert("RGB").resize(size, Image.Resampling.LANCZOS).save(made, "WEBP", quality=QUALITY, method=4)
    return made.getvalue()


def pictures_at(path: Path, seconds: Sequence[float]) -> list[bytes]:
    """The film's pictures at these moments, packed; the last one of the film for a moment after its end."""
    import av

    made = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        assert stream.time_base is not None
        for second in seconds:
            container.seek(int(max(0.0, second) / stream.time_base), stream=stream)
            kept = None
            for frame in container.decode(stream):
                if kept is not None and frame.time is not None and frame.time > second:
                    break
                kept = frame
            if kept is None:
                raise UsageError(f"{path} has no picture at {second:.1f} s; render it again")
            made.append(webp(kept.to_image()))
    return made


def put_beside(film: Path, folder: Path, name: str) -> Path:
    """The film under ``name`` in the page's folder: a second name for it where the disk allows that, else a copy.

    Raises:
        OutputError: the folder cannot be written.
    """
    target = folder / name
    part = part_beside(target)
    try:
        if target.exists() and target.samefile(film):
            return target
        part.unlink(missing_ok=True)
        try:
            os.link(film, part)
        except OSError:
            shutil.copyfile(film, part)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}; choose another --out") from error
    return target
