"""Drawing one scene: the only module that touches Manim's renderer internals.

What is relied on is listed in :mod:`tapehead.render.drawing.manim_names` and pinned by a test, so that a new Manim
release fails there and not in a film.
"""

from __future__ import annotations

import random
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from manim import Camera, MovingCamera, MovingCameraScene, Scene, VMobject, tempconfig
from manim.mobject.types.image_mobject import AbstractImageMobject
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter
from manim.utils.iterables import list_update
from tqdm import tqdm  # type: ignore[import-untyped]

from tapehead.analysis.errors import EpisodeError
from tapehead.render.drawing.cues import CUES, MASTER, CueList
from tapehead.render.drawing.master import STRIPE, MasterWriter
from tapehead.render.drawing.media import Known
from tapehead.render.drawing.observer import FrameObserver, StillObserver, StillText
from tapehead.render.drawing.paths import KeptPaths, appender
from tapehead.render.drawing.placing import KeptImages, Placed, placed_in_box
from tapehead.render.drawing.reading_places import ReadingPlaces
from tapehead.render.drawing.redraw import Note, Stripes, line_margin, rows_of, stale, stretches, within
from tapehead.render.drawing.watch import LayoutWatch
from tapehead.render.quality import Quality
from tapehead.scenes.episode import import_from
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.context import StageContext


