"""A style of the user's own: a matplotlib style sheet on top of the look ``light``, and another font.

A style sheet is data: it is read as matplotlib reads one, and what matplotlib would only grumble about is an error
here, since a misspelt setting would go unseen.
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_text
from tapehead.render.figures.style import STYLES, Style, style_named

SHEET = ".mplstyle"
_FONTS = (".ttf", ".otf", ".ttc")
_NOT_LOOKS = ("backend", "webagg", "toolbar", "interactive", "tk.", "keymap", "savefig.directory", "savefig.format")
"""Settings of a program with windows; a sheet may hold them, and they change no figure."""


def style_given(name: str, font: str = "") -> Style:
    """A look by name, or by a style sheet's path, with its letters in ``font`` (an installed family, or a file).

    Raises:
        UnknownNameError: there is no look and no sheet of that name.
        UsageError: the sheet or the font cannot be used.
    """
    style = _from_sheet(Path(name).expanduser()) if name.endswith(SHEET) else style_named(name)
    return replace(style, given={**style.given, "font.family": _family(font)}) if font else style


def _from_sheet(path: Path) -> Style:
    given = _settings(path)
    light = STYLES["light"]
    cycle = tuple(given["axes.prop_cycle"].by_key().get("color", ())) if "axes.prop_cycle" in given else ()
    return replace(
        light,
        name=path.stem,
        ground=_colour(given, "axes.facecolor", _colour(given, "figure.facecolor", light.ground)),
        ink=_colour(given, "text.color", _colour(given, "axes.labelcolor", light.ink)),
        soft=_colour(given, "axes.edgecolor", light.soft),
        faint=_colour(given, "grid.color", light.faint),
        cycle=tuple(_hex(each) for each in cycle) or light.cycle,
        given=given,
    )


def _settings(path: Path) -> dict[str, Any]:
    import matplotlib as mpl

    try:
        read_text(path)  # bounded, and never waited for
    except OSError as error:
        raise UsageError(
            f"the style {path} cannot be read: {error.strerror}; --style takes a name or a file"
        ) from error
    complaints: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            complaints.append(" ".join(record.getMessage().split()))

    listener, log = Listener(logging.WARNING), logging.getLogger("matplotlib")
    log.addHandler(listener)
    before, log.propagate = log.propagate, False
    try:
        found = mpl.rc_params_from_file(path, fail_on_error=True, use_default_template=False)
    except (ValueError, KeyError) as error:
        raise UsageError(f"the style {path} cannot be used: {' '.join(str(error).split())}") from error
    finally:
        log.removeHandler(listener)
        log.propagate = before
    if complaints:
        told, _, _ = complaints[0].partition(" You probably")  # it goes on about where to get another one
        raise UsageError(f"the style {path} cannot be used: {told}")
    if found.get("text.usetex"):
        raise UsageError(f"the style {path} asks for LaTeX (text.usetex), which tapehead does without; leave it out")
    return {name: value for name, value in found.items() if not name.startswith(_NOT_LOOKS)}


def _colour(given: Mapping[str, Any], name: str, default: str) -> str:
    value = given.get(name)
    return default if value in (None, "auto", "inherit") else _hex(value)


def _hex(value: Any) -> str:
    from matplotlib.colors import to_hex

    return str(to_hex(value)).upper()


def _family(font: str) -> str:
    from matplotlib import font_manager

    if font.lower().endswith(_FONTS):
        path = Path(font).expanduser()
        if not path.is_file():
            raise UsageError(f"there is no font file {path}")
        try:
            font_manager.fontManager.addfont(path)
            return str(font_manager.FontProperties(fname=path).get_name())
        except (OSError, RuntimeError, ValueError) as error:
            raise UsageError(f"{path} is no font that matplotlib can read: {error}") from error
    known = sorted({entry.name for entry in font_manager.fontManager.ttflist})
    for name in known:
        if name.casefold() == font.casefold():
            return str(name)
    near = difflib.get_close_matches(font, known, n=1)
    raise UsageError(
        f"no font '{font}' is installed"
        + (f": did you mean '{near[0]}'?" if near else "")
        + "; --font takes the name of a family, or a .ttf or .otf file"
    )
