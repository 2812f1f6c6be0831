"""Figures of the analyses of seeing that no film shows yet: drawn from small results, their numbers read back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tapehead.analysis.results import Result
from tapehead.analysis.vision import looking
from tapehead.analysis.vision.figures import FIGURES
from tapehead.analysis.vision.networks import LOOKER, untrained
from tapehead.analysis.vision.published import published_overlaps
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import STYLES
from tests.render.figures.test_figures import Drawing


def drawings(name: str, result: Result) -> list[Drawing]:
    results = FigureResults(replace(result, name="r"), {})
    return [Drawing(drawn(figure, results, STYLES["light"], Wanted(("svg",)))["svg"]) for figure in FIGURES[name]]


def test_every_result_of_the_looker_has_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    network = untrained(LOOKER, 5)
    monkeypatch.setattr(looking, "looker", lambda: network)
    pairs = looking.pairs("stage4", 0.1, 4, seed=2)
    dots, bars = drawings("vision.pairs", pairs)
    for number in range(3):
        np.testing.assert_allclose(dots.line(f"data-0-{number}")[:, 1], pairs["value"][0, number], atol=0.01)
    assert bars.line("data-0-0")[:, 1].max() == pytest.approx(pairs["auc"][0], abs=0.02)
    (heat,) = drawings("vision.occlusion", looking.occlusion("bus", "stage4", 0.1, 0.3, 2, seed=1))
    assert any("overlap" in word for word in heat.words())
    (curves,) = drawings("vision.shifts", looking.shifts("bus", "stage4", 0.1, (4, 16), seed=1))
    assert {"channels", "channel and place"} <= curves.words()


def test_published_overlaps_are_drawn_as_they_are() -> None:
    (bars,) = drawings("vision.published_overlaps", published_overlaps(seed=0))
    assert bars.line("data-0-0")[:, 1].max() == pytest.approx(0.431, abs=0.005)
