"""Two bean spotters with different childhoods: what each takes for a bean, why, and what it dreams of.

The one saw beans in every fiftieth window, the other in every second; nothing else differs.  What a network that says
the log odds of a bean should do about that is known: it adds the log odds of its childhood (Bayes).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.shipped import shipped_file
from tapehead.analysis.threads import one_thread
from tapehead.analysis.vision.correlation import Matcher
from tapehead.analysis.vision.networks import SPOTTER, Classifier, load, untrained
from tapehead.analysis.vision.noise import bean_template, noise
from tapehead.analysis.vision.separation import separation
from tapehead.analysis.vision.world.beans import (
    FEW,
    KINDS,
    MANY,
    SPECTRUM,
    WINDOW,
    Look,
    draw,
    look,
    standardised,
    windows,
)
from tapehead.analysis.vision.world.canvas import grey

LIBRARIES = ("numpy", "scipy", "torch", "pycairo")
CHILDHOODS = ("few", "many")
_SHARES = {"few": FEW, "many": MANY}
DREAMERS = ("many", "untrained", "random steps")


def spotter(childhood: str) -> Classifier:
    """One of the two that ship with tapehead.

    Raises:
        UnknownNameError: there is no such one.
        ModelError: its files are damaged.
    """
    if childhood == "few":
        files = shipped_file("models/spotter-few/model.safetensors"), shipped_file("models/spotter-few/config.json")
    elif childhood == "many":
        files = shipped_file("models/spotter-many/model.safetensors"), shipped_file("models/spotter-many/config.json")
    else:
        raise UnknownNameError("spotter", childhood, CHILDHOODS)
    return load(*files, f"spotter-{childhood}")


def log_odds(share: float) -> float:
    """ln(share / (1 − share))."""
    return float(np.log(share / (1 - share)))


def visor_template(rows: int) -> np.ndarray:
    """The visor of :func:`bean_template`, rim and all, of a bean that is ``rows`` high: (row, column)."""
    bean = bean_template(rows)
    top, bottom, left, right = (
        round(share * bean.shape[axis]) for share, axis in ((0.22, 0), (0.58, 0), (0.27, 1), (0.93, 1))
    )
    return bean[top:bottom, left:right]


@analysis("vision.lookalikes", version=1, libraries=LIBRARIES)
def lookalikes(side: int, *, seed: int) -> Result:
    """Things of every day beside the bean, and how well its visor fits them at the best place and size.

    Quantities over (thing): ``picture`` (thing, row, column, colour), ``match``, the best correlation with the visor
    over places and five sizes, with ``row``, ``column``, ``rows`` and ``columns`` of that window in pixels.  Controls:
    the ladder, which has no visor, and ``noise_match`` with ``noise_most``, mean and greatest of twenty pictures of
    pure noise.

    Raises:
        UsageError: a side too small for a template.
    """
    if side < 48:
        raise UsageError(f"things are compared in pictures of at least 48 pixels; found {side}")
    matchers = [Matcher(visor_template(round(side * share)), (side, side)) for share in (0.6, 0.7, 0.8, 0.9, 1.0)]

    def best(picture: np.ndarray) -> tuple[float, int, int, int, int]:
        found = []
        for matcher in matchers:
            scores = matcher.map(picture)
            i, j = np.unravel_index(int(scores.argmax()), scores.shape)
            found.append((float(scores[i, j]), int(i), int(j), *matcher.window))
        return max(found)

    pictures = [draw(kind, Look(inlay=True), side) for kind in KINDS]
    every = [best(grey(picture)) for picture in pictures]
    null = [best(picture)[0] for picture in noise(SPECTRUM, (side, side), seed, 20)]
    of = {"thing": KINDS}
    names = ("match", "row", "column", "rows", "columns")
    return Result(
        {
            name: quantity([one[n] for one in every], "thing", unit="px" if n else "1", labels=of)
            for n, name in enumerate(names)
        }
        | {
            "picture": quantity(pictures, "thing", "row", "column", "colour", labels=of),
            "noise_match": quantity(np.mean(null)),
            "noise_most": quantity(np.max(null)),
            "side": quantity(side, unit="px"),
        },
        facts={"control": "a ladder, and pure noise", "seed": seed},
    )


@analysis("vision.childhoods", version=1, libraries=LIBRARIES)
def childhoods(count: int, base_rate: float, ghosts: int, pass_rate: float, *, seed: int) -> Result:
    """Both spotters before the same new world, and before noise.

    Quantities over (childhood): ``share`` of beans it grew up with in %; ``hit_rate`` and ``false_alarm_rate`` in %,
    with the exact 95 % ends ``false_alarm_low`` and ``false_alarm_high``; ``area`` under its curve with ``area_low``
    and ``area_high``: how well it sees, wherever its bar is.  Bayes' check: ``expected_rate`` in %, the false alarms of
    the other one once the log odds of both childhoods are exchanged.  ``seen`` (childhood, kind): how often each thing
    is taken for a bean, in %.
    Over (eyes), both spotters and an untrained network as control, before windows of pure noise of which the share
    ``pass_rate`` with the highest scores passed: ``average`` and, as control, ``control`` of as many random ones (eyes,
    row, column), with ``likeness`` and ``control_likeness`` to an average bean.

    Raises:
        UsageError: too few windows, or shares outside 0 to 1.
    """
    if count < 200 or ghosts < 200 or not (0 < base_rate < 1 and 0 < pass_rate < 1):
        raise UsageError(
            f"spotters are compared on at least 200 windows of either kind, with shares between 0 and 1; found "
            f"{count}, {ghosts}, {base_rate} and {pass_rate}"
        )
    world = windows(count, base_rate, seed + 77_000)
    eyes = [spotter(name) for name in CHILDHOODS]
    scores = [one.scores(world.pictures[:, None])[:, 0].astype(float) for one in eyes]
    blank = ~world.is_bean
    rates: dict[str, list[float]] = {name: [] for name in ("hit_rate", "false_alarm_rate", "low", "high", "expected")}
    areas, seen = [], []
    things = (-1, *range(len(KINDS)))
    for n, said in enumerate(scores):
        wrong, nothing = int(np.sum(said[blank] > 0)), int(blank.sum())
        ends = stats.binomtest(wrong, nothing).proportion_ci(method="exact")
        other = 1 - n
        moved = scores[other] + log_odds(_SHARES[CHILDHOODS[n]]) - log_odds(_SHARES[CHILDHOODS[other]])
        for name, value in zip(
            rates,
            (np.mean(said[~blank] > 0), wrong / nothing, ends.low, ends.high, np.mean(moved[blank] > 0)),
            strict=True,
        ):
            rates[name].append(100 * float(value))
        areas.append(separation(said[~blank], said[blank], seed))
        seen.append([100 * float(np.mean(said[world.kind == k] > 0)) for k in things])
    found = _ghosts([*eyes, untrained(SPOTTER, seed)], ghosts, pass_rate, seed)
    of, who = {"childhood": CHILDHOODS}, {"eyes": (*CHILDHOODS, "untrained")}
    both = {"childhood": CHILDHOODS, "kind": ("nothing", *KINDS)}
    return Result(
        {
            "share": quantity([100 * _SHARES[name] for name in CHILDHOODS], "childhood", unit="%", labels=of),
            "hit_rate": quantity(rates["hit_rate"], "childhood", unit="%", labels=of),
            "false_alarm_rate": quantity(rates["false_alarm_rate"], "childhood", unit="%", labels=of),
            "false_alarm_low": quantity(rates["low"], "childhood", unit="%", labels=of),
            "false_alarm_high": quantity(rates["high"], "childhood", unit="%", labels=of),
            "expected_rate": quantity(rates["expected"], "childhood", unit="%", labels=of),
            "area": quantity([one.auc for one in areas], "childhood", labels=of),
            "area_low": quantity([one.low for one in areas], "childhood", labels=of),
            "area_high": quantity([one.high for one in areas], "childhood", labels=of),
            "seen": quantity(seen, "childhood", "kind", unit="%", labels=both),
            "average": quantity([one[0] for one in found], "eyes", "row", "column", labels=who),
            "control": quantity([one[1] for one in found], "eyes", "row", "column", labels=who),
            "likeness": quantity([one[2] for one in found], "eyes", labels=who),
            "control_likeness": quantity([one[3] for one in found], "eyes", labels=who),
            "bean": quantity(_mean_bean(seed), "row", "column"),
            "windows": quantity(count, unit="windows"),
            "noise_windows": quantity(ghosts, unit="windows"),
            "base_rate": quantity(100 * base_rate, unit="%"),
        },
        model="spotters",
        facts={"control": "random windows; an untrained network", "seed": seed},
    )


def _mean_bean(seed: int) -> np.ndarray:
    """What a bean looks like on average in a window without noise: (row, column), of mean 0."""
    rng = np.random.default_rng([seed, 0x3EA])
    every = standardised(np.array([grey(draw("bean", look(rng), WINDOW)) for _ in range(200)]))
    return np.asarray(every.mean(axis=0) - every.mean())


def _ghosts(
    eyes: list[Classifier], count: int, pass_rate: float, seed: int
) -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    """Mean of the windows of noise that each likes best, of as many random ones, and the likeness of both to a bean."""
    world = standardised(noise(SPECTRUM, (WINDOW, WINDOW), seed + 5, count))
    bean, few = _mean_bean(seed), max(1, round(pass_rate * count))
    rng, found = np.random.default_rng([seed, 0x60]), []
    for one in eyes:
        best = np.argsort(one.scores(world[:, None])[:, 0])[-few:]
        passed, control = world[best].mean(axis=0), world[rng.choice(count, few, replace=False)].mean(axis=0)
        alike = [float(np.corrcoef(mean.ravel(), bean.ravel())[0, 1]) for mean in (passed, control)]
        found.append((passed, control, alike[0], alike[1]))
    return found


def climb(
    one: Classifier, starts: np.ndarray, steps: int, length: float, blur: float, by_lot: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Change windows so that a network sees more of a bean in them.

    Returns windows (step, window, row, column) and what the network says of them (step, window).

    Each step adds ``length`` times the gradient of the score, smoothed by ``blur`` pixels and brought to deviation 1,
    and brings the window back to mean 0 and deviation 1, so that nothing is won by mere contrast (activation
    maximisation: Erhan et al. 2009; smoothed gradients: Mordvintsev et al. 2015).  With ``by_lot``, a seed, the steps
    are smoothed noise instead: as long, but without the network's say.
    """
    import torch
    from scipy import ndimage

    rng = None if by_lot is None else np.random.default_rng([by_lot, 0xD1CE])
    shown, scores = [standardised(starts)], []
    with one_thread():
        for _ in range(steps):
            x = torch.from_numpy(shown[-1][:, None].astype(np.float32)).requires_grad_(True)
            said = one.net(x)[:, 0]
            scores.append(said.detach().numpy().astype(float))
            if rng is None:
                (slope,) = torch.autograd.grad(said.sum(), x)
                way = slope.numpy()[:, 0].astype(float)
            else:
                way = rng.normal(size=shown[-1].shape)
            way = standardised(ndimage.gaussian_filter(way, (0, blur, blur), mode="wrap"))
            shown.append(standardised(shown[-1] + length * way))
    scores.append(one.scores(shown[-1][:, None])[:, 0].astype(float))
    return np.array(shown), np.array(scores)


