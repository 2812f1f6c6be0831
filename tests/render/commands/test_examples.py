"""Every command has examples, and each of them can be typed."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer

from tapehead.render.commands.cli import app
from tapehead.render.commands.examples import EXAMPLES


def leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    for word, each in command.commands.items():
        if hasattr(each, "commands"):
            yield from leaves(each, f"{name}{word} ")
        else:
            yield f"{name}{word}", each


COMMANDS = dict(leaves(typer.main.get_command(app)))


def test_every_command_has_examples_and_shows_them() -> None:
    assert set(EXAMPLES) == set(COMMANDS)
    for name, command in COMMANDS.items():
        assert f"tapehead {EXAMPLES[name][0]}" in command.epilog


@pytest.mark.parametrize("example", [each for examples in EXAMPLES.values() for each in examples])
def test_an_example_can_be_typed(example: str) -> None:
    name = next(name for name in sorted(EXAMPLES, key=len, reverse=True) if f"{example} ".startswith(f"{name} "))
    words = shlex.split(example)[len(name.split()) :]
    COMMANDS[name].make_context(name, words, resilient_parsing=False)
