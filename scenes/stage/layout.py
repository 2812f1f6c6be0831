"""The layout check: what a viewer would stumble over at one moment of a scene.

Nothing textual leaves the frame, no two texts overlap, no text is smaller than the scale's smallest step, and every
text has a contrast of at least 4.5:1 (WCAG 2.2, success criterion 1.4.3) against what lies under it.  Besides, as
advice: no line or edge runs through a text, and no more than fifteen words are to be read at once.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from manim import Mobject, VMobject, config

from tapehead.scenes.stage.badge import OriginBadge
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import TINY, UNITS_PER_POINT, Formula, Lettering
from tapehead.scenes.stage.palette import GROUND, contrast, rgb

LEAST_CONTRAST = 4.5
MOST_WORDS = 15
_OVERLAP = 0.03
"""Share of the smaller text's box that may be shared: descenders touch ascenders without being an overlap."""
_SEEN = 1.8
"""Contrast to the ground from which on a line disturbs a text; the grid of a chart has less."""
_QUOTED = re.compile(r'"([^"]*)"')
_LENGTH = 40
"""Characters of a text by which a message names it."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, a sentence with the amount, the texts, and the place in frame units."""

    kind: str
    what: str
    subject: tuple[str, ...] = ()
    box: Box | None = None


FAULTS = ("off frame", "overlap", "small", "contrast")
ADVICE = ("crossed", "crowded", "jump", "empty", "hold")


def problems(scene: StageScene, picture: np.ndarray) -> list[str]:
    """The faults of the present moment; ``picture`` is the frame as drawn, uint8 (height, width, 3 or 4)."""
    return [found.what for found in findings(scene, picture) if found.kind in FAULTS]


def findings(scene: StageScene, picture: np.ndarray) -> list[Finding]:
    """Faults and advice of the present moment, with their places."""
    texts = [(text, box(text)) for text in scene.lettering()]
    found = [*_outside(texts), *_overlaps(texts)]
    for text, place in texts:
        name = _named(text)
        if (size := em_of(text)) < TINY * UNITS_PER_POINT * 0.97:
            what = f"'{name}' is set at {size / UNITS_PER_POINT:.0f}, below the smallest size {TINY}"
            found.append(Finding("small", what, (name,), place))
        if (ratio := contrast_of(text, place, picture)) < LEAST_CONTRAST:
            what = f"'{name}' has a contrast of {ratio:.1f}:1, below {LEAST_CONTRAST}:1"
            found.append(Finding("contrast", what, (name,), place))
    badge = {id(part) for each in scene.mobjects if isinstance(each, OriginBadge) for part in each.get_family()}
    words = [text for text, _ in texts if id(text) not in badge]
    return [*found, *_crossed(scene, texts), *_crowded(words)]


def _named(text: Lettering) -> str:
    words = " ".join(text.plain_text.split())
    return words if len(words) <= _LENGTH else f"{words[: _LENGTH - 1]}…"


def box(text: Lettering) -> Box:
    """Left, bottom, right, top in frame units."""
    points = text.get_all_points()
    (left, bottom), (right, top) = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def em_of(text: Lettering) -> float:
    """The em in frame units as drawn now, scaling since it was made included."""
    return float(text.size * UNITS_PER_POINT * text.drawn_scale())


def _outside(texts: list[tuple[Lettering, Box]]) -> Iterator[Finding]:
    half_width, half_height = config.frame_width / 2 + 0.01, config.frame_height / 2 + 0.01
    for text, (left, bottom, right, top) in texts:
        by = max(-half_width - left, right - half_width, -half_height - bottom, top - half_height)
        if by > 0:
            what = (
                f"'{_named(text)}' leaves the frame by {by:.2f} (x {left:.2f}..{right:.2f}, y {bottom:.2f}..{top:.2f})"
            )
            yield Finding("off frame", what, (_named(text),), (left, bottom, right, top))


def _overlaps(texts: list[tuple[Lettering, Box]]) -> Iterator[Finding]:
    for (one, a), (other, b) in itertools.combinations(texts, 2):
        width = min(a[2], b[2]) - max(a[0], b[0])
        height = min(a[3], b[3]) - max(a[1], b[1])
        smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
        if width > 0 and height > 0 and width * height > _OVERLAP * smaller:
            names = (_named(one), _named(other))
            share = width * height / max(smaller, 1e-9)
            what = f"'{names[0]}' and '{names[1]}' overlap by {share:.0%} of the smaller"
            yield Finding("overlap", what, names, (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3])))


def _crowded(texts: list[Lettering]) -> Iterator[Finding]:
    count = sum(len(re.findall(r"[^\W\d_]{2,}", _read(text))) for text in texts)
    if count > MOST_WORDS:
        yield Finding("crowded", f"{count} words are to be read at once; {MOST_WORDS} are enough", ("words",))


def _read(text: Lettering) -> str:
    """What a viewer reads of a text: of a formula the words that are set in it, not the names that colour its parts."""
    return " ".join(_QUOTED.findall(text.plain_text)) if isinstance(text, Formula) else text.plain_text


