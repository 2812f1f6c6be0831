"""A role has one colour in the films about circuits: digits, words and months, and what is only a control."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tapehead.scenes.stage.palette import EAR, LUCK, NOSE

FILMS = ("sequence_circuits", "one_is_1")
KINDS = {"numerals": NOSE, "digits": NOSE, "words": EAR, "number words": EAR, "months": LUCK}
DOINGS = ("same", "copy", "next", "reads the last", "says the next")
CONTROL = re.compile(r"\b(random|hat|shuffles?|loudest)\b")
"""In a caption that names a control."""


def modules(film: str) -> Iterator[str]:
    package = importlib.import_module(f"tapehead.scenes.{film}")
    yield from (f"tapehead.scenes.{film}.{found.name}" for found in pkgutil.iter_modules(package.__path__))


def rows(value: object) -> Iterator[tuple[str, ...]]:
    """Tuples of texts in a module's constant, however deep."""
    if isinstance(value, tuple):
        if value and all(isinstance(one, str) for one in value):
            yield value
        for one in value:
            yield from rows(one)


@pytest.mark.parametrize("film", FILMS)
def test_each_kind_has_one_colour(film: str) -> None:
    seen = 0
    for name in modules(film):
        for value in vars(importlib.import_module(name)).values():
            for row in rows(value):
                colours = [text for text in row if text.startswith("#")]
                kinds = [text for text in row if text in KINDS]
                if len(colours) == 1 and kinds:
                    assert {KINDS[kind] for kind in kinds} == set(colours), (name, row)
                    seen += 1
    assert seen > 5


@pytest.mark.parametrize("film", FILMS)
def test_what_a_head_does_never_wears_the_colour_of_a_kind(film: str) -> None:
    """To copy is no alphabet: "same" beside "next" is told apart by brightness alone."""
    seen = 0
    for name in modules(film):
        path = importlib.import_module(name).__file__
        assert path is not None
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call | ast.Tuple):
                continue
            parts = node.args if isinstance(node, ast.Call) else node.elts
            if any(isinstance(one, ast.Constant) and one.value in DOINGS for one in parts):
                seen += 1
                worn = {one.id for one in parts if isinstance(one, ast.Name)}
                assert not worn & {"NOSE", "EAR", "LUCK"}, (name, ast.unparse(node))
    assert seen


@pytest.mark.parametrize("film", FILMS)
def test_a_control_never_wears_the_colour_of_a_kind(film: str) -> None:
    for name in modules(film):
        path = importlib.import_module(name).__file__
        assert path is not None
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
            text = call.args[0]
            if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                continue
            if not CONTROL.search(text.value):
                continue
            colour = next((k.value.id for k in call.keywords if k.arg == "color" and isinstance(k.value, ast.Name)), "")
            assert colour not in ("NOSE", "EAR", "LUCK"), f"{name}: '{text.value}' wears {colour}"
