"""The opening card and the band above a slide's pictures, pixel by pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.store import Store
from tapehead.render.planning.brand import Brand, BrandCard, read_brand
from tapehead.render.quality import Quality
from tapehead.render.slides.cards import (
    BAND,
    CardWords,
    Headed,
    Heading,
    card_clip,
    card_picture,
    ending_words,
    opening_words,
    typeset,
)
from tapehead.render.slides.deck import template
from tapehead.render.slides.make import Additions
from tapehead.render.tape import tape_named
from tapehead.scenes.episode import find_episode
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.palette import GROUND, rgb


def ground() -> np.ndarray:
    return np.array(rgb(GROUND), dtype=float)


def test_a_band_covers_nothing_and_says_title_and_number() -> None:
    frame = np.full((180, 320, 3), 200, np.uint8)
    frame[:, :160] = (250, 0, 0)
    headed = Headed(tape_named("clean"), Heading("Corner by corner", "3 / 41"), 320, 180)
    shown = headed.apply(frame, 0, 15, 1)
    assert shown.shape == frame.shape
    top = round(180 * BAND)
    band = np.abs(shown[:top].astype(int) - band_ground(shown)).max(axis=2) > 60
    columns = np.flatnonzero(band.any(axis=0))
    assert columns.min() < 40
    assert columns.max() > 280, "words at the left, a number at the right"
    assert not band[:, 170:250].any()
    picture = shown[top:]
    assert tuple(picture[80, 60]) == (250, 0, 0)
    assert tuple(picture[80, 250]) == (200, 200, 200)
    np.testing.assert_array_equal(frame[0, 0], (250, 0, 0))


def band_ground(shown: np.ndarray) -> np.ndarray:
    return shown[2, 160].astype(int)


def test_the_words_of_a_band_are_part_of_its_clip_s_key() -> None:
    tape = tape_named("clean")
    one, two = (Headed(tape, Heading("a", number), 320, 180) for number in ("1 / 2", "2 / 2"))
    assert one.identity() != two.identity()
    assert one.identity() != {"tape": tape.identity()}
    assert one.is_static
    assert one.state(3, 15) == tape.state(3, 15)


def test_words_are_no_markup() -> None:
    typeset(320, 18, 'text("")', 8, 4)
    headed = Headed(tape_named("clean"), Heading('#panic("x") "quoted" $x$ \\ _a_', "1"), 640, 360)
    assert headed.apply(np.zeros((360, 640, 3), np.uint8), 0, 15, 1)[:30].std() > 5


def test_the_opening_card_is_not_empty_and_of_its_size() -> None:
    episode = find_episode("odd-squares")
    picture = card_picture(opening_words(episode), (854, 480))
    assert picture.shape == (480, 854, 3)
    bright = picture.max(axis=2) > 150
    assert 0.005 < bright.mean() < 0.3
    rows = np.flatnonzero(bright.any(axis=1))
    assert 100 < rows.min() < rows.max() < 380, "in the middle"
    other = card_picture(opening_words(replace(episode, title="Another")), (854, 480))
    assert not np.array_equal(other, picture)


def test_the_card_is_a_clip_and_made_once(tmp_path: Path) -> None:
    store, quality, episode = Store(tmp_path), Quality("small", 320, 180, 15), find_episode("odd-squares")
    words = opening_words(episode)
    path = card_clip(words, "opening", episode, quality, store, Brand())
    assert card_clip(words, "opening", episode, quality, store, Brand()) == path
    assert card_clip(words, "opening", episode, quality, store, Brand(look=Look({"ground": "#102030"}))) != path
    with av.open(str(path)) as clip:
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    assert len(frames) == 15
    assert all(frame.std() > 5 for frame in frames)


def test_what_is_asked_for_stands_in_the_band() -> None:
    assert Additions().heading("t", 1, 2) is None
    assert Additions(titles=True).heading("t", 1, 2) == Heading("t", "")
    assert Additions(numbers=True, titles=True).heading("t", 1, 2) == Heading("t", "1 / 2")


def test_a_brand_s_card_has_its_colours_its_logo_and_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    Image.new("RGB", (60, 30), "#ff0000").save(tmp_path / "logo.png")
    (tmp_path / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30">'
        '<rect width="60" height="30" fill="#00ff00"/></svg>'
    )
    for logo, colour in (("logo.png", (255, 0, 0)), ("logo.svg", (0, 255, 0))):
        text = f'logo = "{logo}"\n[colours]\nground = "#102030"\n[opening]\nline = "about numbers"\n'
        (tmp_path / "brand.toml").write_text(text + '[ending]\ntitle = "The end"\n')
        brand = read_brand(tmp_path / "brand.toml")
        episode = find_episode("odd-squares")
        picture = card_picture(opening_words(episode, "", brand), (320, 180), brand)
        assert tuple(picture[2, 2]) == (0x10, 0x20, 0x30)
        shown = np.abs(picture.astype(int) - colour).max(axis=2) < 30
        assert 0.01 < shown.mean() < 0.1
        rows, columns = (np.flatnonzero(shown.any(axis=axis)) for axis in (1, 0))
        assert np.ptp(columns) / np.ptp(rows) == pytest.approx(2, rel=0.15), "not stretched"
    assert opening_words(episode, "", brand).line == "about numbers"
    assert ending_words(brand) == CardWords("The end")
    assert ending_words(Brand()) is None
    assert opening_words(episode, "", Brand(opening=BrandCard("Welcome"))).title == "Welcome"


def test_a_band_and_the_ground_of_the_page_are_the_brand_s() -> None:
    brand = Brand(look=Look({"ground": "#102030", "ink": "#00FF00"}))
    plain, own = (Headed(tape_named("clean"), Heading("Corner", "1"), 320, 180, each) for each in (Brand(), brand))
    assert plain.identity() != own.identity()
    shown = own.apply(np.zeros((180, 320, 3), np.uint8), 0, 15, 1)
    assert tuple(shown[1, 160]) == (0x10, 0x20, 0x30)
    letters = shown[:18, :160].astype(int)
    assert letters[..., 1].max() > 100 and letters[..., 0].max() < 40, "green, as thin as they are"
    assert "background: #102030" in template("#102030")
