"""Image classifiers as ``timm`` saves them (Wightman 2019): ``config.json`` names an architecture, and its own
preparation of pictures.

Such a directory has no processor's file: size, crop, mean and spread stand in ``pretrained_cfg``.  ``timm`` is an extra
(``pip install 'tapehead[timm]'``); it brings torchvision.  A layer is called by its module's name in ``timm``
(``layer4``, ``blocks.11``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UnknownNameError, first_line
from tapehead.analysis.model_files import ModelError, check_finite, check_numbers
from tapehead.analysis.outside_files import shown
from tapehead.analysis.torchvision_fit import misfit
from tapehead.analysis.vision.hub_classifier import HubClassifier

INSTALL = "pip install 'tapehead[timm]'"
_FETCHING = ("pretrained", "pretrained_cfg", "pretrained_cfg_overlay", "checkpoint_path", "cache_dir")
"""Arguments of ``timm.create_model`` that name other weights: a directory's own are read and no others."""


@dataclass(frozen=True, eq=False)
class Preparation:
    """``timm``'s own way from a picture to a network's input, called like a processor of ``transformers``."""

    transform: Any
    side: int

    def __call__(self, images: Sequence[Any], return_tensors: str = "pt") -> dict[str, Any]:
        """Pictures (row, column, 3), bytes, as ``pixel_values`` (picture, 3, row, column)."""
        import torch
        from PIL import Image

        return {"pixel_values": torch.stack([self.transform(Image.fromarray(image)) for image in images])}


class TimmClassifier(HubClassifier):
    """A classifier of ``timm``: it is called with the pictures alone and gives logits."""

    def answers(self, x: Any) -> Any:
        """Logits (picture, answer) of what the preparation gave."""
        return self.hf(x)


def read(
    directory: Path, config: Mapping[str, Any], weights: Sequence[Path], name: str, digest: str, device: str
) -> TimmClassifier:
    """The classifier in a directory whose files were looked at before.

    Raises:
        MissingPartError: ``timm`` is not installed, or its torchvision was built for another torch.
        ModelError: the directory wants other weights, says nothing about its pictures, or does not fit together.
        UnknownNameError: this release of ``timm`` has no such architecture; the nearest are named.
    """
    try:
        import timm
        from timm.data import create_transform, resolve_data_config
    except Exception as error:  # torchvision of another torch fails with errors of its own
        remedy = misfit() or f"{INSTALL} ({first_line(error)})"
        raise MissingPartError(f"{directory} holds a classifier of timm: {remedy}") from None
    from safetensors.torch import load_file

    path = directory / "config.json"
    architecture, given = str(config["architecture"]), config.get("model_args") or {}
    how = config.get("pretrained_cfg")
    if not isinstance(given, dict) or (odd := sorted(set(given) & set(_FETCHING))):
        raise ModelError(
            f"{path}: model_args holds {shown(odd[0] if isinstance(given, dict) else given)}; leave it out"
        )
    if not isinstance(how, dict) or "input_size" not in how:
        raise ModelError(f"{path} has no pretrained_cfg with an input_size: it says how large pictures have to be")
    check_numbers(given, path)
    check_numbers({key: value for key, value in how.items() if key in ("input_size", "mean", "std")}, path)
    if not timm.is_model(architecture):
        raise UnknownNameError("timm architecture", architecture, timm.list_models(), f"{path} names it.")
    answers = config.get("num_classes", how.get("num_classes"))
    if type(answers) is not int or not 1 <= answers <= 10**6:
        raise ModelError(f"{path}: num_classes is {shown(answers)}; a classifier has answers, at least one")
    try:
        network = timm.create_model(architecture, pretrained=False, num_classes=answers, **given)
        transform = create_transform(**resolve_data_config(pretrained_cfg=how), is_training=False)
        state: dict[str, Any] = {}
        for file in weights:
            state |= load_file(str(file))
        # Classifiers of many years ago count batches in no tensor: only what is computed with has to be there.
        told = network.load_state_dict({key: value.float() for key, value in state.items()}, strict=False)
    except Exception as error:  # whatever the library makes of a wrong configuration
        raise ModelError(f"{directory} holds no classifier that timm can build: {first_line(error)}") from error
    missing = [key for key in told.missing_keys if not key.endswith("num_batches_tracked")]
    if wrong := [*missing, *told.unexpected_keys]:
        raise ModelError(f"the weights in {directory} do not fit its config.json: {', '.join(sorted(wrong)[:3])}")
    check_finite(network, f"the weights in {directory}")
    labels = config.get("label_names") or how.get("label_names") or ()
    named = tuple(map(str, labels)) if len(labels) == answers else tuple(map(str, range(answers)))
    ready = Preparation(transform, int(how["input_size"][-1]))
    return TimmClassifier(name, digest, network.float().to(device).eval(), ready, {}, named, device)
