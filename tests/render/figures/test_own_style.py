"""Style sheets, fonts and languages of the user's own, seen in the file that is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.render.figures.language import Language, language_of
from tapehead.render.figures.make import Wanted, drawn
from tapehead.render.figures.own_style import style_given
from tapehead.render.figures.pick import FigureResults
from tapehead.render.figures.style import STYLES, Style

FIGURE = Figure(
    "f",
    "xy",
    "It grows.",
    (Series("a", "t", "much", "line"), Series("b", "t", "less", "line")),
    Axis("time", "t"),
    Axis("height", "a"),
)
RESULTS = FigureResults(
    Result(
        {"t": quantity([0.0, 0.5, 1.0, 1.5], "n", unit="s"), "a": quantity([0, 1, 2, 2.5], "n", unit="m"),
         "b": quantity([0, 0.5, 0.5, 1], "n", unit="m")},
        name="r",
    ),
    {},
)  # fmt: skip


def svg(style: Style, language: Language = Language()) -> str:  # noqa: B008
    return drawn(FIGURE, RESULTS, style, Wanted(("svg",), language=language))["svg"].decode()


def words(text: str) -> set[str]:
    return {found.strip() for found in re.findall(r"<!--(.*?)-->", text, re.S)}


def test_a_style_sheet_is_on_top_of_the_light_look(tmp_path: Path) -> None:
    sheet = tmp_path / "my.mplstyle"
    sheet.write_text(
        'axes.prop_cycle: cycler("color", ["#a00001", "00a002"])\naxes.facecolor: "#eeeef3"\nlines.linewidth: 3\n'
    )
    text = svg(style_given(str(sheet))).lower()
    assert "#a00001" in text
    assert "#00a002" in text
    assert "#eeeef3" in text
    assert "stroke-width: 3" in text
    assert STYLES["light"].cycle[0].lower() not in text
    plain = svg(style_given("light")).lower()
    assert "stroke-width: 3" not in plain


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("axes.propcycle: 3\n", "Bad key axes.propcycle"),
        ("lines.linewidth: thick\n", "linewidth|thick"),
        ("text.usetex: True\n", "asks for LaTeX"),
        ("no colon here\n", "colon"),
    ],
)
def test_what_matplotlib_would_grumble_about_is_an_error(tmp_path: Path, sheet: str, message: str) -> None:
    (tmp_path / "bad.mplstyle").write_text(sheet)
    with pytest.raises(UsageError, match=message):
        style_given(str(tmp_path / "bad.mplstyle"))


def test_styles_and_fonts_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="takes a name or a file"):
        style_given(str(tmp_path / "no.mplstyle"))
    with pytest.raises(UsageError, match="did you mean 'DejaVu Serif'"):
        style_given("light", "DejaVu Serifs")
    with pytest.raises(UsageError, match="no font file"):
        style_given("light", str(tmp_path / "no.ttf"))
    (tmp_path / "bad.ttf").write_bytes(b"no font")
    with pytest.raises(UsageError, match="no font that matplotlib can read"):
        style_given("light", str(tmp_path / "bad.ttf"))


def test_a_font_by_name_and_by_file_are_the_same_letters() -> None:
    file = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSerif.ttf"
    by_name, by_file, sans = (svg(style_given("light", font)) for font in ("dejavu serif", str(file), ""))
    assert by_name == by_file
    assert by_name != sans


GERMAN = Language("de", {"time": "Zeit", "height": "Höhe", "much": "viel", "s": "Sek."})


def test_words_and_digits_of_another_language() -> None:
    found = words(svg(STYLES["light"], GERMAN))
    assert {"Zeit (Sek.)", "Höhe (m)", "viel", "less", "0,5", "1,5"} <= found
    assert not {"time (s)", "0.5", "much"} & found


def test_what_has_no_words_is_listed() -> None:
    assert GERMAN.missing([FIGURE]) == ["It grows.", "less"]
    assert Language().missing([FIGURE]) == []


def test_parts_of_a_text_and_numbers() -> None:
    assert GERMAN.text("much Tom") == "viel Tom"
    assert GERMAN.text("12,500") == "12.500"
    assert GERMAN.text("\N{MINUS SIGN}0.25") == "\N{MINUS SIGN}0,25"
    assert GERMAN.text("nothing known") == "nothing known"


def test_a_file_of_words_is_held_against_a_form(tmp_path: Path) -> None:
    assert language_of(tmp_path, "") == language_of(tmp_path, "en") == Language()
    (tmp_path / "figures.de.toml").write_text('language = "de"\n[words]\n"time" = "Zeit"\n')
    assert language_of(tmp_path, "de").text("time") == "Zeit"
    with pytest.raises(UnknownNameError, match=r"there are: de, en.*figures\.fr\.toml"):
        language_of(tmp_path, "fr")
    for text, message in (
        ('[words]\n"time" = ""\n', "no words on its right side"),
        ('language = "es"\n[words]\n', "says that its language"),
        ("word = 1\n", r"a table \[words\]"),
    ):
        (tmp_path / "figures.de.toml").write_text(text)
        with pytest.raises(UsageError, match=message):
            language_of(tmp_path, "de")


def test_one_series_has_no_legend_and_two_have_one() -> None:
    single = Figure("f", "xy", "s", (FIGURE.series[0],), FIGURE.x, FIGURE.y)
    alone = drawn(single, RESULTS, STYLES["light"], Wanted(("svg",)))["svg"].decode()
    assert "much" not in words(alone)
    assert 'id="legend_1"' not in alone
    assert {"much", "less"} <= words(svg(STYLES["light"]))
