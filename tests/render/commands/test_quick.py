"""The part of the command line that is built shows and does what the whole of it shows and does."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

from tapehead.render.commands.cli import app
from tapehead.render.commands.quick import name_of, only_what_is_asked_for

NAMES = [name_of(command) for command in app.registered_commands]
GROUPS = [str(group.name) for group in app.registered_groups]


def helped(part: typer.Typer, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(part, [*arguments])
    return result.exit_code, result.output


@pytest.mark.parametrize("arguments", [[], ["--help"], *([name, "--help"] for name in ["render", "train", *GROUPS])])
def test_the_part_shows_what_the_whole_shows(arguments: list[str]) -> None:
    part = only_what_is_asked_for(app, arguments)
    assert part is not app
    assert helped(part, *arguments) == helped(app, *arguments)


def test_the_list_tells_every_first_sentence_whole() -> None:
    _, text = helped(only_what_is_asked_for(app, ["--help"]), "--help")
    assert "..." not in text.split("Commands:")[1]
    for name in [*NAMES, *GROUPS]:
        assert f"\n  {name} " in text


@pytest.fixture(scope="module")
def whole() -> Any:
    """All commands, put together once."""
    return typer.main.get_command(app)


@pytest.mark.parametrize("name", [*NAMES, *GROUPS])
def test_one_command_is_built_whole_and_alone(name: str, whole: Any) -> None:
    part = typer.main.get_command(only_what_is_asked_for(app, [name, "x"]))
    assert isinstance(part, TyperGroup)
    assert isinstance(whole, TyperGroup)
    assert list(part.commands) == [name]
    assert [each.name for each in part.commands[name].params] == [each.name for each in whole.commands[name].params]


@pytest.mark.parametrize("arguments", [["rendr"], ["--version"], ["--quality", "render"]])
def test_what_names_no_command_is_left_to_the_whole(arguments: list[str]) -> None:
    assert only_what_is_asked_for(app, arguments) is app


def test_the_list_needs_no_boxes() -> None:
    """rich and its Markdown are a third of the time of a help text; nothing heavy is imported either."""
    code = (
        "import sys; sys.argv = ['tapehead', '--help']\n"
        "from tapehead.render.commands.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'rich', 'numpy', 'torch', 'manim', 'markdown_it'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "Commands:" in ended.stdout


def test_nothing_asked_shows_the_list_and_no_complaint() -> None:
    code = "import sys; sys.argv = ['tapehead']\nfrom tapehead.render.commands.cli import main\nmain()"
    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr.startswith("Usage: tapehead ")
