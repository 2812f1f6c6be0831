"""A whole run on small random networks: numbers against naive computations, and nothing is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.lab import bases, chance, strips
from tapehead.analysis.diffusion.lab.cautions import cautions
from tapehead.analysis.diffusion.lab.masks import Mask
from tapehead.analysis.diffusion.lab.results import CAUTIONS, PARTS
from tapehead.analysis.diffusion.lab.run import PictureRun, Settings, run_picture
from tapehead.analysis.diffusion.lab.scores import Eye
from tapehead.analysis.diffusion.lab.start import Source
from tapehead.analysis.diffusion.lab.strips import Place
from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck
from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.lab.run import Track
from tapehead.analysis.photographs import Photograph
from tapehead.analysis.results import Result
from tapehead.analysis.store import Store
from tests.analysis.diffusion.small_networks import small_latent, small_pixel

SMALL = Settings((0.6, 0.3), 2, 2, denoise=6)


class Quiet:
    """Says nothing."""

    def say(self, message: str) -> None:
        pass

    def to(self, done: float, note: str = "") -> None:
        pass

    def stage(self, name: str, total: float = 0.0) -> Quiet:
        return self

    def __enter__(self) -> Track:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def photograph(size: int) -> Photograph:
    pixels = torch.rand(3, size, size, generator=torch.Generator().manual_seed(9))
    return Photograph(pixels, "noise.png: 8 x 8", "noise", (size, size))


@pytest.fixture(scope="module")
def model() -> DiffusionModel:
    return small_latent()


@pytest.fixture(scope="module")
def parts(model: DiffusionModel, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    half = torch.zeros(8, 8)
    half[:, :4] = 1
    run = PictureRun(
        model,
        Source("an old puppet", 3, None, 2.0),
        SMALL,
        [Source("", 4), Source("", 0, photograph(8))],
        Mask(half, "the left half", "left"),
    )
    return run_picture(run, Store(tmp_path_factory.mktemp("store")), Quiet())


def test_every_part_is_there_and_nothing_is_found_in_random_weights(parts: dict[str, Result]) -> None:
    assert set(parts) == set(PARTS)
    assert all(float(part["there"]) for part in parts.values())
    assert float(parts["cautions"]["found"]) == 0
    assert "no-scorer" in parts["cautions"].facts
    assert float(parts["cautions"]["count"]) == len(parts["cautions"].facts) == parts["cautions"]["raised"].sum()
    assert parts["cautions"].quantity("raised").labels["caution"] == CAUTIONS


def test_directions_and_their_untrained_rivals_are_singular_vectors(
    model: DiffusionModel, parts: dict[str, Result]
) -> None:
    for n, t in enumerate(parts["picture"]["t"]):
        x = torch.from_numpy(np.array(parts["picture"]["x"][n]))
        states = inversion.states_of(model, "an old puppet", 1)

        def h(point: torch.Tensor, t: int = int(t), states: object = states) -> torch.Tensor:
            kept: list[torch.Tensor] = []
            hook = model.unet.mid_block.register_forward_hook(lambda _m, _i, out: kept.append(out))
            model.unet(point[None], t, states)
            hook.remove()
            return kept[0].flatten()

        exact = torch.autograd.functional.jacobian(h, x).reshape(-1, x.numel()).double()
        _, sigma, right = torch.linalg.svd(exact)
        assert parts["basis"]["sigma"][n] == pytest.approx(sigma[:2].numpy(), rel=1e-3)
        v = torch.from_numpy(np.array(parts["basis"]["v"][n])).flatten(1).double()
        assert (right[:2] @ v.T).abs().numpy() == pytest.approx(np.eye(2), abs=2e-2)
        # Chance: the mean of |J v| lies near the root mean square of all singular values over the dimensions.
        typical = float(exact.square().sum().sqrt() / exact.shape[1] ** 0.5)
        assert parts["basis"]["isotropic"][n] == pytest.approx(typical, rel=0.25)
    assert parts["basis"]["relative"] == pytest.approx(
        parts["basis"]["sigma"] / parts["basis"]["isotropic"][:, None], rel=1e-6
    )


def test_strips_are_decoded_steps_and_controls_are_as_long_and_as_loud(
    model: DiffusionModel, parts: dict[str, Result]
) -> None:
    picture, basis, walk = parts["picture"], parts["basis"], parts["walk"]
    t = int(picture["t"][0])
    x = torch.from_numpy(np.array(picture["x"][0])).flatten()
    v = torch.from_numpy(np.array(basis["v"][0, 1])).flatten()
    far = SMALL.reach * float(x.norm())
    edited = (x + far * v).reshape(1, *model.shape)

    # The naive way down: DDIM step by step with guidance, as in pullback.md, section 5.
    times = inversion.times_between(model, t, 0, max(4, round(6 * t / 999)))
    named, empty = model.read(["an old puppet"]), model.read([""])
    z = edited
    with torch.no_grad():
        for here, there in zip(times, [*times[1:]], strict=False):
            a, b = (float(model.scheduler.alphas_cumprod[one]) for one in (here, there))

            def noise(words: torch.Tensor, z: torch.Tensor = z, here: int = here, a: float = a) -> torch.Tensor:
                said = model.unet(z, here, words).sample  # v-prediction
                return a**0.5 * said + (1 - a) ** 0.5 * z

            eps = noise(empty) + 2.0 * (noise(named) - noise(empty))
            z = b**0.5 * (z - (1 - a) ** 0.5 * eps) / a**0.5 + (1 - b) ** 0.5 * eps
        naive = model.show(z)[0].numpy()
    shown = walk["picture"][0, 0, 1, -1] / 255
    assert shown == pytest.approx(naive, abs=3 / 255)
    assert walk["length"][0, 0, 1] == pytest.approx(far * np.array([1, 0.5, 0, 0.5, 1]), rel=1e-4, abs=1e-4)
    assert walk["length"][0, 1] == pytest.approx(walk["length"][0, 0], rel=1e-3, abs=1e-4)
    reached = walk["reached"][0].astype(bool)
    own, loud = walk["heard"][0, 0], walk["heard"][0, 2]
    assert reached.any()
    assert loud[reached] == pytest.approx(own[reached], rel=0.12, abs=1e-4)
    rows = torch.stack([x, x + far * v]).reshape(2, *model.shape)
    h = bottleneck(model, rows, t, "an old puppet")
    assert own[1, -1] == pytest.approx(float((h[1] - h[0]).norm()), rel=1e-3)
    assert (
        walk["difference"][0, 0, 1]
        - (walk["picture"][0, 0, 1, -1] / 255.0 - walk["picture"][0, 0, 1, 0] / 255.0).mean(0)
    ) == pytest.approx(0, abs=3 / 255)


def test_guided_walks_follow_the_published_loop(model: DiffusionModel) -> None:
    x = torch.randn(64, generator=torch.Generator().manual_seed(4))
    v = torch.nn.functional.normalize(torch.randn(64, generator=torch.Generator().manual_seed(5)), dim=0)
    place = Place(model, Eye(model), Source("an old puppet"), x, 600, 6)
    own = strips.walked(place, v, 1.0, 4, "guidance", 0.5)
    z = x.reshape(1, *model.shape)
    points = []
    with torch.no_grad():
        words = model.read(["an old puppet"])
        a = float(model.scheduler.alphas_cumprod[600])
        for _ in range(16):
            pair = torch.cat([z, z + v.reshape(z.shape)])
            said = model.unet(pair, 600, words.expand(2, -1, -1)).sample
            eps = a**0.5 * said + (1 - a) ** 0.5 * pair
            z = z + 0.5 * (eps[1:] - eps[:1])
            points.append(z.flatten())
    assert torch.allclose(own[4], x)
    assert torch.allclose(own[8], points[15], atol=1e-4)
    assert torch.allclose(own[5], points[3], atol=1e-4)


def test_p_counts_sets_at_least_as_good(parts: dict[str, Result]) -> None:
    test = parts["test"]
    for name, p in (("random", "p"), ("loud", "loud_p")):
        count = int((test[name] >= float(test["best"])).sum())
        assert float(test[p]) == pytest.approx((1 + count) / (1 + int(test["draws"])))
    assert float(test["best"]) == pytest.approx(test["effect"].max())


def test_random_directions_tested_as_if_they_were_found_are_not_special(model: DiffusionModel) -> None:
    """The test's own control: it has to say no where there is nothing."""
    from tapehead.analysis.diffusion.pullback.controls import isotropic

    x = torch.randn(64, generator=torch.Generator().manual_seed(1))
    place = Place(model, Eye(model), Source(), x, 600, 6)
    values = [
        float(chance.test_part(place, isotropic(model.shape, 2, 50 + i), reach=0.2, draws=19, seed=i)["p"])
        for i in range(3)
    ]
    assert max(values) > 0.05


