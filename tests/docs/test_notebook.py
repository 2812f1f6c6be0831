"""The notebook in docs/ runs from its first cell to its last, and shows what it says it shows."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

PAGE = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[nbformat.NotebookNode]:
    page = nbformat.read(PAGE, as_version=4)
    nbformat.validate(page)
    place = tmp_path_factory.mktemp("notebook")
    env = {**os.environ, "IPYTHONDIR": str(place / "ipython"), "PYTHONPATH": str(PAGE.parents[1])}
    client = NotebookClient(page, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(place)}})
    client.execute(env=env)
    return [cell for cell in page.cells if cell.cell_type == "code"]


def shown(cells: list[nbformat.NotebookNode], source: str) -> dict[str, str]:
    """What the cell with ``source`` in it shows, by type."""
    (cell,) = [cell for cell in cells if source in cell.source]
    return next(output.data for output in cell.outputs if output.output_type == "execute_result")


def test_it_is_kept_without_what_it_showed() -> None:
    page = nbformat.read(PAGE, as_version=4)
    assert all(not cell.outputs and cell.execution_count is None for cell in page.cells if cell.cell_type == "code")


def test_results_figures_and_scenes_show_themselves(cells: list[nbformat.NotebookNode]) -> None:
    assert "<table>" in shown(cells, "film = tapehead.episode")["text/html"]
    assert "1, 4, 9, 16, 25, 36" in shown(cells, 'sums = film.results()["sums"]')["text/html"]
    assert "25" in shown(cells, "to_pandas")["text/html"]
    assert "xarray" in shown(cells, "to_xarray")["text/plain"]
    assert "image/png" in shown(cells, "film.figure(")
    assert "image/png" in shown(cells, "%%tapehead")
