"""Spanish in Kokoro's alphabet: every word finds its sounds, and what has none is told."""

from __future__ import annotations

import importlib.util

import pytest

from tapehead.render.words.voice.natural.model import _ALPHABET
from tapehead.render.words.voice.natural.phonemes import utterance
from tapehead.render.words.voice.natural.spanish import SOUNDS, in_kokoro, read_spanish
from tapehead.render.words.voice.natural.styles import language_of
from tapehead.scenes.script import Speaker

espeak = pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="espeak is not installed")

SAID = {"un gato": "ˈuŋ ɡˈato", "mucho aire": "mˈutʃo ˈaɪɾe", "2": "dˈos", "el perro": "el pˈero"}


def told(words: str) -> str:
    """A stand-in for the engine: three phrases, and a number of several words."""
    return {**SAID, "16 %": "djˌɛθisˈeɪs poɾθjˈɛnto"}.get(words, "x")


def test_a_stretch_between_pauses_is_asked_at_once_and_each_word_keeps_its_place() -> None:
    text = "¿Un gato? Mucho aire.".replace("U", "u").replace("M", "m")
    reading = read_spanish(text, told)
    words = [(text[each.first : each.first + each.count], each.phonemes) for each in reading.pieces if not each.pause]
    assert words == [("un", "ˈuŋ"), ("gato", "ɡˈato"), ("mucho", "mˈuʧo"), ("aire", "ˈIɾe")]
    assert [each.phonemes for each in reading.pieces if each.pause] == ["?", "."]
    assert not reading.unspeakable


def test_a_number_is_several_words_of_one_place() -> None:
    reading = read_spanish("16 %", told)
    assert [(each.first, each.count) for each in reading.pieces] == [(0, 4), (0, 4)]
    assert len(utterance(reading.pieces, american=False).words) == 1


def test_the_r_of_pero_is_no_american_flap() -> None:
    reading = read_spanish("mucho aire", told)
    assert "ɾ" in utterance(reading.pieces, american=False).phonemes
    assert "T" in utterance(reading.pieces).phonemes


@pytest.mark.parametrize(("text", "sign"), [("hola 🙂", "🙂"), ("привет", "привет"), ("a € b", "€")])
def test_what_has_no_spanish_sound_is_listed(text: str, sign: str) -> None:
    assert read_spanish(text, told).unspeakable == [sign]


def test_all_sounds_are_the_model_s() -> None:
    assert set(_ALPHABET) >= SOUNDS
    assert in_kokoro("tʃaʊ") == "ʧW"


def test_a_speaker_s_language_is_its_variant_s() -> None:
    assert [language_of(Speaker("a", each)) for each in ("es", "es+m3", "es-419", "en-us+f2")] == ["es"] * 3 + ["en"]


@espeak
def test_espeak_s_rules_give_every_sound_of_a_sentence() -> None:
    from tapehead.render.words.voice.espeak import word_in_ipa

    text = "Cigüeñas, guitarras y chaquetas: el año 2,75 llueve."
    reading = read_spanish(text, lambda words: word_in_ipa(words, "es"))
    assert not reading.unspeakable
    spoken = utterance(reading.pieces, american=False)
    assert len(spoken.words) == len(text.split())
    assert "ʧakˈetas" in spoken.phonemes
    assert "ɡitˈaras" in spoken.phonemes.replace("ɣ", "ɡ")
