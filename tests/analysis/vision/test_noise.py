"""Noise has the spectrum that its name says, and the bean is a bean in every size."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision.noise import SPECTRA, bean_template, noise


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_power_falls_with_frequency_as_the_name_says(spectrum: str) -> None:
    pictures = noise(spectrum, (64, 64), 3, 20)
    assert np.allclose(pictures.mean(axis=(1, 2)), 0, atol=1e-9) and np.allclose(pictures.std(axis=(1, 2)), 1)
    power = (np.abs(np.fft.fft2(pictures)) ** 2).mean(axis=0)
    f = np.hypot(np.fft.fftfreq(64)[:, None], np.fft.fftfreq(64)[None])
    slope = np.polyfit(np.log(f[f > 0]), np.log(power[f > 0]), 1)[0]
    assert -slope == pytest.approx(SPECTRA[spectrum], abs=0.05)


def test_the_same_seed_gives_the_same_pictures_however_many() -> None:
    few, many = noise("pink", (9, 12), 1, 2), noise("pink", (9, 12), 1, 5)
    assert few.shape == (2, 9, 12)
    assert np.array_equal(few, many[:2])
    assert not np.allclose(many[0], many[1]) and not np.allclose(few, noise("pink", (9, 12), 2, 2))


def test_the_bean_is_the_same_in_every_size() -> None:
    large = bean_template(60)
    assert large.shape == (60, 48) and large.min() == 0 and large.max() == 1
    small = large.reshape(20, 3, 16, 3).mean(axis=(1, 3))
    assert np.allclose(bean_template(20), small, atol=0.06)
    assert large[24, 29] == 1 and large[24, 15] == pytest.approx(0.1), "the visor and its rim"
    assert large[42, 20] == pytest.approx(0.7) and large[12, 4] == 0, "the belly, and beside the head"


def test_what_does_not_fit_is_said() -> None:
    with pytest.raises(UnknownNameError, match="did you mean white"):
        noise("whit", (8, 8), 0)
    with pytest.raises(UsageError, match="found 0 of 8×8"):
        noise("white", (8, 8), 0, 0)
    with pytest.raises(UsageError, match="found 1 of 1×8"):
        noise("white", (1, 8), 0)
    with pytest.raises(UsageError, match="at least 5 rows"):
        bean_template(4)
