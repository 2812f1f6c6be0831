"""Small convolutional networks: their form, their files, and what they say of pictures.

A network is a chain of stages, each of which halves the picture; ``looker`` names the kind of a thing, ``spotter`` says
how much a window looks like a bean.  Weights are kept as fp16 and computed with as fp32.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.model_files import ModelError, check_finite, check_shapes, read_table, weight_shapes
from tapehead.analysis.threads import one_thread

WEIGHTS, SETTINGS_FILE = "model.safetensors", "config.json"
AT_A_TIME = 64


@dataclass(frozen=True)
class Form:
    """The form of a network: ``side`` of its pictures, ``colours``, ``channels`` of its stages and what it says.

    ``residual`` stages have a second and third convolution with a bridge around them (He et al. 2016).
    """

    side: int
    colours: int
    channels: tuple[int, ...]
    outputs: int
    residual: bool

    def __post_init__(self) -> None:
        object.__setattr__(self, "channels", tuple(self.channels))
        whole = (self.side, self.colours, self.outputs, *self.channels)
        if not self.channels or any(type(n) is not int or not 1 <= n <= 1024 for n in whole):
            raise UsageError(f"a network's sizes are whole numbers from 1 to 1024; found {self}")
        if self.side % (1 << len(self.channels)):
            raise UsageError(
                f"{len(self.channels)} stages halve a picture of {self.side} pixels into no whole number; "
                f"take a multiple of {1 << len(self.channels)}"
            )

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the stages, from the picture on."""
        return tuple(f"stage{n + 1}" for n in range(len(self.channels)))


LOOKER = Form(96, 3, (16, 32, 64, 96), 8, True)
SPOTTER = Form(32, 1, (8, 16, 32), 1, False)


def build(form: Form) -> Any:
    """A fresh network with random weights, from torch's present seed."""
    import torch
    from torch import nn

    def convolution(entering: int, leaving: int, stride: int = 1) -> list[nn.Module]:
        return [nn.Conv2d(entering, leaving, 3, stride, 1, bias=False), nn.BatchNorm2d(leaving)]

    class Bridge(nn.Module):
        """Two convolutions and a way around them."""

        def __init__(self, width: int) -> None:
            super().__init__()
            self.inner = nn.Sequential(*convolution(width, width), nn.ReLU(), *convolution(width, width))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.relu(x + self.inner(x))

    class Network(nn.Module):
        """Stages, then the mean over the places, then one weight for each channel and output."""

        def __init__(self) -> None:
            super().__init__()
            entering, stages = form.colours, {}
            for number, (name, width) in enumerate(zip(form.layers, form.channels, strict=True)):
                parts = [*convolution(entering, width, 2), nn.ReLU()]
                if form.residual and number:
                    parts.append(Bridge(width))
                stages[name], entering = nn.Sequential(*parts), width
            self.stages = nn.ModuleDict(stages)
            self.head = nn.Linear(entering, form.outputs)

        def at(self, x: torch.Tensor, layer: str) -> torch.Tensor:
            """Activations behind a stage."""
            for name, stage in self.stages.items():
                x = stage(x)
                if name == layer:
                    break
            return x

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            found: torch.Tensor = self.head(self.at(x, form.layers[-1]).mean(dim=(2, 3)))
            return found

    return Network()


@dataclass(frozen=True)
class Classifier:
    """A network ready for use: pictures are (picture, colour, row, column), 0 to 1 (a spotter's: any grey)."""

    form: Form
    net: Any
    name: str

    def _each(self, pictures: np.ndarray, what: Callable[[Any], Any]) -> np.ndarray:
        import torch

        values = np.asarray(pictures, dtype=np.float32)
        wanted = (self.form.colours, self.form.side, self.form.side)
        if values.ndim != 4 or values.shape[1:] != wanted or not len(values):
            raise UsageError(
                f"{self.name} takes pictures (picture, colour, row, column) of {wanted}; found {values.shape}"
            )
        if not np.all(np.isfinite(values)):
            raise UsageError("a picture holds values that are not finite; nothing can be seen in it")
        with one_thread(), torch.no_grad():
            parts = [
                what(torch.from_numpy(values[n : n + AT_A_TIME])).numpy() for n in range(0, len(values), AT_A_TIME)
            ]
        return np.concatenate(parts)

    def scores(self, pictures: np.ndarray) -> np.ndarray:
        """What it says, before any squashing: (picture, output).

        Raises:
            UsageError: the pictures have another shape, or are not finite.
        """
        return self._each(pictures, self.net)

    def probabilities(self, pictures: np.ndarray) -> np.ndarray:
        """Softmax over its outputs: (picture, output)."""
        scores = self.scores(pictures).astype(float)
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    def activations(self, pictures: np.ndarray, layer: str) -> np.ndarray:
        """Behind a stage: (picture, channel, row, column).

        Raises:
            UnknownNameError: there is no such layer.
            UsageError: see :meth:`scores`.
        """
        if layer not in self.form.layers:
            raise UnknownNameError("layer", layer, self.form.layers)
        return self._each(pictures, lambda x: self.net.at(x, layer))


def untrained(form: Form, seed: int) -> Classifier:
    """A network as it is before it has seen anything: the control of what training does."""
    import torch

    torch.manual_seed(seed)
    return Classifier(form, build(form).eval(), "untrained")


def save(net: Any, form: Form, directory: Path) -> None:
    """Weights as fp16 and the form of a network, into a directory that is there."""
    import torch
    from safetensors.torch import save as packed

    tensors = {
        name: tensor.detach().to(torch.float16).contiguous()
        for name, tensor in net.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    (directory / WEIGHTS).write_bytes(packed(tensors))
    (directory / SETTINGS_FILE).write_text(json.dumps(dataclasses.asdict(form), indent=1) + "\n", encoding="utf-8")


def load(weights: Path, config: Path, name: str) -> Classifier:
    """A network from its two files.

    Raises:
        ModelError: a file is missing or damaged, or they do not fit each other.
    """
    import torch
    from safetensors.torch import load as unpacked

    try:
        said = read_table(config)
        form = Form(**said)
    except FileNotFoundError:
        raise ModelError(f"{config} is missing: the network {name} has a {SETTINGS_FILE} and a {WEIGHTS}") from None
    except (TypeError, UsageError) as error:
        raise ModelError(f"{config} describes no network of ours: {error}") from None
    net = build(form)
    wanted = {n: tuple(t.shape) for n, t in net.state_dict().items() if not n.endswith("num_batches_tracked")}
    check_shapes(wanted, weight_shapes(weights), weights.parent)
    tensors = {n: tensor.to(torch.float32) for n, tensor in unpacked(weights.read_bytes()).items()}
    net.load_state_dict(tensors, strict=False)
    check_finite(net, str(weights))
    return Classifier(form, net.eval(), name)
