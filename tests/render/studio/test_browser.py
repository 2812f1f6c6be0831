"""The studio in a real browser: scrub, edit, drag a mark, undo, another tab or editor, the tape, a broken script."""

from __future__ import annotations

import base64
import io
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.render.package.gather import package_folder
from tapehead.render.package.manifest import MANIFEST
from tapehead.render.studio.desk import Desk
from tapehead.render.studio.jobs import Job
from tapehead.render.studio.server import application
from tapehead.scenes.script import Script
from tests.render.studio.conftest import SCRIPT, TEXT, TOKEN, grey

pytestmark = pytest.mark.xdist_group("chromium of the studio")


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """Where a studio, or the desk of `tapehead tape gui`, listens."""
    uvicorn = pytest.importorskip("uvicorn")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(application(desk, TOKEN, port), log_level="error", ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def address(studio: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the studio listens; it draws nothing by itself."""
    monkeypatch.setattr(studio, "draw", lambda: None)
    with served(studio) as place:
        yield place


@contextmanager
def opened(chromium: Any, address: str, there: str) -> Iterator[Any]:
    """A tab, once it has what is asked for; nothing may complain in its console."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(240_000)  # a machine that is busy is slow, and no failure
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}?token={TOKEN}")
    page.wait_for_selector(there)
    yield page
    assert not faults
    assert page.evaluate("window.harm") is None
    context.close()


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Any]:
    """A tab that has the film open."""
    with opened(chromium, address, ".strip img") as page:
        yield page


def shown(page: Any, selector: str = ".picture img") -> np.ndarray:
    """The picture that the tab has."""
    page.wait_for_function(
        """s => {
            const image = document.querySelector(s)
            return image && image.ariaBusy !== 'true' && image.complete && image.naturalWidth
        }""",
        arg=selector,
    )
    code = """selector => {
        const image = document.querySelector(selector)
        const canvas = document.createElement('canvas')
        canvas.width = image.naturalWidth
        canvas.height = image.naturalHeight
        canvas.getContext('2d').drawImage(image, 0, 0)
        return canvas.toDataURL('image/png').split(',')[1]
    }"""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(page.evaluate(code, selector)))).convert("RGB"))


def test_frames_are_scrubbed_by_pointer_and_keys(tab: Any) -> None:
    assert (shown(tab) == grey(0)).all()
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    assert (shown(tab) == grey(2)).all()
    tab.keyboard.press("]")
    assert (shown(tab) == grey(12)).all()
    tab.locator("input[aria-label=Frame]").fill("25")
    assert (shown(tab) == grey(25)).all()
    tab.click(".strip button >> nth=1")
    assert (shown(tab) == grey(0)).all()
    assert "second" in tab.locator(".picture img").get_attribute("alt")


def test_playing_goes_on_and_stops(tab: Any) -> None:
    tab.keyboard.press(" ")
    tab.wait_for_function("() => Number(document.querySelector('input[aria-label=Frame]').value) > 3")
    tab.keyboard.press("k")
    at = tab.locator("input[aria-label=Frame]").input_value()
    tab.wait_for_timeout(300)
    assert tab.locator("input[aria-label=Frame]").input_value() == at


def frame_of(page: Any) -> int:
    return int(page.locator("input[aria-label=Frame]").input_value())


def test_playing_goes_on_into_the_next_scene_and_ends_with_the_film(tab: Any) -> None:
    tab.locator("input[aria-label=Frame]").fill("27")
    tab.keyboard.press(" ")  # the slider has the focus, and plays nevertheless
    tab.wait_for_function("() => document.querySelector('.picture img').alt.includes('second')")
    tab.wait_for_selector("button[aria-label=Play]")
    assert frame_of(tab) == 11
    tab.keyboard.press("j")
    tab.wait_for_function(
        """() => document.querySelector('.picture img').alt.includes('first')
            && document.querySelector('.transport output').textContent.includes('back ×1')"""
    )
    tab.keyboard.press("k")
    tab.locator(".strip button").nth(1).click()
    tab.locator("input[aria-label=Frame]").fill("11")
    tab.keyboard.press(" ")  # at the film's end it begins anew
    tab.wait_for_function("() => document.querySelector('.picture img').alt.includes('first')")


