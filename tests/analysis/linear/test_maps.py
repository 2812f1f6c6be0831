"""The map, its shadow, and its lines against exact fractions and naive loops."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.analysis.errors import ResultError
from tapehead.analysis.linear.maps import level_set, network_shape, neuron_identity, one_map, ruler, shadow
from tapehead.analysis.registry import find
from tapehead.analysis.results import Origin
from tapehead.scenes.linear_algebra import numbers

W = numbers.W
EXACT = [[Fraction(2), Fraction(3, 4)], [Fraction(-3, 4), Fraction(2)]]
CATS = {"Tom": [1.0, 1.0], "Mia": [1.0, 2.0], "nobody": [-1.0, 2.0]}
entry = st.floats(-4, 4).map(lambda v: round(v, 3))


def exact_answer(x):
    return [sum(EXACT[o][i] * Fraction(x[i]) for i in range(2)) for o in range(2)]


@pytest.fixture(scope="module")
def the_map():
    return one_map(W=W, cats=CATS, bent=["Tom", "nobody"], seed=7)


@pytest.fixture(scope="module")
def shadows():
    return shadow(W=W, cats=CATS, seed=7)


@pytest.fixture(scope="module")
def lines():
    return level_set(W=W, values=[1.0, 2.0], noses=[0.0, 1.0, 2.0], n=61, reach=4.0, seed=7)


def ruler_of(rate=2.0, noses=(1.0, 2.0, 3.0), low=0.5, high=3.0, step=0.01):
    return ruler(rate=rate, noses=noses, low=low, high=high, step=step, seed=7)


# -- one ruler -------------------------------------------------------------------------------------


def test_ruler_multiplies_and_divides():
    found = ruler_of()
    assert found["w"].size == 251
    for w in ("0.50", "1.37", "2.00", "3.00"):
        for nose in ("1", "2", "3"):
            expected = Fraction(w) * Fraction(nose)
            assert found.read("nap", w=w, nose=nose) == pytest.approx(float(expected), rel=1e-12)
            assert found.read("back", w=w, nose=nose) == pytest.approx(float(nose), rel=1e-12)
    assert found["nap_at_rate"].tolist() == [2, 4, 6]
    assert found.read("rate_inverse") == 0.5
    assert found.read("round_trip") < 1e-14
    assert [found.read("tick", tick=str(t)) for t in range(-3, 7)] == list(range(-3, 7))


def test_feet_come_from_the_definition():
    found = ruler_of()
    exact = 1 / Fraction(3048, 10000)
    assert found.read("feet_per_metre") == pytest.approx(float(exact), rel=1e-15)
    assert found.read("feet_per_metre") == pytest.approx(3.28084, abs=5e-6)
    assert found.read("feet", metre="3") == pytest.approx(3 * float(exact))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 0.0}, "invertible"),
        ({"rate": 0.0}, "invertible"),
        ({"high": 0.1}, "grid has to rise"),
        ({"noses": []}, "list of finite numbers"),
        ({"noses": [float("nan")]}, "list of finite numbers"),
    ],
)
def test_ruler_refuses(change, message):
    with pytest.raises(ResultError, match=message):
        ruler_of(**change)


# -- punctuation -----------------------------------------------------------------------------------


def test_nothing_added_changes_nothing_and_the_control_does():
    found = neuron_identity(W=W, n=100, offset=0.5, seed=numbers.SEED)
    assert found.read("largest", case="nothing added") == 0.0
    assert found.read("differs", case="nothing added") == 0
    assert found.read("largest", case="offset") == pytest.approx(0.5)
    assert found.read("differs", case="offset") == 100
    assert found.read("differs", case="bend") == 74
    by_hand = 0
    for x1, x2 in found["x"]:
        if 2 * x1 + 0.75 * x2 < 0 or -0.75 * x1 + 2 * x2 < 0:
            by_hand += 1
    assert by_hand == 74


@pytest.mark.parametrize(("n", "offset", "message"), [(0, 0.5, "n has to be"), (5, 0.0, "offset has to be")])
def test_neuron_identity_refuses(n, offset, message):
    with pytest.raises(ResultError, match=message):
        neuron_identity(W=W, n=n, offset=offset, seed=7)


def test_a_drawn_network_is_an_illustration():
    net = network_shape(sizes=[3, 5, 5, 2], seed=7)
    assert net.origin is Origin.ILLUSTRATION
    assert net.read("wires") == 3 * 5 + 5 * 5 + 5 * 2
    assert net["weights_1"].shape == (5, 3)
    assert net["weights_3"].shape == (2, 5)
    for bad in ([3], [3, 0, 2]):
        with pytest.raises(ResultError, match="sizes has to list"):
            network_shape(sizes=bad, seed=7)


# -- the map ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cat", ["Tom", "Mia", "nobody", "e1", "e2"])
def test_answers_are_exact_in_all_three_readings(the_map, cat):
    x = [float(v) for v in the_map.row("x", "input", cat=cat)]
    for name in ("a", "by_rows", "by_columns", "by_product"):
        assert [Fraction(float(v)) for v in the_map.row(name, "output", cat=cat)] == exact_answer(x)
    for o in range(2):
        for i in range(2):
            assert Fraction(float(the_map.read("terms", cat=cat, output=o, input=i))) == EXACT[o][i] * Fraction(x[i])
            assert the_map.read("column_part", cat=cat, input=i, output=o) == the_map.read(
                "terms", cat=cat, output=o, input=i
            )


def test_reference_values_of_the_storyboard(the_map):
    read = the_map.read
    assert (read("a", cat="Tom", output="nap"), read("a", cat="Tom", output="luck")) == (2.75, 1.25)
    assert read("a", cat="Mia", output="nap") == 3.5
    assert read("a", cat="nobody", output="nap") == -0.5
    assert read("a", cat="nobody", output="luck") == 4.75
    assert read("read_back", cat="nobody", input="nose") == pytest.approx(-0.767, abs=5e-4)
    assert read("read_back", cat="nobody", input="ear") == pytest.approx(0.712, abs=5e-4)
    assert read("det") == 4.5625
    assert read("scale") == pytest.approx(2.136, abs=5e-4)
    assert read("angle") == pytest.approx(-20.56, abs=5e-3)
    assert the_map["singular_values"] == pytest.approx([2.136, 2.136], abs=5e-4)
    assert read("column_dot") == 0 == read("row_dot")
    assert read("ways_differ") == 0
    assert the_map["shape_W"].tolist() == [2, 2]
    assert the_map["shape_x"].tolist() == [2, 1] == the_map["shape_a"].tolist()


def test_it_is_a_rotation_times_a_scale(the_map):
    t, s = math.radians(the_map.read("angle")), float(the_map.read("scale"))
    turned = [[s * math.cos(t), -s * math.sin(t)], [s * math.sin(t), s * math.cos(t)]]
    assert the_map["W"] == pytest.approx(np.array(turned), abs=1e-12)


def test_the_inverse_is_the_exact_one(the_map):
    det = EXACT[0][0] * EXACT[1][1] - EXACT[0][1] * EXACT[1][0]
    inverse = [[EXACT[1][1] / det, -EXACT[0][1] / det], [-EXACT[1][0] / det, EXACT[0][0] / det]]
    assert the_map["inverse"] == pytest.approx(np.array([[float(v) for v in row] for row in inverse]), abs=1e-15)
    assert the_map["inverse_times_W"] == pytest.approx(np.eye(2), abs=1e-15)
    assert the_map["round_trip"] == pytest.approx(the_map["x"], abs=1e-14)
    assert the_map.read("round_trip_worst") < 1e-14
    back = [inverse[i][0] * -1 + inverse[i][1] * 2 for i in range(2)]
    assert back == [Fraction(-56, 73), Fraction(52, 73)]


def test_adding_before_or_after_is_the_same_and_the_control_is_not(the_map):
    assert the_map["unit_sum"].tolist() == [2.75, 1.25] == the_map["sum_units"].tolist()
    for check in ("additive", "scaling"):
        assert the_map.read(check, rule="multiply and add") < 1e-12
        assert the_map.read(check, rule="multiply, add, add one") == pytest.approx(1)
    assert the_map.read("additive", rule="multiply, add, bend") > 1
    assert the_map.read("scaling", rule="multiply, add, bend") < 1e-12, "a bend in zero passes scaling"
    roads, rule = the_map["roads"], {"rule": "multiply and add", "output": "nap"}
    assert the_map["joined"].tolist() == [2, 3]
    assert roads[0].tolist() == [[6.25, 4.5], [6.25, 4.5]] == [[2.75 + 3.5, 1.25 + 3.25]] * 2
    assert the_map.read("roads", road="join first", **rule) == the_map.read("roads", road="translate first", **rule)
    assert roads[1].tolist() == roads[0].tolist(), "above zero a bend does nothing"


def test_a_bend_parts_the_roads_of_two_of_whom_one_lies_below_zero(the_map):
    """Tom naps 2.75 and the nobody −0.5: bent, that is 2.75 + 0, and together they would nap 2.25."""
    straight, bent = the_map["bent_roads"][:2]
    assert the_map["bent_joined"].tolist() == [0, 3]
    assert straight[:, 0].tolist() == [2.25, 2.25]
    assert bent[:, 0].tolist() == [2.25, 2.75]


@settings(max_examples=60, deadline=None)
@given(entry, entry, entry, entry, entry, entry)
def test_any_invertible_map_returns_its_cats(a, b, c, d, x1, x2):
    matrix = [[a, b], [c, d]]
    if abs(a * d - b * c) < 0.05:
        return
    found = one_map(W=matrix, cats={"cat": [x1, x2]}, bent=["cat", "e1"], seed=1)
    assert found["a"][0] == pytest.approx([a * x1 + b * x2, c * x1 + d * x2], abs=1e-9)
    assert found.read("ways_differ") < 1e-12
    assert found.read("round_trip_worst") < 1e-8


@pytest.mark.parametrize(
    ("W_bad", "cats", "bent", "message"),
    [
        ([[1, 2], [2, 4]], CATS, ["Tom", "Mia"], "invertible"),
        ([[1, 2]], CATS, ["Tom", "Mia"], "2×2"),
        (W, {}, ["Tom", "Mia"], "at least one cat"),
        (W, {"e1": [1, 0]}, ["Tom", "Mia"], "unit steps"),
        (W, {"Tom": [1, 2, 3]}, ["Tom", "Mia"], "nose, ear"),
        (W, CATS, ["Tom"], r"two of the cats Tom, .*found \['Tom'\]"),
        (W, CATS, ["Tom", "Tim"], r"two of the cats Tom, .*'Tim'"),
    ],
)
def test_one_map_refuses(W_bad, cats, bent, message):
    with pytest.raises(ResultError, match=message):
        one_map(W=W_bad, cats=cats, bent=bent, seed=7)


# -- the shadow ------------------------------------------------------------------------------------


def test_nap_is_the_shadow_times_the_rulers_length(shadows):
    assert shadows.read("length") == pytest.approx(2.136, abs=5e-4)
    assert shadows.read("shadow", cat="Tom") == pytest.approx(1.2875, abs=5e-5)
    assert shadows.read("nap", cat="Tom") == pytest.approx(2.75, abs=1e-14)
    assert shadows.read("length") * shadows.read("shadow", cat="Tom") == pytest.approx(2.75)
    assert shadows.read("shadow", cat="Tom") != pytest.approx(2.75), "the shadow alone is not the nap"
    assert shadows.read("worst") < 1e-14
    assert [round(shadows.read("shadow", cat="Tom"), 2), round(shadows.read("length"), 2)] == [1.29, 2.14]


@pytest.mark.parametrize("cat", CATS)
def test_the_foot_is_the_nearest_point_of_the_ruler(shadows, cat):
    x, w = CATS[cat], [Fraction(2), Fraction(3, 4)]
    share = sum(w[i] * Fraction(x[i]) for i in range(2)) / sum(v * v for v in w)
    assert shadows.row("foot", "input", cat=cat) == pytest.approx([float(share * v) for v in w], abs=1e-14)
    here = math.dist(x, shadows["foot"][list(CATS).index(cat)])
    for along in np.linspace(-3, 3, 601):
        assert math.dist(x, along * shadows["direction"]) >= here - 1e-12
    assert shadows.read("drop_dot", cat=cat) == pytest.approx(0, abs=1e-14)


def test_ticks_of_the_ruler_have_the_nap_that_they_say(shadows):
    for label in ("0", "1", "2", "3"):
        nose, ear = shadows.row("tick", "input", nap=label)
        assert shadows.read("tick_nap", nap=label) == float(label)
        assert 2 * nose + 0.75 * ear == pytest.approx(float(label), abs=1e-14)
    assert shadows.read("tick_gap") * shadows.read("length") == pytest.approx(1)


def test_shadow_refuses_a_row_of_zeros():
    with pytest.raises(ResultError, match="no length"):
        shadow(W=[[0, 0], [1, 1]], cats=CATS, seed=7)


# -- lines of equal answers ------------------------------------------------------------------------


def test_reference_points_on_the_lines(lines):
    for nose, ear in (("0", Fraction(8, 3)), ("1", Fraction(0)), ("2", Fraction(-8, 3))):
        assert lines.read("crossing", value="2", nose=nose, input="ear") == pytest.approx(float(ear), abs=1e-14)
        assert lines.read("crossing_nap", value="2", nose=nose) == pytest.approx(2, abs=1e-14)
    assert lines.row("foot", "input", value="2") == pytest.approx([0.8767, 0.3288], abs=5e-5)
    assert lines.row("foot", "input", value="1") == pytest.approx([0.4384, 0.1644], abs=5e-5)
    assert lines.row("on_axis", "input", value="1", axis="no ear") == pytest.approx([0.5, 0])
    assert lines.row("on_axis_out", "output", value="1", axis="no ear") == pytest.approx([1, -0.375])
    assert lines.row("on_axis", "input", value="1", axis="no nose") == pytest.approx([0, 4 / 3])
    assert lines.row("on_axis_out", "output", value="1", axis="no nose") == pytest.approx([1, 8 / 3])


def test_the_nap_stands_still_and_the_luck_runs(lines):
    for v, value in enumerate((1.0, 2.0)):
        for nose, ear in lines["point"][v]:
            assert 2 * nose + 0.75 * ear == pytest.approx(value, abs=1e-13)
        assert len({round(luck, 9) for luck in lines["out"][v, :, 1]}) == 61
        assert lines["nap_spread"][v] < 1e-13
        assert lines["luck_spread"][v] == pytest.approx(8 * math.sqrt(4.5625)), (
            "reach · 2 · scale: luck's row is at right angles"
        )


def test_the_foot_is_the_point_nearest_to_zero(lines):
    for v in range(2):
        nearest = np.linalg.norm(lines["foot"][v])
        assert np.all(np.linalg.norm(lines["point"][v], axis=1) >= nearest - 1e-12)
        assert lines["foot"][v] @ lines["along"] == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"W": [[2, 0], [0, 1]]}, "other than zero"),
        ({"n": 1}, "n has to be"),
        ({"reach": 0.0}, "reach"),
        ({"values": []}, "lists of numbers"),
    ],
)
def test_level_set_refuses(change, message):
    call = {"W": W, "values": [1.0], "noses": [0.0], "n": 5, "reach": 1.0, "seed": 7} | change
    with pytest.raises(ResultError, match=message):
        level_set(**call)


# -- the episode's declaration ---------------------------------------------------------------------


def test_every_declared_analysis_runs_in_order():
    results = {}
    for call in numbers.ANALYSES:
        inputs = {name: results[i] for name, i in call.inputs.items()}
        results[call.id] = replace(
            find(call.function, "")(**inputs, **call.parameters, seed=numbers.SEED), name=call.id
        )
    assert list(results) == ["cats", "fit", "ruler", "same", "net", "map", "shadow", "lines"]
    assert results["map"].read("a", cat="Tom", output="nap") == results["cats"].read("nap", cat="Tom")
    assert results["shadow"].read("nap", cat="Tom") == pytest.approx(results["map"].read("a", cat="Tom", output="nap"))
