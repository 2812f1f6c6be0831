"""What the lecture consists of.  `tapehead slides` cuts it at its cues, `tapehead figures` gives the handout."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="A film of your own",
    # Every scene is a chapter.
    scenes=(
        SceneRef("question", ".question:Question", "The question", uses=("coins",)),
        SceneRef("answer", ".answer:Answer", "The answer", uses=("coins",)),
        SceneRef("exercise", ".exercise:Exercise", "An exercise"),
    ),
    analyses=(AnalysisCall("coins", ".coins:coins", {"most": 1024, "rows": 400}),),
    description="How far a share strays from its half, and how many coins it takes to keep it near.",
    tags=("lecture", "statistics"),
)
