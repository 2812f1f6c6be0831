"""Figures of likeness inside a network: overlaps and nulls, boxes, shifts, many pairs, networks that learn XOR."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "vision.published_overlaps": (
        Figure(
            "overlaps",
            "bars",
            "Overlaps as published.",
            (Series("overlap"),),
            Axis("pair"),
            Axis("overlap", "overlap"),
            control="Two random sets.",
        ),
    ),
    "vision.chance_in": (
        # Outcomes are discrete, and bins of equal width would stand beside them: the law is shown, outcome by outcome.
        Figure(
            "law",
            "xy",
            "Overlap of two sets by chance alone: the exact law, outcome by outcome.",
            (Series("probability", "overlap", style="stem"),),
            Axis("overlap", "overlap"),
            Axis("probability", "probability"),
        ),
    ),
    "vision.anatomy": (
        Figure(
            "ranked",
            "xy",
            "All values of the layer for one picture, the largest first.",
            (Series("ranked", style="line"),),
            Axis("rank"),
            Axis("activation", "ranked"),
        ),
        Figure(
            "near-null",
            "histogram",
            "Overlap of the first picture with the near one, and with its channels shuffled.",
            (
                Series("channel_overlap", label="shuffled channels", where={"pair": "near"}),
                Series("overlap", label="measured", style="mark", where={"pair": "near"}),
            ),
            Axis("overlap", "channel_overlap"),
            Axis("shuffles"),
            n="shuffles",
            control="Shuffled channels keep their places.",
        ),
        Figure(
            "far-null",
            "histogram",
            "Overlap of the first picture with the far one, and with its channels shuffled.",
            (
                Series("channel_overlap", label="shuffled channels", where={"pair": "far"}),
                Series("overlap", label="measured", style="mark", where={"pair": "far"}),
            ),
            Axis("overlap", "channel_overlap"),
            Axis("shuffles"),
            n="shuffles",
            control="Shuffled channels keep their places.",
        ),
    ),
    "vision.shifts": (
        Figure(
            "shifts",
            "xy",
            "A thing is moved aside: overlap of channel and place, and of channels alone.",
            (
                Series("placed", "pixels", "channel and place"),
                Series("channels", "pixels", "channels"),
            ),
            Axis("moved by", "pixels"),
            Axis("overlap", "placed"),
        ),
    ),
    "vision.occlusion": (
        Figure(
            "map",
            "matrix",
            "Overlap with the uncovered picture for every place of a black box.",
            (Series("likeness"),),
            value="overlap",
            control="A box over the sky.",
        ),
        Figure(
            "answer",
            "matrix",
            "Probability of the right answer for every place of a black box.",
            (Series("probability"),),
            value="probability",
            control="A box over the sky.",
        ),
        Figure(
            "curve",
            "xy",
            "Overlap with the uncovered picture while a black box goes across the height of the head.",
            (Series("curve", "at"),),
            Axis("middle of the box, in widths of the picture", "at"),
            Axis("overlap", "curve"),
        ),
    ),
    "vision.covers": (
        Figure(
            "left",
            "bars",
            "Overlap with the uncovered picture under a black box, with 95 % bootstrap intervals.",
            (Series("mean", low="low", high="high"),),
            Axis("what the box covers"),
            Axis("overlap", "mean"),
            n="pictures",
            control="A box of the same size over the sky.",
        ),
    ),
    "vision.pairs": (
        Figure(
            "overlaps",
            "dots",
            "Overlap of the most active tenth of a layer, pair by pair.",
            (Series("value", where={"measure": "overlap"}),),
            Axis("pairs"),
            Axis("overlap", "value"),
            n="pairs",
            control="Pairs of an animal and a vehicle.",
        ),
        Figure(
            "measures",
            "bars",
            "How often a pair of near kinds scores above a pair of far kinds, with 95 % bootstrap intervals.",
            (Series("auc", low="low", high="high"),),
            Axis("measure"),
            Axis("area", "auc"),
            n="pairs",
            control="The pixels themselves; chance is one half.",
        ),
        Figure(
            "steps",
            "bars",
            "How often a pair of the group named first has more overlap than one of the second, with 95 % intervals.",
            (Series("step_auc", where={"measure": "overlap"}, low="step_low", high="step_high"),),
            Axis("groups"),
            Axis("area", "step_auc"),
            n="pairs",
            control="Chance is one half.",
        ),
        Figure(
            "sizes",
            "xy",
            "The lower end of the interval of the area that so many pairs in each group would give.",
            (
                Series("size_low", "size", "overlap", where={"measure": "overlap"}),
                Series("size_low", "size", "pixels", where={"measure": "pixels"}),
                Series("size_low", "size", "linear CKA", where={"measure": "linear CKA"}),
            ),
            Axis("pairs in each group", "size", "log"),
            Axis("lower end of the area", "size_low"),
            control="Above one half, near and far are told apart.",
        ),
    ),
    "vision.xor_networks": (
        Figure(
            "solutions",
            "bars",
            "Networks that came to each solution, up to exchange and sign of the hidden units.",
            (Series("solution_size"),),
            Axis("solution"),
            Axis("networks", "solution_size"),
            n="networks",
            control="The untrained starts fall into as many solutions as there are networks.",
        ),
    ),
    "vision.xor_roles": (
        Figure(
            "roles",
            "bars",
            "Networks by what their two hidden units tell apart.",
            (Series("pair_count"),),
            Axis("roles of both units"),
            Axis("networks", "pair_count"),
            n="networks",
        ),
        Figure(
            "apart",
            "bars",
            "Mean distance between the weights of two networks, as they stand and up to exchange and sign.",
            (Series("plain", label="as they stand"), Series("aligned", label="turned")),
            Axis("pairs of networks"),
            Axis("distance", "plain"),
            control="Pairs of networks with other roles.",
        ),
    ),
    "vision.xor_match": (
        Figure(
            "weights",
            "bars",
            "Weights of two networks that compute the same, and of one that works otherwise.",
            tuple(Series("weights", label=name, where={"network": name}) for name in ("first", "second", "other")),
            Axis("weight"),
            Axis("value", "weights"),
        ),
    ),
}
