"""Figures of the diffusion analyses that films show: pictures, spectra, responses, walks and erasure with controls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tapehead.analysis.figures import Axis, Figure, Series

FAMILIES = ("bottleneck", "eigenfaces", "isotropic")
"""Where directions come from, the model's own first; the others are controls that every episode asks for."""
ABOUT_FAMILIES = (
    "Low-pass: random directions as coarse as the model's own (where those are as fine as white noise, that is what "
    "these are). Same spectrum: random, with the power of the model's own in every channel and ring of frequencies. "
    "Eigenfaces: principal components of training pictures. "
    "Isotropic: random directions."
)
SPECTRA = ("trained", "random")
CHANNELS = 4
"""Channels of x_t of the models here."""
EDITS = ("unedited", "projection", "clean side", "random", "both", "eigenface")
"""Edits whose pictures are shown side by side."""
ABOUT_EDITS = (
    "Random: every sample is moved as far as by 'clean side', along a low-pass random direction. Told: the difference "
    "of the means with and without strings, which needs labels. Both: clean side along one, then along the other. "
    "Eigenface: clean side along the direction that the training pictures give without the network."
)


def panels(name: str, axis: str, labels: tuple[str, ...], **fixed: int | str) -> tuple[Series, ...]:
    """One panel, or one colour of bars, per label of an axis."""
    return tuple(Series(name, label=label, where={axis: label, **fixed}) for label in labels)


def _channels(names: Mapping[str, str], **fixed: int | str) -> tuple[Series, ...]:
    """A panel per channel of each latent picture."""
    return tuple(
        Series(name, label=f"{label} {channel + 1}", where={"channel": channel, **fixed})
        for name, label in names.items()
        for channel in range(CHANNELS)
    )


def _by_time(network: str) -> Series:
    return Series("relative", label=f"{network}, t =", style="line", where={"network": network}, over="time")