class BoxCamera(Camera):
    """A camera that paints only what can be seen, and of a frame only the rows in which something changed.

    Manim composes each image over the whole frame, which is most of the time of a scene with many images; and it paints
    every object of a frame anew, from the first that moves.  The pixels are the same: outside its box an image changes
    nothing, and neither does an object that is what and where it was.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._base: np.ndarray | None = None
        """What the objects of ``_notes`` are painted on; ``None`` where the picture is not known to be just that."""
        self._notes: list[Note] = []
        self._fresh: Stripes | None = None
        super().__init__(*arguments, **named)
        self._paths, self._images = KeptPaths(), KeptImages()

    # -- a frame from the one before --------------------------------------------------------------------

    def paint(self, base: np.ndarray, mobjects: Any, **named: Any) -> None:
        """Paint objects on a picture: what ``set_pixel_array`` and ``capture_mobjects`` would do.

        Args:
            base: uint8 RGBA ``(height, width, 4)``.  It is the same as the one before if it is the same array.
            mobjects: as ``capture_mobjects`` has them.
            named: likewise.
        """
        shown = self.get_mobjects_to_display(mobjects, **named)
        notes = [self._note(each) for each in shown]
        before, self._base = self._base, None
        known = [note for note in notes if note is not None]
        if len(known) < len(notes) or base.shape != self.pixel_array.shape:
            self.set_pixel_array(base)
            self.capture_mobjects(mobjects, **named)
            return
        height = self.pixel_height
        changed = stale(self._notes, known, height) if before is base else np.ones(-(-height // STRIPE), bool)
        for first, last in stretches(changed, height):
            self.pixel_array[first:last] = base[first:last]
            self._paint_rows(known, (first, last))
            changed[first // STRIPE : -(-last // STRIPE)] = True
        if self._fresh is not None:
            self._fresh |= changed
        self._base, self._notes = base, known

    def fresh(self) -> Stripes | None:
        """The stripes outside of which the picture is what it was when this was asked last; ``None``: not known."""
        found, self._fresh = self._fresh, np.zeros(-(-self.pixel_height // STRIPE), bool)
        return found

    def set_pixel_array(self, pixel_array: Any, convert_from_floats: bool = False) -> None:
        """The parent's; from then on nothing is known of the picture."""
        self._base = self._fresh = None
        super().set_pixel_array(pixel_array, convert_from_floats)

    def capture_mobjects(self, mobjects: Any, **named: Any) -> None:
        """The parent's; from then on nothing is known of the picture."""
        self._base = self._fresh = None
        super().capture_mobjects(mobjects, **named)

    def _note(self, mobject: Any) -> Note | None:
        """An object as it is about to be painted; ``None`` for kinds that are left to the parent."""
        unit, middle = self.pixel_height / self.frame_height, self.pixel_height / 2 + 0.0
        if isinstance(mobject, AbstractImageMobject):
            placed = self._images.of(mobject, self._corners(mobject), self._visible)
            rows = (0, 0) if placed is None else rows_of(np.array([placed.top, placed.bottom]), 1, self.pixel_height)
            return Note(mobject, (), placed, rows)
        if not isinstance(mobject, VMobject) or mobject.get_background_image():
            return None
        points = self.transform_points_pre_display(mobject, mobject.points)
        seen = self._seen(mobject)
        path = self._paths.of(mobject, points)
        if not any(seen):
            return Note(mobject, seen, path, (0, 0))
        fill, *lines = (
            self.get_fill_rgbas(mobject),
            self.get_stroke_rgbas(mobject, True),
            self.get_stroke_rgbas(mobject, False),
        )
        widths = [mobject.get_stroke_width(back) for back in (True, False)]
        look = (seen, widths, mobject.joint_type, mobject.cap_style, *(each.tobytes() for each in (fill, *lines)))
        wide = max((width for width, shown in zip(widths, (seen[0], seen[2]), strict=True) if shown), default=0.0)
        heights = middle - (points[:, 1] - self.frame_center[1]) * unit
        rows = rows_of(heights, line_margin(wide * self.cairo_line_width_multiple * unit), self.pixel_height)
        # Where colours run, Cairo counts from the first row that it paints: all of them are painted, or none.
        plain = all(len(each) == 1 for each in (fill, *lines))
        return Note(mobject, look if plain else None, path, rows)

    def _paint_rows(self, notes: list[Note], rows: tuple[int, int]) -> None:
        context = self.get_cairo_context(self.pixel_array)
        context.save()
        try:
            scaled = context.get_matrix()
            context.identity_matrix()
            context.new_path()
            context.rectangle(0, rows[0], self.pixel_width, rows[1] - rows[0])
            context.clip()
            context.set_matrix(scaled)
            for note in notes:
                if not within(note, rows):
                    continue
                if isinstance(note.outline, Placed):
                    note.outline.compose(self.pixel_array, rows)
                else:
                    self.display_vectorized(note.mobject, context)
        finally:
            context.restore()

    # -- single objects ----------------------------------------------------------------------------------

    def _seen(self, vmobject: Any) -> tuple[bool, bool, bool]:
        """Whether its line behind, its fill and its line in front can be seen."""
        behind, before = (
            vmobject.get_stroke_width(back) != 0 and bool(self.get_stroke_rgbas(vmobject, back)[:, 3].any())
            for back in (True, False)
        )
        return behind, bool(self.get_fill_rgbas(vmobject)[:, 3].any()), before

    def display_vectorized(self, vmobject: Any, ctx: Any) -> Any:
        """Leave out what cannot be seen: an object without fill and stroke, and a fill without opacity."""
        behind, filled, before = self._seen(vmobject)
        if filled or behind or before:
            self.set_cairo_context_path(ctx, vmobject)
            if behind:
                self.apply_stroke(ctx, vmobject, background=True)
            if filled:
                self.apply_fill(ctx, vmobject)
            if before:
                self.apply_stroke(ctx, vmobject)
        return self

    def set_cairo_context_path(self, ctx: Any, vmobject: Any) -> Any:
        """The parent's path, in one call; kept as long as its points are the same."""
        append = appender()
        if append is None:
            return super().set_cairo_context_path(ctx, vmobject)
        points = self.transform_points_pre_display(vmobject, vmobject.points)
        if len(points):
            ctx.new_path()
            append(ctx, self._paths.of(vmobject, points))
        return self

    def display_image_mobject(self, image_mobject: Any, pixel_array: np.ndarray) -> None:
        """Compose one image inside its box only."""
        if placed := self._visible(image_mobject, self._corners(image_mobject)):
            placed.compose(pixel_array, (0, self.pixel_height))

    def _corners(self, image_mobject: Any) -> np.ndarray:
        return np.asarray(self.points_to_subpixel_coords(image_mobject, image_mobject.points))

    def _visible(self, image_mobject: Any, corners: np.ndarray) -> Placed | None:
        source, size = np.asarray(image_mobject.get_pixel_array()), (self.pixel_width, self.pixel_height)
        return placed_in_box(source, corners, image_mobject.resampling_algorithm, size)


class MovingBoxCamera(BoxCamera, MovingCamera):  # one draws, the other says where from
    """The same for a stage scene whose camera moves: ``self.camera.frame`` is what it sees."""

    def paint(self, base: np.ndarray, mobjects: Any, **named: Any) -> None:
        """All of it anew: with the camera, whatever stands still moves in the picture."""
        self.set_pixel_array(base)
        self.capture_mobjects(mobjects, **named)


class StraightRenderer(CairoRenderer):
    """A renderer that hands the camera's own pixels on: a sink has done with them before the next frame is drawn."""

    def update_frame(
        self,
        scene: Any,
        mobjects: Any = None,
        include_submobjects: bool = True,
        ignore_skipping: bool = True,
        **named: Any,
    ) -> None:
        """The parent's, but for what did not change since the frame before."""
        if self.skip_animations and not ignore_skipping:
            return
        base = self.camera.background if self.static_image is None else self.static_image
        shown = mobjects or list_update(scene.mobjects, scene.foreground_mobjects)
        self.camera.paint(base, shown, include_submobjects=include_submobjects, **named)

    def render(self, scene: Any, time: float, moving_mobjects: Any = None) -> None:
        """Draw a frame and pass it on, without the parent's copy of it."""
        self.update_frame(scene, moving_mobjects)
        self.add_frame(self.camera.pixel_array)


