"""Any image classifier that ``transformers`` or ``timm`` loads, from a directory or a hub, looked into layer by layer.

It answers to the same calls as the network that ships: pictures are (picture, colour, row, column), 0 to 1; they are
brought to the size and the scale that the classifier's own processor says.  A layer is called by its module's name, and
counts if it has places: maps (channel, row, column), or a square of tokens with leading ones (a class token) left out.
Some families (ConvNeXt) keep channels last within a block, which no shape tells: there, take blocks and stages.
Weights are read from safetensors only, since a pickle can run code; no code of a repository is run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import MissingPartError, UsageError, first_line
from tapehead.analysis.model_files import (
    ModelError,
    check_entries,
    check_room,
    files_digest,
    read_table,
    weight_files,
    weight_shapes,
)
from tapehead.analysis.pretrained import check_device, quiet, read_pretrained
from tapehead.analysis.torchvision_fit import misfit
from tapehead.analysis.vision import timm_models
from tapehead.analysis.vision.hub_classifier import HubClassifier, places_of

PROCESSOR = "preprocessor_config.json"
NEEDED = ("config.json", PROCESSOR, "*.safetensors", "*.safetensors.index.json")
"""What is fetched of a hub repository: no pickles, no code."""


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
        found = timm_models.read(directory, config, weights, badge, digest, device)
    else:
        found = _read(directory, badge, digest, device)
    layers = places_of(found)
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
