"""Beans where there are none: a template, a threshold and many looks at noise.

The detector is the correlation with a bean at every place of a picture.  Nothing is trained: all that it sees in noise
is its own doing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.vision.correlation import Matcher
from tapehead.analysis.vision.detection import Roc, belief, best_step, expected_costs, many_looks, odds_asked, roc
from tapehead.analysis.vision.noise import bean_template, noise

LIBRARIES = ("numpy", "scipy")
SAMPLES = 24
STAGES = (1, 3, 10, 30, 100, 300)


@dataclass(frozen=True)
class ClassificationImage:
    """The mean of the windows that passed, and of as many at random places: (row, column) each.

    Windows are brought to mean 0 and length 1 before.  ``likeness`` and ``control_likeness`` are the correlations of
    both with the template; ``passed`` is how many windows there were.  ``samples`` (window, row, column) are the first
    few that passed, and ``grown`` (stage, row, column) the mean of the first :data:`STAGES` of them, the last stage
    being all.
    """

    average: np.ndarray
    control: np.ndarray
    passed: int
    likeness: float
    control_likeness: float
    samples: np.ndarray
    grown: np.ndarray


def classification_image(pictures: np.ndarray, matcher: Matcher, threshold: float, seed: int) -> ClassificationImage:
    """Average what a detector took for its template (Ahumada 1996; Gosselin & Schyns 2003).

    Args:
        pictures: (picture, row, column), of noise.
        matcher: the template, made ready for pictures of that shape.
        threshold: windows that correlate at least so much have passed.
        seed: of the random places.

    Raises:
        UsageError: no window passed, or see :meth:`Matcher.map`.
    """
    rows, columns = matcher.window
    total, control, passed, most = np.zeros(matcher.window), np.zeros(matcher.window), 0, -1.0
    samples, grown = [], []
    rng = np.random.default_rng([seed, 0xC1A])

    def unit(window: np.ndarray) -> np.ndarray:
        centred = window - window.mean()
        length = np.linalg.norm(centred)
        return np.asarray(centred / length if length > 0 else centred)

    for picture in pictures:
        scores = matcher.map(picture)
        most = max(most, float(scores.max()))
        for i, j in np.argwhere(scores >= threshold):
            window = unit(picture[i : i + rows, j : j + columns])
            total += window
            top, left = rng.integers(scores.shape)
            control += unit(picture[top : top + rows, left : left + columns])
            passed += 1
            if passed <= SAMPLES:
                samples.append(window)
            if passed in STAGES:
                grown.append(total / passed)
    if passed == 0:
        raise UsageError(
            f"no window of {len(pictures)} pictures correlates with the template by {threshold:g} or more "
            f"(at most {most:.3f}): lower the threshold or take more pictures"
        )
    found = [mean - mean.mean() for mean in (total / passed, control / passed)]
    likeness = [float(np.sum(matcher.unit * mean) / max(np.linalg.norm(mean), 1e-300)) for mean in found]
    # Where fewer passed than a stage or a sample asks for, the last ones stand again: all spectra have one shape.
    grown += [total / passed] * (len(STAGES) + 1 - len(grown))
    samples += [samples[-1]] * (SAMPLES - len(samples))
    return ClassificationImage(found[0], found[1], passed, likeness[0], likeness[1], np.array(samples), np.array(grown))


@analysis("vision.template_search", version=1, libraries=LIBRARIES)
def template_search(bean_rows: int, side: int, spectrum: str, *, seed: int) -> Result:
    """A bean slides over pure noise.

    Quantities: ``template`` and ``picture`` (row, column), ``map`` (place row, place column) of correlations, ``best``,
    the greatest of them, with ``best_row`` and ``best_column`` of its upper left corner; ``found`` (row, column), the
    window there; ``looks``, how many places there are.

    Raises:
        UsageError: a bean larger than the picture, or another size that does not fit.
        UnknownNameError: an unknown spectrum.
    """
    template, picture = bean_template(bean_rows), noise(spectrum, (side, side), seed)[0]
    scores = Matcher(template, picture.shape).map(picture)
    i, j = np.unravel_index(int(scores.argmax()), scores.shape)
    return Result(
        {
            "template": quantity(template, "row", "column"),
            "picture": quantity(picture, "row", "column"),
            "map": quantity(scores, "place row", "place column"),
            "best": quantity(scores.max()),
            "best_row": quantity(int(i), unit="px"),
            "best_column": quantity(int(j), unit="px"),
            "found": quantity(picture[i : i + template.shape[0], j : j + template.shape[1]], "row", "column"),
            "looks": quantity(scores.size, unit="places"),
        },
        facts={"spectrum": spectrum, "seed": seed},
    )


def labelled_scores(
    bean_rows: int, contrast: float, signals: int, blanks: int, spectrum: str, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Correlations with the bean of windows of noise that hold one, (signal,), and of others that do not, (blank,).

    The noise has deviation 1; the bean, brought to mean 0 and deviation 1, is added ``contrast`` times.

    Raises:
        UsageError: no windows, a negative contrast, or a bean too small.
        UnknownNameError: an unknown spectrum.
    """
    if not 0 <= contrast < np.inf:
        raise UsageError(f"the contrast of a bean in noise is zero or more; found {contrast}")
    template = bean_template(bean_rows)
    shape = template.shape[0], template.shape[1]
    matcher = Matcher(template, shape)
    windows = noise(spectrum, shape, seed, signals + blanks)
    windows[:signals] += contrast * matcher.unit * np.sqrt(template.size)
    scores = np.array([matcher.map(window)[0, 0] for window in windows])
    return scores[:signals], scores[signals:]


