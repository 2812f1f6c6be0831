"""Results in Python: tables held against the arrays themselves, and what a notebook shows of them."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

import tapehead
from tapehead.analysis.errors import MissingPartError, ResultError, UnknownNameError
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.render.notebook.results import NotebookResult

CATS = ("Tom", "Mia")


@pytest.fixture
def naps() -> NotebookResult:
    made = Result(
        {
            "nap": quantity(np.arange(6.0).reshape(2, 3), "cat", "day", unit="h", labels={"cat": CATS}),
            "low": quantity(np.arange(6.0).reshape(2, 3) - 1, "cat", "day", unit="h", labels={"cat": CATS}),
            "age": quantity([7, 9], "cat", labels={"cat": CATS}),
            "seen": quantity([True, False, True, True], "day"),
            "count": quantity(3),
        },
        Origin.PUBLISHED,
        "Cat & Co, <2020>",
        name="naps",
    )
    return NotebookResult.of(made, "ab" * 32)


def test_it_is_the_same_result(naps: NotebookResult) -> None:
    assert naps.read("nap", cat="Mia", day=1) == 4.0
    assert naps.name == "naps"


def test_the_long_table_has_every_number_once(naps: NotebookResult) -> None:
    table = naps.to_pandas()
    assert list(table.columns) == ["quantity", "cat", "day", "value", "unit"]
    assert len(table) == 6 + 6 + 2 + 4 + 1
    one = table[(table.quantity == "nap") & (table.cat == "Mia") & (table.day == 2)]
    assert list(one.value) == [5.0]
    assert list(one.unit) == ["h"]
    (count,) = table[table.quantity == "count"].itertuples()
    assert count.cat is None
    assert count.value == 3


def test_named_quantities_are_columns(naps: NotebookResult) -> None:
    table = naps.to_pandas("nap", "low")
    assert table.loc[("Mia", 1), "nap"] == 4.0
    assert table.attrs["units"] == {"nap": "h", "low": "h"}
    ages = naps.to_pandas("age")
    assert isinstance(ages, pd.Series)
    assert dict(ages) == {"Tom": 7, "Mia": 9}
    assert list(naps.to_pandas("count")) == [3]
    with pytest.raises(ResultError, match=r"'age' has the axes \(cat 2\) and 'nap' has \(cat 2, day 3\)"):
        naps.to_pandas("nap", "age")
    with pytest.raises(ResultError, match="has no 'snore'"):
        naps.to_pandas("snore")


def test_a_table_can_be_changed_and_the_result_cannot(naps: NotebookResult) -> None:
    table = naps.to_pandas("nap")
    table.loc[("Tom", 0), "nap"] = 99.0
    naps.to_xarray("nap")[0, 0] = 99.0
    assert naps.read("nap", cat="Tom", day=0) == 0.0


def test_xarray_has_axes_labels_and_units(naps: NotebookResult) -> None:
    data = naps.to_xarray()
    assert float(data["nap"].sel(cat="Mia").isel(day=1)) == 4.0
    assert data["nap"].attrs == {"units": "h"}
    assert data["seen"].dims == ("day (seen)",), "another 'day', of another length"
    assert data.attrs["origin"] == "published"
    assert naps.to_xarray("nap").dims == ("cat", "day")


def test_without_the_library_the_message_says_what_to_install(
    naps: NotebookResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingPartError, match=r"pip install 'tapehead\[notebook\]'"):
        naps.to_xarray()


def test_what_a_notebook_shows_is_safe_html(naps: NotebookResult) -> None:
    page = naps._repr_html_()
    assert "Cat &amp; Co, &lt;2020&gt;" in page
    assert "cat 2, day 3" in page
    assert "7, 9" in page
    assert "abababababab" in page


# -- the package itself


def test_importing_tapehead_imports_nothing_heavy() -> None:
    code = (
        "import sys, tapehead\n"
        "heavy = {'torch', 'manim', 'numpy', 'matplotlib', 'pandas', 'xarray', 'IPython', 'av'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "film = tapehead.episode('odd-squares')\n"
        "assert 'sums' in film.results()\n"
        "heavy = {'torch', 'manim', 'matplotlib', 'pandas', 'xarray', 'IPython', 'av'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_results_are_computed_when_they_are_asked_for() -> None:
    results = tapehead.episode("odd-squares").results()
    assert list(results) == ["sums"]
    assert results._known == {}
    assert results["sums"].to_pandas("sum").iloc[3] == 16
    assert "sums" in results._known
    with pytest.raises(UnknownNameError, match="did you mean sums"):
        results["sum"]
    again = tapehead.analyze("odd-squares", ["sums"])
    assert again["sums"].digest == results["sums"].digest


def test_an_episode_shows_its_scenes_and_refuses_what_it_does_not_know() -> None:
    film = tapehead.episode("odd-squares")
    assert film.scenes == ("corners", "verdict")
    assert film.figures == ("sums",)
    assert "Corner by corner" in film._repr_html_()
    assert "odd-squares" in repr(film)
    assert "odd-squares" in tapehead.episodes()
    with pytest.raises(UnknownNameError, match="tapes"):
        film.render(tapes="worn")
    with pytest.raises(AttributeError):
        tapehead.nothing  # noqa: B018


def test_a_figure_shows_itself_and_is_a_file(tmp_path) -> None:
    figure = tapehead.figure("odd-squares", "sums", style="print", dpi=60)
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert "Sums of the first odd numbers." in figure._repr_html_()
    assert figure.save(tmp_path / "sums.svg").read_bytes().startswith(b"<?xml")
    with pytest.raises(UnknownNameError):
        figure.save(tmp_path / "sums.gif")


def test_the_package_of_rendering_can_be_called() -> None:
    import tapehead.render.quality

    assert tapehead.render.quality.QUALITIES
    with pytest.raises(UnknownNameError, match="no-such-film"):
        tapehead.render("no-such-film")