_PICTURES: dict[str, tuple[Figure, ...]] = {
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
    "diffusion.nudges": (
        Figure(
            "nudges",
            "histogram",
            "How far the bottleneck moves when x_t is nudged by length one: random nudges, and the loudest direction "
            "there is.",
            (
                Series("isotropic", label="random"),
                Series("low_pass", label="random, as coarse"),
                Series("same_spectrum", label="random, same spectrum"),
                Series("sigma", label="loudest", style="mark", where={"direction": 0}),
                Series("network_isotropic_mean", label="random weights: random", style="mark"),
                Series(
                    "network_sigma",
                    label="random weights: loudest",
                    style="mark",
                    where={"direction": 0},
                ),
            ),
            Axis("length of J v for |v| = 1", "isotropic"),
            Axis("nudges"),
            n="draws",
            control="Random nudges of three kinds at the same point, and the same network with random weights.",
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
            control="One random nudge that is as coarse, and one of white noise.",
        ),
        Figure(
            "pictures",
            "matrix",
            "The loudest direction and two random ones as they are added to x_t, channel by channel (1 to 4), each "
            "of length 1.",
            _channels({"loudest": "loudest", "smooth_nudge": "low-pass", "random_nudge": "isotropic"}),
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
    "diffusion.spectra": (
        Figure(
            "singular-values",
            "xy",
            "All singular values of the Jacobian from picture to bottleneck over the largest, at several noise levels, "
            "of the trained network and of the same network with random weights.",
            (_by_time("trained"), _by_time("random")),
            Axis("direction (0 is the loudest)"),
            Axis("singular value over the first", scale="log"),
            n="dimensions",
            control="The same architecture with random weights, at the same points: one sample.",
            aspect=0.75,
        ),
        Figure(
            "tenth",
            "bars",
            "The tenth singular value over the first, at several noise levels.",
            panels("tenth", "network", SPECTRA),
            Axis("noise level t"),
            Axis("tenth over first singular value", "tenth"),
            n="samples",
            control="The same architecture with random weights, at the same points.",
        ),
        Figure(
            "energy",
            "bars",
            "How many of all directions are needed for most of the energy (the sum of the squared singular values; the "
            "share is in the result).",
            panels("needed_part", "network", SPECTRA),
            Axis("noise level t"),
            Axis("directions needed", "needed_part"),
            n="dimensions",
            control="The same architecture with random weights, at the same points.",
        ),
    ),
}

_EDITING: dict[str, tuple[Figure, ...]] = {
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

_ERASING: dict[str, tuple[Figure, ...]] = {
    "diffusion.erasure": (
        Figure(
            "counts",
            "bars",
            "Fresh portraits that hang on strings after each edit: all, those that did before, and new ones.",
            (
                Series("scored", label="with strings", low="scored_low", high="scored_high"),
                Series("kept", label="had them before"),
                Series("new", label="new"),
            ),
            Axis(""),
            Axis("portraits", "scored"),
            n="sample",
            control=ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "scores",
            "dots",
            "Score of strings of every fresh portrait after each edit; above zero it counts as strings.",
            (Series("score", label="portrait"),),
            Axis(""),
            Axis("score of strings", "score"),
            n="sample",
            control=ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "drift",
            "matrix",
            "How much each edit changes each attribute, root mean square over portraits.",
            (Series("drift", label="drift"),),
            Axis("attribute"),
            Axis("edit"),
            n="sample",
            control=ABOUT_EDITS,
            value="root mean square change",
            aspect=0.75,
        ),
        Figure(
            "correlation",
            "matrix",
            "Correlation of each attribute before and after each edit, over portraits.",
            (Series("correlation", label="before and after"),),
            Axis("attribute"),
            Axis("edit"),
            n="sample",
            control=ABOUT_EDITS,
            value="correlation",
            aspect=0.75,
        ),
        Figure(
            "probes",
            "bars",
            "How many of the fresh portraits a new probe (linear, or a small network) tells right, asked whether they "
            "would have had strings "
            "unedited; it is trained on edited samples.",
            (
                Series("probe", label="probe on the bottleneck", where={"space": "h"}),
                Series("probe", label="small network on the bottleneck", where={"space": "network"}),
                Series("probe", label="probe on x_t", where={"space": "x"}),
                Series("probe_shuffled", label="shuffled labels", where={"space": "h"}),
                Series("most", label="always no", style="mark"),
            ),
            Axis(""),
            Axis("told right", "probe"),
            n="sample",
            control="Probes on the bottleneck trained on shuffled labels, and always giving the commoner answer. "
            + ABOUT_EDITS,
            aspect=0.8,
        ),
        Figure(
            "old-probe",
            "bars",
            "What the direction itself, with a threshold from before the edit, still tells of the strings.",
            (Series("old_probe", label="first probe"), Series("most", label="always no", style="mark")),
            Axis(""),
            Axis("told right", "old_probe"),
            n="sample",
            control="Always giving the commoner answer.",
        ),
        Figure(
            "further",
            "xy",
            "What a new probe on x_t tells right when the direction and those of all probes before it have been "
            "projected out.",
            (
                Series("further", label="new probe", style="stem"),
                Series("most", label="always no", style="mark"),
            ),
            Axis("probes taken out before"),
            Axis("told right", "further"),
            n="sample",
            control="Always giving the commoner answer.",
        ),
        Figure(
            "before-and-after",
            "pictures",
            "Every eighth of the first fresh portraits, after each edit.",
            tuple(replace(series, every=8) for series in panels("picture", "method", EDITS)),
            Axis("portrait (from 1)"),
            n="sample",
            control=ABOUT_EDITS,
        ),
        Figure(
            "survivors",
            "pictures",
            "The portraits with the highest scores of strings after the last edit, every third of them and the last, "
            "before it and after it, and that score; above zero it counts as strings.",
            (Series("survivor_picture", x="survivor_score", x_where={"way": "after"}, every=3),),
            Axis("score of strings after the edit", "survivor_score"),
            n="place",
        ),
    ),
}

_CARRYING: dict[str, tuple[Figure, ...]] = {
    "diffusion.transport_ranks": (
        Figure(
            "held",
            "bars",
            "What is left of the energy of a direction that is carried over one step, by how many of the next place's "
            "directions it is laid into.",
            (
                Series("energy_mean", label="carried", low="energy_low", high="energy_high"),
                Series("energy_random", label="random tangent"),
            ),
            Axis("directions that hold it"),
            Axis("energy left", "energy_mean"),
            n="samples",
            control="Random tangents of the bottleneck at the first sample. Lines: 95 % intervals of the mean over "
            "samples (bootstrap).",
        ),
        Figure(
            "distance",
            "dots",
            "How far each sample's picture is from any puppet that can be drawn, at the end of each walk.",
            (Series("off", label="sample"),),
            Axis("walk"),
            Axis("root mean square difference", "off"),
            n="samples",
            control="The straight walk along the same direction, as long as the others.",
        ),
        Figure(
            "ends",
            "pictures",
            "The first samples unedited, and at the end of each walk.",
            (
                Series("start", label="unedited", every=4),
                *(Series("picture", label=walk, where={"walk": walk}, every=4) for walk in ("straight", "5", "all")),
            ),
            Axis("sample"),
            n="samples",
            control="The straight walk.",
        ),
    ),
    "diffusion.cured_portraits": (
        Figure(
            "counts",
            "bars",
            "Portraits from one caption that hang on strings, unedited and after the edits that were learnt from "
            "pictures without a caption.",
            (Series("scored", low="scored_low", high="scored_high"),),
            Axis(""),
            Axis("portraits on strings", "scored"),
            n="count",
            control="Random: moved as far along a random direction. Lines: exact 95 % intervals; the paired p are in "
            "the result (p).",
        ),
        Figure(
            "portraits",
            "pictures",
            "The first portraits from the caption, unedited and after each edit.",
            (Series("picture", over="method"),),
            Axis("portrait (from 1)"),
            n="shown",
            control="Random: moved as far along a random direction.",
        ),
    ),
}

FIGURES: dict[str, tuple[Figure, ...]] = {**_PICTURES, **_EDITING, **_ERASING, **_CARRYING}
