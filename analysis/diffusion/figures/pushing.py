"""Figures of the studies that push a direction: the tangent plane, the slider and what it drags, the collapse."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

_RANDOM = "A random direction with the same power in every channel and ring of frequencies, pushed as far."

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.flatness": (
        Figure(
            "forecast",
            "xy",
            "How wrong a straight forecast of the bottleneck is, as a share of the bottleneck's length, over the step; "
            "geometric means over noisy pictures.",
            (
                Series("mean_error", "step", "its own Jacobian", "line"),
                Series("mean_borrowed", "step", "another picture's", "line"),
            ),
            Axis("step", "step", "log"),
            Axis("error of the forecast", "mean_error", "log"),
            n="points",
            control="The Jacobian of another picture.",
        ),
        Figure(
            "share",
            "xy",
            "The error of the forecast in per cent of how far the bottleneck really moves; medians over pictures.",
            (Series("share", "step", style="line"),),
            Axis("step", "step", "log"),
            Axis("error of what moved", "share"),
            n="points",
        ),
    ),
    "diffusion.steering": (
        Figure(
            "slider",
            "xy",
            "What is read of the attribute over the push, means with 95 % intervals.",
            (Series("mean", "amount", "", "line", over="family", low="low", high="high"),),
            Axis("push, in units of x_t", "amount"),
            Axis("attribute", "mean"),
            n="count",
            control=_RANDOM,
        ),
        Figure(
            "left",
            "xy",
            "Share of those that had the feature and still have it, with exact 95 % intervals.",
            (Series("left_share", "amount", "", "line", over="family", low="left_low", high="left_high"),),
            Axis("push, in units of x_t", "amount"),
            Axis("still have it", "left_share"),
            n="had",
            control=_RANDOM,
        ),
        Figure(
            "matrix",
            "matrix",
            "How far each direction moves each attribute, in deviations of that attribute.",
            (Series("cross"),),
            Axis("moved attribute"),
            Axis("direction of"),
            value="deviations",
            n="crossed",
            control=_RANDOM,
        ),
        Figure(
            "freed",
            "bars",
            "Effect on the attribute and on the one to be left alone, in deviations, with 95 % intervals: as found, "
            "less its projection, less a random one of the same length.",
            (
                Series("target_mean", label="attribute", low="target_low", high="target_high"),
                Series("drag_mean", label="to be left alone", low="drag_low", high="drag_high"),
            ),
            Axis("direction"),
            Axis("moved, in deviations", "target_mean"),
            n="count",
            control="A projection as long, upon a random direction.",
        ),
        Figure(
            "wall",
            "pictures",
            "The first pictures that had the feature, a row for each push.",
            (Series("picture", where={"family": "told"}),),
            Axis("picture"),
            n="had",
        ),
        Figure(
            "cosines",
            "matrix",
            "Cosines of the directions of all attributes.",
            (Series("cosine"),),
            Axis("direction"),
            Axis("direction"),
            value="cosine",
            n="reference",
        ),
    ),
    "diffusion.overpushing": (
        Figure(
            "diversity",
            "xy",
            "Mean difference of pairs of pictures that are all pushed alike, in per cent of untouched; 95 % bootstrap "
            "intervals over samples.",
            (Series("diversity", "amount", "", "line", over="way", low="diversity_low", high="diversity_high"),),
            Axis("push, in units of x_t", "amount"),
            Axis("difference of pairs", "diversity"),
            n="count",
            control=_RANDOM,
        ),
        Figure(
            "silhouette",
            "xy",
            "Share of pictures with one silhouette, which was chosen among others; exact 95 % intervals.",
            (Series("share", "amount", "", "line", over="way", low="share_low", high="share_high"),),
            Axis("push, in units of x_t", "amount"),
            Axis("with one silhouette", "share"),
            n="counted",
            control=_RANDOM,
        ),
        Figure(
            "wall",
            "pictures",
            "The first pictures at the farthest push, beside those of the control.",
            (Series("picture", over="way", where={"amount": 4}, every=4),),
            Axis("picture"),
            n="count",
            control=_RANDOM,
        ),
        Figure(
            "shapes",
            "matrix",
            "Share of all pictures that are brighter than their own median at each place, by the push.",
            tuple(Series("silhouette", label=f"push {k}", where={"way": 0, "amount": k}) for k in range(5)),
            aspect=0.3,
            value="share",
            n="count",
        ),
    ),
    "diffusion.manifest": (
        Figure(
            "painted",
            "bars",
            "Pictures that were painted to the end, by study.",
            (Series("painted"),),
            Axis("study"),
            Axis("pictures", "painted"),
        ),
    ),
}
