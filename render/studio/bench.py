"""Tapes and footage to try them on: presets, a user's own among them, pictures and videos that were dropped in."""

from __future__ import annotations

import io
import json
import re
import tempfile
import threading
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.analysis.store import write_atomically
from tapehead.render.encoding.container import writing
from tapehead.render.tape import tape_from, tape_named, tape_names
from tapehead.render.tape.presets import is_file_name, read_preset

if TYPE_CHECKING:
    from tapehead.render.tape.stage import Tape

MOST_OWN, MOST_PIXELS, TALLEST = 8, 40_000_000, 720
"""Footage that is kept, pixels that one of its pictures may have, and lines of a picture that is shown."""
HEARD_S, LONGEST_HEARD_S = 20, 1200
"""Seconds of sound that are played at a time, and of the footage whose sound can be."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_ENDING = re.compile(r"\.[a-z0-9]{1,5}")
_OPEN = 24
Picture = NDArray[np.uint8]


class ThereError(UsageError):
    """A file of that name is there, and was not to be written over."""


@dataclass(frozen=True)
class Source:
    """A picture or a video of the user's."""

    number: int
    name: str
    path: Path
    frames: int
    fps: Fraction
    width: int
    height: int
    notes: tuple[str, ...] = ()
    footage: Any = None
    """Of a video: what was found when it was looked into."""

    @property
    def is_picture(self) -> bool:
        """Whether it is no video."""
        return not self.fps

    def to_data(self) -> dict[str, Any]:
        """What a tab is told."""
        return {
            "number": self.number,
            "name": self.name,
            "frames": self.frames,
            "fps": float(self.fps) or 30.0,
            "picture": self.is_picture,
            "width": self.width,
            "height": self.height,
            "notes": list(self.notes),
            "sound": self.footage is not None and self.footage.has_sound,
        }


