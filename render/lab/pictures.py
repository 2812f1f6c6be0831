"""Figures of a run, with captions, by the same means as an episode's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure
from tapehead.analysis.results import Result
from tapehead.analysis.store import write_atomically
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import style_named
from tapehead.render.figures.words import caption


@dataclass(frozen=True)
class Picture:
    """A figure that was drawn: its name, what it is of, its caption, its files by format."""

    name: str
    part: str
    caption: str
    files: Mapping[str, Path]


def _can_be_drawn(figure: Figure, parts: Mapping[str, Result], part: str) -> bool:
    """Whether every quantity is there, with something in it."""
    for series in figure.series:
        own = parts[series.source or part]
        for name in filter(None, (series.y, series.low, series.high)):
            if name not in own.quantities or own[name].size == 0:
                return False
    return True


def make_pictures(
    parts: Mapping[str, Result],
    folder: Path,
    formats: Sequence[str],
    settings: Mapping[str, Any],
    digest: str,
    title: str,
    figures_by_part: Mapping[str, Sequence[Figure]],
) -> list[Picture]:
    """Draw all figures of a run and write them with their captions."""
    wanted, style = Wanted(tuple(formats), width_mm=160.0), style_named("light")
    made = []
    for part, figures in figures_by_part.items():
        if not float(parts[part]["there"]):
            continue
        for figure in figures:
            if not _can_be_drawn(figure, parts, part):
                continue
            results = FigureResults(parts[part], parts)
            name = f"{part}-{figure.name}"
            facts = {
                "parameters": {k: v for k, v in settings.items() if k != "seed"},
                "analysis": f"lab.{part}",
                "version": 1,
                "seed": settings["seed"],
            }
            try:
                files = drawn(figure, results, style, wanted)
                text = caption(figure, results, title, facts, digest)
            except ResultError as error:
                raise ResultError(f"figure '{name}': {error}") from error
            for kind, data in files.items():
                write_atomically(folder / f"{name}.{kind}", data)
            write_atomically(folder / f"{name}.txt", text)
            made.append(Picture(name, part, text, {kind: folder / f"{name}.{kind}" for kind in files}))
    return made
