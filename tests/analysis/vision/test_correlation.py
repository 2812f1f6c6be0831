"""The map against a loop over all places, and against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.feature import match_template

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision.correlation import Matcher, correlation_map
from tapehead.analysis.vision.noise import bean_template, noise


def naive_map(picture: np.ndarray, template: np.ndarray) -> np.ndarray:
    rows, columns = template.shape
    found = np.zeros((picture.shape[0] - rows + 1, picture.shape[1] - columns + 1))
    for i in range(found.shape[0]):
        for j in range(found.shape[1]):
            window = picture[i : i + rows, j : j + columns]
            if np.ptp(window) > 0:
                found[i, j] = np.corrcoef(window.ravel(), template.ravel())[0, 1]
    return found


@pytest.mark.parametrize("spectrum", ["white", "brown"])
@pytest.mark.parametrize("shape", [(25, 31), (10, 8)])
def test_the_map_is_pearsons_correlation_at_every_place(spectrum: str, shape: tuple[int, int]) -> None:
    picture, template = noise(spectrum, shape, 1)[0] + 100, bean_template(10)
    found = correlation_map(picture, template)
    assert found.shape == (shape[0] - 9, shape[1] - 7)
    assert np.allclose(found, naive_map(picture, template), atol=1e-9)


@pytest.mark.parametrize("spectrum", ["blue", "white", "natural"])
def test_the_map_is_scikit_images(spectrum: str) -> None:
    picture, template = noise(spectrum, (96, 120), 2)[0], bean_template(20)
    assert np.abs(correlation_map(picture, template) - match_template(picture, template)).max() < 1e-6


def test_a_hidden_template_is_found_where_it_lies_and_flat_places_hold_nothing() -> None:
    picture, template = np.full((40, 50), 3.0), bean_template(10)
    picture[12:22, 30:38] += 0.01 * template
    found = correlation_map(picture, template)
    assert np.unravel_index(found.argmax(), found.shape) == (12, 30)
    assert found.max() == pytest.approx(1)
    assert np.allclose(found, naive_map(picture, template), atol=1e-6)
    assert np.all(found[:, :20] == 0)
    assert correlation_map(-picture, template).min() == pytest.approx(-1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: correlation_map(np.ones((5, 5)), bean_template(10)), "template has 10×8 pixels and the picture 5×5"),
        (lambda: correlation_map(np.ones((5, 5, 3)), bean_template(5)), r"found the shape \(5, 5, 3\)"),
        (lambda: correlation_map(np.ones((5, 5)), np.full((3, 3), 0.1)), "the same value everywhere"),
        (lambda: correlation_map(np.ones((5, 5)), np.ones(3)), r"found the shape \(3,\)"),
        (lambda: correlation_map(np.ones((5, 5)), np.array([[np.nan, 1]])), "template holds values that are not"),
        (lambda: correlation_map(np.full((9, 9), np.inf), bean_template(5)), "picture holds values that are not"),
        (
            lambda: Matcher(bean_template(5), (9, 9)).map(np.ones((8, 9))),
            r"pictures of \(9, 9\); found one of \(8, 9\)",
        ),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        wrong()
