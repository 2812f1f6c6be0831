"""Networks: the number of discs and wires, which discs a wire joins, and its look by its weight."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.networks import Network, Neuron, bend, disc, look_of
from tapehead.scenes.stage.palette import COOL, EAR, GROUND, INK, NAP, NOSE, WARM


@pytest.mark.parametrize("sizes", [(1, 1), (2, 2), (3, 5, 5, 2), (1, 4, 1)])
def test_every_disc_is_wired_to_every_disc_of_the_next_layer(sizes: tuple[int, ...]) -> None:
    net = Network(sizes)
    assert [len(layer) for layer in net.layers] == list(sizes)
    assert [len(wires) for wires in net.wires] == [a * b for a, b in itertools.pairwise(sizes)]
    for k, wires in enumerate(net.wires):
        for i, wire in enumerate(wires):
            start, end = net.layers[k][i % sizes[k]], net.layers[k + 1][i // sizes[k]]
            assert np.linalg.norm(wire.get_start() - start.get_center()) == pytest.approx(start.width / 2)
            assert np.linalg.norm(wire.get_end() - end.get_center()) == pytest.approx(end.width / 2)
            way, chord = wire.get_end() - wire.get_start(), end.get_center() - start.get_center()
            assert np.cross(way, chord) == pytest.approx([0, 0, 0], abs=1e-9), "it points from middle to middle"


def test_layers_are_spread_evenly_about_the_centre() -> None:
    net = Network((3, 2, 1), centre=(1.0, -0.5), width=6, gap=1.5)
    assert [layer.get_x() for layer in net.layers] == pytest.approx([-2, 1, 4])
    assert [layer.get_y() for layer in net.layers] == pytest.approx([-0.5] * 3)
    assert [d.get_y() for d in net.layers[0]] == pytest.approx([1.0, -0.5, -2.0])
    assert [place[0] for place in net.between()] == pytest.approx([-0.5, 2.5])


def test_a_wire_is_thick_and_tinted_by_its_own_weight() -> None:
    weights = [np.array([[1.0, -1.0, 0.0], [0.5, 0.0, -0.5]])]
    net = Network((3, 2), weights)
    for i, wire in enumerate(net.wires[0]):
        weight = weights[0][i // 3, i % 3]
        assert wire.get_stroke_width() == pytest.approx(1.5 + 3 * abs(weight))
        assert wire.get_stroke_color().to_hex() == look_of(weight)[0]
    assert look_of(1.0)[0] == WARM
    assert look_of(-1.0)[0] == COOL
    assert len({look_of(weight)[0] for weight in (-1, -0.5, 0, 0.5, 1)}) == 5


@pytest.mark.parametrize(
    ("sizes", "weights", "said"),
    [
        ((3,), None, "two layers"),
        ((3, 0, 2), None, "empty"),
        ((3, 2), [np.zeros((3, 2))], "shapes"),
        ((3, 2, 1), [np.zeros((2, 3))], "shapes"),
    ],
)
def test_impossible_networks_are_refused(sizes, weights, said: str) -> None:
    with pytest.raises(EpisodeError, match=said):
        Network(sizes, weights)


def test_a_neuron_has_one_wire_per_input() -> None:
    places = [np.array([-2.0, y, 0.0]) for y in (1.5, -1.0)]
    made = Neuron(places, np.array([3.0, 0.2, 0.0]), (NOSE, EAR), (INK, NAP), NAP, radius=0.4)
    assert (len(made.inputs), len(made.wires)) == (2, 2)
    assert [d.get_stroke_color().to_hex() for d in (*made.inputs, made.output)] == [NOSE, EAR, NAP]
    assert [wire.get_stroke_color().to_hex() for wire in made.wires] == [INK, NAP]
    for place, wire in zip(places, made.wires, strict=True):
        assert np.linalg.norm(wire.get_start() - place) == pytest.approx(0.4)
        assert np.linalg.norm(wire.get_end() - made.output.get_center()) == pytest.approx(0.4)
    with pytest.raises(EpisodeError, match="2 inputs was given 1"):
        Neuron(places, np.zeros(3), (NOSE,), (INK, INK), NAP)
    with pytest.raises(EpisodeError, match="0 inputs"):
        Neuron([], np.zeros(3), (), (), NAP)


def test_discs_hide_what_is_under_them() -> None:
    for tint in (0.0, 0.35, 1.0):
        assert disc((1, 2), NOSE, tint=tint).get_fill_opacity() == 1
    assert disc((1, 2), NOSE).get_fill_color().to_hex() == GROUND
    assert disc((1, 2), NOSE, tint=1.0).get_fill_color().to_hex() == NOSE
    assert disc((1, 2), NOSE, 0.7).width == pytest.approx(1.4)


def test_a_bend_of_nought_is_straight_and_of_one_is_flat_below_zero() -> None:
    centre = np.array([1.0, -1.0, 0.0])
    for bent in (0.0, 0.5, 1.0):
        start, middle, end = (np.array(bend(centre, bent)[2].get_anchors()[i]) for i in (0, 1, -1))
        np.testing.assert_allclose(middle, centre)
        np.testing.assert_allclose((end - centre)[:2] / (end - centre)[0], [1, 1])
        np.testing.assert_allclose((centre - start)[:2] / (centre - start)[0], [1, 1 - bent], atol=1e-9)
