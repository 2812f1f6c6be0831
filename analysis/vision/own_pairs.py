"""Pairs of somebody's own pictures: from a table, or from two folders of two kinds of things.

A table (CSV) has ``first`` and ``second``, paths relative to the table, and perhaps ``group``: ``near`` for pairs that
belong together, ``far`` for those that do not, which the first are told apart from.  From two folders near pairs are
drawn within a folder and far ones across, and no picture is used twice, so that pairs are independent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tapehead.analysis.csv_tables import rows_of
from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_text, shown

if TYPE_CHECKING:
    from tapehead.analysis.photographs import Photograph

NEEDED, GROUPS = ("first", "second"), ("near", "far")
LEAST = 4
"""Pairs: with fewer there is no distribution."""
MOST_BYTES = 4 * 2**20
SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif")


@dataclass(frozen=True)
class Pair:
    """Two picture files; ``near`` where they belong together."""

    first: Path
    second: Path
    near: bool

    @property
    def name(self) -> str:
        """For tables and figures."""
        return f"{self.first.stem} and {self.second.stem}"


def read_pairs(path: Path) -> list[Pair]:
    """The pairs of a table.

    Raises:
        UsageError: it cannot be read, has too few rows, or a row is not usable; the message names the line.
    """
    if path.suffix.lower() != ".csv":
        raise UsageError(f"{path}: a table of pairs ends in .csv; found '{path.suffix or 'no ending'}'")
    try:
        text = read_text(path, MOST_BYTES)
    except OSError as error:
        raise UsageError(f"the table {path} cannot be read: {error.strerror}") from None
    found = []
    for line, cells in rows_of(str(path), text):
        where = f"{path}, line {line}"
        for field in NEEDED:
            if not cells.get(field, "").strip():
                there = ", ".join(map(shown, cells))
                raise UsageError(f"{where}: the field '{field}' is missing or empty; there is {there}")
        group = cells.get("group", "").strip() or "near"
        if group not in GROUPS:
            raise UsageError(f"{where}: group is near or far; found {shown(group)}")
        places = [path.parent / Path(cells[field].strip()).expanduser() for field in NEEDED]
        for place in places:
            if not place.is_file():
                raise UsageError(f"{where}: there is no picture {place}")
        if places[0].resolve() == places[1].resolve():
            raise UsageError(f"{where}: both pictures are {places[0]}; a picture is as like itself as can be")
        found.append(Pair(places[0], places[1], group == "near"))
    return _enough(found, str(path))


def pairs_of_folders(first: Path, second: Path, seed: int = 0) -> list[Pair]:
    """Pairs of the pictures of two folders; half of those of the smaller one go into far pairs.

    Raises:
        UsageError: one is no folder, they are the same, or they hold too few pictures.
    """
    rng = np.random.default_rng([seed, 0xF01D])
    held = []
    for folder in (first, second):
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder; give a table of pairs (.csv), or two folders of pictures")
        listed = sorted(one for one in folder.iterdir() if one.suffix.lower() in SUFFIXES and one.is_file())
        if len(listed) < LEAST:
            raise UsageError(
                f"{folder} holds {len(listed)} pictures ({', '.join(SUFFIXES)}); at least {LEAST} are needed, two for "
                "a near pair and two for far ones"
            )
        held.append([listed[n] for n in rng.permutation(len(listed))])
    if first.resolve() == second.resolve():
        raise UsageError(f"both folders are {first}; far pairs need pictures of something else in the second one")
    across = min(map(len, held)) // 2
    found = [Pair(one, other, False) for one, other in zip(*(listed[:across] for listed in held), strict=True)]
    for listed in held:
        rest = listed[across:]
        found += [Pair(rest[n], rest[n + 1], True) for n in range(0, len(rest) - 1, 2)]
    return _enough(found, f"{first} and {second}")


def _enough(found: list[Pair], what: str) -> list[Pair]:
    if len(found) < LEAST:
        raise UsageError(f"{what}: {len(found)} pairs; distributions take at least {LEAST}")
    twice = [pair for pair, count in Counter(found).items() if count > 1]
    if not any(pair.near for pair in found):
        raise UsageError(f"{what}: there are no near pairs; group is near for pairs that belong together")
    if twice:
        raise UsageError(f"{what}: the pair {twice[0].name} is there more than once; it counts as one")
    return sorted(found, key=lambda pair: not pair.near)


def shared(pairs: Sequence[Pair]) -> int:
    """How many pictures are in more than one pair: such pairs are not independent."""
    counts = Counter(one.resolve() for pair in pairs for one in (pair.first, pair.second))
    return sum(count > 1 for count in counts.values())


def photographs(pairs: Sequence[Pair], side: int) -> list[tuple[Photograph, Photograph]]:
    """Both pictures of every pair, upright, in colours, their middle squares of ``side`` pixels.

    Raises:
        UsageError: one is no picture.
    """
    from tapehead.analysis.photographs import read_photograph

    kept: dict[Path, Photograph] = {}
    for pair in pairs:
        for path in (pair.first, pair.second):
            if path not in kept:
                kept[path] = read_photograph(path, side)
    return [(kept[pair.first], kept[pair.second]) for pair in pairs]
