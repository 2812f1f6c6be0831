"""The networks that the analyses of likeness look into: the one that ships, or any image classifier of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

import numpy as np

from tapehead.analysis.errors import UnknownNameError
from tapehead.analysis.shipped import shipped_file
from tapehead.analysis.store import digest_file
from tapehead.analysis.vision import hub
from tapehead.analysis.vision.hub_classifier import HubClassifier
from tapehead.analysis.vision.networks import Classifier, load
from tapehead.analysis.vision.world.creatures import KINDS

EMBEDDED = "looker"
Eyes: TypeAlias = Classifier | HubClassifier


def _files() -> tuple[Path, Path]:
    """Weights and configuration of the network that ships."""
    return shipped_file("models/looker/model.safetensors"), shipped_file("models/looker/config.json")


def load_model(name: str = EMBEDDED, device: str = "cpu", download: bool = False) -> Eyes:
    """The classifier called ``name``: ``looker``, a directory, or a hub name such as ``microsoft/resnet-18``.

    Raises:
        MissingPartError, ModelError, UsageError: see :func:`tapehead.analysis.vision.hub.load_model`.
    """
    if name == EMBEDDED:
        return load(*_files(), EMBEDDED)
    return hub.load_model(name, device, download)


def model_digest(name: str = EMBEDDED, download: bool = False) -> str:
    """Digest of a classifier's files, without loading it.

    Raises:
        MissingPartError, ModelError, UsageError: see :func:`tapehead.analysis.vision.hub.load_model`.
    """
    if name == EMBEDDED:
        return "-".join(digest_file(path) for path in _files())
    return hub.model_digest(name, download)


def layers_of(eyes: Eyes) -> tuple[str, ...]:
    """Names of the layers that have places, from the picture on."""
    return eyes.form.layers if isinstance(eyes, Classifier) else tuple(eyes.layers)


def side_of(eyes: Eyes) -> int:
    """Pixels of a side of the square pictures that a classifier is best given."""
    return eyes.form.side if isinstance(eyes, Classifier) else eyes.side


def known_layer(eyes: Eyes, layer: str) -> str:
    """The layer's name, if there is one; the last one that has places if none is named.

    Raises:
        UnknownNameError: there is none of that name; the nearest ones are given.
    """
    names = layers_of(eyes)
    if layer and layer not in names:
        raise UnknownNameError("layer", layer, names)
    return layer or names[-1]


def answer_for(eyes: Eyes, kind: str, whole: np.ndarray) -> int:
    """Which answer counts as the right one for a picture of a kind.

    Args:
        eyes: a classifier; the one that ships knows the kinds of our world.
        kind: what is to be seen.
        whole: (answer,) probabilities for the picture as it is: what a classifier with other answers says to it counts.
    """
    known = KINDS if isinstance(eyes, Classifier) else eyes.labels
    return known.index(kind) if kind in known else int(np.argmax(whole))
