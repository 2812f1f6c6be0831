"""What goes wrong, as one line on stderr in our words, and the exit code that goes with it."""

from __future__ import annotations

import errno
import re
import sys
from typing import Any

from tapehead.analysis.errors import cause_of
from tapehead.render.room import is_lack, lack

_KINDS = {"integer": "a whole number", "number": "a number", "float": "a number", "boolean": "yes or no"}
_KIND = re.compile(r"\ba? ?valid (integer|number|float|boolean)\b")
_LIMIT = re.compile(r"(greater|less) than( or equal to)? (-?[\d.]+)")
_RANGE = re.compile(r"is not in the range (?:(-?[\d.]+)<=)?x(?:(<=|>=)(-?[\d.]+))?")
_TRANSIENT = (errno.EMFILE, errno.ENFILE, errno.ESTALE, errno.EAGAIN, errno.ENOMEM)
_OUTSIDE = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)
"""What the world does to us, and no bug of ours."""


def complain(message: str) -> None:
    """Say it on stderr, as from us."""
    sys.stderr.write(f"tapehead: {message}\n")


def usage_or_raise(error: Exception) -> int:
    """Click's own complaints (unknown option, missing argument) in our form; anything else is a bug of ours."""
    if type(error).__name__ == "NoArgsIsHelpError":
        sys.stderr.write(f"{error}\n")
        return 2
    if hasattr(error, "format_message") and hasattr(error, "exit_code"):
        complain(_in_our_words(error))
        return int(error.exit_code)
    if type(error).__name__ == "Abort":
        return 130
    if isinstance(error, OSError) and error.errno in _OUTSIDE:
        complain(f"{error.filename or 'a file'}: {error.strerror}; free some space, or choose places that can be used")
        return 1
    if isinstance(error, OSError) and error.errno in _TRANSIENT:
        complain(cause_of(error))
        return 1
    if is_lack(error):
        complain(lack("stopped"))
        return 1
    raise error


def _in_our_words(error: Any) -> str:
    """What click and typer say of a value, as a sentence: ``--jobs takes a whole number, not 'two'``.

    Their releases word it differently, so it is the words that count which are looked for; what is not understood is
    passed on as it is.
    """
    names = list(getattr(getattr(error, "param", None), "opts", ()))
    said = str(getattr(error, "message", ""))
    if names and names[0].startswith("-"):
        wanted = ""
        if kind := _KIND.search(said):
            wanted = _KINDS[kind[1]]
        elif limit := _LIMIT.search(said):
            wanted = f"{limit[3]} or {'more' if limit[1] == 'greater' else 'less'}" if limit[2] else limit[0]
        elif span := _RANGE.search(said):
            low, sign, high = span.groups()
            low, high = (high, None) if sign == ">=" else (low, high)
            wanted = f"from {low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
        if wanted:
            given = _given(names)
            return f"{names[-1]} takes {wanted}" + (f", not '{given}'" if given else "")
    return str(error.format_message())


def _given(names: list[str]) -> str:
    """The value that was typed after an option."""
    words = sys.argv[1:]
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            return value if equals else words[at + 1] if at + 1 < len(words) else ""
    return ""
