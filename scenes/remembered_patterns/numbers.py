"""Every constant of the episode, and the analyses that turn them into what the scenes show."""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 0
"""Seed of the episode, that of `sequence-circuits` as well: what is measured in mini is the same in both films."""

CLUES: Final = ("who -> home@Japan", 'who -> nose@"long snout"', "who -> life@pet", "who -> size@small")
TWO_PETS: Final = "owner:person -> one:animal -> home@Japan; owner -> other:animal -> home"

SHAPE: Final = {"shape": "layered", "nodes": 3000, "labels": 8, "descendants": 0.4}
QUERY_NODES: Final = 6
DRAW: Final = 3
"""Which query is told: one with some thousand matches, neither a dozen nor millions."""
COVERED_NODES: Final = 7
QUERIES: Final = 20
DRAWS: Final = 100
GRAPHS: Final = 200

CIRCUIT_PROMPTS: Final = {"kinds": ["numerals", "words", "months"], "count": 192}
"""As in ``sequence-circuits``: the two films share the results."""
EDGE_PROMPTS: Final = {"kind": "numerals", "count": 96}

_GRAPHS: Final = "tapehead.analysis.graphs.studies"
_CIRCUITS: Final = "tapehead.analysis.language.studies.circuits"
SMALL: Final = "language:mini"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("clues", f"{_GRAPHS}:clues", {"who": "who:animal", "given": list(CLUES)}),
    AnalysisCall("fold", f"{_GRAPHS}:fold", {"query": TWO_PETS}),
    AnalysisCall("funnel", f"{_GRAPHS}:funnel", SHAPE | {"size": QUERY_NODES, "draw": DRAW}),
    AnalysisCall("coverage", f"{_GRAPHS}:coverage", SHAPE | {"size": COVERED_NODES, "queries": QUERIES}),
    AnalysisCall("archived", "tapehead.analysis.graphs.archived:archived"),
    AnalysisCall("circuits", f"{_CIRCUITS}:circuits", CIRCUIT_PROMPTS, model=SMALL),
    AnalysisCall("measured", f"{_CIRCUITS}:edges", EDGE_PROMPTS, {"circuits": "circuits"}, SMALL),
    AnalysisCall("drawn", "tapehead.analysis.language.published.results:edges"),
    AnalysisCall("laid", f"{_GRAPHS}:laid", {"draws": DRAWS}, {"circuits": "circuits"}),
    AnalysisCall("wires", f"{_GRAPHS}:wires", {"draws": GRAPHS}, {"edges": "measured"}),
)
