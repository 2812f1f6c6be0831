"""Only what is asked for is built: typer reads every option of every command by its annotations, which takes longer
than most of what ``tapehead`` does in a moment (0.13 of 0.31 s of ``--help``, measured).

A command line names one command, so the others are left out; where it names none, the list of all is shown, for which
their names and first sentences are enough.  What is shown is the same (the tests compare), and what is not understood
here is left to the whole of it.
"""

from __future__ import annotations

import copy
import select
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from tapehead.analysis.errors import EndedEarlyError

WIDTH = 100
"""Columns of a help text at most: longer lines are hard to read."""


class Commands(TyperGroup):
    """All commands: the list tells their first sentences whole, and what ends early within one is told as well."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is asked for.

        Typer takes any ``EOFError`` for Ctrl-D and any broken pipe for a reader of our words that went away, and ends
        without a word.  Ctrl-D at a prompt is an ``Abort`` already where it arrives here.

        Raises:
            EndedEarlyError: it was neither.
        """
        try:
            return super().invoke(ctx)
        except EOFError as error:
            raise EndedEarlyError(error, _noticed_in(error)) from error
        except BrokenPipeError as error:
            if _nobody_reads():
                raise
            raise EndedEarlyError(error, _noticed_in(error)) from error

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write a line or two for each command; click cuts them off with dots."""
        shown = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, command.get_short_help_str(limit=10**6)) for name, command in shown if command is not None]
        if rows:
            with formatter.section("Commands"):
                formatter.write_dl(rows)


def ask(text: str) -> str:
    """A line from whoever sits there, as ``input`` gives it; Ctrl-D is an ``Abort`` here, and an error nowhere else."""
    try:
        return input(text)
    except EOFError:
        raise typer.Abort from None


def _noticed_in(error: BaseException) -> str:
    """Module and line where an error came out of what we call."""
    ours = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        if (module := str(frame.f_globals.get("__name__", ""))).startswith("tapehead."):
            ours = f"{module}, line {line}"
    return ours


def _nobody_reads() -> bool:
    """Whether what we say goes into a pipe that nobody reads any more, as after ``| head``."""
    if not hasattr(select, "poll"):  # Windows: no other pipe of ours was ever seen to break there
        return True
    poll = select.poll()
    for stream in (1, 2):
        poll.register(stream, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))


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
