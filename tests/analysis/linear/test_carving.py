"""A block with three letters for shadows: counted one cube at a time, and against all blocks that there are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.carving import WALLS, carve, carved_block, shadows

C = ["#####", "....#", "....#", "....#", "#####"]
A = ["#####", "#.#..", "#.#..", "#.#..", "#####"]
T = ["#####", "..#..", "..#..", "..#..", "..#.."]


@pytest.fixture(scope="module")
def block():
    return carved_block(C, A, T, draws=200, seed=3)


def test_the_shadows_are_the_letters(block):
    cube = block["cube"]
    for wall, letter in zip(WALLS, (C, A, T), strict=True):
        for row, column in itertools.product(range(5), repeat=2):
            line = {
                "side": [cube[n, column, row] for n in range(5)],
                "floor": [cube[column, row, n] for n in range(5)],
                "back": [cube[column, n, row] for n in range(5)],
            }[wall]
            assert (max(line) == 1) == (letter[4 - row][column] == "#"), (wall, row, column)
            assert block[wall][row, column] == max(line)
    assert block["wrong"].tolist() == [0, 0, 0]
    assert block.read("cubes") + block.read("carved") == 125
    assert block["squares"].tolist() == [sum(row.count("#") for row in letter) for letter in (C, A, T)]
    assert block.read("narrowed") == pytest.approx(100 * (1 - cube.sum() / (5 * block["squares"][0])))


def test_no_larger_block_has_these_shadows():
    rng = np.random.default_rng(0)
    for _ in range(20):
        letters = [rng.random((2, 2)) < 0.7 for _ in range(3)]
        found = carve(*letters)
        fitting = []
        for bits in itertools.product((False, True), repeat=8):
            other = np.array(bits).reshape(2, 2, 2)
            if all(not (a & ~b).any() for a, b in zip(shadows(other), letters, strict=True)):
                fitting.append(other)
        assert found.sum() == max(other.sum() for other in fitting)
        assert all(not (other & ~found).any() for other in fitting)


def test_letters_that_do_not_fit_are_counted_and_the_control_can_come_out_otherwise():
    row, spot = ["##", ".."], ["#.", ".."]
    found = carved_block(row, spot, row, draws=50, seed=1)
    assert found["wrong"].tolist() == [1, 0, 1]
    full = ["##", "##"]
    assert carved_block(full, full, full, draws=10, seed=1).read("null_share") == 100


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"floor": A[:4]}, "floor has to be 5 rows"),
        ({"back": ["....."] * 5}, "back is empty"),
        ({"draws": 0}, "no draws|at least 1"),
    ],
)
def test_what_makes_no_sense_is_refused(change, message):
    with pytest.raises(ResultError, match=message):
        carved_block(**({"side": C, "floor": A, "back": T} | change), seed=1)
