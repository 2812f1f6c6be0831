"""Calling an analysis, which is somebody's function: it gives a result, or one line that says where it failed.

What it returns has a bound, since a scene reads numbers one by one: an array of a thousand million would be written,
digested and copied to every worker for nothing.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from tapehead.analysis.errors import Interrupted, ResultError, TapeheadError
from tapehead.analysis.outside_files import shown
from tapehead.analysis.results import Result

MOST = 512 * 2**20
"""Bytes of all arrays of a result."""


def called(whose: str, function: Callable[[], Any], seed: int) -> Result:
    """What an analysis returns.

    Python's and NumPy's own random numbers start from ``seed`` and are put back afterwards: an analysis that forgot to
    seed them gives the same result on every machine all the same.  One that asks the clock or the system does not.

    Raises:
        ResultError: it failed, returned something else, or more than :data:`MOST` bytes.
        TapeheadError: its own complaint.
    """
    try:
        with _seeded(seed):
            found = function()
    except (KeyboardInterrupt, GeneratorExit, Interrupted, TapeheadError):
        raise
    except BaseException as error:  # sys.exit() too, and the panic of a library
        raise ResultError(f"{whose} failed: {_place(error)}{_reason(error)}") from error
    if not isinstance(found, Result):
        raise ResultError(f"{whose} returned {shown(found)}; an analysis returns a Result")
    size = sum(one.values.nbytes for one in found.quantities.values())
    if size > MOST:
        name, largest = max(found.quantities.items(), key=lambda item: item[1].values.nbytes)
        raise ResultError(
            f"{whose} returned {size / 2**30:.1f} GiB, most of it {shown(name)} with {largest.values.size} numbers: "
            f"scenes read single numbers, and {MOST / 2**30:g} GiB are the most; reduce it in the analysis"
        )
    return found


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    own, numpys = random.getstate(), np.random.get_state()
    random.seed(seed)
    np.random.seed(seed % 2**32)
    try:
        yield
    finally:
        random.setstate(own)
        np.random.set_state(numpys)


def _place(error: BaseException) -> str:
    """File and line of the deepest frame that is none of a library's: where the author looks first."""
    frames = traceback.extract_tb(error.__traceback__)[1:]
    own = [frame for frame in frames if "site-packages" not in frame.filename and "/lib/python" not in frame.filename]
    frames = [frame for frame in own if frame.filename != __file__] or own
    return f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""


def _reason(error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "it ends the program by sys.exit(); leave that out"
    if isinstance(error, MemoryError):
        return f"there is not enough memory for it{': ' + _text(error) if _text(error) else ''}"
    return f"{type(error).__name__}: {_text(error)}".removesuffix(": ")


def _text(error: BaseException) -> str:
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception of theirs that cannot even be printed
        return ""
    return text if len(text) <= 300 else text[:300] + "…"
