"""Only what is asked for is built: typer reads every option of every command by its annotations, which takes longer
than most of what ``tapehead`` does in a moment (0.13 of 0.31 s of ``--help``, measured).

A command line names one command, so the others are left out; where it names none, the list of all is shown, for which
their names and first sentences are enough.  What is shown is the same (the tests compare), and what is not understood
here is left to the whole of it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

WIDTH = 100
"""Columns of a help text at most: longer lines are hard to read."""


class Commands(TyperGroup):
    """A group whose list of commands tells their first sentences whole, over two lines where one is too short."""

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line or two for each command; click cuts them off with dots."""
        shown = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(limit=10**6)) for name, command in shown if command is not None]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def only_what_is_asked_for(app: typer.Typer, arguments: Sequence[str]) -> typer.Typer:
    """The part of ``app`` that these arguments need; ``app`` itself where that cannot be told."""
    if all(argument == "--help" for argument in arguments[:1]):
        return _with(
            app,
            commands=[_outline(command) for command in app.registered_commands],
            groups=[_outline_of_group(group) for group in app.registered_groups],
        )
    first = arguments[0]
    commands = [command for command in app.registered_commands if name_of(command) == first]
    groups = [group for group in app.registered_groups if group.name == first]
    if len(commands) + len(groups) != 1:
        return app
    return _with(app, commands=commands, groups=groups)


def name_of(command: Any) -> str:
    """What is typed for a command: its name, or its function's with dashes."""
    return command.name or str(command.callback.__name__).lower().replace("_", "-")


def _with(app: typer.Typer, *, commands: list[Any], groups: list[Any]) -> typer.Typer:
    part = copy.copy(app)
    part.registered_commands = commands
    part.registered_groups = groups
    return part


def _outline(command: Any) -> Any:
    """A command without its options, for a line in a list."""
    outline = copy.copy(command)
    outline.callback = _without_options(command.callback)
    return outline


def _without_options(function: Callable[..., Any]) -> Callable[[], None]:
    def outline() -> None: ...

    outline.__name__ = function.__name__
    outline.__doc__ = function.__doc__
    return outline


def _outline_of_group(group: Any) -> Any:
    outline = copy.copy(group)
    if group.typer_instance is not None:
        outline.typer_instance = _with(group.typer_instance, commands=[], groups=[])
        outline.typer_instance.registered_callback = None
    return outline
