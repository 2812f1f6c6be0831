"""Figures of walks along directions and what they change."""

from __future__ import annotations

from tapehead.analysis.diffusion.figures.shared import ABOUT_FAMILIES, CHANNELS, FAMILIES, panels
from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.strips": (
        Figure(
            "loudest",
            "pictures",
            "One unfinished portrait pushed both ways along its loudest directions, and painted to the end each time.",
            (Series("picture", x="amount", label="v", where={"family": "bottleneck"}),),
            Axis("push, in units of x_t", "amount"),
            n="direction",
        ),
        Figure(
            "families",
            "pictures",
            "The same portrait pushed as far along the first direction of each family.",
            (Series("picture", x="amount", where={"direction": 0}),),
            Axis("push, in units of x_t", "amount"),
            n="place",
            control=ABOUT_FAMILIES,
        ),
        Figure(
            "change",
            "xy",
            "How much the finished picture changes with the push along the first direction of each family.",
            (Series("change", "amount", "", "line", {"direction": 0}, over="family"),),
            Axis("push, in units of x_t", "amount"),
            Axis("root mean square change", "change"),
            n="place",
            control=ABOUT_FAMILIES + " One portrait; pixels go from 0 to 1.",
        ),
        Figure(
            "off",
            "xy",
            "How far the pushed portrait is from anything that the puppets' drawing can make.",
            (Series("off", "amount", "", "line", {"direction": 0}, over="family"),),
            Axis("push, in units of x_t", "amount"),
            Axis("distance to the nearest render", "off"),
            n="place",
            control=ABOUT_FAMILIES + " One portrait; pixels go from 0 to 1.",
        ),
        Figure(
            "scores",
            "matrix",
            "What a regressor reads off the pictures along the three loudest directions, place by place.",
            tuple(
                Series("score", label=f"v {place + 1}", where={"family": "bottleneck", "direction": place})
                for place in range(3)
            ),
            Axis("attribute"),
            Axis("place"),
            value="score",
            aspect=0.5,
        ),
        Figure(
            "directions",
            "matrix",
            "The three loudest directions as they are added to x_t, channel by channel.",
            tuple(
                Series(
                    "v", label=f"v {place + 1}, channel {channel + 1}", where={"direction": place, "channel": channel}
                )
                for place in range(3)
                for channel in range(CHANNELS)
            ),
            aspect=0.8,
            columns=CHANNELS,
            value="direction",
        ),
    ),
    "diffusion.responses": (
        Figure(
            "responses",
            "matrix",
            "What each direction (0 is the first) does to the finished picture: half the difference of every "
            "attribute when x_t is pushed one way and the other, its magnitude averaged over samples.",
            panels("size", "family", FAMILIES),
            Axis("attribute"),
            Axis("direction"),
            n="samples",
            control=ABOUT_FAMILIES,
            value="mean magnitude",
            columns=2,
            aspect=0.72,
        ),
        Figure(
            "agreement",
            "matrix",
            "In how many pairs of samples a direction (0 is the first) moves an attribute the same way.",
            panels("agreement", "family", FAMILIES),
            Axis("attribute"),
            Axis("direction"),
            n="samples",
            control=ABOUT_FAMILIES + " Signs of singular vectors are arbitrary: half is chance.",
            value="pairs that agree",
            columns=2,
            aspect=0.72,
        ),
        Figure(
            "flips",
            "bars",
            "Share of samples in which strings come or go between the two ways along the best direction.",
            (Series("flips", low="flips_low", high="flips_high"),),
            Axis("directions"),
            Axis("samples that change sides", "flips"),
            n="samples",
            control=ABOUT_FAMILIES + " Lines: exact 95 % intervals; the paired p are in the result (flips_p).",
        ),
        Figure(
            "same-arrow",
            "dots",
            "Cosine of each sample's best direction, turned towards strings, to the mean of the other samples' ones.",
            (Series("held_out", label="sample"),),
            Axis("directions"),
            Axis("cosine to the others' mean", "held_out"),
            n="samples",
            control=ABOUT_FAMILIES + " Eigenfaces are the same at every sample: where all samples pick one, the "
            "cosine is 1.",
        ),
        Figure(
            "effects",
            "dots",
            "How much the best direction of each sample changes the score of strings, and the other attributes on "
            "their root mean square.",
            (Series("pick", label="strings"), Series("pick_other", label="other attributes")),
            Axis("directions"),
            Axis("change of the score", "pick"),
            n="samples",
            control=ABOUT_FAMILIES,
        ),
        Figure(
            "disentanglement",
            "bars",
            "Disentanglement (DCI): 1 would be a direction that moves one attribute alone; mean over directions by the "
            "size of what they do, and over samples.",
            (Series("disentangled"),),
            Axis("directions"),
            Axis("disentanglement", "disentangled"),
            n="samples",
            control=ABOUT_FAMILIES,
        ),
        Figure(
            "pictures",
            "pictures",
            "Every sample pushed along its best direction, away from strings and towards them, and left as it was.",
            (Series("picture", over="way"),),
            Axis("sample (from 1)"),
            n="samples",
        ),
    ),
}
