"""A film in another language: every line has words, marks follow them, and what is missing is told before any work."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, folder_for, prepare
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.words.dubbing import dubbed, moved, translation_in
from tapehead.render.words.translations import Translation
from tapehead.scenes.episode import find_episode
from tapehead.scenes.script import Line, Script, Speaker

SMALL = quality_named("480p15")
espeak = pytest.mark.skipif(importlib.util.find_spec("espeakng_loader") is None, reason="espeak is not installed")


def script(*lines: Line) -> Script:
    speakers = {"narrator": Speaker("narrator", "en-us+f2")}
    return Script(Path("script.toml"), "en", speakers, {"MLP": "M L P"}, lines)


def german(**lines: str) -> Translation:
    return Translation("de", Path("film.de.toml"), {key.replace("_", "."): text for key, text in lines.items()}, ())


@pytest.mark.parametrize(
    ("phrase", "word"),
    [("Start", "Beginne"), ("Wrap", "Lege"), ("and you", "und"), ("square", "Quadrat.")],
)
def test_a_mark_moves_to_the_word_in_its_place(phrase: str, word: str) -> None:
    text = "Start with one dot. Wrap a corner of three around it, and you have a square."
    other = "Beginne mit einem Punkt. Lege eine Ecke aus drei Punkten darum, und du hast ein Quadrat."
    assert other[moved(text.index(phrase), text, other) :].split()[0] == word


def test_sentences_that_do_not_match_are_one() -> None:
    assert moved(0, "One. Two.", "Eins zwei.") == 0
    assert moved(5, "One. Two.", "Eins zwei.") == 5


def test_words_speakers_and_marks_are_those_of_the_other_language() -> None:
    line = Line("a.b", "narrator", "One dot. A corner.", say="one dot, a corner", marks={"corner": "A corner"})
    made = dubbed(script(line), german(a_b="Ein Punkt. Eine Ecke."))
    (other,) = made.lines
    assert (made.language, made.pronounce) == ("de", {})
    assert made.speakers["narrator"].variant == "de+f2"
    assert (other.text, other.say) == ("Ein Punkt. Eine Ecke.", "")
    assert other.text[other.place("corner") :] == "Eine Ecke."


def test_what_is_missing_is_listed() -> None:
    lines = [Line("a.b", "narrator", "One."), Line("a.c", "narrator", "Two."), Line("a.d", "narrator", "Three.")]
    with pytest.raises(UsageError, match=r"2 of 3 lines have no words in 'de': a\.c, a\.d; add them to film\.de\.toml"):
        dubbed(script(*lines), german(a_b="Eins."))


def test_languages_that_are_there_are_named() -> None:
    with pytest.raises(UnknownNameError, match="de"):
        translation_in(find_episode("odd-squares"), "dee")


@pytest.mark.parametrize("voice", ["none", pytest.param("auto", marks=espeak)])
def test_a_film_is_planned_in_german(tmp_path: Path, voice: str) -> None:
    odd, store = find_episode("odd-squares"), Store(tmp_path)
    choices = Choices(SMALL, voice=voice, dub="de", out=tmp_path)
    plan = prepare(odd, choices, store, Reporter(quiet=True))
    original = prepare(odd, replace(choices, voice="none", dub=""), store, Reporter(quiet=True))
    lines = [line for scene in plan.scenes for line in scene.context.lines.values()]
    assert plan.language == "de"
    assert plan.key != original.key
    assert folder_for(odd.slug, choices) == tmp_path / "odd-squares" / "480p15" / "de"
    assert lines[0].text.startswith("Beginne mit einem Punkt. Lege eine Ecke aus 3 Punkten darum")
    assert [line.key for line in lines] == [line.key for s in original.scenes for line in s.context.lines.values()]
    for line in lines:
        assert all(0 <= at <= line.duration for at in line.marks.values())
    assert plan.voice["voice"] == ("none" if voice == "none" else "espeak")


@espeak
def test_the_voice_natural_says_that_it_speaks_english(tmp_path: Path) -> None:
    choices = Choices(SMALL, voice="natural", dub="de", out=tmp_path)
    with pytest.raises(UsageError, match="speaks English"):
        prepare(find_episode("odd-squares"), choices, Store(tmp_path), Reporter(quiet=True))


def test_the_command_names_what_is_there(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from tapehead.render.commands.cli import app

    done = CliRunner().invoke(app, ["render", "odd-squares", "--dub", "fr", "--out", str(tmp_path), "--quiet"])
    assert done.exit_code != 0
    assert not list(tmp_path.iterdir()), json.dumps([str(each) for each in tmp_path.iterdir()])
