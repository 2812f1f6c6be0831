"""The people of the voice ``natural``: style vectors, and at which pace each of them speaks by itself."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError
from tapehead.render.assets import asset
from tapehead.scenes.script import Speaker

if TYPE_CHECKING:
    import numpy as np

ROWS, WIDTH = 510, 256
SLOWEST, FASTEST = 0.6, 1.6
"""Limits of the model's own speed; beyond them it swallows sounds or drawls."""
_BY_LANGUAGE = {"en": ("af_heart", "am_michael"), "es": ("ef_dora", "em_alex")}
"""Who speaks a language where nobody is named: a woman, and a man."""
LANGUAGES = tuple(_BY_LANGUAGE)
_ALL = frozenset(name for pair in _BY_LANGUAGE.values() for name in pair)


@dataclass(frozen=True)
class Style:
    """A person: ``vectors`` [510, 256] by number of phonemes, and words a minute at the model's own speed."""

    name: str
    path: Path
    sha256: str
    pace: float

    def vectors(self) -> np.ndarray:
        """The style vectors as 32-bit floats; at 16 bits they would change durations."""
        return _read(self.path)


def style_of(speaker: Speaker, folder: Path | None = None) -> Style:
    """Who speaks for a speaker of a script: the ``style`` it names, or one that suits its espeak variant.

    Who is named and speaks another language is stood for by one of the language, woman for woman and man for man.
    ``folder`` is a download of the official model, whose own styles may be named too.

    Raises:
        UnknownNameError: there is no such style; the message names those that are there.
        UsageError: a file of styles has another size.
    """
    woman, man = _BY_LANGUAGE.get(language_of(speaker), _BY_LANGUAGE["en"])
    name = speaker.style or (man if "+m" in speaker.variant else woman)
    if name in _ALL and name[0] != woman[0]:
        name = man if name[1] == "m" else woman
    places = _places(folder)
    if name not in places:
        raise UnknownNameError("natural voice", name, sorted(places))
    path = places[name]
    if path.stat().st_size != ROWS * WIDTH * 4:
        raise UsageError(
            f"the style {path} has {path.stat().st_size} bytes, wanted are {ROWS} × {WIDTH} 32-bit floats; "
            "take it from the ONNX export of the model"
        )
    return Style(name, path, hashlib.sha256(path.read_bytes()).hexdigest(), _paces().get(name, 175.0))


def language_of(speaker: Speaker) -> str:
    """The language that a speaker speaks, by the espeak variant: ``es`` of ``es+m3``."""
    return speaker.variant.partition("+")[0].partition("-")[0].lower()


def speed_for(style: Style, rate: int, semitones: float) -> float:
    """The model's speed for ``rate`` words a minute; what a raised pitch will shorten is said slower before."""
    speed = rate / style.pace / 2 ** (semitones / 12)
    return min(max(round(speed, 4), SLOWEST), FASTEST)


def _places(folder: Path | None) -> dict[str, Path]:
    own = {path.stem: path for path in sorted(asset("voices").glob("*.bin"))}
    if folder is None:
        return own
    base = folder.parent if folder.is_file() else folder
    return {path.stem: path for at in (base / "voices", base) for path in sorted(at.glob("*.bin"))} | own


@functools.cache
def _paces() -> dict[str, float]:
    path = asset("voices/speakers.toml")
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return {name: float(entry["pace"]) for name, entry in data["style"].items()}
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise MissingPartError(f"tapehead's own {path} cannot be read ({error}); install again") from error


@functools.lru_cache(maxsize=8)
def _read(path: Path) -> np.ndarray:
    import numpy as np

    return np.fromfile(path, np.float32).reshape(ROWS, WIDTH)
