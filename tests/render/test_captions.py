import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehead.render.words.caption_breaks import break_costs, pieces
from tapehead.render.words.captions import LEAST_S, LINE_WIDTH, captions, chapters, chapters_text, srt, transcript, vtt
from tapehead.render.words.timeline import PlacedLine, SceneSpan, Timeline
from tapehead.scenes.script import TimedLine, Word

PLAIN = (
    "Nearly all the work inside a neural network is this. Multiply, multiply, add. "
    "And then again, a few billion times. In the books it is W x, which is about three point three feet."
)


def spoken(text, start=0.0, pace=0.35, scene="hook", speaker="narrator", key="hook.a"):
    tokens = text.split()
    words = tuple(Word(token, i * pace, (i + 1) * pace) for i, token in enumerate(tokens))
    line = TimedLine(key, scene, speaker, text, len(tokens) * pace, words, True, {}, 0.3, "")
    return PlacedLine(start, line, scene)


def film(*lines, duration=60.0, fps=30, scenes=()):
    return Timeline(duration, fps, tuple(scenes), tuple(lines), ())


def sound_captions(timeline):
    """The rules that hold for any timeline; returns the captions."""
    made = captions(timeline)
    frames = timeline.duration * timeline.fps
    for before, after in itertools.pairwise(made):
        assert before.end <= after.start
    for caption in made:
        assert 0 <= caption.start < caption.end <= frames + 1e-6
        assert 1 <= len(caption.lines) <= 2
        assert all(0 < len(line) <= LINE_WIDTH and line == line.strip() for line in caption.lines)
    return made


WILD = st.text(st.characters(codec="utf-8"), max_size=160)


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.tuples(WILD, st.floats(0, 50), st.floats(0.01, 0.8)), max_size=6),
    duration=st.floats(0.1, 60),
    fps=st.sampled_from([10, 24, 25, 30, 60]),
)
def test_any_timeline_gives_sound_captions(lines, duration, fps):
    timeline = film(*(spoken(text, start, pace) for text, start, pace in lines), duration=duration, fps=fps)
    made = sound_captions(timeline)
    if made and len(made) * LEAST_S <= duration - 1:
        assert all(caption.end - caption.start >= fps * LEAST_S for caption in made)
    for text in (srt(timeline), vtt(timeline)):
        assert text.count("-->") == len(made)
        assert len(re.findall(r"(?m)^\S+ --> \S+$", text)) == len(made)
    assert "<" not in vtt(timeline)
    assert not re.search(r"&(?!(amp|lt|gt);)", vtt(timeline))


@settings(max_examples=80, deadline=None)
@given(text=WILD, pace=st.floats(0.3, 0.8))
def test_no_letter_is_lost_where_there_is_time(text, pace):
    timeline = film(spoken(text, 1.0, pace), duration=400)
    shown = "".join("".join(caption.lines) for caption in captions(timeline))
    wanted = "".join(letter for letter in text if letter.isprintable())
    assert shown.replace(" ", "") == wanted.replace(" ", "")


def test_captions_break_at_the_ends_of_phrases():
    made = [caption.lines for caption in captions(film(spoken(PLAIN)))]
    assert made[0] == ("Nearly all the work inside a neural", "network is this. Multiply, multiply, add.")
    assert made[1] == ("And then again, a few billion times.",)
    assert made[2] == ("In the books it is W x,", "which is about three point three feet.")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Now multiply the column of numbers by f W x and go.", "f W x"),
        ("It is about as long as three point three feet are, they say, which is long.", "three point three"),
        ("And they nap for a good long while, some two and a half hours at the least.", "two and a half"),
        ("The answer that came out at the very end was minus one half of it.", "minus one half"),
        ("You may have heard in passing something of Carl Friedrich Gauss, who napped.", "Carl Friedrich Gauss"),
        ("The whole of the table has in all of its rows 1 000 000 numbers to nap on.", "1 000 000"),
    ],
)
def test_numbers_names_and_formulas_stay_whole(text, kept):
    for lead in ("", "So ", "And so it is that ", "Well, then it may be that "):
        rows = [row for caption in captions(film(spoken(lead + text))) for row in caption.lines]
        assert sum(kept in row for row in rows) == 1, rows


def test_breaks_are_cheapest_after_sentences_and_before_conjunctions():
    words = ["Sleep", "well.", "Dream,", "cat", "and", "the", "dog"]
    after = dict(zip(words, break_costs(words), strict=False))
    assert after["well."] < after["Dream,"] < after["cat"] < after["Sleep"] < after["the"]


def test_a_hurried_caption_is_merged_or_extended():
    quick = [spoken("Yes.", 1.0, 0.2), spoken("No.", 1.3, 0.2), spoken("Sleep on it, then.", 5.0, 0.3)]
    made = sound_captions(film(*quick))
    assert [caption.lines for caption in made] == [("Yes. No.",), ("Sleep on it, then.",)]
    assert made[0].start == 30
    assert made[0].end - made[0].start >= 30


def test_speakers_do_not_share_a_caption():
    two = [spoken("Yes.", 1.0, 0.2), spoken("No.", 1.3, 0.2, speaker="guest")]
    made = sound_captions(film(*two))
    assert [caption.lines for caption in made] == [("Yes.",), ("No.",)]
    assert made[1].start - made[0].start >= 30