def test_removal_moves_the_component_and_nothing_else(parts: dict[str, Result]) -> None:
    removal = parts["removal"]
    x = parts["picture"]["x"][0].ravel()
    v = parts["basis"]["v"][0, int(removal["direction"]) - 1].ravel()
    assert float(removal["component"]) == pytest.approx(float(x @ v), abs=1e-4)
    assert removal["level"][0] == pytest.approx(float(removal["component"]))
    assert removal["change"][:, 0] == pytest.approx(0, abs=1e-6)
    assert float(removal["others_mean"]) == pytest.approx(removal["component_others"].mean(), abs=1e-5)


def test_carried_directions_and_local_ones_have_their_controls(parts: dict[str, Result]) -> None:
    carried, local = parts["carried"], parts["local"]
    assert carried["cosine"][:, 0] == pytest.approx(1, abs=1e-5)
    assert np.isnan(carried["kept"][:, 0]).all()
    assert (carried["kept"][:, 1] <= 100 + 1e-3).all()
    assert carried.quantity("kept").labels["target"][1] == "noise.png: 8 x 8"
    assert local["concentration"].shape == (4,)
    assert float(local["covered"]) == 50


def test_a_picture_comes_back(model: DiffusionModel, tmp_path: Path) -> None:
    run = PictureRun(model, Source("", 0, photograph(8)), replace(SMALL, shares=(0.3,), denoise=40), [])
    found = run_picture(run, Store(tmp_path), Quiet())
    picture = found["picture"]
    assert float(picture["error"]) < float(picture["other_error"])
    assert float(picture["latent_error"]) < 0.2
    assert not float(found["carried"]["there"])
    assert "--to" in found["carried"].facts["why"]
    # Whatever is asked for again comes from the store: the same numbers without a model.
    again = run_picture(replace_model(run), Store(tmp_path), Quiet())
    assert np.array_equal(again["walk"]["picture"], found["walk"]["picture"])


