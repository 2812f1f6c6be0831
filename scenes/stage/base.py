"""The base of every scene: results in, narration cues, and a badge that says where the numbers come from.

A scene is a pure function of its context: no clock, no unseeded randomness, no updater that integrates ``dt``.  Time
is counted in frames that were written, never in seconds that were asked for, so pictures and words cannot drift apart.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, overload

import numpy as np
from manim import DL, RIGHT, UP, FadeIn, FadeOut, Mobject, Scene, Wait, config, smooth
from manim.animation.animation import prepare_animation

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin, Result
from tapehead.analysis.store import Store
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.badge import OriginBadge
from tapehead.scenes.stage.clips import Clip, Heard
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.facts import facts_of
from tapehead.scenes.stage.lettering import Lettering, Typed
from tapehead.scenes.stage.palette import GROUND
from tapehead.scenes.stage.record import Record, is_visible, targets_of
from tapehead.scenes.stage.tape import TapeDeck

_What = TypeVar("_What", bound=Mobject)
_T = TypeVar("_T")
_WIDE = 16 / 9


class Observer(Protocol):
    """Watches a scene being drawn; the renderer writes the cue list from it, tests check the layout with it."""

    def frames(self) -> int:
        """Frames written so far."""

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        """A cue's ``start``, ``end`` or mark was reached; the scene holds the picture of that moment."""

    def effect(self, name: str, gain_db: float) -> None:
        """A sound effect starts at the present frame."""

    def media(self, path: Path) -> None:
        """A file of the episode's folder is shown; an error where the scene's key does not know of it."""

    def footage(self, heard: Heard) -> None:
        """A stretch of a clip's sound was heard."""

    def tape(self, setting: str, value: Any, moving: bool) -> Any:
        """The value in the form that the tape takes, or an error; ``moving`` values have to be numbers.

        ``None`` with ``moving`` only asks whether the setting is there and is a number.
        """


class SilentObserver:
    """For scenes that nobody watches (plain ``manim render``): counts time by Manim's own clock."""

    def __init__(self, scene: Scene, fps: int) -> None:
        self.scene, self.fps = scene, fps

    def frames(self) -> int:
        """Frames by Manim's clock."""
        return round(self.scene.time * self.fps)

    def cue(self, scene: StageScene, key: str, moment: str) -> None:
        """Nobody is told."""

    def effect(self, name: str, gain_db: float) -> None:
        """Nobody hears it."""

    def media(self, path: Path) -> None:
        """Nothing is kept that could become outdated."""

    def footage(self, heard: Heard) -> None:
        """Nobody hears it."""

    def tape(self, setting: str, value: Any, moving: bool) -> Any:
        """There is no tape to object."""
        return value


class Cue:
    """One spoken line while it is being spoken.  Times are seconds since the scene began."""

    def __init__(self, scene: StageScene, line: TimedLine, start_frame: int) -> None:
        self._scene, self.line, self._start = scene, line, start_frame
        fps = scene.context.fps
        self._end = start_frame + max(1, round(line.duration * fps))
        self._rest = round((line.duration + line.pause) * fps) + start_frame

    @property
    def duration(self) -> float:
        """Length of the spoken line in seconds."""
        return self.line.duration

    @property
    def left(self) -> float:
        """Seconds until the line has been spoken; never less than one frame."""
        return max(1, self._end - self._scene.frame) / self._scene.context.fps

    def to(self, mark: str) -> float:
        """Seconds from now to a mark, for use as ``run_time``; never less than one frame."""
        return max(1, self._frame_of(mark) - self._scene.frame) / self._scene.context.fps

    def until(self, mark: str) -> None:
        """Hold the picture until a mark is spoken (at once, if it has passed)."""
        self._scene.hold_until(self._frame_of(mark))
        self._scene.observer.cue(self._scene, self.line.key, mark)

    def finish(self) -> None:
        """Hold the picture to the end of the line and its pause."""
        self._scene.observer.cue(self._scene, self.line.key, "end")
        self._scene.hold_until(self._rest)

    def _frame_of(self, mark: str) -> int:
        if mark not in self.line.marks:
            raise EpisodeError(
                f"line '{self.line.key}' has no mark '{mark}'; it has {', '.join(self.line.marks) or 'none'}"
            )
        return self._start + round(self.line.marks[mark] * self._scene.context.fps)


