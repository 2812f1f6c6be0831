"""Figures of latent directions: pictures, loudness, spectra, directions with their controls, and the erasure."""

from __future__ import annotations

from analysis.figures import Axis, Figure, Series

FAMILIES = {
    "bottleneck": "loudest directions",
    "low-pass": "random, as coarse",
    "eigenfaces": "eigenfaces",
    "isotropic": "random",
}
SPECTRUM_AT = "900"


def _network(network: str, label: str) -> Series:
    return Series("relative", label=label, style="line", where={"network": network, "time": SPECTRUM_AT})


FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.portraits": (
        Figure(
            "portraits",
            "strip",
            "Samples of one caption that says nothing of strings.",
            (Series("picture", label="samples"),),
            n="samples",
            aspect=0.14,
        ),
        Figure(
            "scores",
            "matrix",
            "What a regressor, trained on drawn faces, reads off these samples.",
            (Series("score", label="attributes"),),
            n="samples",
            value="attribute",
        ),
    ),
    "diffusion.denoising": (
        Figure(
            "noise",
            "xy",
            "How far the guess at the finished picture still is from it, at each noise level.",
            (
                Series("change", x="t", label="its own final picture", style="line", where={"sample": 0}),
                Series("other", x="t", label="another sample's", style="line", where={"sample": 0}),
            ),
            Axis("noise level t", "t"),
            Axis("root mean square difference", "change"),
            n="steps",
            control="The distance to the final picture of another sample.",
        ),
    ),
    "diffusion.ghosts": (
        Figure(
            "ghosts",
            "strip",
            "The mean face plus and minus two standard deviations along the first principal components.",
            (Series("plus", label="plus"), Series("minus", label="minus")),
            n="faces",
            aspect=0.3,
        ),
        Figure(
            "variance",
            "xy",
            "Share of the variance of drawn faces that each principal component explains.",
            (
                Series("explained", label="faces", style="points"),
                Series("explained_random", label="independent pixels of equal variance", style="points"),
            ),
            Axis("component"),
            Axis("explained variance", "explained"),
            n="faces",
            control="Pictures with the same variance at each pixel and nothing in common.",
        ),
    ),
    "diffusion.nudges": (
        Figure(
            "loudness",
            "histogram",
            "How far the bottleneck moves for a push of length one: random pushes, and the first singular vector.",
            (
                Series("isotropic", label="random pushes"),
                Series("low_pass", label="random pushes, as coarse as V"),
                Series("sigma", label="first singular vector", style="mark", where={"direction": 0}),
            ),
            Axis("length of J v", "isotropic"),
            Axis("pushes"),
            n="draws",
            control="Random pushes as coarse as the singular vectors.",
        ),
    ),
    "diffusion.circle": (
        Figure(
            "ellipse",
            "plane",
            "The circle of pushes in the plane of the first two singular vectors, as the bottleneck moves.",
            (Series("ellipse", label="J v", style="path"),),
            Axis("along the first left vector", "ellipse"),
            Axis("along the second", "ellipse"),
            n="dimensions",
            aspect=0.9,
        ),
        Figure(
            "bent",
            "xy",
            "How far the true images of larger circles are from the ellipse.",
            (Series("bent", x="sizes", label="mean distance", style="line"),),
            Axis("push, part of the length of the picture", "sizes", "log"),
            Axis("distance", "bent"),
        ),
    ),
    "diffusion.spectra": (
        Figure(
            "spectrum",
            "xy",
            "Singular values of the bottleneck's Jacobian, largest first, as parts of the first.",
            (_network("trained", "trained"), _network("random", "random weights")),
            Axis("direction"),
            Axis("singular value, part of the first", "relative"),
            n="dimensions",
            control="A network of the same shape with random weights, at the same point.",
        ),
    ),
    "diffusion.strips": (
        Figure(
            "strips",
            "strip",
            "One unfinished picture pushed along the first three singular vectors and along a random direction, each "
            "painting finished.",
            (
                *(
                    Series("picture", label=f"v{number + 1}", where={"family": "bottleneck", "direction": number})
                    for number in range(3)
                ),
                Series("picture", label="random", where={"family": "isotropic", "direction": 0}),
            ),
            aspect=0.6,
            control="A random direction of the same lengths.",
        ),
        Figure(
            "change",
            "xy",
            "How much the finished painting changes.",
            tuple(
                Series("change", x="amount", label=label, style="line", where={"family": family, "direction": 0})
                for family, label in FAMILIES.items()
            ),
            Axis("push", "amount"),
            Axis("root mean square change", "change"),
            control="Random directions, and eigenfaces, which know the pictures.",
        ),
    ),
    "diffusion.responses": (
        Figure(
            "response",
            "matrix",
            "Mean size of what each direction changes in the finished face.",
            tuple(Series("size", label=label, where={"family": family}) for family, label in FAMILIES.items()),
            n="samples",
            columns=2,
            value="change",
            aspect=0.9,
            control="The same number of random directions, and of eigenfaces.",
        ),
        Figure(
            "switched",
            "bars",
            "Share of pictures in which one of the directions switches the strings on or off.",
            (Series("flips"),),
            Axis("directions"),
            Axis("pictures", "flips"),
            n="samples",
            control="Random directions, and eigenfaces.",
        ),
        Figure(
            "agreement",
            "dots",
            "Cosine of each picture's direction of strings to the mean of the others'.",
            (Series("held_out"),),
            Axis("directions"),
            Axis("cosine", "held_out"),
            n="samples",
            control="Directions picked in the same way from random ones; eigenfaces are the same in every picture.",
        ),
    ),
    "diffusion.repeated_steps": (
        Figure(
            "walks",
            "xy",
            "Mean distance of the painting to the nearest drawn puppet while one direction is followed.",
            (Series("off_mean", style="line", over="walk"),),
            Axis("step"),
            Axis("root mean square distance", "off_mean"),
            n="samples",
            control="Straight walks along random directions.",
        ),
    ),
    "diffusion.erasure": (
        Figure(
            "strings",
            "bars",
            "Pictures on strings before and after the edit.",
            (Series("scored"),),
            Axis("edit"),
            Axis("pictures on strings", "scored"),
            n="count",
            control="A push as long in a random direction; a direction found with labels.",
        ),
        Figure(
            "drift",
            "matrix",
            "How far each attribute moved.",
            (Series("drift", label="root mean square change"),),
            n="count",
            value="change",
        ),
        Figure(
            "probe",
            "bars",
            "Answers of a newly trained probe on the bottleneck that are right.",
            (
                Series("probe", label="new probe", where={"space": "h"}),
                Series("probe_shuffled", label="trained on shuffled labels", where={"space": "h"}),
            ),
            Axis("edit"),
            Axis("right answers", "probe"),
            n="count",
            control="A probe trained on shuffled labels.",
        ),
    ),
}
