"""A channel's look on a page: colours in the look whose ground is theirs, its font inside the file, its logo."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from pathlib import Path

import matplotlib as mpl
import pytest
from PIL import Image

from tapehead.render.figures.style import style_named
from tapehead.render.page.document import whole
from tapehead.render.page.html import tag
from tapehead.render.page.look import PageLook
from tapehead.render.planning.brand import Brand, read_brand
from tapehead.scenes.stage.branding import Look
from tapehead.scenes.stage.palette import contrast, rgb

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brand:
    monkeypatch.setenv("TAPEHEAD_STORE", str(tmp_path / "store"))
    for name in ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"):
        shutil.copyfile(FONTS / name, tmp_path / name)
    (tmp_path / "LICENCE.txt").write_text("Terms </pre><script>x</script>")
    Image.new("RGBA", (40, 20), "#ff0000").save(tmp_path / "logo.png")
    (tmp_path / "brand.toml").write_text(
        'name = "Dice & <b>more</b>"\nlogo = "logo.png"\n[colours]\nground = "#102030"\nhighlight = "#00FF00"\n'
        '[font]\nfiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"]\nlicence = "LICENCE.txt"\n'
        '[ending]\nline = "dice.example"\n'
    )
    return read_brand(tmp_path / "brand.toml")


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9A-Fa-f]{6})", css))


def test_without_a_brand_nothing_is_added() -> None:
    look = PageLook()
    assert (look.opens, look.css(), look.head(), look.foot()) == ("", "", None, None)
    assert look.figures("dark") == style_named("dark")


def test_colours_go_into_the_look_whose_ground_is_theirs() -> None:
    dark, light = (PageLook(Brand(look=Look(colours))) for colours in ({"ground": "#102030"}, LIGHT))
    assert (dark.opens, light.opens) == ("dark", "light")
    assert ':root[data-look="dark"]' in dark.css() and ':root[data-look="light"]' in light.css()
    for look in (dark, light):
        found = variables(look.css())
        ground = rgb(found["ground"])
        for name in ("ink", "soft", "link", "mark"):
            assert contrast(rgb(found[name]), ground) >= 4.5, (look.opens, name)
        assert look.css().startswith("@media screen"), "paper stays white"
    assert "nose" in variables(dark.css()) and "nose" not in variables(light.css()), "not made for this ground"
    assert dark.figures("dark").ground == "#102030"
    assert dark.figures("light") == style_named("light")


LIGHT = {
    "ground": "#FFFFFF",
    "panel": "#F0F0F0",
    "ink": "#101010",
    "soft": "#404040",
    "highlight": "#7A4000",
}


def test_a_page_of_a_brand_is_whole_by_itself(brand: Brand) -> None:
    look = PageLook(brand)
    text = whole("t", "en", tag("p", look.head(), look.foot()), "", look=look)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style and "#102030" in style[1]
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src &#x27;sha256-{digest}&#x27;" in text or f"style-src 'sha256-{digest}'" in text
    assert "font-src data:" in text and 'data-look="dark"' in text
    faces = re.findall(r"@font-face \{[^}]*?base64,([A-Za-z0-9+/=]+)\); font-weight: (\d+)", style[1])
    assert [weight for _, weight in faces] == ["700", "400"]
    assert base64.b64decode(faces[1][0]) == (FONTS / "DejaVuSans.ttf").read_bytes(), "the font as it came"
    assert "Dice &amp; &lt;b&gt;more&lt;/b&gt;" in text and "<b>more" not in text
    assert "data:image/png;base64," in text
    assert "dice.example" in text and "Terms &lt;/pre&gt;" in text
    assert "font-src" not in whole("t", "en", tag("p"), "")