def _moved(animation: Any) -> Iterator[Mobject]:
    """All that an animation touches."""
    for mobject in (animation.mobject, getattr(animation, "target_mobject", None)):
        if isinstance(mobject, Mobject):
            yield from mobject.get_family()
    for part in getattr(animation, "animations", ()):
        yield from _moved(part)


def _only_removes(animation: Any) -> bool:
    """Whether all that an animation moves is gone after it."""
    parts = getattr(animation, "animations", ())
    return all(_only_removes(part) for part in parts) if parts else bool(animation.is_remover())


def _family_ids(*mobjects: Mobject) -> set[int]:
    """The identities of mobjects and of all that is in them."""
    return {id(member) for mobject in mobjects for member in mobject.get_family()}


def _all_drawn_in(mobject: Mobject | None, ids: set[int]) -> bool:
    """Whether there is something to be seen in a mobject, and all of it is among ``ids``."""
    drawn = [member for member in mobject.get_family() if member.has_points()] if mobject is not None else []
    return bool(drawn) and all(id(member) in ids for member in drawn)


def _apart_from(kept: set[int], mobjects: Sequence[Mobject]) -> Iterator[Mobject]:
    """Mobjects but for those that are kept; of one that holds a kept one, its other parts."""
    for mobject in mobjects:
        if id(mobject) in kept:
            continue
        if any(id(member) in kept for member in mobject.get_family()):
            yield from _apart_from(kept, mobject.submobjects)
        else:
            yield mobject


def _in_corner_of(view: Mobject) -> Callable[[Mobject], Mobject]:
    """Keeps a badge in its corner and at its size in the picture while the camera moves."""
    across: list[float] = []

    def follow(badge: Mobject) -> Mobject:
        if not across:
            across.append(badge.width / config.frame_width)
        scale = view.width / config.frame_width
        badge.scale_to_fit_width(across[0] * view.width)
        return badge.move_to(view.get_corner(DL) + 0.25 * scale * (UP + RIGHT), aligned_edge=DL)

    return follow


