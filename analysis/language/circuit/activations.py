"""Activations of the clean prompts, batch by batch, through the model's hooks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.tasks import Task

BATCH = 64


def activations(
    model: LanguageModel, tokens: np.ndarray, names: Sequence[str], batch: int = BATCH
) -> Iterator[tuple[slice, Any, dict[str, Any]]]:
    """Run ``tokens`` (prompts, positions) and yield, per batch, which prompts, their logits and what the hooks saw.

    Logits are those of the last position, (batch, vocabulary).  Activations are by hook name ("blocks.0.attn.hook_z"),
    in TransformerLens' shapes, and must not be changed in place.

    Raises:
        ResultError: a hook did not see exactly one activation in a forward pass.
    """
    import torch

    bridge = model.bridge
    for first in range(0, len(tokens), batch):
        which = slice(first, min(first + batch, len(tokens)))
        seen: dict[str, list[Any]] = {name: [] for name in names}

        def keep(value: Any, hook: Any, into: list[Any]) -> None:
            into.append(value.detach())

        with torch.no_grad():
            logits = bridge.run_with_hooks(
                torch.tensor(tokens[which], device=model.device),
                fwd_hooks=[(name, partial(keep, into=into)) for name, into in seen.items()],
                logits_to_keep=1,
                use_cache=False,
            )
        for name, into in seen.items():
            if len(into) != 1:
                raise ResultError(
                    f"hook '{name}' of '{model.name}' fired {len(into)} times in a forward pass, not once"
                )
        yield which, logits[:, -1], {name: into[0] for name, into in seen.items()}


def measured_on(model: LanguageModel, task: Task, seed: int) -> dict[str, Any]:
    """What every result of a task says about where it comes from."""
    return {"model": model.digest, "task": task.name, "prompts": len(task), "bos": task.bos, "seed": seed}


def layer_labels(model: LanguageModel) -> dict[str, tuple[str, ...]]:
    """Labels of the axes ``layer`` and ``head``: head 2.7 is ``layer="2", head="7"``."""
    return {
        "layer": tuple(str(i) for i in range(model.layers)),
        "head": tuple(str(i) for i in range(model.heads)),
    }
