"""A lecture out of the example episode: cut where it should be, whole in each format, and played in a real browser."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pptx
import pytest
from manim_slides.config import PresentationConfig
from PIL import Image

from tapehead.analysis.errors import EpisodeError, MissingPartError, UnknownNameError
from tapehead.analysis.store import Store
from tapehead.render.drawing.cues import CueList, CueMoment
from tapehead.render.drawing.master import MasterReader, MasterWriter
from tapehead.render.film.make import Choices
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.slides.cut import Piece, Slide, frames_of, held_at_end, said_until, slides_of, trimmed
from tapehead.render.slides.deck import template
from tapehead.render.slides.make import Lecture, make_slides
from tapehead.scenes.episode import find_episode
from tapehead.scenes.script import Line, TimedLine
from tests.films import REPORTS, films
from tests.render.slides.browser import Browser, missing

QUALITY = quality_named("480p15")
RIGHT, LEFT = "\ue014", "\ue012"


def lecture(out: Path, kind: str, stops: str = "cues", **changes) -> Lecture:
    episode = replace(find_episode("odd-squares"), **changes)
    return make_slides(episode, Choices(QUALITY, 2, out=out), Store(), Reporter(quiet=True), kind, stops)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lecture")


@pytest.fixture(scope="module")
def page(out: Path) -> Lecture:
    return lecture(out, "html")


# -- where it is cut


def cues(frames: int, *moments: tuple[str, str, int]) -> CueList:
    return CueList(15, frames, [CueMoment(*moment) for moment in moments])


SCENES = [
    (
        "corners",
        cues(
            100,
            ("corners.start", "start", 0),
            ("corners.start", "wrap", 20),
            ("corners.start", "end", 40),
            ("corners.more", "start", 45),
            ("corners.more", "five", 45),
            ("corners.more", "every", 70),
            ("corners.more", "end", 90),
        ),
    ),
    (
        "verdict",
        cues(60, ("verdict.count", "start", 3), ("verdict.count", "end", 30), ("verdict.none", "end", 50)),
    ),
]


def test_a_slide_ends_with_its_line_and_no_frame_is_lost() -> None:
    slides = slides_of(find_episode("odd-squares"), SCENES)
    assert [slide.name for slide in slides] == [
        "corners.start.end",
        "corners.more.end",
        "verdict.count.end",
        "verdict.none.end",
    ]
    assert slides[0].pieces == (Piece("corners", 0, 40),)
    assert slides[2].pieces == (Piece("corners", 90, 100), Piece("verdict", 0, 30))
    assert sum(slide.frames for slide in slides) == 100 + 50
    assert slides[1].notes == "Five more make the next square. Every odd number is one more corner."


def test_finer_stops_share_the_words() -> None:
    slides = slides_of(find_episode("odd-squares"), SCENES, "marks")
    names = [slide.name for slide in slides]
    assert names[:2] == ["corners.start.wrap", "corners.start.end"]
    assert "corners.more.five" in names
    of_more = [slide.notes for slide in slides if slide.name.startswith("corners.more")]
    text = "Five more make the next square. Every odd number is one more corner."
    assert " ".join(" ".join(of_more).split()) == text


def test_notes_have_the_words_as_they_were_filled_in() -> None:
    text = "Wrap 3 around it."
    line = TimedLine("corners.start", "corners", "n", text, 1, (), True, {"wrap": 0.3}, 0.3, "", places={"wrap": 5})
    slides = slides_of(find_episode("odd-squares"), SCENES, "marks", {"corners.start": line})
    assert [slide.notes for slide in slides[:2]] == ["Wrap", "3 around it."]
    assert slides_of(find_episode("odd-squares"), SCENES, "cues", {"corners.start": line})[0].notes == text


def test_words_are_shared_at_the_marks() -> None:
    line = Line("a.b", "n", "One two three four.", marks={"late": "four", "soon": "two"})
    assert [said_until(line, moment) for moment in ("soon", "late", "end")] == ["One ", "two three ", "four."]


def test_loops_come_from_the_scene() -> None:
    episode = find_episode("odd-squares")
    looping = replace(episode, scenes=(replace(episode.scenes[0], loops=("corners.more",)), episode.scenes[1]))
    assert [slide.loop for slide in slides_of(looping, SCENES)] == [False, True, False, False]
    wrong = replace(episode, scenes=(replace(episode.scenes[0], loops=("corners.no",)), episode.scenes[1]))
    with pytest.raises(EpisodeError, match=r"loops at 'corners\.no'"):
        slides_of(wrong, SCENES)
    with pytest.raises(UnknownNameError):
        slides_of(episode, SCENES, "words")


def test_pieces_are_exactly_the_masters_frames(tmp_path: Path) -> None:
    """Against the frames written one by one; a hold at the end is cut short, one that loops is not."""
    rng = np.random.default_rng(3)
    repeats, written = [2, 1, 4, 30], []
    with MasterWriter(tmp_path / "frames.tpf", 32, 18, 15) as writer:
        for repeat in repeats:
            frame = rng.integers(0, 255, (18, 32, 3), dtype=np.uint8)
            writer.write(frame, repeat)
            written += [frame] * repeat
    reader = MasterReader(tmp_path / "frames.tpf")
    slide = Slide("x", (Piece("s", 1, 5), Piece("s", 5, 20)), "")
    shown = [frame for frame, repeat in frames_of(slide, {"s": reader}) for _ in range(repeat)]
    assert len(shown) == slide.frames == 19
    assert all(np.array_equal(a, b) for a, b in zip(shown, written[1:20], strict=True))
    assert held_at_end(reader, slide.pieces[-1]) == 13
    assert held_at_end(reader, Piece("s", 0, 6)) == 3
    assert trimmed(slide, 13, 15).frames == 19 - 10
    assert trimmed(replace(slide, loop=True), 13, 15).frames == 19


# -- the files


def test_the_deck_is_manim_slides_own_and_can_be_moved(page: Lecture, tmp_path: Path) -> None:
    shutil.copytree(page.deck.parent, tmp_path / "talk" / "slides")
    deck = PresentationConfig.from_file(tmp_path / "talk" / "slides" / page.deck.name)
    assert len(deck.slides) == len(page.slides) == 4
    assert deck.resolution == (854, 480)
    for config, slide in zip(deck.slides, page.slides, strict=True):
        assert config.file.is_file()
        assert config.file.is_relative_to(tmp_path)
        assert config.notes == slide.notes
        with av.open(str(config.file)) as clip:
            assert not clip.streams.audio, "the lecturer speaks"
            assert sum(1 for _ in clip.decode(video=0)) > 0


def test_nothing_in_the_page_is_fetched(page: Lecture) -> None:
    text = page.path.read_text()
    assert 'src="http' not in text
    assert 'href="http' not in text
    assert text.count("data:video/mp4;base64,") == 4


def test_pptx_has_a_film_and_notes_on_each_slide(out: Path) -> None:
    made = lecture(out, "pptx")
    deck = pptx.Presentation(str(made.path))
    assert [slide.notes_slide.notes_text_frame.text for slide in deck.slides] == [s.notes for s in made.slides]
    for slide in deck.slides:
        (movie,) = slide.shapes
        assert movie.media_type is not None
        assert movie.width == deck.slide_width


def test_pdf_has_a_page_for_each_slide_with_its_last_picture(out: Path, tmp_path: Path) -> None:
    made = lecture(out, "pdf")
    assert made.path.read_bytes().startswith(b"%PDF-")
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed (apt-get install poppler-utils)")
    subprocess.run(["pdftoppm", "-r", "100", "-png", str(made.path), str(tmp_path / "page")], check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 4
    clips = sorted((made.path.parent / "clips").glob("*.mp4"))
    for shown, path in zip(pages, clips, strict=True):
        with av.open(str(path)) as clip:
            *_, last = clip.decode(video=0)
        wanted = np.asarray(last.to_image(), dtype=float)
        found = np.asarray(Image.open(shown).convert("RGB").resize(wanted.shape[1::-1]), dtype=float)
        assert np.abs(found - wanted).mean() < 3, "JPEG inside a PDF changes little"


@pytest.mark.parametrize("kind", ["html", "pptx", "pdf"])
def test_equal_decks_are_equal_bytes(page: Lecture, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At another time too: the clock is set forward between the two."""
    import time

    from tapehead.render.slides.deck import convert

    deck = PresentationConfig.from_file(page.deck)
    convert(deck, kind, tmp_path / f"a.{kind}", "Odd & even")
    clock, later = time.time, time.time() + 86_411.0
    monkeypatch.setattr(time, "gmtime", lambda s=None, real=time.gmtime: real(later if s is None else s))
    monkeypatch.setattr(time, "localtime", lambda s=None, real=time.localtime: real(later if s is None else s))
    monkeypatch.setattr(time, "time", lambda: clock() + 86_411.0)
    convert(deck, kind, tmp_path / f"b.{kind}", "Odd & even")
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_no_date_is_left_in_a_deck(out: Path) -> None:
    import zipfile

    with zipfile.ZipFile(lecture(out, "pptx").path) as deck:
        assert {info.date_time for info in deck.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert deck.testzip() is None
    data = lecture(out, "pdf").path.read_bytes()
    assert b"(D:20000101000000" in data
    assert data.count(b"(D:") == data.count(b"(D:20000101000000")
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    assert data[start : start + 4] == b"xref", "places in the file still hold"


NO_LOOPS = (*REPORTS, "gallery", "odd-squares", "puppet-show", "remembered-patterns")


@pytest.mark.parametrize("slug", films(*NO_LOOPS))
def test_each_film_has_a_slide_that_plays_round_and_round(slug: str) -> None:
    episode = find_episode(slug)
    loops = {key for scene in episode.scenes for key in scene.loops}
    assert loops
    assert loops <= {line.key for line in episode.script().lines}
    scenes = [
        (
            scene.name,
            cues(
                10 * sum(line.scene == scene.name for line in episode.script().lines),
                *(
                    (line.key, "end", 10 * (number + 1))
                    for number, line in enumerate(one for one in episode.script().lines if one.scene == scene.name)
                ),
            ),
        )
        for scene in episode.scenes
    ]
    made = slides_of(episode, scenes)
    assert {slide.name.removesuffix(".end") for slide in made if slide.loop} == loops


def test_without_reveal_js_the_message_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingPartError, match=r"reveal\.css of reveal\.js.*pip install 'sphinx-revealjs"):
        template()


