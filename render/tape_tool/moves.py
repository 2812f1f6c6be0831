"""Settings that change as a video goes on: ``3s track.error=0.7`` jumps there, ``3s-5s track.error=0.7`` moves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.render.tape.driven import driven, scripted
from tapehead.render.tape.settings import Setting, parse_assignments
from tapehead.render.tape.stage import PlayedTape, Tape
from tapehead.scenes.stage.tape_track import Key, TapeTrack, between

_LARGEST_SCRIPT = 1 << 20
_TIME = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)(ms|s)?", re.ASCII)
_EXAMPLE = "3s track.error=0.7, or 3s-5s track.error=0.7 to take two seconds over it"


@dataclass(frozen=True)
class Move:
    """A setting's new value: from ``first_s`` to ``last_s`` in a straight line, or at once where these are equal."""

    first_s: Fraction
    last_s: Fraction
    setting: str
    value: Any


def seconds_of(text: str) -> Fraction | None:
    """A time as one types it: ``3``, ``3s``, ``2.5s``, ``500ms``, ``1:02.5``, ``1:00:00``; ``None`` if it is none."""
    found = _TIME.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds, unit = found.groups()
    if unit == "ms" and (hours or minutes):
        return None
    time = Fraction(seconds) / (1000 if unit == "ms" else 1) + 60 * int(minutes or 0) + 3600 * int(hours or 0)
    return time if time <= 86400 * 10 else None


def parse_move(text: str, known: Mapping[str, Setting] | None = None) -> list[Move]:
    """``TIME NAME=VALUE ...``, or ``FROM-TO NAME=VALUE ...``; ``known`` settings as in :func:`parse_assignments`.

    Raises:
        UsageError: it is none, or a setting or its value does not fit.
    """
    when, _, rest = text.strip().partition(" ")
    first_text, _, last_text = when.replace("..", "-").partition("-")
    first, last = seconds_of(first_text), seconds_of(last_text) if last_text else seconds_of(first_text)
    if first is None or last is None or not rest.strip():
        raise UsageError(f"--at takes a time and settings, {_EXAMPLE}; got '{text}'")
    if last < first:
        raise UsageError(f"--at {when}: the second time is before the first one")
    pairs = re.split(r"\s+(?=[\w.\-]+\s*=)", rest.strip())
    moves = []
    for setting, value in parse_assignments(pairs, known).items():
        driven(setting, value, moving=last > first)
        if last > first and value is None:
            raise UsageError(f"--at {when}: {setting} cannot move to none; let it jump")
        moves.append(Move(first, last, setting, value))
    return moves


def read_script(path: Path, known: Mapping[str, Setting] | None = None) -> list[Move]:
    """Moves from a text file, one a line; what follows a ``#`` is a remark.

    Raises:
        UsageError: the file cannot be read, or a line is none; the message names it.
    """
    try:
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
        if path.stat().st_size > _LARGEST_SCRIPT:
            raise UsageError(f"the script {path} is larger than a megabyte; it holds lines such as {_EXAMPLE}")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the script {path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    moves = []
    for number, line in enumerate(text.splitlines(), 1):
        if said := line.partition("#")[0].strip():
            try:
                moves += parse_move(" ".join(said.split()), known)
            except UsageError as error:
                raise UsageError(f"{path}, line {number}: {error}") from None
    return moves


def moving(tape: Tape, moves: Sequence[Move], fps: Fraction) -> PlayedTape:
    """The tape under its moves, for a video of that rate.

    Raises:
        UsageError: two moves of a setting overlap.
    """
    if not moves:
        return tape
    keys: list[Key] = []
    for setting in sorted({move.setting for move in moves}):
        keys += _keys((move for move in moves if move.setting == setting), fps)
    return scripted(tape, TapeTrack(tuple(keys)))


def _keys(moves: Iterable[Move], fps: Fraction) -> list[Key]:
    """One setting's keys, in order of time; of two at one frame the later one holds from there on."""
    made: list[Key] = []
    busy = Fraction(-1)
    for move in sorted(moves, key=lambda move: (move.first_s, move.last_s)):
        if move.first_s < busy:
            raise UsageError(
                f"--at: {move.setting} is to be at {move.value} from {float(move.first_s):g} s, "
                f"but is still moving until {float(busy):g} s"
            )
        busy = move.last_s
        first, last = round(move.first_s * fps), round(move.last_s * fps)
        if last > first:
            share, value = between(made, first)
            made.append(Key(first, move.setting, value, share))
            made.append(Key(last, move.setting, move.value, line=True))
        else:
            made.append(Key(first, move.setting, move.value))
    return made
