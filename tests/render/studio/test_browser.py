"""The studio in a real browser: scrub, edit, drag a mark, undo, another tab or editor, the tape, a broken script."""

from __future__ import annotations

import base64
import io
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tapehead.render.studio.server import application
from tapehead.scenes.script import Script
from tests.render.studio.conftest import SCRIPT, TEXT, TOKEN, grey

pytestmark = pytest.mark.xdist_group("chromium of the studio")


@pytest.fixture
def address(studio: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the studio listens; it draws nothing by itself."""
    uvicorn = pytest.importorskip("uvicorn")
    monkeypatch.setattr(studio, "draw", lambda: None)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    config = uvicorn.Config(application(studio, TOKEN, port), log_level="error", ws="websockets-sansio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def tab(chromium: Any, address: str) -> Iterator[Any]:
    """A tab that has the film open; nothing may complain in its console."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    page.goto(f"{address}?token={TOKEN}")
    page.wait_for_selector(".strip img")
    yield page
    assert not faults
    assert page.evaluate("window.harm") is None
    context.close()


def shown(page: Any, selector: str = ".picture img") -> np.ndarray:
    """The picture that the tab has."""
    page.wait_for_function(
        "s => { const i = document.querySelector(s); return i && i.complete && i.naturalWidth }", arg=selector
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


def test_a_script_that_is_broken_outside_is_shown(tab: Any, studio: Any) -> None:
    studio.script.path.write_text('[[line]]\nkey = "x')
    assert "script.toml" in tab.wait_for_selector("[role=alert]").inner_text()
    studio.script.path.write_text(SCRIPT)
    tab.wait_for_selector("textarea")


def test_a_tape_setting_changes_the_picture(tab: Any) -> None:
    tab.click("#tab-tape")
    tab.select_option("select", "sp")
    tab.wait_for_selector(".setting input[type=range]")
    before = shown(tab, ".beside figure:nth-child(2) img")
    tab.evaluate("window.old = document.querySelector('.beside figure:nth-child(2) img').src")
    slider = tab.locator(".setting input[type=range]").first
    slider.focus()
    slider.press("End")
    tab.wait_for_function("() => document.querySelector('.beside figure:nth-child(2) img').src !== window.old")
    assert (shown(tab, ".beside figure:nth-child(2) img") != before).any()
    assert (shown(tab, ".beside figure:nth-child(1) img") == grey(0)).all()


def test_a_fault_leads_to_its_frame(tab: Any) -> None:
    tab.click("#tab-faults")
    assert "a <b>word</b> over a line" in tab.locator(".faults").inner_text()
    tab.click(".faults button")
    assert (shown(tab) == grey(21)).all()


def test_words_with_markup_are_words(tab: Any) -> None:
    assert TEXT in tab.locator("textarea").input_value()
    assert TEXT in tab.locator(".caption").inner_text()


@pytest.mark.parametrize("width", [1280, 820])
def test_nothing_serious_for_people_with_a_screen_reader(tab: Any, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    tab.set_viewport_size({"width": width, "height": 800})
    for pane in ("words", "tape", "faults", "work"):
        tab.click(f"#tab-{pane}")
        tab.wait_for_timeout(200)
        if pane == "words":
            tab.click("button.key")
        found = axe.Axe().run(tab).response["violations"]
        assert not [each["id"] for each in found if each["impact"] in ("serious", "critical")], pane
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
