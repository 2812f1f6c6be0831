"""A scene in a cell: read, refused with a reason, and drawn."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError, UsageError
from tapehead.render.notebook.magic import cell_episode, draw_cell, options, read_cell, register
from tapehead.render.notebook.shown import ShownFilm, ShownSheets
from tapehead.scenes.episode import find_episode

BODY = """\
LINES = {"hello": "Sixteen."}
w = Words("{s} dots", s=self.result("sums").read("sum", n=3))
with self.say("cell.hello"):
    self.play(FadeIn(w), run_time=0.2)
"""


def test_a_body_becomes_a_scene_and_a_class_stays_one() -> None:
    cell = read_cell(BODY)
    assert cell.scene == "Cell"
    assert cell.lines == {"cell.hello": "Sixteen."}
    assert cell.uses == ("sums",)
    assert "    def construct(self):\n        w = Words" in cell.module
    assert "LINES" not in cell.module
    own = read_cell("class Mine(StageScene):\n    def construct(self):\n        self.hold(1)\n")
    assert own.scene == "Mine"
    compile(cell.module, "cell", "exec")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = (", "line 1 of the cell"),
        ("LINES = {}", "draws nothing"),
        ("class A(Scene): pass\nclass B(Scene): pass", "one scene, and this one has A, B"),
        ("LINES = {'a': words}\nself.hold(1)", "LINES gives words by name"),
    ],
)
def test_what_is_no_scene_is_told(text: str, message: str) -> None:
    with pytest.raises(EpisodeError, match=message):
        read_cell(text)


def test_options_are_checked() -> None:
    assert options("--still --episode odd-squares").episode == "odd-squares"
    for line in ("--stills", "--voice", '"open'):
        with pytest.raises(UsageError, match="tapehead"):
            options(line)


def test_a_result_needs_an_episode_that_computes_it() -> None:
    with pytest.raises(EpisodeError, match="name one with --episode"), cell_episode(read_cell(BODY), None):
        pass
    wrong = read_cell(BODY.replace('"sums"', '"sum"'))
    with pytest.raises(EpisodeError, match="did you mean 'sums'"), cell_episode(wrong, find_episode("odd-squares")):
        pass


def test_a_cell_is_an_episode_and_leaves_nothing() -> None:
    with cell_episode(read_cell(BODY), find_episode("odd-squares")) as episode:
        folder = episode.folder
        assert [scene.uses for scene in episode.scenes] == [("sums",)]
        assert [line.key for line in episode.script().lines] == ["cell.hello"]
    assert not folder.exists()


def test_the_last_picture_of_a_cell() -> None:
    shown = draw_cell("--still --episode odd-squares", BODY)
    picture = np.asarray(Image.open(io.BytesIO(shown._repr_png_())))
    assert picture.shape == (480, 854, 3)
    assert picture[180:300].max() > 200, "the words"


def test_a_fault_is_a_message_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    register(shell)
    assert shell.run_cell_magic("tapehead", "--sill", "self.hold(1)") is None
    assert "tapehead: %%tapehead: " in capsys.readouterr().err


@pytest.fixture
def film(tmp_path: Path) -> ShownFilm:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 20 + 200 * (number >= 10), np.uint8), "rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    (tmp_path / "film.vtt").write_text("WEBVTT\n")
    return ShownFilm(path, 2.0, {"vtt": tmp_path / "film.vtt"})


def test_a_film_is_put_into_the_page_with_its_captions(film: ShownFilm, monkeypatch: pytest.MonkeyPatch) -> None:
    page = film._repr_html_()
    assert 'src="data:video/mp4;base64,' in page
    assert 'kind="captions"' in page
    picture = np.asarray(Image.open(io.BytesIO(film._repr_png_())))
    assert picture.mean() > 150, "a frame from its middle"
    monkeypatch.setattr("tapehead.render.notebook.shown.MOST_INSIDE", 10)
    assert f'href="{film.path}"' in film._repr_html_()


def test_contact_sheets_are_shown_in_order(tmp_path: Path) -> None:
    for name, level in (("a", 10), ("b", 200)):
        Image.new("L", (4, 4), level).save(tmp_path / f"{name}.png")
    sheets = ShownSheets((tmp_path / "a.png", tmp_path / "b.png"), tmp_path)
    assert sheets._repr_png_() == (tmp_path / "a.png").read_bytes()
    assert sheets._repr_html_().index('alt="a"') < sheets._repr_html_().index('alt="b"')