class Bench:
    """Presets and footage of one studio; what is dropped in goes with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._dropped = tempfile.TemporaryDirectory(prefix="tapehead-studio-")
        self._sources: OrderedDict[int, Source] = OrderedDict()
        self._shown: OrderedDict[tuple[int, int], Picture] = OrderedDict()
        self._heard: dict[int, tuple[Path, int]] = {}
        """Where the decoded sound of footage lies, and how many samples it has."""
        self._hearing = threading.Lock()
        self._count = 0
        self._lock = threading.Lock()

    def close(self) -> None:
        """Remove what was dropped in."""
        self._dropped.cleanup()

    # -- presets ------------------------------------------------------------------------------------------

    def presets(self) -> list[dict[str, Any]]:
        """All of ours, then the user's own that can be used; those are named by their files."""
        found: list[dict[str, Any]] = [
            {"name": name, "title": tape_named(name).preset.title, "own": False} for name in tape_names()
        ]
        for path in sorted(self.folder.glob("*.json")) if self.folder.is_dir() else ():
            try:
                found.append({"name": path.name, "title": tape_from(path).preset.title, "own": True})
            except TapeheadError:
                continue  # some other file, or one that is being written
        return found

    def argument(self, name: str) -> str:
        """How a preset is named on the command line: ours by its name, the user's by its path.

        Raises:
            UsageError: there is none of that name.
        """
        if not is_file_name(name):
            tape_named(name)
            return name
        own = {path.name: path for path in self.folder.glob("*.json")} if self.folder.is_dir() else {}
        if name not in own:
            raise UsageError(f"there is no preset '{name[:80]}' here; there are {', '.join(sorted(own)) or 'none'}")
        return str(own[name])

    def tape(self, name: str, changes: Mapping[str, Any]) -> Tape:
        """A preset with changes of its settings.

        Raises:
            TapeheadError: there is no such preset or setting, or a value that it cannot have.
        """
        where = self.argument(name)
        tape = tape_from(Path(where)) if is_file_name(where) else tape_named(where)
        return tape.but(changes) if changes else tape

    def text_of(self, name: str, title: str, preset: str, changes: Mapping[str, Any]) -> str:
        """A preset's file: another preset's settings, changed.

        Raises:
            TapeheadError: see :meth:`tape`.
        """
        tape = self.tape(preset, changes)
        data = {
            "name": name,
            "version": tape.preset.version,
            "title": " ".join(title.split())[:120] or name,
            "effect": tape.preset.effect,
            "settings": {**tape.preset.settings, **changes},
        }
        text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
        read_preset(name, text, f"{name}.json")
        return text

    def save(self, name: str, title: str, preset: str, changes: Mapping[str, Any], over: bool = False) -> Path:
        """Keep changed settings as a preset of the user's own.

        Raises:
            ThereError: there is one of that name, and it is not to be written over.
            UsageError: the name is none, or one of ours.
            OutputError: the folder cannot be written.
        """
        if not _NAME.fullmatch(name):
            raise UsageError("a preset's name has small letters, digits and dashes, 60 at most")
        if name in tape_names():
            raise UsageError(f"'{name}' is one of tapehead's own presets; choose another name")
        text, path = self.text_of(name, title, preset, changes), self.folder / f"{name}.json"
        with writing(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            if path.exists() and not over:
                raise ThereError(f"there is a preset '{name}' already")
            write_atomically(path, text)
        return path

    def kept(self, preset: str, changes: Mapping[str, Any]) -> Path | str:
        """A preset for the command line: as it is, or as a file of its own where it is changed.

        Raises:
            TapeheadError: see :meth:`tape`.
        """
        if not changes:
            return self.argument(preset)
        text = self.text_of("changed", "changed in the studio", preset, changes)
        with tempfile.NamedTemporaryFile("w", dir=self._dropped.name, suffix=".json", delete=False) as file:
            file.write(text)
        return Path(file.name)

    # -- footage ------------------------------------------------------------------------------------------

    def sources(self) -> list[Source]:
        """All footage that is there."""
        with self._lock:
            return list(self._sources.values())

    def source(self, number: int) -> Source:
        """Footage by its number.

        Raises:
            UsageError: there is none.
        """
        with self._lock:
            if number not in self._sources:
                raise UsageError("there is no such footage; drop it in again")
            return self._sources[number]

    def take(self, name: str, content: bytes) -> Source:
        """Keep what was dropped in, as long as it can be read.

        Raises:
            UsageError: it is no picture and no video, or too large.
        """
        given = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])[-120:]
        ending = Path(given).suffix.lower()
        with tempfile.NamedTemporaryFile(
            dir=self._dropped.name, suffix=ending if _ENDING.fullmatch(ending) else "", delete=False
        ) as file:
            file.write(content)
        try:
            return self.open(Path(file.name), given)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise

    def open(self, path: Path, name: str = "") -> Source:
        """Footage where it lies.

        Raises:
            UsageError: it cannot be read as a picture or a video, or is too large.
        """
        size = _picture_size(path)
        with self._lock:
            self._count += 1
            number = self._count
        if size is not None:
            source = Source(number, name or path.name, path, 1, Fraction(0), *size)
        else:
            from tapehead.render.tape_tool.footage import probe

            try:
                found = probe(path)
            except UsageError as error:
                raise UsageError(str(error).replace(str(path), name or path.name)) from None
            source = Source(
                number, name or path.name, path, found.frames, found.fps, found.width, found.height, found.notes, found
            )
        if source.width * source.height > MOST_PIXELS:
            raise UsageError(
                f"{source.name} is {source.width}x{source.height}; at most {MOST_PIXELS:,} pixels are shown"
            )
        with self._lock:
            self._sources[number] = source
            while len(self._sources) > MOST_OWN:
                _, gone = self._sources.popitem(last=False)
                if gone.path.is_relative_to(self._dropped.name):
                    gone.path.unlink(missing_ok=True)
                if gone.number in self._heard:
                    self._heard.pop(gone.number)[0].unlink(missing_ok=True)
        return source

    def frame(self, number: int, index: int) -> Picture:
        """A frame of footage, at most :data:`TALLEST` lines high, ``(height, width, 3)``.

        Raises:
            UsageError: there is no such footage or frame.
        """
        source = self.source(number)
        if not 0 <= index < source.frames:
            raise UsageError(f"{source.name} has frames 0 to {source.frames - 1}, and no {index}")
        with self._lock:
            if (number, index) in self._shown:
                self._shown.move_to_end((number, index))
                return self._shown[number, index]
        picture = _smaller(_read(source, index))
        with self._lock:
            self._shown[number, index] = picture
            while len(self._shown) > _OPEN:
                self._shown.popitem(last=False)
        return picture

    def sound(self, number: int, index: int, tape: Tape | None, seed: int) -> bytes:
        """A stretch of footage's sound from a frame on, :data:`HEARD_S` seconds at most, as a WAV file.

        With a ``tape`` it is what the whole of it on tape has there.

        Raises:
            UsageError: there is no such footage or frame, it has no sound, or it is too long to be heard here.
        """
        from tapehead.render.tape_tool.footage_sound import RATE_HZ, sound_in
        from tapehead.render.tape_tool.video import within, write_sound

        source = self.source(number)
        if not 0 <= index < source.frames:
            raise UsageError(f"{source.name} has frames 0 to {source.frames - 1}, and no {index}")
        raw, total = self._decoded(source)
        first = min(round(index / source.fps * RATE_HZ), total)
        out = io.BytesIO()
        effect = tape.sound(source.fps) if tape is not None else None
        count = min(total - first, HEARD_S * RATE_HZ)
        write_sound(out, within(sound_in(raw), total, 0, total), effect, first, count, seed)
        return out.getvalue()

    def _decoded(self, source: Source) -> tuple[Path, int]:
        """The sound of footage, decoded once."""
        from tapehead.render.tape_tool.footage_sound import sound

        if source.footage is None or not source.footage.has_sound:
            raise UsageError(f"{source.name} has no sound")
        if source.footage.duration_s > LONGEST_HEARD_S:
            minutes = LONGEST_HEARD_S // 60
            raise UsageError(
                f"{source.name} is longer than {minutes} minutes: its sound is not played here; the result has it"
            )
        with self._hearing:
            if source.number not in self._heard:
                raw = Path(self._dropped.name, f"sound-{source.number}.raw")
                self._heard[source.number] = raw, sound(source.footage, raw)
            raw, total = self._heard[source.number]
        if not total:
            raise UsageError(f"nothing of the sound of {source.name} can be decoded")
        return raw, total


def _picture_size(path: Path) -> tuple[int, int] | None:
    """Width and height of a picture that does not move; ``None`` for everything else."""
    from PIL import Image

    try:
        with Image.open(path) as opened:
            return None if getattr(opened, "n_frames", 1) > 1 else opened.size
    except Exception:  # whatever Pillow makes of it, it is no picture then
        return None


def _read(source: Source, index: int) -> Picture:
    from tapehead.render.tape_tool.decoding import even
    from tapehead.render.tape_tool.pictures import pictures
    from tapehead.render.tape_tool.still_file import over_black, read_picture

    if source.is_picture:
        return even(over_black(read_picture(source.path)))
    for picture, _count in pictures(source.footage, [index]):
        return np.asarray(picture[..., :3])
    raise UsageError(f"{source.name}: its frame {index} cannot be decoded")


def _smaller(picture: Picture) -> Picture:
    from PIL import Image

    if picture.shape[0] <= TALLEST:
        return picture
    width = max(2, round(picture.shape[1] * TALLEST / picture.shape[0] / 2) * 2)
    made = Image.fromarray(np.ascontiguousarray(picture)).resize((width, TALLEST), Image.Resampling.LANCZOS)
    return np.asarray(made)
