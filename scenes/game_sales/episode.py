"""Declaration of the film "Can talk predict sales?"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Can talk predict sales?",
    scenes=(
        SceneRef("hook", ".hook:Hook", "A score of one half", uses=("study", "table"), taped=False),
        SceneRef("logs", ".logs:Logs", "A ruler that multiplies", uses=("logs",), taped=False),
        SceneRef("funnel", ".funnel:Funnel", "Who did we throw away?", uses=("table", "study"), taped=False),
        SceneRef("pairs", ".pairs:Pairs", "Every pair a shadow", uses=("pairs", "logs"), taped=False),
        SceneRef("shadow", ".shadow:Shadow", "The best prediction is a shadow", uses=("shadow",), taped=False),
        SceneRef("belt", ".belt:Belt", "Tighten the belt", uses=("belt",), taped=False),
        SceneRef("axis", ".axis:Axis", "An axis turned round", uses=("axis", "study", "rerun"), taped=False),
        SceneRef("luck", ".luck:Luck", "The luck of a split", uses=("luck", "study", "rerun"), loops=("luck.again",)),
        SceneRef(
            "verdict",
            ".verdict:Verdict",
            "Who is not in it?",
            uses=("folds", "rerun", "shadow", "lost", "table"),
            taped=False,
        ),
    ),
    analyses=ANALYSES,
    tape="sp",
    seed=SEED,
    description=(
        "Count what people say about a game before it comes out, and predict how it will sell. A study did, and scored "
        "one half. A film about regression as a shadow, logs as units, a turned axis, and the luck of one split, on a "
        "table whose truth we planted, so that everything can be looked up."
    ),
    tags=("statistics", "linear regression", "lasso", "cross-validation", "selection bias", "video games"),
    references=(
        Reference(
            "wlg1: video-game-sales-regression (numbers quoted)",
            "https://github.com/wlg1/video-game-sales-regression",
        ),
        Reference("Hastie, Tibshirani and Friedman: The Elements of Statistical Learning"),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:LuckThumbnail", "", uses=("luck", "study")),
)
