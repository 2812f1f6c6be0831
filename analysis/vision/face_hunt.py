"""A face detector that no one here made, let loose on noise: how often it sees faces, and which ones.

The detector is the cascade on local binary patterns that ships with scikit-image (Zhang et al. 2007; Viola & Jones
2001); its windows have 24 pixels on a side.  What it found is kept in ``assets/published/witness.json``, so that a film
is made without it:

    pip install 'tapehead[witness]'
    python -m tapehead.analysis.vision.face_hunt assets/published/witness.json
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.store import write_atomically
from tapehead.analysis.vision.noise import noise

WINDOW = 24
SHAPE = (240, 320)
SPECTRA = ("white", "pink", "natural")
GREY, CONTRAST = 128, 40
REPEATS = 100
"""How often as many random windows are averaged: a likeness by chance has a spread."""
FACES = 100
"""Of the 200 pictures of ``skimage.data.lfw_subset`` the first hundred are faces."""


def _cascade() -> Any:
    try:
        from skimage import data
        from skimage.feature import Cascade
    except ImportError:
        raise UsageError(
            "the second witness is a detector of scikit-image, which is not installed: pip install 'tapehead[witness]'"
        ) from None
    return Cascade(data.lbp_frontal_face_cascade_filename())


def faces_in(picture: np.ndarray, cascade: Any) -> np.ndarray:
    """Upper left corners (face, 2) of the windows of 24 pixels that a cascade takes for faces.

    Windows that overlap are one face, at their mean place.

    Args:
        picture: (row, column), of mean 0 and deviation 1; shown at a grey of 128 with a deviation of 40.
        cascade: scikit-image's.
    """
    shown = np.clip(GREY + CONTRAST * picture, 0, 255).astype(np.uint8)
    # A step ratio of 1 looks at every place, and between 24 and 28 pixels there is no second size.
    found = cascade.detect_multi_scale(
        img=shown,
        scale_factor=1.2,
        step_ratio=1,
        min_size=(WINDOW, WINDOW),
        max_size=(WINDOW + 4, WINDOW + 4),
        min_neighbor_number=1,
        intersection_score_threshold=0.0,
    )
    rows, columns = picture.shape
    corners = [(min(one["r"], rows - WINDOW), min(one["c"], columns - WINDOW)) for one in found]
    return np.array(corners, dtype=int).reshape(-1, 2)


def hunt(pictures: int, seed: int, spectra: tuple[str, ...] = SPECTRA) -> dict[str, Any]:
    """Let the detector look at every place of noise pictures of several spectra.

    Returns what ``witness.json`` holds: over spectra ``faces``, ``average`` and, as control, ``control``, the mean of
    as many windows at random places; ``likeness`` and ``control_likeness``, their correlations with the mean of a
    hundred photographs of faces, which stay where they are; ``control_low`` and ``control_high``, between which 95 of a
    hundred such controls lie; ``windows``, how many places there were.

    Raises:
        UsageError: no pictures, or scikit-image is not installed.
    """
    if pictures < 1:
        raise UsageError(f"a hunt for faces needs at least one picture; found {pictures}")
    cascade = _cascade()
    from skimage import data

    mean_face = data.lfw_subset()[:FACES].mean(axis=0)[:WINDOW, :WINDOW]
    faces, averages, controls, samples, chance = [], [], [], [], []
    for spectrum in spectra:
        total, control, count, kept = np.zeros((WINDOW, WINDOW)), np.zeros((WINDOW, WINDOW)), 0, []
        rng = np.random.default_rng([seed, 0xFACE])
        for number in range(pictures):
            picture = noise(spectrum, SHAPE, seed * 100_003 + number)[0]
            for row, column in faces_in(picture, cascade):
                window = _unit(picture[row : row + WINDOW, column : column + WINDOW])
                total, count = total + window, count + 1
                kept.append(window)
                top, left = (int(rng.integers(side - WINDOW)) for side in SHAPE)
                control = control + _unit(picture[top : top + WINDOW, left : left + WINDOW])
        faces.append(count)
        averages.append(total / max(count, 1))
        controls.append(control / max(count, 1))
        chance.append(by_chance(spectrum, pictures, count, seed, mean_face))
        samples.append([one.round(2).tolist() for one in kept[:16]])
    return {
        "citation": (
            f"scikit-image {version('scikit-image')}: face cascade on local binary patterns "
            "(lbpcascade_frontal_face_opencv.xml), let loose on noise by tapehead.analysis.vision.face_hunt"
        ),
        "spectra": list(spectra),
        "pictures": pictures,
        "seed": seed,
        "windows": pictures * (SHAPE[0] - WINDOW + 1) * (SHAPE[1] - WINDOW + 1),
        "faces": faces,
        "likeness": [_correlation(one, mean_face) for one in averages],
        "control_likeness": [_correlation(one, mean_face) for one in controls],
        "control_low": [low for low, _ in chance],
        "control_high": [high for _, high in chance],
        "average": [one.round(4).tolist() for one in averages],
        "control": [one.round(4).tolist() for one in controls],
        "samples": samples,
    }


def by_chance(spectrum: str, pictures: int, count: int, seed: int, mean_face: np.ndarray) -> tuple[float, float]:
    """Between which likenesses 95 of a hundred averages of ``count`` random windows of the same pictures lie."""
    rng, sums = np.random.default_rng([seed, 0xC0FFEE]), np.zeros((REPEATS, WINDOW, WINDOW))
    for number in range(pictures):
        picture = noise(spectrum, SHAPE, seed * 100_003 + number)[0]
        for repeat in range(REPEATS):
            # Spread over the pictures as evenly as whole windows can be.
            for _ in range((number + 1) * count // pictures - number * count // pictures):
                top, left = (int(rng.integers(side - WINDOW)) for side in SHAPE)
                sums[repeat] += _unit(picture[top : top + WINDOW, left : left + WINDOW])
    low, high = np.quantile([_correlation(one, mean_face) for one in sums], [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)


def _unit(window: np.ndarray) -> np.ndarray:
    return np.asarray((window - window.mean()) / window.std())


def _correlation(one: np.ndarray, other: np.ndarray) -> float:
    if one.std() == 0:
        return 0.0
    return round(float(np.corrcoef(one.ravel(), other.ravel())[0, 1]), 4)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("which file shall be written? python -m tapehead.analysis.vision.face_hunt FILE")
    write_atomically(Path(sys.argv[1]), json.dumps(hunt(250, 1), ensure_ascii=False) + "\n")
