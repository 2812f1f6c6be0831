"""The one exception tree of tapehead.

A message says what was asked, what was found, and what to do.  The command line turns every
:class:`TapeheadError` into one line and an exit code; anything else is a bug and keeps its traceback.
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable

_REMEDIES = {
    errno.EMFILE: "close files or raise the limit (`ulimit -n`)",
    errno.ENFILE: "close files or raise the system's limit",
    errno.EACCES: "ask its owner for the right to read it",
    errno.EPERM: "ask its owner for the right to read it",
    errno.EIO: "look after the disk",
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EROFS: "choose a place that can be written",
    errno.ESTALE: "mount the network disk again",
}

_LISTED = 12
"""Names that a message lists where none is near."""


def cause_of(error: OSError) -> str:
    """What the system says, of which file, and what can be done about it: on one line, for a message."""
    said = error.strerror or str(error) or type(error).__name__
    where = f" ({error.filename})" if error.filename else ""
    remedy = _REMEDIES.get(error.errno or 0, "look after what the system complains of")
    return f"{said}{where}; {remedy}, then run the same command again"


def first_line(error: BaseException) -> str:
    """What a library says, on one line; it may quote a file of megabytes."""
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


class TapeheadError(Exception):
    """Something the user can act on.  ``exit_code`` is what the command line returns."""

    exit_code = 1


class UsageError(TapeheadError):
    """What was asked for does not exist or does not fit: nothing was started, nothing written."""

    exit_code = 2


class UnknownNameError(UsageError):
    """A name that is not among the choices; the message names the nearest ones."""

    def __init__(self, kind: str, name: str, choices: Iterable[str], hint: str = "") -> None:
        self.kind, self.name, self.choices = kind, name, sorted(choices)
        if len(name) > 200 or not name.isprintable():  # a name may come from anywhere, a message is one line
            name = ascii(name[:60])[1:-1]
        near = difflib.get_close_matches(name, self.choices, n=3, cutoff=0.4)
        if near:
            told = f": did you mean {', '.join(near)}?"
        elif len(self.choices) > 1:
            more = f" … ({len(self.choices)} in all)" if len(self.choices) > _LISTED else ""
            told = f"; there are: {', '.join(self.choices[:_LISTED])}{more}"
        else:
            told = f"; there is only {self.choices[0]}" if self.choices else "; there is none at all"
        stop = "." if hint and not near else ""
        super().__init__(f"unknown {kind} '{name}'{told}{stop}{' ' + hint if hint else ''}")


class EpisodeError(UsageError):
    """An episode's declaration or script is not usable."""


class ResultError(TapeheadError):
    """A result lacks what was asked of it, or its parts do not fit together."""


class StoreError(TapeheadError):
    """The store cannot be read or written."""


class DamagedEntryError(StoreError):
    """A stored file does not match its recorded size or digest."""


class MissingPartError(TapeheadError):
    """A library, codec or voice is not installed; the message holds the line that installs it."""


class OutputError(TapeheadError):
    """The output place is read-only, full or gone."""


class LayoutError(TapeheadError):
    """The layout has something to be looked at, and the user wants that to be an error."""


class WorkerError(TapeheadError):
    """A worker process failed; the message is short, ``log`` names the file with the whole story."""

    def __init__(self, message: str, log: str = "") -> None:
        self.log = log
        super().__init__(message + (f"\n  full report: {log}" if log else ""))


class RefusedError(WorkerError):
    """Scenes that cannot be drawn, each for a reason of its own; all others were drawn, and are kept."""


class EndedEarlyError(TapeheadError):
    """A file or another process ended before all was read of it; ``where`` in our code that was noticed."""

    def __init__(self, error: BaseException, where: str) -> None:
        said = first_line(error)
        told = f": {said}" if said != type(error).__name__ else ""
        super().__init__(
            f"a file is cut short, or another process that was spoken to is gone{told} (noticed in {where}); run "
            "the same command again. If it ends here once more, `tapehead store verify` finds what is damaged in the "
            "store, and a file of your own is to be made or copied again"
        )


class Interrupted(TapeheadError):  # noqa: N818 - it is not an error of anybody's
    """The user pressed Ctrl-C."""

    exit_code = 130
