"""What pictures are compared by: CLIP's two halves against transformers' own CLIP, and where there is none."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.diffusion.lab.scores import eye_of
from tapehead.analysis.diffusion.lab.start import Source
from tapehead.analysis.diffusion.lab.strips import Place, walk_part
from tapehead.analysis.diffusion.models.loading import load_model, model_digest
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.model_files import ModelError
from tests.analysis.diffusion.tiny_pipelines import SIDE, seeing, stable


def pictures(count: int, size: int = SIDE) -> object:
    import torch

    drawn = torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))
    return (drawn * 255).round() / 255  # what a file can hold


def naive(folder: Path, shown: object) -> np.ndarray:
    """Unit embeddings by transformers' own preparation of 8-bit pictures and its own model."""
    import torch
    from PIL import Image
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    model = CLIPVisionModelWithProjection.from_pretrained(folder / "image_encoder")
    side = model.config.image_size
    prepare = CLIPImageProcessor(size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    images = [Image.fromarray((one.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)) for one in shown]  # type: ignore[attr-defined]
    with torch.no_grad():
        seen = model(**prepare(images, return_tensors="pt")).image_embeds.double().numpy()
    found: np.ndarray = seen / np.linalg.norm(seen, axis=1, keepdims=True)
    return found


@pytest.mark.parametrize("size", [SIDE, 2 * SIDE])
def test_clip_sees_what_its_own_preparation_sees(tmp_path: Path, size: int) -> None:
    folder = seeing(tmp_path / "sees", large=False, size=size)
    eye = eye_of(load_model(str(folder)))
    assert eye.clip
    shown = pictures(5)
    own = naive(folder, shown)
    assert np.allclose(eye.alike(shown, shown[2]), own @ own[2], atol=2e-3)  # type: ignore[arg-type, index]
    assert np.ptp(own @ own[2]) > 0.02
    # Stable Diffusion's reader has no projection: there is no score of words.
    assert not eye.clip_reads
    assert np.isnan(eye.fitting(shown, "red")).all()  # type: ignore[arg-type]


def test_a_score_with_the_prompt_needs_both_halves(tmp_path: Path) -> None:
    import torch

    folder = seeing(tmp_path / "both")
    model = load_model(str(folder))
    eye, shown = eye_of(model), pictures(4)
    ids = model.tokenizer_2("red", padding="max_length", max_length=32, return_tensors="pt").input_ids
    with torch.no_grad():
        words = model.text_encoder_2(ids).text_embeds[0].double().numpy()
    cosine = naive(folder, shown) @ (words / np.linalg.norm(words))
    assert np.allclose(eye.fitting(shown, "red"), 100 * cosine.clip(0), atol=0.5)  # type: ignore[arg-type]
    assert np.isnan(eye.fitting(shown, "")).all()  # type: ignore[arg-type]
    # Halves of two CLIPs do not speak of the same thing.
    other = eye_of(load_model(str(seeing(tmp_path / "apart", width=12))))
    assert other.clip
    assert not other.clip_reads


def test_a_walk_reports_what_is_there(tmp_path: Path) -> None:
    import torch

    model = load_model(str(seeing(tmp_path / "both")))
    x = starting_noise(model, 1, 0)[0].flatten()
    place = Place(model, eye_of(model), Source("red", 0), x, 600, 4)
    v = torch.nn.functional.normalize(torch.randn(1, len(x), generator=torch.Generator().manual_seed(0)))
    part = walk_part([place], [v], reach=0.5, count=1)
    for name in ("distance", "clip_alike", "clip_score"):
        assert part[name].shape == (1, 3, 1, 3)
        assert part[f"end_{name}"].shape == (3,)
        assert np.allclose(part[f"end_{name}"], part[name][0, :, 0, [0, 2]].mean(0))
    assert np.allclose(part["clip_alike"][0, :, 0, 1], 1)
    assert part["clip_alike"].min() < 1 - 1e-6
    plain = load_model(str(stable(tmp_path / "plain")))
    bare = walk_part([Place(plain, eye_of(plain), Source("red", 0), x, 600, 4)], [v], reach=0.5, count=1)
    assert "distance" in bare.quantities
    assert not {"clip_alike", "clip_score"} & set(bare.quantities)


def test_the_encoder_is_part_of_the_model_and_never_a_reason_to_refuse_it(tmp_path: Path) -> None:
    folder = seeing(tmp_path / "sees", large=False)
    before = model_digest(str(folder))
    weights = folder / "image_encoder" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    assert model_digest(str(folder)) != before
    weights.write_bytes(bytes(data[:-40]))
    with pytest.raises(ModelError):
        load_model(str(folder))
    index = folder / "model_index.json"
    told = json.loads(index.read_text())
    for kind in (["transformers", "SiglipVisionModel"], [None, None]):
        index.write_text(json.dumps(told | {"image_encoder": kind}))
        assert load_model(str(folder)).image_encoder is None