def test_a_chapter_is_a_lecture_of_its_own(out: Path, page: Lecture) -> None:
    whole = page.path.read_bytes()
    choices = Choices(QUALITY, 2, out=out, only="verdict")
    made = make_slides(find_episode("odd-squares"), choices, Store(), Reporter(quiet=True), "html")
    assert made.path == out / "odd-squares/slides-verdict/odd-squares-verdict.html"
    assert [one.name for one in made.slides] == [one.name for one in page.slides if one.name.startswith("verdict.")]
    assert 0 < len(made.slides) < len(page.slides)
    assert page.path.read_bytes() == whole, "beside the whole film's, not over it"
    with pytest.raises(UnknownNameError, match="did you mean verdict"):
        make_slides(
            find_episode("odd-squares"), Choices(QUALITY, out=out, only="verdit"), Store(), Reporter(quiet=True), "html"
        )


def test_unknown_formats(out: Path) -> None:
    with pytest.raises(UnknownNameError, match="html"):
        lecture(out, "htm")


# -- in the real program


@pytest.mark.skipif(bool(missing()), reason=missing())
def test_the_lecture_plays_in_a_browser_without_network(page: Lecture, tmp_path: Path) -> None:
    shutil.copy(page.path, tmp_path / "alone.html")  # by itself: nothing lies beside it
    browser = Browser(tmp_path / "profile")
    try:
        browser.open(tmp_path / "alone.html")
        browser.wait(lambda: browser.run("return typeof Reveal !== 'undefined' && Reveal.isReady()"))
        assert browser.run("return Reveal.getTotalSlides()") == 4
        video = "Reveal.getCurrentSlide().slideBackgroundContentElement.querySelector('video')"
        pictures = []
        for number, slide in enumerate(page.slides):
            assert browser.run("return Reveal.getIndices().h") == number
            # Eight times as fast: it has to play to its end, not for as long as it is spoken.
            browser.wait(lambda: browser.run(f"return {video} && (({video}.playbackRate = 8), {video}.ended)"))
            assert browser.run(f"return [{video}.videoWidth, {video}.videoHeight]") == [854, 480]
            assert browser.run(f"return {video}.loop") is False
            notes = browser.run(
                "return Reveal.getSlideNotes() || Reveal.getCurrentSlide().querySelector('aside').innerText"
            )
            assert " ".join(notes.replace("<p>", "").replace("</p>", "").split()) == slide.notes
            pictures.append(
                np.asarray(Image.open(browser.picture(tmp_path / f"{number}.png")).convert("L"), dtype=float)
            )
            browser.key(RIGHT)
        assert all(picture.std() > 5 for picture in pictures), "something is seen"
        assert all(np.abs(a - b).mean() > 0.5 for a, b in itertools.pairwise(pictures))
        browser.key(LEFT)
        browser.wait(lambda: browser.run("return Reveal.getIndices().h") == 2)
        fetched = browser.run("return performance.getEntriesByType('resource').map(e => e.name.slice(0, 40))")
        assert [name for name in fetched if not name.startswith(("data:", "blob:"))] == []
        assert browser.complaints() == []
    finally:
        browser.close()


@pytest.mark.long
@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="soffice is not installed (apt-get install libreoffice-impress)"
)
def test_the_pptx_opens_in_libreoffice(out: Path, tmp_path: Path) -> None:
    made = lecture(out, "pptx")
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(made.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert (tmp_path / "odd-squares.pdf").stat().st_size > 10_000


def test_the_deck_is_plain_data(page: Lecture) -> None:
    data = json.loads(page.deck.read_text())
    assert [slide["loop"] for slide in data["slides"]] == [False] * 4
    assert all(slide["file"].startswith("slides/clips/") for slide in data["slides"])
