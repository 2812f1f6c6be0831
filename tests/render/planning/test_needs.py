"""What scenes need and have not is said before anything is drawn, and what is said agrees with what Manim does."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tapehead.render.check.needed import need_problems, unmet
from tapehead.render.check.problems import ADVICE, ERROR, Problem, unique
from tapehead.render.planning.needs import Needs
from tapehead.scenes.episode import Episode, SceneRef

MADE = """\
Tex("a")
MathTex("a")
SingleStringMathTex("a")
Title("a")
BulletedList("a", "b")
DecimalNumber(1.5)
DecimalNumber(1.5, mob_class=Text)
Integer(3)
Integer(3, mob_class=Text)
Variable(1, Text("x"))
Matrix([[1, 2]])
DecimalMatrix([[1, 2]])
IntegerMatrix([[1, 2]])
MobjectMatrix([[Dot(), Dot()]])
Table([["a", "b"]])
Table([["a", "b"]], element_to_mobject=MathTex)
MathTable([["a", "b"]])
IntegerTable([[1, 2]])
DecimalTable([[1, 2]])
MobjectTable([[Dot(), Dot()]])
Brace(Square())
BraceLabel(Square(), "a")
BraceLabel(Square(), "a", label_constructor=Text)
BraceText(Square(), "a")
Brace(Square()).get_tex("a")
Brace(Square()).get_text("a")
LabeledDot("a")
LabeledDot(Text("a"))
LabeledLine(label="a")
LabeledArrow(label="a")
LabeledArrow(label=Text("a"))
Graph([1, 2], [(1, 2)], labels=True)
Graph([1, 2], [(1, 2)])
DiGraph([1, 2], [(1, 2)], labels=True)
NumberLine()
NumberLine(include_numbers=True)
NumberLine(include_numbers=False)
NumberLine(include_numbers=True, label_constructor=Text)
NumberLine(numbers_to_include=[1])
NumberLine().add_numbers()
NumberLine().add_labels({1: "a"})
NumberLine().add_labels({1: Text("a")})
Axes()
Axes(axis_config={"include_numbers": True})
Axes(x_axis_config={"numbers_to_include": [1]})
Axes(x_axis_config={"numbers_to_include": [1], "label_constructor": Text})
Axes().add_coordinates()
Axes().get_axis_labels()
Axes().get_axis_labels("x", "y")
Axes().get_axis_labels(Text("x"), Text("y"))
Axes().get_x_axis_label("x")
Axes().get_y_axis_label(Text("y"))
ThreeDAxes().get_z_axis_label("z")
(axes := Axes()).get_graph_label(axes.plot(lambda x: x), "a")
(axes := Axes()).get_graph_label(axes.plot(lambda x: x), label=Text("a"))
NumberPlane()
NumberPlane().add_coordinates()
PolarPlane()
PolarPlane().add_coordinates()
BarChart([1, 2])
Vector([1, 2]).coordinate_label()
VGroup(*map(Integer, [1, 2]))
MathTypst("x^2")
Typst("a")
Text("a")
Paragraph("a")
Angle(Line(), Line(ORIGIN, UP))
""".splitlines()
"""Ways to put something on the stage, each a statement."""


def needs(folder: Path, source: str, name: str = "S") -> list[str]:
    (folder / "old.py").write_text(source)
    return [need.what for need in Needs(folder).missing(folder / "old.py", name)]


def scene(body: str, head: str = "from manim import *") -> str:
    return f"{head}\n\nclass S(Scene):\n    def construct(self):\n        {body}\n"


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder, on a machine without LaTeX."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
    folder = tmp_path / "film"
    folder.mkdir()
    return folder


def test_what_is_said_to_need_latex_is_what_manim_asks_it_for(without: Path) -> None:
    import manim
    from manim.mobject.text import numbers

    said, asked = [], []
    with manim.tempconfig({"media_dir": str(without / "media"), "verbosity": "ERROR"}):
        for each in MADE:
            if needs(without, scene(each)):
                said.append(each)
            numbers.string_to_mob_map.clear()  # it keeps a digit, of whatever letters
            try:
                eval(each, vars(manim).copy())
            except FileNotFoundError as error:
                assert error.filename == "latex"
                asked.append(each)
    assert 20 < len(asked) < len(MADE) - 15
    assert said == asked


def test_nothing_is_said_where_latex_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("latex", "dvisvgm"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert needs(tmp_path, scene('MathTex("a")')) == []
    (tmp_path / "dvisvgm").unlink()
    assert needs(tmp_path, scene('MathTex("a")')) == ["MathTex"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (scene('mn.MathTex("a")', "import manim as mn"), ["MathTex"]),
        (scene('Formula("a")', "from manim import MathTex as Formula, Scene"), ["MathTex"]),
        (scene('MathTex("a")', "from manim import *\nfrom elsewhere import MathTex"), []),
        (scene('MathTex("a")', "from manim import *\ndef MathTex(a):\n    return Text(a)"), []),
        (scene("isinstance(self, MathTex)"), []),
        (scene('Big("a")', "from manim import *\nclass Big(Tex):\n    pass"), ["Tex"]),
        (scene("formula()", "from manim import *\ndef formula():\n    return MathTex('a')"), ["MathTex"]),
        (scene("pass", "from manim import *\ndef formula():\n    return MathTex('a')"), []),
        (scene("pass", "from manim import *\nT = Title('a')\nclass Other(Scene):\n    x = T"), []),
        (scene("self.get_text('a')\n    def get_text(self, a): pass"), []),
        ("from manim import *\nclass B(Scene):\n    def setup(self): Tex('a')\nclass S(B):\n    pass\n", ["Tex"]),
    ],
)
def test_names_are_followed_to_where_they_come_from(without: Path, source: str, found: list[str]) -> None:
    assert needs(without, source) == found


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ("from .parts import formula", "formula()"),
        ("from . import parts", "parts.formula()"),
        ("from .parts import *", "formula()"),
        ("from .parts import Base", "Base()"),
    ],
)
def test_modules_beside_are_read_as_well(without: Path, imports: str, body: str) -> None:
    parts = "from manim import *\ndef formula():\n    return MathTex('a')\nclass Base(Scene):\n    x = formula()\n"
    (without / "parts.py").write_text(parts)
    assert needs(without, scene(body, f"from manim import Scene\n{imports}")) == ["MathTex"]


FILES = """\
from manim import *

