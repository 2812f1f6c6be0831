"""Declaration of the film "One is 1"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="One is 1",
    scenes=(
        SceneRef("panels", ".panels:Panels", "The same thing twice", uses=("says",), taped=False),
        SceneRef("race", ".race:Race", "How sure is it?", uses=("weekend", "says"), taped=False),
        SceneRef(
            "splice",
            ".splice:Splice",
            "One frame from another tape",
            uses=("patches", "says", "shape"),
            loops=("splice.scale",),
        ),
        SceneRef("map", ".map:MapScene", "One square glows", uses=("weekend", "patches", "kept")),
        SceneRef(
            "look",
            ".look:Look",
            "An address, not a confession",
            uses=("looks", "says", "ov", "paper_ov", "kept"),
            taped=False,
        ),
        SceneRef("ablate", ".ablate:Ablate", "Important, not indispensable", uses=("paper_single", "paper")),
        SceneRef("lens", ".lens:Lens", "When does it know?", uses=("lens", "paper_lens", "says"), taped=False),
        SceneRef("verdict", ".verdict:Verdict", "The verdict", uses=("neurons", "weekend", "says"), taped=False),
    ),
    analyses=ANALYSES,
    seed=SEED,
    tape="sp",
    description=(
        "To you, 'one' and '1' are the same. To a language model they are two symbols that share nothing. "
        "A detective story about activation patching: published numbers of GPT-2 small, recomputed ones of a small "
        "model, and the control that was missing."
    ),
    tags=("mechanistic interpretability", "activation patching", "GPT-2", "language model", "neurons"),
    references=(
        Reference(
            '"One is 1": hackathon experiments', "https://github.com/wlg100/numseqcont_circuit_expms", "Apache-2.0"
        ),
        Reference(
            "Lan, Torr and Barez: Towards Interpretable Sequence Continuation",
            "https://arxiv.org/abs/2311.04131",
            "MIT",
        ),
    ),
    synthetic_media=False,
    figures=(
        "weekend-differences",
        "says-difference",
        "weekend-patched-heads",
        "patches-heads",
        "kept-heads",
        "kept-parts",
        "looks-kinds",
        "paper_single-heads",
        "lens-answer",
        "neurons-overlap",
        "neurons-pairs",
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:PairThumbnail", "", uses=("says", "neurons")),
)