def replace_model(run: PictureRun) -> PictureRun:
    """The same run with a U-Net that cannot be called."""
    broken = replace(run.model, unet=None)
    object.__setattr__(broken, "unet", type("Gone", (), {"config": run.model.unet.config})())
    return PictureRun(broken, run.source, run.settings, [])


def test_a_basis_is_kept_and_used_again(model: DiffusionModel, parts: dict[str, Result], tmp_path: Path) -> None:
    path = tmp_path / "basis.safetensors"
    bases.save_basis(parts["basis"], path)
    kept = bases.load_basis(path)
    assert kept.t == int(parts["picture"]["t"][0])
    assert kept.v.numpy() == pytest.approx(parts["basis"]["v"][0].reshape(2, -1), abs=1e-6)
    x = torch.from_numpy(np.array(parts["picture"]["x"][:1]))
    part = bases.basis_part(model, x, [kept.t], 2, prompt="an old puppet", kept=kept)
    assert part["sigma"][0] == pytest.approx(parts["basis"]["sigma"][0], rel=1e-3), "loud here as it was found"
    assert part["residual"].max() < 1e-2
    with pytest.raises(UsageError, match="asked for 1"):
        bases.load_basis(path, 1)
    with pytest.raises(UsageError, match="is of another model"):
        other = small_pixel()
        bases.basis_part(other, torch.zeros(1, *other.shape), [kept.t], 2, kept=kept)
    (tmp_path / "no.safetensors").write_bytes(b"no")
    with pytest.raises(UsageError, match="cannot be read as safetensors"):
        bases.load_basis(tmp_path / "no.safetensors")


def test_a_scorer_over_noise_finds_nothing(parts: dict[str, Result]) -> None:
    """However strong an effect is: a scorer says nothing of pictures that are not of its world."""

    def changed(part: Result, **values: float) -> Result:
        from tapehead.analysis.results import quantity

        return replace(part, quantities={**part.quantities, **{k: quantity(v) for k, v in values.items()}})

    made = {**parts, "test": changed(parts["test"], scored=1, p=0.05, best=1.0, loud_p=0.05)}
    made["test"] = replace(made["test"], facts={**made["test"].facts, "attribute": "smile"})
    made["walk"] = changed(parts["walk"], largest_change=0.2)
    noise = {**made, "picture": changed(parts["picture"], off=0.3, off_other=0.35)}
    own = {**made, "picture": changed(parts["picture"], off=0.03, off_other=0.35)}
    assert float(cautions(noise)["found"]) == 0
    assert "not-in-world" in cautions(noise).facts
    assert float(cautions(own)["found"]) == 1
    weak = {**own, "test": changed(own["test"], p=0.2)}
    assert float(cautions(weak)["found"]) == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"shares": (0.0,)}, "between 0 and 1"),
        ({"shares": (1.0,)}, "asked for --t 1"),
        ({"k": 0}, "--k is 1 or more"),
        ({"steps": 0}, "--steps is 1 or more"),
        ({"draws": 5}, "at least 19"),
        ({"reach": 0.0}, "--reach"),
        ({"direction": 9}, "--direction is one of the 4"),
        ({"gamma": 0.0}, "--gamma"),
        ({"denoise": 1}, "--denoise"),
        ({"denoise": 3}, "4 to 1000 steps"),
        ({"denoise": 100_000}, "4 to 1000 steps"),
        ({"level": float("inf")}, "a number of standard deviations"),
    ],
)
def test_settings_that_make_no_sense(settings: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Settings(**settings)  # type: ignore[arg-type]


def test_more_directions_than_there_are_and_a_walk_that_is_none(model: DiffusionModel, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown walk 'sideways'"):
        Settings(walk="sideways")
    run = PictureRun(model, Source(), Settings(k=65, denoise=4), [])
    with pytest.raises(UsageError, match="there are 1 to 64"):
        run_picture(run, Store(tmp_path), Quiet())
