"""What is read from a file without running it is what Python would make of it, or unknown."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehead.render.start.plain_values import MISSING, Module, UnknownError, turns_of, value_of, values_of_module

HELD: dict[str, Any] = {"words": {"a": "one", "b": ["two", "three"]}, "name": "Ada", "n": 2, "own": Module({"X": "x"})}


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    "text",
    [
        "'a' 'b' + name", "words['a']", "words['b'][-1]", "f'{name} is {n}'",
        "'  a '.strip()", "'{}-'.replace('{}', name)", "', '.join(words['b'])", "[name, n]", "{'k': name}['k']",
        "name.upper() + '!'", "len(words['b'])", "list(reversed(words['b']))", "'a b'.split()",
    ],
)  # fmt: skip
def test_as_python_has_it(text: str) -> None:
    assert value_of(expression(text), HELD) == eval(text, {}, HELD)


def test_a_name_of_a_module_beside() -> None:
    assert value_of(expression("own.X"), HELD) == "x"


@pytest.mark.parametrize(
    "text",
    [
        "other", "words['c']", "words[0]", "open('x').read()", "f'{n:.2f}'", "f'{name!r}'", "name + n", "own.Y",
        "name.y",
        "__import__('os')", "name.format(n)", "lambda: 1", "('a' if n else 'b')", "{**words}", "name.encode()",
        "name[9]",
        "'aa'.replace('a', x)",
    ],
)  # fmt: skip
def test_what_takes_a_run_is_unknown(text: str) -> None:
    with pytest.raises(UnknownError):
        value_of(expression(text), HELD)


def test_little_does_not_become_much() -> None:
    much = {"x": "a" * 10_000, "y": ["a"] * 9_000}
    for text in ("x.replace('a', x)", "x.join(y)", "+".join(["x"] * 200), "+".join(["x"] * 900)):
        with pytest.raises(UnknownError):
            value_of(expression(text), much)


leaves = st.one_of(st.text(max_size=5), st.integers(-9, 9), st.booleans(), st.none())
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
)


@given(values)
def test_whatever_is_written_out_is_read(value: Any) -> None:
    assert value_of(expression(repr(value)), {}) == value


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("range(3)", [0, 1, 2]),
        ("range(4, 0, -2)", [4, 2]),
        ("enumerate(words['b'], 1)", [[1, "two"], [2, "three"]]),
        ("words.items()", [["a", "one"], ["b", ["two", "three"]]]),
        ("words", ["a", "b"]),
        ("zip(cards, words['b'])", [[MISSING, "two"], [MISSING, "three"]]),
    ],
)
def test_the_turns_of_a_loop(text: str, turns: list[Any]) -> None:
    assert turns_of(expression(text), HELD) == turns


@pytest.mark.parametrize("text", ["cards", "range(10**9)", "range(n, 5, 0)", "zip(cards)", "range('a')", "n"])
def test_loops_of_which_nothing_is_known(text: str) -> None:
    with pytest.raises(UnknownError):
        turns_of(expression(text), HELD)


def test_a_module_and_what_it_imports(tmp_path: Path) -> None:
    (tmp_path / "words.py").write_text("from more import LAST\nFIRST = 'a'\n_OWN = 'b'\nRUN = print('x')\n")
    (tmp_path / "more.py").write_text("import words\nLAST: str = 'z'\n")  # a circle, as people have them
    (tmp_path / "broken.py").write_text("LAST = (")
    source = (
        "from words import *\nimport more as m\nfrom broken import LAST as L\nfrom .words import FIRST as one\n"
        "A, B = FIRST, m.LAST\nC = A\nC = input()\n"
    )
    names = values_of_module(ast.parse(source), tmp_path)
    assert {name: names.get(name) for name in ("FIRST", "LAST", "A", "B", "one")} == {
        "FIRST": "a", "LAST": "z", "A": "a", "B": "z", "one": "a",
    }  # fmt: skip
    assert not {"_OWN", "RUN", "C", "L"} & set(names)
