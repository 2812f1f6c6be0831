"""What the film consists of: scenes in their order, and what is computed for them, here with a diffusion model."""

from __future__ import annotations

from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="A film of your own",
    scenes=(SceneRef("nudges", ".nudges:Nudges", "What does it notice?", uses=("nudges",), chapter=False),),
    # A small diffusion model that comes with tapehead; with model="diffusion", `--model DIR` takes yours instead.
    # For a picture of your own: `tapehead directions --help`.
    analyses=(
        AnalysisCall(
            "nudges", "tapehead.analysis.diffusion.studies.pictures:nudges", {"t": 700}, model="diffusion:puppet-32"
        ),
    ),
    description="How loudly a diffusion model hears random nudges, and how loudly its own direction.",
    tags=("diffusion model", "latent directions"),
)
