"""Beans and look-alikes: shares, contrasts and what is in a window."""

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.vision.noise import bean_template
from tapehead.analysis.vision.world.beans import KINDS, WINDOW, Look, draw, standardised, windows
from tapehead.analysis.vision.world.canvas import grey


def test_the_mascot_is_the_template_in_colour() -> None:
    shown = grey(draw("bean", Look(size=1.0), 80))[:, 8:72]
    assert np.corrcoef(shown.ravel(), bean_template(80).ravel())[0, 1] > 0.85
    ladder = grey(draw("ladder", Look(size=1.0), 80))[:, 8:72]
    assert np.corrcoef(ladder.ravel(), bean_template(80).ravel())[0, 1] < 0.5


def test_as_many_beans_as_were_asked_for() -> None:
    world = windows(200, 0.3, 2)
    assert world.pictures.shape == (200, WINDOW, WINDOW)
    assert world.is_bean.mean() == pytest.approx(0.3, abs=4 * np.sqrt(0.21 / 200))
    others = world.kind[~world.is_bean]
    assert (others == -1).mean() == pytest.approx(0.5, abs=0.16)
    assert set(others) == {-1, 1, 2, 3, 4}
    assert np.allclose(world.pictures.mean(axis=(1, 2)), 0) and np.allclose(world.pictures.std(axis=(1, 2)), 1)


def test_windows_without_things_are_noise_and_those_with_differ() -> None:
    none, bean = windows(20, 0.0, 3), windows(40, 1.0, 3, 1.0, 1.0)
    assert not none.is_bean.any() and bean.is_bean.all()
    mean = bean.pictures.mean(axis=0)
    assert np.corrcoef(mean.ravel(), grey(draw("bean", Look(), WINDOW)).ravel())[0, 1] > 0.6
    faint = windows(40, 1.0, 3, 0.0, 0.0)
    blank = faint.pictures.mean(axis=0)
    assert abs(np.corrcoef(blank.ravel(), grey(draw("bean", Look(), WINDOW)).ravel())[0, 1]) < 0.3


def test_bad_orders() -> None:
    with pytest.raises(UnknownNameError, match="bean"):
        draw("beam", Look(), 32)
    with pytest.raises(UsageError, match="share of beans from 0 to 1"):
        windows(10, 2, 1)
    with pytest.raises(UsageError, match="same brightness everywhere"):
        standardised(np.ones((1, 4, 4)))
    assert KINDS[0] == "bean"
