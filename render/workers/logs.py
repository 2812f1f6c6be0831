"""Logs of what went wrong, beside a film: written into a folder of ours, and removed from nobody else's.

A user's folder may be called ``logs`` too.  So ours has a mark in it; where ``logs`` is there without one, the logs go
to ``tapehead-logs``, and only files that we write are ever removed.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from tapehead.analysis.store import write_atomically

MARK = ".made-by-tapehead"
_SAYS = "tapehead wrote the logs in this folder and removes them, and this file, when the film is there.\n"


def write_log(folder: Path, name: str, text: str) -> str:
    """Keep a log in ``folder``, or beside it; returns where, or nothing where that cannot be written."""
    for place in _places(folder):
        try:
            if place.is_symlink() or (place.exists() and not (place / MARK).is_file()):
                continue
            if not place.exists():
                write_atomically(place / MARK, _SAYS)
            path = place / f"{name}.log"
            write_atomically(path, text)
        except OSError:
            return ""
        return str(path)
    return ""


def remove_logs(folder: Path) -> None:
    """Remove the logs that :func:`write_log` left there; a folder that holds anything else stays."""
    for place in _places(folder):
        with contextlib.suppress(OSError):
            if place.is_symlink() or not (place / MARK).is_file():
                continue
            for path in sorted(place.glob("*.log")):
                path.unlink(missing_ok=True)
            (place / MARK).unlink()
            place.rmdir()


def _places(folder: Path) -> tuple[Path, Path]:
    return folder, folder.with_name(f"tapehead-{folder.name}")
