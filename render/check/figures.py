"""What a check says of an episode's figures: an axis that says nothing cannot be read, however well it is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tapehead.analysis.dates import is_date
from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.figures import Figure
from tapehead.analysis.results import Result
from tapehead.render.check.problems import ERROR, Problem, errors
from tapehead.render.figures.make import Declared, declared
from tapehead.scenes.episode import Episode

_LABELLED = {
    "xy": ("x", "y"),
    "histogram": ("x", "y"),
    "plane": ("x", "y"),
    "bars": ("y",),  # along the other one stand names
    "dots": ("y",),
}


def figure_problems(episode: Episode, result_of: Callable[[str], Result | None]) -> Iterator[Problem]:
    """Figures that cannot be found or named, and axes without a label; ``result_of`` gives an analysis' result by its
    id, or None where there is none."""
    try:
        every = declared(episode)
    except TapeheadError as error:
        yield from errors(error)
        return
    for one in every:
        for axis in _unlabelled(one.figure):
            if axis == "x" and _counts_days(one, result_of):
                continue  # dates say what they are
            yield Problem(
                ERROR,
                f'figure \'{one.name}\' has no label at its {axis} axis: {axis}=Axis("what it is", "its quantity")',
            )


def _unlabelled(figure: Figure) -> list[str]:
    return [axis for axis in _LABELLED.get(figure.kind, ()) if not getattr(figure, axis).label.strip()]


def _counts_days(one: Declared, result_of: Callable[[str], Result | None]) -> bool:
    """Whether all that stands along the x axis counts from a date on."""
    found = []
    for series in one.figure.series:
        if series.style == "mark":
            continue
        result = result_of(series.x_source or series.source or one.result)
        if result is None or not series.x or series.x not in result.quantities:
            return False
        found.append(is_date(result.quantity(series.x).unit))
    return bool(found) and all(found)
