"""Declaration of the film about a run of ``tapehead directions``: the same scenes for any run, told by its results."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES

EPISODE = Episode(
    title="Which directions change this picture?",
    scenes=(
        SceneRef("start", ".start:Start", "An unfinished picture", uses=("picture",)),
        SceneRef("loud", ".start:Loud", "What the network notices", uses=("picture", "basis")),
        SceneRef("walk", ".walking:Walk", "Walks", uses=("basis", "walk", "test")),
        SceneRef("control", ".walking:Control", "As long, and as loud", uses=("walk", "test")),
        SceneRef("chance", ".chance:Chance", "Would any others do?", uses=("basis", "walk", "test", "cautions")),
        SceneRef("elsewhere", ".walking:Elsewhere", "In another picture", uses=("carried",)),
        SceneRef("removal", ".walking:Removal", "Taken away", uses=("removal",)),
        SceneRef(
            "limits", ".limits:Limits", "What this says, and what not", uses=("walk", "test", "cautions", "picture")
        ),
    ),
    analyses=ANALYSES,
    description=(
        "A picture, a diffusion model, and the directions in its noise that the network notices most. Every step is "
        "followed by its control, and where chance does as well, the film says so. Made by tapehead directions from "
        "one "
        "run."
    ),
    tags=("diffusion model", "latent directions", "pullback metric", "image editing", "interpretability"),
    references=(
        Reference(
            "Park et al.: Understanding the Latent Space of Diffusion Models through Riemannian Geometry",
            "https://arxiv.org/abs/2307.12868",
        ),
        Reference(
            "Park et al.: Unsupervised Discovery of Semantic Latent Directions in Diffusion Models",
            "https://arxiv.org/abs/2302.12469",
        ),
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:DirectionThumbnail", "", uses=("walk", "test", "basis")),
)
