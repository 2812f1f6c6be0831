"""Recording an episode's lines: one after the other from a microphone, or from files that somebody hands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tapehead.analysis.errors import MissingPartError, ResultError, UsageError
from tapehead.analysis.registry import load
from tapehead.analysis.store import Store
from tapehead.render.film.make import analyze
from tapehead.render.progress import Reporter
from tapehead.render.words.takes import SOUNDS, Take, keep, named, prepared, to_read
from tapehead.scenes.episode import Episode
from tapehead.scenes.filling import filled
from tapehead.scenes.script import Line, Script

if TYPE_CHECKING:
    import numpy as np

REMEDY = "run: pip install 'tapehead[record]'"
_SHOWN = 12


class Microphone(Protocol):
    """What sound comes from."""

    name: str

    def take(self, wait: Callable[[], object]) -> tuple[np.ndarray, int]:
        """Record until ``wait`` returns: mono samples from -1 to 1, and their rate in Hz."""


@dataclass(frozen=True)
class Recorded:
    """What is in the folder now."""

    folder: Path
    kept: tuple[str, ...]
    missing: tuple[str, ...]


def lines_to_say(episode: Episode, store: Store, reporter: Reporter, scene: str = "") -> tuple[Script, Sequence[Line]]:
    """The script with its numbers filled in, and the lines of one scene or of all.

    Raises:
        UnknownNameError: there is no such scene.
        EpisodeError: the script is malformed.
    """
    if scene:
        episode.scene(scene)
    results = analyze(episode, store, reporter)
    script = filled(episode.script(), lambda name: load(store, results[name], name))
    return script, script.scene(scene) if scene else script.lines


def from_files(
    script: Script, lines: Sequence[Line], source: Path, folder: Path, say: Callable[[str], None]
) -> Recorded:
    """Cut and level what lies in ``source``, named after the lines or numbered as they are listed.

    Raises:
        UsageError: the folder is not there, or files of it are no line's, hold nothing, or cannot be read; what was in
            order is kept.
    """
    from tapehead.render.words.voice.recorded import read_mono

    if not source.is_dir():
        raise UsageError(f"--from names the folder {source}, which is not there")
    if source.resolve() == folder.resolve():
        raise UsageError(f"--from and --to are the same folder {source}; the takes go into another one")
    files = [path for path in source.iterdir() if path.suffix.lower() in SOUNDS]
    if not files:
        raise UsageError(f"there is no sound in {source}; wanted are files like {lines[0].recording}.wav or 1.wav")
    found, strange = named(files, lines)
    names, kept = [line.recording for line in lines], list[str]()
    complaints = [f"{path.name} is no line's{_nearest(path.stem, names)}" for path in strange]
    for line, path in found:
        try:
            take = prepared(*read_mono(path), line, script.speakers[line.speaker].rate)
        except ResultError as error:
            complaints.append(f"{path.name}: {error}")
            continue
        keep(take, line, folder)
        kept.append(line.recording)
        say(_told(path.name, line, take))
    if complaints:
        more = f"; and {len(complaints) - _SHOWN} more" if len(complaints) > _SHOWN else ""
        raise UsageError(
            f"{len(kept)} of {len(files)} files are kept in {folder}; not so: {'; '.join(complaints[:_SHOWN])}{more}"
        )
    return _now(lines, folder, kept)


def from_microphone(
    script: Script,
    lines: Sequence[Line],
    folder: Path,
    microphone: Microphone,
    ask: Callable[[str], str],
    say: Callable[[str], None],
    again: bool = False,
) -> Recorded:
    """Show line after line and record it; those that have a take of the same words are left out unless ``again``.

    Raises:
        OutputError: the folder cannot be written; what was kept before stays.
    """
    missing, changed = to_read(lines, folder)
    wanted = list(lines) if again else [line for line in lines if line in missing or line in changed]
    kept = list[str]()
    for number, line in enumerate(wanted, 1):
        rate = script.speakers[line.speaker].rate
        say(f"\n{number} of {len(wanted)}  {line.recording}  ({line.speaker})")
        say(f"\n    {line.text}\n")
        if line in changed:
            say("    (its words have changed since it was read)")
        while True:
            if (answer := ask("Enter: begin   s: skip   q: stop  ").strip().lower()[:1]) in ("s", "q"):
                break
            samples, hz = microphone.take(lambda: ask("recording; Enter: end  "))
            try:
                take = prepared(samples, hz, line, rate)
            except ResultError as error:
                say(f"    {error}")
                continue
            say("    " + _told(line.recording, line, take))
            if (answer := ask("Enter: keep   r: once more   s: skip   q: stop  ").strip().lower()[:1]) == "r":
                continue
            if answer not in ("s", "q"):
                keep(take, line, folder)
                kept.append(line.recording)
            break
        if answer == "q":
            break
    return _now(lines, folder, kept)


def microphone_here() -> Microphone:
    """The system's microphone.

    Raises:
        MissingPartError: sounddevice is not installed, or there is no microphone.
    """
    without = "or record the lines elsewhere, a file each, and hand them in with --from FOLDER (--list shows them)"
    try:
        import sounddevice
    except ImportError:
        raise MissingPartError(
            f"recording needs the package sounddevice, which is not installed; {REMEDY}, {without}"
        ) from None
    except OSError as error:  # its library comes with the wheel on some systems only
        raise MissingPartError(f"recording needs the library PortAudio ({error}); install it, {without}") from None
    try:
        device = sounddevice.query_devices(kind="input")
    except (ValueError, sounddevice.PortAudioError):
        raise MissingPartError(f"there is no microphone here; connect one, {without}") from None
    return _SoundDevice(str(device["name"]), round(device["default_samplerate"]))


class _SoundDevice:
    """PortAudio's default input."""

    def __init__(self, name: str, rate: int) -> None:
        self.name, self._rate = name, rate

    def take(self, wait: Callable[[], object]) -> tuple[np.ndarray, int]:
        import numpy as np
        import sounddevice

        parts = list[np.ndarray]()

        def heard(data: np.ndarray, _count: int, _time: object, _status: object) -> None:
            parts.append(data[:, 0].copy())

        try:
            with sounddevice.InputStream(samplerate=self._rate, channels=1, dtype="float32", callback=heard):
                wait()
        except sounddevice.PortAudioError as error:
            raise MissingPartError(f"the microphone '{self.name}' does not record: {error}") from error
        return (np.concatenate(parts) if parts else np.zeros(1, np.float32)), self._rate


def _told(name: str, line: Line, take: Take) -> str:
    doubts = "".join(f"; {doubt}" for doubt in take.doubts)
    return f"{name}: {take.seconds:.1f} s for '{line.recording}'{doubts}"


def _now(lines: Sequence[Line], folder: Path, kept: Sequence[str]) -> Recorded:
    missing, changed = to_read(lines, folder)
    return Recorded(folder, tuple(kept), tuple(line.recording for line in (*missing, *changed)))


def _nearest(name: str, names: Sequence[str]) -> str:
    near = get_close_matches(name, names, 1)
    return f" (nearest: {near[0]})" if near else ""
