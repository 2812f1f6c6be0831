"""Figures of the transplanted step: a downward count's activations in an upward one."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

AT = {"layer": "=onward_chosen_layer"}
"""The layer that the analysis chose on other prompts."""

FIGURES: dict[str, tuple[Figure, ...]] = {
    "language.step_transplant": (
        Figure(
            "table",
            "matrix",
            "How often the answer is the member before the last one, after the attention output at the last word, in "
            "the chosen layer and all above it, was taken from a prompt that counts down to the same member (rows: "
            "the donor's kind; columns: the receiver's).",
            (
                Series("onward_chosen_previous", label="donor counts down"),
                Series("onward_control_previous", label="donor counts up", where=AT),
            ),
            aspect=0.5,
            control="A donor that counts up like the receiver.",
            value="previous member",
        ),
        Figure(
            "layers",
            "xy",
            "The same for a donor of numerals by the layer from which heads are taken, with its control.",
            (
                Series(
                    "onward_previous",
                    label="into",
                    style="line",
                    where={"donor": "numerals"},
                    over="receiver",
                    low="onward_previous_low",
                    high="onward_previous_high",
                ),
                Series(
                    "onward_control_previous",
                    label="control, into",
                    style="line",
                    where={"donor": "numerals"},
                    over="receiver",
                ),
            ),
            Axis("from layer"),
            Axis("answers that are the previous member", "onward_previous"),
            control="A donor that counts up like the receiver.",
        ),
        Figure(
            "across",
            "bars",
            "Within a kind and across kinds, with the control.",
            (
                Series("onward_own_previous", label="own kind"),
                Series("onward_own_control", label="own kind, control"),
                Series("onward_cross_previous", label="other kind"),
                Series("onward_cross_control", label="other kind, control"),
            ),
            Axis(""),
            Axis("answers that are the previous member", "onward_own_previous"),
            control="A donor that counts up like the receiver.",
        ),
    ),
}
