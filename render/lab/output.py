"""Everything that a run leaves in its folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis import saved_runs
from tapehead.analysis.errors import OutputError
from tapehead.analysis.results import Result
from tapehead.analysis.store import digest_file
from tapehead.render.lab.pictures import make_pictures
from tapehead.render.lab.report import write_notebook, write_report
from tapehead.render.lab.tables import write_tables


def write_run(
    parts: Mapping[str, Result],
    folder: Path,
    settings: Mapping[str, Any],
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> list[Path]:
    """Results, tables, figures, page and notebook; the results come first, the page last.

    Raises:
        OutputError: the folder cannot be written.
    """
    title = f"{parts['prompts'].facts['task']} in {parts['prompts'].model}"
    try:
        saved_runs.save(parts, folder, settings)
        digest = digest_file(folder / saved_runs.SIDECAR)
        paths = [folder / saved_runs.SIDECAR, folder / saved_runs.ARRAYS]
        paths += write_tables(parts, folder / "tables")
        kinds = tuple(dict.fromkeys((*formats, "svg")))  # the page shows the SVG
        pictures = make_pictures(parts, folder / "figures", kinds, settings, digest, title)
        paths += [path for picture in pictures for path in picture.files.values()]
        write_notebook(folder / "notebook.ipynb", title)
        write_report(parts, pictures, folder / "report.html", title, settings)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}; choose another place with --out") from error
    return [*paths, folder / "notebook.ipynb", folder / "report.html"]
