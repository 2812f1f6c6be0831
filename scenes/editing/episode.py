"""Declaration of the public-information film about editing with a diffusion model."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Do not adjust your latent space: how to edit with a diffusion model",
    scenes=(
        SceneRef("broadcast", ".broadcast:Broadcast", "Do not adjust your latent space", uses=("steered", "stamp")),
        SceneRef("town", ".town:Town", "A flat map of a round world", uses=("globe", "steered")),
        SceneRef("stamp", ".stamp:Stamp", "A postage stamp", uses=("globe", "stamp")),
        SceneRef("slider", ".slider:Slider", "Step away from red", uses=("steered",), loops=("slider.push",)),
        SceneRef("eyes", ".eyes:Eyes", "It drags the eyes", uses=("steered",)),
        SceneRef("shadow", ".shadow:Shadow", "Take the shadow away", uses=("paper", "steered")),
        SceneRef("repeat", ".repeat:Repeat", "It is in every picture", uses=("repeat", "loudest")),
        SceneRef("signoff", ".signoff:SignOff", "What was real", uses=("card", "repeat", "steered")),
    ),
    analyses=ANALYSES,
    seed=SEED,
    tape="broadcast",
    description=(
        "A public-information film for young people, recorded off the air: how a diffusion model's pictures are "
        "edited by adding an arrow, why the arrow is only straight on a postage stamp, what it drags along, and how "
        "a projection sets that free. Do not push too far. Every picture and every number was computed while the "
        "film was made, with its control beside it; the puppets are invented."
    ),
    tags=("diffusion models", "image editing", "tangent space", "projection", "latent directions", "analog horror"),
    references=(
        Reference(
            "Kwon et al. (2023): Diffusion Models already have a Semantic Latent Space",
            "https://arxiv.org/abs/2210.10960",
        ),
        Reference(
            "Park et al. (2023): Understanding the Latent Space of Diffusion Models through the Lens of Riemannian "
            "Geometry",
            "https://arxiv.org/abs/2307.12868",
        ),
        Reference(
            "Shen et al. (2020): InterFaceGAN: Interpreting the Disentangled Face Representation Learned by GANs",
            "https://arxiv.org/abs/2005.09635",
        ),
    ),
    synthetic_media=True,
    figures=(
        "globe-gap",
        "paper-arrows",
        "stamp-forecast",
        "stamp-share",
        "steered-slider",
        "steered-left",
        "steered-matrix",
        "steered-freed",
        "steered-wall",
        "repeat-diversity",
        "repeat-silhouette",
        "repeat-wall",
        "loudest-diversity",
        "card-painted",
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:RepeatThumbnail", "", uses=("repeat",)),
)
