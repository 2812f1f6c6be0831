"""Files of Manim scenes become episodes: the words, the marks, the code around them, and a list of the rest."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tapehead.analysis.errors import UsageError
from tapehead.render.check.declared import declared_problems, look_at_files
from tapehead.render.check.problems import ERROR
from tapehead.render.commands.cli import app
from tapehead.render.planning.sources import media_named
from tapehead.render.start.adopt import adopt
from tapehead.render.start.folder import write_episode
from tapehead.scenes.script import Script

FILE = '''\
"""Scenes of a talk."""
from __future__ import annotations
from manim import *
from manim_voiceover import VoiceoverScene
from manim_voiceover.services.gtts import GTTSService
import helpers
from helpers import colour

WORDS = "One square is enough."

class IntroScene(VoiceoverScene):
    def construct(self):
        self.set_speech_service(GTTSService(lang="en", tld="com"))
        circle = Circle()
        with self.voiceover(text="This circle is <bookmark mark='A'/>drawn as I speak, "
                                 "and then <bookmark mark='B two'/>it is drawn away.") as tracker:
            self.play(Create(circle), run_time=tracker.time_until_bookmark("A"))
            self.wait_until_bookmark("B two")
            self.play(FadeOut(circle), run_time=tracker.get_remaining_duration(buff=-0.1))
        with self.voiceover(WORDS):
            self.wait_for_voiceover()
        label = Text("3 corners")  # äöü: bytes are no letters
        self.safe_wait(1)

class Moving(MovingCameraScene, VoiceoverScene):
    def construct(self):
        n = len(self.mobjects)
        for i in range(n):
            with self.voiceover(text=f"Number {i}."):
                self.play(Create(Square()))
        with self.voiceover(text="<bookmark mark='go'/>Go on. <bookmark mark='late'/>"):
            self.wait_until_bookmark("go")
            self.wait_until_bookmark("late")

class Deep(ThreeDScene, VoiceoverScene):
    def construct(self):
        with self.voiceover(text="Deep."):
            self.wait()

class Quiet(Scene):
    def construct(self):
        self.add(ImageMobject("pictures/cat.png"), Text("7"))
        self.play(FadeIn(Dot()))

class Base(Scene):
    pass
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "cat.png").write_bytes(b"cat")
    (tmp_path / "helpers.py").write_text("colour = 1\n")
    (tmp_path / "my scenes.py").write_text(FILE)
    return tmp_path / "my scenes.py"


def test_words_become_lines_and_bookmarks_marks(file: Path, tmp_path: Path) -> None:
    found = adopt(file)
    assert [(scene.name, scene.scene, scene.voiced) for scene in found.scenes] == [
        ("IntroScene", "intro-scene", True), ("Moving", "moving", True), ("Quiet", "quiet", False)
    ]  # fmt: skip
    first, second = found.scenes[0].lines
    assert [line.text for line in found.scenes[1].lines] == ["Number (i).", "Go on."]
    assert first.text == "This circle is drawn as I speak, and then it is drawn away."
    assert first.marks == {"A": "drawn as", "B-two": "it"}
    assert second.text == "One square is enough."
    assert found.module == "my_scenes"


def test_a_mark_s_phrase_stands_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "class A(VoiceoverScene):\n    def construct(self):\n"
        "        with self.voiceover(text='it is so and <bookmark mark=\"x\"/>it is so again') as t:\n"
        "            self.wait_until_bookmark('x')\n"
    )
    (line,) = adopt(tmp_path / "a.py").scenes[0].lines
    assert line.marks == {"x": "it is so again"}


def test_the_code_speaks_lines_and_is_otherwise_as_it_was(file: Path) -> None:
    text = adopt(file).files["my_scenes.py"]
    ast.parse(text)
    for expected in (
        "from __future__ import annotations\nfrom tapehead.scenes.stage.base import StageScene\nfrom manim import *\n",
        "from . import helpers\nfrom .helpers import colour\n",
        "class IntroScene(StageScene):",
        "class Moving(StageScene, MovingCameraScene):",
        'with self.say("intro-scene.1") as tracker:',
        'run_time=tracker.to("A")',
        'tracker.until("B-two")',
        "run_time=(tracker.left + -0.1)",
        'with self.say("moving.2") as cue:',
        'cue.until("go")',
        'label = self.typed(Text("3 corners"))  # äöü: bytes are no letters',
        "self.hold(1)",
        'self.add(ImageMobject("pictures/cat.png"), Text("7"))',
    ):
        assert expected in text, text
    assert "# Deep was left out: it speaks, and is a ThreeDScene." in text
    assert "oiceover" not in text


def test_what_could_not_be_taken_over_is_listed_with_its_line(file: Path) -> None:
    told = "\n".join(adopt(file).left)

    def at(words: str) -> int:
        return FILE[: FILE.index(words)].count("\n") + 1

    assert f"my scenes.py:{at('class Deep')}: Deep speaks and is a ThreeDScene" in told
    loop, late = at("text=f"), at("mark='late'")
    assert f":{loop}: its text is put together while it runs" in told
    assert f":{loop}: is spoken in a loop" in told
    assert f":{late}: the bookmark 'late' stands before no word" in told


def test_the_folder_is_an_episode_whose_files_fit_together(file: Path, tmp_path: Path) -> None:
    found = adopt(file)
    folder = write_episode(tmp_path / "film", found.files, "Film", found.copied)
    assert (folder / "pictures" / "cat.png").read_bytes() == b"cat"
    assert (folder / "helpers.py").is_file()
    script = Script.load(folder / "script.toml")
    assert [line.key for line in script.lines][:2] == ["intro-scene.1", "intro-scene.2"]
    episode, script, problems = look_at_files(folder)
    assert episode is not None
    assert [scene.plain for scene in episode.scenes] == [False, False, True]
    problems += declared_problems(episode, script)
    assert [problem.what for problem in problems if problem.kind == ERROR] == []


def test_the_command_says_what_it_did(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["adopt", str(file), "film"])
    assert done.exit_code == 0, done.output
    assert "2 scenes with a voice, 1 plain; 4 lines, 3 marks" in done.output
    assert "not taken over" in done.output
    assert "tapehead check ./film" in done.output


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (", "never closed"),
        ("x = 1\n", "no scene class"),
        ("x = " + "-" * 50_000 + "1", "nested too deep"),
        ("class A(Scene): pass\n", "no scene class"),
    ],
)
def test_what_is_no_file_of_scenes(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.py").write_text(text)
    with pytest.raises(UsageError, match=message):
        adopt(tmp_path / "a.py")
    with pytest.raises(UsageError, match="cannot be read"):
        adopt(tmp_path / "b.py")


def test_words_of_a_module_beside_and_of_a_loop(tmp_path: Path) -> None:
    """As projects are written: the words apart, parts as methods, a voice of their own, colours in a package."""
    own = tmp_path / "project"
    (own / "look").mkdir(parents=True)
    (own / "narration.py").write_text(
        "TALK = {'open': 'Once <bookmark mark=\"x\"/>there was.'}\nEND = ['The', 'End']\n"
    )
    (own / "my_tts.py").write_text("from manim_voiceover.services.base import SpeechService\n")
    (own / "look" / "__init__.py").write_text("")
    (own / "look" / "colours.py").write_text("from look.base import RED\nBLUE = RED\n")
    (own / "look" / "base.py").write_text("RED = 1\n")
    (own / "film.py").write_text(
        "from manim import *\nfrom manim_voiceover import VoiceoverScene\nimport my_tts, math\n"
        "from narration import END, TALK\nfrom look import colours\nfrom look.colours import BLUE\n\n"
        "class Film(VoiceoverScene):\n    def construct(self):\n"
        "        self.set_speech_service(my_tts.Own())\n        self.part()\n\n"
        "    def part(self):\n"
        "        with self.voiceover(text=TALK['open']):\n            self.wait_until_bookmark('x')\n"
        "        for word in END:\n            with self.voiceover(text=word) as tracker:\n"
        "                self.play(FadeIn(Text(word)), run_time=tracker.duration / math.pi * BLUE * colours.BLUE)\n"
    )
    found = adopt(own / "film.py")
    assert found.left == []
    assert [line.text for line in found.scenes[0].lines] == ["Once there was.", "The", "End"]
    assert set(found.copied) == {"narration.py", "look/__init__.py", "look/base.py"}
    assert found.files["look/colours.py"].startswith("from ..look.base import RED\n")
    text = found.files["film.py"]
    assert (
        "import math\nfrom .narration import END\nfrom .look import colours\nfrom .look.colours import BLUE\n" in text
    )
    assert "self.say({\n" in text
    assert "}[word]) as tracker" in text
    assert "my_tts" not in text
    ast.parse(text)
    folder = write_episode(tmp_path / "adopted", found.files, "Adopted", found.copied)
    episode, script, problems = look_at_files(folder)
    assert episode is not None
    problems += declared_problems(episode, script)
    assert [problem.what for problem in problems if problem.kind == ERROR] == []


@pytest.mark.parametrize(
    ("name", "scene", "title"),
    [
        ("MovingAndZoomingCamera", "moving-and-zooming-camera", "Moving and zooming camera"),
        ("Dot3DExample", "dot-3d-example", "Dot 3D example"),
        ("ExampleArrow3D", "example-arrow-3d", "Example arrow 3D"),
        ("Step2Intro", "step2-intro", "Step2 intro"),
        ("VMobjectDemo", "vmobject-demo", "VMobject demo"),
        ("snake_case", "snake_case", "snake case"),
    ],
)
def test_a_class_s_name_becomes_words(tmp_path: Path, name: str, scene: str, title: str) -> None:
    (tmp_path / "s.py").write_text(
        f"from manim import *\n\nclass {name}(Scene):\n    def construct(self):\n        pass\n"
    )
    declared = adopt(tmp_path / "s.py").files["episode.py"]
    assert f'SceneRef("{scene}"' in declared and f'"{title}"' in declared


SERVED = """\
import os
from manim import *
from manim_voiceover.voiceover_scene import VoiceoverScene
from manim_voiceover.services.gtts import GTTSService
from manim_voiceover.services.base import SpeechService
from manim_voiceover.translate import get_gettext

