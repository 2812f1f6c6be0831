"""What is read when: every word once, in order, marked while it is said."""

from __future__ import annotations

from itertools import pairwise

from tapehead.render.framing.words import LETTERS, Told, in_lines, phrases, word_by_word
from tapehead.scenes.script import TimedLine, Word

FPS = 10


def line(text: str, key: str = "a.one", step: float = 0.4) -> TimedLine:
    words = tuple(Word(word, number * step, (number + 1) * step) for number, word in enumerate(text.split()))
    return TimedLine(key, "a", "narrator", text, len(words) * step, words, True, {}, 0.5, "")


TEXT = "Start with one dot. Wrap a corner of three around it, and you have a square."


def test_phrases_hold_all_words_and_fit() -> None:
    made = phrases(line(TEXT).words)
    assert [word.text for phrase in made for word in phrase] == TEXT.split()
    for phrase in made:
        assert len(" ".join(word.text for word in phrase)) <= LETTERS
    ends = [phrase[-1].text for phrase in made]
    assert "dot." in ends, "a sentence's end is a phrase's end"
    assert "a" not in ends and "of" not in ends, "no phrase ends with an article"
    (alone,) = phrases(line("Donaudampfschifffahrtsgesellschaft").words)
    assert len(alone) == 1
    assert phrases(()) == []


def test_each_word_is_marked_from_when_it_is_said() -> None:
    told = word_by_word({"a.one": 1.0, "a.two": 8.5}, {"a.one": line(TEXT), "a.two": line("Yes.", "a.two")}, 100, FPS)
    for number, word in enumerate(line(TEXT).words):
        shown = told.at(round((1.0 + word.start) * FPS))
        assert shown is not None
        assert shown.lines[0].split()[shown.mark] == word.text, number
    assert told.at(9) is None, "before the first word"
    last = told.at(86)
    assert last is not None and last.lines == ("Yes.",)
    assert told.at(99) is None, "half a second after it was said, it goes"
    for one, other in pairwise(told.shown):
        assert one.first < one.last <= other.first


def test_what_is_never_said_is_never_read() -> None:
    assert word_by_word({"a.one": 0.0}, {}, 50, FPS) == Told()
    assert word_by_word({}, {"a.one": line(TEXT)}, 50, FPS) == Told()
    assert in_lines({}, {}, 50, FPS) == Told()


def test_captions_in_lines_are_the_film_s_own() -> None:
    told = in_lines({"a.one": 1.0}, {"a.one": line(TEXT)}, 90, FPS)
    assert " ".join(" ".join(each.lines) for each in told.shown) == TEXT
    assert all(each.mark == -1 and len(each.lines) <= 2 for each in told.shown)
    assert told.shown[0].first == 10