def _crossed(scene: StageScene, texts: list[tuple[Lettering, Box]]) -> Iterator[Finding]:
    """Texts through which a line, or the edge of a shape, runs that is not hidden behind a plate."""
    order: list[Mobject] = []
    for mobject in scene.mobjects:
        if not isinstance(mobject, OriginBadge):
            _unfold(mobject, order)
    at = {id(member): n for n, member in enumerate(order)}
    shapes = [member for member in order if isinstance(member, VMobject) and not isinstance(member, Lettering)]
    shapes = [shape for shape in shapes if len(shape.points) >= 4]
    plates = [(at[id(shape)], _extent(shape)) for shape in shapes if shape.get_fill_opacity() > 0.9]
    shapes = [shape for shape in shapes if _disturbs(shape)]
    spans = {id(shape): _segments(shape) for shape in shapes}
    for text, place in texts:
        if id(text) not in at:  # the badge's
            continue
        left, bottom, right, top = place
        inset = 0.18 * (top - bottom)
        inner = (left + inset, bottom + inset, right - inset, top - inset)
        for shape in shapes:
            run = _length_inside(spans[id(shape)], inner)
            if run < 0.5 * (inner[3] - inner[1]) or run <= 0:
                continue
            here = at[id(shape)]
            if here < at[id(text)] and any(here < n < at[id(text)] and _holds(plate, place) for n, plate in plates):
                continue
            name = _named(text)
            kind = type(shape).__name__
            what = f"'{name}': a {kind} runs through it for {run:.2f} of its {right - left:.2f}"
            yield Finding("crossed", what, (name,), place)
            break


def _unfold(mobject: Mobject, into: list[Mobject]) -> None:
    """All members in the order in which they are drawn; a lettering is one."""
    into.append(mobject)
    if not isinstance(mobject, Lettering):
        for member in mobject.submobjects:
            _unfold(member, into)


def _disturbs(shape: VMobject) -> bool:
    """Whether its stroke, or the edge of its fill, is seen against the ground."""
    ground = rgb(GROUND)
    for colour, opacity in (
        (shape.get_stroke_color(), shape.get_stroke_opacity() if shape.get_stroke_width() > 0.5 else 0.0),
        (shape.get_fill_color(), shape.get_fill_opacity()),
    ):
        ink = rgb(colour.to_hex()[:7])
        seen = tuple(opacity * i + (1 - opacity) * g for i, g in zip(ink, ground, strict=True))
        if opacity > 0.2 and contrast(seen, ground) > _SEEN:  # type: ignore[arg-type]
            return True
    return False


def _segments(shape: VMobject) -> np.ndarray:
    """The outline as straight pieces, (n, 2, 2): each cubic curve in eight."""
    curves = np.asarray(shape.points, float)[: len(shape.points) // 4 * 4].reshape(-1, 4, 3)[:, :, :2]
    t = np.linspace(0, 1, 9)[:, None]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    places = np.einsum("tk,nkd->ntd", weights, curves)
    return np.stack([places[:, :-1], places[:, 1:]], axis=2).reshape(-1, 2, 2)


def _length_inside(segments: np.ndarray, place: Box) -> float:
    """How much of the pieces lies inside a box (Liang and Barsky's clipping, all pieces at once)."""
    start, way = segments[:, 0], segments[:, 1] - segments[:, 0]
    enter, leave = np.zeros(len(segments)), np.ones(len(segments))
    for axis, low, high in ((0, place[0], place[2]), (1, place[1], place[3])):
        d, s = way[:, axis], start[:, axis]
        still = np.abs(d) < 1e-9
        safe = np.where(still, 1.0, d)
        one, other = (low - s) / safe, (high - s) / safe
        outside = still & ((s < low) | (s > high))
        enter = np.maximum(enter, np.where(still, 0.0, np.minimum(one, other)))
        leave = np.where(outside, -1.0, np.minimum(leave, np.where(still, 1.0, np.maximum(one, other))))
    share = np.clip(leave - enter, 0.0, None)
    return float((share * np.linalg.norm(way, axis=1)).sum())


def _extent(shape: VMobject) -> Box:
    points = np.asarray(shape.points)[:, :2]
    (left, bottom), (right, top) = points.min(axis=0), points.max(axis=0)
    return float(left), float(bottom), float(right), float(top)


def _holds(outer: Box, inner: Box) -> bool:
    slack = 0.02
    return (
        outer[0] <= inner[0] + slack
        and outer[1] <= inner[1] + slack
        and outer[2] >= inner[2] - slack
        and outer[3] >= inner[3] - slack
    )


def contrast_of(text: Lettering, place: Box, picture: np.ndarray) -> float:
    """The least contrast among a text's glyphs against the commonest colour under its box."""
    height, width = picture.shape[:2]
    left, bottom, right, top = place
    columns = [round((x / config.frame_width + 0.5) * width) for x in (left, right)]
    rows = [round((0.5 - y / config.frame_height) * height) for y in (top, bottom)]
    margin = 2
    patch = picture[
        max(0, rows[0] - margin) : max(1, rows[1] + margin),
        max(0, columns[0] - margin) : max(1, columns[1] + margin),
        :3,
    ]
    if patch.size == 0:
        return float("inf")  # wholly outside the frame: reported as such, contrast means nothing there
    coarse = patch.reshape(-1, 3) // 16
    codes, counts = np.unique(coarse, axis=0, return_counts=True)
    ground = tuple((codes[np.argmax(counts)] * 16 + 8) / 255)
    ratios = []
    for glyph in text.family_members_with_points():
        opacity = glyph.get_fill_opacity()
        ink = rgb(glyph.get_fill_color().to_hex())
        if opacity > 0.05:
            seen = tuple(opacity * i + (1 - opacity) * g for i, g in zip(ink, ground, strict=True))
            ratios.append(contrast(seen, ground))
    return min(ratios, default=float("inf"))
