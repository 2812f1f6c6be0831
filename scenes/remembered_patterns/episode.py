"""Declaration of the film about graph patterns, what remembering them saves, and circuits as patterns."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Remembered patterns: how to find a dog you cannot name",
    scenes=(
        SceneRef("clues", ".clues:Clues", "Three clues and no name", uses=("clues",), taped=False),
        SceneRef("glass", ".glass:Glass", "A pattern made of glass", uses=("clues",), taped=False),
        SceneRef("fold", ".fold:Fold", "May two clues meet?", uses=("fold",), taped=False),
        SceneRef("search", ".search:Search", "A number with too many zeros", uses=("funnel",), taped=False),
        SceneRef("cabinet", ".cabinet:Cabinet", "Yesterday's answer", uses=("coverage",), taped=False),
        SceneRef("coverage", ".coverage:Coverage", "How much to remember", uses=("coverage", "archived"), taped=False),
        SceneRef("circuits", ".circuits:Circuits", "Circuits as patterns", uses=("laid",)),
        SceneRef("wires", ".wires:Wires", "Same wires, or same jobs?", uses=("wires", "drawn")),
        SceneRef("verdict", ".verdict:Verdict", "A place is not a proof", uses=("wires",), taped=False),
    ),
    analyses=ANALYSES,
    tape="sp",
    seed=SEED,
    description=(
        "It comes from Japan, has a long snout, and is somebody's pet. You know it by its connections, not its name. "
        "That is a pattern in a graph, and finding its places is a search with far too many possibilities, unless you "
        "throw out the hopeless ones first and remember what you found yesterday. In the end the same search is run "
        "between circuits of two language models: same wires, or same jobs?"
    ),
    tags=("graph patterns", "graph homomorphism", "materialised views", "double simulation", "circuits", "databases"),
    references=(
        Reference(
            "Lan: graph pattern matching with materialised views (dissertation work)",
            "https://github.com/wlg1/graph_query_matching_views_draft",
            "",
        ),
        Reference("Wu, Theodoratos et al.: double simulation for hybrid patterns", "", ""),
        Reference(
            "Lan, Torr and Barez: Towards Interpretable Sequence Continuation",
            "https://arxiv.org/abs/2311.04131",
            "MIT",
        ),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:PatternThumbnail", "", uses=("clues",)),
)
