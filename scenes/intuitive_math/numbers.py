"""Every constant of the episode, and the analyses that turn them into what the scenes show.

Pairs are (snout, body).  All is small enough to be checked with a pencil, but for the puppets.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 11

CAT: Final = [0.5, 2.0]
RAT: Final = [2.0, 0.5]
ASIDE: Final = [2.5, 2.0]
"""An animal at right angles to the row of rates: as cat-like as not."""
PRESENT: Final = [-1.0, 2.0]
"""Two numbers that mean one thing here and another there."""

RATES: Final = [[-2.0, 2.5], [2.5, -2.0]]
"""Rows: cat-like, rat-like.  Columns: snout, body."""
MATRICES: Final = {
    "turn": [[1.0, 1.5], [-1.5, 1.0]],
    "gift": [[2.0, -1.0], [1.0, 1.0]],
    "skew": [[0.5, -1.0], [2.0, -0.25]],
    "square": [[0.5, -2.0], [2.0, 0.5]],
    "rates": RATES,
    "slip": [[-2.0, 2.5], [2.5, 2.0]],
}
"""``skew`` is what the blog calls a turn, ``square`` mends its second column, ``slip`` is ``rates`` with the sign of
one wire turned."""

CATLIKE: Final = [1.0, 2.0]
RATLIKE: Final = [2.0, 1.0]
STEPS: Final = [-1.5, -1.0, 0.0, 1.0]
STARTS: Final = {"walk": [1.5, 1.0], "walk_low": [2.3, 1.0], "walk_left": [-0.3, 0.8]}
"""Where three animals begin to be pushed; the first is the one whose scores are watched."""

BOX: Final = [[1.0, -2.0], [3.0, 4.0]]
LETTER_C: Final = ["#####", "....#", "....#", "....#", "#####"]
"""On the side wall, which is seen from within: mirrored here, the right way round there."""
LETTER_A: Final = ["#####", "#.#..", "#.#..", "#.#..", "#####"]
"""Lying on the floor, its feet toward the right."""
LETTER_T: Final = ["#####", "..#..", "..#..", "..#..", "..#.."]

_BASES: Final = "tapehead.analysis.linear.bases"
_SHADOWS: Final = "tapehead.analysis.linear.projections"
_FENCES: Final = "tapehead.analysis.linear.fences"
_SINGULAR: Final = "tapehead.analysis.linear.singular:singular_directions"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall(
        "basis",
        f"{_BASES}:change_of_basis",
        {"matrices": MATRICES, "points": {"cat": CAT, "rat": RAT, "present": PRESENT}},
    ),
    AnalysisCall(
        "ruler",
        "tapehead.analysis.linear.maps:ruler",
        {"rate": 2.0, "noses": [1.0, 2.0, 3.0], "low": 0.5, "high": 3.0, "step": 0.5},
    ),
    AnalysisCall(
        "dots",
        f"{_SHADOWS}:dot_as_projection",
        {"row": RATES[0], "points": {"cat": CAT, "rat": RAT, "aside": ASIDE}},
    ),
    AnalysisCall("rates", _SINGULAR, {"M": RATES}),
    AnalysisCall(
        "block",
        "tapehead.analysis.linear.carving:carved_block",
        {"side": LETTER_C, "floor": LETTER_A, "back": LETTER_T},
    ),
    *(
        AnalysisCall(
            name,
            f"{_SHADOWS}:protected_edit",
            {"start": start, "edit": CATLIKE, "protect": RATLIKE, "steps": STEPS},
        )
        for name, start in STARTS.items()
    ),
    AnalysisCall(
        "span",
        f"{_SHADOWS}:off_the_span",
        {"edit": [-0.5, 2.0, 0.0], "protect": {"one": [1.0, 1.0, 0.0], "other": [0.0, 1.0, 1.0]}},
    ),
    AnalysisCall(
        "table",
        f"{_FENCES}:animal_table",
        {"kinds": {"rat": RAT, "cat": CAT}, "spread": 0.7, "n": 40},
    ),
    AnalysisCall("fence", f"{_FENCES}:fence", {"shuffles": 200}, {"table": "table"}),
    AnalysisCall("loud", _SINGULAR, {"M": BOX}),
    AnalysisCall("faces", "tapehead.analysis.linear.faces:eigenfaces", {"count": 400, "k": 8}),
)