def test_whoever_goes_elsewhere_while_it_plays_is_followed(tab: Any) -> None:
    tab.keyboard.press(" ")
    tab.wait_for_function("() => Number(document.querySelector('input[aria-label=Frame]').value) > 15")
    tab.click("button.key")
    tab.wait_for_function("() => Number(document.querySelector('input[aria-label=Frame]').value) < 12")
    tab.wait_for_function("() => Number(document.querySelector('input[aria-label=Frame]').value) > 15")


def test_a_button_that_was_reached_by_keyboard_is_what_space_means(tab: Any) -> None:
    tab.locator(".pronounce summary").focus()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") == "key"
    tab.keyboard.press(" ")
    tab.wait_for_selector("button.key[aria-expanded=true]")
    assert tab.locator("button[aria-label=Play]").count() == 1
    tab.locator("button.key").click()  # what was clicked only has the focus left over
    tab.wait_for_selector("button.key[aria-expanded=false]")
    tab.keyboard.press(" ")
    tab.wait_for_selector("button[aria-label=Pause]")
    assert tab.locator("button.key").get_attribute("aria-expanded") == "false"


def test_a_sound_that_cannot_be_played_is_said(tab: Any, studio: Any) -> None:
    Path(studio.film["scenes"][0]["lines"][0]["audio"]).unlink()
    tab.keyboard.press(" ")
    assert "first.one cannot be played" in tab.wait_for_selector("[role=alert]").inner_text()


def test_a_line_that_is_closed_before_its_sound_is_there_is_no_fault(tab: Any) -> None:
    asked: list[Any] = []

    def kept(route: Any) -> None:
        asked.append(route)  # and nobody answers

    tab.route("**/api/sound/**", kept)
    tab.click("button.key")
    tab.wait_for_selector(".track")
    for _ in range(400):
        if asked:
            break
        tab.wait_for_timeout(50)
    assert asked
    tab.click("button.key")
    tab.wait_for_selector(".track", state="detached")
    tab.wait_for_timeout(300)
    assert tab.locator("[role=alert]").count() == 0


def test_a_studio_that_does_not_answer_is_told_in_words(tab: Any) -> None:
    tab.route("**/api/draw", lambda route: route.abort())
    tab.click("button:has-text('Draw again')")
    assert "the studio does not answer" in tab.wait_for_selector("[role=alert]").inner_text()


def test_a_film_without_a_voice_says_so(tab: Any, studio: Any) -> None:
    studio.film["scenes"][0]["lines"][0]["audio"] = ""
    studio.tell_from_elsewhere()
    tab.wait_for_selector("text=without a voice")
    tab.click("button.key")
    assert tab.locator("button.hear").is_disabled()
    tab.keyboard.press(" ")
    tab.wait_for_function("() => Number(document.querySelector('input[aria-label=Frame]').value) > 3")
    assert tab.locator("[role=alert]").count() == 0


def test_a_line_is_heard_and_paused(tab: Any) -> None:
    tab.click("button.key")
    tab.click("button[aria-label='Hear first.one']")
    tab.click("button[aria-label='Pause first.one']")
    tab.click("button[aria-label='Hear first.one']")
    tab.wait_for_selector("button[aria-label='Pause first.one']")
    tab.wait_for_selector("button[aria-label='Hear first.one']")  # it has ended by itself


def test_words_are_edited_undone_and_redone(tab: Any, studio: Any) -> None:
    text = tab.locator("textarea")
    text.fill("One cat, then one dog.")
    text.press("Control+Enter")
    tab.wait_for_selector("button:has-text('Undo'):enabled")
    assert Script.load(studio.script.path).line("first.one").text == "One cat, then one dog."
    tab.click("button:has-text('Undo')")
    tab.wait_for_selector("button:has-text('Redo'):enabled")
    assert studio.script.path.read_text() == SCRIPT
    tab.click("button:has-text('Redo')")
    tab.wait_for_selector("button:has-text('Undo'):enabled")
    assert "then one dog" in studio.script.path.read_text()