class Tap(SceneFileWriter):
    """Stands where Manim writes its movie file and hands each frame to a sink instead."""

    sink: Callable[[np.ndarray, int], None]
    shown: Callable[[int], None] | None = None
    """Told each frame's number before it is written, while the scene stands as it is drawn."""
    began: Callable[[int], None] | None = None
    ended: Callable[[int], None] | None = None
    """Told the number of the next frame before an animation and after it, whether or not it wrote frames."""

    def __init__(self, settings: Any) -> None:
        super().__init__(settings)
        self.written = 0
        self.spans: list[tuple[int, int]] = []
        self._begun = 0

    def is_already_cached(self, hash_invocation: str) -> bool:
        """Never: a cached play would deliver no frames."""
        return False

    def begin_animation(self, allow_write: bool = False, *, animation_index: int, file_path: Any = None) -> None:
        """Note where an animation starts."""
        self._begun = self.written
        if self.began:
            self.began(self.written)

    def end_animation(self, allow_write: bool = False) -> None:
        """Note where it ended, if it wrote frames."""
        if self.written > self._begun:
            self.spans.append((self._begun, self.written))
        if self.ended:
            self.ended(self.written)

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Pass a frame on."""
        if self.shown:
            self.shown(self.written)
        self.sink(pixels, repeat)
        self.written += repeat

    def finish(self) -> None:
        """Nothing to join: the frames are with the sink."""

    def abort_encode_jobs(self, reraise_encoder_failures: bool = False) -> None:
        """Nothing was started."""


def scene_class(package: str, folder: Path, target: str) -> type[StageScene]:
    """The class that a scene's ``target`` (``.module:Class``) names.

    Raises:
        EpisodeError: there is no such module or class, or it is no stage scene.
    """
    found = any_scene_class(package, folder, target)
    if not issubclass(found, StageScene):
        raise EpisodeError(
            f"'{target}' is not a StageScene; SceneRef(..., plain=True) takes a Manim scene as it is, drawn by Manim's "
            "own camera, with lines spoken over it"
        )
    if depth := next((base.__name__ for base in found.__mro__ if base.__name__ in _NOT_STAGED), None):
        raise EpisodeError(
            f"'{target}' is a StageScene and a {depth}, and the stage has no such camera; derive it from {depth} alone "
            "and declare SceneRef(..., plain=True)"
        )
    return found


_NOT_STAGED = ("ThreeDScene", "SpecialThreeDScene", "ZoomedScene")
"""Scenes whose cameras draw what the stage knows nothing of; Manim's own camera draws them as plain scenes."""


def any_scene_class(package: str, folder: Path, target: str) -> type[Scene]:
    """The class that a ``target`` names, be it of the stage or of Manim alone.

    Raises:
        EpisodeError: there is no such module or class, or it is no scene.
    """
    module_name, _, class_name = target.partition(":")
    module = import_from(package, folder, module_name.lstrip("."))
    found = getattr(module, class_name, None)
    if found is None:
        raise EpisodeError(f"{module.__file__} has no scene class '{class_name}'")
    if not (isinstance(found, type) and issubclass(found, Scene)):
        raise EpisodeError(f"'{target}' is no scene of Manim's")
    return found


def settings_for(quality: Quality, media: Path, seed: int, folder: Path | None = None) -> dict[str, Any]:
    """Manim's configuration for one scene in one process; its cache stays off.

    Pictures, drawings and clips that a scene names are looked for in ``folder``, the episode's.
    """
    return {
        "pixel_width": quality.width,
        "pixel_height": quality.height,
        "frame_rate": quality.fps,
        "frame_height": 8.0,
        "frame_width": 8.0 * quality.width / quality.height,
        "media_dir": str(media),
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "seed": seed,
        **({"assets_dir": str(folder)} if folder else {}),
    }


def moves(scene_type: type[StageScene]) -> bool:
    """Whether a stage scene moves its camera."""
    return issubclass(scene_type, MovingCameraScene)


def camera_of(scene_type: type[StageScene]) -> type[Camera]:
    """What draws a stage scene."""
    return MovingBoxCamera if moves(scene_type) else BoxCamera


