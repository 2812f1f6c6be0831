"""Declaration of the film "How alike are they inside?"."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES, SEED

EPISODE = Episode(
    title="How alike are they inside? Analogous neural circuits",
    scenes=(
        SceneRef("alike", ".alike:Alike", "A horse, a zebra, a car", uses=("inside", "published")),
        SceneRef("tiles", ".tiles:Tiles", "What a layer is", uses=("inside",)),
        SceneRef("rings", ".rings:RingsScene", "The loudest tenth", uses=("inside",)),
        SceneRef("null", ".null:Null", "What nothing looks like", uses=("inside", "chance", "published")),
        SceneRef("fair", ".fair:Fair", "A fairer kind of nothing", uses=("inside",)),
        SceneRef("place", ".place:Place", "Whether, or where?", uses=("inside", "shifts")),
        SceneRef("box", ".box:Box", "A box over the head", uses=("published", "box", "covers"), loops=("box.map",)),
        SceneRef("many", ".many:Many", "One horse is an anecdote", uses=("pairs",)),
        SceneRef("rulers", ".rulers:Rulers", "Other rulers", uses=("pairs",)),
        SceneRef("xor", ".xor:Xor", "Fifty tiny networks", uses=("fifty", "match")),
        SceneRef("roles", ".roles:Roles", "The same role", uses=("match", "early", "early_roles")),
        SceneRef("bridge", ".bridge:Bridge", "Four kinds of the same", uses=("match",)),
    ),
    analyses=ANALYSES,
    seed=SEED,
    description=(
        "A horse is more like a zebra than like a car. Does a neural network think so, too? One can count the neurons "
        "that two pictures share, and somebody did. We do it again, and get a horse that is a car. So the film asks "
        "what such a number is worth: what nothing looks like, what a black box over the sky does, how many pairs it "
        "takes, and when two networks do the same thing."
    ),
    tags=(
        "neural networks",
        "interpretability",
        "representational similarity",
        "permutation test",
        "CKA",
        "XOR",
        "statistics",
    ),
    references=(
        Reference(
            "wlg1: analogous neuron circuit experiments, Tutorial 1",
            "https://github.com/wlg1/analogous_neuron_circuit_expms",
            "MIT",
        ),
        Reference("Szegedy et al. (2015): Going deeper with convolutions"),
        Reference("Kornblith et al. (2019): Similarity of neural network representations revisited"),
        Reference("Kriegeskorte, Mur and Bandettini (2008): Representational similarity analysis"),
        Reference("Hoeffding (1951): A combinatorial central limit theorem"),
    ),
    synthetic_media=False,
    thumbnail=SceneRef("thumbnail", ".thumbnail:AlikeThumbnail", "", uses=("inside",)),
    figures=(
        "published-overlaps",
        "inside-ranked",
        "inside-far-null",
        "inside-near-null",
        "chance-law",
        "shifts",
        "box-map",
        "covers-left",
        "pairs-overlaps",
        "pairs-measures",
        "pairs-steps",
        "pairs-sizes",
        "fifty-solutions",
        "early_roles-roles",
        "early_roles-apart",
    ),
)
