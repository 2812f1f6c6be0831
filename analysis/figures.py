"""How results become figures, as data: which quantities on which axes, in which kind of picture, and what to say.

Analyses declare their figures beside themselves, in ``<module>_figures.py`` or, for a whole package, in its
``figures.py``: ``FIGURES`` maps the name of an analysis (``linear.cat_table``) to its figures.  Units, labels and n are
read from the result, so none can be mistyped.  Nothing here draws: ``tapehead figures`` does in print, and a scene can
put the same declaration on the stage (all kinds but ``pictures``: ``chart_of`` of :mod:`tapehead.scenes.stage.charts`).
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.registry import AnalysisCall, find

KINDS = ("xy", "bars", "histogram", "dots", "box", "plane", "matrix", "strip", "pictures", "graph")
"""``xy``: one quantity over another; ``bars``: one per label; ``histogram``: how often, with marks to compare;
``dots``: a column of points per label, with marks to compare; ``box``: quartiles and what lies beyond, one box per
label of the axis ``over``;
``plane``: points, arrows and paths with equal units on both axes; ``matrix``: heat maps side by side on one scale;
``strip``: small images in rows, on one scale; ``pictures``: pictures in their own colours, in rows and columns;
``graph``: nodes and weighted edges."""


def titled(title: str, unit: str) -> str:
    """``title (unit)``, once: "customers in an hour" needs no "(customers)" after it."""
    said = re.search(rf"(?<![\w'’]){re.escape(unit)}(?!\w)", title)
    return title if not unit or said else f"{title} ({unit})" if title else unit


STYLES = ("line", "points", "step", "stem", "bars", "arrows", "path", "mark", "layers", "edges")


@dataclass(frozen=True)
class Axis:
    """What stands at an axis: its name, and the quantity whose unit it has; ``scale`` is ``linear`` or ``log``."""

    label: str
    unit_of: str = ""
    scale: str = "linear"


@dataclass(frozen=True)
class Series:
    """One quantity to show.

    ``y`` names it, ``x`` what it is drawn over (a quantity, or nothing for the places of its own axis), ``where`` fixes
    axes by label, by number, or by what a quantity says (``"=best_layer"``); ``x_where`` does so for ``x`` alone.
    ``over`` names the axis along which there is one curve per label.  ``low`` and ``high`` are
    the ends of intervals.  ``source`` names another analysis of the episode to take the quantities from, ``x_source``
    one for ``x`` alone.  A quantity of pairs (last axis of two) is drawn in a ``plane`` by ``y`` alone; ``to`` names
    the other ends of arrows.  In a ``histogram``, ``y`` are values to be counted, or with ``x`` (the edges of bins, one
    more) the counts themselves.
    """

    y: str
    x: str = ""
    label: str = ""
    style: str = "points"
    where: Mapping[str, int | str] = field(default_factory=dict)
    x_where: Mapping[str, int | str] = field(default_factory=dict)
    over: str = ""
    low: str = ""
    high: str = ""
    to: str = ""
    source: str = ""
    x_source: str = ""
    named: bool = False
    """Whether the labels of the places stand beside them."""
    gaps: bool = False
    """Whether numbers may be missing (never published, or a trace that ended): they stay empty.  Else that is an
    error."""
    only: str = ""
    """A quantity of the same axis that says which places are shown: those where it is not zero."""
    closed: bool = False
    """Whether a path in a plane goes back to where it began."""
    every: int = 1
    """Of a long row of pictures every so many are shown, and the last."""


@dataclass(frozen=True)
class Figure:
    """One figure: ``shows`` is its caption's first sentence, ``n`` the quantity or axis that says how many."""

    name: str
    kind: str
    shows: str
    series: tuple[Series, ...]
    x: Axis = Axis("")
    y: Axis = Axis("")
    n: str = ""
    control: str = ""
    """What it has to be compared with, in words, where there is a control."""
    aspect: float = 0.68
    """Height over width."""
    value: str = "value"
    """What the colours of a matrix stand for; the unit is added to it."""
    columns: int = 0
    """Panels side by side, where there are several; 0: all in one row."""
    horizontal: bool = False
    """Whether boxes lie, the first one on top; ``x`` is the axis of their names and ``y`` that of values either way."""
    title: str = ""
    """What is compared with what, in a line above the picture: true whatever the numbers are."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise EpisodeError(f"figure '{self.name}': '{self.kind}' is no kind; there are {', '.join(KINDS)}")
        if not self.series:
            raise EpisodeError(f"figure '{self.name}' shows nothing")
        if self.horizontal and self.kind != "box":
            raise EpisodeError(f"figure '{self.name}': boxes can lie, '{self.kind}' cannot; leave out horizontal")
        for series in self.series:
            if series.style not in STYLES:
                raise EpisodeError(f"figure '{self.name}': '{series.style}' is no style; {', '.join(STYLES)}")


def gathered(*tables: Mapping[str, tuple[Figure, ...]]) -> dict[str, tuple[Figure, ...]]:
    """Several tables of figures as one.

    Raises:
        EpisodeError: two of them have figures for one analysis.
    """
    found: dict[str, tuple[Figure, ...]] = {}
    for table in tables:
        if both := found.keys() & table.keys():
            raise EpisodeError(f"two tables have figures for {', '.join(sorted(both))}; keep one of them")
        found |= table
    return found


def figures_of(call: AnalysisCall, package: str) -> tuple[Figure, ...]:
    """The figures that are declared for an analysis: ``MODULE_figures`` beside it, or ``figures`` (a module or a
    package) in its own package or in one above that."""
    function = find(call.function, package)
    module = function.__module__
    parents = [module.rsplit(".", up)[0] for up in range(1, module.count(".") + 1)]
    for place in (f"{module}_figures", *(f"{parent}.figures" for parent in parents)):
        if place == __name__:
            break  # the top of all analyses: its figures.py is this module
        try:
            there = importlib.util.find_spec(place) is not None
        except (ImportError, ValueError):
            there = False
        if there:
            declared: Mapping[str, tuple[Figure, ...]] = importlib.import_module(place).FIGURES
            return declared.get(function.analysis_info.name, ())  # type: ignore[attr-defined]
    return ()
