"""The one picture that lists show of a film, seen 168 pixels wide more often than in any other size."""

from __future__ import annotations

from tapehead.scenes.stage.base import StageScene

NARROW_PX = 168
"""Width at which a thumbnail is seen in a list on a telephone."""


class Thumbnail(StageScene):
    """Base of an episode's thumbnail: :meth:`design` adds what is seen, few and big things.

    All lettering has to be legible at 168 pixels; packaging checks that.  No badge is shown: it would not be.
    """

    badged = False

    def construct(self) -> None:
        """Hold the design for one moment."""
        self.design()
        self.hold(1 / self.context.fps)
        self.observer.cue(self, "thumbnail", "end")

    def design(self) -> None:
        """Put everything on the stage."""
        raise NotImplementedError(f"{type(self).__name__} has to add what is seen in design()")
