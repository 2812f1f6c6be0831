"""Declaration of the film about five words of linear algebra; each of its scenes is a chapter that plays alone."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Five words that open a neural network",
    scenes=(
        SceneRef("basis", ".basis:Basis", "Basis: in which language?", uses=("basis",), taped=False),
        SceneRef(
            "dot",
            ".dot:DotProduct",
            "Dot product: how much my way?",
            uses=("basis", "ruler", "dots", "rates"),
            loops=("dot.angle",),
            taped=False,
        ),
        SceneRef(
            "projection",
            ".projection:Projection",
            "Projection: what a shadow tells",
            uses=("block", "walk", "walk_low", "walk_left", "basis", "span"),
            taped=False,
        ),
        SceneRef("hyperplane", ".hyperplane:Hyperplane", "Hyperplane: a fence", uses=("table", "fence"), taped=False),
        SceneRef("singular", ".singular:Singular", "Singular direction: the loudest push", uses=("loud", "faces")),
    ),
    analyses=ANALYSES,
    tape="sp",
    seed=SEED,
    description=(
        "Basis, dot product, projection, hyperplane, singular direction: five words stand in the door of every book on "
        "neural networks. Each of them is one job that a network does, and each fits on a page with a cat and a rat on "
        "it. Five chapters that can be watched alone, with the slips of the blog they retell put right, and counted."
    ),
    tags=(
        "linear algebra",
        "neural networks",
        "basis",
        "dot product",
        "projection",
        "hyperplane",
        "eigenfaces",
        "singular value decomposition",
    ),
    references=(
        Reference("wlg1: blog on linear algebra in neural networks, chapters 1 to 3", "https://wlg1.github.io"),
        Reference("Eckart and Young: The approximation of one matrix by another of lower rank"),
        Reference("Turk and Pentland: Eigenfaces for recognition"),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:BlockThumbnail", "", uses=("block",)),
)
