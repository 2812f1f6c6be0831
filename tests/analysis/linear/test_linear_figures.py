"""The figures of the five words of linear algebra, drawn from results that were computed here."""

from __future__ import annotations

import pytest

from tapehead.analysis.figures import figures_of
from tapehead.analysis.linear.bases import change_of_basis
from tapehead.analysis.linear.carving import carved_block
from tapehead.analysis.linear.faces import eigenfaces
from tapehead.analysis.linear.fences import animal_table, fence
from tapehead.analysis.linear.figures import FIGURES
from tapehead.analysis.linear.projections import dot_as_projection, off_the_span, protected_edit
from tapehead.analysis.linear.singular import singular_directions
from tapehead.analysis.registry import AnalysisCall
from tapehead.analysis.results import Result
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import STYLES
from tapehead.render.figures.words import caption

POINTS = {"cat": [0.5, 2], "rat": [2, 0.5]}
TABLE = animal_table(kinds=POINTS, spread=0.5, n=10, seed=7)
MADE = {
    "bases:change_of_basis": lambda: change_of_basis(
        matrices={"turn": [[1, 1.5], [-1.5, 1]], "skew": [[0.5, -1], [2, -0.25]]}, points=POINTS, draws=50, seed=7
    ),
    "projections:dot_as_projection": lambda: dot_as_projection(row=[2, 0.75], points=POINTS, angles=36, seed=7),
    "projections:protected_edit": lambda: protected_edit(
        start=[3, 1], edit=[0, 1.5], protect=[2, 1], steps=[-1, 0, 1], draws=50, seed=7
    ),
    "projections:off_the_span": lambda: off_the_span(edit=[1, 2, 3], protect={"a": [1, 0, 0], "b": [1, 1, 0]}, seed=7),
    "fences:animal_table": lambda: TABLE,
    "fences:fence": lambda: fence(TABLE, shuffles=9, seed=7),
    "singular:singular_directions": lambda: singular_directions(M=[[1, -2], [3, 4]], angles=36, draws=50, seed=7),
    "carving:carved_block": lambda: carved_block(
        side=["##", "#."], floor=["##", ".#"], back=["##", "##"], draws=20, seed=7
    ),
    "faces:eigenfaces": lambda: eigenfaces(count=20, size=8, k=3, seed=7),
}


@pytest.mark.parametrize("function", list(MADE))
def test_the_figures_of_an_analysis_can_be_drawn(function: str) -> None:
    result: Result = MADE[function]()
    figures = figures_of(AnalysisCall("it", f"tapehead.analysis.linear.{function}"), "")
    name = f"linear.{function.partition(':')[2]}"
    assert figures == FIGURES[name]
    assert any(figure.control for figure in figures) or name == "linear.animal_table", "a claim has its control"
    own = FigureResults(Result(result.quantities, name="it"), {})
    facts = {"parameters": {}, "analysis": name, "version": 1, "seed": 7}
    for figure in figures:
        made = drawn(figure, own, STYLES["print"], Wanted(("svg",), "print"))["svg"]
        assert b'id="data-0-0' in made, figure.name
        assert "Units: " in caption(figure, own, "the film", facts, "0" * 64)
