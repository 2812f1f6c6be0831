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
    "friends.knee": (
        Figure(
            "knees",
            "matrix",
            "Areas under the ROC curve of the published SVM by its scores, and what its verdicts alone add to them or "
            "take away. Rows: learned on; columns: tested on.",
            (Series("ranks", label="area by scores"), Series("gap", label="verdicts less scores")),
            aspect=0.5,
            value="area",
            control="Both areas come from one draw of the pairs; intervals of their difference are stored.",
        ),
        Figure(
            "curves",
            "xy",
            "The two transfers whose area the verdicts miss most, one on either side.",
            (Series("tpr", "fpr", over="case", style="line"),),
            Axis("strangers taken for friends", "fpr"),
            Axis("friends found", "tpr"),
        ),
    ),
    "friends.circles": (
        Figure(
            "circles",
            "bars",
            "Areas under the ROC curve in two networks that come with networkx, tested links hidden and near pairs "
            "only, with 95 % bootstrap intervals over pairs.",
            (
                Series("honest", label="logistic model", low="honest_low", high="honest_high"),
                Series("one", label="common friends alone", low="one_low", high="one_high"),
                Series("null_high", label="97.5 % of shuffled labels"),
            ),
            Axis("network"),
            Axis("area", "honest"),
            control="Labels shuffled among the pairs before anything is fitted.",
        ),
    ),
    "friends.links": (
        Figure(
            "links",
            "plane",
            "Who is friends with whom in two networks that come with networkx, as places in an order that lays friends "
            "side by side.",
            (Series("pair"),),
            Axis("person"),
            Axis("friend"),
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
