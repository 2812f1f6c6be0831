"""Small networks: form, files, what comes out, and what is refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.model_files import ModelError
from tapehead.analysis.vision.networks import SPOTTER, Form, load, save, untrained

FORM = Form(16, 3, (4, 6), 5, True)


def test_shapes_and_probabilities() -> None:
    network = untrained(FORM, 1)
    pictures = np.random.default_rng(0).random((70, 3, 16, 16))
    scores, chances = network.scores(pictures), network.probabilities(pictures)
    assert scores.shape == (70, 5) and np.allclose(chances.sum(axis=1), 1)
    assert network.activations(pictures[:2], "stage1").shape == (2, 4, 8, 8)
    last = network.activations(pictures, "stage2")
    assert last.shape == (70, 6, 4, 4) and last.min() >= 0, "a stage ends in a ReLU"
    head = network.net.head
    by_hand = last.mean(axis=(2, 3)) @ head.weight.detach().numpy().T + head.bias.detach().numpy()
    assert np.allclose(scores, by_hand, atol=1e-5)
    assert np.allclose(network.scores(pictures[:3]), scores[:3], atol=1e-5), "a picture's scores are its own"


def test_a_network_comes_back_from_its_files(tmp_path: Path) -> None:
    network = untrained(SPOTTER, 2)
    save(network.net, SPOTTER, tmp_path)
    again = load(tmp_path / "model.safetensors", tmp_path / "config.json", "n")
    pictures = np.random.default_rng(1).normal(size=(4, 1, 32, 32))
    assert again.form == SPOTTER
    assert np.allclose(again.scores(pictures), network.scores(pictures), atol=5e-3), "but for fp16"
    (tmp_path / "config.json").write_text('{"side": 32}')
    with pytest.raises(ModelError, match="describes no network of ours"):
        load(tmp_path / "model.safetensors", tmp_path / "config.json", "n")
    with pytest.raises(ModelError, match=r"has a config\.json and a model\.safetensors"):
        load(tmp_path / "model.safetensors", tmp_path / "none.json", "n")


def test_weights_that_do_not_fit_or_are_no_numbers(tmp_path: Path) -> None:
    network = untrained(SPOTTER, 2)
    save(network.net, replace(SPOTTER, channels=(8, 16, 64)), tmp_path)
    with pytest.raises(ModelError, match="do not fit"):
        load(tmp_path / "model.safetensors", tmp_path / "config.json", "n")
    with torch.no_grad():
        network.net.head.bias[0] = float("nan")
    save(network.net, SPOTTER, tmp_path)
    with pytest.raises(ModelError, match="NaN"):
        load(tmp_path / "model.safetensors", tmp_path / "config.json", "n")


def test_bad_orders() -> None:
    network = untrained(FORM, 1)
    with pytest.raises(UnknownNameError, match="stage2"):
        network.activations(np.zeros((1, 3, 16, 16)), "stage3")
    with pytest.raises(UsageError, match=r"\(3, 16, 16\); found \(1, 1, 16, 16\)"):
        network.scores(np.zeros((1, 1, 16, 16)))
    with pytest.raises(UsageError, match="not finite"):
        network.scores(np.full((1, 3, 16, 16), np.nan))
    with pytest.raises(UsageError, match="multiple of 4"):
        Form(18, 1, (2, 2), 1, False)
