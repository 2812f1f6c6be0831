"""What a face detector of others saw in noise, as a result with a citation: ``assets/published/witness.json``.

It was measured by :mod:`tapehead.analysis.vision.face_hunt`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from tapehead.analysis.errors import ResultError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.shipped import shipped_file


def read_witness(path: Path | None = None) -> Mapping[str, Any]:
    """The checked file.

    Raises:
        ResultError: it cannot be read, lacks something, or contradicts itself.
    """
    path = path or shipped_file("published/witness.json")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        spectra, windows = len(said["spectra"]), int(said["windows"])
        average, control = np.array(said["average"], dtype=float), np.array(said["control"], dtype=float)
        square = average.shape == control.shape == (spectra, *average.shape[1:2] * 2)
        counted = len(said["faces"]) == spectra and all(0 <= n <= windows for n in said["faces"])
        names = ("likeness", "control_likeness", "control_low", "control_high")
        alike = [value for name in names for value in said[name]]
        whole = len(alike) == len(names) * spectra and all(-1 <= value <= 1 for value in alike)
        sampled = len(said["samples"]) == spectra and bool(said["citation"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError(f"what the second witness saw, {path}, cannot be read: {error!r}") from error
    if not (square and counted and whole and sampled):
        raise ResultError(f"what the second witness saw, {path}, contradicts itself; measure it again")
    found: Mapping[str, Any] = said
    return found


@analysis("vision.witness", version=1, libraries=("numpy", "scipy"))
def witness(*, seed: int) -> Result:
    """Faces that a real detector saw in noise where there are none.

    Quantities over (spectrum): ``faces``; ``rate`` per million windows, with ``rate_low`` and ``rate_high``, its exact
    95 % ends (Garwood 1936); ``likeness`` and ``control_likeness`` with the mean of a hundred photographs of faces;
    ``control_low`` and ``control_high``, between which 95 of a hundred controls lie;
    ``average`` and, as control, ``control`` (spectrum, row, column), the mean of the windows that were seen as faces
    and of as many at random places.  ``sample`` (window, row, column), single windows of natural noise that passed;
    ``windows`` looked at in each spectrum, and ``millions`` of them.
    """
    said = read_witness()
    of = {"spectrum": tuple(said["spectra"])}
    faces, millions = np.array(said["faces"], dtype=float), said["windows"] / 1e6
    low = np.where(faces > 0, stats.chi2.ppf(0.025, 2 * np.maximum(faces, 0.5)) / 2, 0)
    high = stats.chi2.ppf(0.975, 2 * faces + 2) / 2
    pictures = ("spectrum", "row", "column")
    return Result(
        {
            "faces": quantity(faces, "spectrum", unit="faces", labels=of),
            "rate": quantity(faces / millions, "spectrum", unit="per million", labels=of),
            "rate_low": quantity(low / millions, "spectrum", unit="per million", labels=of),
            "rate_high": quantity(high / millions, "spectrum", unit="per million", labels=of),
            "likeness": quantity(said["likeness"], "spectrum", labels=of),
            "control_likeness": quantity(said["control_likeness"], "spectrum", labels=of),
            "control_low": quantity(said["control_low"], "spectrum", labels=of),
            "control_high": quantity(said["control_high"], "spectrum", labels=of),
            "average": quantity(said["average"], *pictures, labels=of),
            "control": quantity(said["control"], *pictures, labels=of),
            "sample": quantity(said["samples"][said["spectra"].index("natural")], "window", "row", "column"),
            "windows": quantity(said["windows"], unit="windows"),
            "millions": quantity(millions, unit="million windows"),
        },
        Origin.PUBLISHED,
        citation=said["citation"],
        facts={"control": "as many windows at random places", "seed": said["seed"]},
    )
