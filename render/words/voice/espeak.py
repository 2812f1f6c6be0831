"""The voice ``espeak``: espeak-ng through ctypes, in its retrieval mode, with measured word times.

The library keeps its state in globals, wave phases included, and neither ``espeak_Terminate`` nor its random seed
resets them: the same sentence spoken second has other samples.  So the library is loaded anew for every line and let go
afterwards, which costs 15 ms and makes a line independent of what was said before it.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from tapehead.analysis.errors import MissingPartError, ResultError, UnknownNameError
from tapehead.render.words.voice.speech import Speech, WordTime
from tapehead.scenes.script import Line, Script, Speaker

if TYPE_CHECKING:
    import numpy as np

REMEDY = "run: pip install 'tapehead[voice]', or render without a voice: --voice none"

# The engine speaks our sentences faster than its nominal rate, whose reckoning is by much longer words: measured on
# 1600 words of narration, with the pauses inside the lines.
_RATE_FACTOR = 0.91
_EDGE_S = 0.03

_RETRIEVAL = 2
_PHONEME_EVENTS = 0x0001
_DONT_EXIT = 0x8000  # without it the library ends the whole process when a file is missing
_UTF8 = 1
_IPA = 0x02
_RATE, _VOLUME, _PITCH, _RANGE = 1, 2, 3, 4
_END_OF_LIST, _WORD_EVENT, _PHONEME_EVENT = 0, 1, 7
_SEED = 1
_VOLUME_USED = 90  # the default of 100 clips now and then


class _Id(ctypes.Union):
    _fields_: ClassVar = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_: ClassVar = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class _VoiceInfo(ctypes.Structure):
    _fields_: ClassVar = [
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class EspeakVoice:
    """espeak-ng, with its edges trimmed and its harshness taken off.

    Raises:
        MissingPartError: the engine is not installed or does not start.
    """

    name = "espeak"

    def __init__(self) -> None:
        with _Engine() as engine:
            self._version = engine.version

    def identity(self) -> dict[str, Any]:
        """The engine's version and ours: other versions give other samples."""
        return {"voice": self.name, "version": 3, "engine": f"espeak-ng {self._version}"}

    def line_identity(self, line: Line, speaker: Speaker, spoken: str) -> dict[str, Any]:
        """Engine, spoken words and the speaker's settings; not the speaker's name."""
        settings = [speaker.variant, speaker.rate, speaker.pitch, speaker.range]
        return self.identity() | {"spoken": spoken, "settings": settings}

    def check(self, script: Script) -> None:
        """Every speaker's variant has to exist.

        Raises:
            UnknownNameError: one does not.
        """
        with _Engine() as engine:
            for speaker in script.speakers.values():
                engine.voice_for(speaker.variant)

    def speak(self, line: Line, speaker: Speaker, spoken: str) -> Speech:
        """Speak; 30 ms stay before the first and after the last sound.

        Raises:
            UnknownNameError: the speaker's variant does not exist.
            ResultError: the engine fails, or says nothing.
        """
        from tapehead.render.words.voice.timbre import soften, trimmed

        with _Engine() as engine:
            samples, words = engine.synthesize(spoken, speaker)
            rate = engine.rate
        if not len(samples) or not words:
            raise ResultError(f"espeak-ng says nothing for line '{line.key}': {spoken!r}; write it in words")
        samples, cut_s = trimmed(soften(samples, rate), rate, _EDGE_S)
        length = len(samples) / rate
        shifted = [
            (first, count, min(max(start - cut_s, 0.0), length), min(max(end - cut_s, 0.0), length))
            for first, count, start, end in words
        ]
        return Speech(samples, rate, shifted, True)


def word_in_ipa(word: str, voice: str = "en-us") -> str:
    """How espeak-ng would say a single word, in international letters.

    Raises:
        MissingPartError: the engine is not installed or does not start.
        ResultError: it fails.
    """
    with _Engine() as engine:
        return engine.ipa(word, voice)


_ONE_AT_A_TIME = threading.Lock()


