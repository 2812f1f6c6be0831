"""Classifiers of timm: three families as tiny random checkpoints, made here as its hub repositories hold them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from tapehead.analysis.errors import MissingPartError, UnknownNameError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.vision import looking, models
from tapehead.analysis.vision.hub_classifier import HubClassifier
from tests.analysis.vision.timm_beside import timm_importable

FAMILIES: dict[str, tuple[str, dict[str, Any], str]] = {
    "resnet": ("resnet18", {"layers": [1, 1, 1, 1], "channels": [8, 8, 12, 16]}, "layer3"),
    "convnext": ("convnext_atto", {"depths": [1, 1, 1, 1], "dims": [8, 8, 12, 16]}, "stages.2"),
    "vit": (
        "vit_tiny_patch16_224",
        {"img_size": 64, "patch_size": 16, "embed_dim": 16, "depth": 2, "num_heads": 2},
        "blocks.1",
    ),
}
SIDE = 64
SEEN = {
    "input_size": [3, SIDE, SIDE],
    "mean": [0.5, 0.4, 0.3],
    "std": [0.2, 0.3, 0.4],
    "interpolation": "bilinear",
    "crop_pct": 1.0,
}


def write(place: Path, config: dict[str, Any], state: dict[str, torch.Tensor]) -> Path:
    place.mkdir(exist_ok=True)
    (place / "config.json").write_text(json.dumps(config))
    save_file({key: value.contiguous() for key, value in state.items()}, str(place / "model.safetensors"))
    return place


def config_of(family: str, **more: Any) -> dict[str, Any]:
    architecture, given, _ = FAMILIES[family]
    return {"architecture": architecture, "num_classes": 5, "model_args": given, "pretrained_cfg": SEEN} | more


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Path, Any]]]:
    with timm_importable():
        yield _made(tmp_path_factory)


def _made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Any]]:
    import timm

    found = {}
    for family, (architecture, given, _) in FAMILIES.items():
        torch.manual_seed(3)
        network = timm.create_model(architecture, num_classes=5, **given).eval()
        found[family] = (
            write(tmp_path_factory.mktemp(family) / "net", config_of(family), network.state_dict()),
            network,
        )
    return found


def pictures(count: int = 2, side: int = SIDE) -> np.ndarray:
    levels = np.random.default_rng(5).integers(0, 256, (count, 3, side, side))
    return (levels / 255).astype(np.float32)


@pytest.mark.parametrize("family", FAMILIES)
def test_layers_answers_and_activations(family: str, made: dict[str, tuple[Path, Any]]) -> None:
    place, network = made[family]
    model, layer = models.load_model(str(place)), FAMILIES[family][2]
    assert isinstance(model, HubClassifier)
    shown = pictures()
    mean, std = (np.array(v, dtype=np.float32)[:, None, None] for v in (SEEN["mean"], SEEN["std"]))
    kept: list[torch.Tensor] = []
    handle = network.get_submodule(layer).register_forward_hook(lambda _m, _i, out: kept.append(out))
    with torch.no_grad():
        said = network(torch.from_numpy((shown - mean) / std)).numpy()
    handle.remove()
    inner = kept[0].numpy()
    if family == "vit":  # a class token, then the places row by row
        inner = inner[:, 1:].transpose(0, 2, 1).reshape(2, 16, 4, 4)
    np.testing.assert_allclose(model.scores(shown), said, atol=1e-4)
    np.testing.assert_allclose(model.activations(shown, layer), inner, atol=1e-4)
    assert model.layers[layer] == inner.shape[1:]
    assert (model.labels, model.side, model.name) == (("0", "1", "2", "3", "4"), SIDE, "net")
    assert models.model_digest(str(place)) == model.digest
    many = looking.pairs(model, layer, 0.1, 4, seed=1)
    assert many["values"] == inner[0].size


def test_pictures_are_brought_to_the_size_that_the_configuration_says(made: dict[str, tuple[Path, Any]]) -> None:
    model = models.load_model(str(made["resnet"][0]))
    flat = np.full((1, 3, 96, 96), 0.5, np.float32)
    np.testing.assert_allclose(model.scores(flat), model.scores(flat[..., :SIDE, :SIDE]), atol=1e-5)


def test_what_does_not_fit_is_told(made: dict[str, tuple[Path, Any]], tmp_path: Path) -> None:
    state = made["resnet"][1].state_dict()

    def asked(name: str, **more: Any) -> str:
        return str(write(tmp_path / name, config_of("resnet", **more), state))

    with pytest.raises(UnknownNameError, match=r"timm architecture 'resnett18': did you mean .*resnet18"):
        models.load_model(asked("a", architecture="resnett18"))
    with pytest.raises(ModelError, match="model_args holds 'checkpoint_path'"):
        models.load_model(asked("b", model_args={"checkpoint_path": "/tmp/x.pth"}))
    with pytest.raises(ModelError, match="no pretrained_cfg with an input_size"):
        models.load_model(asked("c", pretrained_cfg={}))
    with pytest.raises(ModelError, match=r"do not fit|can build"):
        models.load_model(asked("d", num_classes=7))
    with pytest.raises(ModelError, match=r"do not fit its config\.json: "):
        models.load_model(asked("e", model_args={"layers": [2, 1, 1, 1], "channels": [8, 8, 12, 16]}))
    with pytest.raises(ModelError, match="num_classes is 'many'"):
        models.load_model(asked("f", num_classes="many"))


def test_without_timm_the_line_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    place = write(tmp_path / "net", config_of("resnet"), {"weight": torch.ones(2)})
    with pytest.raises(MissingPartError, match=r"classifier of timm: pip install 'tapehead\[timm\]'"):
        models.load_model(str(place))
    assert models.model_digest(str(place))
