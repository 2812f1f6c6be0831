"""Conditions against Python's own evaluation, and everything that is no condition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.conditions import Condition, Value
from tapehead.scenes.fields import Field

NUMBERS = {"a.x": 3.0, "a.y": -0.5, "b.p": 0.05}
HELD: dict[str, Value] = {**NUMBERS, "a.name": "mini", "a.yes": True, "a.no": False, "s.t[task=ioi,n=2]": 7.0}


def holds(text: str) -> bool:
    return Condition.of(text).holds(lambda field: HELD[str(field)])


numbers = st.recursive(
    st.sampled_from([*NUMBERS, "2", "0.5", "1e-2"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | inner.map(lambda each: f"-{each}")
    ),
    max_leaves=5,
)
comparisons = st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(" ".join)
chains = st.tuples(numbers, st.sampled_from(["<", ">="]), numbers, st.sampled_from(["<=", "!="]), numbers).map(" ".join)
conditions = st.recursive(
    comparisons | chains | st.sampled_from(["True", "False"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(" ".join)
        | inner.map(lambda each: f"not ({each})")
        | inner.map(lambda each: f"({each})")
    ),
    max_leaves=6,
)


class _Space:
    def __init__(self, names: dict[str, float]) -> None:
        self.__dict__.update(names)


@given(conditions)
def test_a_condition_means_what_it_means_in_python(text: str) -> None:
    spaces = {
        name: _Space({key.partition(".")[2]: value for key, value in NUMBERS.items() if key[0] == name})
        for name in ("a", "b")
    }
    try:
        expected = eval(text, {"__builtins__": {}}, spaces)  # our own text: the oracle of this test
    except ZeroDivisionError:
        with pytest.raises(EpisodeError, match="divides by zero"):
            holds(text)
        return
    assert holds(text) is expected


@given(st.text("abc.xy()[]=<>'\"+-*/ 0123notrue&", max_size=40))
def test_any_text_is_a_condition_or_one_clear_line(text: str) -> None:
    try:
        Condition.of(text)
    except EpisodeError as error:
        assert "condition" in str(error) or "names no field" in str(error)
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.name == 'mini'", True),
        ('a.name != "a.x is 3"', True),
        ("a.yes", True),
        ("not a.yes or a.no", False),
        ("a.yes == True", True),
        ("s.t[task=ioi,n=2] > a.x", True),
        ("a.x > 1 and (a.x < 0 or a.x == 1) or s.t[task=ioi,n=2] == 7", True),
    ],
)
def test_texts_yes_and_no_and_places(text: str, expected: bool) -> None:
    assert holds(text) is expected


def test_the_fields_of_a_condition_are_known_without_asking_it() -> None:
    assert Condition.of("a.x < 0 and s.t[task=ioi] > b.p").fields == (
        Field("a", "x"),
        Field("s", "t", "task=ioi"),
        Field("b", "p"),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a.x >", "does not parse"),
        ("a.x > 0 0", "does not parse"),
        ("x > 0", "'x' is no field of a result"),
        ("a.x.real > 0", "more than"),
        ("__import__('os')", "more than"),
        ("a.x.__class__ == 1", "more than"),
        ("(lambda: 1)() == 1", "more than"),
        ("[1][0] == 1", "more than"),
        ("a.x ** 9 > 1", "more than"),
        ("a.x in (1, 2)", "more than"),
        ("a.x is 1", "more than"),
        ("(a.x := 1) > 0", "parse|more than"),
        ("a.x > 1j", "more than"),
        ("f'{a.x}' == ''", "parse|more than"),
        ("a.x", None),
        ("a.x + 1", "decides nothing"),
        ("'yes'", "decides nothing"),
        ("not " * 60 + "a.yes", "nested deeper"),
        ("(" * 500 + "a.yes" + ")" * 400, "parse|longer"),
        ("a.x > 0 or " * 200 + "a.yes", "longer than"),
        ("a.x > 0\nimport os", "does not parse"),
        ("a.x > 0 # \x00", "does not parse"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, says: str | None) -> None:
    if says is None:
        Condition.of(text)  # a yes or no might stand there: only the result can tell
        with pytest.raises(EpisodeError, match=r"'a\.x' is a number and has to be yes or no"):
            holds(text)
        return
    with pytest.raises(EpisodeError, match=says):
        Condition.of(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a.x > 'mini'", "compares a number with a text"),
        ("a.yes > 0", "compares a yes or no with a number"),
        ("a.name > 'a'", "which text is greater"),
        ("a.name + 1 > 0", r"'a\.name' is a text and has to be a number"),
        ("a.x and a.yes", r"'a\.x' is a number and has to be yes or no"),
        ("a.x / 0 > 1", "divides by zero"),
    ],
)
def test_what_does_not_fit_together_is_named(text: str, says: str) -> None:
    with pytest.raises(EpisodeError, match=says):
        holds(text)
