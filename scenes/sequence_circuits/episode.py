"""Declaration of the film about sequence-continuation circuits."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="One, two, three, what? A circuit in a language model",
    scenes=(
        SceneRef("tapes", ".tapes:Tapes", "Three tapes without an end", uses=("says",), taped=False),
        SceneRef("tower", ".tower:TowerScene", "A tower of heads and workshops", uses=("paper", "shape"), taped=False),
        SceneRef("twins", ".twins:Twins", "A prompt and its twin", uses=("says",), taped=False),
        SceneRef(
            "dark",
            ".dark:Dark",
            "The night watchman",
            uses=("single", "direct", "roles", "paper_single", "shape", "circuits"),
        ),
        SceneRef(
            "dial",
            ".dial:Dial",
            "Eighty per cent",
            uses=("circuits", "paper", "paper_trace", "shape"),
            loops=("dial.rule",),
        ),
        SceneRef(
            "rings",
            ".rings:Rings",
            "Shared, not identical",
            uses=("paper", "paper_cross", "shared", "circuits", "cross"),
        ),
        SceneRef(
            "looking",
            ".looking:Looking",
            "Who looks at what",
            uses=("looks", "says", "roles", "paper_looks", "shared"),
            taped=False,
        ),
        SceneRef(
            "plus_one",
            ".plus_one:PlusOne",
            "Who adds the one?",
            uses=("ov", "edges", "paper_ov", "circuits", "shape"),
            taped=False,
        ),
        SceneRef(
            "surgery",
            ".surgery:Surgery",
            "A knife, and a control",
            uses=("cut", "cut_upstairs", "transplant", "shape", "ov"),
        ),
        SceneRef(
            "limits",
            ".limits:Limits",
            "The small print",
            uses=(
                *("choices", "circuits", "paper", "says", "shape", "seeds", "cross", "cut_upstairs", "transplant"),
                *("shared", "ov", "paper_cross", "paper_ov"),
            ),
            taped=False,
        ),
    ),
    analyses=ANALYSES,
    seed=SEED,
    tape="sp",
    description=(
        "Digits, number words, months: a language model continues all three. Does it have three habits, or one? "
        "We switch its lights off one by one, in GPT-2 small by published numbers and in a small model by numbers "
        "computed while the film was made, and every claim meets its control."
    ),
    tags=("mechanistic interpretability", "circuits", "GPT-2", "attention heads", "language model", "ablation"),
    references=(
        Reference(
            "Lan, Torr and Barez: Towards Interpretable Sequence Continuation",
            "https://arxiv.org/abs/2311.04131",
            "MIT",
        ),
        Reference("Gould et al.: Successor Heads", "https://arxiv.org/abs/2312.09230", ""),
    ),
    synthetic_media=False,
    figures=(
        "says-difference",
        "paper_trace-trace",
        "paper_single-heads",
        "single-heads",
        "direct-heads",
        "circuits-scores",
        "shared-count",
        "shared-scores",
        "cross-controls",
        "looks-kinds",
        "edges-graph",
        "cut_upstairs-cuts",
        "transplant-across",
        "seeds-shared",
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:TowerThumbnail", "", uses=("says", "paper")),
)