def build(
    scene_type: type[StageScene],
    context: StageContext,
    observer: Any,
    sink: Callable[..., None],
    watch: LayoutWatch | None = None,
) -> StageScene:
    """A scene ready to render, its frames going to ``sink(pixels, repeat)``; ``watch`` looks at its layout."""
    # Manim's progress bars, shown or not, share a lock; the default one is the system's, and a killed worker leaves it.
    tqdm.set_lock(threading.RLock())
    tap_type = type("SceneTap", (Tap,), {"sink": staticmethod(sink)})
    renderer = StraightRenderer(file_writer_class=tap_type, camera_class=camera_of(scene_type))
    bound = type(
        scene_type.__name__,
        (scene_type,),
        {"context": context, "observer": observer, "__module__": scene_type.__module__},
    )
    scene: StageScene = bound(renderer=renderer)
    observer.tap = renderer.file_writer
    observer.tap.shown = scene.before_frame
    if watch and not moves(scene_type):  # its layout is judged in a frame that stands still
        observer.tap.began = lambda frame: watch.begins(scene, frame)
        observer.tap.ended = lambda frame: watch.ends(scene, frame - 1, renderer.camera.pixel_array)
    if isinstance(observer, FrameObserver):  # recorded whenever a frame is written, and not at cues only
        observer.cues.numbers, observer.cues.typed = scene.stage_record.numbers, scene.stage_record.typed
        places = ReadingPlaces(observer.cues.numbers)
        observer.cues.places = places.found
        observer.tap.began = each_of(observer.tap.began, places.begins)
        observer.tap.ended = each_of(observer.tap.ended, lambda frame: places.ends(scene, frame))
    return scene


def each_of(*listeners: Callable[[int], None] | None) -> Callable[[int], None]:
    """Tells a frame's number to all of them, in this order."""

    def told(frame: int) -> None:
        for listener in listeners:
            if listener is not None:
                listener(frame)

    return told


def draw_still(
    package: str, folder: Path, target: str, context: StageContext, quality: Quality
) -> tuple[np.ndarray, list[StillText], list[dict[str, Any]]]:
    """Draw a scene in this process and keep its last picture, its texts, and the numbers that it shows.

    Returns:
        uint8 ``(height, width, 3)``, the texts at the last cue, and the readings of all frames.
    """
    scene_type = scene_class(package, folder, target)
    random.seed(context.seed)
    observer, last = StillObserver(quality), list[np.ndarray]()

    def keep(pixels: np.ndarray, repeat: int) -> None:
        last[:] = [np.array(pixels[..., :3])]

    with (
        tempfile.TemporaryDirectory(prefix="tapehead-media-") as media,
        tempconfig(settings_for(quality, Path(media), context.seed, folder)),
    ):
        build(scene_type, context, observer, keep).render()
    if not last:
        raise EpisodeError(f"scene '{context.scene}' draws nothing")
    return last[0], observer.texts, observer.cues.numbers


def draw(
    package: str,
    folder: Path,
    target: str,
    context: StageContext,
    quality: Quality,
    out: Path,
    media: Path,
    progress: Callable[[str, int], None] = lambda _cue, _frames: None,
    look: Callable[[np.ndarray], None] | None = None,
    ground: str = "",
) -> CueList:
    """Draw one scene into ``out``: the lossless master and ``cues.json``; ``look`` is shown each frame as well.

    ``ground`` is another colour for what is behind everything in a stage scene.

    Raises:
        EpisodeError: the scene is not there or breaks a rule of the stage.
    """
    scene_type = scene_class(package, folder, target)
    random.seed(context.seed)
    cues = CueList(quality.fps)
    observer = FrameObserver(cues, progress)
    observer.known = Known.of(folder, target, out)
    with tempconfig(settings_for(quality, media, context.seed, folder)):
        writer = MasterWriter(out / MASTER, quality.width, quality.height, quality.fps)
        try:

            def keep(pixels: np.ndarray, repeat: int) -> None:
                writer.write(pixels, repeat, changed=scene.renderer.camera.fresh())
                watch.shows(pixels, observer.frames(), repeat, moving=repeat == 1)
                if look is not None:
                    look(pixels)
                progress(observer.last_cue, observer.frames())

            watch = LayoutWatch(quality.fps)
            scene = build(scene_type, context, observer, keep, watch)
            if ground:
                scene.camera.background_color = ground
            scene.render()
        except BaseException as error:
            writer.abort()
            error.add_note(f"last cue: {observer.last_cue or 'none yet'}; frame {observer.frames()}")
            raise
        writer.close()
    assert observer.tap is not None
    cues.frames = observer.tap.written
    if not cues.frames:
        raise EpisodeError(f"scene '{context.scene}' draws nothing: it plays no animation and says no line")
    cues.animations = observer.tap.spans
    cues.findings = watch.finish(cues.frames)
    cues.tape = scene.tape.track().to_data()
    cues.origins = scene.origins()
    (out / CUES).write_text(cues.to_json())
    return cues