class _Engine:
    """The library, loaded for one line.  Use it in a ``with`` block."""

    def __enter__(self) -> _Engine:
        _ONE_AT_A_TIME.acquire()
        try:
            self._start()
        except BaseException:
            _ONE_AT_A_TIME.release()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        try:
            self._library.espeak_Terminate()
            ctypes.CDLL(None).dlclose(ctypes.c_void_p(self._library._handle))
        finally:
            _ONE_AT_A_TIME.release()

    def _start(self) -> None:
        try:
            import espeakng_loader
        except ImportError:
            raise MissingPartError(f"the voice 'espeak' is not installed; {REMEDY}") from None
        try:
            data = Path(espeakng_loader.get_data_path())
            self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        except (OSError, RuntimeError) as error:
            raise MissingPartError(f"espeak-ng cannot be loaded: {error}; {REMEDY}") from error
        self._declare()
        options = _PHONEME_EVENTS | _DONT_EXIT
        self.rate = self._library.espeak_Initialize(_RETRIEVAL, 0, str(data).encode(), options)
        if self.rate <= 0:
            raise MissingPartError(f"espeak-ng does not start with its data in {data}; {REMEDY}")
        # It starts its random numbers from the clock, and voices with breath in them are made of these.
        self._library.espeak_ng_SetRandSeed(_SEED)
        self.version = self._library.espeak_Info(None).decode()
        self._take: Callable[..., int] | None = None
        self._callback = _Callback(self._called)  # the library keeps only a pointer: this reference keeps it valid
        self._library.espeak_SetSynthCallback(self._callback)
        self._variants = {path.name for path in (data / "voices" / "!v").glob("*")}
        self._voices = self._listed()

    def _declare(self) -> None:
        library = self._library
        library.espeak_Initialize.argtypes = [ctypes.c_int, ctypes.c_int, ctypes.c_char_p, ctypes.c_int]
        library.espeak_ng_SetRandSeed.argtypes = [ctypes.c_long]
        library.espeak_Info.restype = ctypes.c_char_p
        library.espeak_Info.argtypes = [ctypes.c_void_p]
        library.espeak_SetVoiceByName.argtypes = [ctypes.c_char_p]
        library.espeak_SetParameter.argtypes = [ctypes.c_int] * 3
        library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceInfo))
        library.espeak_ListVoices.argtypes = [ctypes.c_void_p]
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_int, ctypes.c_int]
        library.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]

    def _listed(self) -> dict[str, str]:
        """Voice file by language: the library itself does not find ``en-gb``, which is a second name of ``en``."""
        best: dict[str, tuple[int, str]] = {}
        voices = self._library.espeak_ListVoices(None)
        index = 0
        while voices[index]:
            info = voices[index].contents
            at = info.languages
            while rank := ctypes.string_at(at, 1)[0]:
                language = ctypes.string_at(at + 1)
                entry = (rank, info.identifier.decode())
                name = language.decode()
                best[name] = min(best.get(name, entry), entry)
                at += len(language) + 2
            index += 1
        return {language: identifier for language, (_rank, identifier) in best.items()}

    def voice_for(self, name: str) -> bytes:
        """The library's own name for a voice such as ``en-gb+m3``.

        Raises:
            UnknownNameError: the language or the variant after ``+`` does not exist.
        """
        language, plus, variant = name.partition("+")
        if language.lower() not in self._voices:
            raise UnknownNameError("espeak voice", language, self._voices)
        # The library takes an unknown variant in silence and speaks without it.
        if plus and variant not in self._variants:
            raise UnknownNameError("espeak variant", variant, self._variants)
        return (self._voices[language.lower()] + plus + variant).encode()

    def ipa(self, word: str, voice: str) -> str:
        """The word's sounds in international letters.

        Raises:
            ResultError: the engine fails.
        """
        if self._library.espeak_SetVoiceByName(self.voice_for(voice)):
            raise ResultError(f"espeak-ng does not take its own voice {voice}")
        rest = ctypes.c_char_p(word.encode())
        made = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
        return (made or b"").decode().strip()

    def synthesize(self, text: str, speaker: Speaker) -> tuple[np.ndarray, list[WordTime]]:
        """Samples from -1 to 1 and the times of the words in ``text``."""
        import numpy as np

        voice = self.voice_for(speaker.variant)
        parts: list[np.ndarray] = []
        events: list[tuple[int, int, int, int, bytes]] = []
        troubles: list[Exception] = []

        def take(samples: Any, count: int, reported: Any) -> int:
            # An exception that leaves a callback is printed and lost, so it travels in a list.
            try:
                if samples and count > 0:
                    parts.append(np.ctypeslib.as_array(samples, shape=(count,)).copy())
                index = 0
                while (kind := reported[index].type) != _END_OF_LIST:
                    event = reported[index]
                    label = event.id.string if kind == _PHONEME_EVENT else b""
                    events.append((kind, event.text_position, event.length, event.audio_position, label))
                    index += 1
            except Exception as error:
                troubles.append(error)
                return 1
            return 0

        data = text.replace("\0", " ").encode()
        self._take = take
        try:
            status = self._library.espeak_SetVoiceByName(voice)
            wanted = {
                _RATE: round(speaker.rate * _RATE_FACTOR),
                _VOLUME: _VOLUME_USED,
                _PITCH: speaker.pitch,
                _RANGE: speaker.range,
            }
            for parameter, value in wanted.items():
                status = status or self._library.espeak_SetParameter(parameter, value, 0)
            status = status or self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, _UTF8, None, None)
        finally:
            self._take = None
        if troubles or status:
            raise ResultError(f"espeak-ng failed on {text!r} ({troubles[0] if troubles else f'status {status}'})")
        samples = np.concatenate(parts).astype(np.float32) / 32768 if parts else np.zeros(0, np.float32)
        return samples, _word_times(events, len(samples) / self.rate)

    def _called(self, samples: Any, count: int, events: Any) -> int:
        return self._take(samples, count, events) if self._take else 0


def _word_times(events: list[tuple[int, int, int, int, bytes]], duration: float) -> list[WordTime]:
    """A word ends where the next one starts, or before that where the engine makes a pause."""
    starts = [(at, first - 1, count) for kind, first, count, at, _label in events if kind == _WORD_EVENT]
    pauses = [at for kind, _first, _count, at, label in events if kind == _PHONEME_EVENT and label.startswith(b"_:")]
    words = []
    for index, (at, first, count) in enumerate(starts):
        after = starts[index + 1][0] if index + 1 < len(starts) else round(duration * 1000)
        end = min([after, *(pause for pause in pauses if at < pause < after)])
        words.append((first, count, at / 1000, max(at, end) / 1000))
    return words
