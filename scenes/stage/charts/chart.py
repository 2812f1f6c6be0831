"""What all charts share: a box on the stage, numbered axes in it, and the way from values to places.

A chart is laid out inside its box, texts at their own sizes: it fills the box and never leaves it.  It keeps its scales
when its data change, so that what moves is the data.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from manim import (
    DOWN,
    LEFT,
    ORIGIN,
    RIGHT,
    UL,
    UP,
    AnimationGroup,
    Arrow,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    GrowArrow,
    LaggedStart,
    Line,
    Mobject,
    Rectangle,
    Transform,
    VGroup,
    config,
)

from tapehead.analysis.apart import apart
from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.figures import titled
from tapehead.analysis.results import Reading
from tapehead.scenes.stage.charts.scales import Scale
from tapehead.scenes.stage.charts.series import Series
from tapehead.scenes.stage.charts.ticks import TickLabel
from tapehead.scenes.stage.facts import Told
from tapehead.scenes.stage.lettering import SMALL, TINY, Words
from tapehead.scenes.stage.palette import FAINT, GROUND, HIGHLIGHT, INK, OKABE_ITO, SOFT, rgb

SERIES_COLOURS = (OKABE_ITO[1], OKABE_ITO[0], OKABE_ITO[2], OKABE_ITO[6], OKABE_ITO[3], OKABE_ITO[5])
"""In this order: the first two stay apart for everybody."""
PALE = 0.3
"""Opacity of what is not the subject while something is highlighted."""
PALE_LETTERS = 0.6
"""That of letters among it, which can be read still."""
_GAP = 0.18
_FIELD = re.compile(r"(?<!\{)(?:\{\{)*\{(\w+)")
"""What stands in braces in a text with numbers."""


@dataclass(frozen=True)
class Box:
    """A place on the stage in frame units: left and upper edge, width and height."""

    left: float = -6.5
    top: float = 3.5
    width: float = 13.0
    height: float = 6.6

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top - self.height


def in_frame(box: Box) -> Box:
    """The box, or, where none was asked for and the frame is of another shape, one with the same margins in it."""
    wide = 16 / 9 * float(config.frame_height)
    if box != Box() or abs(float(config.frame_width) - wide) < 0.01:
        return box
    aside = wide / 2 + box.left  # of the frame's edge
    return replace(box, left=aside - float(config.frame_width) / 2, width=float(config.frame_width) - 2 * aside)


@dataclass(frozen=True)
class AxisText:
    """What stands at an axis: its title, the unit that is added to it, and the quantity that its ticks belong to."""

    title: str = ""
    unit: str = ""
    source: str = ""

    @property
    def words(self) -> str:
        """Title and unit on one line."""
        return titled(self.title, self.unit)


Levels = Sequence[float | tuple[float, str]]
"""Values that an axis has room for, alone or with the names of the reference lines that will be there."""


def values_of(levels: Levels) -> np.ndarray:
    """The values alone."""
    return np.array([each[0] if isinstance(each, tuple) else each for each in levels], float)


def names_of(levels: Levels) -> list[str]:
    """The names, of those that have one."""
    return [each[1] for each in levels if isinstance(each, tuple) and each[1]]


class Chart(VGroup):
    """A chart in a box.  Subclasses say which scales they have and what they draw.

    Parts: ``area`` (unseen, the rectangle that the data fill), ``axes`` (lines, grid and ticks), ``numbers`` (at the
    ticks), ``titles``, ``marks`` (what stands for data, one per value unless the chart says otherwise), ``names`` (the
    direct labels), ``extras`` (reference lines and annotations).
    """

    floor: ClassVar[bool] = True
    """Whether a line is drawn along the x axis."""
    pale: ClassVar[float] = PALE
    """Opacity of what is not highlighted; letters need more, to be read."""
    _levels: Levels = ()

    def __init__(self, series: Sequence[Series], x: AxisText, y: AxisText, box: Box) -> None:
        if not series:
            raise EpisodeError("a chart needs at least one Series")
        super().__init__()
        self.series = tuple(
            each if each.colour else replace(each, colour=SERIES_COLOURS[n % len(SERIES_COLOURS)])
            for n, each in enumerate(series)
        )
        self.x_text, self.y_text, self.box = x, y, in_frame(box)
        self.x_scale, self.y_scale = self._scales()
        self._lay_out()

    # -- what subclasses say -----------------------------------------------------------------------

    def _scales(self) -> tuple[Scale, Scale]:
        raise NotImplementedError

    def _marks(self) -> Iterator[Mobject]:
        raise NotImplementedError

    def _names(self) -> Iterator[Mobject]:
        """Direct labels: none, unless a chart has them."""
        yield from ()

    def _right_margin(self) -> float:
        """Room that direct labels take on the right."""
        return 0.0

    def _x_numbers(self) -> list[Mobject]:
        """What stands under the x axis, made and not placed; one per tick."""
        ticks = zip(self.x_scale.ticks, self.x_scale.shown(), strict=True)
        return [TickLabel(text, value, self.x_text.source) for value, text in ticks]

    def _y_numbers(self) -> list[Mobject]:
        ticks = zip(self.y_scale.ticks, self.y_scale.shown(), strict=True)
        return [TickLabel(text, value, self.y_text.source) for value, text in ticks]

    # -- places ------------------------------------------------------------------------------------

    def within(self, left: float, top: float, width: float, height: float) -> Self:
        """Lay it out anew in another box, and give it back.

        Raises:
            EpisodeError: the box is too small for the axes and their numbers.
        """
        self.box = Box(left, top, width, height)
        self._lay_out()
        return self

    def at(self, x: float, y: float) -> np.ndarray:
        """Where a pair of values lies, wherever the chart was moved to."""
        corner, width, height = self.area.get_corner(DOWN + LEFT), self.area.width, self.area.height
        across, up = float(self.x_scale.share(x)), float(self.y_scale.share(y))
        return np.array([corner[0] + across * width, corner[1] + up * height, 0.0])

    def _lay_out(self) -> None:
        box = self.box
        x_numbers, y_numbers = self._x_numbers(), self._y_numbers()
        self.titles = VGroup()
        top, bottom = 0.1, 0.1
        if self.y_text.words:
            title = Words(self.y_text.words, size=TINY, color=SOFT)
            title.move_to([box.left, box.top, 0], aligned_edge=UL)
            self.titles.add(title)
            top = float(title.height) + 0.3
        if self.x_text.words:
            title = Words(self.x_text.words, size=TINY, color=SOFT)
            title.move_to([box.right, box.bottom, 0], aligned_edge=DOWN + RIGHT)
            self.titles.add(title)
            bottom = float(title.height) + 0.15
        left = max((float(each.width) for each in y_numbers), default=0.0) + _GAP
        bottom += max((float(each.height) for each in x_numbers), default=0.0) + _GAP
        half = float(x_numbers[-1].width) / 2 if x_numbers and self.x_scale.holds(self.x_scale.ticks[-1]) else 0.0
        lines = max((float(told(name).width) + 0.25 for name in names_of(self._levels)), default=0.0)
        right = max(self._right_margin(), half, lines)
        width, height = box.width - left - right, box.height - top - bottom
        if width < 1.5 or height < 1.0:
            raise EpisodeError(
                f"a box of {box.width:g} × {box.height:g} leaves {width:.1f} × {height:.1f} for this chart's data, "
                "after its numbers and titles; give it more room with within(left, top, width, height)"
            )
        self.area = Rectangle(width=width, height=height, stroke_width=0, fill_opacity=0)
        self.area.move_to([box.left + left, box.top - top, 0], aligned_edge=UL)
        if self.x_text.words and title.width < width:  # under the end of the axis, and not of the names beside it
            title.align_to(self.area, RIGHT)
        self.axes, self.numbers = VGroup(), VGroup()
        self._draw_axes(x_numbers, y_numbers)
        self.marks, self.names = VGroup(*self._marks()), VGroup()
        self.names.add(*self._names())
        self.extras = VGroup()
        self.submobjects: list[Mobject] = []
        self.add(self.area, self.axes, self.numbers, self.titles, self.marks, self.names, self.extras)

    def _draw_axes(self, x_numbers: list[Mobject], y_numbers: list[Mobject]) -> None:
        corner, right, top = (self.area.get_corner(edge) for edge in (DOWN + LEFT, DOWN + RIGHT, UP + LEFT))
        for value, number in zip(self.y_scale.ticks, y_numbers, strict=True):
            y = corner[1] + float(self.y_scale.share(value)) * self.area.height
            self.axes.add(Line([corner[0], y, 0], [right[0], y, 0]).set_stroke(FAINT, 1.5, 0.6))
            self.numbers.add(number.next_to([corner[0], y, 0], LEFT, buff=_GAP))
        for value in self.x_scale.minor:
            x = corner[0] + float(self.x_scale.share(value)) * self.area.width
            self.axes.add(Line([x, corner[1], 0], [x, corner[1] + 0.07, 0]).set_stroke(SOFT, 2))
        for value in self.y_scale.minor:
            y = corner[1] + float(self.y_scale.share(value)) * self.area.height
            self.axes.add(Line([corner[0], y, 0], [corner[0] + 0.07, y, 0]).set_stroke(SOFT, 2))
        for value, number in zip(self._x_places(), x_numbers, strict=True):
            x = corner[0] + float(self.x_scale.share(value)) * self.area.width
            self.axes.add(Line([x, corner[1], 0], [x, corner[1] - 0.1, 0]).set_stroke(SOFT, 2.5))
            self.numbers.add(number.next_to([x, corner[1] - 0.1, 0], DOWN, buff=_GAP - 0.1))
        if self.floor:
            self.axes.add(Line(corner, right).set_stroke(SOFT, 3))
        self.axes.add(Line(corner, top).set_stroke(SOFT, 3))

    def _x_places(self) -> Sequence[float]:
        """Where along the x axis its numbers stand."""
        return self.x_scale.ticks

    # -- motion ------------------------------------------------------------------------------------

    def _grid_stands(self, names: int, colour: str, opacity: float) -> None:
        """For a chart that lies: the grid belongs to the values along x, not to the ``names`` beside it."""
        for line in self.axes.submobjects[:names]:
            self.axes.remove(line)
        for value in self.x_scale.ticks:
            ends = self.at(value, self.y_scale.low), self.at(value, self.y_scale.high)
            self.axes.add_to_back(Line(*ends).set_stroke(colour, 1.5, opacity))

    def draw(self, run_time: float = 1.6) -> AnimationGroup:
        """Put it up: the axes first, then the data, then their names."""
        frame = [FadeIn(self.axes), FadeIn(self.numbers), FadeIn(self.titles)]
        soon = min(0.5, run_time / 3)  # a chart that takes long to fill is there at once all the same
        parts = [AnimationGroup(*(each for each in frame if len(each.mobject.get_family()) > 1), run_time=soon)]
        parts.append(self._draw_marks(run_time - 1.4 * soon))
        if len(self.names):
            parts.append(FadeIn(self.names, run_time=soon))
        return AnimationGroup(*parts, lag_ratio=0.8, run_time=run_time)

    def _draw_marks(self, run_time: float) -> AnimationGroup:
        return LaggedStart(*(FadeIn(mark, scale=0.5) for mark in self.marks), lag_ratio=0.1, run_time=run_time)

    def update_to(self, *series: Any, run_time: float = 1.0) -> AnimationGroup:
        """Let the data become others, in the same box and on the same scales.

        Raises:
            EpisodeError: there are more or fewer series than before, or a value lies outside the axes (give the chart
                ``room_for=[...]`` when it is made).
        """
        if len(series) != len(self.series):
            raise EpisodeError(f"this chart shows {len(self.series)} series and cannot become one of {len(series)}")
        before = self.series
        self.series = tuple(
            replace(new, colour=new.colour or old.colour, label=new.label or old.label)
            for new, old in zip(series, before, strict=True)
        )
        try:
            self._check_inside()
            new_marks, new_names = VGroup(*self._marks()), VGroup(*self._names())
            if len(new_marks) != len(self.marks):
                raise EpisodeError(
                    f"this chart has {len(self.marks)} marks and would have {len(new_marks)}; only charts of equally "
                    "many values become each other"
                )
        except EpisodeError:
            self.series = before
            raise
        moves: list[Any] = [Transform(old, new) for old, new in zip(self.marks, new_marks, strict=True)]
        if len(self.names) or len(new_names):
            gone, self.names = self.names, new_names
            self.submobjects = [new_names if part is gone else part for part in self.submobjects]
            moves += [FadeOut(gone), FadeIn(new_names)]
        return AnimationGroup(*moves, run_time=run_time)

    def _check_inside(self) -> None:
        for each in self.series:
            values = each.ys if each.ends is None else np.append(each.ys, each.ends)
            scale = self.size_scale
            if not scale.holds(values):
                raise EpisodeError(
                    f"{each.called} reaches from {values.min():g} to {values.max():g}, and the chart's axis from "
                    f"{scale.low:g} to {scale.high:g}: make the chart with room_for=[...] that series"
                )

    @property
    def size_scale(self) -> Scale:
        """The scale along which values grow."""
        return self.y_scale

    def highlight(self, index: int, series: int = 0, run_time: float = 0.6) -> AnimationGroup:
        """Let one value stand out: its mark keeps its colour, all others grow pale.  ``index`` -1 is the last one.

        Raises:
            EpisodeError: there is no such value.
        """
        chosen = self.mark(index, series)
        moves = [shaded(mark, 1.0 if mark is chosen else self.pale) for mark in self._told_apart()]
        return AnimationGroup(*moves, run_time=run_time)

    def plain(self, run_time: float = 0.6) -> AnimationGroup:
        """Take a highlight back."""
        return AnimationGroup(*(shaded(mark, 1.0) for mark in self._told_apart()), run_time=run_time)

    def _told_apart(self) -> list[Mobject]:
        """The marks that stand for one value each."""
        return list(self.marks)

    def mark(self, index: int, series: int = 0) -> Mobject:
        """What stands for one value.

        Raises:
            EpisodeError: there is no such series or value.
        """
        if not 0 <= series < len(self.series):
            raise EpisodeError(f"this chart has {len(self.series)} series; asked for number {series}")
        self.series[series].reading(index)
        before = sum(len(each.ys) for each in self.series[:series])
        return self._told_apart()[before + index % len(self.series[series].ys)]

    # -- what is said beside the data --------------------------------------------------------------

    def reference(self, value: float, text: str = "", *, upright: bool = False, colour: str = HIGHLIGHT) -> VGroup:
        """A dashed line across the chart at a value of the y axis (``upright``: of the x axis), with its name.

        ``{value}`` in the name is the value, ``{y}`` (``upright``: ``{x}``) as well; it has to be a reading then.  The
        line belongs to the chart from now on and is returned to be played: ``self.play(show(line))``.

        Raises:
            EpisodeError: the value is not on the axis, or the name asks for a number that the line does not have.
        """
        scale = self.x_scale if upright else self.y_scale
        if not scale.holds(value):
            raise EpisodeError(f"a reference line at {value:g}, and the axis goes from {scale.low:g} to {scale.high:g}")
        if upright:
            ends = self.at(value, self.y_scale.low), self.at(value, self.y_scale.high)
        else:
            ends = self.at(self.x_scale.low, value), self.at(self.x_scale.high, value)
        made = VGroup(DashedLine(*ends, dash_length=0.14).set_stroke(colour, 4))
        if text:
            words = told(text, colour=colour, **_fields_of_line(text, value, "x" if upright else "y"))
            side, edge = (RIGHT, UP + LEFT) if upright else (UP, DOWN + RIGHT)
            if not upright and text in names_of(self._levels) and not len(self.names):  # there is room beside it
                words.next_to(ends[1], RIGHT, buff=0.15)
            else:
                words.move_to(ends[1] + 0.12 * side + (0.05 * DOWN if upright else ORIGIN), aligned_edge=edge)
            made.add(words)
        self.extras.add(made)
        return made

    def annotate(
        self, text: str, index: int, series: int = 0, *, towards: np.ndarray = UP, away: float = 1.1, **fields: Any
    ) -> VGroup:
        """Words beside one value, and an arrow from them to its mark; ``fields`` are readings, as in ``Words``.

        ``{value}`` in the text is the value itself, ``{y}`` as well, and ``{x}`` what it is drawn over, unless they are
        fields.  It belongs to the chart from now on; the parts are ``[0]`` the words, ``[1]`` the arrow.

        Raises:
            EpisodeError: there is no such value, or the text asks for a number that it does not have.
        """
        given = {**fields}
        for name, read in (("value", self._own_reading), ("y", self._own_reading), ("x", self._own_x)):
            if name in _FIELD.findall(text) and name not in given:
                given[name] = read(index, series)
        made = pointer(text, self.mark(index, series), self.box, towards, away, given)
        self.extras.add(made)
        return made

    def _own_reading(self, index: int, series: int) -> Reading:
        """The number that stands for a mark."""
        return self.series[series].reading(index)

    def _own_x(self, index: int, series: int) -> Reading:
        """The number that a mark is drawn over."""
        self._own_reading(index, series)  # what has no number of its own says so
        return self.series[series].x_reading(index)


class Unaxed(Chart):
    """A chart without axes: a table, a network.  It has a title at most, and subclasses fill ``area`` with marks."""

    def __init__(self, series: Sequence[Series], title: str, box: Box) -> None:
        VGroup.__init__(self)
        self.series, self.box = tuple(series), in_frame(box)
        self.x_text, self.y_text = AxisText(), AxisText(title)
        self.x_scale, self.y_scale = Scale(0, 1, ()), Scale(0, 1, ())
        self._lay_out()

    def _lay_out(self) -> None:
        box, top = self.box, 0.0
        self.titles = VGroup()
        if self.y_text.words:
            title = Words(self.y_text.words, size=TINY, color=SOFT)
            self.titles.add(title.move_to([box.left, box.top, 0], aligned_edge=UL))
            top = float(title.height) + 0.3
        self.area = Rectangle(width=box.width, height=box.height - top, stroke_width=0, fill_opacity=0)
        self.area.move_to([box.left, box.top - top, 0], aligned_edge=UL)
        self.axes, self.numbers, self.extras = VGroup(), VGroup(), VGroup()
        self.marks = VGroup(*self._marks())
        self.names = VGroup(*self._names())
        self.submobjects: list[Mobject] = []
        self.add(self.area, self.axes, self.numbers, self.titles, self.marks, self.names, self.extras)

    def _too_small(self, what: str) -> EpisodeError:
        return EpisodeError(
            f"a box of {self.box.width:g} × {self.box.height:g} has no room for {what}; "
            "give it more with within(left, top, width, height), or show less"
        )

    def reference(self, value: float, text: str = "", *, upright: bool = False, colour: str = HIGHLIGHT) -> VGroup:
        """Nothing without axes has reference lines.

        Raises:
            EpisodeError: always.
        """
        raise EpisodeError(f"a {type(self).__name__} has no axes, and so no reference lines")


def shaded(mark: Mobject, share: float) -> Any:
    """The animation that paints a mark at that share of its own opacity; what is hollow stays hollow."""
    made = mark.copy()
    for own, part in zip(mark.get_family(), made.get_family(), strict=True):
        if not hasattr(own, "full"):
            own.full = own.get_fill_opacity(), own.get_stroke_opacity()
        part.full = own.full
        part.set_fill(opacity=share * own.full[0], family=False)
        part.set_stroke(opacity=share * own.full[1], family=False)
    return mark.animate.become(made)


def tint(colour: str, share: float) -> str:
    """A colour as it looks on the ground with that opacity: it can be made pale as a whole later."""
    mixed = [share * a + (1 - share) * b for a, b in zip(rgb(colour), rgb(GROUND), strict=True)]
    return "#" + "".join(f"{round(255 * each):02X}" for each in mixed)


def told(text: str, *, size: float = TINY, colour: str = INK, **options: Any) -> Words:
    """A name as words: one that was read from a result may hold digits."""
    if isinstance(text, Told):
        return Words("{name}", name=text, size=size, color=colour, **options)
    return Words(text, size=size, color=colour, **options)


def beside_dots(
    names: Sequence[Words],
    places: Sequence[np.ndarray],
    dots: Sequence[np.ndarray],
    radius: float,
    chart: Chart,
    first: Sequence[tuple[int, int]] = (),
    also: Sequence[tuple[float, float, float, float]] = (),
) -> Sequence[Words]:
    """Names beside their places, moved to where they lie neither on each other nor on ``dots`` of this radius, nor on
    what ``also`` is in the way: boxes of left, bottom, right, top."""
    if not names:
        return names
    sizes = np.array([[float(each.width), float(each.height)] for each in names])
    middles = np.array(dots)[:, :2]
    boxes = np.concatenate([middles - radius, middles + radius], axis=1)
    corner = chart.area.get_corner(DOWN + LEFT)  # numbers stand below and beside it
    window = (float(corner[0]), float(corner[1]), chart.box.right, chart.box.top)
    found = apart(np.array(places)[:, :2], sizes, radius + 0.1, boxes, np.array(also), window, first)
    for each, (x, y) in zip(names, found, strict=True):
        each.move_to([x, y, 0])
    return names


def _fields_of_line(text: str, value: float, axis: str) -> dict[str, Any]:
    """The fields in the name of a line at a value of that axis."""
    asked = [] if isinstance(text, Told) else _FIELD.findall(text)
    if strange := [name for name in asked if name not in ("value", axis)]:
        raise EpisodeError(f"a line at a value of the {axis} axis has no {{{strange[0]}}}; its name may hold {{value}}")
    if asked and not isinstance(value, Reading):
        raise EpisodeError(f"the name of a reference line shows its value, and {value:g} was not read from a result")
    return dict.fromkeys(asked, value)


def pointer(
    text: str, target: Mobject, box: Box, towards: np.ndarray, away: float, fields: Mapping[str, Any]
) -> VGroup:
    """Words, and an arrow from them to a mark; the words stay in the box."""
    way = np.asarray(towards, float) / np.linalg.norm(towards)
    start = target.get_boundary_point(way) if len(target.get_all_points()) else target.get_center()
    words = Words(text, size=SMALL, color=INK, **fields).next_to(start + away * way, way, buff=0.1)
    words.shift(back_inside(words, box))
    tail = words.get_boundary_point(-way)
    arrow = Arrow(tail, start, buff=0.08, stroke_width=4, color=INK, max_tip_length_to_length_ratio=0.3)
    return VGroup(words, arrow)


def show(extra: VGroup) -> AnimationGroup:
    """Put up a reference line or an annotation."""
    moves = [GrowArrow(each) if isinstance(each, Arrow) else Create(each) if not _is_text(each) else FadeIn(each)
             for each in extra]  # fmt: skip
    return AnimationGroup(*moves, run_time=0.8)


def _is_text(mobject: Mobject) -> bool:
    return isinstance(mobject, Words | TickLabel)


def back_inside(words: Mobject, box: Box) -> np.ndarray:
    """The shift that brings words back into the box."""
    left, right = float(words.get_left()[0]), float(words.get_right()[0])
    low, top = float(words.get_bottom()[1]), float(words.get_top()[1])
    across = max(0.0, box.left - left) - max(0.0, right - box.right)
    up = max(0.0, box.bottom - low) - max(0.0, top - box.top)
    return np.array([across, up, 0.0])
