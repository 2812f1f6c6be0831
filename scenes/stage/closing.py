"""Cards that belong to no episode: they are drawn in whatever shape the film has.

What they say comes from the context: ``card`` holds ``title``, ``line``, ``logo`` (a file) and ``seconds``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from manim import DOWN, UP, FadeIn, Group, ImageMobject, Mobject, SVGMobject, VGroup, config

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.lettering import BODY, HUGE, SMALL, TINY, Cited, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, SOFT

ELSEWHERE = "Credits are in the description."
"""What a card says where the credits have no room."""
_WIDE, _HIGH = 0.84, 0.8
"""Shares of the frame that a card fills at most."""
_LOGO, _GAP = 0.2, 0.45


class Card(StageScene):
    """A logo, a title, a line and credits, one below the other; parts that are empty are left out."""

    badged: ClassVar[bool] = False

    def construct(self) -> None:
        """All of it comes at once and stays."""
        told = self.context.card
        shown = card(told.get("title", ""), told.get("line", ""), told.get("logo", ""), self.context.references)
        seconds = float(told.get("seconds", "2.5"))
        self.play(FadeIn(shown, shift=0.15 * UP), run_time=min(0.4, seconds / 2))
        self.hold_until(round(seconds * self.context.fps))


def card(title: str, line: str, logo: str, references: Sequence[str]) -> Group:
    """The card, in the middle of the frame as it is now.

    Raises:
        EpisodeError: the title or the line is too long for it, or the logo cannot be read.
    """
    width, height = config.frame_width * _WIDE, config.frame_height * _HIGH
    parts: list[Mobject] = [logo_of(logo, width, height * _LOGO)] if logo else []
    if title:
        parts.append(_largest(title, width, height * 0.4, HUGE * 0.75, INK, bold=True))
    if line:
        parts.append(_largest(line, width, height * 0.2, BODY, HIGHLIGHT))
    taken = sum(float(part.height) for part in parts) + _GAP * len(parts)
    if references:
        credits_ = VGroup(*(_text(each, TINY, width, SOFT) for each in references)).arrange(DOWN, buff=0.15)
        parts.append(credits_ if taken + credits_.height <= height else _text(ELSEWHERE, TINY, width, SOFT))
    return Group(*parts).arrange(DOWN, buff=_GAP).move_to([0, 0, 0])


def logo_of(path: str, width: float, height: float) -> Mobject:
    """A logo from an SVG or a picture, as large as its room allows.

    Raises:
        EpisodeError: the file cannot be read as what its name says.
    """
    try:
        found = SVGMobject(path) if Path(path).suffix.lower() == ".svg" else ImageMobject(path)
    except Exception as error:  # Manim and its readers raise whatever they like on a broken file
        raise EpisodeError(f"the logo {path} cannot be read: {error}") from error
    found.scale(min(width / max(1e-6, found.width), height / max(1e-6, found.height)))
    return found


def _text(words: str, size: float, width: float, colour: str, bold: bool = False) -> Words:
    return Words("{text}", text=Cited(words), size=size, color=colour, width=width, align="center", bold=bold)


def _largest(words: str, width: float, height: float, most: float, colour: str, bold: bool = False) -> Words:
    size = most
    while size >= SMALL * 0.99:
        made = _text(words, size, width, colour, bold)
        if made.height <= height and made.width <= width * 1.001:
            return made
        size *= 0.9
    raise EpisodeError(f"'{words[:80]}' is too long for a card of this shape; say it shorter")
