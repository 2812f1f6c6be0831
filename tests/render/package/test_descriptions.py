"""What is pasted into YouTube's form: paragraphs and lists as they were written, and nothing that it refuses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tapehead.render.package.description import describe, prose
from tapehead.render.planning.brand import Brand, BrandCard
from tapehead.render.words.chapters import chapter_advice, chapter_complaints, chapters_of
from tapehead.render.words.timeline import SceneSpan, Timeline
from tapehead.render.youtube_rules import (
    chapter_problems,
    cleaned,
    description_problems,
    on_one_line,
    tag_problems,
    title_problems,
)
from tapehead.scenes.episode import Episode, SceneRef
from tapehead.scenes.stage.branding import Look


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("What  it\nis.", "What it is."),
        ("\n    One\n    paragraph.\n\n\n    Another\n    one.\n    ", "One paragraph.\n\nAnother one."),
        (
            "Shown are:\n- one\n- two,\n  which is long\n\nThe end.",
            "Shown are:\n- one\n- two, which is long\n\nThe end.",
        ),
        ("1. one\n2) two\n10. ten", "1. one\n2) two\n10. ten"),
        (
            "a list:\n  - inner\n    - deeper\n  - inner\nand on\nit goes",
            "a list:\n  - inner\n    - deeper\n  - inner\nand on it goes",
        ),
        ("0:00 start\n1:02:03 end", "0:00 start\n1:02:03 end"),
        (
            "see\nhttps://example.org/a\nhttps://example.org/b\nand more",
            "see\nhttps://example.org/a\nhttps://example.org/b\nand more",
        ),
        ("- one\n  goes on\n- two", "- one goes on\n- two"),
        ("five - or\nsix", "five - or six"),
        ("bell\a and\ttab\x1b[31m\x00", "bell and tab[31m"),
        ("windows\r\nline\r\n\r\nend", "windows line\n\nend"),
        ("", ""),
        ("\u2028- a\u2029- b", "- a\n- b"),
    ],
)
def test_prose(written: str, shown: str) -> None:
    assert prose(written) == shown


@settings(max_examples=300, deadline=None)
@given(some.text(alphabet=some.sampled_from("ab -1.\n\t\a\u2028<"), max_size=60))
def test_no_word_is_lost_and_a_second_time_changes_nothing(text: str) -> None:
    once = prose(text)
    assert once.split() == cleaned(text).split()
    again = [line.strip() for line in prose(once).split("\n")]
    assert again == [line.strip() for line in once.split("\n")]
    assert not any(ord(sign) < 32 and sign != "\n" for sign in once)


@settings(max_examples=300, deadline=None)
@given(some.text(max_size=80))
def test_any_description_can_be_sent(text: str) -> None:
    episode = Episode("x", "X", (SceneRef("a", ".a:A", "A"),), description=text)
    shown = describe(episode, ((0, "One"),), {}, {"voice": "none"})
    assert description_problems(shown) == []
    shown.encode()


def test_titles_and_tags_are_cleaned_and_what_is_left_is_checked() -> None:
    assert on_one_line("A\atitle\r\nof \ttwo\u2028lines\ud800") == "Atitle of two lines"
    assert title_problems(on_one_line("\a\x00")) == ["the title is empty"]
    assert any("control" in found for found in title_problems("a\x1cb"))
    assert any("control" in found for found in description_problems("a\ud800b\a"))
    assert any("control" in found for found in tag_problems(("a", "b\x07")))
    for fine in ("Café – “quotes” 👩‍🔬 עברית", "tab\tin"):
        assert description_problems(fine) == []


def timeline(*scenes: tuple[str, bool, float]) -> Timeline:
    start, spans = 0.0, []
    for name, chapter, seconds in scenes:
        spans.append(SceneSpan(name, name.title(), chapter, start, seconds))
        start += seconds
    return Timeline(start, 15, tuple(spans), (), ())


def mended(line: Timeline, advice: str) -> Timeline:
    """The film after somebody did as told."""
    from dataclasses import replace

    def chapter(scene: SceneSpan) -> bool:
        if "every scene" in advice or f"'{scene.name}' chapter=False" in advice:
            return False
        return scene.chapter or f"'{scene.name}' chapter=True" in advice

    return replace(line, scenes=tuple(replace(scene, chapter=chapter(scene)) for scene in line.scenes))


@settings(max_examples=300, deadline=None)
@given(some.lists(some.tuples(some.booleans(), some.floats(0.1, 25)), min_size=1, max_size=8))
def test_the_advice_mends_any_chapters(scenes: list[tuple[bool, float]]) -> None:
    """An independent check: the rules are asked again after the advice was followed."""
    line = timeline(*[(f"s{n}", chapter, seconds) for n, (chapter, seconds) in enumerate(scenes)])
    complaints = chapter_complaints(line)
    if not complaints:
        assert not chapters_of(line) or chapter_problems(chapters_of(line), line.duration) == []
        return
    after = mended(line, complaints[-1])
    assert after != line
    assert chapter_complaints(after) == []


def test_a_card_before_the_first_chapter_belongs_to_it() -> None:
    """An opening card is no scene that anybody declares: it asks for nothing to be changed."""
    scenes = [("opening-card", False, 2), ("a", True, 12), ("b", True, 12), ("c", True, 12)]
    line = without_title(timeline(*scenes))
    assert chapters_of(line) == ((0, "A"), (14, "B"), (26, "C"))
    assert chapter_complaints(line) == []
    short = without_title(timeline(scenes[0], ("a", True, 6), *scenes[2:], ("d", True, 12)))
    assert chapter_advice(short) == "say in the SceneRef of 'b' chapter=False"
    late = without_title(timeline(scenes[0], ("hook", False, 12), *scenes[1:]))
    assert chapter_advice(late) == "say in the SceneRef of 'hook' chapter=True"


def without_title(line: Timeline) -> Timeline:
    """Its first scene as a card is: without a title."""
    from dataclasses import replace

    return replace(line, scenes=(replace(line.scenes[0], title=""), *line.scenes[1:]))


def test_the_advice_names_scenes() -> None:
    line = timeline(("a", True, 12), ("b", True, 4), ("c", True, 15), ("d", True, 20))
    assert chapter_advice(line) == "say in the SceneRef of 'b' chapter=False"
    assert "'b' lasts 4 s" in " ".join(chapter_complaints(line)).lower()
    assert "every scene" in chapter_advice(timeline(("a", True, 12), ("b", True, 12)))


def test_a_brand_says_whose_film_it_is_and_the_terms_of_its_font() -> None:
    episode = Episode("x", "X", (SceneRef("a", ".a:A", "A"),), description="About x.")
    plain = describe(episode, (), {}, {"voice": "none"})
    brand = Brand(
        "Corner by corner",
        Look({}, "Inter", ("/a/place",), "0" * 64),
        "/somewhere/OFL.txt",
        ending=BrandCard("Corner by corner", "corner.example"),
    )
    text = describe(episode, (), {}, {"voice": "none"}, brand)
    assert "Corner by corner\ncorner.example\n" in text, "each of its words once"
    assert "- Inter (its own licence: OFL.txt)" in text and "/somewhere" not in text and "/a/place" not in text
    assert set(plain.split("\n")) <= set(text.split("\n"))
