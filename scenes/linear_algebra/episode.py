"""Declaration of the film "Why do neural networks use linear algebra?"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

UPRIGHT = ("6:5",)
"""What a scene can be besides 16:9: the room that title, words and margins leave of a telephone's screen."""

EPISODE = Episode(
    title="Why do neural networks use linear algebra?",
    scenes=(
        SceneRef("hook", ".hook:Hook", "Why this recipe?", uses=("map", "net"), taped=False),
        SceneRef(
            "suspicion",
            ".suspicion:Suspicion",
            "A suspicion about noses",
            uses=("cats",),
            taped=False,
            shapes=UPRIGHT,
        ),
        SceneRef(
            "promise", ".promise:Promise", "Fill in the question mark", uses=("net",), taped=False, shapes=UPRIGHT
        ),
        SceneRef("ruler", ".ruler:RulerScene", "How do you number a nose?", uses=("ruler",), taped=False),
        SceneRef(
            "units",
            ".units:Units",
            "Multiplying changes the ruler",
            uses=("ruler",),
            taped=False,
            loops=("units.dial",),
        ),
        SceneRef(
            "neuron",
            ".neuron:NeuronScene",
            "A ruler that is a neuron",
            uses=("ruler", "same", "net"),
            taped=False,
        ),
        SceneRef(
            "second_ruler",
            ".second_ruler:SecondRuler",
            "Stand the second ruler upright",
            uses=("cats", "fit", "map", "ruler"),
        ),
        SceneRef("adding", ".adding:Adding", "Why we add", uses=("map", "ruler"), taped=False),
        SceneRef("lost", ".lost:Lost", "A whole line shares one answer", uses=("map", "lines", "ruler"), taped=False),
        SceneRef(
            "dot_product",
            ".dot_product:DotProduct",
            "Shadow times length",
            uses=("shadow", "lines", "map"),
            taped=False,
        ),
        SceneRef("two_rows", ".two_rows:TwoRows", "Rows ask, columns place", uses=("map", "lines"), taped=False),
        SceneRef("the_map", ".the_map:TheMap", "The map is not the cat", uses=("map", "cats", "lines")),
    ),
    analyses=ANALYSES,
    tape="sp",
    seed=SEED,
    description=(
        "Nearly all the work inside a neural network is multiplying and adding. Why that recipe, of all recipes? "
        "A film about rulers, shadows and forty invented cats, in which every number on screen was computed."
    ),
    tags=("linear algebra", "neural networks", "dot product", "matrix multiplication", "machine learning", "manim"),
    references=(
        Reference(
            "Reworked from wlg1/neoknowstic_manim",
            "https://github.com/wlg1/neoknowstic_manim",
            "Apache-2.0",
        ),
    ),
    synthetic_media=False,
    figures=(
        "cats",
        "fit-predictions",
        "fit-residuals",
        "fit-shuffled-ears",
        "ruler-rulers",
        "map",
        "map-adding",
        "shadow-shadows",
        "lines-level-lines",
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:MapThumbnail", "", uses=("map",)),
)
