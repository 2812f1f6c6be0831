"""Declaration of the film "Why do you see beans everywhere?"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Why do you see beans everywhere?",
    scenes=(
        SceneRef("seen", ".seen:Seen", "You just saw it", uses=("alike",)),
        SceneRef("slide", ".slide:Slide", "A shape that slides over noise", uses=("search",)),
        SceneRef("bar", ".bar:Bar", "Where to put the bar", uses=("study", "search"), loops=("bar.lower",)),
        SceneRef("looks", ".looks:Looks", "Ten thousand looks", uses=("looks", "search")),
        SceneRef("ghost", ".ghost:Ghost", "The ghost was in the detector", uses=("ghost",)),
        SceneRef("witness", ".witness:Witness", "A second witness", uses=("witness",)),
        SceneRef("childhood", ".childhood:Childhood", "Two childhoods", uses=("childhoods",)),
        SceneRef("dream", ".dream:Dream", "Noise that obliges", uses=("dream",)),
        SceneRef("costs", ".costs:Costs", "What a miss costs", uses=("study", "costs", "alike")),
    ),
    analyses=ANALYSES,
    seed=SEED,
    description=(
        "A socket, a bin, your own thumb: once you know the bean with the visor, you see it everywhere. This film "
        "takes the world away and keeps the noise, and finds out where the bean was all the time. With a real face "
        "detector as a second witness, and what its false faces look like when you lay them on top of each other."
    ),
    tags=("pareidolia", "signal detection", "false positives", "classification images", "base rate", "neural networks"),
    references=(
        Reference("Green and Swets (1966): Signal Detection Theory and Psychophysics"),
        Reference(
            "Gosselin and Schyns (2003): Superstitious perceptions reveal properties of internal representations"
        ),
        Reference("Erhan et al. (2009): Visualizing higher-layer features of a deep network"),
        Reference("Viola and Jones (2001): Rapid object detection using a boosted cascade of simple features"),
        Reference("scikit-image: face detection with a cascade classifier", "https://scikit-image.org"),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:BeanThumbnail", "", uses=("alike",)),
)