def test_a_caption_at_the_end_gets_its_second_from_before():
    made = sound_captions(film(spoken("Good night.", 9.8, 0.1), duration=10.0))
    assert (made[0].start, made[0].end) == (270, 300)


def test_a_film_shorter_than_its_captions_shows_them_all_for_less():
    made = sound_captions(film(*(spoken(PLAIN, i * 0.1, 0.01, key=f"a.{i}") for i in range(3)), duration=3.0))
    shown = " ".join(row for caption in made for row in caption.lines)
    assert all(shown.count(word) == 3 for word in ("Nearly", "billion", "feet."))
    assert made[-1].end == 90
    assert min(caption.end - caption.start for caption in made) == 90 // len(made)


def test_times_are_whole_frames():
    text = srt(film(spoken("Good night, cat.", 1.01, 0.5), fps=24))
    assert text == "1\n00:00:01,000 --> 00:00:02,917\nGood night, cat.\n\n"
    assert "01:01:01.000 -->" in vtt(film(spoken("Late again.", 3661.0, 0.5), duration=4000.0))


def test_markup_is_escaped():
    timeline = film(spoken("If a<b & b>c then a --> c", 0, 0.5))
    assert "If a&lt;b &amp; b&gt;c then a --&gt; c" in vtt(timeline)
    assert vtt(timeline).startswith("WEBVTT\n\n")
    assert "a → c" in srt(timeline)


def test_pieces_keep_their_times():
    words = [(text, i * 1.0, i + 0.5) for i, text in enumerate(PLAIN.split())]
    made = pieces(words, ("hook", "narrator"))
    assert [piece.start for piece in made] == sorted(piece.start for piece in made)
    assert sum(len(piece.words) for piece in made) == len(words)
    assert made[0].start == 0.0
    assert made[-1].end == len(words) - 0.5


# -- transcript --------------------------------------------------------------------------------------


def span(name, start, duration, chapter=True, title=None):
    return SceneSpan(name, name.title() if title is None else title, chapter, start, duration)


def test_the_transcript_has_titles_and_names_only_when_needed():
    scenes = [span("hook", 0, 20), span("mute", 20, 20), span("end", 40, 20, title="")]
    alone = [spoken("Hello there.", 1), spoken("Bye.", 41, scene="end")]
    assert transcript(film(*alone, scenes=scenes)) == "Hook\n\nHello there.\n\n\nend\n\nBye.\n"
    both = [alone[0], spoken("Hi.", 3, speaker="guest"), alone[1]]
    assert "Hook\n\nnarrator: Hello there.\n\nguest: Hi.\n" in transcript(film(*both, scenes=scenes))
    assert transcript(film()) == ""


# -- chapters ----------------------------------------------------------------------------------------


def test_chapters_follow_the_marked_scenes():
    scenes = [span("a", 0, 30), span("b", 30, 15, False), span("c", 45.5, 20), span("d", 65.5, 4000)]
    timeline = film(duration=4065.5, scenes=scenes)
    assert chapters(timeline) == [(0, "A"), (45, "C"), (65, "D")]
    assert chapters_text(timeline) == "0:00 A\n0:45 C\n1:05 D\n"
    late = film(duration=4000, scenes=[span("a", 0, 30), span("b", 30, 3600), span("c", 3661, 339)])
    assert chapters_text(late).endswith("1:01:01 C\n")


def test_a_title_card_before_the_first_chapter_belongs_to_it():
    scenes = [span("card", 0, 4, False), span("a", 4, 30), span("b", 34, 30), span("c", 64, 30)]
    assert chapters(film(duration=94, scenes=scenes)) == [(0, "A"), (34, "B"), (64, "C")]
    scenes = [span("intro", 0, 14, False), span("a", 14, 30), span("b", 44, 30)]
    assert chapters(film(duration=74, scenes=scenes)) == [(0, "Intro"), (14, "A"), (44, "B")]


def test_short_chapters_go_into_the_one_before():
    scenes = [span("a", 0, 20), span("b", 20, 5), span("c", 25, 20), span("d", 45, 15), span("e", 60, 9)]
    assert chapters(film(duration=69, scenes=scenes)) == [(0, "A"), (25, "C"), (45, "D")]
    scenes = [span("a", 0, 5), span("b", 5, 20), span("c", 25, 20)]
    assert chapters(film(duration=45, scenes=scenes)) == [(0, "A"), (25, "C")]


def test_fewer_than_three_chapters_are_none():
    assert chapters_text(film(duration=60, scenes=[span("a", 0, 30), span("b", 30, 30)])) == ""
    assert chapters_text(film()) == ""


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 40), st.booleans()), max_size=15))
def test_chapters_always_keep_the_rules(parts):
    at, scenes = 0.0, []
    for index, (length, chapter) in enumerate(parts):
        scenes.append(span(f"s{index}", at, length, chapter))
        at += length
    found = chapters(film(duration=at, scenes=scenes))
    assert bool(found) == bool(parts)
    if found:
        starts = [start for start, _ in found]
        assert starts[0] == 0
        assert all(after - before >= 10 for before, after in itertools.pairwise(starts))
        assert len(found) == 1 or at - starts[-1] >= 10