@analysis("vision.labelled_beans", version=1, libraries=LIBRARIES)
def labelled_beans(bean_rows: int, contrast: float, pictures: int, spectrum: str, *, seed: int) -> Result:
    """The exact curve of hits and false alarms on as many windows with a bean as without.

    Quantities: ``signal`` and ``blank`` (picture), the scores; ``threshold``, ``hits``, ``false_alarms`` (counts),
    ``hit_rate`` and ``false_alarm_rate`` in %, all (step), from the strictest threshold that lets something pass to the
    laxest; ``area`` under the curve.  Control: ``null_area``, of two halves of the blank windows.

    Raises:
        UsageError: see :func:`labelled_scores`; or fewer than two pictures.
    """
    if pictures < 2:
        raise UsageError(
            f"a control needs two halves of the blank pictures, so at least two pictures; found {pictures}"
        )
    signals, blanks = labelled_scores(bean_rows, contrast, pictures, pictures, spectrum, seed)
    curve = roc(signals, blanks)
    return Result(
        {
            "signal": quantity(signals, "picture"),
            "blank": quantity(blanks, "picture"),
            "threshold": quantity(curve.thresholds[1:], "step"),
            "hits": quantity(curve.hits[1:], "step", unit="pictures"),
            "false_alarms": quantity(curve.false_alarms[1:], "step", unit="pictures"),
            "hit_rate": quantity(100 * curve.hit_rate[1:], "step", unit="%"),
            "false_alarm_rate": quantity(100 * curve.false_alarm_rate[1:], "step", unit="%"),
            "area": quantity(curve.area),
            "null_area": quantity(roc(blanks[: pictures // 2], blanks[pictures // 2 :]).area),
            "pictures": quantity(pictures, unit="pictures"),
        },
        facts={
            "spectrum": spectrum,
            "contrast": contrast,
            "bean_rows": bean_rows,
            "control": "blank against blank",
            "seed": seed,
        },
    )


@analysis("vision.looks", version=1, libraries=LIBRARIES)
def looks(
    bean_rows: int, side: int, pictures: int, spectra: tuple[str, ...], rates: tuple[float, ...], *, seed: int
) -> Result:
    """One picture, thousands of places: the formula for independent looks beside what is measured.

    For each spectrum and each of ``rates`` (shares of pictures with an alarm) a threshold is set on half of the
    pictures, and measured on the other half.  Quantities over (spectrum, rate): ``threshold``; ``single``, ``formula``,
    ``measured``, ``low`` and ``high`` in %; ``effective``, see :class:`~tapehead.analysis.vision.detection.Looks`; and
    ``looks``.

    Raises:
        UsageError: a rate outside 0 to 1, fewer than four pictures, or a rate so extreme that no picture of the other
            half differs.
        UnknownNameError: an unknown spectrum.
    """
    if pictures < 4 or not spectra or not rates or not all(0 < rate < 1 for rate in rates):
        raise UsageError(
            f"looks need at least four pictures, a spectrum, and rates between 0 and 1; "
            f"found {pictures} pictures, spectra {tuple(spectra)}, rates {tuple(rates)}"
        )
    template = bean_template(bean_rows)
    matcher = Matcher(template, (side, side))
    thresholds, found = np.empty((len(spectra), len(rates))), []
    for place, spectrum in enumerate(spectra):
        maps = np.stack([matcher.map(picture) for picture in noise(spectrum, (side, side), seed, pictures)])
        half = pictures // 2
        thresholds[place] = np.quantile(maps[:half].max(axis=(1, 2)), 1 - np.array(rates))
        found.append([many_looks(maps[half:], float(threshold)) for threshold in thresholds[place]])

    def every(name: str, factor: float = 100) -> np.ndarray:
        return np.array([[factor * getattr(one, name) for one in row] for row in found])

    axes, of = ("spectrum", "rate"), {"spectrum": tuple(spectra)}
    shares = ("single", "formula", "measured", "low", "high")
    return Result(
        {name: quantity(every(name), *axes, unit="%", labels=of) for name in shares}
        | {
            "threshold": quantity(thresholds, *axes, labels=of),
            "effective": quantity(every("effective", 1), *axes, unit="looks", labels=of),
            "looks": quantity(found[0][0].looks, unit="places"),
            "pictures": quantity(pictures - pictures // 2, unit="pictures"),
        },
        facts={"control": "thresholds were set on other pictures", "seed": seed},
    )


@analysis("vision.ghost", version=2, libraries=LIBRARIES)
def ghost(bean_rows: int, side: int, pictures: int, spectra: tuple[str, ...], pass_rate: float, *, seed: int) -> Result:
    """Average the windows of noise that passed, and the template appears: it was in the detector.

    The threshold lets ``pass_rate`` of the windows of the first picture pass.  Quantities: ``template`` (row, column);
    over (spectrum, row, column) ``average`` and, as control, ``control``, the average of as many windows at random
    places; over (spectrum) ``likeness`` and ``control_likeness`` (correlations with the template), ``passed``,
    ``threshold``; single windows that passed, ``sample`` (spectrum, window, row, column), and the average as it
    becomes, ``grown`` (spectrum, stage, row, column), after ``stage`` windows (spectrum, stage).

    Raises:
        UsageError: a pass rate outside 0 to 1, no spectra, or sizes that do not fit.
        UnknownNameError: an unknown spectrum.
    """
    if not 0 < pass_rate < 1 or not spectra:
        raise UsageError(
            f"a ghost needs a spectrum and a share of windows, between 0 and 1, that pass; "
            f"found spectra {tuple(spectra)} and {pass_rate}"
        )
    template = bean_template(bean_rows)
    matcher, thresholds, found = Matcher(template, (side, side)), [], []
    for spectrum in spectra:
        world = noise(spectrum, (side, side), seed, pictures)
        thresholds.append(float(np.quantile(matcher.map(world[0]), 1 - pass_rate)))
        found.append(classification_image(world, matcher, thresholds[-1], seed))
    of, axes = {"spectrum": tuple(spectra)}, ("spectrum", "row", "column")
    return Result(
        {
            "template": quantity(template, "row", "column"),
            "average": quantity([one.average for one in found], *axes, labels=of),
            "control": quantity([one.control for one in found], *axes, labels=of),
            "likeness": quantity([one.likeness for one in found], "spectrum", labels=of),
            "control_likeness": quantity([one.control_likeness for one in found], "spectrum", labels=of),
            "passed": quantity([one.passed for one in found], "spectrum", unit="windows", labels=of),
            "sample": quantity([one.samples for one in found], "spectrum", "window", "row", "column", labels=of),
            "grown": quantity([one.grown for one in found], "spectrum", "stage", "row", "column", labels=of),
            "stage": quantity(
                [[min(stage, one.passed) for stage in (*STAGES, one.passed)] for one in found],
                "spectrum",
                "stage",
                unit="windows",
                labels=of,
            ),
            "threshold": quantity(thresholds, "spectrum", labels=of),
            "pictures": quantity(pictures, unit="pictures"),
        },
        facts={"control": "as many windows at random places", "seed": seed},
    )


def _curve(study: Result) -> Roc:
    return roc(study["signal"], study["blank"])


@analysis("vision.costs", version=1, libraries=LIBRARIES)
def costs(study: Result, base_rate: float, ratios: tuple[float, ...], *, seed: int) -> Result:
    """Where the bar belongs when a miss costs ``ratios`` times as much as a false alarm.

    ``study`` is a result of :func:`labelled_beans`.  Quantities over (ratio): ``threshold`` of least expected cost on
    its scores, there ``hit_rate`` and ``false_alarm_rate`` in %, ``cost`` per look in false alarms, and ``odds``, the
    likelihood ratio from which an alarm pays.  ``curve`` (ratio, step) is the cost at each threshold of the study.
    The least cost may be that of no alarm at all; ``alarms`` (ratio) is then 0 and the threshold the greatest score.

    Raises:
        UsageError: a base rate outside 0 to 1, no ratios, or a ratio that is not above zero.
    """
    if not ratios:
        raise UsageError("no ratios of costs were given; give some, such as (1, 10, 100)")
    curve = _curve(study)
    steps = [best_step(curve, base_rate, ratio, 1) for ratio in ratios]
    every = np.array([expected_costs(curve, base_rate, ratio, 1) for ratio in ratios])
    return Result(
        {
            "ratio": quantity(ratios, "ratio"),
            "threshold": quantity([curve.thresholds[max(step, 1)] for step in steps], "ratio"),
            "alarms": quantity([curve.hits[step] + curve.false_alarms[step] for step in steps], "ratio"),
            "hit_rate": quantity(100 * curve.hit_rate[steps], "ratio", unit="%"),
            "false_alarm_rate": quantity(100 * curve.false_alarm_rate[steps], "ratio", unit="%"),
            "cost": quantity(every.min(axis=1), "ratio", unit="false alarms"),
            "curve": quantity(every[:, 1:], "ratio", "step", unit="false alarms"),
            "odds": quantity([odds_asked(base_rate, ratio, 1) for ratio in ratios], "ratio"),
            "base_rate": quantity(100 * base_rate, unit="%"),
        },
        facts={"seed": seed},
    )


@analysis("vision.exposure", version=1, libraries=LIBRARIES)
def exposure(study: Result, exposures: tuple[float, ...], base_rate: float, fresh: int, *, seed: int) -> Result:
    """Who has seen many beans expects many, lowers the bar, and sees more of them in the same world.

    For each of ``exposures`` (the base rate that an observer expects) the bar is set where fewest mistakes are made on
    the scores of ``study``, a result of :func:`labelled_beans`.  Then all look at one world of ``fresh`` windows where
    beans really have ``base_rate``.  Quantities over (exposure), in %: ``hit_rate`` and ``false_alarm_rate`` in the
    study; ``false_alarms`` in the world, of its windows without a bean; ``belief``, by Bayes from the study's rates,
    that an alarm in that world is true, and ``true``, the share that is, with ``alarms``, how many there were, and
    ``true_low`` and ``true_high``, its exact 95 % ends (Clopper & Pearson 1934).

    Raises:
        UsageError: shares outside 0 to 1, no exposures, or an exposure so small that an observer never raises an alarm.
    """
    if not exposures or not 0 < base_rate < 1 or fresh < 2:
        raise UsageError(
            f"exposure needs expected base rates, a true one between 0 and 1, and at least two windows; found "
            f"{tuple(exposures)}, {base_rate} and {fresh}"
        )
    if lacking := [name for name in ("spectrum", "contrast", "bean_rows") if name not in study.facts]:
        raise UsageError(
            f"the world is made like that of a study, whose facts lack {', '.join(lacking)}: give a result of "
            "vision.labelled_beans"
        )
    # From the study and not asked for again, so that observers never look at another world than they learnt in.
    spectrum, contrast = str(study.facts["spectrum"]), float(study.facts["contrast"])
    bean_rows, curve = int(study.facts["bean_rows"]), _curve(study)
    beans = int(np.random.default_rng([seed, 0xBEA]).binomial(fresh, base_rate))
    # The study may have had the same seed: the world's windows are others.
    signals, blanks = labelled_scores(bean_rows, contrast, beans, fresh - beans, spectrum, seed + 1)
    steps, alarms, true, false, ends = [], [], [], [], []
    for expected in exposures:
        step = best_step(curve, expected, 1, 1)
        hits, wrong = (int(np.sum(scores >= curve.thresholds[step])) for scores in (signals, blanks))
        if step == 0 or hits + wrong == 0:
            raise UsageError(
                f"whoever expects beans in {100 * expected:g} % of the windows never raises an alarm here: "
                "take a higher exposure, a stronger contrast or more windows"
            )
        steps.append(step)
        alarms.append(hits + wrong)
        true.append(hits / (hits + wrong))
        ends.append(stats.binomtest(hits, hits + wrong).proportion_ci(method="exact"))
        false.append(wrong / max(len(blanks), 1))
    rates = [(float(curve.hit_rate[step]), float(curve.false_alarm_rate[step])) for step in steps]
    shares = {
        "exposure": exposures,
        "hit_rate": [hit for hit, _ in rates],
        "false_alarm_rate": [wrong for _, wrong in rates],
        "false_alarms": false,
        "belief": [belief(base_rate, *rate) for rate in rates],
        "true": true,
        "true_low": [end.low for end in ends],
        "true_high": [end.high for end in ends],
    }
    return Result(
        {name: quantity(100 * np.array(values), "exposure", unit="%") for name, values in shares.items()}
        | {
            "threshold": quantity(curve.thresholds[steps], "exposure"),
            "alarms": quantity(alarms, "exposure", unit="windows"),
            "base_rate": quantity(100 * base_rate, unit="%"),
            "fresh": quantity(len(signals) + len(blanks), unit="windows"),
        },
        facts={"control": "one world for all observers", "seed": seed},
    )
