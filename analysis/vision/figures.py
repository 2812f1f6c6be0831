"""Figures of the analyses of seeing: beans, noise and the globe here; likeness in a network in a module of its own."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series, gathered
from tapehead.analysis.vision import likeness_figures

_PINK = {"spectrum": "pink"}
_NATURAL = {"spectrum": "natural"}

_SEEING: dict[str, tuple[Figure, ...]] = {
    "vision.sphere": (
        Figure(
            "gap",
            "xy",
            "How far a straight step in the tangent plane of a globe ends above it, in radii.",
            (
                Series("error", "step", "tangent plane", "line"),
                Series("tilted_error", "step", "tilted plane", "line"),
            ),
            Axis("step", "step", "log"),
            Axis("gap", "error", "log"),
            control="A plane tilted by 0.1 rad.",
        ),
        Figure(
            "chord",
            "xy",
            "Straight distance over the way along the globe.",
            (Series("chord", "along", "straight", "line"), Series("along", "along", "along", "line")),
            Axis("way along the globe", "along"),
            Axis("distance", "chord"),
        ),
    ),
    "vision.freed_direction": (
        Figure(
            "arrows",
            "bars",
            "A direction, its projection upon another one, and what is left: the two numbers of each.",
            (
                Series("first", label="direction"),
                Series("second", label="to be left alone"),
                Series("projection"),
                Series("freed"),
            ),
            Axis("number"),
            Axis("value", "first"),
        ),
    ),
    "vision.lookalikes": (
        Figure(
            "lookalikes",
            "bars",
            "Best correlation of each thing with the visor of a bean, over places and five sizes.",
            (Series("match"),),
            Axis("thing"),
            Axis("correlation", "match"),
            control="A ladder, which has no visor; pure noise.",
        ),
    ),
    "vision.template_search": (
        Figure(
            "search",
            "matrix",
            "Pure noise, and the correlation with a bean at every place of it.",
            (Series("picture", label="noise"), Series("map", label="correlation")),
            aspect=0.5,
            value="value",
        ),
    ),
    "vision.labelled_beans": (
        Figure(
            "roc",
            "xy",
            "Hits over false alarms for every bar, on as many windows with a faint bean as without.",
            (Series("hit_rate", "false_alarm_rate", "template", "line"),),
            Axis("false alarms", "false_alarm_rate"),
            Axis("hits", "hit_rate"),
            n="pictures",
            control="Blank windows against blank windows.",
        ),
    ),
    "vision.looks": (
        Figure(
            "looks",
            "xy",
            "Share of empty pictures with an alarm: measured, and as independent looks would give it; pink noise.",
            (
                Series("measured", "single", "measured", where=_PINK, x_where=_PINK, low="low", high="high"),
                Series("formula", "single", "independent looks", "line", where=_PINK, x_where=_PINK),
            ),
            Axis("false alarms at one place", "single", "log"),
            Axis("pictures with an alarm", "measured"),
            n="pictures",
            control="The bar was set on other pictures.",
        ),
    ),
    "vision.ghost": (
        Figure(
            "ghost",
            "matrix",
            "Mean of the windows of pink noise that passed, and of as many at random places.",
            (Series("average", label="passed", where=_PINK), Series("control", label="random", where=_PINK)),
            aspect=0.6,
            value="brightness",
            n="pictures",
            control="As many windows at random places.",
        ),
    ),
    "vision.witness": (
        Figure(
            "false-faces",
            "matrix",
            "Mean of the windows of natural noise that a face detector took for faces, and of as many random ones.",
            (Series("average", label="seen as faces", where=_NATURAL), Series("control", where=_NATURAL)),
            aspect=0.5,
            value="brightness",
            control="As many windows at random places.",
        ),
    ),
    "vision.childhoods": (
        Figure(
            "false-alarms",
            "bars",
            "Windows without a bean that are taken for one, with 95 % intervals, and what Bayes' rule expects of the "
            "other spotter.",
            (
                Series("false_alarm_rate", label="measured", low="false_alarm_low", high="false_alarm_high"),
                Series("expected_rate", label="by Bayes' rule"),
            ),
            Axis("beans in childhood"),
            Axis("false alarms", "false_alarm_rate"),
            n="windows",
            control="One world for both.",
        ),
        Figure(
            "ghosts-of-spotters",
            "matrix",
            "Mean of the windows of noise that each likes best.",
            tuple(Series("average", label=name, where={"eyes": name}) for name in ("few", "many", "untrained")),
            aspect=0.42,
            value="brightness",
            n="noise_windows",
            control="A network that never learned.",
        ),
        Figure(
            "areas",
            "bars",
            "Areas under the curves of the two spotters, with 95 % bootstrap intervals.",
            (Series("area", low="area_low", high="area_high"),),
            Axis("beans in childhood"),
            Axis("area", "area"),
        ),
    ),
    "vision.dream": (
        Figure(
            "dream",
            "xy",
            "How sure the other spotter is of a bean while noise is changed step by step.",
            (Series("other", "step", style="line", over="dreamer"),),
            Axis("step"),
            Axis("sure of a bean", "other"),
            n="starts",
            control="An untrained network; steps as long by lot.",
        ),
    ),
    "vision.costs": (
        Figure(
            "bars-by-cost",
            "xy",
            "The bar of least cost on the scores of the labelled set, over what a miss costs.",
            (Series("threshold", "ratio", style="line"),),
            Axis("cost of a miss, in false alarms", "ratio", "log"),
            Axis("bar", "threshold"),
        ),
    ),
}

FIGURES = gathered(_SEEING, likeness_figures.FIGURES)
