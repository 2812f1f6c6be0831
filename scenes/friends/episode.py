"""Declaration of the film "Should these two be friends?"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="Should these two be friends?",
    scenes=(
        SceneRef("strangers", ".strangers:Strangers", "Two strangers", uses=("toy", "study"), taped=False),
        SceneRef("walks", ".walks:Walks", "A table that takes walks", uses=("toy",), taped=False),
        SceneRef("rulers", ".rulers:Rulers", "Five numbers of a pair", uses=("toy",), taped=False),
        SceneRef("fence", ".fence:Fence", "A fence between friends and strangers", uses=("fence",), taped=False),
        SceneRef(
            "transfer", ".transfer:Transfer", "Learned here, tested there", uses=("study", "transfer"), taped=False
        ),
        SceneRef("knee", ".knee:Knee", "One bar is no curve", uses=("knee", "rerun"), taped=False),
        SceneRef(
            "ladder",
            ".ladder:Ladder",
            "Do not grade your own homework",
            uses=("ladder", "rerun"),
            loops=("ladder.grade",),
        ),
        SceneRef("removal", ".removal:Removal", "What the balance hides", uses=("removal", "study"), taped=False),
        SceneRef(
            "circles",
            ".circles:Circles",
            "Two circles that anybody may look at",
            uses=("circles", "links"),
            taped=False,
        ),
        SceneRef("verdict", ".verdict:Verdict", "What is left", uses=("ladder",), taped=False),
    ),
    analyses=ANALYSES,
    tape="sp",
    seed=SEED,
    description=(
        "Two people have friends in common. Should they be friends? A machine said so, and was right ninety-nine times "
        "in a hundred, or so it seemed. A film about five numbers of a pair, a fence in a plane, and what is left of a "
        "score once it can no longer look at the answer. Every town in it is made up."
    ),
    tags=("link prediction", "support vector machine", "cross-validation", "data leakage", "networks", "statistics"),
    references=(
        Reference(
            "wlg1: network-friend-prediction (aggregates quoted)",
            "https://github.com/wlg1/network-friend-prediction",
        ),
        Reference("Zachary (1977): An information flow model for conflict and fission in small groups, in networkx"),
        Reference("Knuth (1993): The Stanford GraphBase, coappearances in Les Misérables, in networkx"),
        Reference("Liben-Nowell and Kleinberg: The link-prediction problem for social networks"),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:PairThumbnail", "", uses=("ladder",)),
)
