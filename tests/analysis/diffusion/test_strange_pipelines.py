"""Pipelines made by a stranger: looked at before a library reads them, and refused in one line."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.diffusion.models.loading import embedded_directory, load_model
from tapehead.analysis.language.models.loading import ModelError

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    copy = tmp_path / "pipeline"
    shutil.copytree(embedded_directory("puppet-64"), copy)
    return copy


def change(path: Path, **fields: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def refused(directory: Path, match: str) -> None:
    began = time.monotonic()
    with pytest.raises(ModelError, match=match) as caught:
        load_model(str(directory))
    assert time.monotonic() - began < 30
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize(
    "name", ["model_index.json", "unet/config.json", "scheduler/scheduler_config.json", "tokenizer/vocab.json", "vae/x"]
)
def test_nothing_that_blocks_is_opened(directory: Path, name: str) -> None:
    (directory / name).unlink(missing_ok=True)
    os.mkfifo(directory / name)
    refused(directory, "named pipe")
    (directory / name).unlink()
    (directory / name).symlink_to("/dev/zero")
    refused(directory, "device")


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"_class_name": 5}, "holds a 5"),
        ({"_class_name": ["StableDiffusionPipeline"]}, "holds a "),
        ({"unet": 5}, "unet"),
        ({"unet": None}, "unet"),
        ({"unet": ["diffusers"]}, "unet"),
        ({"unet": [["diffusers"], "UNet2DConditionModel"]}, "unet"),
        ({"unet": ["diffusers", "DiffusionPipeline"]}, "there is code here for UNet2DConditionModel"),
        ({"text_encoder": ["transformers", "AutoModel"]}, "there is code here for CLIPTextModel"),
        ({"scheduler": ["diffusers", "os"]}, "scheduler"),
        ({"image_encoder": ["antigravity", "X"]}, "the image_encoder comes from 'antigravity'"),
        ({"extra": ["subprocess", "Popen"]}, "the extra comes from 'subprocess'"),
    ],
)
def test_an_index_of_other_shapes(directory: Path, fields: dict[str, Any], complaint: str) -> None:
    change(directory / "model_index.json", **fields)
    refused(directory, complaint)


@pytest.mark.parametrize(
    ("part", "fields", "complaint"),
    [
        ("unet", {"block_out_channels": [10**9, 64, 128]}, "at most 1000000"),
        ("unet", {"block_out_channels": [65536, 65536, 65536]}, "do not fit"),
        ("unet", {"layers_per_block": 10**7}, "at most 200"),
        ("unet", {"layers_per_block": -1}, "do not fit|nothing that can be built"),
        ("unet", {"layers_per_block": [1] * 40}, "40 entries"),
        ("unet", {"attention_head_dim": 0}, "nothing that can be built"),
        ("unet", {"act_fn": "evil"}, "nothing that can be built"),
        ("unet", {"sample_size": 10**12}, "at most"),
        ("vae", {"block_out_channels": "wide"}, "nothing that can be built|do not fit"),
        ("vae", {"latent_channels": 5}, "do not fit"),
        ("text_encoder", {"num_hidden_layers": 10**6}, "at most 200"),
        ("text_encoder", {"num_hidden_layers": -1}, "do not fit|nothing that can be built"),
        ("text_encoder", {"hidden_size": 10**6}, "do not fit|nothing that can be built"),
    ],
)
def test_numbers_that_no_model_has(directory: Path, part: str, fields: dict[str, Any], complaint: str) -> None:
    change(directory / part / "config.json", **fields)
    refused(directory, complaint)


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"num_train_timesteps": 10**12}, "at most"),
        ({"beta_end": 50.0}, "noise levels"),
        ({"beta_start": 1e300}, "at most"),
    ],
)
def test_schedules_that_are_none(directory: Path, fields: dict[str, Any], complaint: str) -> None:
    change(directory / "scheduler" / "scheduler_config.json", **fields)
    refused(directory, complaint)


def test_one_weight_that_is_no_number(directory: Path) -> None:
    import numpy as np
    from safetensors.numpy import load_file, save_file

    path = directory / "vae" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    name = next(n for n in weights if n.endswith("bias"))
    weights[name][0] = np.nan
    save_file(weights, path, metadata={"format": "pt"})
    refused(directory, "the vae in .* are NaN or infinite")


def test_the_one_that_comes_along_is_in_order() -> None:
    assert load_model("puppet-64").size == 64
