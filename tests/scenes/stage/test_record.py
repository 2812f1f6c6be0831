"""What is on the stage when a frame is written: readings are recorded, numbers that nobody computed are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from manim import (
    Axes,
    DecimalNumber,
    FadeIn,
    Integer,
    LaggedStart,
    MarkupText,
    MathTex,
    Mobject,
    NumberLine,
    Paragraph,
    ReplacementTransform,
    Square,
    Tex,
    Text,
    Transform,
    Typst,
    VGroup,
    tempconfig,
)

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import CueList
from tapehead.render.drawing.draw import build, settings_for
from tapehead.render.drawing.observer import FrameObserver
from tapehead.render.quality import Quality
from tapehead.scenes.script import TimedLine
from tapehead.scenes.stage.base import StageScene
from tapehead.scenes.stage.context import StageContext
from tapehead.scenes.stage.glyphs import text_of
from tapehead.scenes.stage.lettering import Name, Words
from tapehead.scenes.stage.record import Record
from tapehead.scenes.stage.thumbnails import Thumbnail

SHAPES = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 L10 0 L10 10 Z"/></svg>'


def line(key: str, duration: float = 1.0) -> TimedLine:
    return TimedLine(key, "s", "n", key, duration, (), False, {}, 0.2, "")


def drawn(tmp_path: Path, construct: Callable[[StageScene], None], base=StageScene, lines=(), **more) -> tuple:
    """The scene and its cue list once it is drawn, with a result ``r`` of five numbers."""
    store = Store(tmp_path / "store")
    made = Result({"x": quantity([2.5, 7.0, 9.25, 4.0, 8.0], "i")}, facts={"words": ["six", "6"]})
    store.put_result("a" * 64, made, {})
    context = StageContext(
        "E", "odd", "S", 15, 1, {each.key: each for each in lines}, {"r": str(store.place("result", "a" * 64))}
    )
    scene_type = type("Drawn", (base,), {"construct": construct, **more})
    observer = FrameObserver(CueList(15), lambda _note, _frames: None)
    with tempconfig(settings_for(Quality("tiny", 96, 54, 15), tmp_path, 1)):
        scene = build(scene_type, context, observer, lambda _pixels, _repeat: None)
        scene.render()
    return scene, observer.cues


def words(scene: StageScene, i: int) -> Words:
    return Words("n = {x}", x=scene.result("r").read("x", i=i))


def sources(cues: CueList) -> list[str]:
    return [number["source"] for number in cues.numbers]


# -- readings ----------------------------------------------------------------------------------------------


def test_a_number_that_lives_between_two_cues_is_recorded(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        with scene.say("a"):
            pass
        short = words(scene, 0)
        scene.add(short)
        scene.hold(0.5)
        scene.remove(short)
        with scene.say("b"):
            pass

    _, cues = drawn(tmp_path, construct, lines=[line("a"), line("b")])
    assert cues.numbers == [{"source": "r/x[0]", "value": 2.5, "spec": "", "shown": "2.5"}]


def test_only_what_was_seen_is_recorded(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        hidden = words(scene, 0).set_opacity(0)
        scene.add(hidden, words(scene, 1))
        words(scene, 2)
        scene.hold(0.2)

    assert sources(drawn(tmp_path, construct)[1]) == ["r/x[1]"]


def test_a_number_that_fades_in_among_the_same_mobjects_is_recorded(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        late = words(scene, 0).set_opacity(0)
        scene.add(late)
        scene.hold(0.2)
        late.set_opacity(1)
        scene.hold(0.2)

    assert sources(drawn(tmp_path, construct)[1]) == ["r/x[0]"]


@pytest.mark.parametrize("animation", [Transform, ReplacementTransform])
def test_a_number_that_another_thing_turns_into_is_recorded(tmp_path: Path, animation) -> None:
    def construct(scene: StageScene) -> None:
        first = words(scene, 0)
        scene.add(first)
        scene.play(LaggedStart(animation(first, words(scene, 1))), run_time=0.3)
        scene.hold(0.1)

    assert sorted(sources(drawn(tmp_path, construct)[1])) == ["r/x[0]", "r/x[1]"]


def test_a_number_that_a_lettering_becomes_and_one_taken_apart_are_recorded(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        first = words(scene, 0)
        scene.add(first)
        scene.hold(0.1)
        first.become(words(scene, 1))
        scene.hold(0.1)
        scene.add(VGroup(*words(scene, 2)))
        scene.hold(0.1)

    assert sources(drawn(tmp_path, construct)[1]) == ["r/x[0]", "r/x[1]", "r/x[2]"]


def test_a_text_of_the_facts_is_recorded_with_its_place(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        told = scene.result("r").facts["words"]
        scene.add(Words("{w}", w=Name(told[1])), Words("{w}", w=Name(told[0])))
        scene.hold(0.1)

    assert drawn(tmp_path, construct)[1].numbers == [
        {"source": "r:words[1]", "value": "6", "spec": "", "shown": "6"},
    ]


def test_a_stage_that_stays_the_same_is_looked_through_once(monkeypatch: pytest.MonkeyPatch) -> None:
    record, looks = Record("s"), []
    monkeypatch.setattr(record, "refuse_typed", lambda family: looks.append(len(list(family))))
    stage: list[Mobject] = [VGroup(Square(), Square())]
    for _ in range(3):
        record.look(stage)
    stage[0].add(Square())
    record.look(stage)
    assert looks == [3, 4]


# -- typed numbers -----------------------------------------------------------------------------------------


def tex(kind: type, source: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Mobject:
    """A formula without TeX: some shape stands for its outlines."""
    picture = tmp_path / "tex.svg"
    picture.write_text(SHAPES)
    monkeypatch.setattr("manim.mobject.text.tex_mobject.tex_to_svg_file", lambda *_a, **_k: picture)
    return kind(source)


TYPED: dict[str, Callable[[], Mobject]] = {
    "Text": lambda: Text("accuracy 99.7 %"),
    "MarkupText": lambda: MarkupText("<b>99</b> of all"),
    "Paragraph": lambda: Paragraph("one", "in 12"),
    "DecimalNumber": lambda: DecimalNumber(99.7, mob_class=Text),
    "Integer": lambda: Integer(99, mob_class=Text),
    "Variable": lambda: VGroup(DecimalNumber(2, mob_class=Text), Square()),
    "NumberLine": lambda: NumberLine([0, 3], include_numbers=True, label_constructor=Text),
    "Axes": lambda: VGroup(Axes().x_axis.add_labels({1: Text("1")})),
    "Typst": lambda: Typst("99 of all"),
    "half": lambda: Text("½ of all"),
}


@pytest.mark.parametrize("kind", TYPED)
def test_a_number_typed_into_a_text_of_manims_own_is_an_error(tmp_path: Path, kind: str) -> None:
    def construct(scene: StageScene) -> None:
        scene.play(FadeIn(VGroup(Square(), TYPED[kind]())), run_time=0.2)

    with pytest.raises(EpisodeError, match=r"scene 'odd' shows '.*' .*no result holds.*self\.typed\("):
        drawn(tmp_path, construct)


@pytest.mark.parametrize("kind", [MathTex, Tex])
@pytest.mark.parametrize(("source", "refused"), [(r"x_{12} + \alpha^2 y", False), (r"\frac{1}{n}", True), ("9", True)])
def test_tex_may_name_symbols_and_nothing_else(tmp_path: Path, monkeypatch, kind, source: str, refused: bool) -> None:
    made = tex(kind, source, monkeypatch, tmp_path)
    try:
        Record("odd").refuse_typed([made])
    except EpisodeError as error:
        assert refused and kind.__name__ in str(error)
    else:
        assert not refused


def test_markup_is_no_number(tmp_path: Path) -> None:
    assert text_of(MarkupText('<span foreground="#00ff99">good</span>')) == "good"
    assert text_of(Square()) == ""


def test_turning_something_into_a_typed_number_is_an_error(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.play(Transform(Square(), Text("99")), run_time=0.2)

    with pytest.raises(EpisodeError, match="'99'"):
        drawn(tmp_path, construct)


@pytest.mark.parametrize(
    "make",
    [
        lambda scene: Text(f"film of {scene.typed('1995')}"),
        lambda scene: Words("film of {year}", year=scene.typed("1995")),
        lambda scene: scene.typed(DecimalNumber(1995, mob_class=Text)),
        lambda scene: VGroup(scene.typed(NumberLine([0, 3], include_numbers=True, label_constructor=Text))),
    ],
)
def test_a_scene_may_say_that_a_number_is_typed_and_is_an_illustration_then(tmp_path: Path, make) -> None:
    def construct(scene: StageScene) -> None:
        assert scene.standing_badge.origin is Origin.COMPUTED
        scene.play(FadeIn(make(scene)), run_time=0.2)
        assert scene.standing_badge.origin is Origin.ILLUSTRATION
        scene.badge_for(Origin.COMPUTED, "mini")
        assert scene.standing_badge.origin is Origin.ILLUSTRATION

    scene, cues = drawn(tmp_path, construct)
    assert scene.origins() == ["computed", "illustration"]
    assert cues.typed


def test_another_number_than_the_one_that_was_said_is_an_error(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.typed("1995")
        scene.add(Text("1995: 12"))
        scene.hold(0.1)

    with pytest.raises(EpisodeError, match="1995: 12"):
        drawn(tmp_path, construct)


# -- outlines cut from texts ---------------------------------------------------------------------------------------


def become_at_once(other: Mobject) -> Mobject:
    return Square().become(other)


CUT = {
    "glyph": lambda: Text("5")[0],
    "glyph of several": lambda: VGroup(Text("acc 99")[3:]),
    "copy of a glyph": lambda: VGroup(Text("5")[0].copy()),
    "markup": lambda: MarkupText("5")[0],
    "typst": lambda: VGroup(*Typst("99").family_members_with_points()),
    "paragraph": lambda: Paragraph("good", "99")[1][0],
    "digit of a number": lambda: DecimalNumber(0.99, mob_class=Text)[0][0],
    "square turned into a text": lambda: become_at_once(Text("5")),
    "square turned into a glyph": lambda: become_at_once(Text("5")[0]),
    "square turned into what turned": lambda: become_at_once(become_at_once(Text("5"))),
}


@pytest.mark.parametrize("kind", CUT)
def test_an_outline_that_was_cut_from_a_typed_number_is_an_error(tmp_path: Path, kind: str) -> None:
    def construct(scene: StageScene) -> None:
        scene.add(CUT[kind]())
        scene.hold(0.1)

    with pytest.raises(EpisodeError, match=r"no result holds.*self\.typed\("):
        drawn(tmp_path, construct)


def test_what_stands_may_not_become_a_typed_number(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square = Square()
        scene.add(square)
        scene.hold(0.1)
        square.become(Text("5"))
        scene.hold(0.1)

    with pytest.raises(EpisodeError, match="'5'"):
        drawn(tmp_path, construct)


def test_an_outline_that_became_something_else_is_free(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        shape = Text("5")[0]
        shape.become(Square())
        scene.add(shape, Text("good")[0])
        scene.hold(0.1)

    drawn(tmp_path, construct)


def test_outlines_of_a_number_that_is_said_to_be_typed_may_be_shown(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        scene.add(scene.typed(Text("1995"))[0], Square().become(scene.typed(Text("1996"))))
        scene.hold(0.1)

    drawn(tmp_path, construct)


def test_a_square_that_becomes_a_reading_shows_it(tmp_path: Path) -> None:
    def construct(scene: StageScene) -> None:
        square = Square()
        scene.add(square)
        scene.hold(0.1)
        square.become(Words("{x}", x=scene.result("r").read("x", i=1)))
        scene.hold(0.1)

    _, cues = drawn(tmp_path, construct)
    assert [each["value"] for each in cues.numbers] == [7.0]


# -- the badge ---------------------------------------------------------------------------------------------


def test_a_scene_that_overrides_setup_keeps_its_badge(tmp_path: Path) -> None:
    seen: list[np.ndarray] = []

    def construct(scene: StageScene) -> None:
        scene.hold(0.1)
        seen.append(scene.standing_badge in scene.mobjects)
        assert scene.standing_badge.origin is Origin.COMPUTED

    drawn(tmp_path, construct, setup=lambda self: None)
    assert seen == [True]


def test_a_thumbnail_has_none(tmp_path: Path) -> None:
    scene, _ = drawn(tmp_path, Thumbnail.construct, base=Thumbnail, design=lambda self: self.add(Square()))
    assert scene._badge is None
