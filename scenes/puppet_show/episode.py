"""Declaration of the mystery about a diffusion model that paints strings nobody asked for."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="The puppet show: latent directions of a diffusion model",
    scenes=(
        SceneRef("intake", ".intake:Intake", "Tape one", uses=("intake",)),
        SceneRef("corridor", ".corridor:Corridor", "Painting by un-forgetting", uses=("painting",)),
        SceneRef("ghosts", ".ghosts:Ghosts", "An average and a few ghosts", uses=("album",)),
        SceneRef("lamp", ".lamp:Lamp", "One lamp, one wall", uses=("nudges", "grain")),
        SceneRef("ellipse", ".ellipse:Ellipse", "A circle becomes an ellipse", uses=("circle", "spectra", "nudges")),
        SceneRef("ruler", ".ruler:Ruler", "The mind's own ruler", uses=("circle", "nudges")),
        SceneRef("strip", ".strip:Strip", "Names come afterwards", uses=("strips",)),
        SceneRef("many", ".many:Many", "Forty portraits, one arrow", uses=("found",)),
        SceneRef("walk", ".walk:Walk", "Carrying an arrow", uses=("carried",)),
        SceneRef("method", ".method:Method", "Removing the shadow", uses=("erasure",)),
        SceneRef("probe", ".probe:Probe", "A new question", uses=("erasure",)),
        SceneRef("last_tape", ".last_tape:LastTape", "The last tape", uses=("erasure", "cured", "album")),
    ),
    analyses=ANALYSES,
    seed=SEED,
    tape="sp",
    description=(
        "A machine paints faces, and strings appear that nobody asked for. A therapist opens its mind with a Jacobian "
        "and a singular value decomposition, finds the direction of the puppets, and offers to take it out. Every "
        "picture and every number was computed while the film was made, with its control beside it."
    ),
    tags=("diffusion models", "Jacobian", "SVD", "pullback metric", "latent directions", "interpretability"),
    references=(
        Reference(
            "Park et al.: Unsupervised Discovery of Semantic Latent Directions in Diffusion Models",
            "https://arxiv.org/abs/2302.12469",
            "",
        ),
        Reference(
            "Park et al.: Understanding the Latent Space of Diffusion Models through the Lens of Riemannian Geometry",
            "https://arxiv.org/abs/2307.12868",
            "",
        ),
    ),
    synthetic_media=True,
    figures=(
        "intake-portraits",
        "painting-guesses",
        "album-components",
        "album-ghosts",
        "nudges",
        "grain-stripes",
        "circle-ellipse",
        "spectra-singular-values",
        "found-flips",
        "found-same-arrow",
        "carried-held",
        "erasure-counts",
        "erasure-probes",
        "erasure-survivors",
        "cured-counts",
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:StringsThumbnail", "", uses=("erasure",)),
)
