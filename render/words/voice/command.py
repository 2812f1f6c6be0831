"""The voice ``command:PROGRAM …``: any program that writes one sound file a line, with its words' times by alignment.

``{out}`` in the command is where the sound goes, ``{text}`` the words; a command without ``{text}`` gets them on its
standard input.  ``{speaker}``, ``{style}`` and ``{rate}`` are the speaker's.  No shell is involved: what a word of the
script holds cannot become a command.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.render.words.voice.recorded import read_mono, reference_voice, timed_by
from tapehead.render.words.voice.speech import Speech
from tapehead.scenes.script import Line, Script, Speaker

_LONGEST_S = 300.0


class CommandVoice:
    """Speaks by running a program for each line.

    Raises:
        UsageError: the command does not say where the sound goes, or cannot be split into words.
        MissingPartError: there is no such program.
    """

    name = "command"

    def __init__(self, command: str) -> None:
        try:
            self._words = shlex.split(command)
        except ValueError as error:
            raise UsageError(
                f"the voice's command {command!r} cannot be read: {error}; quote it as for a shell"
            ) from None
        if not any("{out}" in word for word in self._words):
            raise UsageError(
                "the voice 'command' needs a program and {out}, where its sound goes: command:'say -o {out} {text}'"
            )
        if shutil.which(self._words[0]) is None:
            raise MissingPartError(f"there is no program '{self._words[0]}' for the voice 'command'; install it")
        self._beside = reference_voice()

    def identity(self) -> dict[str, Any]:
        """The command as it was given; what its program is, nobody but you knows."""
        return {"voice": self.name, "version": 1, "engine": Path(self._words[0]).name, "command": self._words}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """The command with all that is put into it, but for the place of the sound."""
        beside = self._beside.line_identity(line, speaker, spoken) if self._beside else {}
        return {"beside": beside, **self.identity(), "spoken": spoken, "run": self._filled("", speaker, spoken)}

    def check(self, script: Script) -> None:
        """Any script will do: what the program can say is known when it says it."""

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Run the program, and find the words in its sound.

        Raises:
            ResultError: it fails, takes longer than five minutes, or writes no sound.
        """
        with tempfile.TemporaryDirectory(prefix="tapehead-voice-") as folder:
            out = Path(folder) / "line.wav"
            words = self._filled(str(out), speaker, spoken)
            told = None if any("{text}" in word for word in self._words) else spoken
            try:
                done = subprocess.run(
                    words, input=told, capture_output=True, text=True, timeout=_LONGEST_S, check=False
                )
            except subprocess.TimeoutExpired:
                raise ResultError(f"'{words[0]}' took longer than {_LONGEST_S:.0f} s for line '{line.key}'") from None
            except OSError as error:
                raise ResultError(f"'{words[0]}' cannot be run: {error.strerror or error}") from error
            if done.returncode or not out.is_file():
                last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
                what = f"ended with {done.returncode}" if done.returncode else f"wrote no sound to {out.name}"
                raise ResultError(
                    f"'{words[0]}' {what} for line '{line.key}'{': ' + last[0] if last else ''}; run it by hand first"
                )
            samples, rate = read_mono(out)
        return timed_by(self._beside, samples, rate, line, speaker, spoken)

    def _filled(self, out: str, speaker: Speaker, spoken: str) -> list[str]:
        values = {"{out}": out, "{speaker}": speaker.name, "{style}": speaker.style, "{rate}": str(speaker.rate)}
        # All places at once: what is put in is never looked through again, and a script may say {out}.
        values["{text}"] = spoken
        places = re.compile("|".join(map(re.escape, values)))
        return [places.sub(lambda found: values[found.group()], word) for word in self._words]