def test_a_mark_is_dragged_to_another_word(tab: Any, studio: Any) -> None:
    tab.click("button.key")
    mark, word = tab.locator("button.mark"), tab.locator(".word", has_text="cat,")
    start, end = mark.bounding_box(), word.bounding_box()
    tab.mouse.move(start["x"] + 3, start["y"] + 5)
    tab.mouse.down()
    tab.mouse.move(end["x"] + 2, start["y"] + 8, steps=4)
    tab.mouse.up()
    tab.wait_for_selector("button:has-text('Undo'):enabled")
    assert Script.load(studio.script.path).line("first.one").marks == {"dog": "cat"}
    mark.focus()
    mark.press("ArrowLeft")
    tab.wait_for_function("() => document.querySelector('button.mark').getAttribute('aria-valuetext') === 'One'")
    assert Script.load(studio.script.path).line("first.one").marks == {"dog": "One"}


def test_marks_of_words_beside_each_other_stand_below_each_other(tab: Any, studio: Any) -> None:
    marks = {"beginning": "One", "animal": "cat", "afterwards": "then"}
    text = ", ".join(f'{name} = "{phrase}"' for name, phrase in marks.items())
    studio.script.path.write_text(SCRIPT.replace('dog = "one dog"', f'{text}, dog = "one dog"'))
    tab.click("button.key")
    tab.wait_for_selector("button.mark >> nth=3")
    boxes = [tab.get_by_label(f"Mark {name}").bounding_box() for name in (*marks, "dog")]
    words = min(word.bounding_box()["y"] for word in tab.locator(".track .word").all())
    for k, one in enumerate(boxes):
        assert one["y"] + one["height"] <= words
        for two in boxes[:k]:
            across = one["x"] < two["x"] + two["width"] and two["x"] < one["x"] + one["width"]
            assert not (across and abs(one["y"] - two["y"]) < one["height"]), "one hides the other"


def test_what_would_not_load_is_said_and_not_written(tab: Any, studio: Any) -> None:
    tab.locator("textarea").fill("Nobody is left.")
    tab.locator("textarea").press("Control+Enter")
    assert "one dog" in tab.wait_for_selector("[role=alert]").inner_text()
    assert studio.script.path.read_text() == SCRIPT


def test_two_tabs_and_an_editor_see_one_another(tab: Any, studio: Any, address: str) -> None:
    other = tab.context.new_page()
    other.goto(address)
    other.wait_for_selector("textarea")
    tab.locator("input[type=number]").fill("1.25")
    tab.locator("input[type=number]").blur()
    other.wait_for_function("() => document.querySelector('input[type=number]').value === '1.25'")
    studio.script.path.write_text(SCRIPT.replace("One cat", "One whale"))
    for each in (tab, other):
        each.wait_for_function("() => document.querySelector('textarea').value.startsWith('One whale')")
        assert each.locator("button:has-text('Undo')").is_disabled()


def test_what_is_being_typed_is_kept_when_the_same_line_is_changed_outside(tab: Any, studio: Any) -> None:
    text = tab.locator("textarea")
    text.focus()
    text.fill("One mouse, then one dog.")
    studio.script.path.write_text(SCRIPT.replace("One cat", "One whale"))
    other = tab.wait_for_selector(".other").inner_text()
    assert "One whale" in other and text.input_value() == "One mouse, then one dog."
    tab.click("button:has-text('Take that')")
    assert text.input_value().startswith("One whale")
    assert "One whale" in studio.script.path.read_text(), "leaving the words wrote nothing"
    text.fill("One mouse, then one dog.")
    studio.script.path.write_text(SCRIPT.replace("One cat", "One newt"))
    tab.wait_for_selector(".other")
    tab.click("button:has-text('Write mine')")
    tab.wait_for_selector("button:has-text('Undo'):enabled")
    assert Script.load(studio.script.path).line("first.one").text == "One mouse, then one dog."
    assert tab.locator(".other").count() == 0


def test_a_script_that_is_broken_outside_is_shown(tab: Any, studio: Any) -> None:
    studio.script.path.write_text('[[line]]\nkey = "x')
    assert "script.toml" in tab.wait_for_selector("[role=alert]").inner_text()
    studio.script.path.write_text(SCRIPT)
    tab.wait_for_selector("textarea")


