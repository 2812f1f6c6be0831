"""Figures of pictures being painted: portraits, denoising, averages, nudges, the circle."""

from __future__ import annotations

from tapehead.analysis.diffusion.figures.shared import CHANNELS, channels_of
from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "diffusion.portraits": (
        Figure(
            "portraits",
            "pictures",
            "Portraits painted from one noise after the other, and the score of strings that a regressor reads off "
            "each; above zero it counts as strings.",
            (Series("picture", x="score", x_where={"attribute": "strings"}),),
            Axis("score of strings"),
            n="samples",
            columns=6,
        ),
        Figure(
            "strings",
            "xy",
            "Score of strings of each portrait, read by a regressor; above zero it counts as strings.",
            (Series("score", label="portrait", style="stem", where={"attribute": "strings"}),),
            Axis("portrait (from 0)"),
            Axis("score of strings", "score"),
            n="samples",
        ),
        Figure(
            "scores",
            "matrix",
            "What a regressor, trained on drawn faces, reads off each portrait, attribute by attribute.",
            (Series("score", label="score"),),
            Axis("attribute"),
            Axis("portrait (from 0)"),
            n="samples",
            value="score",
            aspect=0.75,
        ),
    ),
    "diffusion.denoising": (
        Figure(
            "steps",
            "pictures",
            "From noise to a face: the unfinished picture decoded as it is, and the finished one that the network sees "
            "in it, over the noise level.",
            (
                Series("noisy", x="t", label="x_t", where={"sample": 0}, every=5),
                Series("guess", x="t", label="guess", where={"sample": 0}, every=5),
                Series("noisy", x="t", label="another x_t", where={"sample": 1}, every=5),
                Series("guess", x="t", label="its guess", where={"sample": 1}, every=5),
            ),
            Axis("noise level t (of 1000)"),
            n="sample",
        ),
        Figure(
            "guesses",
            "xy",
            "How far the guess of a sample still is from its final picture, over the noise level.",
            (
                Series("change", "t", "its own final picture", "line", {"sample": 0}),
                Series("other", "t", "another sample's final picture", "line", {"sample": 0}),
            ),
            Axis("noise level t", "t"),
            Axis("root mean square difference", "change"),
            n="sample",
            control="The distance to the final picture of the other sample. Pixels go from 0 to 1.",
        ),
        Figure(
            "noise",
            "xy",
            "How much of the unfinished picture is noise at each noise level.",
            (Series("noise_part", "t", "share of noise, √(1 − ᾱ)", "line"),),
            Axis("noise level t", "t"),
            Axis("share of noise", "noise_part"),
            n="steps",
        ),
    ),
    "diffusion.ghosts": (
        Figure(
            "components",
            "xy",
            "How much of the variance of the faces each principal component holds, and of pictures that have the same "
            "variance at every pixel and nothing in common.",
            (Series("explained", label="faces", style="stem"), Series("explained_random", label="unrelated pixels")),
            Axis("component (from 0)"),
            Axis("share of the variance", "explained"),
            n="faces",
            control="The same number of pictures of independent noise, with each pixel's own variance.",
        ),
        Figure(
            "together",
            "xy",
            "How much of the variance the first components hold together.",
            (Series("together", label="first components", style="line"),),
            Axis("component (from 0)"),
            Axis("share of the variance, summed", "together"),
            n="faces",
        ),
        Figure(
            "ghosts",
            "pictures",
            "The first eigenfaces: the average less two standard deviations of each, the component itself (grey is "
            "zero), and the average plus as much.",
            (
                Series("minus", label="less"),
                Series("ghost", label="ghost"),
                Series("plus", label="plus"),
            ),
            Axis("component (from 1)"),
            n="faces",
        ),
        Figure(
            "rebuilt",
            "pictures",
            "A face that was not among them put together from the average alone (left) and more and more ghosts, and "
            "how far each is from the face itself.",
            (Series("rebuilt", x="error"),),
            Axis("root mean square error, with one ghost more each time"),
            n="faces",
        ),
        Figure(
            "average",
            "pictures",
            "The average of the faces, and the face that is put together from it and the ghosts.",
            (Series("mean", label="average"), Series("original", label="a face")),
            n="faces",
            aspect=0.5,
        ),
    ),
    "diffusion.grain": (
        Figure(
            "stripes",
            "histogram",
            "How far the bottleneck moves for pushes of one per cent: random ones with the stripes of the loudest "
            "push, and that push itself.",
            (
                Series("heard", label="random, with the same stripes"),
                Series("heard_loudest", label="the loudest push", style="mark"),
            ),
            Axis("movement per length of the push", "heard"),
            Axis("pushes"),
            n="draws",
            control="Random pushes with the power of the loudest one at every frequency of every channel.",
        ),
    ),
    "diffusion.nudges": (
        Figure(
            "nudges",
            "histogram",
            "How far the bottleneck moves, per length of the nudge, when x_t is nudged by a hundredth of its length: "
            "random nudges, random ones with the spectrum of the loudest directions, the best of ten eigenfaces, and "
            "the loudest direction there is.",
            (
                Series("heard_isotropic", label="random"),
                Series("heard_same_spectrum", label="random, same spectrum"),
                Series("heard_high", label="best eigenface", style="mark", where={"kind": "eigenface"}),
                Series("heard", label="loudest", style="mark", where={"kind": "loudest"}),
            ),
            Axis("change of h per length", "heard"),
            Axis("nudges"),
            n="draws",
            control="Random nudges of two kinds, and the first eigenfaces, at the same point.",
        ),
        Figure(
            "directions",
            "xy",
            "Singular values of the Jacobian at one point, what eigenfaces of the training pictures reach, and the "
            "singular values of the network with random weights.",
            (
                Series("sigma", label="singular values", style="stem"),
                Series("eigenface", label="eigenfaces"),
                Series("network_sigma", label="network with random weights"),
            ),
            Axis("direction (0 is the loudest)"),
            Axis("length of J v for |v| = 1", "sigma"),
            n="direction",
            control="Eigenfaces in the order of their variance; the same network with random weights.",
        ),
        Figure(
            "heard",
            "bars",
            "The same measured with a nudge of finite length (a hundredth of that of x_t), with no Jacobian: how far "
            "the bottleneck moves, per length of the nudge.",
            (Series("heard"),),
            Axis("nudge"),
            Axis("change of h per length", "heard"),
            n="dimensions",
            control="Means over the random nudges of each kind and over the eigenfaces; low-pass ones are as coarse "
            "as the loudest.",
        ),
        Figure(
            "pictures",
            "matrix",
            "The loudest direction and two random ones as they are added to x_t, channel by channel (1 to 4), each "
            "of length 1.",
            channels_of({"loudest": "loudest", "smooth_nudge": "low-pass", "random_nudge": "isotropic"}),
            aspect=0.8,
            columns=CHANNELS,
            value="direction",
        ),
        Figure(
            "wall",
            "pictures",
            "The unfinished picture at which all this was measured, decoded as it is.",
            (Series("shown", label="x_t"),),
        ),
    ),
    "diffusion.circle": (
        Figure(
            "ellipse",
            "plane",
            "All nudges of length one in the plane of the two loudest directions, sent through the Jacobian, in the "
            "plane of the first two left singular vectors; and the same measured on the network itself, divided by the "
            "size of the step: the greater the step, the less it is an ellipse.",
            (
                Series("ellipse", label="Jacobian", style="path", closed=True),
                *(
                    Series("true", label=f"network, {name} step", style=style, where={"size": place}, closed=True)
                    for place, (name, style) in enumerate(
                        (("smallest", "points"), ("middle", "path"), ("greatest", "path"))
                    )
                ),
            ),
            Axis("along u₁", "ellipse"),
            Axis("along u₂", "ellipse"),
            n="angle",
            control="The network itself at three sizes of the step; the figure 'bent' has them and their error.",
            aspect=0.88,
        ),
        Figure(
            "ruler",
            "plane",
            "The circle of nudges of length one, and the nudges that are noticed as much as the loudest of them: the "
            "ruler of the pullback metric.",
            (
                Series("circle", label="of length one", style="path", closed=True),
                Series("ruler", label="noticed alike", style="path", closed=True),
            ),
            Axis("along v₁", "circle"),
            Axis("along v₂", "circle"),
            n="angle",
            aspect=0.88,
        ),
        Figure(
            "lengths",
            "xy",
            "How far the bottleneck moves for a nudge of length one, all around three planes.",
            (
                Series("length", "angle", "two loudest", "line"),
                Series("smooth_length", "angle", "random, as coarse", "line"),
                Series("random_length", "angle", "random", "line"),
            ),
            Axis("angle", "angle"),
            Axis("length of J v for |v| = 1", "length"),
            n="angle",
            control="A random plane that is as coarse, and one of white noise; where the loudest directions are as "
            "fine as noise the two are one plane.",
        ),
        Figure(
            "axes",
            "bars",
            "Half axes of the ellipse that the circle becomes, in four planes.",
            (
                Series("sigma", label="two loudest"),
                Series("smooth_sigma", label="random, as coarse"),
                Series("random_sigma", label="random"),
                Series("network_sigma", label="loudest of random weights"),
            ),
            Axis("half axis (0 is the longer)"),
            Axis("singular value", "sigma"),
            n="dimensions",
            control="Random planes, one as coarse and one of white noise (the same where the loudest are as fine as "
            "noise), and the two loudest directions of the network with random weights.",
        ),
        Figure(
            "bent",
            "xy",
            "How far the network's own answer is from the ellipse, over the size of the step.",
            (Series("bent", "sizes", "mean distance, of the mean radius", "stem"),),
            Axis("step, of the length of x_t", "sizes", "log"),
            Axis("distance from the ellipse", "bent"),
            n="angle",
        ),
    ),
}
FIGURES["diffusion.album"] = FIGURES["diffusion.ghosts"]
