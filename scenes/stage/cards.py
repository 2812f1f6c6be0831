"""Cards: the end card with what the film rests on, and a chapter's title."""

from __future__ import annotations

from collections.abc import Sequence

from manim import DOWN, UP, Line, Mobject, VGroup

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.stage.lettering import BODY, TINY, TITLE, Cited, Words
from tapehead.scenes.stage.palette import HIGHLIGHT, INK, SOFT

LOWEST = -3.3
"""Nothing of a card lies lower than this: the badge stands there."""
NARROW, FULL = 9.0, 13.0
"""Widths of the credits: a column when there is room for it, nearly the whole frame when there is not."""
_GAP = 0.3
_LEAST_LOGO = 0.6


class EndCard(VGroup):
    """The film's question and its answer, a logo, and one credit per reference of the episode.

    Many or long credits take their room from the logo, which shrinks and at last is left out.
    Parts: ``question``, ``answer``, ``logo`` (a group, empty if it was left out), ``credits`` (one text each).

    Raises:
        EpisodeError: the credits do not fit even without a logo.
    """

    def __init__(self, question: str, answer: str, references: Sequence[str], logo: Mobject | None = None) -> None:
        self.question = Words(question, size=BODY, color=SOFT).move_to([0, 3.0, 0])
        self.answer = Words(answer, size=TITLE, align="center").move_to([0, 1.75, 0])
        self.logo = logo if logo is not None else VGroup()
        ceiling = float(self.answer.get_bottom()[1]) - _GAP
        self.credits = _credits(references, NARROW)
        self.credits.move_to([0, -2.55, 0])
        if len(self.logo.family_members_with_points()):
            self.logo.move_to([0, -0.55, 0])
            ceiling = float(self.logo.get_bottom()[1]) - _GAP
        if len(self.credits) and (self.credits.get_top()[1] > ceiling or self.credits.get_bottom()[1] < LOWEST):
            self.crowd(references)
        super().__init__(self.question, self.answer, self.logo, self.credits)

    def crowd(self, references: Sequence[str]) -> None:
        """Set the credits wide upon the lowest line, move the words up, and let the logo have what is left between."""
        self.credits = _credits(references, FULL, 0.1)
        self.credits.move_to([0, LOWEST, 0], aligned_edge=DOWN)
        self.question.set_y(3.5)
        self.answer.next_to(self.question, DOWN, buff=_GAP)
        top, floor = float(self.answer.get_bottom()[1]) - _GAP, float(self.credits.get_top()[1]) + _GAP
        if floor - _GAP > top:
            raise EpisodeError(f"{len(references)} references are too many words for one end card; shorten them")
        if floor + _LEAST_LOGO > top:
            self.logo = VGroup()
        elif len(self.logo.family_members_with_points()):
            self.logo.scale(min(1.0, (top - floor) / self.logo.height)).move_to([0, (top + floor) / 2, 0])


def _credits(references: Sequence[str], width: float, buff: float = 0.15) -> VGroup:
    lines = (
        Words("{text}", text=Cited(text), size=TINY, color=SOFT, width=width, align="center") for text in references
    )
    return VGroup(*lines).arrange(DOWN, buff=buff)


class ChapterCard(VGroup):
    """A chapter's title over a short line.  Parts: ``title``, ``rule``."""

    def __init__(self, title: str, colour: str = HIGHLIGHT) -> None:
        self.title = Words(title, size=TITLE, color=INK, width=FULL, align="center").move_to(0.2 * UP)
        self.rule = Line([-1.2, 0, 0], [1.2, 0, 0]).set_stroke(colour, 5).next_to(self.title, DOWN, buff=0.35)
        super().__init__(self.title, self.rule)
