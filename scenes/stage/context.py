"""What a scene is given besides itself: results, spoken lines with their times, frame rate, seed.

The context is plain JSON, so that a worker process, a test, or plain ``manim render`` (through the environment
variable ``TAPEHEAD_CONTEXT``) can hand the same thing to the same scene.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.script import TimedLine

VARIABLE = "TAPEHEAD_CONTEXT"


@dataclass(frozen=True)
class StageContext:
    """Everything that a scene's pictures depend on, besides its code.

    ``results`` maps the ids that the scene may use to the directories of their store entries.
    """

    episode: str
    scene: str
    title: str
    fps: int
    seed: int
    lines: Mapping[str, TimedLine] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    references: tuple[str, ...] = ()
    card: Mapping[str, str] = field(default_factory=dict)
    """What a card says that belongs to no episode (:mod:`tapehead.scenes.stage.closing`)."""

    def to_json(self) -> str:
        """One JSON object; :meth:`from_json` reads it back."""
        return json.dumps(asdict(self) | {"lines": {key: line.to_json() for key, line in self.lines.items()}})

    @classmethod
    def from_json(cls, text: str) -> StageContext:
        """Read what :meth:`to_json` wrote."""
        data = json.loads(text)
        data["lines"] = {key: TimedLine.from_json(line) for key, line in data["lines"].items()}
        data["references"] = tuple(data["references"])
        return cls(**data)

    @classmethod
    def from_environment(cls) -> StageContext:
        """The context that ``$TAPEHEAD_CONTEXT`` names.

        Raises:
            EpisodeError: the variable is not set, or its file cannot be read.
        """
        name = os.environ.get(VARIABLE)
        if not name:
            raise EpisodeError(
                "a stage scene needs its results and words: render it with `tapehead render EPISODE --only SCENE`, "
                f"or set {VARIABLE} to a context file"
            )
        try:
            return cls.from_json(Path(name).read_text())
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise EpisodeError(f"{VARIABLE}={name} cannot be read: {error}") from error
