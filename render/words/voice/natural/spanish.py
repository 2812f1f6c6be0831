"""From Spanish text to the phonemes that Kokoro speaks, word by word.

Spanish is read as it is written, so espeak-ng's rules are the source; they are asked a stretch between two pauses at a
time, since a word's sounds hang on its neighbours (*un gato*: uŋ ɡato) and small words bear no stress.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from tapehead.render.words.voice.natural.phonemes import Piece, Reading

LANGUAGE = "es"
SOUNDS = frozenset("AIWabdefijklmnoprstuwxðŋɛɔəɡɣɪɲɾʃʊʎʝʧβθˈˌ")
"""What Spanish words are made of in Kokoro's alphabet."""

_PAUSES = ";:,.!?…—"
# Three diphthongs and the affricate are one letter each; all other sounds are written alike.
_LETTERS = (("tʃ", "ʧ"), ("aɪ", "I"), ("aʊ", "W"), ("eɪ", "A"), ("g", "ɡ"), ("ː", ""))
_TOKEN = re.compile(
    r"(?P<number>[-−]?\d+(?:[.,]\d+)*(?:\s?%)?)"
    r"|(?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_UNSPOKEN = "¿¡«»\"“”'‘’()[]-–"
_LAST_LATIN = 0x24F


def read_spanish(text: str, ipa: Callable[[str], str]) -> Reading:
    """The text as pieces with phonemes; ``ipa`` says how espeak-ng would speak Spanish words, spaces between them.

    What has no Spanish sound is listed in the reading and not raised.
    """
    reading, stretch = Reading(), list[re.Match[str]]()
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup, token.group()
        if kind == "word" and any(ord(letter) > _LAST_LATIN for letter in said):
            reading.unspeakable.append(said)
        elif kind in ("word", "number"):
            stretch.append(token)
        elif kind == "mark" and said in _PAUSES:
            reading.pieces += _spoken(stretch, ipa, reading)
            reading.pieces.append(Piece(token.start(), 1, said, True, False))
            stretch = []
        elif kind == "mark" and said not in _UNSPOKEN:
            reading.unspeakable.append(said)
    reading.pieces += _spoken(stretch, ipa, reading)
    return reading


def in_kokoro(ipa: str) -> str:
    """International letters as espeak-ng writes Spanish, in Kokoro's alphabet."""
    for old, new in _LETTERS:
        ipa = ipa.replace(old, new)
    return "".join(letter for letter in ipa if letter in SOUNDS)


def _spoken(stretch: list[re.Match[str]], ipa: Callable[[str], str], reading: Reading) -> Iterator[Piece]:
    """The words between two pauses; asked one by one where espeak-ng makes other words of them than were written."""
    if not stretch:
        return
    words = [token.group() for token in stretch]
    sounds = ipa(" ".join(words)).split()
    if len(sounds) != len(words):
        sounds = [ipa(word) for word in words]
    for token, word, sound in zip(stretch, words, sounds, strict=True):
        parts = [part for each in sound.split() if (part := in_kokoro(each))]
        if not parts:
            reading.unspeakable.append(word)
        for part in parts:  # a number is several words of one place
            yield Piece(token.start(), len(word), part)
