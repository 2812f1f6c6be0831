"""Goes through a scene without its frames: every animation is taken to its end, and only what then stands is painted.

So a film takes seconds, and what its scenes say wrong in their code, their lines or their layout is known before the
first frame is drawn.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from manim import tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.drawing.draw import Tap, camera_of, moves, settings_for
from tapehead.render.drawing.media import Known
from tapehead.render.drawing.watch import LayoutWatch, stands_still
from tapehead.render.quality import Quality
from tapehead.render.sound.effects import EFFECTS
from tapehead.render.tape.driven import driven
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.clips import Heard
from tapehead.scenes.stage.context import StageContext

SMALL = Quality("small", 480, 270, 15)


@dataclass
class DryObserver:
    """Watches a scene whose animations are skipped; frames are counted by its clock."""

    fps: int
    scene: StageScene | None = None
    spoken: list[str] = field(default_factory=list)
    last_cue: str = ""
    known: Known | None = None

    def frames(self) -> int:
        """Frames that would have been written."""
        return round(self.scene.time * self.fps) if self.scene else 0

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        """Note which line is spoken."""
        self.last_cue = f"{key} ({moment})"
        if moment == "start":
            self.spoken.append(key)

    def effect(self, name: str, gain_db: float) -> None:
        """Refuse an effect that is not there."""
        if name not in EFFECTS:
            raise UnknownNameError("sound effect", name, EFFECTS)

    def media(self, path: Path) -> None:
        """Refuse a file that is not in the scene's key."""
        if self.known:
            self.known.check(path)

    def footage(self, heard: Heard) -> None:
        """Nobody hears it."""

    def tape(self, setting: str, value: Any, moving: bool) -> Any:
        """Hold a setting against the tape's registry."""
        return driven(setting, value, moving)


def walk_through(
    scene_type: type[StageScene],
    context: StageContext,
    observer: DryObserver,
    watch: LayoutWatch,
    size: Quality = SMALL,
    folder: Path | None = None,
) -> None:
    """Go through a scene; the findings are with ``watch``, also where the scene raises something.

    Pictures and clips that the scene names are looked for in ``folder``.

    Raises:
        Exception: whatever the scene raises.
    """
    random.seed(context.seed)
    with (
        tempfile.TemporaryDirectory(prefix="tapehead-dry-") as media,
        tempconfig(settings_for(size, Path(media), context.seed, folder)),
    ):
        tap = type("NoTap", (Tap,), {"sink": staticmethod(lambda _pixels, _repeat: None)})
        renderer = CairoRenderer(file_writer_class=tap, camera_class=camera_of(scene_type), skip_animations=True)
        names = {"context": context, "observer": observer, "__module__": scene_type.__module__}
        scene: StageScene = type(scene_type.__name__, (scene_type,), names)(renderer=renderer)
        observer.scene = scene
        before = 0  # frames when the last animation was over: Manim's clock is ahead while one is skipped

        def begins(_written: int) -> None:
            if not moves(scene_type):
                watch.begins(scene, before)

        def ends(_written: int) -> None:
            nonlocal before
            began, ended = before, observer.frames()
            before = ended
            still = stands_still(scene)
            scene.stage_record.look(scene.mobjects)
            renderer.static_image = None
            renderer.update_frame(scene)
            if still:
                watch.shows(renderer.camera.pixel_array, began, ended - began, moving=False)
            else:
                watch.moves(began, ended)
            if not moves(scene_type):  # its layout is judged in a frame that stands still
                watch.ends(scene, max(began, ended - 1), renderer.camera.pixel_array)

        renderer.file_writer.began, renderer.file_writer.ended = begins, ends
        try:
            scene.render()
        finally:
            watch.finish(observer.frames())
