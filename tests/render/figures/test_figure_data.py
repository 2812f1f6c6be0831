"""Numbers of figures as files, read back by the standard library, numpy and a naive reader of XLSX."""

from __future__ import annotations

import csv
import io
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Figure, Series
from tapehead.analysis.results import Result, quantity
from tapehead.render.figures.data import csv_of, data_of, npz_of, table_of
from tapehead.render.figures.pick import FigureResults

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def results() -> FigureResults:
    own = Result(
        {
            "nap": quantity(
                [[1.5, np.nan, 3.0], [4.0, 0.1, 6.0]], "cat", "day", unit="h", labels={"cat": ("Tom", "Mia")}
            ),
            "low": quantity([[1.0, 1.0, 2.0], [3.0, 0.0, 5.0]], "cat", "day", unit="h", labels={"cat": ("Tom", "Mia")}),
            "when": quantity([10, 20, 30], "day", unit="s"),
            "best": quantity(1),
        },
        name="cats",
    )
    other = Result({"age": quantity([7.0, 9.0], "cat", labels={"cat": ("Tom", "Mia")})}, name="ages")
    return FigureResults(own, {"ages": other})


FIGURE = Figure(
    "naps",
    "xy",
    "s",
    (
        Series("nap", "when", "all", over="cat", low="low", gaps=True),
        Series("nap", "when", "of one", where={"cat": "=best"}),
        Series("age", source="ages"),
    ),
)


def test_a_row_for_each_place_with_its_names_and_units(results: FigureResults) -> None:
    table = table_of(FIGURE, results)
    assert table.columns == ("series", "cat", "day", "nap (h)", "when (s)", "low (h)", "age")
    assert len(table.rows) == 6 + 3 + 2
    assert table.rows[0] == ("all", "Tom", 0, 1.5, 10.0, 1.0, None)
    assert table.rows[1] == ("all", "Tom", 1, None, 20.0, 1.0, None), "a gap stays one"
    assert table.rows[6] == ("of one", "Mia", 0, 4.0, 10.0, None, None), "the place that a quantity says"
    assert table.rows[-1] == ("age", "Mia", None, None, None, None, 9.0)


def test_csv_is_read_back_exactly(results: FigureResults) -> None:
    rows = list(csv.reader(io.StringIO(csv_of(table_of(FIGURE, results)).decode("utf-8"))))
    assert rows[1] == ["all", "Tom", "0", "1.5", "10", "1", ""]
    assert float(rows[5][3]) == 0.1


def test_npz_holds_whole_quantities(results: FigureResults) -> None:
    with np.load(io.BytesIO(npz_of(FIGURE, results)), allow_pickle=False) as found:
        np.testing.assert_array_equal(found["nap"], results.own["nap"])
        assert list(found["nap.axes"]) == ["cat", "day"]
        assert list(found["nap.labels.cat"]) == ["Tom", "Mia"]
        assert str(found["nap.unit"]) == "h"
        assert list(found["ages.age"]) == [7.0, 9.0]
        assert "best" not in found.files, "only what the figure shows"


def test_xlsx_has_numbers_as_numbers_and_nothing_is_a_formula(results: FigureResults) -> None:
    strange = FigureResults(Result({"a": quantity([2.5], "k", labels={"k": ("=1+1",)})}), {})
    data = data_of("xlsx", Figure("f", "bars", "s", (Series("a"),)), strange, "First.\nSecond.")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        texts = [node.text for node in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{MAIN}t")]
    assert not list(sheet.iter(f"{MAIN}f"))
    assert [cell.find(f"{MAIN}v").text for cell in sheet.iter(f"{MAIN}c") if cell.get("t") != "s"] == ["2.5"]
    assert {"series", "k", "a", "=1+1", "First.", "Second."} <= set(texts)


@pytest.mark.parametrize("kind", ["csv", "npz", "xlsx"])
def test_equal_results_make_equal_bytes(results: FigureResults, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    first = data_of(kind, FIGURE, results, "told")
    real = time.localtime
    monkeypatch.setattr(time, "localtime", lambda at=None: real(1e9))
    assert data_of(kind, FIGURE, results, "told") == first


def test_what_does_not_go_side_by_side_is_said(results: FigureResults) -> None:
    with pytest.raises(ResultError, match=r"when' has the axes.*--format npz"):
        table_of(Figure("f", "bars", "s", (Series("age", "cats/when", source="ages"),)), _with_itself(results))


def _with_itself(results: FigureResults) -> FigureResults:
    return FigureResults(results.own, {**results.others, "cats": results.own})
