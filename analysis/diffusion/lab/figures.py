"""Figures of a run of ``tapehead directions``, by part: as many strips as it has directions and times."""

from __future__ import annotations

from collections.abc import Mapping

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.results import Result

_FAMILIES = (
    "Random directions of the same spectrum: one walked as far in x, one until the bottleneck has moved as much. In "
    "the "
    "middle is the unedited picture."
)


_SEEN = (
    (
        "distance",
        "distance in features",
        "How far the picture moves along the first direction in the autoencoder's features.",
    ),
    ("clip_alike", "cosine", "CLIP's embedding along the first direction beside that of the unedited picture."),
    ("clip_score", "CLIP score", "CLIP score with the prompt along the first direction."),
)


def figures_of(parts: Mapping[str, Result]) -> dict[str, tuple[Figure, ...]]:
    """All figures of a run."""
    makers = {
        "picture": _picture,
        "basis": _basis,
        "walk": _walk,
        "test": _test,
        "carried": _carried,
        "removal": _removal,
        "local": _local,
    }
    return {name: maker(parts[name]) if parts[name]["there"] else () for name, maker in makers.items()}


def _times(part: Result) -> tuple[str, ...]:
    return part.quantity("t" if "t" in part.quantities else "change").labels["time"]


def _picture(part: Result) -> tuple[Figure, ...]:
    return (
        Figure(
            "reconstruction",
            "pictures",
            "The picture that was asked for, as the model's x0 decodes, and after DDIM inversion and denoising.",
            (
                Series("asked", label="asked for"),
                Series("coded", label="decoded x0"),
                Series("reconstruction", label="there and back"),
                Series("decoded", label="unedited", where={"time": 0}),
            ),
        ),
        Figure(
            "noise",
            "pictures",
            "x_t at the times that were asked for, decoded as it is, and what becomes of it unedited.",
            (Series("noisy", label="x_t"), Series("decoded", label="denoised")),
            Axis("time t"),
        ),
    )


def _basis(part: Result) -> tuple[Figure, ...]:
    return (
        Figure(
            "spectrum",
            "xy",
            "Singular values of the Jacobian of the bottleneck, as multiples of what a random unit nudge does.",
            (
                Series("relative", label="t =", style="line", over="time"),
                Series("untrained_relative", label="untrained, t =", style="line", over="time"),
            ),
            Axis("direction (from 0)"),
            Axis("times chance", "relative"),
            control="An untrained network of the same build at the same x_t, over its own random nudges; 1 is chance.",
        ),
        Figure(
            "residuals",
            "xy",
            "Relative residuals of the directions: how far each is from being a singular vector.",
            (Series("residual", label="t =", style="points", over="time"),),
            Axis("direction (from 0)"),
            Axis("residual", "residual", scale="log"),
        ),
    )


def _walk(part: Result) -> tuple[Figure, ...]:
    times, count = _times(part), part["picture"].shape[2]
    found = [
        Figure(
            "grid",
            "pictures",
            "Every direction, walked both ways and decoded; in the middle is the unedited picture.",
            (Series("picture", x="place_at", where={"time": 0, "family": 0}, over="direction", label="direction"),),
            Axis("place along the walk"),
        ),
        Figure(
            "ways",
            "xy",
            "How much the decoded picture changes along the first direction and its controls.",
            (Series("change", "place_at", "", "line", {"time": 0, "direction": 0}, over="family"),),
            Axis("place along the walk"),
            Axis("root mean square change", "change"),
            control=_FAMILIES,
        ),
        *(
            Figure(
                name.replace("_", "-"),
                "xy",
                text,
                (Series(name, "place_at", "", "line", {"time": 0, "direction": 0}, over="family"),),
                Axis("place along the walk"),
                Axis(axis, name),
                control=_FAMILIES,
            )
            for name, axis, text in _SEEN
            if name in part.quantities
        ),
        Figure(
            "differences",
            "matrix",
            "What each direction changes: the picture at one end less the one at the other, mean over colours.",
            tuple(
                Series("difference", label=f"direction {i + 1}", where={"time": 0, "family": 0, "direction": i})
                for i in range(count)
            ),
            columns=min(4, count),
            aspect=0.35 * -(-count // 4) if count > 3 else 0.4,
            value="difference",
        ),
    ]
    for n, time in enumerate(times):
        for i in range(count):
            found.append(
                Figure(
                    f"strip-t{time}-{i + 1}",
                    "pictures",
                    f"Direction {i + 1} at t = {time}, walked both ways, and its two random controls.",
                    (Series("picture", x="place_at", where={"time": n, "direction": i}, over="family"),),
                    Axis("place along the walk"),
                    control=_FAMILIES,
                )
            )
    return tuple(found)


def _test(part: Result) -> tuple[Figure, ...]:
    what = "effect on one attribute" if part["scored"] else "root mean square change"
    return (
        Figure(
            "chance",
            "histogram",
            "The largest effect of any of the directions, beside that of random sets of as many.",
            (
                Series("random", label="random, as long"),
                Series("loud", label="random, as loud"),
                Series("best", label="found", style="mark"),
            ),
            Axis(what, "best"),
            Axis("random sets"),
            n="draws",
            control="The random sets: where the mark is among them, the directions are nothing special.",
        ),
    )


def _carried(part: Result) -> tuple[Figure, ...]:
    targets = part.quantity("kept").labels["target"]
    return (
        Figure(
            "home",
            "pictures",
            "Where the directions come from: both ends of each, and the unedited picture.",
            (Series("home", over="direction", label="direction"),),
        ),
        *(
            Figure(
                f"target-{n + 1}",
                "pictures",
                f"The first of the directions at another picture ({name}): laid over as it is, carried in two ways, "
                f"and "
                "a random tangent carried.",
                (Series("picture", where={"target": n, "direction": 0}, over="method"),),
                control="The last row: a random tangent, carried in the published way.",
            )
            for n, name in enumerate(targets)
        ),
    )


def _removal(part: Result) -> tuple[Figure, ...]:
    return (
        Figure(
            "levels",
            "pictures",
            "The component along one direction moved to levels that other pictures have there.",
            (Series("picture", over="family"),),
            control="Below: moved as far in a random direction of the same spectrum.",
            columns=6,
        ),
    )


def _local(part: Result) -> tuple[Figure, ...]:
    count = part["picture"].shape[1]
    return (
        Figure(
            "mask",
            "matrix",
            "The region that was asked for.",
            (Series("mask", label="mask"),),
            aspect=0.5,
        ),
        *(
            Figure(
                f"strip-{i + 1}",
                "pictures",
                f"Local direction {i + 1}: without what it would do outside the mask, as it is, and controls.",
                (Series("picture", x="place_at", where={"direction": i}, over="family"),),
                Axis("place along the walk"),
                control="A direction of the bottleneck, and a random one of the same spectrum, as long.",
            )
            for i in range(count)
        ),
        Figure(
            "differences",
            "matrix",
            "What the first of each kind changes: one end less the other, mean over colours.",
            tuple(
                Series("difference", label=name, where={"family": n, "direction": 0})
                for n, name in enumerate(part.quantity("inside").labels["family"])
            ),
            columns=4,
            aspect=0.35,
            value="difference",
        ),
    )
