"""Numbered pictures in place of a video, ``shot_%04d.png``: which there are, how they are read, how they are named."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

from tapehead.analysis.errors import UsageError

_NUMBER = re.compile(r"%0?\d*d")
DEFAULT_RATE = 25
"""Pictures per second where the user says none."""


def is_sequence(path: Path) -> bool:
    """Whether a name stands for numbered pictures (and is not that of one file)."""
    return len(_NUMBER.findall(path.name)) == 1 and not path.exists()


def numbered(path: Path, number: int) -> Path:
    """One picture of a sequence."""
    return path.with_name(_NUMBER.sub(lambda found: found.group(0) % number, path.name))


def members(path: Path) -> list[tuple[int, Path]]:
    """The numbers and pictures that there are, in order."""
    before, after = _NUMBER.split(path.name)
    form = re.compile(re.escape(before) + r"(\d+)" + re.escape(after))
    if not path.parent.is_dir():
        return []
    found = [(form.fullmatch(entry.name), entry) for entry in path.parent.iterdir()]
    listed = [(int(match.group(1)), entry) for match, entry in found if match]
    return sorted((number, entry) for number, entry in listed if numbered(path, number) == entry)


def demuxer_options(path: Path, fps: Fraction | int) -> dict[str, str]:
    """What FFmpeg has to be told to read a path: nothing for a file.

    Raises:
        UsageError: there is no picture of such a sequence, or one is missing between its first and its last.
    """
    if not is_sequence(path):
        return {}
    found = members(path)
    if not found:
        raise UsageError(f"there is no picture {path} with a number in place of {_NUMBER.findall(path.name)[0]}")
    first, last = found[0][0], found[-1][0]
    if last - first + 1 != len(found):
        there = {number for number, _ in found}
        gap = next(number for number in range(first, last) if number not in there)
        raise UsageError(f"{numbered(path, gap).name} is missing between {found[0][1].name} and {found[-1][1].name}")
    return {"framerate": str(Fraction(fps) or DEFAULT_RATE), "start_number": str(first)}


def address(path: Path) -> str:
    """A path as FFmpeg takes it: whole, so that a colon in a name is none of an address."""
    if is_sequence(path):
        return str(path.parent.absolute()).replace("%", "%%") + "/" + path.name
    return str(path.absolute())
