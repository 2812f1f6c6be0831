"""The studies of beans in noise, in small sizes, against loops and against worlds where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision import pareidolia
from tapehead.analysis.vision.correlation import Matcher
from tapehead.analysis.vision.noise import bean_template, noise


@pytest.fixture(scope="module")
def beans() -> Result:
    return pareidolia.labelled_beans(10, 0.2, 600, "white", seed=1)


def test_the_best_place_in_noise_is_the_greatest_correlation() -> None:
    found = pareidolia.template_search(10, 40, "pink", seed=3)
    i, j = int(found["best_row"]), int(found["best_column"])
    window = found["picture"][i : i + 10, j : j + 8]
    assert np.array_equal(window, found["found"])
    assert found["best"] == pytest.approx(np.corrcoef(window.ravel(), found["template"].ravel())[0, 1])
    assert found["best"] == found["map"].max() and found["looks"] == 31 * 33


def test_the_curve_counts_the_scores_and_blank_against_blank_is_chance(beans: Result) -> None:
    for step in (0, 100, 700):
        bar = beans["threshold"][step]
        assert beans["hits"][step] == sum(s >= bar for s in beans["signal"])
        assert beans["false_alarm_rate"][step] == pytest.approx(100 * np.mean(beans["blank"] >= bar))
    assert beans["area"] > 0.85
    assert beans["null_area"] == pytest.approx(0.5, abs=4 * np.sqrt(601 / 12) / 300)
    nothing = pareidolia.labelled_beans(10, 0, 600, "white", seed=2)
    assert nothing["area"] == pytest.approx(0.5, abs=0.07)
    # A correlation of d − 1 = 79 free values has deviation 1/√79 in white noise.
    assert beans["blank"].std() == pytest.approx(79**-0.5, rel=0.1)


def test_neighbouring_places_are_not_independent_looks() -> None:
    found = pareidolia.looks(8, 24, 400, ("white", "natural"), (0.3, 0.6), seed=4)
    assert found["looks"] == 17 * 19
    assert np.all(found["formula"] > found["measured"]), "the formula promises more alarms than there are"
    assert np.all(found["effective"] < found["looks"])
    assert np.all((found["low"] < found["measured"]) & (found["measured"] < found["high"]))
    assert np.allclose(found["measured"], [[30, 60]], atol=12), "the bar was set on other pictures"
    white, natural = found["effective"]
    assert np.all(natural < white), "what is smooth gives fewer looks"
    assert found["threshold"][0, 0] > found["threshold"][0, 1]


def test_the_ghost_is_the_template_and_random_windows_have_none() -> None:
    found = pareidolia.ghost(10, 48, 20, ("white", "pink"), 0.01, seed=5)
    assert np.all(found["passed"] > 150)
    assert np.all(found["likeness"] > 0.7)
    assert np.all(np.abs(found["control_likeness"]) < 0.4)
    # By hand, for white noise.
    template, total = bean_template(10), np.zeros((10, 8))
    for picture in noise("white", (48, 48), 5, 20):
        for i in range(39):
            for j in range(41):
                window = picture[i : i + 10, j : j + 8] - picture[i : i + 10, j : j + 8].mean()
                window = window / np.linalg.norm(window)
                unit = template - template.mean()
                if np.sum(window * unit) / np.linalg.norm(unit) >= found["threshold"][0] - 1e-12:
                    total += window
    assert np.allclose(found["average"][0], total / found["passed"][0], atol=1e-9)
    assert found["likeness"][0] == pytest.approx(np.corrcoef(total.ravel(), template.ravel())[0, 1])


def test_another_template_leaves_another_ghost() -> None:
    world = noise("white", (48, 48), 6, 15)
    turned = bean_template(10)[::-1, ::-1]
    found = pareidolia.classification_image(world, Matcher(turned, (48, 48)), 0.3, 0)
    assert found.likeness > 0.8
    assert found.likeness > np.corrcoef(found.average.ravel(), bean_template(10).ravel())[0, 1] + 0.3


def test_a_dearer_miss_lowers_the_bar(beans: Result) -> None:
    found = pareidolia.costs(beans, 0.1, (1, 10, 100), seed=0)
    assert np.all(np.diff(found["threshold"]) < 0) and np.all(np.diff(found["hit_rate"]) > 0)
    assert list(found["odds"]) == pytest.approx([9, 0.9, 0.09])
    for place, ratio in enumerate((1, 10, 100)):
        bar = found["threshold"][place]
        cost = 0.1 * ratio * np.mean(beans["signal"] < bar) + 0.9 * np.mean(beans["blank"] >= bar)
        assert found["cost"][place] == pytest.approx(cost)
        assert cost <= found["curve"][place].min() + 1e-12
    blank_on_top = Result({"signal": quantity([1, 2], "picture"), "blank": quantity([0, 3], "picture")})
    never = pareidolia.costs(blank_on_top, 0.1, (1e-6,), seed=0)
    assert list(never["alarms"]) == [0] and list(never["hit_rate"]) == [0]


def test_who_expects_beans_sees_more_of_them_and_bayes_says_how_many_are_there(beans: Result) -> None:
    found = pareidolia.exposure(beans, (0.1, 0.5, 0.9), 0.2, 2000, seed=7)
    assert np.all(np.diff(found["threshold"]) < 0)
    assert np.all(np.diff(found["false_alarms"]) > 0)
    assert np.allclose(found["false_alarms"], found["false_alarm_rate"], atol=6)
    assert np.allclose(found["belief"], found["true"], atol=10)
    assert np.all((found["true_low"] < found["true"]) & (found["true"] < found["true_high"]))
    hits, alarms = round(found["true"][1] * found["alarms"][1] / 100), int(found["alarms"][1])
    assert found["true_low"][1] == pytest.approx(100 * stats.beta.ppf(0.025, hits, alarms - hits + 1))
    assert found["true"][0] > found["true"][2] + 20, "the lower the bar, the less an alarm means"
    assert found["fresh"] == 2000


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda b: pareidolia.template_search(30, 20, "white", seed=0), "has 30×24 pixels and the picture 20×20"),
        (lambda b: pareidolia.labelled_beans(10, -1, 9, "white", seed=0), "found -1"),
        (lambda b: pareidolia.labelled_beans(10, 1, 1, "white", seed=0), "at least two pictures; found 1"),
        (lambda b: pareidolia.looks(8, 16, 8, ("white",), (1.5,), seed=0), "rates between 0 and 1"),
        (lambda b: pareidolia.looks(8, 9, 4, ("white",), (1e-9, 1 - 1e-9), seed=0), "pictures have an alarm"),
        (lambda b: pareidolia.ghost(8, 16, 2, (), 0.1, seed=0), "needs a spectrum"),
        (lambda b: pareidolia.costs(b, 0.1, (), seed=0), "no ratios"),
        (lambda b: pareidolia.costs(b, 0.1, (0,), seed=0), "cost something above zero"),
        (lambda b: pareidolia.exposure(b, (0.5,), 1.0, 9, seed=0), "a true one between 0 and 1"),
        (lambda b: pareidolia.exposure(b, (1e-6,), 0.1, 9, seed=0), "never raises an alarm here"),
        (
            lambda b: pareidolia.exposure(
                Result({"signal": b.quantity("signal"), "blank": b.quantity("blank")}), (0.5,), 0.1, 9, seed=0
            ),
            "facts lack spectrum, contrast, bean_rows",
        ),
        (
            lambda b: pareidolia.classification_image(
                noise("white", (9, 9), 0), Matcher(bean_template(8), (9, 9)), 1, 0
            ),
            "no window of 1 pictures",
        ),
    ],
)
def test_what_does_not_fit_is_said(wrong, words: str, beans: Result) -> None:
    with pytest.raises(UsageError, match=words):
        wrong(beans)


def test_a_misspelt_spectrum_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean pink"):
        pareidolia.template_search(10, 40, "pnik", seed=0)