_ = get_gettext()
SERVICE = GTTSService(lang="de")


class Own(SpeechService):
    pass


def build(provider: str) -> SpeechService:
    return GTTSService(tld="com") if provider else SERVICE


def prepared(scene):
    scene.set_speech_service(GTTSService())
    return Circle()


class Told(VoiceoverScene):
    WORDS = "Said by the class."

    def setup(self):
        VoiceoverScene.setup(self)
        self.set_speech_service(build("gtts"))

    def construct(self):
        if self.WORDS:
            service = GTTSService()
            service.speed = 2
        self.set_speech_service(service)
        circle = Circle()
        with self.voiceover(text=_("A circle is drawn.")) as tracker:
            self.play(Create(circle), run_time=tracker.duration)
        self.add(Text(_("Hello")))
        with self.voiceover(text=self.WORDS) as vo:
            self.part(vo)
        with self.voiceover(text="Now <bookmark mark='here'/>here.") as vo:
            self.later(vo)

    def part(self, vo):
        self.wait(vo.get_remaining_duration())

    def later(self, vo):
        self.play(FadeOut(self.mobjects[0]), run_time=vo.time_until_bookmark("here"))
        self.wait(vo.get_remaining_duration(buff=0.1))


class Other(Told):
    WORDS = "Said by another."

    def construct(self):
        other = prepared(self)
        with self.voiceover(text=Told.WORDS + " " + self.WORDS):
            self.add(Square())
