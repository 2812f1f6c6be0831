"""Components, circuits and their sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.components import Circuit, Component, component, head_labels, jaccard, mlp_labels

PARTS = st.sets(st.tuples(st.integers(0, 2), st.integers(-1, 3)).map(lambda at: Component(*at)))


@pytest.mark.parametrize("text", ["2.7", "0.0", "11.10", "MLP 3", "MLP 0"])
def test_written_and_read(text: str) -> None:
    assert str(component(text)) == text
    assert str(component(f" {text} ")) == text
    assert component(text).is_mlp == text.startswith("MLP")


@pytest.mark.parametrize("text", ["", "2", "2.", ".7", "-1.2", "2.-1", "MLP", "MLP -1", "MLP 1.2", "head 2.7", "2.7.1"])
def test_what_is_no_component(text: str) -> None:
    with pytest.raises(UsageError, match=f"'{text}' is no component"):
        component(text)


@pytest.mark.parametrize("one", [Component(3, 0), Component(0, 4), Component(-1, 0), Component(0, -2), Component(3)])
def test_unknown_component(one: Component) -> None:
    full = Circuit.full(3, 4)
    for ask in (lambda: Circuit.of([one], 3, 4), lambda: full.without(one), lambda: full.plus(one)):
        with pytest.raises(UsageError, match="3 layers and 4 heads"):
            ask()
    assert one not in full


def test_shapes_that_do_not_belong_together() -> None:
    with pytest.raises(UsageError, match=r"\(2, 3\), \(3,\)"):
        Circuit(np.ones((2, 3)), np.ones(3))
    with pytest.raises(UsageError, match="heads"):
        Circuit(np.ones(3), np.ones(3))


@given(PARTS, PARTS)
def test_circuits_are_sets(a: set[Component], b: set[Component]) -> None:
    one, two = Circuit.of(a, 3, 4), Circuit.of(b, 3, 4)
    assert set(one) == a and len(one) == len(a)
    assert set(one & two) == a & b and set(one | two) == a | b
    assert set(one.without(*b)) == a - b and set(one.plus(*b)) == a | b
    assert (one == two) == (a == b) and (one.key() == two.key()) == (a == b)
    assert all((part in one) == (part in a) for part in Circuit.full(3, 4))
    if a == b:
        assert hash(one) == hash(two)
    for below in range(4):
        same = {p for p in a if p.layer < below} == {p for p in b if p.layer < below}
        assert (one.key(below) == two.key(below)) == same
    heads = {p for p in a if not p.is_mlp}, {p for p in b if not p.is_mlp}
    union = len(heads[0] | heads[1])
    assert jaccard(one.heads, two.heads) == pytest.approx(len(heads[0] & heads[1]) / union if union else 1)


def test_order_is_that_of_the_forward_pass() -> None:
    assert [str(one) for one in Circuit.full(2, 2)] == ["0.0", "0.1", "MLP 0", "1.0", "1.1", "MLP 1"]
    assert head_labels(2, 2) == ("0.0", "0.1", "1.0", "1.1")
    assert mlp_labels(2) == ("MLP 0", "MLP 1")


def test_a_circuit_does_not_change() -> None:
    heads = np.ones((2, 2), dtype=bool)
    circuit = Circuit(heads, np.ones(2))
    heads[0, 0] = False
    assert Component(0, 0) in circuit
    with pytest.raises(ValueError, match="read-only"):
        circuit.heads[0, 0] = False
    assert circuit.without(Component(1, 1)) != circuit == Circuit.full(2, 2)
    assert circuit != "something else"
