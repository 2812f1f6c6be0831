"""What a check says of an episode's figures: an axis that says nothing cannot be read, however well it is drawn."""

from __future__ import annotations

from collections.abc import Iterator

from tapehead.analysis.errors import TapeheadError
from tapehead.analysis.figures import Figure
from tapehead.render.check.problems import ERROR, Problem, errors
from tapehead.render.figures.make import declared
from tapehead.scenes.episode import Episode

_LABELLED = {
    "xy": ("x", "y"),
    "histogram": ("x", "y"),
    "plane": ("x", "y"),
    "bars": ("y",),  # along the other one stand names
    "dots": ("y",),
}


def figure_problems(episode: Episode) -> Iterator[Problem]:
    """Figures that cannot be found or named, and axes without a label."""
    try:
        every = declared(episode)
    except TapeheadError as error:
        yield from errors(error)
        return
    for one in every:
        for axis in _unlabelled(one.figure):
            yield Problem(
                ERROR,
                f'figure \'{one.name}\' has no label at its {axis} axis: {axis}=Axis("what it is", "its quantity")',
            )


def _unlabelled(figure: Figure) -> list[str]:
    return [axis for axis in _LABELLED.get(figure.kind, ()) if not getattr(figure, axis).label.strip()]
