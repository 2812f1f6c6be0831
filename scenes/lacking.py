"""Errors of Manim's that mean that something is not on this machine, in words that say what to do.

Manim says where it looked, as a list of paths, or only that a program of LaTeX is no file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tapehead.scenes.latex import WAY_OUT, missing_program

_SOUGHT = re.compile(r"could not find (?P<name>.+?) at either of these locations: ", re.DOTALL)
"""What Manim says of a picture, a drawing or a sound that lies nowhere it looked."""


@dataclass(frozen=True)
class Lack:
    """What is not there, and the way out where it takes a sentence of its own."""

    what: str
    way_out: str = ""

    def __str__(self) -> str:
        return f"{self.what}, and {self.way_out}" if self.way_out else self.what


def lacking(error: BaseException) -> Lack | None:
    """What a scene lacks here; None where neither ``error`` nor what it was raised from says so."""
    for each in (error, error.__cause__):
        if each is not None and (program := missing_program(each)):
            return Lack(f"'{program}' is not installed", WAY_OUT)
        if isinstance(each, OSError) and (found := _SOUGHT.search(str(each))):
            return Lack(f"{not_there(found['name'])}; it is looked for in the episode's folder")
    return None


def not_there(name: str) -> str:
    """The beginning of the sentence, which those who know the place go on with."""
    return f"the file '{name}' is not there"
