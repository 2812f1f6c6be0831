"""Everything that a run of ``tapehead overlap`` leaves in its folder."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.results import Result
from tapehead.analysis.vision.own_figures import FIGURES
from tapehead.render.lab import moving, report

HEADINGS = {
    "pairs": "How much pairs overlap, and what chance gives",
    "dealt": "The same pictures, paired otherwise",
    "apart": "Near pairs told from far ones",
}
SHOWN = 12
"""Pairs on the sheet of those that overlap most and least."""


def write_run(
    parts: Mapping[str, Result],
    pictures: np.ndarray,
    folder: Path,
    settings: Mapping[str, Any],
    formats: Sequence[str] = ("pdf", "svg", "png"),
) -> list[Path]:
    """Results, sheet, tables, figures and notebook; the page comes last.

    Args:
        parts: of the run.
        pictures: (pair, 2, 3, row, column), 0 to 1, as the classifier was given them.
        folder: where everything goes.
        settings: what was asked, ``seed`` among it.
        formats: of figures.

    Raises:
        OutputError: the folder cannot be written.
    """

    def sheet() -> list[Path]:
        return [moving.write_png(folder / "pictures" / "pairs.png", sheet_of(parts["pairs"], pictures))]

    def told() -> report.Report:
        model = parts["pairs"].model
        title = f"Overlap of pairs of pictures in {model}"
        pairs = _sheet_on_page(folder / "pictures" / "pairs.png", parts["pairs"]["value"].shape[1])
        return report.Report(
            title, model, HEADINGS, sentences(parts), verdict(parts), FIGURES, _notebook(title), opening=[pairs]
        )

    return report.write_run(parts, told, folder, settings, formats, sheet)


def sheet_of(part: Result, pictures: np.ndarray) -> np.ndarray:
    """Pairs (row, column, 3), each one below the other: those that overlap most from the left, least at the right."""
    order = np.argsort(-part["value"][0], kind="stable")
    if len(order) > SHOWN:
        order = np.concatenate([order[: SHOWN // 2], order[-SHOWN // 2 :]])
    shown = np.round(255 * pictures[order]).astype(np.uint8)  # (pair, 2, 3, row, column)
    return moving.sheet(moving.rows_of(shown.swapaxes(0, 1)))


def _sheet_on_page(path: Path, pairs: int) -> str:
    """The pairs themselves on the page: a reader sees what the numbers are about."""
    which = f", of {pairs} the {SHOWN // 2} that do most and the {SHOWN // 2} that do least" if pairs > SHOWN else ""
    told = f"The pairs, one picture below the other: those that overlap most are at the left{which}."
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<figure><img alt="{told}" src="data:image/png;base64,{data}"><figcaption>{told}</figcaption></figure>'


def sentences(parts: Mapping[str, Result]) -> dict[str, str]:
    """One sentence per part with its numbers and its control."""

    def read(part: str, name: str) -> float:
        return float(parts[part][name])

    pairs = parts["pairs"]
    groups = pairs.quantity("mean").labels["group"]
    row = pairs.quantity("mean").labels["measure"].index("overlap")
    means = ", ".join(
        f"{read('pairs', f'{name}_pairs'):.0f} {name} pairs {pairs['mean'][row, n]:.3f} "
        f"(95 % {pairs['mean_low'][row, n]:.3f} to {pairs['mean_high'][row, n]:.3f})"
        for n, name in enumerate(groups)
    )
    said = {
        "pairs": (
            f"Layer {pairs.facts['layer']}, the most active {100 * float(pairs.facts['share']):g} % of "
            f"{read('pairs', 'values'):.0f} values. Mean overlap: {means}. Two random sets: "
            f"{read('pairs', 'chance'):.3f} (95 % {read('pairs', 'chance_low'):.3f} to "
            f"{read('pairs', 'chance_high'):.3f})."
        )
    }
    if "near" in groups:
        said["pairs"] += (
            f" Of the near pairs {read('pairs', 'above_chance'):.0f} % lie above random sets (p at most 0.05, which "
            f"5 % would by chance) and {read('pairs', 'above_channels'):.0f} % above sets whose channels are shuffled."
        )
    if left := pairs.facts["not defined here"]:
        said["pairs"] += f" Not defined in this layer for every pair, and left out: {', '.join(left)}."
    if float(parts["dealt"]["there"]):
        said["dealt"] = (
            f"As they are paired, near pairs overlap by {read('dealt', 'observed'):.3f}; with their second pictures "
            f"dealt out to other first ones {read('dealt', 'average'):.3f} on average, {read('dealt', 'best'):.3f} at "
            f"best (p = {read('dealt', 'p'):.2g})."
        )
    if float(parts["apart"]["there"]):
        said["apart"] = (
            f"A near pair overlaps more than a far one in {100 * read('apart', 'overlap'):.0f} % of the cases (95 % "
            f"{100 * read('apart', 'overlap_low'):.0f} to {100 * read('apart', 'overlap_high'):.0f}; one half is "
            f"chance). Control, the pixels themselves: {100 * read('apart', 'pixels'):.0f} %."
        )
    return said


def verdict(parts: Mapping[str, Result]) -> str:
    """Whether something was found, in one sentence."""
    if float(parts["cautions"]["found"]):
        return (
            f"Near pairs overlap by {float(parts['dealt']['observed']):.3f}, dealt out otherwise by "
            f"{float(parts['dealt']['average']):.3f}, and lie above far ones in "
            f"{100 * float(parts['apart']['overlap']):.0f} % of the cases (pixels alone: "
            f"{100 * float(parts['apart']['pixels']):.0f} %)."
        )
    return "Nothing was found that stands up to its controls."


def _notebook(title: str) -> list[tuple[str, str]]:
    return [
        ("markdown", f"# {title}\nMade by `tapehead overlap`. The results lie beside this notebook."),
        (
            "code",
            "from pathlib import Path\n\nimport tapehead\n"
            "from tapehead.analysis.vision.own_overlap import load\n\n"
            'parts = load(Path("."))\n'
            'dict(parts["cautions"].facts) or "no cautions"',
        ),
        ("code", '{name: sorted(part.quantities) for name, part in parts.items() if part["there"]}'),
        ("code", 'dict(zip(parts["pairs"].quantity("value").labels["pair"], parts["pairs"]["value"][0]))'),
    ]
