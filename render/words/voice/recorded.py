"""The voice ``recorded:DIR``: one sound file per line, named after the line's key (``key@variant`` for other words)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.analysis.store import digest_file, digest_of
from tapehead.render.words.voice.speech import Speech, Voice
from tapehead.render.words.voice.wording import estimate, sounding
from tapehead.scenes.script import Line, Script, Speaker

if TYPE_CHECKING:
    import numpy as np

_SHOWN = 20
_KEY = re.compile(r"^[ \t]*key[ \t]*=[ \t]*[\"']([^\"'\n]*)[\"']", re.MULTILINE)


class RecordedVoice:
    """Plays ``<key>.wav`` for each line.

    The words' times come from laying it beside espeak's speech of the same words, where that is installed and the two
    say the same; they are estimates otherwise.
    """

    name = "recorded"

    def __init__(self, folder: str) -> None:
        self.folder = Path(folder).expanduser()
        if not self.folder.is_dir():
            raise UsageError(f"the voice recorded:{folder} needs the directory {self.folder}, which is not there")
        self._beside = reference_voice()

    def identity(self) -> dict[str, Any]:
        """Digest of all recordings: the directory's name does not matter, what is in it does."""
        files = {path.stem: digest_file(path) for path in sorted(self.folder.glob("*.wav"))}
        return {"voice": self.name, "version": 2, "recordings": digest_of(files)}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """The recording and the words that its times are estimated from; other lines' recordings do not matter."""
        beside = self._beside.line_identity(line, speaker, spoken) if self._beside else {"spoken": spoken}
        recording = digest_file(self._file(line.recording))
        return {**beside, "voice": self.name, "version": 2, "recording": recording}

    def check(self, script: Script) -> None:
        """Compare the directory with the script: every line a file, every file a line.

        The script may hold a scene's lines alone: only these are wanted, while files of all lines that are written,
        and of their other words, are welcome.
        """
        wanted = {line.recording for line in script.lines}
        written = wanted | set(_KEY.findall(script.written))
        found = {path.stem for path in self.folder.glob("*.wav")}
        complaints = []
        if missing := [line.recording for line in script.lines if line.recording not in found]:
            complaints.append("missing: " + _listed(missing))
        if surplus := sorted(name for name in found - wanted if name.partition("@")[0] not in written):
            complaints.append("not in the script: " + _listed(surplus))
        if complaints:
            raise UsageError(
                f"the recordings in {self.folder} do not fit {script.path}; {'; '.join(complaints)}. "
                "Record what is missing (`tapehead record`), and rename or move away the rest"
            )

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """The recording, its channels averaged."""
        samples, rate = read_mono(self._file(line.recording))
        return timed_by(self._beside, samples, rate, line, speaker, spoken)

    def _file(self, key: str) -> Path:
        path = self.folder / f"{key}.wav"
        if not path.is_file():
            raise UsageError(f"there is no recording {path}; record the line '{key}' or choose another voice")
        return path


def reference_voice() -> Voice | None:
    """The voice whose word times are laid beside a recording: the quickest one that is installed, or none."""
    from tapehead.render.words.voice.espeak import EspeakVoice

    try:
        return EspeakVoice()
    except MissingPartError:
        return None


def timed_by(
    reference: Voice | None, samples: np.ndarray, rate: int, line: Line, speaker: Speaker, spoken: str
) -> Speech:
    """Sound that says ``spoken``, with its words' times: aligned if that works, estimated from letters otherwise."""
    from tapehead.render.words.voice.alignment import RATE_HZ, aligned
    from tapehead.render.words.voice.timbre import resampled

    start, end = sounding(samples, rate)
    if reference is not None:
        known = reference.speak(line, speaker, spoken)
        recording = resampled(samples[round(start * rate) : round(end * rate)], rate, RATE_HZ)
        if words := aligned(resampled(known.samples, known.rate, RATE_HZ), known.words, recording):
            moved = [(first, count, begins + start, min(ends + start, end)) for first, count, begins, ends in words]
            return Speech(samples, rate, moved, True)
    return Speech(samples, rate, estimate(spoken, start, end), False)


def _listed(keys: list[str]) -> str:
    more = f" and {len(keys) - _SHOWN} more" if len(keys) > _SHOWN else ""
    return ", ".join(f"{key}.wav" for key in keys[:_SHOWN]) + more


def read_mono(path: Path) -> tuple[Any, int]:
    """Samples as 32-bit floats and the rate in Hz of any sound file, channels averaged.

    Raises:
        ResultError: it is no sound file, or it is empty.
    """
    import av
    import numpy as np

    parts, rate = [], 0
    try:
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="fltp")
            for frame in container.decode(audio=0):
                rate = frame.sample_rate
                parts += [out.to_ndarray().mean(axis=0) for out in resampler.resample(frame)]
            parts += [out.to_ndarray().mean(axis=0) for out in resampler.resample(None)]
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise ResultError(f"the recording {path} cannot be read: {error}; save it as a WAV file") from error
    if not sum(len(part) for part in parts):
        raise ResultError(f"the recording {path} holds no sound; record it again")
    return np.nan_to_num(np.concatenate(parts)).astype(np.float32), rate
