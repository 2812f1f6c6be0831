"""A pair taken apart, against sets counted by hand and channels shuffled one by one."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.results import Result
from tapehead.analysis.vision import anatomy
from tapehead.analysis.vision.networks import LOOKER, untrained

KINDS = ("horse", "zebra", "saloon")


NETWORK = untrained(LOOKER, 5)


@pytest.fixture
def found() -> Result:
    return anatomy.anatomy(NETWORK, KINDS, "stage3", 0.1, 200, seed=4)


def test_sets_overlaps_and_ranks(found: Result) -> None:
    inside = found["activation"]
    np.testing.assert_allclose(
        inside, NETWORK.activations(found["picture"].transpose(0, 3, 1, 2).astype(np.float32), "stage3")
    )
    size = round(0.1 * inside[0].size)
    sets = [set(np.flatnonzero(one.ravel())) for one in found["member"]]
    assert found["size"] == size and {len(one) for one in sets} == {size}
    for values, chosen in zip(inside, sets, strict=True):
        left = np.delete(values.ravel(), sorted(chosen))
        assert values.ravel()[sorted(chosen)].min() >= left.max()
    for n, pair in enumerate(("near", "far")):
        assert found.read("common", pair=pair) == len(sets[0] & sets[n + 1])
        assert found.read("either", pair=pair) == len(sets[0] | sets[n + 1])
        assert found.read("overlap", pair=pair) == pytest.approx(
            len(sets[0] & sets[n + 1]) / len(sets[0] | sets[n + 1])
        )
    assert list(found["ranked"]) == sorted(inside[0].ravel(), reverse=True)
    np.testing.assert_allclose(found["silent"], [100 * np.mean(one == 0) for one in inside])
    order = sorted(range(inside[0].size), key=lambda i: -inside[0].ravel()[i])[:10]
    places = inside.shape[2] * inside.shape[3]
    assert list(found["loudest"]) == [i // places for i in order]
    assert found["loudest_channels"] == len({i // places for i in order})
    assert list(found["in_channels"]) == [len({i // places for i in one}) for one in sets]


def test_shuffled_channels_keep_their_places(found: Result) -> None:
    member = found["member"].reshape(3, 64, -1).astype(bool)
    rng, drawn = np.random.default_rng(1), []
    for _ in range(400):
        moved = member[1][rng.permutation(64)]
        drawn.append(np.sum(member[0] & moved) / np.sum(member[0] | moved))
    assert found["channel_overlap"].shape == (2, 200)
    assert found.read("channel_mean", pair="near") == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / 14)
    seen = found.read("overlap", pair="near")
    again = found["channel_overlap"][0]
    assert found.read("channel_p", pair="near") == pytest.approx((1 + np.sum(again >= seen - 1e-12)) / 201)
    assert np.all(found["channel_low"] <= found["channel_mean"]) and np.all(found["channel_p"] > 0)
    assert found["chance_low"] < found["chance"] < found["chance_high"]


def test_how_many_channels_random_values_come_from(found: Result) -> None:
    rng = np.random.default_rng(2)
    drawn = [len(set(rng.permutation(64 * 144)[:10] // 144)) for _ in range(500)]
    assert found["random_channels"] == pytest.approx(np.mean(drawn), abs=4 * np.std(drawn) / np.sqrt(500))
    assert anatomy._different(2, 1, 2) == 2 and anatomy._different(2, 3, 1) == 1
    assert anatomy._different(2, 2, 2) == pytest.approx(2 * (1 - 1 / 6))


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="stage4"):
        anatomy.anatomy(NETWORK, KINDS, "stage9", 0.1, 10, seed=1)
    with pytest.raises(UnknownNameError, match="zebra"):
        anatomy.anatomy(NETWORK, ("horse", "zebr", "saloon"), "stage4", 0.1, 10, seed=1)
    with pytest.raises(UsageError, match="found 2 kinds"):
        anatomy.anatomy(NETWORK, ("horse", "zebra"), "stage4", 0.1, 10, seed=1)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="shuffles"):
        anatomy.anatomy(NETWORK, KINDS, "stage4", 0.1, 0, seed=1)
