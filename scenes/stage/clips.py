"""Own footage on the stage, in step with the film: a mobject that shows what a file shows at the film's time.

Which picture of the footage stands in a frame of the film follows from the frame's number alone, so the same scene
drawn twice shows the same, whatever else moves, fades or holds meanwhile.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from manim import Animation, config, linear
from manim.mobject.types.image_mobject import AbstractImageMobject
from numpy.typing import NDArray

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.loading import nearest
from tapehead.scenes.stage.footage import Footage

if TYPE_CHECKING:
    from tapehead.scenes.stage.base import StageScene

DUCK_DB = 12.0
"""How much softer a clip's sound is while somebody speaks."""


@dataclass(frozen=True)
class Heard:
    """A stretch of a clip's sound: from which second of the file, and from which frame of the scene, for how long."""

    path: Path
    frame: int
    begin_s: float
    length_s: float
    gain_db: float
    duck_db: float = DUCK_DB


class Reel:
    """Where in its footage a clip stands.  All copies of a clip that Manim makes to move it share the one reel."""

    def __init__(self, footage: Footage, start: float, end: float, speed: float) -> None:
        self.footage, self.end, self.speed = footage, end, speed
        self.at, self.since = start, -1
        self.rolling = False
        self.scene: StageScene | None = None
        self.gain_db: float | None = None
        self._kept: tuple[tuple[float, tuple[int, int], float], NDArray[np.uint8]] | None = None

    def __deepcopy__(self, _memo: dict[int, Any]) -> Reel:
        return self

    @property
    def time(self) -> float:
        """Seconds of the footage that stand in the frame of the film that is drawn now."""
        if not self.rolling or self.scene is None or self.since < 0:
            return min(self.at, self.end)
        passed = (self.scene.frame - self.since) / self.scene.context.fps
        return min(self.at + passed * self.speed, self.end)

    @property
    def moves(self) -> bool:
        """Whether the next frame may show another picture than this one."""
        return self.rolling and self.time < self.end and self.footage.duration < math.inf

    def bind(self, scene: StageScene) -> None:
        """The clip is on a stage: from now on that scene's frames count."""
        if self.scene is None:
            scene.observer.media(self.footage.path)
        self.scene = scene
        if self.rolling and self.since < 0:
            self.since = scene.frame

    def run(self) -> None:
        """Go on from where it stands, with the next frame of the film; off the stage, once it is put there."""
        self.stop()
        self.rolling = True
        if self.scene is not None:
            self.since = self.scene.frame

    def stop(self) -> None:
        """Stand still at the picture of now, and tell what was to be heard up to here."""
        if self.rolling and self.scene is not None and self.since >= 0:
            begin, now = self.at, self.time
            if self.gain_db is not None and now > begin:
                self.scene.observer.footage(Heard(self.footage.path, self.since, begin, now - begin, self.gain_db))
            self.at = now
        self.rolling, self.since = False, -1

    def pixels(self, size: tuple[int, int], opacity: float) -> NDArray[np.uint8]:
        """The picture of now, uint8 RGBA; the same array as long as it is the same."""
        key = (self.time, size, opacity)
        if self._kept is None or self._kept[0] != key:
            made = self.footage.at(self.time, size)
            if opacity < 1:
                made = made.copy()
                made[..., 3] = np.round(made[..., 3] * max(0.0, opacity)).astype(np.uint8)
            self._kept = key, made
        return self._kept[1]


def in_folder(file: str) -> Path:
    """A file of the episode's folder, by the name that a scene writes.

    Raises:
        EpisodeError: it is not there, or outside of the folder, where no key would know of it.
    """
    folder = Path(config.assets_dir)
    if Path(file).is_absolute() or ".." in Path(file).parts:
        raise EpisodeError(
            f"'{file}' lies outside of the episode's folder; copy it into {folder} and name it from there"
        )
    path = folder / file
    if not path.is_file():
        known = [each.relative_to(folder).as_posix() for each in folder.glob("*") if each.is_file()]
        raise EpisodeError(f"there is no '{file}' in {folder}{nearest(file, known)}")
    return path


