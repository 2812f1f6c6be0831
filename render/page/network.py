"""The small language model that runs in the page: its weights as they are on disk, and prompts to give it.

The weights are half-precision numbers on disk and travel as those, so that nothing is rounded on the way; the page
computes with doubles.  The prompts are the first ones of the film's own, since a task with more prompts begins with the
same.
"""

from __future__ import annotations

import base64
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.render.assets import asset

EMBEDDED = "mini"
MOST_PROMPTS = 48
"""Of one kind: the page runs all of them whenever a head is switched."""


def network_data(options: dict[str, Any], seed: int, place: str) -> dict[str, Any]:
    """Weights, sizes, words, and prompts of each kind in ``options`` (``kinds``, ``count``).

    Raises:
        EpisodeError: the options ask for another model, for too many prompts or for none.
    """
    name, kinds, count = options.get("model", EMBEDDED), options.get("kinds"), options.get("count", 24)
    if name != EMBEDDED:
        raise EpisodeError(f"{place}: only '{EMBEDDED}' is small enough to run in a page, not '{name}'")
    if not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
        raise EpisodeError(f'{place}: say which sequences: kinds = ["numerals", "words"]')
    if not isinstance(count, int) or not 0 < count <= MOST_PROMPTS:
        raise EpisodeError(f"{place}: count is how many prompts of each kind, from 1 to {MOST_PROMPTS}; not {count}")
    from tapehead.analysis.language.models.loading import load_model
    from tapehead.analysis.language.tasks.tasks import sequence_task

    model = load_model(name)
    config = model.hf.config
    tasks = {kind: sequence_task(model, kind, count, seed=seed) for kind in kinds}
    return {
        "name": model.name,
        "digest": model.digest[:12],
        "layers": int(config.n_layer),
        "heads": int(config.n_head),
        "width": int(config.n_embd),
        "epsilon": float(config.layer_norm_epsilon),
        "words": [str(model.tokenizer.convert_ids_to_tokens(i)) for i in range(int(config.vocab_size))],
        "weights": base64.b64encode(asset(f"models/{name}/model.safetensors").read_bytes()).decode(),
        "tasks": {
            kind: {
                "tokens": task.tokens.tolist(),
                "corrupted": task.corrupted.tolist(),
                "answers": task.answers.tolist(),
                "wrong": task.wrong.tolist(),
                "texts": list(task.texts),
            }
            for kind, task in tasks.items()
        },
    }