"""


def test_what_only_served_the_voice_goes_and_classes_hold_words(tmp_path: Path) -> None:
    (tmp_path / "served.py").write_text(SERVED, encoding="utf-8")
    adoption = adopt(tmp_path / "served.py")
    assert [line.text for scene in adoption.scenes for line in scene.lines] == [
        "A circle is drawn.", "Said by the class.", "Now here.", "Said by the class. Said by another.",
    ]  # fmt: skip
    assert 'language = "de"' in adoption.files["script.toml"]
    text = adoption.files["served.py"]
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not names & {"VoiceoverScene", "GTTSService", "SpeechService", "get_gettext", "SERVICE", "Own", "build"}
    assert {"StageScene", "_"} <= names
    for there in ("StageScene.setup(self)", "_ = str", "self.wait(vo.left)", 'vo.to("here")', "vo.left + 0.1"):
        assert there in text
    (left,) = [each for each in adoption.left if "served the voice" in each]
    assert ":58: is left out, for it asks for 'prepared'" in left


def test_files_come_along_by_any_name_that_manim_finds_them_by(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    for name in ("pictures/logo.svg", "ding.wav", "scenes.txt"):
        (tmp_path / name).touch()
    long = "\N{ARABIC LETTER ALEF}\N{ARABIC FATHATAN}" * 95  # 190 letters, and more bytes than a name may have
    source = (
        "from manim import *\n\nclass S(Scene):\n    def construct(self):\n"
        f'        SVGMobject("pictures/logo")\n        self.add_sound("ding.wav")\n        Text("{long}")\n'
        f'        Text("{long}.png")\n'
    )
    (tmp_path / "scenes.py").write_text(source, encoding="utf-8")
    assert set(adopt(tmp_path / "scenes.py").copied) == {"pictures/logo.svg", "ding.wav"}
    assert media_named(tmp_path / "scenes.py", tmp_path) == ["ding.wav", "pictures/logo.svg"], "and are in its key"
