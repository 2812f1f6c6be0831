"""What is shipped, and the loader: plain diffusers reads it, bad directories are refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch

from tapehead.analysis.diffusion.checkpointed_training import read
from tapehead.analysis.diffusion.models import loading as models
from tapehead.analysis.diffusion.models import sampling
from tapehead.analysis.diffusion.training import export
from tapehead.analysis.diffusion.training.stages import latent_places
from tapehead.analysis.errors import MissingPartError, TapeheadError, UsageError
from tapehead.analysis.language.models.loading import ModelError


def test_plain_diffusers_draws_the_same_pictures(latent_directory: Path) -> None:
    from diffusers import StableDiffusionPipeline

    pipeline = StableDiffusionPipeline.from_pretrained(str(latent_directory))
    pipeline.set_progress_bar_config(disable=True)
    model = models.load_model(str(latent_directory))
    prompts = ["an old puppet with red hair", "a puppet, on strings"]
    for guidance in (1.0, 4.0):
        own = sampling.sample(model, prompts, seed=5, steps=4, guidance=guidance)
        noise = sampling.starting_noise(model, 2, 5)
        theirs = pipeline(
            prompts, latents=noise, num_inference_steps=4, guidance_scale=guidance, output_type="pt"
        ).images
        assert pipeline.unet.dtype == pipeline.text_encoder.dtype == torch.float32
        assert torch.allclose(own, theirs, atol=1e-4), "the same steps in another order of sums"
    assert not torch.allclose(own[0], own[1], atol=1e-3)


def test_plain_diffusers_draws_the_same_pixels(pixel_directory: Path) -> None:
    from diffusers import DDIMPipeline

    pipeline = DDIMPipeline.from_pretrained(str(pixel_directory))
    model = models.load_model(str(pixel_directory))
    x = sampling.starting_noise(model, 2, 0)
    pipeline.scheduler.set_timesteps(5)
    with torch.no_grad():
        for time in pipeline.scheduler.timesteps:
            x = pipeline.scheduler.step(pipeline.unet(x, time).sample, time, x).prev_sample
    own = sampling.sample(model, ["", ""], seed=0, steps=5)
    assert torch.allclose(own, (x / 2 + 0.5).clamp(0, 1), atol=1e-5)


def test_shipped_weights_are_the_trained_ones_in_half(latent_directory: Path, cache: Path, tiny: Any) -> None:
    from safetensors.torch import load_file

    for part, file in (
        ("unet", "diffusion_pytorch_model"),
        ("vae", "diffusion_pytorch_model"),
        ("text_encoder", "model"),
    ):
        tensors = load_file(latent_directory / part / f"{file}.safetensors")
        assert {t.dtype for t in tensors.values()} == {torch.float16}
    trained = read(latent_places(tiny.latent, 0, cache).unet / "puppet-64.safetensors")
    assert trained is not None
    shipped = load_file(latent_directory / "unet" / "diffusion_pytorch_model.safetensors")
    assert all(torch.equal(shipped[name], tensor.half()) for name, tensor in trained.of("unet").items())


def test_latents_and_pictures_go_round(latent_directory: Path) -> None:
    model = models.load_model(str(latent_directory))
    assert model.shape == (4, 8, 8)
    assert model.size == 16
    assert model.conditional
    assert model.prompt_length == 32
    pictures = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    x0 = model.code(pictures)
    assert x0.shape == (2, 4, 8, 8)
    with torch.no_grad():
        assert torch.equal(x0, model.vae.encode(pictures * 2 - 1).latent_dist.mean), "scaling factor 1"
    assert model.show(x0).shape == (2, 3, 16, 16)
    with pytest.raises(UsageError, match=r"these are \(2, 3, 8, 8\)"):
        model.code(pictures[..., :8, :8])


def test_samples_do_not_depend_on_their_block(latent_directory: Path) -> None:
    model = models.load_model(str(latent_directory))
    prompts = ["a puppet", "an old puppet", "a sad puppet"]
    whole = sampling.sample(model, prompts, seed=1, steps=3)
    parts = sampling.sample(model, prompts, seed=1, steps=3, block=2)
    assert torch.allclose(whole, parts, atol=1e-5)
    with pytest.raises(UsageError, match="0 steps"):
        sampling.sample(model, prompts, steps=0)


def test_captions_that_do_not_fit(latent_directory: Path, pixel_directory: Path) -> None:
    model = models.load_model(str(latent_directory))
    with pytest.raises(UsageError, match="has 31 tokens; 'tiny-latent' takes 30"):
        model.read(["puppet " * 31])
    pixels = models.load_model(str(pixel_directory))
    assert pixels.read([""]) is None
    with pytest.raises(UsageError, match="takes no captions; asked for 'a puppet'"):
        pixels.read(["a puppet"])


def test_the_digest_follows_every_part(latent_directory: Path, tmp_path: Path) -> None:
    before = models.directory_digest(latent_directory)
    copy = tmp_path / "copy"
    shutil.copytree(latent_directory, copy)
    assert models.directory_digest(copy) == before == models.load_model(str(copy)).digest
    for part in ("scheduler/scheduler_config.json", "vae/diffusion_pytorch_model.safetensors", "tokenizer/merges.txt"):
        path = copy / part
        kept = path.read_bytes()
        path.write_bytes(kept + b" ")
        assert models.directory_digest(copy) != before, part
        path.write_bytes(kept)
    (copy / "MODEL_CARD.md").write_text("other words")
    assert models.directory_digest(copy) == before


def broken(source: Path, tmp_path: Path) -> Path:
    shutil.copytree(source, tmp_path / "broken")
    return tmp_path / "broken"


def test_a_pickle_is_refused(latent_directory: Path, tmp_path: Path) -> None:
    directory = broken(latent_directory, tmp_path)
    (directory / "unet" / "diffusion_pytorch_model.safetensors").rename(directory / "unet" / "model.bin")
    with pytest.raises(ModelError, match=r"model\.bin is a pickle checkpoint"):
        models.load_model(str(directory))
    with pytest.raises(ModelError, match="is a pickle checkpoint"):
        models.load_model(str(directory / "unet" / "model.bin"))


def test_damaged_and_missing_parts_are_named(latent_directory: Path, tmp_path: Path) -> None:
    directory = broken(latent_directory, tmp_path)
    weights = directory / "vae" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    with pytest.raises(ModelError, match="damaged or cut short"):
        models.load_model(str(directory))
    shutil.rmtree(directory / "vae")
    with pytest.raises(ModelError, match="no folder 'vae'"):
        models.load_model(str(directory))
    (directory / "model_index.json").unlink()
    with pytest.raises(ModelError, match=r"no model_index\.json"):
        models.load_model(str(directory))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"_class_name": "Evil Pipeline()"}, "holds a 'Evil Pipeline"),
        ({"transformer": ["diffusers", "DiTTransformer2DModel"], "unet": None}, "the unet"),
        ({"unet": ["somewhere.else", "UNet"]}, "the unet comes from 'somewhere.else'"),
    ],
)
def test_strange_pipelines_are_refused(
    change: dict[str, Any], message: str, latent_directory: Path, tmp_path: Path
) -> None:
    directory = broken(latent_directory, tmp_path)
    path = directory / "model_index.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(ModelError, match=message):
        models.load_model(str(directory))


def test_names_that_are_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no directory '\./nothing'"):
        models.load_model("./nothing")
    with pytest.raises(UsageError, match="device 'cuda:99' is not there"):
        models.load_model("puppet-64", device="cuda:99")
    with pytest.raises(MissingPartError, match=r"hf download someone/stable .*'puppet-64' is there"):
        models.load_model("someone/stable")
    monkeypatch.setattr(models, "embedded_directory", lambda _name: tmp_path / "gone")
    with pytest.raises(MissingPartError, match="tapehead train puppet-64"):
        models.load_model("puppet-64")


def test_nothing_half_written_stays(cache: Path, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "tiny"
    out.mkdir()
    (out / "kept").write_text("x")
    monkeypatch.setattr(export, "MOST_BYTES", 10)
    with pytest.raises(TapeheadError, match="at most 10 may be shipped"):
        export.ship_pixel(tiny.pixel, tiny.eye, 0, cache, out, tiny.quiet, samples=3)
    assert [p.name for p in tmp_path.iterdir()] == ["tiny"]
    assert [p.name for p in out.iterdir()] == ["kept"]


def test_weights_that_fp16_can_not_hold_are_refused() -> None:
    module = torch.nn.Linear(1, 1)
    with pytest.raises(TapeheadError, match="fp16 cannot hold: weight"):
        export._half(module, {"weight": torch.tensor([[1e6]]), "bias": torch.zeros(1)})
