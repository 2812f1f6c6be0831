"""Noise of several spectra, and the template that one goes looking for in it."""

from __future__ import annotations

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError

SPECTRA = {"blue": -1.0, "white": 0.0, "pink": 1.0, "natural": 2.0, "brown": 3.0}
"""Exponent β of the power 1/f^β of each kind.  Photographs of natural scenes are near 2 (Field 1987)."""
LEAST_SIDE = 5
MOST_PIXELS = 1 << 26


def noise(spectrum: str, shape: tuple[int, int], seed: int, pictures: int = 1) -> np.ndarray:
    """Gaussian noise of mean 0 and standard deviation 1: (picture, row, column).

    White noise is weighted with f^(−β/2) in the frequency domain, so that the picture repeats at its edges.  Every
    picture has a seed of its own: the first of ten is the same as the first of a hundred.

    Args:
        spectrum: one of :data:`SPECTRA`.
        shape: rows and columns.
        seed: of all pictures.
        pictures: how many.

    Raises:
        UnknownNameError: there is no such spectrum.
        UsageError: no pictures, a side shorter than two pixels, or more pixels than fit.
    """
    if spectrum not in SPECTRA:
        raise UnknownNameError("spectrum", spectrum, SPECTRA)
    rows, columns = shape
    if min(shape) < 2 or pictures < 1 or rows * columns * pictures > MOST_PIXELS:
        raise UsageError(
            f"noise has at least one picture of at least 2×2 pixels, and at most {MOST_PIXELS} pixels in all; "
            f"found {pictures} of {rows}×{columns}"
        )
    f = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None])
    f[0, 0] = 1  # of the mean, which is taken away
    weight = f ** (-SPECTRA[spectrum] / 2)
    weight[0, 0] = 0
    found = np.empty((pictures, rows, columns))
    for place in range(pictures):
        white = np.random.default_rng([seed, 0x401, place]).normal(size=shape)
        shaped = np.fft.irfft2(np.fft.rfft2(white) * weight, s=shape)
        found[place] = shaped / shaped.std()
    return found


def bean_template(rows: int) -> np.ndarray:
    """The bean with a visor, 0 to 1: (rows, about four fifths as many columns).  Two lobes, a visor, a sprout.

    Raises:
        UsageError: fewer rows than a bean can be told by.
    """
    if rows < LEAST_SIDE:
        raise UsageError(f"a bean needs at least {LEAST_SIDE} rows to be told from a blot; found {rows}")
    columns = max(4, round(0.8 * rows))
    # Each pixel is the mean of 8 × 8 points, so that edges are smooth in whatever size.
    y = ((np.arange(8 * rows) + 0.5) / (8 * rows))[:, None]
    x = ((np.arange(8 * columns) + 0.5) / (8 * columns))[None]

    def lump(x0: float, y0: float, width: float, height: float, power: float = 2) -> np.ndarray:
        """An ellipse, or with a higher power a shape between an ellipse and its box."""
        return np.asarray(np.abs((x - x0) / width) ** power + np.abs((y - y0) / height) ** power <= 1)

    # Two lobes that lean apart make a bean; it stands on no legs and carries nothing, so that it is nobody's but ours.
    body = lump(0.56, 0.42, 0.36, 0.28) | lump(0.42, 0.7, 0.38, 0.28)
    picture = np.where(body, 0.7, 0.0)
    picture = np.where(lump(0.5, 0.08, 0.06, 0.09) | lump(0.68, 0.06, 0.14, 0.045), 0.5, picture)
    picture = np.where(lump(0.6, 0.4, 0.29, 0.14, 3), 0.1, picture)
    picture = np.where(lump(0.6, 0.4, 0.23, 0.09, 3), 1.0, picture)
    return np.asarray(picture.reshape(rows, 8, columns, 8).mean(axis=(1, 3)))
