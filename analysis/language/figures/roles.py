"""Figures of the measured roles of heads."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.language.figures.shared import each

WHERE = ("members", "earlier in", "last", "everywhere")
ROLES = ("last-member reader", "agreement head", "answer writer", "template reader")

FIGURES: dict[str, tuple[Figure, ...]] = {
    "language.roles": (
        Figure(
            "where",
            "matrix",
            "What is lost for numerals when a head is silenced only at the members, only at the earlier words 'in', "
            "only at the last word, or everywhere. Negative: the difference grows.",
            tuple(Series("head_cost", label=where, where={"task": "numerals", "where": where}) for where in WHERE),
            n="prompts",
            aspect=0.62,
            columns=2,
            value="lost",
        ),
        Figure(
            "reader",
            "bars",
            "The same for head 0.6 alone, for each kind of sequence.",
            each("head_cost", "head_cost_low", "head_cost_high", layer="0", head="6"),
            Axis("silenced at"),
            Axis("lost", "head_cost"),
            n="prompts",
        ),
        Figure(
            "templates",
            "bars",
            "The trap: what head 0.4 costs when its mean runs over all verbs, and over prompts of its own verb.",
            (
                Series(
                    "head_cost",
                    label="mean over all verbs",
                    where={"layer": "0", "head": "4", "where": "everywhere"},
                    low="head_cost_low",
                    high="head_cost_high",
                ),
                Series(
                    "head_cost_own_template",
                    label="mean over its own verb",
                    where={"layer": "0", "head": "4"},
                    low="head_cost_own_template_low",
                    high="head_cost_own_template_high",
                ),
            ),
            Axis("what is counted"),
            Axis("lost", "head_cost"),
            n="prompts",
            control="Means within each template, which keep what tells the verbs apart.",
        ),
        Figure(
            "roles",
            "matrix",
            "Which heads have which role in all three kinds of sequence.",
            tuple(Series("head_role_all", label=role, where={"role": role}) for role in ROLES),
            n="prompts",
            aspect=0.62,
            columns=2,
            value="has the role",
        ),
    ),
}
