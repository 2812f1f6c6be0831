"""What a worker may be asked to do: draw a scene, encode a stretch of a drawn one, or mix the film's sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tapehead.render.planning.film_plan import FilmPlan


@dataclass(frozen=True)
class Draw:
    """Draw a scene, by its place in the plan."""

    scene: int
    picture: str = ""
    """Where to keep a picture of what is being drawn; empty for nowhere."""

    def name(self, plan: FilmPlan) -> str:
        """The scene's."""
        return plan.scenes[self.scene].name

    def words(self, plan: FilmPlan) -> str:
        """What it is called in messages."""
        return f"scene '{self.name(plan)}'"

    def reached(self, note: str, frames: int) -> str:
        """How far it was when it was last heard of, with ``frames`` done."""
        return f"last cue: {note or 'none yet'}; frame {frames}"


@dataclass(frozen=True)
class Encode:
    """Tape and encode a drawn scene's film frames ``first`` up to ``last``."""

    scene: int
    first: int
    last: int

    def name(self, plan: FilmPlan) -> str:
        """The scene's."""
        return plan.scenes[self.scene].name

    def words(self, plan: FilmPlan) -> str:
        """What it is called in messages."""
        return f"scene '{self.name(plan)}'"

    def reached(self, _note: str, frames: int) -> str:
        """How far it was when it was last heard of, with ``frames`` done."""
        return f"while encoding from frame {self.first}, {frames} done"


@dataclass(frozen=True)
class Mix:
    """Mix and encode the film's sound; ``lengths`` of all its scenes in frames."""

    lengths: tuple[int, ...]

    def name(self, _plan: FilmPlan) -> str:
        """A log's name."""
        return "sound"

    def words(self, _plan: FilmPlan) -> str:
        """What it is called in messages."""
        return "the sound"

    def reached(self, _note: str, _frames: int) -> str:
        """How far it was when it was last heard of."""
        return "while mixing"


Task: TypeAlias = Draw | Encode | Mix
