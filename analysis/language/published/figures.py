"""Figures of the hackathon's published numbers (``published.results.one_is_one``)."""

from __future__ import annotations

from tapehead.analysis.figures import Axis, Figure, Series

KINDS = ("numerals", "words", "months")


def _each(name: str) -> tuple[Series, ...]:
    return tuple(Series(name, label=kind, where={"task": kind}) for kind in KINDS)


FIGURES: dict[str, tuple[Figure, ...]] = {
    "published.one_is_one": (
        Figure(
            "differences",
            "bars",
            "Logit difference between the next member and the last one shown, as the hackathon measured it, on very "
            "few prompts each.",
            (Series("difference"),),
            Axis("sequence"),
            Axis("logit difference", "difference"),
            n="prompts",
            aspect=0.8,
        ),
        Figure(
            "patched-heads",
            "matrix",
            "Activation patching of each head's output in GPT-2 small: 1 is the clean run, 0 the corrupted one.",
            _each("patch_head_output"),
            aspect=0.42,
            value="restored",
        ),
        Figure(
            "patched-parts",
            "matrix",
            "The same for numerals, with a head's whole output, only its values, or only its pattern.",
            tuple(
                Series(f"patch_head_{part}", label=part, where={"task": "numerals"})
                for part in ("output", "value", "pattern")
            ),
            aspect=0.42,
            value="restored",
        ),
        Figure(
            "patched-stream",
            "matrix",
            "Patching the residual stream before each layer, at each member.",
            _each("patch_residual"),
            aspect=0.75,
            value="restored",
        ),
        Figure(
            "patched-layers",
            "matrix",
            "Patching the output of all heads of a layer, and of its MLP, for numerals.",
            (
                Series("patch_attention", label="attention", where={"task": "numerals"}),
                Series("patch_mlp", label="MLP", where={"task": "numerals"}),
            ),
            aspect=0.9,
            value="restored",
        ),
        Figure(
            "attributed-heads",
            "matrix",
            "What each head writes into the logit difference directly.",
            _each("attribution_heads"),
            aspect=0.42,
            value="attributed",
        ),
        Figure(
            "neurons-of-mlp-9",
            "bars",
            "The five neurons of MLP 9 with the largest effect when patched.",
            (Series("neurons_9"),),
            Axis("neuron of MLP 9"),
            Axis("restored", "neurons_9"),
            n="neuron_prompts",
        ),
        Figure(
            "neurons-of-mlp-10",
            "bars",
            "The five neurons of MLP 10 with the largest effect when patched.",
            (Series("neurons_10"),),
            Axis("neuron of MLP 10"),
            Axis("restored", "neurons_10"),
            n="neuron_prompts",
        ),
    ),
}
