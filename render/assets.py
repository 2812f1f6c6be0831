"""Where the files that ship with tapehead are found, installed or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from tapehead.analysis.errors import MissingPartError


def asset(path: str) -> Path:
    """The file or folder ``path`` (relative, with ``/``) inside the ``assets`` package.

    Raises:
        MissingPartError: it is not there: the installation is incomplete.
    """
    found = Path(str(files("tapehead.assets"))).joinpath(*path.split("/"))
    if not found.exists():
        raise MissingPartError(f"tapehead's own file assets/{path} is missing; install again: pip install -e .")
    return found
