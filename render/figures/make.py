"""From an episode to its figures on disk.  Equal results make equal bytes: no date and no chance enters."""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from tapehead.analysis.errors import OutputError, ResultError, UnknownNameError, UsageError
from tapehead.analysis.figures import Figure, figures_of
from tapehead.analysis.registry import load
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store, write_atomically
from tapehead.render.figures.data import DATA_FORMATS, data_of
from tapehead.render.figures.graphs import draw_graph
from tapehead.render.figures.language import ENGLISH, Language, translate
from tapehead.render.figures.matrices import draw_matrices, draw_strip
from tapehead.render.figures.names import keep_apart
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.pictures import draw_pictures
from tapehead.render.figures.planes import draw_plane
from tapehead.render.figures.style import MM_PER_INCH, Style
from tapehead.render.figures.words import caption
from tapehead.render.figures.xy import draw_bars, draw_box, draw_dots, draw_histogram, draw_xy
from tapehead.scenes.episode import Episode

FORMATS = ("pdf", "svg", "png")
"""Of pictures; those of the numbers are :data:`tapehead.render.figures.data.DATA_FORMATS`."""
_METADATA: Mapping[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "tapehead"},
    "pdf": {"CreationDate": None, "Creator": "tapehead", "Producer": "matplotlib"},
    "png": {"Software": "tapehead"},
}
_ON_AXES = {
    "xy": draw_xy,
    "bars": draw_bars,
    "histogram": draw_histogram,
    "dots": draw_dots,
    "box": draw_box,
    "plane": draw_plane,
    "graph": draw_graph,
}
_ON_CANVAS = {"matrix": draw_matrices, "strip": draw_strip, "pictures": draw_pictures}


@dataclass(frozen=True)
class Wanted:
    """What to make: formats, look, width in millimetres, resolution of pictures, language of the words."""

    formats: tuple[str, ...] = FORMATS
    style: str = "light"
    width_mm: float = 120.0
    dpi: int = 300
    language: Language = ENGLISH


@dataclass(frozen=True)
class Declared:
    """A figure of an episode: its name there (``<result>-<figure>``), and where its numbers are."""

    name: str
    result: str
    figure: Figure


def declared(episode: Episode) -> tuple[Declared, ...]:
    """All figures of an episode, in the order of its analyses."""
    return tuple(
        Declared(f"{call.id}-{figure.name}" if figure.name != call.id else call.id, call.id, figure)
        for call in episode.analyses
        for figure in figures_of(call, episode.package)
    )


def chosen(episode: Episode, only: Sequence[str], everything: bool = False) -> tuple[Declared, ...]:
    """The figures to make: those of ``only``; else those that the episode chose, or with ``everything`` all.

    Raises:
        UnknownNameError: there is none of that name, be it asked for or chosen by the episode.
        UsageError: the episode declares none at all.
    """
    every = declared(episode)
    if not every:
        raise UsageError(
            f"the episode '{episode.slug}' declares no figures; they are data in figures.py beside its analyses"
        )
    known = {one.name: one for one in every}
    names = only or (() if everything else episode.figures)
    for name in names:
        if name not in known:
            raise UnknownNameError("figure", name, known)
    return tuple(known[name] for name in dict.fromkeys(names)) if names else every


def checked(formats: str) -> tuple[str, ...]:
    """``pdf,svg`` as a tuple.

    Raises:
        UnknownNameError: a format is none of ours.
    """
    found = tuple(dict.fromkeys(part.strip() for part in formats.split(",") if part.strip()))
    for name in found:
        if name not in (*FORMATS, *DATA_FORMATS):
            raise UnknownNameError("format", name, (*FORMATS, *DATA_FORMATS))
    if not found:
        raise UsageError(f"--format names at least one of {', '.join((*FORMATS, *DATA_FORMATS))}")
    return found


def results_for(episode: Episode, entries: Mapping[str, Entry], store: Store, result: str) -> FigureResults:
    """The results that a figure of ``result`` may use: the first of each analysis, and its own."""
    others: dict[str, Result] = {}
    for call in (each for each in episode.analyses if each.id in entries):
        name = entries[call.id].record["facts"]["analysis"]
        if name not in others:
            others[name] = load(store, entries[call.id], call.id)
    return FigureResults(load(store, entries[result], result), others)


def drawn(figure: Figure, results: FigureResults, style: Style, wanted: Wanted) -> dict[str, bytes]:
    """The figure in each format of pictures that is wanted.

    Raises:
        ResultError: the results do not have what it declares.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure as Canvas

    logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells of every table of every font in a PDF
    width = wanted.width_mm / MM_PER_INCH
    made = {}
    settings: Any = dict(mpl.rcParamsDefault.items()) | style.parameters()
    with mpl.rc_context(settings):
        # Cells are square: panels of them keep together instead of spreading over the page.
        layout: Literal["compressed", "constrained"] = "compressed" if figure.kind == "matrix" else "constrained"
        canvas = Canvas(figsize=(width, width * figure.aspect), layout=layout, dpi=wanted.dpi)
        if figure.title:
            canvas.suptitle(figure.title, x=0.0, ha="left", wrap=True, gid="title")
        if figure.kind in _ON_CANVAS:
            _ON_CANVAS[figure.kind](canvas, figure, results, style)
        else:
            axes = canvas.subplots()
            axes.set_gid("axes")
            _ON_AXES[figure.kind](axes, figure, results, style)
        translate(canvas, wanted.language)
        keep_apart(canvas)
        for kind in (each for each in wanted.formats if each in FORMATS):
            file = io.BytesIO()
            canvas.savefig(file, format=kind, metadata=_METADATA[kind], dpi=wanted.dpi)
            made[kind] = file.getvalue()
    return made


def captioned(one: Declared, results: FigureResults, episode: Episode, entry: Entry, language: Language) -> str:
    """The text beside a figure; in another language what the figure says of itself, for which there are words."""
    told = replace(one.figure, shows=language.text(one.figure.shows), control=language.text(one.figure.control))
    return caption(told, results, episode.title, entry.record["facts"], entry.digest)


def make_figures(
    episode: Episode,
    figures: Sequence[Declared],
    entries: Mapping[str, Entry],
    store: Store,
    style: Style,
    wanted: Wanted,
    folder: Path,
) -> list[Path]:
    """Draw figures and write them with their captions.

    Raises:
        ResultError: a figure asks for something that its result does not have; the message names both.
        OutputError: the folder cannot be written.
    """
    paths = []
    for one in figures:
        results = results_for(episode, entries, store, one.result)
        entry = entries[one.result]
        try:
            text = captioned(one, results, episode, entry, wanted.language)
            pictures = any(kind in FORMATS for kind in wanted.formats)
            made = drawn(one.figure, results, style, wanted) if pictures else {}
            numbers = [kind for kind in wanted.formats if kind in DATA_FORMATS]
            made |= {kind: data_of(kind, one.figure, results, text) for kind in numbers}
        except ResultError as error:
            raise ResultError(f"figure '{one.name}': {error}") from error
        try:
            for kind, data in made.items():
                write_atomically(folder / f"{one.name}.{kind}", data)
                paths.append(folder / f"{one.name}.{kind}")
            write_atomically(folder / f"{one.name}.txt", text)
        except OSError as error:
            raise OutputError(
                f"{folder} cannot be written: {error.strerror}; choose another place with --out"
            ) from error
        paths.append(folder / f"{one.name}.txt")
    return paths
