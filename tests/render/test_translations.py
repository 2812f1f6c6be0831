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
from tapehead.scenes.script import TimedLine, Word

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


@pytest.mark.parametrize(
    "slug", ["linear-algebra", "sequence-circuits", "one-is-1", "odd-squares", "game-sales", "friends"]
)
def test_our_films_are_translated_to_the_last_line(slug: str) -> None:
    """And with as many words as fit: no line takes much longer to read than it takes to say."""
    episode = find_episode(slug)
    (german,) = translations(episode)
    assert german.language == "de"
    assert german.missing == ()
    spoken = {line.key: line.text for line in episode.script().lines}
    for key, text in german.lines.items():
        assert len(text) < 1.6 * len(spoken[key]) + 30, key
        assert text != spoken[key], key
        assert text[-1] in ".?!,", key
