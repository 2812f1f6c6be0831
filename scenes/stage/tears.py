"""One rule for a film's tape: the less is left of a whole, the more it tears.

The rule is heard once, in the words, and then holds wherever something is taken away.  ``tear`` follows a reading, so
the tape's log says which number tore it; what carries the numbers is kept clean by the scene.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from tapehead.analysis.results import Reading

if TYPE_CHECKING:
    from tapehead.scenes.stage.base import StageScene

TORN: Final = 0.75
"""Tracking error where nothing is left: far from lost, so that the picture can still be read."""
TALL: Final = 44.0
"""Height of the torn band there, in lines of a field (NTSC has 240)."""

PER_CENT: Final = (100.0, 0.0)
SHARE: Final = (1.0, 0.0)


def tear(
    scene: StageScene,
    left: Reading | Sequence[Reading],
    of: tuple[float, float] = PER_CENT,
    over: float = 0.5,
) -> None:
    """The tape tears by what is missing.

    Args:
        scene: whose tape it is.
        left: what is left, or a row of such readings, spread over ``over``.
        of: the values at which nothing is missing, and at which everything is.
        over: seconds.

    Raises:
        EpisodeError: as :meth:`~tapehead.scenes.stage.tape.TapeDeck.follow` does.
    """
    _spare_badge(scene)
    scene.tape.follow("track.error", left, of=of, to=(0.0, TORN), over=over)
    scene.tape.follow("track.height", left, of=of, to=(None, TALL), over=over)


def tear_apart(scene: StageScene, over: float = 0.5) -> None:
    """As torn as it gets: for saying what the rule is, where no number is shown."""
    _spare_badge(scene)
    scene.tape.ramp("track.error", TORN, over)
    scene.tape.ramp("track.height", TALL, over)


def _spare_badge(scene: StageScene) -> None:
    """Where the numbers come from can be read on a torn tape as well."""
    if scene.badged and not scene.tape.is_kept_clean(scene.standing_badge):
        scene.tape.keep_clean(scene.standing_badge)


def mend(scene: StageScene, over: float = 0.4) -> None:
    """Nothing is missing, or nothing is measured: the tape is as whole as the preset has it."""
    for setting in ("track.error", "track.height"):
        scene.tape.own(setting, over=over)
