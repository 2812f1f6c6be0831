"""Figures of naps fitted from noses and ears."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

CATS = "linear.cat_table"

FIGURES: dict[str, tuple[Figure, ...]] = {
    "linear.nap_fit": (
        Figure(
            "predictions",
            "xy",
            "Nap predicted from the nose alone (a line through zero) beside the naps of all cats.",
            (
                Series("nap", "nose", "measured", source=CATS, x_source=CATS),
                Series("predicted", "nose", "predicted from the nose", "line", {"model": "nose"}, x_source=CATS),
            ),
            Axis("nose", f"{CATS}/nose"),
            Axis("nap", "predicted"),
            n="cat",
        ),
        Figure(
            "residuals",
            "xy",
            "What is left of every nap when the prediction is taken away, over the ear, for the two models: the slope "
            "that the nose alone leaves is gone once the ear is known.",
            (Series("residual", "ear", "left over by", over="model", x_source=CATS),),
            Axis("ear", f"{CATS}/ear"),
            Axis("nap minus prediction", "residual"),
            n="cat",
        ),
        Figure(
            "sweep",
            "xy",
            "Error of the rule nap = w · nose for every weight w; the mark is the weight that the fit chooses.",
            (
                Series("sweep_rms", "sweep_w", "error", "line"),
                Series("rms", "weight_nose", "fitted", where={"model": "nose"}),
            ),
            Axis("weight w", "sweep_w"),
            Axis("root mean squared error", "sweep_rms"),
            n="cat",
        ),
        Figure(
            "shuffled-ears",
            "histogram",
            "Error of the fit with nose and ear when the ears are shuffled among the cats, and with the real ears.",
            (
                Series("null_rms", label="shuffled ears"),
                Series("rms", label="real ears", style="mark", where={"model": "nose and ear"}),
                Series("rms", label="nose alone", style="mark", where={"model": "nose"}),
            ),
            Axis("root mean squared error", "null_rms"),
            Axis("shuffles"),
            n="shuffle",
            control="Ears shuffled among the cats, both weights fitted again each time.",
        ),
    ),
}
