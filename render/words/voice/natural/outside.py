"""Words that are in no dictionary, as espeak-ng would say them, in Kokoro's alphabet."""

from __future__ import annotations

from tapehead.render.words.voice.espeak import word_in_ipa
from tapehead.render.words.voice.natural.sounds import SOUNDS

# The two alphabets differ in diphthongs (one letter each in Kokoro's), affricates and vowels with an r.
_LETTERS = (
    ("eɪ", "A"),
    ("aɪ", "I"),
    ("oʊ", "O"),
    ("aʊ", "W"),
    ("ɔɪ", "Y"),
    ("əʊ", "O"),
    ("tʃ", "ʧ"),
    ("dʒ", "ʤ"),
    ("ɚ", "əɹ"),
    ("ɜː", "ɜɹ"),
    ("ɜɹɹ", "ɜɹ"),
    ("oːɹ", "ɔɹ"),
    ("oː", "ɔ"),
    ("əl", "ᵊl"),
    ("n̩", "ᵊn"),
    ("l̩", "ᵊl"),
    ("m̩", "ᵊm"),
    ("ɐ", "ə"),
    ("r", "ɹ"),
    ("g", "ɡ"),
    ("e", "ɛ"),
    ("a", "æ"),
    ("o", "ɔ"),
    ("x", "k"),
    ("ː", ""),
)


def phonemes_of(word: str) -> str:
    """The word by rules; what Kokoro's English has no sound for is left out.

    Raises:
        MissingPartError: espeak-ng is not installed.
        ResultError: it fails.
    """
    return in_kokoro(word_in_ipa(word))


def in_kokoro(ipa: str) -> str:
    """International letters as espeak-ng writes them, in Kokoro's alphabet."""
    for old, new in _LETTERS:
        ipa = ipa.replace(old, new)
    return "".join(letter for letter in ipa if letter in SOUNDS)
