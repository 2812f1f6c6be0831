"""Whether films can be written where they are to lie."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tapehead.analysis.errors import OutputError


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Within, what keeps a file from being written is told with what helps.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}; free some space or choose another place with --out"
        ) from error


def ensure_writable(folder: Path) -> None:
    """Find out before the work, not after it, that nothing can be written there.

    Raises:
        OutputError: ``folder`` cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".tapehead-probe"
        try:
            probe.write_bytes(b"x")
        finally:
            probe.unlink(missing_ok=True)
