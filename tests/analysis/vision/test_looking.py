"""Likeness inside the looker, against counts by hand; the network itself is any of its form."""

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision import looking
from tapehead.analysis.vision.networks import LOOKER, untrained
from tapehead.analysis.vision.world.creatures import KINDS, SIDE, Pose, draw, many, occluded


@pytest.fixture(autouse=True)
def any_looker(monkeypatch: pytest.MonkeyPatch) -> None:
    network = untrained(LOOKER, 5)
    monkeypatch.setattr(looking, "looker", lambda: network)


def jaccard_by_hand(one: np.ndarray, other: np.ndarray, share: float) -> float:
    """Where no value is tied, the sets are plain."""
    size = round(one.size * share)
    first, second = (set(np.argsort(values.ravel())[-size:].tolist()) for values in (one, other))
    return len(first & second) / len(first | second)


def test_the_occlusion_map_is_the_overlap_box_by_box() -> None:
    found = looking.occlusion("oryx", "stage3", 0.1, 0.25, 3, seed=1)
    network, drawn = looking.looker(), draw("oryx", Pose(), SIDE)
    covered = occluded(drawn.picture, found["at"][2], found["at"][0], 0.25)
    pictures = np.stack([drawn.picture, covered]).transpose(0, 3, 1, 2)
    inside, said = network.activations(pictures, "stage3"), network.probabilities(pictures)
    assert found["likeness"][0, 2] == pytest.approx(jaccard_by_hand(inside[0], inside[1], 0.1), abs=0.01)
    assert found["probability"][0, 2] == pytest.approx(100 * said[1, KINDS.index("oryx")], abs=1e-3)
    assert found["whole"] == pytest.approx(100 * said[0, KINDS.index("oryx")], abs=1e-3)
    # The box is over the head where that is said, and over the sky in the control.
    rows = found["covered"]
    assert rows[round(found["head"][1] * SIDE), round(found["head"][0] * SIDE)].sum() == 0
    assert found["empty_likeness"] <= 1 and found["head_likeness"] <= 1


def test_pairs_are_counted_group_by_group() -> None:
    found = looking.pairs("stage4", 0.1, 4, seed=2)
    assert found["value"].shape == (4, 3, 4)
    np.testing.assert_allclose(found["mean"], found["value"].mean(axis=2))
    near, far = found["value"][2, 1], found["value"][2, 2]
    assert found["auc"][2] == pytest.approx(np.mean([(a > b) + 0.5 * (a == b) for a in near for b in far]))
    assert found["values"] == 96 * 6 * 6 and found["size"] == 346
    assert found["analytic"] == pytest.approx(0.1 / 1.9)
    assert found["chance"] == pytest.approx(found["analytic"], abs=1e-3)
    assert np.all(found["low"] <= found["auc"]) and np.all(found["auc"] <= found["high"])


def test_a_moved_thing_keeps_its_channels_and_changes_its_places() -> None:
    found = looking.shifts("bus", "stage4", 0.1, (0, 16), seed=3)
    assert found["placed"][0] == 1 and found["channels"][0] == 1, "not moved at all, it is itself"
    assert found["placed"][1] < 0.8
    assert found["channels"][1] >= found["placed"][1]
    assert found["chance_channels"] < 0.12


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="stage4"):
        looking.pairs("stage5", 0.1, 4, seed=1)
    with pytest.raises(UsageError, match="at least four pairs"):
        looking.pairs("stage4", 0.1, 2, seed=1)
    with pytest.raises(UsageError, match="at least two places"):
        looking.occlusion("bus", "stage4", 0.1, 0.2, 1, seed=1)
    with pytest.raises(UsageError, match="leaves the picture"):
        looking.shifts("bus", "stage4", 0.1, (64,), seed=1)


@pytest.mark.long
def test_the_shipped_looker_names_new_poses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    network = looking.looker()
    pictures, kinds, _ = many(200, 987_654)
    assert np.mean(network.scores(pictures).argmax(axis=1) == kinds) >= 0.95