def test_a_tape_setting_changes_the_picture(tab: Any) -> None:
    tab.click("#tab-tape")
    tab.select_option("select[aria-label=Preset]", "sp")
    tab.wait_for_selector(".setting input[type=range]")
    before = shown(tab, ".beside figure:nth-child(2) img")
    tab.evaluate("window.old = document.querySelector('.beside figure:nth-child(2) img').src")
    slider = tab.locator(".setting input[type=range]").first
    slider.focus()
    slider.press("End")
    tab.wait_for_function("() => document.querySelector('.beside figure:nth-child(2) img').src !== window.old")
    assert (shown(tab, ".beside figure:nth-child(2) img") != before).any()
    assert (shown(tab, ".beside figure:nth-child(1) img") == grey(0)).all()


def test_a_pane_is_found_as_it_was_left(tab: Any) -> None:
    tab.click("button.key")
    tab.click("#tab-tape")
    tab.select_option("select[aria-label=Preset]", "worn")
    tab.wait_for_selector(".setting input[type=range]")
    tab.locator(".setting input[type=range]").first.press("End")
    tab.wait_for_selector(".setting.changed")
    tab.locator(".settings legend").nth(3).scroll_into_view_if_needed()
    down = tab.evaluate("document.getElementById('pane').scrollTop")
    asked: list[str] = []
    tab.click("#tab-words")
    assert tab.evaluate("document.getElementById('pane').scrollTop") == 0
    assert tab.locator("button.key").get_attribute("aria-expanded") == "true"
    assert tab.locator(".setting").first.is_hidden()
    tab.on("request", lambda request: asked.append(request.url))
    tab.locator("input[aria-label=Frame]").fill("7")
    assert (shown(tab) == grey(7)).all()
    assert not [each for each in asked if "/api/tape" in each], "nothing is put on tape for a pane nobody looks at"
    tab.click("#tab-tape")
    assert tab.input_value("select[aria-label=Preset]") == "worn" and tab.locator(".setting.changed").count() == 1
    assert tab.evaluate("document.getElementById('pane').scrollTop") == down > 0
    tab.wait_for_selector(".beside img[data-frame='7']")


def test_what_happens_to_the_tape_is_set_and_saved(tab: Any, studio: Any) -> None:
    tab.locator("input[aria-label=Frame]").fill("15")
    tab.click("#tab-tape")
    tab.select_option("select[aria-label=Preset]", "eaten")
    tab.wait_for_selector(".events li:nth-child(2)")
    number = tab.get_by_label("Event 1, to, seconds")
    assert number.input_value() == "5"
    number.fill("1.5")  # before it begins: the beginning gives way
    number.blur()
    tab.wait_for_function("() => document.querySelector('.events input').value === '0'")
    tab.click(".events button:has-text('Add one at 1.0 s')")
    tab.select_option("select[aria-label='Event 2: the machine']", "stop")
    tab.wait_for_function("() => document.querySelectorAll('.events li').length === 3")
    tab.locator("input[placeholder=my-tape]").fill("mine")
    tab.click("button:has-text('Save as a preset')")
    tab.wait_for_selector("text=saved as tapes/mine.json")
    saved = json.loads((studio.episode.folder / "tapes" / "mine.json").read_text())["settings"]["transport"]
    assert saved == [{"kind": "eaten", "from": 0, "to": 1.5}, {"kind": "stop", "from": 1, "to": 3}]
    tab.click(".setting.wide .back[title='as the preset has it']")
    tab.wait_for_function("() => document.querySelectorAll('.events li').length === 2")
    tab.click("button[aria-label='Remove event 1']")
    tab.wait_for_selector(".events small:has-text('none')")
    assert tab.locator("#pane [role=alert]").count() == 0


def test_presets_stand_side_by_side_and_settings_are_saved(tab: Any, studio: Any) -> None:
    tab.click("#tab-tape")
    tab.select_option("select[aria-label=Preset]", "worn")
    tab.wait_for_selector(".setting input[type=range]")
    tab.locator(".setting input[type=range]").first.press("Home")
    tab.locator("input[placeholder=my-tape]").fill("mine")
    tab.click("button:has-text('Save as a preset')")
    tab.wait_for_selector("text=saved as tapes/mine.json")
    assert (studio.episode.folder / "tapes" / "mine.json").is_file()
    tab.wait_for_selector("select[aria-label=Preset] option[value='mine.json']", state="attached")
    tab.click("button:has-text('Side by side')")
    tab.wait_for_function("() => document.querySelectorAll('.many img').length === 4")
    assert (shown(tab, ".many figure:nth-child(2) img") != shown(tab, ".many figure:nth-child(3) img")).any()


