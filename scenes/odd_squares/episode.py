"""Declaration of the example episode: what is computed, which scenes there are, in which order."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="Why odd numbers add up to squares",
    scenes=(
        SceneRef("corners", ".corners:Corners", "Corner by corner", uses=("sums",), chapter=False),
        SceneRef("verdict", ".verdict:Verdict", "Does it always hold?", uses=("sums",), chapter=False),
    ),
    analyses=(AnalysisCall("sums", ".odd_numbers:odd_sums", {"count": 6, "checked": 1000}),),
    description="A one-minute film that shows how an episode is made.",
    tags=("mathematics", "manim"),
    thumbnail=SceneRef("thumbnail", ".thumbnail:SquareThumbnail", "", uses=("sums",)),
)
