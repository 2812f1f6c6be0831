"""Figures of the analyses of friendships."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

FIGURES: dict[str, tuple[Figure, ...]] = {
    "friends.toy": (
        Figure(
            "walks",
            "matrix",
            "Friendships of six persons, and the walks of two and of three steps between them.",
            (Series("links", label="friends"), Series("two", label="two steps"), Series("three", label="three steps")),
            aspect=0.42,
            value="walks",
        ),
    ),
    "friends.fence": (
        Figure(
            "fence",
            "xy",
            "Walks over common friends for every pair, both as log(1 + x).",
            (Series("y", "x", "pairs"),),
            Axis("log(1 + common friends)", "x"),
            Axis("log(1 + walks)", "y"),
            n="pairs",
        ),
        Figure(
            "scores-in-the-plane",
            "matrix",
            "The score of the bent and of the straight machine over that plane; the fence is where it is zero.",
            (Series("bent", label="bent"), Series("straight", label="straight")),
            aspect=0.5,
            value="score",
        ),
    ),
    "friends.ladder": (
        Figure(
            "ladder",
            "bars",
            "Accuracy and area under the ROC curve of the published SVM as leak after leak is stopped, with 95 % "
            "bootstrap intervals.",
            (
                Series("accuracy", label="accuracy", low="accuracy_low", high="accuracy_high"),
                Series("auc", label="area", low="auc_low", high="auc_high"),
            ),
            Axis("step"),
            Axis("share", "accuracy"),
        ),
        Figure(
            "models",
            "bars",
            "Areas under the ROC curve at the last step, with 95 % bootstrap intervals.",
            (Series("model_auc", low="model_auc_low", high="model_auc_high"),),
            Axis("model"),
            Axis("area", "model_auc"),
            control="Labels shuffled among the pairs before anything is fitted.",
        ),
    ),
    "friends.transfer": (
        Figure(
            "transfer",
            "matrix",
            "Rows: learned on; columns: tested on. Accuracy in the published way, and fair areas under the curve.",
            (Series("accuracy", label="accuracy, as published"), Series("honest", label="area, fair")),
            aspect=0.5,
            value="share",
            control="With the tested labels shuffled the fair areas lie about one half.",
        ),
    ),
    "friends.removal": (
        Figure(
            "removal",
            "xy",
            "Accuracy and area under the curve when links are taken away and looked for, with 95 % intervals.",
            (
                Series("accuracy", "removed", "accuracy", low="accuracy_low", high="accuracy_high"),
                Series("auc", "removed", "area", low="auc_low", high="auc_high"),
                Series("always", "removed", "always saying strangers", "line"),
            ),
            Axis("links taken away", "removed"),
            Axis("share", "accuracy"),
            n="repeats",
            control="Always saying strangers.",
        ),
    ),
    "friends.published_study": (
        Figure(
            "published-transfer",
            "matrix",
            "Accuracy as published; rows: learned on, columns: tested on.",
            (Series("accuracy"),),
            value="accuracy",
        ),
        Figure(
            "published-removal",
            "xy",
            "Accuracy as published when links are taken away.",
            (Series("removal_accuracy", "removed", "accuracy"),),
            Axis("links taken away", "removed"),
            Axis("accuracy", "removal_accuracy"),
        ),
    ),
    "friends.reference_rerun": (
        Figure(
            "rerun",
            "bars",
            "Areas of one transfer, by ranks and by verdicts alone, in the reference re-run.",
            (Series("small_to_b"),),
            Axis("judged by"),
            Axis("area", "small_to_b"),
        ),
    ),
}
