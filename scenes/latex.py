"""What a missing LaTeX means to somebody who wrote ``MathTex``: Manim only says that a file is not there."""

from __future__ import annotations

import shutil
from pathlib import PurePath

_PROGRAMS = {"latex", "pdflatex", "lualatex", "xelatex", "luatex", "dvisvgm"}
_USUAL = ("latex", "dvisvgm")
"""What Manim calls unless a scene brings a template of its own."""
INSTALL = "apt install texlive-latex-extra dvisvgm"
WAY_OUT = (
    "MathTex, Tex, DecimalNumber and Axes(include_numbers=True) set their text with it. The stage does without: "
    'Formula("sigma_1/sqrt(n)") for a formula, Words("{x:.2f}", x=reading) for a number, and the charts of '
    f"tapehead.scenes.stage.charts for axes with numbers. Or install it: {INSTALL}"
)


def missing_program(error: BaseException) -> str:
    """The program of LaTeX that was not found, if that is what ``error`` says; else nothing."""
    if not isinstance(error, FileNotFoundError):
        return ""
    program = PurePath(str(error.filename or "")).name
    return program if program in _PROGRAMS else ""


def not_installed() -> list[str]:
    """The programs of LaTeX that Manim will look for in vain."""
    return [program for program in _USUAL if shutil.which(program) is None]
