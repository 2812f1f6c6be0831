"""A run on own pairs: numbers against naive computations, and controls that come out both ways."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.results import Result
from tapehead.analysis.vision import own_overlap
from tapehead.analysis.vision.models import load_model, side_of
from tapehead.analysis.vision.own_overlap import CAUTIONS, PARTS
from tapehead.analysis.vision.own_pairs import Pair
from tapehead.analysis.vision.world.creatures import SIDE, draw, pose

NEAR, FAR, SHARE = 8, 8, 0.1


def drawn(kind: str, rng: np.random.Generator) -> np.ndarray:
    return np.asarray(draw(kind, pose(rng), SIDE).picture.transpose(2, 0, 1), dtype=np.float32)


def pairs_named(near: int, far: int) -> list[Pair]:
    return [Pair(Path(f"{n}a"), Path(f"{n}b"), n < near) for n in range(near + far)]


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    """Near pairs of one kind each, far ones of an animal and a vehicle; (pair, 2, 3, row, column)."""
    rng = np.random.default_rng(4)
    kinds = [(kind, kind) for kind in ("horse", "bus", "zebra", "lorry") * 2] + [
        ("horse", "bus"),
        ("zebra", "lorry"),
    ] * 4
    return np.stack([[drawn(kind, rng) for kind in pair] for pair in kinds])


@pytest.fixture(scope="module")
def parts(pictures: np.ndarray) -> dict[str, Result]:
    return own_overlap.run(load_model(), pairs_named(NEAR, FAR), pictures, "", SHARE, seed=1)


def test_overlaps_are_those_of_plain_sets(parts: dict[str, Result], pictures: np.ndarray) -> None:
    eyes = load_model()
    assert side_of(eyes) == SIDE == pictures.shape[-1]
    assert set(parts) == set(PARTS)
    layer = parts["pairs"].facts["layer"]
    inside = eyes.activations(pictures.reshape(-1, *pictures.shape[2:]), layer).reshape(len(pictures), 2, -1)
    size = round(SHARE * inside.shape[-1])
    naive = []
    for one, other in inside:
        first, second = (set(np.argsort(values)[-size:].tolist()) for values in (one, other))
        naive.append(len(first & second) / len(first | second))
    pairs = parts["pairs"]
    assert float(pairs["lot"]) == 0, "no ties, or the naive sets would be others"
    assert pairs["value"][0] == pytest.approx(naive)
    assert pairs["near_overlap"] == pytest.approx(naive[:NEAR])
    common = 2 * size * naive[0] / (1 + naive[0])
    law = stats.hypergeom(inside.shape[-1], size, size)
    assert float(pairs["chance_p"][0]) == pytest.approx(law.sf(round(common) - 1), rel=1e-6, abs=1e-12)
    row = pairs.quantity("mean").labels["measure"].index("pixels")
    flat = pictures.reshape(len(pictures), 2, -1)
    corr = [np.corrcoef(one, other)[0, 1] for one, other in flat[:NEAR]]
    assert float(pairs["mean"][row, 0]) == pytest.approx(np.mean(corr), rel=1e-5)


def test_deals_and_areas_are_those_of_plain_loops(parts: dict[str, Result]) -> None:
    near, far = parts["pairs"]["near_overlap"], parts["pairs"]["far_overlap"]
    wins = np.mean([(a > b) + 0.5 * (a == b) for a in near for b in far])
    assert float(parts["apart"]["overlap"]) == pytest.approx(wins)
    assert float(parts["apart"]["half"]) == 0.5
    assert float(parts["dealt"]["observed"]) == pytest.approx(near.mean())
    means = parts["dealt"]["mean"]
    assert float(parts["dealt"]["p"]) == pytest.approx((1 + (means >= near.mean() - 1e-12).sum()) / (1 + len(means)))


def test_pairs_that_belong_together_are_found_and_the_same_pictures_dealt_out_are_not(
    parts: dict[str, Result], pictures: np.ndarray
) -> None:
    assert int(parts["cautions"]["found"]) == 1
    dealt = pictures.copy()
    dealt[:NEAR, 1] = pictures[np.roll(np.arange(NEAR), 1), 1]
    again = own_overlap.run(load_model(), pairs_named(NEAR, FAR), dealt, "", SHARE, seed=1)
    assert int(again["cautions"]["found"]) == 0
    assert "any-pair-as-alike" in again["cautions"].facts
    assert float(again["pairs"]["near_mean"]) < float(parts["pairs"]["near_mean"])


def test_what_cannot_be_told_is_said(pictures: np.ndarray) -> None:
    few = own_overlap.run(load_model(), pairs_named(4, 0), pictures[:4], "stage2", SHARE)
    assert {"few-pairs", "no-far-pairs"} <= set(few["cautions"].facts)
    assert not float(few["apart"]["there"]) and "0 far pairs" in few["apart"].facts["why"]
    assert int(few["cautions"]["found"]) == 0
    assert few["cautions"].quantity("raised").labels["caution"] == CAUTIONS
    three = own_overlap.run(load_model(), pairs_named(3, 1), pictures[:4], "stage2", SHARE)
    assert not float(three["dealt"]["there"])
    # A black picture excites the same few places: what is left of a set is drawn by lot.
    same = own_overlap.run(load_model(), pairs_named(4, 0), 0 * pictures[:4], "", 0.9)
    assert "drawn-by-lot" in same["cautions"].facts
    assert "pixels" in same["pairs"].facts["not defined here"]
    assert "pixels" not in same["pairs"].quantity("mean").labels["measure"]


def test_what_is_asked_wrongly(pictures: np.ndarray) -> None:
    with pytest.raises(UnknownNameError, match="did you mean stage2"):
        own_overlap.run(load_model(), pairs_named(4, 0), pictures[:4], "stage22", SHARE)
    with pytest.raises(UsageError, match="between 0 and 1; found 1"):
        own_overlap.run(load_model(), pairs_named(4, 0), pictures[:4], "", 1.0)
