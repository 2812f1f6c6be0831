"""A block that is carved so that its three shadows are three letters: one thing, and what each side shows of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity

WALLS: tuple[str, ...] = ("side", "floor", "back")
INKED = "#"


def _letter(rows: Sequence[str], what: str, side: int) -> np.ndarray:
    """(side, side) of bool, the first row the lowest one."""
    if len(rows) != side or any(len(row) != side for row in rows):
        raise ResultError(f"carved_block: the letter on the {what} has to be {side} rows of {side} signs; found {rows}")
    made = np.array([[sign == INKED for sign in row] for row in rows])[::-1]
    if not made.any():
        raise ResultError(f"carved_block: the letter on the {what} is empty; write '{INKED}' where it is dark")
    return made


def shadows(block: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a block (x, y, z) of bool throws on the side (z, y), the floor (y, x) and the back (z, x)."""
    side, floor, back = (np.asarray(block.any(axis=axis)).T for axis in (0, 2, 1))
    return side, floor, back


def carve(side: np.ndarray, floor: np.ndarray, back: np.ndarray) -> np.ndarray:
    """The largest block (x, y, z) with shadows within three silhouettes: what all three leave standing."""
    return np.asarray(side.T[None, :, :] & floor.T[:, :, None] & back.T[:, None, :])


@analysis("linear.carved_block", version=1)
def carved_block(
    side: Sequence[str], floor: Sequence[str], back: Sequence[str], draws: int = 1000, *, seed: int
) -> Result:
    """Carve a cube with three letters: everything goes that is outside one of the three silhouettes.

    A letter is as many texts as it is wide, the uppermost first, with ``#`` where it is dark.  Shadows within the
    letters are certain; that they *fill* the letters is not, and is counted.

    Quantities: ``cube`` (x, y, z) of 0 and 1; ``cubes``, how many are left, and ``carved``, how many were cut away;
    ``side`` (z, y), ``floor`` (y, x) and ``back`` (z, x): the shadows, counted from the block; ``wrong`` (wall,), in
    how many squares each differs from its letter; ``squares`` (wall,), the size of each.
    ``narrowed``: of the cubes that are dark on the side's letter alone, how many the other two letters take away, in %.
    Control: ``null_share``, the share in % of ``draws`` triples of patterns without a form (each letter's own squares,
    at random places) that a block can fill: letters are picked with care, chance seldom is.

    Raises:
        ResultError: the letters are not squares of one size, one is empty, or there are no draws.
    """
    if draws < 1:
        raise ResultError(f"carved_block: draws has to be at least 1; found {draws}")
    wide = len(side)
    letters = [_letter(rows, wall, wide) for rows, wall in zip((side, floor, back), WALLS, strict=True)]
    block = carve(*letters)
    thrown = shadows(block)
    wrong = [int(np.sum(shadow != letter)) for shadow, letter in zip(thrown, letters, strict=True)]

    rng = np.random.default_rng(seed)
    filled = 0
    for _ in range(draws):
        mixed = [rng.permutation(letter.ravel()).reshape(letter.shape) for letter in letters]
        filled += all((a == b).all() for a, b in zip(shadows(carve(*mixed)), mixed, strict=True))
    alone = wide * int(letters[0].sum())
    wall: dict[str, tuple[str, ...]] = {"wall": WALLS}
    return Result(
        {
            "cube": quantity(block.astype(int), "x", "y", "z"),
            "cubes": quantity(int(block.sum()), unit="cubes"),
            "carved": quantity(int((~block).sum()), unit="cubes"),
            "side": quantity(thrown[0].astype(int), "z", "y"),
            "floor": quantity(thrown[1].astype(int), "y", "x"),
            "back": quantity(thrown[2].astype(int), "z", "x"),
            "wrong": quantity(np.array(wrong), "wall", unit="squares", labels=wall),
            "squares": quantity(np.array([int(x.sum()) for x in letters]), "wall", unit="squares", labels=wall),
            "narrowed": quantity(100 * (1 - int(block.sum()) / alone), unit="%"),
            "null_share": quantity(100 * filled / draws, unit="%"),
            "draws": quantity(draws, unit="draws"),
        },
        origin=Origin.COMPUTED,
        facts={"seed": seed, "control": "each letter's squares at random places"},
    )
