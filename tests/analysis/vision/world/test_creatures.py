"""Animals and vehicles: the same seed the same pictures, and the truth where it is said to be."""

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision.world.creatures import ANIMALS, KINDS, NEAR, Pose, draw, many, occluded, pose


def test_the_same_seed_makes_the_same_world_and_another_another() -> None:
    one, kinds, poses = many(9, 3, 32)
    again, _, _ = many(9, 3, 32)
    other, _, _ = many(9, 4, 32)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert one.shape == (9, 3, 32, 32) and one.dtype == np.float32 and 0 <= one.min() <= one.max() <= 1
    assert kinds.tolist() == [*range(8), 0] and len(poses) == 9
    fewer, _, _ = many(4, 3, 32)
    assert np.array_equal(one[:4], fewer), "the first four of nine are the first four of four"


def test_near_kinds_are_nearer_in_pixels_than_animal_and_vehicle() -> None:
    """Nothing of a network here: on average over poses, the drawings themselves keep the families apart."""
    poses = [pose(np.random.default_rng(n)) for n in range(12)]
    shown = {kind: np.stack([draw(kind, how, 32).picture for how in poses]) for kind in KINDS}
    near = np.mean([np.mean((shown[a] - shown[b]) ** 2) for a, b in NEAR])
    far = np.mean([np.mean((shown[a] - shown[b]) ** 2) for a in ANIMALS for b in KINDS if b not in ANIMALS])
    assert near < 0.8 * far
    assert all(np.mean((shown[a] - shown[b]) ** 2) > 1e-4 for a, b in NEAR), "and yet they can be told apart"


def test_head_and_middle_follow_the_pose() -> None:
    right, left = draw("horse", Pose(), 32), draw("horse", Pose(flip=True), 32)
    assert right.head[0] > right.middle[0] and left.head[0] < left.middle[0]
    assert right.head[1] < right.middle[1], "a head is above the middle"
    assert right.middle == pytest.approx((0.5, 0.52))
    moved = draw("horse", Pose().moved(0.1, -0.05), 32)
    assert np.subtract(moved.head, right.head) == pytest.approx((0.1, -0.05))


def test_light_is_a_factor() -> None:
    full, dim = draw("bus", Pose(), 32).picture, draw("bus", Pose(light=0.5), 32).picture
    assert np.allclose(dim, 0.5 * full)


def test_a_box_covers_what_it_says_and_nothing_else() -> None:
    picture = np.ones((20, 40, 3))
    covered = occluded(picture, 0.5, 0.25, 0.25)
    assert (covered[..., 0] == 0).sum() == 10 * 5
    assert np.all(covered[3:8, 15:25] == 0) and picture.min() == 1
    with pytest.raises(UsageError, match="covers nothing"):
        occluded(picture, 3, 0.5, 0.1)


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="zebra"):
        draw("zebras", Pose())
    with pytest.raises(UsageError, match="at least one picture"):
        many(0, 1)
