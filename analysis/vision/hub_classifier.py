"""A classifier of others, looked into layer by layer; which layers count, :mod:`tapehead.analysis.vision.hub` says."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError, first_line
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.threads import one_thread

AT_A_TIME = 16


@dataclass(frozen=True, eq=False)
class HubClassifier:
    """A classifier in evaluation mode, fp32, with its processor.

    ``layers`` are the modules that have places, in the order in which they are run, with their shapes
    (channel, row, column); ``labels`` are its answers.
    """

    name: str
    digest: str
    hf: Any
    processor: Any
    layers: dict[str, tuple[int, int, int]]
    labels: tuple[str, ...]
    device: str = "cpu"

    @property
    def last_layer(self) -> str:
        """The last layer that has more than one place."""
        return next(reversed(self.layers))

    @property
    def side(self) -> int:
        """Pixels that a square picture had best have, so that its preparation loses nothing."""
        given = getattr(self.processor, "size", None) or {}
        asked = [given[key] for key in ("height", "width", "shortest_edge") if key in given]
        return max(asked) if asked else int(getattr(self.processor, "side", 0) or 224)

    def answers(self, x: Any) -> Any:
        """Logits (picture, answer) of what the preparation gave."""
        return self.hf(pixel_values=x).logits

    def ready(self, pictures: np.ndarray) -> Any:
        """Pictures (picture, 3, row, column), 0 to 1, as the network takes them.

        Raises:
            UsageError: these are no pictures.
        """
        values = np.asarray(pictures, dtype=np.float32)
        if values.ndim != 4 or values.shape[1] != 3 or not len(values) or 0 in values.shape:
            raise UsageError(f"{self.name} takes pictures (picture, 3 colours, row, column); found {values.shape}")
        if not np.all(np.isfinite(values)) or values.min() < 0 or values.max() > 1:
            raise UsageError("pictures hold brightnesses from 0 to 1; found others, so nothing can be seen in them")
        shown = [np.round(255 * one.transpose(1, 2, 0)).astype(np.uint8) for one in values]
        return self.processor(images=shown, return_tensors="pt")["pixel_values"].to(self.device)

    def _each(self, pictures: np.ndarray, what: Callable[[Any], Any]) -> np.ndarray:
        import torch

        with one_thread(), torch.no_grad():
            parts = [
                what(self.ready(pictures[n : n + AT_A_TIME])).float().cpu().numpy()
                for n in range(0, len(pictures), AT_A_TIME)
            ]
        if not parts:
            raise UsageError("there are no pictures to look at; give at least one")
        return np.concatenate(parts)

    def scores(self, pictures: np.ndarray) -> np.ndarray:
        """What it says, before any squashing: (picture, label).

        Raises:
            UsageError: these are no pictures.
        """
        return self._each(pictures, self.answers)

    def probabilities(self, pictures: np.ndarray) -> np.ndarray:
        """Softmax over its answers: (picture, label)."""
        scores = self.scores(pictures).astype(float)
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def activations(self, pictures: np.ndarray, layer: str) -> np.ndarray:
        """Behind a layer: (picture, channel, row, column).

        Raises:
            UnknownNameError: there is no such layer; the nearest names are given.
            UsageError: these are no pictures.
        """
        if layer not in self.layers:
            raise UnknownNameError("layer", layer, self.layers)
        module = self.hf.get_submodule(layer)

        def behind(x: Any) -> Any:
            kept: list[Any] = []
            handle = module.register_forward_hook(lambda _module, _given, gave: kept.append(_tensor(gave)))
            try:
                self.answers(x)
            finally:
                handle.remove()
            return _as_maps(kept[-1])

        return self._each(pictures, behind)


def _tensor(gave: Any) -> Any:
    """The first tensor of what a module gives: many give tuples, or records with names."""
    if hasattr(gave, "shape"):
        return gave
    values = list(gave.values()) if hasattr(gave, "values") else list(gave) if isinstance(gave, tuple | list) else []
    return next((value for value in values if hasattr(value, "shape")), None)


def _shape(gave: Any) -> tuple[int, int, int] | None:
    """(channel, row, column) of what a module gave for one picture, or None if it has no places."""
    if gave is None:
        return None
    if gave.ndim == 4 and gave.shape[2] > 1 and gave.shape[3] > 1:
        return int(gave.shape[1]), int(gave.shape[2]), int(gave.shape[3])
    if gave.ndim == 3 and gave.shape[1] >= 4:
        side = math.isqrt(int(gave.shape[1]))
        return int(gave.shape[2]), side, side
    return None


def _as_maps(gave: Any) -> Any:
    """(picture, channel, row, column) from maps, or from tokens (picture, token, channel)."""
    if gave.ndim == 4:
        return gave
    side = math.isqrt(int(gave.shape[1]))
    return gave[:, gave.shape[1] - side * side :].transpose(1, 2).reshape(len(gave), gave.shape[2], side, side)


def places_of(model: HubClassifier) -> dict[str, tuple[int, int, int]]:
    """Modules that have places, tried with one grey picture; the whole network and what wraps it are left out.

    Raises:
        ModelError: the network does not take what its processor gives.
    """
    import torch

    found: dict[str, tuple[int, int, int]] = {}
    handles = []

    def note(name: str) -> Callable[[Any, Any, Any], None]:
        def hook(_module: Any, _given: Any, gave: Any) -> None:
            if (shape := _shape(_tensor(gave))) is not None:
                found[name] = shape

        return hook

    for name, module in model.hf.named_modules():
        if name:
            handles.append(module.register_forward_hook(note(name)))
    try:
        with one_thread(), torch.no_grad():
            model.answers(model.ready(np.full((1, 3, 64, 64), 0.5, np.float32)))
    except Exception as error:
        raise ModelError(f"{model.name} does not take what its own processor gives: {first_line(error)}") from error
    finally:
        for handle in handles:
            handle.remove()
    return found
