"""What a missing LaTeX means to somebody who wrote ``MathTex``: Manim only says that a file is not there."""

from __future__ import annotations

from pathlib import PurePath

_PROGRAMS = {"latex", "pdflatex", "lualatex", "xelatex", "luatex", "dvisvgm"}


def without_latex(error: BaseException) -> str:
    """What to do where ``error`` is a program of LaTeX that was not found; empty for any other error."""
    if not isinstance(error, FileNotFoundError):
        return ""
    program = PurePath(str(error.filename or "")).name
    if program not in _PROGRAMS:
        return ""
    return (
        f"'{program}' is not installed, and MathTex, Tex, DecimalNumber and Axes(include_numbers=True) set their text "
        'with it. The stage does without: Formula("sigma_1/sqrt(n)") for a formula, Words("{x:.2f}", x=reading) for a '
        "number, and the charts of tapehead.scenes.stage.charts for axes with numbers. Or install it: "
        "apt install texlive-latex-extra dvisvgm"
    )
