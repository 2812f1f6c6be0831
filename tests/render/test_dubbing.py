"""A film in another language: every line has words, marks follow them, and what is missing is told before any work."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.store import Store
from tapehead.render.film.dub import dub_needs, refuse_incomplete
from tapehead.render.film.make import Choices, folder_for, prepare
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.words.dubbing import dubbed, moved, reckoned, translation_in
from tapehead.render.words.translations import Translation
from tapehead.scenes.episode import Episode, find_episode, load_episode
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
    assert (made.language, made.pronounce, made.path) == ("de", {}, Path("film.de.toml"))
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


def test_a_mark_that_the_translation_names_stands_there_and_others_are_listed() -> None:
    line = Line("a.b", "narrator", "One dot. A corner.", marks={"dot": "dot", "corner": "A corner"})
    other = replace(german(a_b="Ein Punkt und eine Ecke."), marks={"a.b": {"corner": "Ecke"}})
    (made,) = dubbed(script(line), other).lines
    assert made.text[made.place("corner") :] == "Ecke."
    ((listed, mark, word),) = reckoned(script(line), other)
    assert (listed.key, mark) == ("a.b", "dot")
    assert made.text[made.place("dot") :].split()[0] == word


def test_a_scene_needs_no_words_for_the_others() -> None:
    lines = [Line("a.b", "narrator", "One."), Line("b.c", "narrator", "Two.")]
    made = dubbed(script(*lines), german(a_b="Eins."), "a")
    assert [line.text for line in made.lines] == ["Eins."]
    with pytest.raises(UsageError, match="1 of 1 lines"):
        dubbed(script(*lines), german(a_b="Eins."), "b")


@espeak
def test_the_voice_natural_says_what_it_speaks(tmp_path: Path) -> None:
    choices = Choices(SMALL, voice="natural", dub="de", out=tmp_path)
    with pytest.raises(UsageError, match="speaks English and Spanish"):
        prepare(find_episode("odd-squares"), choices, Store(tmp_path), Reporter(quiet=True))


SCRIPT = """language = "en"
[[line]]
key = "one.a"
text = "First a dot, then a corner."
marks = { corner = "a corner" }
[[line]]
key = "one.b"
text = "And then it ends."
"""


def small_film(folder: Path, captions: dict[str, str]) -> Episode:
    folder.mkdir()
    (folder / "script.toml").write_text(SCRIPT)
    (folder / "episode.py").write_text(
        "from tapehead.scenes.episode import Episode, SceneRef\n"
        "EPISODE = Episode(title='T', scenes=(SceneRef('one', '.one:One', 'One'),))\n"
    )
    (folder / "captions").mkdir()
    for language, text in captions.items():
        (folder / "captions" / f"{language}.toml").write_text(text)
    return load_episode(folder)


def test_everything_that_is_missing_comes_in_one_list(tmp_path: Path) -> None:
    """A line without words, a mark that is not named, and nobody who speaks the language."""
    words = 'language = "tlh"\n[lines]\n"one.a" = "wa\' DoS, ghIq cha\' DoS."\n'
    episode = small_film(tmp_path / "dub_one", {"tlh": words})
    choices = Choices(SMALL, voice="natural", dub="tlh", out=tmp_path / "out")
    needs = dub_needs(episode, choices, Store(tmp_path / "store"), Reporter(quiet=True))
    assert not needs.complete
    told = "\n".join(needs.told())
    assert 'no words: "one.b" = "And then it ends."' in told
    assert "no voice: " in told
    assert "speaks English and Spanish" in told
    assert "mark by its place: one.a: corner" in told
    with pytest.raises(UsageError) as refused:
        refuse_incomplete(needs, needs.told())
    assert all(part in str(refused.value) for part in ("one.b", "no voice", "corner"))


def test_a_language_without_words_names_the_file_to_write(tmp_path: Path) -> None:
    episode = small_film(tmp_path / "dub_two", {})
    choices = Choices(SMALL, voice="none", dub="es", out=tmp_path / "out")
    with pytest.raises(UsageError, match=r"there are none\); write .*captions/es\.toml"):
        dub_needs(episode, choices, Store(tmp_path / "store"), Reporter(quiet=True))


@espeak
def test_a_film_whose_words_are_all_there_is_complete(tmp_path: Path) -> None:
    words = (
        'language = "es"\n[lines]\n"one.a" = "Primero un punto, luego una esquina."\n"one.b" = "Y se acaba."\n'
        '[marks."one.a"]\ncorner = "una esquina"\n'
    )
    episode = small_film(tmp_path / "dub_three", {"es": words})
    choices = Choices(SMALL, voice="espeak", dub="es", out=tmp_path / "out")
    needs = dub_needs(episode, choices, Store(tmp_path / "store"), Reporter(quiet=True))
    assert (needs.complete, needs.voice, needs.reckoned) == (True, "espeak", ())
    refuse_incomplete(needs, needs.told())


def test_the_command_names_what_is_there(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from tapehead.render.commands.cli import app

    done = CliRunner().invoke(app, ["render", "odd-squares", "--dub", "fr", "--out", str(tmp_path), "--quiet"])
    assert done.exit_code != 0
    assert not list(tmp_path.iterdir()), json.dumps([str(each) for each in tmp_path.iterdir()])
