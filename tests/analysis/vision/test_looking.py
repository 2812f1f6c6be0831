"""Likeness inside the looker, against counts by hand; the network itself is any of its form."""

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision import looking
from tapehead.analysis.vision.models import load_model
from tapehead.analysis.vision.networks import LOOKER, untrained
from tapehead.analysis.vision.world.creatures import KINDS, SIDE, Pose, draw, many, occluded

NETWORK = untrained(LOOKER, 5)


def jaccard_by_hand(one: np.ndarray, other: np.ndarray, share: float) -> float:
    """Where no value is tied, the sets are plain."""
    size = round(one.size * share)
    first, second = (set(np.argsort(values.ravel())[-size:].tolist()) for values in (one, other))
    return len(first & second) / len(first | second)


def test_the_occlusion_map_is_the_overlap_box_by_box() -> None:
    found = looking.occlusion(NETWORK, "oryx", "stage3", 0.1, 0.25, 3, seed=1)
    network, drawn = NETWORK, draw("oryx", Pose(), SIDE)
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
    assert not found["bare"][2, 2].any() and found["bare"][2, SIDE - 3].all(), "over the sky behind it"
    assert found["worse"] == pytest.approx(100 * np.mean(found["likeness"] < found["head_likeness"]))
    row, column = divmod(int(np.argmin(found["likeness"])), 3)
    assert found["least_likeness"] == found["likeness"].min()
    assert found["least_probability"] == found["probability"][row, column]
    assert tuple(found["least"]) == (found["at"][column], found["at"][row])
    np.testing.assert_array_equal(found["curve"], found["likeness"][np.argmin(abs(found["at"] - found["head"][1]))])


def test_pairs_are_counted_group_by_group() -> None:
    found = looking.pairs(NETWORK, "stage4", 0.1, 4, seed=2)
    assert found["value"].shape == (6, 4, 4)
    np.testing.assert_allclose(found["mean"], found["value"].mean(axis=2))

    def by_counting(near: np.ndarray, far: np.ndarray) -> float:
        return float(np.mean([(a > b) + 0.5 * (a == b) for a in near for b in far]))

    for n, measure in enumerate(looking.MEASURES):
        groups = found["value"][n]
        assert found.read("auc", measure=measure) == pytest.approx(by_counting(groups[2], groups[3]))
        for k, step in enumerate(looking.STEPS):
            assert found.read("step_auc", measure=measure, step=step) == pytest.approx(
                by_counting(groups[k], groups[k + 1])
            )
    np.testing.assert_allclose(found["less"], found["auc"][0] - found["auc"])
    assert found["less_low"][0] == found["less_high"][0] == 0, "the overlap against itself"
    assert found["values"] == 96 * 6 * 6 and found["size_of_set"] == 346
    assert found["analytic"] == pytest.approx(0.1 / 1.9)
    assert found["chance"] == pytest.approx(found["analytic"], abs=1e-3)
    assert np.all(found["low"] <= found["auc"]) and np.all(found["auc"] <= found["high"])
    assert list(found["size"]) == [2, 4]
    np.testing.assert_allclose(found["size_low"][:, 1], found["low"])
    assert set(found["least"]) <= {0, 2, 4}
    for n, at in enumerate(found["least"].astype(int)):
        clear = [size for size, low in zip((2, 4), found["size_low"][n], strict=True) if low > 0.5]
        assert at == (clear[0] if clear else 0)


def test_every_measure_sees_the_same_pairs() -> None:
    found, (shown, kinds) = looking.pairs(NETWORK, "stage3", 0.1, 4, seed=2), looking._pictures_of_pairs(4, 2)
    assert len(shown) == len(kinds) == 32
    ready = np.stack(shown).transpose(0, 3, 1, 2).astype(np.float32)
    inside = NETWORK.activations(ready, "stage3")
    for n in (0, 6, 15):
        a, b = inside[2 * n].reshape(64, -1), inside[2 * n + 1].reshape(64, -1)
        value = {name: found["value"][k].ravel()[n] for k, name in enumerate(looking.MEASURES)}
        assert value["cosine"] == pytest.approx((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()), rel=1e-5)
        assert value["pixels"] == pytest.approx(np.corrcoef(shown[2 * n].ravel(), shown[2 * n + 1].ravel())[0, 1])
        X, Y = a.T - a.T.mean(axis=0), b.T - b.T.mean(axis=0)
        cka = np.linalg.norm(Y.T @ X) ** 2 / np.linalg.norm(X.T @ X) / np.linalg.norm(Y.T @ Y)
        assert value["linear CKA"] == pytest.approx(cka, rel=1e-4)
        upper = np.triu_indices(a.shape[1], 1)
        both = [stats.rankdata(1 - np.corrcoef(one.T)[upper]) for one in (a, b)]
        assert value["RSA"] == pytest.approx(np.corrcoef(*both)[0, 1], abs=1e-4)
    # A covered pair is one picture twice; the second one has a box.
    changed = np.any(shown[0] != shown[1], axis=2)
    assert 0.03 < changed.mean() < 0.08 and not shown[1][changed].any()
    assert [kinds[2 * n] == kinds[2 * n + 1] for n in range(16)] == [True] * 8 + [False] * 8


def test_a_moved_thing_keeps_its_channels_and_changes_its_places() -> None:
    found = looking.shifts(NETWORK, "bus", "stage4", 0.1, (0, 16), seed=3)
    assert found["placed"][0] == 1 and found["channels"][0] == 1, "not moved at all, it is itself"
    assert found["placed"][1] < 0.8
    assert found["channels"][1] >= found["placed"][1]
    assert found["chance_channels"] < 0.12
    np.testing.assert_allclose(found["picture"][1], draw("bus", Pose().moved(16 / SIDE, 0), SIDE).picture, atol=1e-6)


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="stage4"):
        looking.pairs(NETWORK, "stage5", 0.1, 4, seed=1)
    with pytest.raises(UsageError, match="at least four pairs"):
        looking.pairs(NETWORK, "stage4", 0.1, 2, seed=1)
    with pytest.raises(UsageError, match="at least two places"):
        looking.occlusion(NETWORK, "bus", "stage4", 0.1, 0.2, 1, seed=1)
    with pytest.raises(UsageError, match="leaves the picture"):
        looking.shifts(NETWORK, "bus", "stage4", 0.1, (64,), seed=1)


@pytest.mark.long
def test_the_shipped_looker_names_new_poses() -> None:
    network = load_model()
    pictures, kinds, _ = many(200, 987_654)
    assert np.mean(network.scores(pictures).argmax(axis=1) == kinds) >= 0.95
