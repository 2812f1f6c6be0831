"""The command line.  Heavy imports happen inside the command that needs them: ``--help`` is instant."""

from __future__ import annotations

import os
import sys
from typing import Annotated, NoReturn

import typer

from tapehead.analysis.errors import Interrupted, TapeheadError
from tapehead.render.commands import store as store_commands
from tapehead.render.commands import tape as tape_commands
from tapehead.render.commands.analyze import add_to as add_analyze
from tapehead.render.commands.check import add_to as add_check
from tapehead.render.commands.circuit import add_to as add_circuit
from tapehead.render.commands.cluster import add_to as add_planning
from tapehead.render.commands.complaints import complain, usage_or_raise
from tapehead.render.commands.deliver import add_to as add_delivery
from tapehead.render.commands.directions import add_to as add_directions
from tapehead.render.commands.examples import add_examples
from tapehead.render.commands.export import add_to as add_export
from tapehead.render.commands.films import add_to as add_films
from tapehead.render.commands.friends import friends
from tapehead.render.commands.new import add_to as add_new
from tapehead.render.commands.overlap import add_to as add_overlap
from tapehead.render.commands.overview import add_to as add_overview
from tapehead.render.commands.page import add_to as add_page
from tapehead.render.commands.patterns import add_to as add_patterns
from tapehead.render.commands.quick import WIDTH, Commands, only_what_is_asked_for
from tapehead.render.commands.sales import sales
from tapehead.render.commands.short import add_to as add_short
from tapehead.render.commands.spoken import add_to as add_spoken
from tapehead.render.commands.studio import add_to as add_studio
from tapehead.render.commands.train import add_to as add_train
from tapehead.render.commands.verify import verify_app
from tapehead.render.room import is_lack, lack, too_little

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # plain text: what draws boxes around it takes as long to be imported as all the rest of a help text takes
    rich_markup_mode=None,
    context_settings={"max_content_width": WIDTH},
    help="Render explainer videos in which every number on screen was computed.",
)
app.add_typer(store_commands.app, name="store")
app.add_typer(verify_app, name="verify")
app.add_typer(tape_commands.app, name="tape")


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"tapehead {version('tapehead')}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    pass


def main() -> NoReturn:
    """Run the command; a user's mistake becomes one message and an exit code, never a traceback."""
    if narrow := "" if _is_light(sys.argv[1:]) else too_little():
        complain(narrow)
        sys.exit(1)
    try:
        asked = app if _completes() else only_what_is_asked_for(app, sys.argv[1:])
        # typer hands the code of typer.Exit back as the value
        code = asked(standalone_mode=False, prog_name="tapehead") or 0
    except TapeheadError as error:
        complain(str(error))
        code = error.exit_code
    except KeyboardInterrupt:
        complain(str(Interrupted("stopped")))
        code = Interrupted.exit_code
    except ImportError as error:
        if is_lack(error):
            complain(lack("a library cannot be loaded"))
            sys.exit(1)
        complain(f"a library is missing or broken: {error}; `tapehead doctor` says what to do")
        code = 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except Exception as error:
        code = usage_or_raise(error)
    sys.exit(code)


def _completes() -> bool:
    """Whether a shell asks for completions: these may be of any command."""
    return any(name.startswith("_TAPEHEAD_COMPLETE") for name in os.environ)


_LIGHT = ("list", "store", "new", "--version")
"""Commands that load no library which computes."""


def _is_light(words: list[str]) -> bool:
    return not words or words[0] in _LIGHT or "--help" in words


add_overview(app)
add_analyze(app)
add_films(app)
add_train(app)
add_export(app)
add_new(app)
add_check(app)
add_short(app)
add_delivery(app)
add_page(app)
add_studio(app)
add_planning(app)
add_patterns(app)
add_spoken(app)
app.command()(sales)
add_circuit(app)
add_directions(app)
add_overlap(app)
app.command()(friends)
add_examples(app)

if __name__ == "__main__":
    main()
