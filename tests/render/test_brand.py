"""A channel's brand: what it gives, and one line for each thing that is wrong in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.render.planning.brand import LEAST, NONE, UNREAD, Brand, BrandCard, brand_for, read_brand
from tapehead.scenes.stage.branding import VARIABLE, Look
from tapehead.scenes.stage.palette import GROUND, OWN, contrast, rgb

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
WHOLE = """
name = "Dice and more"
logo = "logo.png"

[colours]
ground = "#102030"
highlight = "#ffee66"

[font]
family = "DejaVu Sans"
files = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]
licence = "LICENCE.txt"

[opening]
line = "films about numbers"

[ending]
title = "Thank you"
seconds = 3

[lower_third]
text = "Dice and more"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        shutil.copyfile(FONTS / name, tmp_path / name)
    (tmp_path / "LICENCE.txt").write_text("Bitstream Vera Fonts Copyright")
    (tmp_path / "broken.ttf").write_bytes(b"no font at all" * 20)
    (tmp_path / "empty.txt").write_text(" \n")
    Image.new("RGBA", (40, 20), "#ff0000").save(tmp_path / "logo.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    (tmp_path / "broken.svg").write_text("<svg")
    return tmp_path


def write(folder: Path, text: str) -> Path:
    path = folder / "brand.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_of_it(folder: Path) -> None:
    made = read_brand(write(folder, WHOLE))
    assert made.name == "Dice and more" and made.logo.endswith("logo.png")
    assert made.look.colours == {"ground": "#102030", "highlight": "#FFEE66"}
    assert made.look.font == "DejaVu Sans"
    (place,) = made.look.files
    assert {path.name for path in Path(place).iterdir()} == {"DejaVuSans.ttf", "DejaVuSans-Bold.ttf"}
    assert made.opening == BrandCard("", "films about numbers", 2.5)
    assert made.ending == BrandCard("Thank you", "", 3.0)
    assert made.third and made.third.text == "Dice and more"
    assert (made.pen.ground, made.pen.highlight, made.pen.ink) == ("#102030", "#FFEE66", OWN["ink"])
    assert made.pen.font == "DejaVu Sans"


def test_a_look_s_identity_is_of_contents_and_not_of_places(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one = read_brand(write(folder, WHOLE)).look
    other = tmp_path_factory.mktemp("other") / "channel"
    shutil.copytree(folder, other)
    moved = read_brand(other / "brand.toml").look
    assert moved.identity() == one.identity()
    shutil.copyfile(FONTS / "DejaVuSans-Oblique.ttf", other / "DejaVuSans-Bold.ttf")
    assert read_brand(other / "brand.toml").look.identity() != one.identity()


def test_a_look_passes_through_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = read_brand(write(folder, WHOLE)).look
    monkeypatch.setenv(VARIABLE, look.to_json())
    assert Look.from_environment() == look
    monkeypatch.delenv(VARIABLE)
    assert Look.from_environment() == Look()


WRONG = [
    ('colors = "x"', "did you mean 'colours'"),
    ("[colours]\ninck = '#FFFFFF'", "did you mean 'ink'"),
    ("[colours]\nink = 'white'", "is a colour as in"),
    ("[colours]\nink = '#101010'", "ink #101010 has a contrast of 1.0:1 to the ground"),
    ("[colours]\nground = '#FFFFFF'", "tapehead's own, has a contrast of"),
    ("[colours]\npanel = '#777777'", "to the panel #777777"),
    ("colours = 3", "is a table"),
    ("[colours]", "is empty"),
    ("[font]\nfiles = ['DejaVuSans.ttf']", "names no licence"),
    ("[font]\nfiles = ['DejaVuSans.ttf']\nlicence = 'OFL.txt'", "names 'OFL.txt', which is not in"),
    ("[font]\nfiles = ['DejaVuSans.ttf']\nlicence = 'empty.txt'", "empty.txt is empty"),
    ("[font]\nfiles = ['broken.ttf']\nlicence = 'LICENCE.txt'", "broken.ttf is no font that can be read"),
    ("[font]\nfiles = ['gone.ttf']\nlicence = 'LICENCE.txt'", "names 'gone.ttf', which is not in"),
    ("[font]\nfiles = ['logo.png']\nlicence = 'LICENCE.txt'", "none of .ttf, .otf"),
    ("[font]\nfamily = 'Inter'\nfiles = ['DejaVuSans.ttf']\nlicence = 'LICENCE.txt'", "they have DejaVu Sans"),
    ("logo = 'broken.png'", "is no picture that can be read"),
    ("logo = 'broken.svg'", "is no picture that can be read"),
    ("logo = 'LICENCE.txt'", "none of .svg"),
    ("[opening]\nseconds = 0", "0.5 to 10"),
    ("[opening]\ntitle = 3", "is a text of one line"),
    ("[ending]\nseconds = 2", "says nothing"),
    ("[lower_third]\nline = 'x'", "text is missing"),
    ("x = [", "brand.toml"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_what_is_wrong_is_one_line(folder: Path, text: str, said: str) -> None:
    with pytest.raises(EpisodeError) as failed:
        read_brand(write(folder, text))
    assert said in str(failed.value) and "brand.toml" in str(failed.value)
    assert "\n" not in str(failed.value)


def test_where_it_is_found(folder: Path) -> None:
    episode = folder / "film"
    episode.mkdir()
    assert brand_for(episode) is None
    write(folder, 'name = "channel"')
    assert brand_for(episode) == Brand("channel"), "in the channel's folder"
    write(episode, 'name = "film"')
    assert brand_for(episode) == Brand("film"), "beside the episode, which goes first"
    assert brand_for(episode, str(folder / "brand.toml")) == Brand("channel")
    assert brand_for(episode, NONE) is None
    with pytest.raises(EpisodeError, match="cannot be read"):
        brand_for(episode, str(folder / "gone.toml"))


def test_tapehead_s_own_colours_pass_its_own_check() -> None:
    for role in set(OWN) - UNREAD:
        assert contrast(rgb(OWN[role]), rgb(GROUND)) >= LEAST, role
