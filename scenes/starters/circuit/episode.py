"""What the film consists of: scenes in their order, and what is computed for them, here with a language model."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

KINDS = ["numerals", "words", "months", "days"]

EPISODE = Episode(
    title="A film of your own",
    scenes=(SceneRef("control", ".control:Control", "Does it know what comes next?", uses=("says",), chapter=False),),
    # `language:mini` is the small model that comes with tapehead; `--model gpt2` takes another one instead if the call
    # says model="language".  For a task of your own: `tapehead circuit --help`.
    analyses=(
        AnalysisCall(
            "says",
            "tapehead.analysis.language.studies.circuits:predictions",
            {"kinds": KINDS, "count": 48},
            model="language:mini",
        ),
    ),
    description="What a small language model says after one, two, three, and after a text that was spoilt.",
    tags=("language model", "interpretability"),
)
