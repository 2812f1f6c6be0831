"""Training in pieces, the velocity loss, whitening, and the order of stages."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tapehead.analysis import trainings
from tapehead.analysis.diffusion import checkpointed_training as pieces
from tapehead.analysis.diffusion.models import shapes
from tapehead.analysis.diffusion.puppets import captions
from tapehead.analysis.diffusion.training import stages, train
from tapehead.analysis.errors import OutputError, TapeheadError, UnknownNameError, UsageError


def test_an_interrupted_run_ends_with_the_same_bytes(cache: Path, tiny: Any, tmp_path: Path) -> None:
    assert not stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet, stop_after=3)
    parts = stages.pixel_directory(tiny.pixel, 0, tmp_path)
    assert not (parts / "puppet-32.safetensors").exists()
    assert stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet)
    whole = pieces.read(stages.pixel_directory(tiny.pixel, 0, cache) / "puppet-32.safetensors")
    pieced = pieces.read(parts / "puppet-32.safetensors")
    assert whole is not None
    assert pieced is not None
    assert set(whole.tensors) == set(pieced.tensors)
    assert all(torch.equal(whole.tensors[name], pieced.tensors[name]) for name in whole.tensors)
    assert len(json.loads((parts / "puppet-32-losses.json").read_text())) == 4


def test_an_interrupted_latent_run_ends_with_the_same_bytes(cache: Path, tiny: Any, tmp_path: Path) -> None:
    for stop in (1, 3, None):
        finished = stages.train_latent(tiny.latent, 0, tmp_path, tiny.quiet, stop_after=stop)
        assert finished is (stop is None)
    found = []
    for place in (cache, tmp_path):
        directory = stages.latent_places(tiny.latent, 0, place).unet
        weights = pieces.read(directory / "puppet-64.safetensors")
        assert weights is not None
        found.append(weights.tensors)
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_seeds_differ_and_finished_runs_stay(cache: Path, tiny: Any, tmp_path: Path) -> None:
    stages.train_pixel(tiny.pixel, 1, tmp_path, tiny.quiet)
    own = pieces.read(stages.pixel_directory(tiny.pixel, 1, tmp_path) / "puppet-32.safetensors")
    other = pieces.read(stages.pixel_directory(tiny.pixel, 0, cache) / "puppet-32.safetensors")
    assert own is not None
    assert other is not None
    assert not torch.equal(own.of("unet")["conv_in.weight"], other.of("unet")["conv_in.weight"])
    lines: list[str] = []
    stages.train_pixel(tiny.pixel, 1, tmp_path, lines.append)
    assert lines == ["puppet-32: finished already"]


def test_settings_name_directories() -> None:
    base = stages.LatentSettings()
    coder, text, unet = base.digests()
    longer = dataclasses.replace(base, unet=dataclasses.replace(base.unet, steps=1))
    assert longer.digests()[:2] == (coder, text), "a longer U-Net keeps the autoencoder"
    assert longer.digests()[2] != unet
    other = dataclasses.replace(base, coder=dataclasses.replace(base.coder, steps=1))
    assert other.digests()[0] != coder
    assert other.digests()[2] != unet


def test_a_damaged_checkpoint_is_named(tiny: Any, tmp_path: Path) -> None:
    stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet, stop_after=2)
    path = stages.pixel_directory(tiny.pixel, 0, tmp_path) / "puppet-32-checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(TapeheadError, match=r"puppet-32-checkpoint\.safetensors cannot be read"):
        stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet)


def test_two_processes_do_not_train_one_seed(tiny: Any, tmp_path: Path) -> None:
    directory = stages.pixel_directory(tiny.pixel, 0, tmp_path)
    with trainings.alone(directory), pytest.raises(TapeheadError, match="another process trains"):
        stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet)


def test_a_place_that_can_not_be_written(tiny: Any, tmp_path: Path) -> None:
    (tmp_path / "puppets").write_text("a file where a directory should be")
    with pytest.raises(OutputError, match="cannot be written"):
        stages.train_pixel(tiny.pixel, 0, tmp_path, tiny.quiet)


def test_a_loss_that_is_no_number_stops_before_the_checkpoint(tmp_path: Path) -> None:
    module = torch.nn.Linear(1, 1, bias=False)

    def loss(step: int, _numbers: Any) -> Any:
        return module.weight.sum() * (float("nan") if step >= 3 else 1.0)

    plan = pieces.Plan(steps=6, rows=1, rate=1e-3, save_every=2)
    stage = pieces.Stage("broken", tmp_path, {"m": module}, plan, loss, 0)
    with pytest.raises(TapeheadError, match="loss at step 4 is not a number"):
        pieces.run(stage, lambda _line: None)
    kept = pieces.best_so_far(stage.finished, stage.checkpoint)
    assert kept is not None
    assert kept.step == 2
    assert all(bool(torch.isfinite(t).all()) for t in kept.tensors.values())


def test_the_schedule_and_the_averages() -> None:
    plan = pieces.Plan(steps=1000, rows=1, rate=0.1, warm_up=10, hold=0.5, average=0.99)
    assert plan.rate_at(0) == pytest.approx(0.01)
    assert plan.rate_at(10) == plan.rate_at(499) == 0.1
    assert plan.rate_at(750) == pytest.approx(0.05)
    assert 0 < plan.rate_at(999) < 0.001
    assert plan.average_at(0) == pytest.approx(0.1)
    assert plan.average_at(10_000) == 0.99


def test_shipped_weights_are_the_running_average(tmp_path: Path) -> None:
    module = torch.nn.Linear(1, 1, bias=False)
    seen: list[float] = []

    def loss(_step: int, _numbers: Any) -> Any:
        seen.append(float(module.weight.detach()))
        return (module.weight - 3).square().sum()

    plan = pieces.Plan(steps=5, rows=1, rate=0.5, warm_up=1, decay=0.0, average=0.9)
    done = pieces.run(pieces.Stage("average", tmp_path, {"m": module}, plan, loss, 0), lambda _line: None)
    seen.append(float(module.weight.detach()))
    wanted = seen[0]
    for step, value in enumerate(seen[1:]):
        keep = min(0.9, (1 + step) / (10 + step))
        wanted = keep * wanted + (1 - keep) * value
    assert done is not None
    assert float(done.of("m")["weight"]) == pytest.approx(wanted, rel=1e-5)


@pytest.mark.parametrize("scheduler", [shapes.pixel_scheduler(), shapes.latent_scheduler()])
def test_the_velocity_loss_is_diffusers_velocity(scheduler: Any) -> None:
    clean = torch.randn(6, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    heard: dict[str, Any] = {}

    def model(noisy: Any, times: Any) -> Any:
        heard.update(noisy=noisy, times=times)
        return torch.zeros_like(noisy)

    loss = stages.diffusion_loss(model, clean, scheduler, torch.Generator().manual_seed(2))
    numbers = torch.Generator().manual_seed(2)
    times = torch.randint(1000, (6,), generator=numbers)
    noise = torch.randn(clean.shape, generator=numbers)
    assert torch.equal(times, heard["times"])
    # diffusers' own formulas, in fp32: rounding of one or two units in the last place.
    assert torch.allclose(heard["noisy"], scheduler.add_noise(clean, noise, times), atol=1e-6)
    velocity = scheduler.get_velocity(clean, noise, times)
    assert float(loss) == pytest.approx(float(velocity.square().mean()), rel=1e-5)


def test_whitening_moves_latents_and_leaves_pictures() -> None:
    coder = shapes.autoencoder(shapes.LatentShape(), 3).double().eval()
    pictures = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(4), dtype=torch.float64) * 2 - 1
    mean = torch.tensor([0.3, -1.0, 2.0, 0.0], dtype=torch.float64)
    spread = torch.tensor([0.5, 2.0, 0.1, 1.0], dtype=torch.float64)
    with torch.no_grad():
        before = coder.encode(pictures).latent_dist
        drawn = coder.decode(before.mean).sample
        stages.whiten(coder, mean, spread)
        after = coder.encode(pictures).latent_dist
        again = coder.decode(after.mean).sample
    each = (1, -1, 1, 1)
    # Exact but for fp64 rounding through a network.
    assert torch.allclose(after.mean, (before.mean - mean.view(each)) / spread.view(each), atol=1e-10)
    assert torch.allclose(after.std, before.std / spread.view(each), atol=1e-10)
    assert torch.allclose(again, drawn, atol=1e-10)


def test_latents_are_white_and_kept(cache: Path, tiny: Any) -> None:
    weights = pieces.read(stages.latent_places(tiny.latent, 0, cache).coder / "autoencoder.safetensors")
    assert weights is not None
    lines: list[str] = []
    _, means, spreads = stages.latents(tiny.latent, 0, cache, weights, lines.append)
    assert lines == [], "they were kept by the training"
    assert means.float().mean((0, 2, 3)).abs().max() < 1e-2
    total = means.float().var((0, 2, 3)) + spreads.float().square().mean((0, 2, 3))
    assert total.tolist() == pytest.approx([1.0] * 4, abs=1e-2), "kept in fp16"


def test_classes_of_captions_point_at_their_words() -> None:
    words = {"hair": "orange", "strings": "strings"}
    classes = dict(zip(captions.ATTRIBUTES, stages.named_classes(words), strict=True))
    assert classes == dict.fromkeys(captions.ATTRIBUTES, 0) | {"hair": 2, "strings": 2}


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"model": "puppet-16"}, UnknownNameError),
        ({"model": "puppet-32", "seed": -1}, UsageError),
        ({"model": "puppet-32", "steps": 0}, UsageError),
        ({"model": "puppet-32", "so_far": True}, UsageError),
    ],
)
def test_senseless_orders_are_refused(wrong: dict[str, Any], kind: type[Exception], tmp_path: Path) -> None:
    with pytest.raises(kind):
        train.train_puppet(**wrong, cache_dir=tmp_path)
    assert not list(tmp_path.iterdir())


def test_shipping_before_the_first_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TapeheadError, match=r"no checkpoint in .*: tapehead train puppet-32"):
        train.train_puppet("puppet-32", cache_dir=tmp_path, out=tmp_path / "out", so_far=True)
    assert not (tmp_path / "out").exists()


def test_simpler_worlds_vary_in_what_they_say_only() -> None:
    from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, sample_attributes

    assert {name: len(varying) for name, varying in stages.SIMPLER.items()} == {
        "puppet-32-two": 2,
        "puppet-32-four": 4,
        "puppet-32-all": len(ATTRIBUTES),
    }
    for varying in stages.SIMPLER.values():
        settings = stages.SimplerSettings(faces=50, varying=varying)
        spread = settings.crowd(3).std(0)
        assert [name for name, s in zip(ATTRIBUTES, spread.tolist(), strict=True) if s > 0] == [
            name for name in ATTRIBUTES if name in varying
        ]
    assert torch.equal(stages.SimplerSettings(faces=50).crowd(3), sample_attributes(50, 3))
    assert torch.equal(stages.PixelSettings(faces=50).crowd(3), sample_attributes(50, 3))
    digests = {stages.SimplerSettings(varying=v).digest for v in stages.SIMPLER.values()} | {
        stages.PixelSettings().digest
    }
    assert len(digests) == 4, "each has a directory of runs of its own"


def test_a_simpler_sibling_is_shipped_without_a_regressor(tiny: Any, tmp_path: Path) -> None:
    from tapehead.analysis.diffusion.models import loading as models
    from tapehead.analysis.diffusion.training import export

    settings = stages.SimplerSettings(**{**dataclasses.asdict(tiny.pixel), "shape": tiny.pixel.shape})
    settings = dataclasses.replace(settings, plan=tiny.pixel.plan, varying=("hair",))
    assert stages.train_pixel(settings, 0, tmp_path, tiny.quiet)
    out = tmp_path / "tiny-one"
    export.ship_pixel(settings, tiny.eye, 0, tmp_path, out, tiny.quiet, samples=4)
    model = models.load_model(str(out))
    assert model.attribute_file() is None
    card = (out / "MODEL_CARD.md").read_text()
    assert "Its faces vary in hair; the other attributes are 0" in card
    assert model.digest in card
