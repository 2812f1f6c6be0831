"""Files that ship with tapehead and hold numbers: what reads one has it in its key.

The name stands in the source that asks for it, so keys find it there (:mod:`tapehead.analysis.sources`) and nobody has
to remember it.  Models are no such files: they are chosen when a film is made, and have digests of their own.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def shipped_folder() -> Path:
    """The folder that the names of :func:`shipped_file` start from: ``assets/`` as it is installed."""
    return Path(str(files("tapehead.assets")))


def shipped_file(name: str) -> Path:
    """The file ``name`` (with ``/``) in ``assets/``; the name is written out where this is called."""
    return shipped_folder().joinpath(*name.split("/"))
