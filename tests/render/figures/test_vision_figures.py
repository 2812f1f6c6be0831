"""Figures of likeness inside a network: drawn from small results, their numbers read back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tapehead.analysis.results import Result
from tapehead.analysis.vision import anatomy, covering, looking, xor, xor_match
from tapehead.analysis.vision.figures import FIGURES
from tapehead.analysis.vision.networks import LOOKER, untrained
from tapehead.analysis.vision.overlap import chance_overlap
from tapehead.analysis.vision.published import published_overlaps
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import STYLES
from tests.render.figures.test_figures import Drawing


def drawings(name: str, result: Result) -> list[Drawing]:
    results = FigureResults(replace(result, name="r"), {})
    return [Drawing(drawn(figure, results, STYLES["light"], Wanted(("svg",)))["svg"]) for figure in FIGURES[name]]


def test_every_result_of_the_looker_has_its_figures() -> None:
    network = untrained(LOOKER, 5)
    pairs = looking.pairs(network, "stage4", 0.1, 4, seed=2)
    dots, bars, steps, sizes = drawings("vision.pairs", pairs)
    for number in range(4):
        np.testing.assert_allclose(dots.line(f"data-0-{number}")[:, 1], pairs["value"][0, number], atol=0.01)
    assert bars.line("data-0-0")[:, 1].max() == pytest.approx(pairs["auc"][0], abs=0.02)
    assert steps.line("data-0-0")[:, 1].max() == pytest.approx(pairs["step_auc"][0, 0], abs=0.02)
    assert {"pixels", "linear CKA", "overlap"} <= sizes.words()
    heat, answer, curve = drawings("vision.occlusion", looking.occlusion(network, "bus", "stage4", 0.1, 0.3, 2, seed=1))
    assert any("overlap" in word for word in heat.words())
    assert any("probability" in word for word in answer.words())
    assert any("middle of the box" in word for word in curve.words())
    (left,) = drawings("vision.covers", covering.covers(network, "stage4", 0.1, 0.25, 4, seed=1))
    assert {"head", "middle", "sky"} <= left.words()
    ranked, near, far = drawings(
        "vision.anatomy", anatomy.anatomy(network, ("bus", "lorry", "oryx"), "stage4", 0.1, 50, seed=1)
    )
    assert "shuffled channels" in near.words() and "shuffled channels" in far.words()
    assert any("activation" in word for word in ranked.words())
    (curves,) = drawings("vision.shifts", looking.shifts(network, "bus", "stage4", 0.1, (4, 16), seed=1))
    assert {"channels", "channel and place"} <= curves.words()


def test_published_overlaps_are_drawn_as_they_are() -> None:
    (bars,) = drawings("vision.published_overlaps", published_overlaps(seed=0))
    assert bars.line("data-0-0")[:, 1].max() == pytest.approx(0.431, abs=0.005)


def test_networks_that_learn_have_their_figures() -> None:
    study = xor.xor_networks(30, 1e-3, 5000, 0.05, seed=1)
    (solutions,) = drawings("vision.xor_networks", study)
    assert solutions.line("data-0-0")[:, 1].max() == pytest.approx(study["solution_size"][0], abs=0.1)
    found, match = xor.xor_roles(study, seed=0), xor_match.xor_match(study, 0.05, seed=0)
    roles, apart = drawings("vision.xor_roles", found)
    assert roles.line("data-0-0")[:, 1].max() == pytest.approx(found["pair_count"][0], abs=0.1)
    assert {"as they stand", "turned"} <= apart.words()
    (weights,) = drawings("vision.xor_match", match)
    assert {"first", "second", "other"} <= weights.words()


def test_the_law_of_chance_is_drawn_outcome_by_outcome() -> None:
    result = chance_overlap(400, 0.1, 300, seed=1)
    (law,) = drawings("vision.chance_in", result)
    assert any("probability" in word for word in law.words())
    assert any("overlap" in word for word in law.words())
