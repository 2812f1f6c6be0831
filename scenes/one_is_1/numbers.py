"""Every constant of the episode, and the analyses that turn them into what the scenes show.

The calls named ``paper…`` are GPT-2 small's: published, or recomputed when the user says ``--model gpt2``.  The
hackathon's own numbers are always the published ones.  All else runs on the embedded model.
"""

from __future__ import annotations

from typing import Final

from tapehead.analysis.registry import AnalysisCall

SEED: Final = 0
KINDS: Final = ("numerals", "words", "months")
RACE: Final = ("numerals", "words", "months", "days", "letters")
PROMPTS: Final = 192
PATCHED: Final = 48
"""Prompts per kind for patching: two of every start and template."""
NEURON_PROMPTS: Final = 48
SHUFFLES: Final = 10_000

STORY: Final = "language"
SMALL: Final = "language:mini"

_ALL: Final = {"kinds": list(KINDS), "count": PROMPTS}
_STUDIES: Final = "tapehead.analysis.language.studies.circuits"
_PAPER: Final = "tapehead.analysis.language.studies.paper"

ANALYSES: Final[tuple[AnalysisCall, ...]] = (
    AnalysisCall("weekend", "tapehead.analysis.language.published.results:one_is_one"),
    AnalysisCall("paper", f"{_PAPER}:circuits", model=STORY),
    AnalysisCall("paper_single", f"{_PAPER}:knockouts", model=STORY),
    AnalysisCall("paper_lens", f"{_PAPER}:logit_lens", model=STORY),
    AnalysisCall("paper_ov", f"{_PAPER}:ov_scores", {"task": "numerals"}, model=STORY),
    AnalysisCall("shape", f"{_STUDIES}:shape", model=SMALL),
    AnalysisCall("says", f"{_STUDIES}:predictions", {"kinds": list(RACE), "count": PROMPTS}, model=SMALL),
    AnalysisCall("patches", f"{_STUDIES}:activation_patching", {"kinds": list(KINDS), "count": PATCHED}, model=SMALL),
    AnalysisCall(
        "kept",
        f"{_STUDIES}:activation_patching",
        {"kinds": list(KINDS), "count": PATCHED, "corruption": "reordered"},
        model=SMALL,
    ),
    AnalysisCall("looks", f"{_STUDIES}:attention_patterns", _ALL, model=SMALL),
    AnalysisCall("ov", f"{_STUDIES}:ov_next_and_copy", _ALL | {"own_input": True}, model=SMALL),
    AnalysisCall("lens", f"{_STUDIES}:lens", _ALL | {"normed": False}, model=SMALL),
    AnalysisCall(
        "neurons",
        f"{_STUDIES}:neurons",
        {
            "kinds": list(KINDS),
            "count": NEURON_PROMPTS,
            "permutations": SHUFFLES,
            "corruption": "reordered",
        },
        model=SMALL,
    ),
)