def _visor() -> np.ndarray:
    """The visor of an average bean, rim and all, cut out of its window: (row, column)."""
    how = Look(size=0.77)
    bean = grey(draw("bean", how, WINDOW))
    # Where the drawing has it, a little room around it included.
    left, right, top, bottom = (round(WINDOW * (0.5 + how.size * place)) for place in (-0.17, 0.33, -0.26, 0.06))
    return np.asarray(bean[top:bottom, left:right])


@analysis("vision.dream", version=2, libraries=LIBRARIES)
def dream(starts: int, steps: int, length: float, blur: float, networks: int, keep: int, *, seed: int) -> Result:
    """A spotter is asked to see more and more of a bean in pure noise, and the noise obliges.

    Quantities: over (dreamer, step) ``seen``, the mean probability of a bean in % by the dreamer's own word, and
    ``other``, by the other spotter, which had no part in it; at the end ``seen_end`` and ``other_end`` (dreamer);
    ``visor_end`` with ``visor_low`` and ``visor_high`` (dreamer), the best correlation with a visor anywhere in the
    window, its mean and a 95 % interval over starts; ``visor_start`` of the noise itself; ``likeness_end`` (dreamer)
    with a whole average bean; ``frame`` (dreamer, frame, row, column), every so many pictures of the first start,
    ``keep`` of them; ``step``.  Dreamers: the spotter of many beans; ``networks`` untrained ones; and steps as long by
    lot (judged by the same spotter).

    Raises:
        UsageError: no starts, steps or networks, or nothing to keep.
    """
    if starts < 2 or steps < 2 or networks < 1 or not 2 <= keep <= steps + 1 or not length > 0 or not blur >= 0:
        raise UsageError(
            "a dream needs two starts, two steps, a step length, an untrained network and two pictures to keep; found "
            f"{starts}, {steps}, {length}, {networks} and {keep}"
        )
    noises = noise(SPECTRUM, (WINDOW, WINDOW), seed + 9, starts)
    many, few = spotter("many"), spotter("few")

    def by_nobody() -> tuple[np.ndarray, np.ndarray]:
        every = [climb(untrained(SPOTTER, seed + n), noises, steps, length, blur) for n in range(networks)]
        return np.concatenate([one[0] for one in every], axis=1), np.concatenate([one[1] for one in every], axis=1)

    ways: dict[str, Callable[[], tuple[np.ndarray, np.ndarray]]] = {
        "many": lambda: climb(many, noises, steps, length, blur),
        "untrained": by_nobody,
        "random steps": lambda: climb(many, noises, steps, length, blur, by_lot=seed),
    }
    bean, matcher = _mean_bean(seed), Matcher(_visor(), (WINDOW, WINDOW))
    kept = np.linspace(0, steps, keep).round().astype(int)
    seen, other, frames, visors, alike = [], [], [], [], []

    def visor(windows_: np.ndarray) -> np.ndarray:
        """Of each start; where several networks dreamed of it, their mean."""
        return np.array([matcher.map(one).max() for one in windows_]).reshape(-1, starts).mean(axis=0)

    for name in DREAMERS:
        shown, scores = ways[name]()
        seen.append(100 * np.mean(1 / (1 + np.exp(-scores)), axis=1))
        judged = np.array([few.scores(each[:, None])[:, 0].astype(float) for each in shown])
        other.append(100 * np.mean(1 / (1 + np.exp(-judged)), axis=1))
        end = visor(shown[-1])
        half = stats.t.ppf(0.975, starts - 1) * end.std(ddof=1) / np.sqrt(starts)
        visors.append((end.mean(), end.mean() - half, end.mean() + half))
        alike.append(np.mean([np.corrcoef(one.ravel(), bean.ravel())[0, 1] for one in shown[-1]]))
        frames.append(shown[kept, 0])
    of = {"dreamer": DREAMERS}
    ends = np.array(visors)
    return Result(
        {
            "seen": quantity(seen, "dreamer", "step", unit="%", labels=of),
            "other": quantity(other, "dreamer", "step", unit="%", labels=of),
            "seen_end": quantity([one[-1] for one in seen], "dreamer", unit="%", labels=of),
            "other_end": quantity([one[-1] for one in other], "dreamer", unit="%", labels=of),
            "visor_start": quantity(visor(noises).mean()),
            "visor_end": quantity(ends[:, 0], "dreamer", labels=of),
            "visor_low": quantity(ends[:, 1], "dreamer", labels=of),
            "visor_high": quantity(ends[:, 2], "dreamer", labels=of),
            "likeness_end": quantity(alike, "dreamer", labels=of),
            "frame": quantity(frames, "dreamer", "frame", "row", "column", labels=of),
            "step": quantity(np.arange(steps + 1), "step", unit="steps"),
            "starts": quantity(starts, unit="starts"),
            "steps": quantity(steps, unit="steps"),
            "networks": quantity(networks, unit="networks"),
        },
        model="spotter-many",
        facts={"control": "untrained networks; random steps of the same length", "seed": seed},
    )
