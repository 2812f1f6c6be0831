"""Commands in README and docs exist, with every option that they are shown with."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer

from tapehead.render.commands.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"(?:^|`|bin/)tapehead ([a-z][^`\n]*)", re.MULTILINE)


@cache
def known_commands() -> Any:
    """All commands with their options, put together once: that takes longer than to look one up."""
    return typer.main.get_command(app)


def commands() -> list[tuple[str, str]]:
    return [(page.name, found) for page in PAGES for found in COMMAND.findall(page.read_text(encoding="utf-8"))]


def wrong(shown: str) -> str:
    """What is wrong with a command, or nothing."""
    words = shlex.split(shown.partition(" #")[0])
    command = known_commands()
    while words and hasattr(command, "commands"):
        name = words.pop(0)
        if name == "|":
            break
        if name not in command.commands:
            return f"there is no command '{name}'"
        command = command.commands[name]
    known = {option for each in command.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    asked = [word.partition("=")[0].strip(",.;:)`'\"") for word in words if re.match(r"--?[a-z]", word)]
    return next((f"'{command.name}' has no option {option}" for option in asked if option not in known), "")


@pytest.mark.parametrize(("page", "shown"), commands())
def test_what_is_shown_can_be_typed(page: str, shown: str) -> None:
    assert wrong(shown) == "", f"{page}: tapehead {shown}"


def test_what_cannot_be_typed_is_found() -> None:
    assert len(commands()) > 30
    assert wrong("tape show") == "there is no command 'show'"
    assert wrong("tape apply --tape soft.json IN OUT") == "'apply' has no option --tape"
