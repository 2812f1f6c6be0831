"""What the film draws is what the numbers say: areas of rings, pixels of tiles, wires of networks."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.vision.xor import Network, train
from tapehead.scenes.analogous_circuits import pictures
from tapehead.scenes.analogous_circuits.numbers import ANALYSES, KINDS, SHARE
from tapehead.scenes.stage.palette import COOL, WARM


@pytest.mark.parametrize("share", [0.08, 0.43, 0.9])
def test_rings_overlap_by_their_areas(share: float) -> None:
    rings = pictures.Rings(share, 1.5, (pictures.FIRST, pictures.NEAR))
    # Thrown darts: the share of those in both among those in either.
    darts = np.random.default_rng(1).uniform(-4, 4, (200_000, 2))
    inside = [
        np.linalg.norm(darts - ring.get_center()[:2], axis=1) < ring.width / 2 for ring in (rings.one, rings.other)
    ]
    assert np.sum(inside[0] & inside[1]) / np.sum(inside[0] | inside[1]) == pytest.approx(share, abs=0.015)
    assert rings.one.width == pytest.approx(rings.other.width) == pytest.approx(3.0)


def test_a_wall_holds_every_tile_at_its_place() -> None:
    tiles = np.zeros((5, 2, 2))
    tiles[4, 1, 0] = 1
    seen: list[np.ndarray] = []

    class Caught(pictures.Portrait):
        def __init__(self, picture: np.ndarray, *args: object, **options: object) -> None:
            seen.append(picture)
            super().__init__(picture, *args, **options)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "Portrait", Caught)
        pictures.wall(tiles, 3, "#FF0000", 2.0)
    (pixels,) = seen
    assert pixels.shape == (5, 8, 3), "two rows of three, a dark line between them"
    red = np.argwhere(pixels[..., 0] == 255)
    assert red.tolist() == [[4, 3]], "tile 4 is the second of the second row; its lower left pixel"


def test_wires_say_sign_and_size_of_the_weights() -> None:
    weights = np.array([2.0, -4.0, 1.0, 0.5, 0, 0, -3.0, 4.0, 0])
    net = pictures.TinyNetwork(weights, 4.0, most=4.0)
    colours = [wire.get_stroke_color().to_hex().upper() for wire in net.wires]
    signs = [WARM if value > 0 else COOL for value in (*weights[:4], *weights[6:8])]
    assert colours == [sign.upper() for sign in signs]
    widths = [float(wire.get_stroke_width()) for wire in net.wires]
    assert np.argsort(widths).tolist()[0] == 3 and widths[1] == pytest.approx(widths[5]) == max(widths)
    # The first wire leads from the left lamp, which is the first input, to the first hidden neuron.
    np.testing.assert_allclose(net.wires[0].get_start(), net.lamps[0].get_center())
    np.testing.assert_allclose(net.wires[1].get_end(), net.hidden[0].get_center())
    assert net.lamps[0].get_x() < net.lamps[1].get_x()


def test_the_truth_square_has_the_left_lamp_upwards() -> None:
    square = pictures.truth([0, 0, 1, 0], 1.0, pictures.FIRST)
    full = [one for one in square if one.get_fill_opacity() == 1]
    assert len(full) == 1, "the corner +−: left lamp on, right lamp off"
    np.testing.assert_allclose(full[0].get_center() - square[0].get_center(), [0, 1, 0])


def test_the_null_is_that_of_the_layer_which_is_shown() -> None:
    calls = {call.id: call for call in ANALYSES}
    assert calls["chance"].inputs == {"study": "inside"}
    looked = [call for call in ANALYSES if call.model]
    assert {call.id for call in looked} == {"inside", "shifts", "box", "covers", "pairs"}
    assert {(call.parameters["layer"], call.parameters["share"]) for call in looked} == {("", SHARE)}, "one layer"
    assert KINDS == ("horse", "zebra", "saloon")


def test_every_network_that_learned_it_has_one_of_the_roles_that_are_told() -> None:
    from tapehead.scenes.analogous_circuits.roles import ALONE, PAIRS

    trained = train(12, 1e-3, 3000, 3)
    for weights, solved in zip(trained.weights, trained.solved, strict=True):
        if solved:
            assert " and ".join(Network.of(weights).roles) in PAIRS
    assert {role for pair in PAIRS for role in pair.split(" and ")} == set(ALONE)