class StageScene(Scene):
    """Base class of all scenes.

    ``self.result(id)`` reads a result, ``with self.say(key) as cue`` speaks a line, ``self.badge_for(origin)`` changes
    the badge, ``self.sound(name)`` adds a quiet effect, ``self.tape`` drives the tape that the film may be put on,
    ``self.rng`` is the scene's own seeded generator.
    """

    context: StageContext
    observer: Observer
    badged: ClassVar[bool] = True
    """Whether a badge is put up before the first frame, with or without ``setup``."""
    ground: ClassVar[bool] = True
    """Whether what is behind everything belongs to the picture; ``tapehead export`` gives a scene without it alpha."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._leaving: list[Mobject] = []  # what was told to leave, and fades with the next animation
        self._leaving_takes = 0.6
        self._leaving_in_place: list[Mobject] = []  # groups whose parts leave without coming to the front
        self._leaving_badge: OriginBadge | None = None
        self._clips: list[Clip] = []
        super().__init__(*args, **kwargs)
        if not hasattr(self, "context"):
            self.context = StageContext.from_environment()
        if not hasattr(self, "observer"):
            self.observer = SilentObserver(self, int(config.frame_rate))
        self.rng = np.random.default_rng([self.context.seed, *self.context.scene.encode()])
        self.camera.background_color = GROUND
        self._results: dict[str, Result] = {}
        self._spoken: list[str] = []
        self._badge: OriginBadge | None = None
        self._illustrated = False
        self.stage_record = Record(self.context.scene)
        self.left_out: set[str] = set()
        self.tape = TapeDeck(self)

    @property
    def is_upright(self) -> bool:
        """Whether the frame is narrower than 4:3, so that what stands side by side in a wide one has less room."""
        return float(config.frame_width) < 4 / 3 * float(config.frame_height)

    def shaped(self, wide: _T, upright: _T) -> _T:
        """The one or the other, by the shape of the frame: ``self.shaped(2.1, upright=1.8)``.

        For scenes that declare other shapes than 16:9 (``SceneRef(..., shapes=("6:5",))``).  The frame is 8 units high
        in all of them, 14.2 wide in 16:9 and 9.6 in 6:5.
        """
        return upright if self.is_upright else wide

    def narrowed(self, x: float) -> float:
        """A place that was meant for a wide frame, moved towards the middle as an upright one is narrower."""
        return x * float(config.frame_width) / (_WIDE * float(config.frame_height)) if self.is_upright else x

    def setup(self) -> None:
        """Put the badge up before anything else is drawn."""
        super().setup()
        self._put_up_badge()

    def _put_up_badge(self) -> None:
        """The badge of the results that the scene uses, if none stands yet."""
        if self._badge is not None or not self.badged:
            return
        origins = [self.result(name) for name in self.context.results]
        if not origins:
            self.badge_for(Origin.ILLUSTRATION)
        else:
            first = min(origins, key=lambda r: list(Origin).index(r.origin))
            self.badge_for(first.origin, first.model)

    def tear_down(self) -> None:
        """Every line of the script must have been spoken: a forgotten one is an error, not a silence."""
        super().tear_down()
        for clip in self._clips:
            clip.stop()
        if forgotten := [key for key in self.context.lines if key not in self._spoken]:
            raise EpisodeError(f"scene '{self.context.scene}' never says: {', '.join(forgotten)}")

    # -- what it is given --------------------------------------------------------------------------

    def result(self, name: str) -> Result:
        """A result by the id under which the episode declared it.

        Raises:
            EpisodeError: the scene did not declare that it uses it.
        """
        if name not in self.context.results:
            listed = ", ".join(self.context.results) or "none"
            raise EpisodeError(f"scene '{self.context.scene}' does not declare that it uses '{name}'; it uses {listed}")
        if name not in self._results:
            found = Store.read_result(Path(self.context.results[name]))
            object.__setattr__(found, "name", name)
            object.__setattr__(found, "facts", facts_of(name, found.facts))
            self._results[name] = found
        return self._results[name]

    # -- time --------------------------------------------------------------------------------------

    @property
    def frame(self) -> int:
        """Frames drawn so far."""
        return self.observer.frames()

    def hold(self, seconds: float) -> None:
        """Keep the picture for a while."""
        self.hold_until(self.frame + round(seconds * self.context.fps))

    def hold_until(self, frame: int) -> None:
        """Keep the picture until a frame number is reached (at once, if it has passed)."""
        missing = frame - self.frame
        # What was told to leave stands until something comes; not under the badge of another picture, though.
        if missing > 0 and self._leaving and self._badge is not self._leaving_badge:
            self.play(run_time=min(self._leaving_takes, missing / self.context.fps))
            missing = frame - self.frame
        if missing > 0:
            self._put_up_badge()
            if self._moves_by_itself():
                # What an updater moves by dt goes on while a line is spoken; a hair less, as in play.
                super().play(Wait(missing / self.context.fps - 1e-6, frozen_frame=False))
            else:
                # A hair more than n frames: Manim truncates a frozen wait to whole frames.
                super().play(Wait((missing + 1e-3) / self.context.fps, frozen_frame=True))

    def _moves_by_itself(self) -> bool:
        """Whether something on the stage, or the scene itself, has an updater that takes time."""
        return bool(self.updaters) or any(each.has_time_based_updater() for each in self.get_mobject_family_members())

    def play(self, *animations: Any, run_time: float | None = None, **options: Any) -> None:
        """Play animations; ``run_time`` is rounded to whole frames."""
        if run_time is not None:
            # A hair less, since Manim counts frames with arange and a rounding error would add one.
            options["run_time"] = max(1, round(run_time * self.context.fps)) / self.context.fps - 1e-6
        self._put_up_badge()
        if self._leaving:
            animations = tuple(self._crossed(animations, options.get("run_time", 0.0)))
        targets = targets_of(animations)
        self.stage_record.expect(targets)
        super().play(*animations, **options)
        # Manim takes away the group, which never stood on the stage, and not what is in it.
        gone, self._leaving_in_place = self._leaving_in_place, []
        self.remove(*(member for mobject in gone for member in mobject.get_family()))
        self.stage_record.reached(targets)

    def before_frame(self, frame: int) -> None:
        """The picture of film frame ``frame`` is about to be written; the renderer says so.

        Raises:
            EpisodeError: a text on the stage has a number in it that no result holds.
        """
        self.tape.shown(frame)
        self.stage_record.look(self.mobjects)

    # -- words and sound ---------------------------------------------------------------------------

    @contextlib.contextmanager
    def say(self, key: str) -> Iterator[Cue]:
        """Speak a line of the script; the picture holds until it and its pause are over.

        Raises:
            EpisodeError: the script has no such line for this scene, or it was spoken before.
        """
        line = self._line(key)
        if key in self._spoken:
            raise EpisodeError(f"line '{key}' is spoken twice")
        self._spoken.append(key)
        cue = Cue(self, line, self.frame)
        self.observer.cue(self, key, "start")
        yield cue
        cue.finish()

    def variant(self, key: str) -> str:
        """Which words of a line were taken: the name of the variant whose condition holds, or ``default``.

        Raises:
            EpisodeError: the script has no such line for this scene.
        """
        return self._line(key).variant

    def _line(self, key: str) -> TimedLine:
        if key not in self.context.lines:
            raise EpisodeError(
                f"scene '{self.context.scene}' has no line '{key}'; it has {', '.join(self.context.lines) or 'none'}"
            )
        return self.context.lines[key]

    def sound(self, name: str, gain_db: float = 0.0) -> None:
        """Start a quiet sound effect at the present frame."""
        self.observer.effect(name, gain_db)

    def add_sound(self, *_what: Any, **_how: Any) -> None:
        """Manim's own; nothing of it is in a stage scene's film, which `tapehead check` says."""
        self.left_out.add("add_sound")

    def add_subcaption(self, *_what: Any, **_how: Any) -> None:
        """Manim's own; nothing of it is in a stage scene's film, which `tapehead check` says."""
        self.left_out.add("add_subcaption")

    def next_section(self, *_what: Any, **_how: Any) -> None:
        """Manim's own; nothing of it is in a stage scene's film, which `tapehead check` says."""
        self.left_out.add("next_section")

    # -- badge and clearing ------------------------------------------------------------------------

    def badge_for(self, origin: Origin, model: str = "") -> None:
        """Show the badge for an origin, in place of the one that stands; after :meth:`typed` it stays as it is."""
        if self._illustrated:
            origin, model = Origin.ILLUSTRATION, ""
        if self._badge is not None:
            self.remove_foreground_mobject(self._badge)
            self.remove(self._badge)
        self._badge = OriginBadge(origin, model)
        self._badge.to_corner(DL, buff=0.25)
        if (view := getattr(self.camera, "frame", None)) is not None:
            self._badge.add_updater(_in_corner_of(view))
        self.add_foreground_mobject(self._badge)

    @overload
    def typed(self, what: str) -> Typed: ...

    @overload
    def typed(self, what: _What) -> _What: ...

    def typed(self, what: str | Mobject) -> str | Mobject:
        """Allow a number that no result holds and that measures nothing (a date, a title), and give it back.

        A text is allowed wherever it stands, ``Words("since {year}", year=self.typed("1995"))`` as well as in Manim's
        own texts; a mobject with all that is in it.  From now on the scene's badge is "illustration".
        """
        self.stage_record.allow(what)
        self._illustrated = True
        if self.badged:
            self.badge_for(Origin.ILLUSTRATION)
        return Typed(what) if isinstance(what, str) else what

    def origins(self) -> list[str]:
        """Where what it shows comes from, for the provenance."""
        found = {str(self.result(name).origin) for name in self.context.results}
        return sorted(found | ({str(Origin.ILLUSTRATION)} if self._illustrated or not found else set()))

    @property
    def standing_badge(self) -> OriginBadge:
        """The badge that stands; on a badly driven tape it is for the scene to keep clean, so that it can be read."""
        assert self._badge is not None, "it is put up before a scene is constructed"
        return self._badge

    def clear_stage(self, *keep: Mobject, run_time: float = 0.6, at_once: bool = False) -> None:
        """Take everything but ``keep`` and the badge away: it stands until something comes, and fades meanwhile.

        So no picture is black between two others.  What is faded in again by what comes next stays as it is, and at the
        end of a scene all stays until the cut.  With ``at_once`` it fades now, to an empty stage.  Who is kept is kept
        with all its parts, also where they came on the stage one by one; of a group that holds one who is kept, the
        others go.
        """
        kept = _family_ids(*keep, *([self._badge] if self._badge else []))
        self._leaving = list(_apart_from(kept, self.mobjects))
        self._leaving_takes, self._leaving_badge = run_time, self._badge
        if at_once:
            self._leave()

    def _leave(self) -> None:
        """What was told to leave fades now, and nothing else happens."""
        if gone := self._take_leaving():
            super().play(*(FadeOut(mobject) for mobject in gone), run_time=self._leaving_takes)

    def _take_leaving(self) -> list[Mobject]:
        gone, self._leaving = self._leaving, []
        return gone

    def _crossed(self, animations: Sequence[Any], run_time: float) -> list[Any]:
        """Animations, and beside them the fading of what was told to leave."""
        given = [prepare_animation(each) for each in animations]
        run_time = run_time or max((each.run_time for each in given), default=self._leaving_takes)
        told = _family_ids(*self._leaving)
        back = [each for each in given if type(each) is FadeIn and _all_drawn_in(each.mobject, told)]
        rest = [each for each in given if each not in back]
        gone = list(_apart_from(_family_ids(*(each.mobject for each in back)), self._leaving))
        leaving = _family_ids(*gone)
        if any(id(member) in leaving for each in rest for member in _moved(each)):
            self._leave()  # what comes next needs them as they are: it cannot begin before they are gone
            return given
        self._leaving = []
        share = run_time / self._leaving_takes
        fading = [FadeOut(mobject, rate_func=lambda t: smooth(min(1.0, t * share))) for mobject in gone]
        return [*rest, *fading] or [Wait(run_time)]

    def add(self, *mobjects: Mobject) -> StageScene:
        """Put mobjects on the stage; one that was told to leave stays."""
        self._leaving = list(_apart_from(_family_ids(*mobjects), self._leaving))
        for clip in (each for mobject in mobjects for each in mobject.get_family() if isinstance(each, Clip)):
            self._takes_on(clip)
        return super().add(*mobjects)

    def add_mobjects_from_animations(self, animations: list[Any]) -> None:
        """What animations move comes on the stage; what only leaves it stays in its layer meanwhile.

        Manim adds a group that is new to it on top of everything, so things told to leave together would first come to
        the front, over what hid them.
        """
        here = _family_ids(*self.mobjects)
        new = [each for each in animations if each.mobject is not None and id(each.mobject) not in here]
        staying = [each for each in new if _only_removes(each) and _all_drawn_in(each.mobject, here)]
        self._leaving_in_place = [each.mobject for each in staying]
        super().add_mobjects_from_animations([each for each in animations if each not in staying])

    def _takes_on(self, clip: Clip) -> None:
        """A clip comes on the stage: this scene's frames are its time, and what is in it was not computed here."""
        if all(clip.reel is not known.reel for known in self._clips):
            self._clips.append(clip)
            self._illustrated = True
            if self.badged:
                self.badge_for(Origin.ILLUSTRATION)
        clip.reel.bind(self)

    def swap(self, old: Mobject, new: Mobject, run_time: float = 0.5) -> None:
        """Cross-fade two mobjects in place."""
        self.play(FadeOut(old), FadeIn(new), run_time=run_time)

    def lettering(self) -> list[Lettering]:
        """All lettering that is on the stage and visible, badge included."""
        found: list[Lettering] = []
        for mobject in self.mobjects:
            for member in mobject.get_family():
                if isinstance(member, Lettering) and member not in found and is_visible(member):
                    found.append(member)
        return found
