"""Sliding a template over a picture: normalised cross-correlation at every place (Lewis 1995, eq. 2)."""

from __future__ import annotations

import numpy as np
from scipy import fft

from tapehead.analysis.errors import UsageError


class Matcher:
    """A template made ready once for many pictures of one shape.

    Args:
        template: (row, column), of more than one value.
        shape: rows and columns of the pictures.

    Raises:
        UsageError: the template is no picture, is larger than the pictures, is constant, or is not finite.
    """

    def __init__(self, template: np.ndarray, shape: tuple[int, int]) -> None:
        wanted = np.asarray(template, dtype=float)
        if wanted.ndim != 2 or wanted.size < 2:
            raise UsageError(f"a template is a picture (row, column); found the shape {wanted.shape}")
        if wanted.shape[0] > shape[0] or wanted.shape[1] > shape[1]:
            raise UsageError(
                f"the template has {wanted.shape[0]}×{wanted.shape[1]} pixels and the picture {shape[0]}×{shape[1]}: "
                "it has to fit inside; take a larger picture or shrink the template"
            )
        if not np.all(np.isfinite(wanted)):
            raise UsageError("the template holds values that are not finite; nothing correlates with it")
        centred = wanted - wanted.mean()
        norm = float(np.linalg.norm(centred))
        if norm <= 1e-12 * max(float(np.linalg.norm(wanted)), 1e-300):
            raise UsageError("the template has the same value everywhere: nothing correlates with it")
        self.shape, self.window = shape, wanted.shape
        self.unit = centred / norm
        """The template, of mean 0 and length 1."""
        self._padded = [fft.next_fast_len(side, real=True) for side in shape]
        # Turned round, a convolution becomes a correlation.
        self._spectrum = np.conj(fft.rfft2(self.unit, s=self._padded))

    @property
    def places(self) -> tuple[int, int]:
        """Rows and columns of a map: the places at which the whole template lies inside the picture."""
        return self.shape[0] - self.window[0] + 1, self.shape[1] - self.window[1] + 1

    def map(self, picture: np.ndarray) -> np.ndarray:
        """Pearson's correlation of template and window at every place, −1 to 1: (row, column) of :attr:`places`.

        Where a window has the same value everywhere the correlation is not defined; it is 0 there.

        Raises:
            UsageError: the picture has another shape, or is not finite.
        """
        values = np.asarray(picture, dtype=float)
        if values.shape != self.shape:
            raise UsageError(f"the template was made ready for pictures of {self.shape}; found one of {values.shape}")
        if not np.all(np.isfinite(values)):
            raise UsageError("the picture holds values that are not finite; nothing correlates with them")
        # Windows' variances are differences of sums: without the mean they lose fewer digits.
        values = values - values.mean()
        rows, columns = self.places
        product = fft.irfft2(fft.rfft2(values, s=self._padded) * self._spectrum, s=self._padded)[:rows, :columns]
        count = self.window[0] * self.window[1]
        squares = self._sums(values**2)
        spread = squares - self._sums(values) ** 2 / count
        # What rounding leaves of a flat window is far below what its squares add up to over the whole picture.
        flat = spread <= 1e-12 * max(float(np.sum(values**2)), 1e-300)
        found = product / np.sqrt(np.where(flat, 1, spread))
        return np.clip(np.where(flat, 0, found), -1, 1)

    def _sums(self, values: np.ndarray) -> np.ndarray:
        """Sums over each window, from a table of sums (Crow 1984)."""
        table = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
        np.cumsum(values, axis=0, out=table[1:, 1:])
        np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
        rows, columns = self.window
        return np.asarray(
            table[rows:, columns:] - table[:-rows, columns:] - table[rows:, :-columns] + table[:-rows, :-columns]
        )


def correlation_map(picture: np.ndarray, template: np.ndarray) -> np.ndarray:
    """The map of one picture: see :meth:`Matcher.map`.

    Raises:
        UsageError: the picture is none, or see :class:`Matcher`.
    """
    values = np.asarray(picture, dtype=float)
    if values.ndim != 2:
        raise UsageError(f"a picture is (row, column), of one brightness per pixel; found the shape {values.shape}")
    return Matcher(template, (values.shape[0], values.shape[1])).map(values)
