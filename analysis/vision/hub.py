"""Any image classifier that ``transformers`` or ``timm`` loads, from a directory or a hub, looked into layer by layer.

It answers to the same calls as the network that ships: pictures are (picture, colour, row, column), 0 to 1; they are
brought to the size and the scale that the classifier's own processor says.  A layer is called by its module's name, and
counts if it has places: maps (channel, row, column), or a square of tokens with leading ones (a class token) left out.
Some families (ConvNeXt) keep channels last within a block, which no shape tells: there, take blocks and stages.
Weights are read from safetensors only, since a pickle can run code; no code of a repository is run.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError, first_line
from tapehead.analysis.language.models.loading import check_device, quiet, weight_files
from tapehead.analysis.model_files import (
    ModelError,
    check_entries,
    check_room,
    files_digest,
    read_table,
    weight_shapes,
)
from tapehead.analysis.pretrained import read_pretrained
from tapehead.analysis.torchvision_fit import misfit
from tapehead.analysis.vision.networks import one_thread

PROCESSOR = "preprocessor_config.json"
NEEDED = ("config.json", PROCESSOR, "*.safetensors", "*.safetensors.index.json")
"""What is fetched of a hub repository: no pickles, no code."""
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


def is_timm(config: Mapping[str, Any]) -> bool:
    """Whether a ``config.json`` is one of ``timm``'s, which names an architecture and no type."""
    return isinstance(config.get("architecture"), str) and "model_type" not in config


def find_directory(name: str, download: bool = False) -> Path:
    """Directory of a classifier's files; the network is asked only if ``download``.

    Raises:
        ModelError: the name is that of a file.
        MissingPartError: there is no such directory, and the hub's files are not on this machine.
        UsageError: it is no name.
    """
    path = Path(name).expanduser()
    if name.strip() and path.is_dir():
        return path
    if path.is_file():
        raise ModelError(f"'{name}' is a file; name the directory that holds config.json and model.safetensors")
    if name.startswith((".", "/", "~")) or not name.strip() or name.count("/") > 1:
        raise UsageError(f"there is no directory '{name}'")
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(name, allow_patterns=list(NEEDED), local_files_only=not download))
    except Exception as error:
        tried = f" and could not be fetched ({first_line(error)})" if download else ""
        raise MissingPartError(
            f"the classifier '{name}' is not on this machine{tried}. With a network: "
            f"hf download {name} config.json {PROCESSOR} model.safetensors; or copy these files into a directory and "
            "name that as the model"
        ) from None


def model_digest(name: str, download: bool = False) -> str:
    """Digest of a classifier's files, without loading it.

    Raises:
        MissingPartError, ModelError, UsageError: as :func:`load_model`.
    """
    directory = find_directory(name, download)
    return files_digest(directory, _checked(directory))


def load_model(name: str, device: str = "cpu", download: bool = False) -> HubClassifier:
    """A classifier from a directory with ``config.json``, a processor's settings and safetensors, or from a hub.

    Raises:
        MissingPartError: the files are not on this machine; the message says how to get them.
        ModelError: it is a pickle, damaged, has no processor, or is no image classifier.
        UsageError: the device is not there, or the name is none.
    """
    check_device(device)
    directory = find_directory(name, download)
    weights = _checked(directory)
    digest = files_digest(directory, weights)
    badge = Path(name).expanduser().name if directory == Path(name).expanduser() else name
    config = read_table(directory / "config.json")
    found: HubClassifier
    if is_timm(config):
        from tapehead.analysis.vision import timm_models

        found = timm_models.read(directory, config, weights, badge, digest, device)
    else:
        found = _read(directory, badge, digest, device)
    layers = _layers(found)
    if not layers:
        raise ModelError(f"no layer of {badge} has places, so nothing can be compared place by place")
    found.layers.update(layers)
    return found


def _read(directory: Path, name: str, digest: str, device: str) -> HubClassifier:
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    with quiet():
        try:
            processor = AutoImageProcessor.from_pretrained(
                str(directory), local_files_only=True, trust_remote_code=False, use_fast=False
            )
        except Exception as error:
            if wrong_build := misfit():
                raise MissingPartError(wrong_build) from error
            raise ModelError(f"no usable image processor in {directory}: {first_line(error)}") from error
    refusal = f"{directory} holds no image classifier that can be read"
    model = read_pretrained(AutoModelForImageClassification, directory, refusal).to(device)
    said = model.config.id2label
    labels = tuple(str(said.get(n, n)) for n in range(int(model.config.num_labels)))
    return HubClassifier(name, digest, model, processor, {}, labels, device)


def _layers(model: HubClassifier) -> dict[str, tuple[int, int, int]]:
    """Modules that have places, tried with one grey picture; the whole network and what wraps it are left out."""
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


def _checked(directory: Path) -> list[Path]:
    """The weights of a directory that looks whole and runs no code.

    Raises:
        ModelError: something is missing, odd or damaged.
    """
    check_entries(directory)
    try:
        config = read_table(directory / "config.json")
    except FileNotFoundError:
        raise ModelError(f"no config.json in {directory}: it says what kind of classifier this is") from None
    if config.get("auto_map"):
        raise ModelError(f"{directory / 'config.json'} asks for code of its own to be run, which is not done")
    try:
        if not is_timm(config):  # which says there how pictures have to be
            read_table(directory / PROCESSOR)
    except FileNotFoundError:
        raise ModelError(
            f"no {PROCESSOR} in {directory}: it says how large pictures have to be; copy it from the repository"
        ) from None
    weights = weight_files(directory)
    check_room([weight_shapes(path) for path in weights], f"the weights in {directory}")
    return weights
