"""What a film of another shape makes of an episode: how large its stage is there, and which words have no room."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tapehead.analysis.errors import EpisodeError
from tapehead.render.check.problems import ADVICE, LAYOUT, Problem
from tapehead.render.drawing.dry import SMALL
from tapehead.render.framing.dressed import Dressed, Framing
from tapehead.render.framing.lettering import SMALLEST
from tapehead.render.framing.rooms import Box
from tapehead.render.planning.film_plan import Around, framed
from tapehead.render.quality import Quality
from tapehead.render.tape import tape_named
from tapehead.render.tape.presets import CLEAN
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.lettering import TINY, UNITS_PER_POINT

_LONG = 10**6
"""Frames in which any line is over."""


def small_stage(stage: Box) -> Quality:
    """A small picture of the stage's shape, with as many pixels as one is usually walked through in."""
    if abs(stage.width / stage.height - 16 / 9) < 0.02:
        return SMALL
    height = 2 * round((SMALL.width * SMALL.height * stage.height / stage.width) ** 0.5 / 2)
    return Quality("small", 2 * round(height * stage.width / stage.height / 2), height, SMALL.fps)


def framing_of(scene: SceneRef, picture: Quality, lines: Mapping[str, TimedLine], around: Around) -> Framing | None:
    """How a scene will stand in the picture."""
    spoken = {key: line for key, line in lines.items() if line.scene == scene.name}
    return framed(scene, picture, spoken, around)


def shape_problems(
    episode: Episode, picture: Quality, lines: Mapping[str, TimedLine], around: Around
) -> Iterator[Problem]:
    """What does not fit round the stage, and how small the stage becomes."""
    framings = {scene.name: framing_of(scene, picture, lines, around) for scene in episode.scenes}
    said = set[str]()
    for name, framing in framings.items():
        for what in _misfits(framing) if framing else ():
            if what not in said:
                said.add(what)
                yield Problem(LAYOUT, f"{name}: {what}")
    small = {name: framing.rooms.stage for name, framing in framings.items() if framing and _letters(framing) < 1}
    if small:
        stage = next(iter(small.values()))
        share = stage.width * stage.height / (picture.width * picture.height)
        letters = TINY * UNITS_PER_POINT * stage.height / 8
        names = ", ".join(small) if len(small) < len(framings) else "all scenes"
        yield Problem(
            ADVICE,
            f"in {picture.width}x{picture.height} the stage of {names} is {stage.width}x{stage.height}, {share:.0%} of "
            f"the picture, and letters of the smallest size are {letters:.0f} pixels high; a scene that places its "
            'things by config.frame_width can have more: SceneRef(..., shapes=("1:1", "4:5"))',
        )


def _letters(framing: Framing) -> float:
    """The smallest letters of the stage, against the smallest that can be read in the picture."""
    em = TINY * UNITS_PER_POINT * framing.rooms.stage.height / 8
    return em / (SMALLEST * min(framing.width, framing.height))


def _misfits(framing: Framing) -> Iterator[str]:
    tape = tape_named(CLEAN)
    for key in framing.lines or ("",):
        told = framing.told({key: 0.0} if key else {}, _LONG, 30)
        try:
            Dressed(tape, framing, told).fit()
        except EpisodeError as error:
            yield str(error)
