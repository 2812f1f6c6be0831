"""``report.html``: one file that needs nothing else, and ``notebook.ipynb``, which loads the same results."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis import saved_runs
from tapehead.analysis.errors import OutputError
from tapehead.analysis.figures import Figure
from tapehead.analysis.results import Result
from tapehead.analysis.store import digest_file, write_atomically
from tapehead.render.lab.pictures import Picture, make_pictures
from tapehead.render.lab.tables import tables_of, write_tables

LONGEST = 60
"""Rows of a table that the page shows; longer ones are in the CSV files."""

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, 'Times New Roman', serif; color: #14161F; background: #fff; margin: 0 auto;
  max-width: 58rem; padding: 2rem 1.2rem 5rem; }
h1, h2, th, nav, .verdict, figcaption { font-family: 'Helvetica Neue', Arial, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.15rem; margin: 2.6rem 0 .6rem; border-top: 1px solid #D5D8DF; padding-top: 1.2rem; }
.sub { color: #4A5060; margin: 0 0 1.4rem; }
.verdict { border-left: 4px solid #4A5060; background: #F3F4F7; padding: .8rem 1rem; }
.verdict.found { border-color: #0072B2; }
.note { border-left: 4px solid #D55E00; background: #FDF3EC; padding: .5rem 1rem; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .82rem; margin: .6rem 0; }
th, td { padding: .15rem .7rem .15rem 0; text-align: right; border-bottom: 1px solid #E7E9EE; }
th { color: #4A5060; font-weight: 600; } th:first-child, td:first-child { text-align: left; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
figcaption { font-size: .8rem; color: #4A5060; white-space: pre-line; }
code { font-size: .88em; background: #F3F4F7; padding: 0 .25em; }
details { margin: .5rem 0; } summary { cursor: pointer; color: #4A5060; font-size: .88rem; }
.scroll { overflow-x: auto; }
"""


@dataclass(frozen=True)
class Report:
    """What is told of a run beside its numbers.

    ``headings`` and ``said`` (a sentence with its control) are by part, in the order of the page; parts in ``passed``
    are passed over when they were not computed, of the others the page says why.  ``cells`` are those of the notebook,
    each of a kind, "markdown" or "code", and a text.
    """

    title: str
    model: str
    headings: Mapping[str, str]
    said: Mapping[str, str]
    verdict: str
    figures: Mapping[str, Sequence[Figure]]
    cells: Sequence[tuple[str, str]]
    passed: frozenset[str] = frozenset()
    opening: Sequence[str] = ()
    """Stands on the page before the first part."""


def write_run(
    parts: Mapping[str, Result],
    report: Callable[[], Report],
    folder: Path,
    settings: Mapping[str, Any],
    formats: Sequence[str],
    further: Callable[[], Sequence[Path]] = tuple,
    told: Mapping[str, Result] | None = None,
) -> list[Path]:
    """Results, what the run has ``further``, tables, figures, notebook; the page comes last.

    Args:
        parts: of the run.
        report: asked when the results are safe in the folder: what is told of them.
        folder: where everything goes.
        settings: what was asked, ``seed`` among it.
        formats: of figures.
        further: writes what this kind of run has beside the rest, and says where it lies.
        told: the parts as the tables and the page show them, if that is not all of ``parts``.

    Raises:
        OutputError: the folder cannot be written.
    """
    shown = parts if told is None else told
    try:
        saved_runs.save(parts, folder, settings)
        paths = [folder / saved_runs.SIDECAR, folder / saved_runs.ARRAYS, *further()]
        paths += write_tables(shown, folder / "tables")
        kinds = tuple(dict.fromkeys((*formats, "svg")))  # the page shows the SVG
        digest, about = digest_file(folder / saved_runs.SIDECAR), report()
        drawn = make_pictures(parts, folder / "figures", kinds, settings, digest, about.title, about.figures)
        paths += [path for picture in drawn for path in picture.files.values()]
        write_notebook(folder / "notebook.ipynb", about.cells)
        body = [*about.opening]
        for part, heading in about.headings.items():
            if float(parts[part]["there"]):
                pictures = [one for one in drawn if one.part == part]
                body += section(heading, about.said.get(part, ""), pictures, shown[part])
            elif part not in about.passed:
                body += absent(heading, parts[part])
        sub = f"model {about.model}, {', '.join(f'{k} = {v}' for k, v in settings.items())}"
        write_page(folder / "report.html", about.title, sub, about.verdict, parts["cautions"], body)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}; choose another place with --out") from error
    return [*paths, folder / "notebook.ipynb", folder / "report.html"]


def absent(heading: str, part: Result) -> list[str]:
    """What the page says of a part that was not computed."""
    return [f"<h2>{heading}</h2>", f"<p>Not computed: {html.escape(str(part.facts.get('why', '')))}</p>"]


def section(heading: str, said: str, pictures: Sequence[Picture], part: Result) -> list[str]:
    """A part on the page: its sentence, its figures, its tables."""
    body = [f"<h2>{heading}</h2>"]
    if said:
        body.append(f"<p>{html.escape(said)}</p>")
    for picture in pictures:
        data = base64.b64encode(picture.files["svg"].read_bytes()).decode()
        alt = html.escape(picture.caption.splitlines()[0], quote=True)
        body.append(
            f'<figure><img alt="{alt}" src="data:image/svg+xml;base64,{data}">'
            f"<figcaption>{html.escape(picture.caption.strip())}</figcaption></figure>"
        )
    return [*body, *(_table(called, rows) for called, rows in tables_of(part).items())]


def write_page(path: Path, title: str, sub: str, told: str, cautions: Result, body: Sequence[str]) -> None:
    """The page itself: title, verdict, cautions, sections."""
    found = " found" if float(cautions["found"]) else ""
    lines = [
        f"<h1>{html.escape(title)}</h1>",
        f'<p class="sub">{html.escape(sub)}</p>',
        f'<p class="verdict{found}">{html.escape(told)}</p>',
        *(f'<p class="note">{html.escape(text)}</p>' for text in cautions.facts.values()),
        *body,
    ]
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{_STYLE}</style></head>\n<body>\n" + "\n".join(lines)
    )
    write_atomically(path, page + "\n</body></html>\n")


def _table(called: str, rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    more = f" (the first {LONGEST} of {len(rest)} rows; all are in the CSV file)" if len(rest) > LONGEST else ""
    cells = "".join(f"<th>{html.escape(cell)}</th>" for cell in head)
    lines = "".join(
        "<tr>" + "".join(f"<td>{html.escape(_short(cell))}</td>" for cell in row) + "</tr>" for row in rest[:LONGEST]
    )
    name = f"Table: {called.replace('-', ', ')}" if called else "All numbers"
    return (
        f"<details><summary>{html.escape(name + more)}</summary>"
        f'<div class="scroll"><table><tr>{cells}</tr>{lines}</table></div></details>'
    )


def _short(cell: str) -> str:
    """Four digits are enough to read."""
    try:
        value = float(cell)
    except ValueError:
        return cell
    return cell if value.is_integer() else f"{value:.4g}"


def write_notebook(path: Path, texts: Sequence[tuple[str, str]]) -> None:
    """A notebook beside the results, of the cells ``texts``: kind, "markdown" or "code", and text."""
    cells: list[dict[str, Any]] = []
    for number, (kind, text) in enumerate(texts):
        one: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": text}
        cells.append(one | ({"execution_count": None, "outputs": []} if kind == "code" else {}))
    book = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    write_atomically(path, json.dumps(book, indent=1, ensure_ascii=False) + "\n")
