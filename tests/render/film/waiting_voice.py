"""A voice for tests of what is done while lines are spoken; in a module that its processes load quickly."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import WorkerError
from tapehead.render.words.voice.speech import Speech
from tapehead.render.words.voice.wording import estimate
from tapehead.scenes.script import Line, Script, Speaker

PATIENCE_S = 60.0


class Waiting:
    """A voice that says its last line only when there is something to be seen: without that it fails."""

    name = "waiting"
    side_by_side = True

    def __init__(self, last: str, sign: str) -> None:
        self.last, self.sign = last, sign

    def identity(self) -> dict[str, Any]:
        return {"voice": self.name}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        return {"voice": self.name, "spoken": spoken}

    def check(self, script: Script) -> None:
        pass

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        until = time.monotonic() + PATIENCE_S
        while self.sign and line.key == self.last and not list(Path("/").glob(self.sign.lstrip("/"))):
            if time.monotonic() > until:
                raise WorkerError(f"nothing was drawn while '{line.key}' was to be spoken")
            time.sleep(0.02)
        return Speech(np.sin(np.arange(24000) * 0.1).astype(np.float32), 24000, estimate(spoken, 0.0, 1.0), True)