class Clip(AbstractImageMobject):
    """Footage, a screen recording or a picture out of the episode's folder.

    It stands at its first picture until :meth:`run` lets it go on with the film, through holds and other animations,
    or ``self.play(clip.forward(seconds))`` does so for a while.  It is moved, scaled, faded and turned as any image is.
    What is in it was not computed here: the scene's badge is "illustration" once it is seen.

    Args:
        file: its name from the episode's folder, written out: so it is in the scene's key.
        start: the second of the file at which it begins.
        end: the second at which it stands still; by default that of its last picture.
        height: in frame units; its width follows.
        speed: seconds of the file per second of the film.
        sound: whether it is heard; 12 dB softer while somebody speaks.
        gain_db: louder or softer than it is in the file.

    Raises:
        EpisodeError: no such file, no video in it, ``start`` past its end, or a sound that it does not have.
    """

    def __init__(
        self,
        file: str,
        start: float = 0.0,
        end: float | None = None,
        *,
        height: float = 5.0,
        speed: float = 1.0,
        sound: bool = False,
        gain_db: float = 0.0,
    ) -> None:
        footage = Footage(in_folder(file), file)
        lasts = footage.duration
        if not 0 <= start < lasts:
            raise EpisodeError(f"'{file}' lasts {lasts:.2f} s; start={start:g} is not in there")
        if end is not None and not start < end <= lasts + 0.05:
            raise EpisodeError(
                f"'{file}' lasts {lasts:.2f} s; end={end:g} is not between its start ({start:g}) and that"
            )
        if not 0 < speed <= 100:
            raise EpisodeError(f"a clip's speed is above 0 and at most 100; got {speed:g}")
        if sound and not footage.sounds:
            raise EpisodeError(f"'{file}' has no sound in it; leave sound=True out")
        if sound and speed != 1:
            raise EpisodeError(
                f"'{file}' is shown at {speed:g} times its speed, and is heard at its own only: sound=False"
            )
        last = lasts if lasts == math.inf else max(start, lasts - 1e-3)
        self.reel = Reel(footage, start, last if end is None else min(end, last), speed)
        if sound:
            self.reel.gain_db = gain_db
        self.opacity = 1.0
        wide, tall = footage.size
        self._shape = wide / tall
        super().__init__(scale_to_resolution=tall)
        self.scale_to_fit_height(height)

    # -- as an image of Manim's --------------------------------------------------------------------

    def get_pixel_array(self) -> NDArray[np.uint8]:
        """The picture of now, with as many pixels as it is seen with, and never more than it has."""
        wide, tall = self.reel.footage.size
        across = float(np.linalg.norm(self.points[1] - self.points[0])) if len(self.points) == 4 else 0.0
        down = float(np.linalg.norm(self.points[2] - self.points[0])) if len(self.points) == 4 else 0.0
        unit = config.pixel_height / config.frame_height
        seen = [2 * math.ceil(length * unit / 2) or limit for length, limit in ((across, wide), (down, tall))]
        size = (max(2, min(wide, seen[0])), max(2, min(tall, seen[1])))
        return self.reel.pixels(size, self.opacity)

    def set_opacity(self, alpha: float) -> Self:
        """From 0 to 1."""
        self.opacity = float(alpha)
        return self

    def fade(self, darkness: float = 0.5, family: bool = True) -> Self:
        """As faint as this, from 0 (as it is) to 1 (gone)."""
        return self.set_opacity(1 - darkness)

    def interpolate_color(self, mobject1: Any, mobject2: Any, alpha: float) -> Self:
        """Only its opacity lies between two states: its picture is that of the film's time."""
        self.opacity = (1 - alpha) * mobject1.opacity + alpha * mobject2.opacity
        return self

    def set_color(self, color: Any = None, alpha: Any = None, family: bool = True) -> Self:
        """Footage has no colour of its own."""
        return self

    def has_time_based_updater(self) -> bool:
        """While it runs, a hold is no picture that stands."""
        return self.reel.moves or super().has_time_based_updater()

    # -- time --------------------------------------------------------------------------------------

    def run(self) -> Self:
        """Let it go on with the film from now on, whatever is played or held meanwhile."""
        self.reel.run()
        if _stays not in self.updaters:
            self.updaters.append(_stays)  # not add_updater: Manim calls it at once, and there is nothing to do
        return self

    def stop(self) -> Self:
        """Let it stand at the picture of now."""
        self.reel.stop()
        if _stays in self.updaters:
            self.updaters.remove(_stays)
        return self

    def seek(self, seconds: float) -> Self:
        """Show another second of the file.

        Raises:
            EpisodeError: it has none such.
        """
        if not 0 <= seconds <= self.reel.end:
            raise EpisodeError(
                f"'{self.reel.footage.called}' is shown up to {self.reel.end:.2f} s; seek({seconds:g}) is not in there"
            )
        rolling = self.reel.rolling
        self.reel.stop()
        self.reel.at = seconds
        if rolling:
            self.reel.run()
        return self

    def forward(self, seconds: float) -> Forward:
        """An animation: it runs for so many seconds of the film, and stands then; ``clip.forward(cue.left)``."""
        return Forward(self, seconds)


def _stays(_clip: Any) -> None:
    """An updater that does nothing: it says that the clip is among what moves; what is shown follows from the frame."""


class Forward(Animation):
    """A clip runs while it is played."""

    def __init__(self, clip: Clip, run_time: float, **options: Any) -> None:
        super().__init__(clip, run_time=run_time, rate_func=linear, **options)
        self.clip = clip

    def begin(self) -> None:
        """Let it run."""
        self.clip.run()
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Nothing: the frame's number says which picture it is."""

    def finish(self) -> None:
        """Let it stand."""
        super().finish()
        self.clip.stop()
