"""The origin badge: a corner mark on every picture that says where its numbers come from."""

from __future__ import annotations

from manim import RIGHT, Circle, Square, Triangle, VGroup

from tapehead.analysis.results import Origin
from tapehead.scenes.stage.lettering import MONO, TINY, Cited, Words
from tapehead.scenes.stage.palette import GOOD, LUCK, SOFT

_LOOK = {
    Origin.COMPUTED: ("recomputed now", LUCK, Circle),
    Origin.PUBLISHED: ("published", GOOD, Square),
    Origin.ILLUSTRATION: ("illustration", SOFT, Triangle),
}


class OriginBadge(VGroup):
    """Shape, colour and word together, so that none of them carries the meaning alone.

    ``model`` names the model that a result holds for; a small model never borrows a big one's badge.
    """

    def __init__(self, origin: Origin, model: str = "") -> None:
        word, colour, shape = _LOOK[origin]
        mark = shape(color=colour, fill_opacity=1, stroke_width=0)
        text = Words(
            "{word}",
            word=Cited(f"{word}: {model}" if model and origin is not Origin.ILLUSTRATION else word),
            size=TINY,
            font=MONO,
            color=SOFT,
        )
        mark.scale_to_fit_height(text.height * 0.7)
        super().__init__(mark, text)
        self.arrange(RIGHT, buff=0.12)
        self.origin = origin
