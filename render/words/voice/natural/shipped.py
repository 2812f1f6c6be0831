"""Lines of the built-in films that were spoken before, as Opus with their words' times.

A line is found by all that it was spoken from: text, style, speed, pitch, model and the words of the pronunciation
table in it.  So a changed word has no such line and is spoken anew, and nothing stale is ever heard.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import MissingPartError, OutputError, ResultError
from tapehead.analysis.store import digest_file, digest_of, write_atomically
from tapehead.render.assets import asset

if TYPE_CHECKING:
    import numpy as np

FOLDER = "voices/lines"
INDEX = "lines.json"
RATE_HZ = 48000
BITS_PER_SECOND = 28_000


@dataclass(frozen=True)
class ShippedLine:
    """A spoken line: its file, how long it is, and its words as :data:`tapehead.render.words.voice.WordTime`."""

    file: str
    sha256: str
    samples: int
    phonemes: str
    spoken: str
    words: tuple[tuple[int, int, float, float], ...]

    @property
    def identity(self) -> dict[str, Any]:
        """What is heard, for keys."""
        return {"shipped": self.sha256, "words": [list(word) for word in self.words]}


@dataclass(frozen=True)
class Recorded:
    """A line to ship: the sound of the store and what its key is made of."""

    key: str
    wav: Path
    phonemes: str
    spoken: str
    words: Sequence[tuple[int, int, float, float]]


def key_of(parts: Mapping[str, Any]) -> str:
    """The key of a line from all that it is spoken from."""
    return digest_of(parts)


@functools.cache
def shipped_lines() -> dict[str, tuple[Path, ShippedLine]]:
    """All lines that ship, by key, with the folder of each.

    Raises:
        MissingPartError: an index is damaged.
    """
    found: dict[str, tuple[Path, ShippedLine]] = {}
    base = asset("voices") / FOLDER.rpartition("/")[2]
    for path in sorted(base.glob(f"*/{INDEX}")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            for key, entry in data.items():
                words = tuple((first, count, start, end) for first, count, start, end in entry["words"])
                found[key] = (path.parent, ShippedLine(**{**entry, "words": words}))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise MissingPartError(f"tapehead's own {path} cannot be read ({error}); install again") from error
    return found


def decoded(folder: Path, line: ShippedLine) -> np.ndarray:
    """Its samples at 48 kHz.

    Raises:
        MissingPartError: the file is missing or damaged.
    """
    import numpy as np

    from tapehead.render.words.voice.recorded import read_mono

    path = folder / line.file
    try:
        whole = digest_file(path) == line.sha256
    except OSError:
        whole = False
    if not whole:
        raise MissingPartError(f"tapehead's own {path} is missing or damaged; install again, or: git checkout {path}")
    try:
        samples, rate = read_mono(path)
    except ResultError as error:
        raise MissingPartError(f"tapehead's own {path} cannot be played: {error}") from error
    assert rate == RATE_HZ  # Opus has no other
    return np.pad(samples, (0, max(0, line.samples - len(samples))))[: line.samples]


def ship(lines: Sequence[Recorded], folder: Path) -> int:
    """Write the lines into ``folder``, keep those that are there, remove all others; returns the bytes of all.

    Raises:
        OutputError: the folder cannot be written.
    """
    kept, index = dict(shipped_lines()), dict[str, Any]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for line in lines:
            there = kept.get(line.key)
            if there and there[0] == folder and (folder / there[1].file).is_file():
                index[line.key] = asdict(there[1])
                continue
            data, samples = encoded(line.wav)
            name = f"{line.key[:16]}.opus"
            write_atomically(folder / name, data)
            index[line.key] = asdict(
                ShippedLine(
                    name,
                    digest_file(folder / name),
                    samples,
                    line.phonemes,
                    line.spoken,
                    tuple((first, count, round(start, 4), round(end, 4)) for first, count, start, end in line.words),
                )
            )
        rows = [f"{json.dumps(key)}: {json.dumps(entry, ensure_ascii=False)}" for key, entry in index.items()]
        write_atomically(folder / INDEX, "{\n" + ",\n".join(rows) + "\n}\n")
        wanted = {entry["file"] for entry in index.values()} | {INDEX}
        for path in folder.iterdir():
            if path.name not in wanted:
                path.unlink()
        size = sum(path.stat().st_size for path in folder.iterdir())
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}; free some space") from error
    shipped_lines.cache_clear()
    return size


def encoded(wav: Path) -> tuple[bytes, int]:
    """A WAV file of 48 kHz as Opus, and its number of samples."""
    import io

    import av

    file, count = io.BytesIO(), 0
    with av.open(str(wav)) as source, av.open(file, "w", format="ogg") as target:
        stream = target.add_stream("libopus", rate=RATE_HZ, layout="mono")
        stream.bit_rate = BITS_PER_SECOND
        # Equal input, equal bytes: the stream's serial number is random otherwise.
        target.flags |= _BITEXACT
        for frame in source.decode(audio=0):
            count += frame.samples
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return file.getvalue(), count


_BITEXACT = 0x0400  # AVFMT_FLAG_BITEXACT
