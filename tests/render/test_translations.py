"""Translated captions: other words, the same times, and a list of what is missing."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.render.words.captions import captions, srt
from tapehead.render.words.timeline import PlacedLine, SceneSpan, Timeline
from tapehead.render.words.translations import translated, translations
from tapehead.scenes.episode import Episode, find_episode, load_episode
from tapehead.scenes.script import SpokenNumber, TimedLine, Word
from tests.films import REPORTS, films

SCRIPT = """language = "en"
[[line]]
key = "one.a"
text = "First words here."
[[line]]
key = "one.b"
text = "And then some more."
"""


def episode_in(folder: Path) -> Episode:
    folder.mkdir()
    (folder / "script.toml").write_text(SCRIPT)
    (folder / "episode.py").write_text(
        "from tapehead.scenes.episode import Episode, SceneRef\n"
        "EPISODE = Episode(title='T', scenes=(SceneRef('one', '.one:One', 'One'),))\n"
    )
    (folder / "captions").mkdir()
    return load_episode(folder)


def timeline() -> Timeline:
    def line(key: str, text: str, at: float) -> PlacedLine:
        parts = text.split()
        words = tuple(Word(word, 0.2 + i, 1.0 + i) for i, word in enumerate(parts))
        return PlacedLine(at, TimedLine(key, "one", "n", text, len(parts) + 0.5, words, True, {}, 0.3, "/x.wav"), "one")

    lines = (line("one.a", "First words here.", 1.0), line("one.b", "And then some more.", 6.0))
    return Timeline(12.0, 15, (SceneSpan("one", "One", True, 0, 12.0),), lines, ())


def test_words_change_and_times_do_not(tmp_path: Path) -> None:
    episode = episode_in(tmp_path / "tr_one")
    (episode.folder / "captions" / "de.toml").write_text(
        'language = "de"\n[lines]\n"one.a" = "Erste Wörter stehen hier."\n'
    )
    (found,) = translations(episode)
    assert found.missing == ("one.b",)
    before = timeline()
    after = translated(before, found)
    assert [placed.start for placed in after.lines] == [placed.start for placed in before.lines]
    words = after.lines[0].line.words
    assert [word.text for word in words] == ["Erste", "Wörter", "stehen", "hier."]
    assert not any(word.measured for word in words)
    assert (words[0].start, words[-1].end) == pytest.approx((0.2, 3.0))
    assert all(a.end == pytest.approx(b.start) for a, b in itertools.pairwise(words))
    # shares by length: the six letters of "Wörter" take longer than the five of "hier."
    assert words[1].end - words[1].start > words[3].end - words[3].start
    assert "Erste Wörter" in srt(after)
    assert "And then some more." in srt(after)
    shown, spoken = captions(after), captions(before)
    assert [caption.start for caption in shown] == [caption.start for caption in spoken]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('language = "de"\n[lines]\n"one.x" = "?a"\n', "translates 'one.x'"),
        ('language = "fr"\n[lines]\n', "'fr' inside"),
        ('language = "de"\n[lines]\n"one.a" = " "\n', "is empty"),
        ('language = "de"\n[lines]\n"one.a" = 3\n', "texts by line key"),
        ('language = "de"\nline = 3\n', "unknown field 'line'"),
        ("language = de", "no valid TOML"),
        ('language = "de"\nmarks = 3\n', "tables by line key"),
        ('language = "de"\n[lines]\n"one.a" = "Ja."\n[marks."one.b"]\nx = "Ja"\n', "'one.b', which is not translated"),
        ('language = "de"\n[lines]\n"one.a" = "Ja."\n[marks."one.a"]\nx = "Ja"\n', "no mark 'x'; there are: none"),
    ],
)
def test_a_bad_file_is_one_message(tmp_path: Path, text: str, complaint: str) -> None:
    episode = episode_in(tmp_path / "tr_two")
    (episode.folder / "captions" / "de.toml").write_text(text)
    with pytest.raises(EpisodeError, match=complaint):
        translations(episode)


def test_a_timeline_comes_back_without_paths_of_this_machine() -> None:
    before = timeline()
    data = before.to_data()
    assert "/x.wav" not in str(data)
    after = Timeline.from_data(data)
    assert after.scenes == before.scenes
    assert [p.line.words for p in after.lines] == [p.line.words for p in before.lines]


@pytest.mark.parametrize("slug", films(*REPORTS, "gallery", "puppet-show"))  # not translated
def test_our_films_are_translated_to_the_last_line(slug: str) -> None:
    """And with as many words as fit: no line takes much longer to read than it takes to say."""
    episode = find_episode(slug)
    there = {each.language: each for each in translations(episode)}
    assert "de" in there
    spoken = {
        each.recording: each.text
        for line in episode.script().lines
        for each in (line, *(variant.line for variant in line.variants))
    }
    for other in there.values():
        assert other.missing == (), other.language
        for key, text in other.lines.items():
            assert len(text) < 1.6 * len(spoken[key]) + 30, key
            assert text != spoken[key], key
            assert text[-1] in ".?!,", key


def test_a_film_has_spanish_words_no_longer_than_the_german_ones() -> None:
    there = {each.language: each for each in translations(find_episode("linear-algebra"))}
    assert sum(map(len, there["es"].lines.values())) < sum(map(len, there["de"].lines.values()))


SPEAKING = """language = "en"
[[line]]
key = "one.a"
text = "It keeps {kept.share:.0%}."
[[line.variants]]
name = "weak"
when = "kept.share < 0.5"
text = "Only {kept.share:.0%} is left."
"""


def speaking(folder: Path, captions: str) -> Episode:
    (folder / "captions").mkdir(parents=True)
    (folder / "script.toml").write_text(SPEAKING)
    (folder / "episode.py").write_text(
        "from tapehead.analysis.registry import AnalysisCall\n"
        "from tapehead.scenes.episode import Episode, SceneRef\n"
        "EPISODE = Episode(title='T', scenes=(SceneRef('one', '.one:One', 'One'),),\n"
        "                  analyses=(AnalysisCall('kept', '.numbers:kept'),))\n"
    )
    (folder / "captions" / "de.toml").write_text(captions)
    return load_episode(folder)


def spoken(share: float) -> Timeline:
    number = SpokenNumber("{kept.share:.0%}", f"{share:.0%}", "kept/share[]", share)
    text, variant = (f"Only {share:.0%} is left.", "weak") if share < 0.5 else (f"It keeps {share:.0%}.", "default")
    words = tuple(Word(word, float(i), i + 1.0) for i, word in enumerate(text.split()))
    line = TimedLine("one.a", "one", "n", text, 9.0, words, True, {}, 0.3, "/x.wav", variant, {}, (number,))
    return Timeline(12.0, 15, (SceneSpan("one", "One", True, 0, 12.0),), (PlacedLine(1.0, line, "one"),), ())


def test_a_translation_follows_the_numbers_and_the_words_that_were_taken(tmp_path: Path) -> None:
    episode = speaking(
        tmp_path / "tr_speaking",
        'language = "de"\n[lines]\n"one.a" = "Er hält {kept.share:.1%}."\n'
        '"one.a@weak" = "Nur {kept.share:.0%} bleibt."\n',
    )
    (found,) = translations(episode)
    assert found.missing == ()
    for share, text in ((0.875, "Er hält 87,5\N{NO-BREAK SPACE}%."), (0.25, "Nur 25\N{NO-BREAK SPACE}% bleibt.")):
        again = Timeline.from_data(spoken(share).to_data())  # a film's timeline as a package reads it
        assert translated(again, found).lines[0].line.text == text


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('"one.a" = "Er hält 87 %."', r"de.toml:3: 'one.a' is translated without \{kept.share\}"),
        ('"one.a" = "Er hält {kept.shar}."', r"asks for \{kept.shar\}, which is not said there"),
        ('"one.a@weak" = "Nur {kept.share."', "'one.a@weak' is malformed: '{' stands alone"),
        ('"one.a@strong" = "Ja."', "translates 'one.a@strong', which is no line"),
    ],
)
def test_a_translation_says_no_number_of_its_own(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(EpisodeError, match=complaint):
        translations(speaking(tmp_path / "tr_wrong", f'language = "de"\n[lines]\n{line}\n'))


def test_words_without_a_translation_are_listed_by_variant(tmp_path: Path) -> None:
    (found,) = translations(speaking(tmp_path / "tr_part", 'language = "de"\n[lines]\n"one.a" = "{kept.share}."\n'))
    assert found.missing == ("one.a@weak",)
    assert translated(spoken(0.2), found).lines[0].line.text == "Only 20% is left."
