"""Image classifiers of others: three families as tiny random checkpoints, made here; and what is no classifier."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, UnknownNameError, UsageError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.vision import anatomy, covering, hub, looking, models
from tapehead.analysis.vision.hub_classifier import HubClassifier
from tapehead.analysis.vision.overlap import overlap
from tapehead.analysis.vision.world.creatures import KINDS, SIDE, Pose, draw

FAMILIES = ("resnet", "convnext", "vit")
LAYER = {"resnet": "resnet.encoder.stages.1", "convnext": "convnext.encoder.stages.1", "vit": ""}


def checkpoint(family: str, place: Path) -> Path:
    """A tiny random classifier of a family with five labels, as `save_pretrained` writes it."""
    import torch
    import transformers as tf

    torch.manual_seed(3)
    if family == "resnet":
        config: Any = tf.ResNetConfig(
            embedding_size=8, hidden_sizes=[8, 12], depths=[1, 1], layer_type="basic", num_labels=5
        )
        model: Any = tf.ResNetForImageClassification(config)
    elif family == "convnext":
        config = tf.ConvNextConfig(hidden_sizes=[8, 12], depths=[1, 1], num_stages=2, num_labels=5)
        model = tf.ConvNextForImageClassification(config)
    else:
        config = tf.ViTConfig(
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=16,
            image_size=32,
            patch_size=8,
            num_labels=5,
        )
        model = tf.ViTForImageClassification(config)
    model.save_pretrained(place)
    # Written by hand, as repositories hold them: the size differs from that of our pictures.
    kind = {"resnet": "ViTImageProcessor", "convnext": "ViTImageProcessor", "vit": "ViTImageProcessor"}[family]
    said = {
        "image_processor_type": kind,
        "do_resize": True,
        "size": {"height": 32, "width": 32},
        "do_rescale": True,
        "rescale_factor": 1 / 255,
        "do_normalize": True,
        "image_mean": [0.5, 0.4, 0.3],
        "image_std": [0.2, 0.3, 0.4],
    }
    (place / hub.PROCESSOR).write_text(json.dumps(said))
    return place


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {family: checkpoint(family, tmp_path_factory.mktemp(family)) for family in FAMILIES}


def pictures(count: int = 2, side: int = 32) -> np.ndarray:
    levels = np.random.default_rng(5).integers(0, 256, (count, 3, side, side))
    return (levels / 255).astype(np.float32)


@pytest.mark.parametrize("family", FAMILIES)
def test_layers_answers_and_activations(family: str, places: dict[str, Path]) -> None:
    import torch

    model = hub.load_model(str(places[family]))
    shown = pictures()
    # By hand: the processor's arithmetic, and the network's own output.
    mean, std = (np.array(v, dtype=np.float32)[:, None, None] for v in ([0.5, 0.4, 0.3], [0.2, 0.3, 0.4]))
    ready = torch.from_numpy((shown - mean) / std)
    with torch.no_grad():
        said = model.hf(ready, output_hidden_states=True)
    np.testing.assert_allclose(model.scores(shown), said.logits.numpy(), atol=1e-4)
    np.testing.assert_allclose(model.probabilities(shown).sum(axis=1), 1, atol=1e-6)
    assert len(model.labels) == 5 and model.name == places[family].name
    last = said.hidden_states[-1].numpy()
    if family == "vit":
        name = next(
            layer for layer in reversed(model.layers) if layer.endswith("layers.1") or layer.endswith("layer.1")
        )
        wanted = last[:, 1:].transpose(0, 2, 1).reshape(2, 16, 4, 4)
    else:
        name, wanted = LAYER[family], last
    found = model.activations(shown, name)
    np.testing.assert_allclose(found, wanted, atol=1e-4)
    assert model.layers[name] == found.shape[1:]
    assert model.activations(shown, model.last_layer).ndim == 4
    assert 0 <= overlap(found[0], found[1], 0.1, 1) <= 1
    assert hub.model_digest(str(places[family])) == model.digest


def test_pictures_are_brought_to_the_size_that_the_processor_says(places: dict[str, Path]) -> None:
    model = hub.load_model(str(places["resnet"]))
    small, large = (model.activations(pictures(1, side), "resnet.encoder.stages.1") for side in (16, 96))
    assert small.shape == large.shape
    flat = np.full((1, 3, 96, 96), 0.5, np.float32)
    np.testing.assert_allclose(model.scores(flat), model.scores(flat[..., :32, :32]), atol=1e-5)


def test_what_is_asked_wrongly(places: dict[str, Path], tmp_path: Path) -> None:
    model = hub.load_model(str(places["resnet"]))
    with pytest.raises(UnknownNameError, match=r"resnet\.encoder\.stages\.1"):
        model.activations(pictures(), "resnet.encoder.stage.1")
    with pytest.raises(UsageError, match=r"pictures \(picture, 3 colours"):
        model.scores(np.zeros((2, 1, 32, 32)))
    with pytest.raises(UsageError, match="no pictures"):
        model.scores(np.zeros((0, 3, 32, 32)))
    with pytest.raises(UsageError, match="from 0 to 1"):
        model.scores(np.full((1, 3, 32, 32), 3.0))
    with pytest.raises(UsageError, match="no directory"):
        hub.load_model("./nowhere")
    with pytest.raises(MissingPartError, match="hf download nobody/nothing"):
        hub.load_model("nobody/nothing")
    (tmp_path / "a.txt").write_text("no model")
    with pytest.raises(ModelError, match="is a file"):
        hub.load_model(str(tmp_path / "a.txt"))


def test_directories_that_are_no_classifier(places: dict[str, Path], tmp_path: Path) -> None:
    import shutil

    def broken(name: str) -> Path:
        return Path(shutil.copytree(places["resnet"], tmp_path / name))

    place = broken("processor")
    (place / hub.PROCESSOR).unlink()
    with pytest.raises(ModelError, match="how large pictures have to be"):
        hub.load_model(str(place))
    place = broken("pickle")
    (place / "model.safetensors").rename(place / "pytorch_model.bin")
    with pytest.raises(ModelError, match="safetensors"):
        hub.model_digest(str(place))
    place = broken("code")
    config = json.loads((place / "config.json").read_text())
    (place / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModel": "evil.Evil"}}))
    with pytest.raises(ModelError, match="code of its own"):
        hub.load_model(str(place))
    place = broken("misfit")
    (place / "config.json").write_text(json.dumps(config | {"hidden_sizes": [8, 16]}))
    with pytest.raises(ModelError, match=r"do not fit|can be read"):
        hub.load_model(str(place))
    place = broken("text")
    (place / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(ModelError, match="no image classifier"):
        hub.load_model(str(place))
    place = broken("nothing")
    (place / "config.json").unlink()
    with pytest.raises(ModelError, match=r"no config\.json"):
        hub.load_model(str(place))


@pytest.mark.parametrize("family", FAMILIES)
def test_the_analyses_look_into_it(family: str, places: dict[str, Path]) -> None:
    eyes = models.load_model(str(places[family]))
    last = eyes.last_layer
    assert isinstance(eyes, HubClassifier)
    found = looking.occlusion(eyes, "zebra", "", 0.1, 0.3, 2, seed=1)
    assert found.facts["layer"] == last and found.model == places[family].name
    drawn = draw("zebra", Pose(), SIDE).picture
    said = eyes.probabilities(drawn.transpose(2, 0, 1)[None].astype(np.float32))[0]
    assert found["whole"] == pytest.approx(100 * said.max(), abs=1e-3), "what it says to the whole picture counts"
    many = looking.pairs(eyes, last, 0.1, 4, seed=1)
    assert "right" not in many.quantities, "it has other answers than our kinds"
    assert many["values"] == np.prod(eyes.layers[last])
    assert covering.covers(eyes, "", 0.1, 0.3, 4, seed=1)["likeness"].shape == (3, 4)
    assert (
        anatomy.anatomy(eyes, ("bus", "lorry", "oryx"), "", 0.1, 20, seed=1)["activation"].shape[1:]
        == eyes.layers[last]
    )
    # Nearly: where values are equal at the border of a set, each picture draws its own.
    assert looking.shifts(eyes, "bus", "", 0.1, (0, 8), seed=1)["placed"][0] > 0.7
    with pytest.raises(UnknownNameError, match="did you mean"):
        looking.pairs(eyes, last + "x", 0.1, 4, seed=1)


def test_the_shipped_network_is_one_of_the_family() -> None:
    eyes = models.load_model()
    assert models.layers_of(eyes)[-1] == models.known_layer(eyes, "") == "stage4"
    assert models.answer_for(eyes, "zebra", np.zeros(8)) == KINDS.index("zebra")
    assert models.model_digest() == models.model_digest("looker") != ""