def test_footage_is_dropped_in_and_put_on_tape(tab: Any, studio: Any, monkeypatch: Any) -> None:
    out = io.BytesIO()
    Image.fromarray(np.full((40, 60, 3), 90, np.uint8)).save(out, "png")
    tab.click("#tab-tape")
    tab.set_input_files("input[type=file]", {"name": "<b>cat.png", "mimeType": "image/png", "buffer": out.getvalue()})
    tab.wait_for_selector("text=1 file of your own")
    tab.wait_for_function("() => document.querySelector('.beside img').src.includes('api/own/')")
    assert (shown(tab, ".beside figure:nth-child(1) img") == 90).all()
    added: list[Any] = []
    monkeypatch.setattr(studio.jobs, "add", lambda *words: added.append(words) or Job(1, *words))
    tab.click("button:has-text('Put all of it on tape')")
    tab.wait_for_selector("text=the queue says how far it is")
    assert added[0][2][:3] == ("tapehead", "tape", "still")


def footage(path: Path, sound: bool) -> Path:
    """Six frames in 0.6 s, that get lighter, and a tone."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        tone = file.add_stream("aac", rate=48_000) if sound else None
        for level in range(6):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 40 * level, np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
        if tone is not None:
            wave = np.sin(np.arange(28_800) / 20).astype(np.float32)[None]
            samples = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
            samples.sample_rate, samples.pts = 48_000, 0
            file.mux(tone.encode(samples))
            file.mux(tone.encode(None))
    return path


@pytest.mark.parametrize("sound", [False, True])
def test_the_tapes_own_window_plays_footage(chromium: Any, tmp_path: Path, sound: bool) -> None:
    desk = Desk(tmp_path / "out", tmp_path / "tapes")
    with served(desk) as address, opened(chromium, address, "text=Drop a picture or a video") as page:
        page.set_input_files("input[type=file]", footage(tmp_path / "six.mp4", sound))
        page.wait_for_selector("text=with its sound" if sound else "text=it has no sound")
        page.wait_for_function("() => document.querySelector('img[alt=Before]')?.src.endsWith('/0.png')")
        page.click("button:has-text('As it is')")
        page.wait_for_function("() => document.querySelector('img[alt=Before]')?.src.endsWith('/5.png')")
        page.wait_for_selector("button:has-text('As it is')")  # it has ended by itself
    desk.close()


def test_a_number_in_the_frame_says_where_it_is_from(tab: Any) -> None:
    assert tab.locator(".picture .number").count() == 0
    for _ in range(4):
        tab.keyboard.press("ArrowRight")
    number = tab.locator(".picture .number")
    number.wait_for()
    number.hover()
    card = tab.locator(".card").inner_text
    tab.wait_for_selector(".card code")
    assert "legs/count[animal=<b>dog</b>, day=2]" in card()
    assert "a table has four" in card() and "Counts legs." in card()
    number.click()
    tab.wait_for_selector(".results li.here")
    told = tab.locator(".told")
    tab.wait_for_function("() => document.querySelector('.told')?.textContent.includes('legs')")
    assert told.inner_text() == "animal <b>dog</b>, day 2: 1 legs"


def test_a_results_chart_is_by_choice_of_axes(tab: Any) -> None:
    tab.click("#tab-results")
    tab.click(".results .head")
    tab.wait_for_selector(".chart rect")
    assert tab.locator(".chart rect:not(.ring)").count() == 11  # one is not there
    tab.select_option(".quantity select >> nth=2", "table")
    cells = [cell.replace("−", "-") for cell in tab.locator(".quantity td").all_inner_texts()]
    assert cells == ["-5", "-1", "3", "-4", "0", "4", "-3", "1", "5", "-2", "2", "none"]
    tab.select_option(".quantity select >> nth=0", "animal")
    tab.wait_for_function("() => document.querySelectorAll('.quantity td').length === 3")
    tab.click(".uses button:has-text('first.one')")
    tab.wait_for_selector("textarea")


def test_captions_stand_beside_the_words_and_are_written_back(tab: Any, studio: Any) -> None:
    tab.locator("input[placeholder=fr]").fill("fr")
    tab.click("button:has-text('Open')")
    caption = tab.locator("textarea[lang=fr]")
    caption.fill("Un chat, puis un chien.")
    caption.press("Control+Enter")
    tab.wait_for_selector("button:has-text('Undo captions'):enabled")
    path = studio.episode.folder / "captions" / "fr.toml"
    assert '"first.one" = "Un chat, puis un chien."' in path.read_text()
    assert studio.script.path.read_text() == SCRIPT
    tab.click("button:has-text('Undo captions')")
    tab.wait_for_selector("button:has-text('Redo captions'):enabled")
    assert not path.exists()


def test_the_words_and_captions_of_all_scenes_at_a_glance(tab: Any) -> None:
    tab.locator("input[placeholder=fr]").fill("fr")
    tab.click("button:has-text('Open')")
    tab.click(".strip button >> nth=1")
    tab.wait_for_function("() => !document.querySelector('.lines li')")
    tab.get_by_label("all scenes").check()
    assert tab.locator(".lines h3").all_inner_texts() == ["First"]
    assert tab.locator(".columns.lacks textarea[lang=fr]").count() == 1
    tab.click(".lines .key")
    tab.wait_for_function("() => document.querySelector('.picture img').alt.includes('first')")


def test_what_is_typed_before_the_page_is_painted_is_not_taken_away(tab: Any, studio: Any) -> None:
    # a machine that is busy paints late; a user, or a test, types as soon as there is something to type into
    tab.evaluate(
        """() => new MutationObserver((_changes, observer) => {
            const caption = document.querySelector('textarea[lang=fr]')
            if (!caption) return
            observer.disconnect()
            caption.value = 'Un chat.'
            caption.dispatchEvent(new Event('input', { bubbles: true }))
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    tab.locator("input[placeholder=fr]").fill("fr")
    tab.click("button:has-text('Open')")
    caption = tab.locator("textarea[lang=fr]")
    caption.wait_for()
    tab.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert caption.input_value() == "Un chat."


def test_the_queue_shows_progress_and_survives_the_tab(tab: Any, studio: Any, address: str) -> None:
    job = Job(1, "render", "render at <b>480p15</b>", ("nothing",), "running")
    job.log.append("draw:  42%, about 30 s left  first")
    studio.jobs._jobs.append(job)
    studio._about(job)
    tab.click("#tab-out")
    assert "draw 42 %, about 30 s left" in tab.wait_for_selector(".progress").inner_text()
    other = tab.context.new_page()
    tab.goto("about:blank")  # as good as closed
    other.goto(address)
    other.click("#tab-out")
    other.wait_for_selector(".progress")
    other.click(".jobs button:has-text('Stop')")
    other.wait_for_selector(".state.is-stopped")


def test_a_job_that_waits_takes_no_more_room_than_one_that_runs(tab: Any, studio: Any) -> None:
    for number, state in enumerate(("running", "waiting"), 1):
        studio.jobs._jobs.append(Job(number, "render", "render at 480p15", ("nothing",), state))
    studio.tell_from_elsewhere()
    tab.click("#tab-out")
    tab.wait_for_selector(".jobs > li >> nth=1")
    heights = [row.bounding_box()["height"] for row in tab.locator(".jobs > li").all()]
    assert heights[0] == heights[1], "the look of a page that waits is not that of a job"


def test_publishing_shows_the_dry_run_and_asks_again(tab: Any, studio: Any, monkeypatch: Any) -> None:
    folder = package_folder(studio.out, studio.episode.slug)
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text("{}")
    wanted = studio.shop.wanted("dry run", {"privacy": "private"})
    job = Job(1, wanted.kind, wanted.title, ("tapehead", *wanted.words), "done")
    job.answer = {
        "requests": [{"http": "POST", "url": "https://example.org/<b>x", "body": {"title": "Two"}}],
        "open": ["no thumbnail"], "scopes": [], "quota": {"units": 50, "uploads": 1},
    }  # fmt: skip
    studio.jobs._jobs.append(job)
    studio._about(job)
    added: list[Any] = []
    monkeypatch.setattr(studio.jobs, "add", lambda *words: added.append(words) or Job(2, *words))
    tab.click("#tab-out")
    tab.click(".kinds button:has-text('Publish')")
    dry = tab.wait_for_selector(".dry").inner_text()
    assert "https://example.org/<b>x" in dry and "no thumbnail" in dry and "Nothing was sent yet" in dry
    tab.click("button:has-text('Publish this')")
    now = tab.locator("button:has-text('Publish now')")
    assert now.is_disabled()
    tab.locator(".dry input").fill("Two <b>scenes</b>")
    now.click()
    tab.wait_for_selector("button:has-text('Publish this')")
    ((kind, _, words),) = added
    assert kind == "publish" and "--dry-run" not in words


def test_a_fault_leads_to_its_frame(tab: Any) -> None:
    tab.click("#tab-faults")
    assert "a <b>word</b> over a line" in tab.locator(".faults").inner_text()
    tab.click(".faults button")
    assert (shown(tab) == grey(21)).all()


def test_a_line_of_the_timeline_leads_to_its_beginning(tab: Any) -> None:
    tab.locator("input[aria-label=Frame]").fill("25")
    tab.click(".timeline .span")
    assert (shown(tab) == grey(0)).all()
    assert tab.locator(".timeline .tick").count() == 1


def test_a_problem_that_a_check_has_found_leads_to_the_frame_that_it_names(tab: Any, studio: Any) -> None:
    job = Job(1, "check", "check the film", (), "done", makes=False)
    what = "line 'first.one' has a mark <b>'dog'</b> that no scene waits for"
    job.answer = {"problems": [{"kind": "advice", "what": what}, {"kind": "layout", "what": "first, 0.2 s: twice"}]}
    tab.locator("input[aria-label=Frame]").fill("25")
    studio.jobs._jobs.append(job)
    studio._about(job)
    tab.click("#tab-faults")
    tab.click(f".faults button:has-text('{what[-20:]}')")
    assert (shown(tab) == grey(0)).all()
    assert what in tab.locator(".faults").inner_text()
    assert "twice" not in tab.locator(".faults").inner_text()  # the drawing's own list has the layout


def test_a_mark_is_added_and_removed(tab: Any, studio: Any) -> None:
    tab.click("button.key")
    tab.locator("input[placeholder=name]").fill("cat")
    tab.select_option(".track + .make select", "1")
    tab.click(".track + .make button")
    tab.wait_for_selector("button.mark:has-text('cat')")
    assert Script.load(studio.script.path).line("first.one").marks == {"dog": "one dog", "cat": "cat"}
    tab.locator("button.mark", has_text="dog").press("Delete")
    tab.wait_for_function("() => document.querySelectorAll('button.mark').length === 1")
    assert Script.load(studio.script.path).line("first.one").marks == {"cat": "cat"}


def test_a_tab_that_is_opened_again_is_where_it_was(tab: Any, address: str) -> None:
    tab.click(".strip button >> nth=1")
    tab.locator("input[aria-label=Frame]").fill("7")
    tab.click("#tab-faults")
    tab.wait_for_function("() => (localStorage.getItem('tapehead studio: two') ?? '').includes('faults')")
    tab.goto("about:blank")
    tab.goto(address)
    tab.wait_for_selector(".faults")
    assert (shown(tab) == grey(7)).all()
    assert "second" in tab.locator(".picture img").get_attribute("alt")


def test_words_with_markup_are_words(tab: Any) -> None:
    assert TEXT in tab.locator("textarea").input_value()
    assert TEXT in tab.locator(".caption").inner_text()


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_serious_for_people_with_a_screen_reader(tab: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab.set_viewport_size({"width": width, "height": 800})
    for pane in ("words", "tape", "results", "out", "faults"):
        tab.click(f"#tab-{pane}")
        tab.wait_for_timeout(200)
        if pane == "words":
            tab.click("button.key")
            tab.locator("input[placeholder=fr]").fill("fr")
            tab.click("button:has-text('Open')")
            tab.wait_for_selector("textarea[lang=fr]")
        if pane == "results":
            tab.click(".results .head")
            tab.wait_for_selector(".chart rect")
        if pane == "out":
            tab.click("button:has-text('Figures')")
        found = axe.Axe().run(tab).response["violations"]
        assert not [each["id"] for each in found if each["impact"] in ("serious", "critical")], pane
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
