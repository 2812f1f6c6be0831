"""Declaration of the film about a run of ``tapehead circuit``: the same scenes for any run, told by its results."""

from __future__ import annotations

from tapehead.scenes.episode import Episode, Reference, SceneRef

from .numbers import ANALYSES

EPISODE = Episode(
    title="Which parts of a language model does a task need?",
    scenes=(
        SceneRef("task", ".task:Task", "A text that breaks off", uses=("prompts",)),
        SceneRef("baseline", ".baseline:Baseline", "Is there anything to explain?", uses=("prompts", "baseline")),
        SceneRef("removal", ".removal:Removal", "One at a time", uses=("prompts", "ablation", "circuit")),
        SceneRef("pruning", ".pruning:Pruning", "For good", uses=("prompts", "circuit")),
        SceneRef(
            "elsewhere", ".elsewhere:Elsewhere", "Texts that it never saw", uses=("prompts", "circuit", "held_out")
        ),
        SceneRef(
            "control", ".control:Control", "Would any others do?", uses=("prompts", "circuit", "held_out", "control")
        ),
        SceneRef("lens", ".lens:Lens", "Where the answer comes up", uses=("prompts", "lens", "attribution")),
        SceneRef(
            "limits",
            ".limits:Limits",
            "What this says, and what not",
            uses=("prompts", "circuit", "stability", "cautions"),
        ),
    ),
    analyses=ANALYSES,
    description=(
        "A task, a language model, and a search for the parts that the model needs for it. Every step is followed by "
        "its control, and where the control does as well, the film says so. Made by tapehead circuit from one run."
    ),
    tags=("mechanistic interpretability", "circuits", "language model", "attention heads", "ablation"),
    references=(
        Reference(
            "Wang et al.: Interpretability in the Wild, a Circuit for Indirect Object Identification",
            "https://arxiv.org/abs/2211.00593",
        ),
        Reference(
            "Lan, Torr and Barez: Towards Interpretable Sequence Continuation", "https://arxiv.org/abs/2311.04131"
        ),
    ),
    thumbnail=SceneRef("thumbnail", ".thumbnail:CircuitThumbnail", "", uses=("prompts", "circuit", "held_out")),
)
