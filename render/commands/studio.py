"""`tapehead studio`: work on a film in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tapehead.analysis.errors import OutputError, UsageError
from tapehead.render.commands.options import EpisodeArgument, Out, Voice

if TYPE_CHECKING:
    from tapehead.render.studio.desk import Desk


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("studio")(studio)


def studio(
    episode: EpisodeArgument,
    voice: Voice = "auto",
    out: Out = Path("out"),
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen; 0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
) -> None:
    """Work on a film in the browser: frames, words, tape, on this machine only."""
    needed()
    from tapehead.render.studio.server import Studio

    serve(Studio(episode, voice, out, warm=True), port, browser)


def needed() -> None:
    """Find out that what the studio needs is installed.

    Raises:
        UsageError: it is not; the message says what to do.
    """
    try:
        import starlette  # noqa: F401
        import tomlkit  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise UsageError(
            f"the studio needs {error.name}, which is not installed; `pip install 'tapehead[studio]'` brings it"
        ) from None


def serve(desk: Desk, port: int, browser: bool) -> None:
    """Listen on this machine until Ctrl-C.

    Raises:
        UsageError: the page is not built.
        OutputError: the port cannot be used.
    """
    import secrets
    import socket
    import webbrowser

    import uvicorn

    from tapehead.render.studio.server import WEB, application

    if not (WEB / "index.html").is_file():
        raise UsageError("the studio's page is not built; run `npm ci && npm run build` in render/studio/web")
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        raise OutputError(f"port {port} cannot be used: {error.strerror}; --port 0 takes a free one") from None
    token, port = secrets.token_urlsafe(24), listening.getsockname()[1]
    address = f"http://127.0.0.1:{port}/?token={token}"
    typer.echo(f"{address}  (Ctrl-C ends)")
    if browser:
        webbrowser.open(address)
    server = uvicorn.Server(uvicorn.Config(application(desk, token, port), log_level="warning", ws="websockets-sansio"))
    server.run(sockets=[listening])
