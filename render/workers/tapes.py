"""What treats a drawn scene's frames on their way into the film: its tape, and what is to be read round the stage."""

from __future__ import annotations

from tapehead.analysis.store import Entry
from tapehead.render.planning.film_plan import FilmPlan, ScenePlan
from tapehead.render.tape.stage import PlayedTape


def tape_of(plan: FilmPlan, scene: ScenePlan, master: Entry) -> PlayedTape:
    """What treats a scene's frames: the film's tape, driven as the scene asked when it was drawn."""
    from tapehead.render.drawing.cues import CUES, CueList
    from tapehead.render.tape.driven import stage_for

    return stage_for(plan.tape, scene.taped, CueList.load(master.file(CUES)).track)


def look_of(plan: FilmPlan, scene: ScenePlan, master: Entry) -> PlayedTape:
    """What makes the film's picture of a scene's frame: its tape, and round the stage whatever is to be read."""
    from tapehead.render.drawing.cues import CUES, MASTER, CueList
    from tapehead.render.drawing.master import MasterReader
    from tapehead.render.framing.dressed import Dressed
    from tapehead.render.framing.third import LATEST_S

    tape = tape_of(plan, scene, master)
    if scene.framing is None:
        return tape
    cues, fps = CueList.load(master.file(CUES)), plan.quality.fps
    third = None
    if scene.framing.third is not None:
        reader = MasterReader(master.file(MASTER))
        end = min(cues.frames, round((LATEST_S + scene.framing.third.seconds) * fps))
        third = scene.framing.third_from(((frame, count) for frame, count, _ in reader.between(0, end)), fps)
    return Dressed(tape, scene.framing, scene.framing.told(cues.starts(), cues.frames, fps), third)