class S(Scene):
    def construct(self):
        self.add_sound("gone.wav")
        self.add_sound("ding")
        SVGMobject("logo")
        SVGMobject(file_name="lgo.svg")
        ImageMobject("pictures/cat.png")
        ImageMobject(array)
        ImageMobject("pictures/" + name)
        other.add_sound("dong.mp3")
"""


def test_files_are_looked_for_where_manim_looks(without: Path) -> None:
    (without / "pictures").mkdir()
    for name in ("ding.wav", "logo.svg", "pictures/cat.png"):
        (without / name).touch()
    assert needs(without, FILES) == ["gone.wav", "lgo.svg", "dong.mp3"]
    (without / "pictures" / "cat.png").unlink()
    assert "pictures/cat.png" in needs(without, FILES)


def episode(folder: Path, **scenes: Any) -> Episode:
    refs = tuple(SceneRef(name, f"old.py:{name}", name, **given) for name, given in scenes.items())
    return Episode("film", "Film", refs, package="film", folder=folder)


def test_one_sentence_about_latex_and_one_for_each_file(without: Path) -> None:
    body = "\n        ".join(["MathTex('a')", "Title('b')", *["MathTex('c')"] * 4, *["self.add_sound('gone.wav')"] * 2])
    (without / "old.py").write_text(scene(body) + "\nclass Fine(Scene):\n    pass\n")
    (without / "gone.mp3").touch()
    found = episode(without, S={"plain": True}, Fine={"plain": True})
    assert list(unmet(found)) == ["S"]
    first, second, third = unique(need_problems(found, [*found.scenes, *found.scenes]))
    assert first == Problem(
        ERROR,
        "scene 'S' cannot be drawn here, for it needs LaTeX: MathTex (old.py:5, 7, 8 and 2 more), Title (old.py:6)",
    )
    assert second == Problem(
        ERROR,
        f"{without / 'old.py'}:11: scene 'S' cannot be drawn: the file 'gone.wav' is not there; it is looked for in "
        f"{without}: did you mean 'gone.mp3'?",
    )
    assert third == Problem(
        ADVICE,
        "'latex' and 'dvisvgm' are not installed, and belong to LaTeX: apt install texlive-latex-extra dvisvgm; or "
        "write what needs it with Text(...) and MathTypst(...), which do without",
    )
    assert not unmet(episode(without, S={})), "a scene of the stage says it when it is walked through"


def test_every_way_that_is_tried_is_a_statement() -> None:
    assert len(set(MADE)) == len(MADE) == len([ast.parse(each, mode="eval") for each in MADE])
