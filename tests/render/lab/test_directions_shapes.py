"""`tapehead directions` end to end on a random pipeline of every shape, against diffusers' parts and plain loops."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tapehead.analysis.diffusion.lab.results import load
from tapehead.analysis.results import Result
from tests.analysis.diffusion import tiny_pipelines as tiny
from tests.analysis.diffusion.test_pipelines import MAKERS
from tests.render.lab.plain_pipelines import WORDLESS, PlainPipeline
from tests.render.lab.test_directions import tapehead

pytestmark = [pytest.mark.timeout(600), pytest.mark.long]

STEPS, T = 4, 599
PROMPT = "an old puppet"
GUIDED = ("--walk", "guidance", "--gamma", "1", "--to", "none")


@dataclass
class Made:
    """A run of the command, and the same pipeline in diffusers' hands."""

    folder: Path
    told: dict[str, Any]
    parts: dict[str, Result]
    plain: PlainPipeline
    picture: torch.Tensor
    other: torch.Tensor
    options: tuple[str, ...]

    @property
    def x(self) -> torch.Tensor:
        return torch.from_numpy(np.array(self.parts["picture"]["x"]))[:1]

    def v(self, i: int) -> torch.Tensor:
        return torch.from_numpy(np.array(self.parts["basis"]["v"]))[0, i][None]

    def decoded(self, x: torch.Tensor) -> np.ndarray:
        """Bytes (3, s, s) of what x_t leads to: four steps are the fewest, and a strip's share of the way."""
        return bytes_of(self.plain.show(self.plain.way(x, T, 0, max(4, round(STEPS * T / 999)))))


def bytes_of(picture: torch.Tensor) -> np.ndarray:
    return (255 * picture[0]).round().to(torch.uint8).numpy()


def same(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Up to rounding."""
    return bool(np.abs(found.astype(int) - wanted.astype(int)).max() <= 1)


@pytest.fixture(scope="module", params=MAKERS)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    name = request.param
    folder = tmp_path_factory.mktemp("shapes")
    directory = MAKERS[name](folder / "pipeline")
    rng = np.random.default_rng(5)
    pictures = []
    for called in ("me.png", "other.png"):
        pixels = rng.integers(0, 255, (tiny.SIDE, tiny.SIDE, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / called)
        pictures.append(torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255)
    mask = np.zeros((tiny.SIDE, tiny.SIDE), np.uint8)
    mask[:, : tiny.SIDE // 2] = 255
    Image.fromarray(mask).save(folder / "mask.png")
    options = (
        *("directions", "--model", str(directory), "--image", str(folder / "me.png"), "--k", "2", "--steps", "1"),
        *("--denoise", str(STEPS), "--jobs", "1", "--quiet", "--json"),
        *(() if name in WORDLESS else ("--prompt", PROMPT)),
    )
    more = ("--mask", str(folder / "mask.png"), "--to", "seed:4", "--to", str(folder / "other.png"))
    with pytest.MonkeyPatch.context() as patch:  # figures take most of the time, and test_directions.py draws them
        patch.setattr("tapehead.render.lab.directions.figures_of", lambda parts: {})
        told = json.loads(tapehead(*options, *more, "--out", str(folder / "out")).stdout)
    plain = PlainPipeline(directory, name, PROMPT)
    return Made(folder, told, load(folder / "out"), plain, pictures[0], pictures[1], options)


def test_the_inversion_and_its_error_are_those_of_a_plain_loop(made: Made) -> None:
    plain, part = made.plain, made.parts["picture"]
    fine = round(2.5 * STEPS)
    x0 = plain.code(made.picture)
    assert np.allclose(part["x0"], x0[0], atol=1e-4)
    x = plain.way(x0, 0, T, fine)
    assert float((made.x - x).norm() / x.norm()) < 1e-3
    down = round(fine * T / 999)
    again = plain.show(plain.way(plain.way(x0, 0, T, down), T, 0, down))
    assert same(part["reconstruction"], bytes_of(again))
    error = float((again - made.picture).square().mean().sqrt())
    assert float(part["error"]) == pytest.approx(error, rel=1e-3)
    assert made.told["run"]["reconstruction_error"] == pytest.approx(error, rel=1e-3)
    page = (made.folder / "out" / "report.html").read_text()
    assert f"root mean square error of {error:.3f}" in page


def test_the_directions_are_those_of_the_whole_jacobian(made: Made) -> None:
    point = made.x.clone()
    exact = torch.autograd.functional.jacobian(lambda x: made.plain.heard(x, T), point).reshape(-1, point.numel())
    _u, sigma, v = torch.linalg.svd(exact.double(), full_matrices=False)
    basis = made.parts["basis"]
    assert np.allclose(basis["sigma"][0], sigma[:2], rtol=1e-3)
    assert float(basis["isotropic"][0]) == pytest.approx(float(sigma.square().sum() / point.numel()) ** 0.5, rel=0.5)
    for i in range(2):
        gap = float(sigma[i] - sigma[i + 1]) / float(sigma[0])
        if gap > 0.02:  # of two equal ones any mixture is as good
            assert abs(float(made.v(i).flatten().double() @ v[i])) > 0.99


def test_strips_removal_and_what_is_laid_over_another_picture_are_those_of_a_plain_loop(made: Made) -> None:
    walk, x = made.parts["walk"], made.x
    far = 0.19 * float(x.norm())
    for i in range(2):
        for place, sign in ((0, -1), (1, 0), (2, 1)):
            assert same(walk["picture"][0, 0, i, place], made.decoded(x + sign * far * made.v(i))), (i, place)
        with torch.no_grad():
            moved = float((made.plain.heard(x + far * made.v(i), T) - made.plain.heard(x, T)).norm())
        assert float(walk["heard"][0, 0, i, 2]) == pytest.approx(moved, rel=1e-3)
    assert np.allclose(walk["length"][0, 1], walk["length"][0, 0], rtol=1e-4), "a control as long"
    reached = np.array(walk["reached"][0], dtype=bool)
    assert np.allclose(walk["heard"][0, 2][reached], walk["heard"][0, 0][reached], rtol=0.11), "and one as loud"

    removal = made.parts["removal"]
    v = made.v(int(removal["direction"]) - 1)
    own = float((x * v).sum())
    assert float(removal["component"]) == pytest.approx(own, abs=1e-3)
    for n, level in enumerate(removal["level"]):
        assert same(removal["picture"][0, n], made.decoded(x + (float(level) - own) * v)), n

    carried = made.parts["carried"]
    there = made.plain.way(made.plain.code(made.other), 0, T, 2 * STEPS)
    assert carried["picture"].shape[0] == 2
    first = int(removal["direction"]) - 1
    for way, sign in ((0, -1), (1, 0), (2, 1)):
        assert same(carried["picture"][1, 0, 0, way], made.decoded(there + sign * far * made.v(first))), way


def test_all_that_is_asked_for_is_there_and_nothing_is_found_in_random_weights(made: Made) -> None:
    assert made.told["run"]["found"] == 0
    assert "no-scorer" in made.told["run"]["cautions"]
    assert float(made.parts["local"]["there"]) == 1
    folder = made.folder / "out"
    names = {path.name for path in (folder / "pictures").iterdir()}
    assert {"walk.gif", "walk.mp4", "reconstruction.png", "local-1-strip.png", "carried-2.png", "removal.png"} <= names
    assert (folder / "basis.safetensors").stat().st_size > 100
    page = (folder / "report.html").read_text()
    assert "nothing is claimed" in page
    assert "nan" not in page.lower().split()
    further = "the whole picture painted anew"
    assert (further in page) is (further in json.dumps(made.told)) is (made.plain.name == "inpainting")


def test_published_guidance_and_a_kept_basis(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second direction of the file, walked in the published way."""
    monkeypatch.setattr("tapehead.render.lab.directions.figures_of", lambda parts: {})
    use = ("--use", str(made.folder / "out" / "basis.safetensors"), "--direction", "2")
    out = made.folder / "used"
    told = json.loads(tapehead(*made.options[:5], *made.options[7:], *use, *GUIDED, "--out", str(out)).stdout)
    assert told["run"]["found"] == 0
    parts = load(out)
    assert np.allclose(parts["basis"]["v"][0, 0], made.v(1)[0], atol=1e-6)
    walk = parts["walk"]
    for place, sign in ((0, -1), (2, 1)):
        end = made.plain.guided(made.x, T, sign * made.v(1), 16)
        assert float(walk["length"][0, 0, 0, place]) == pytest.approx(float((end - made.x).norm()), rel=1e-2)
        assert same(walk["picture"][0, 0, 0, place], made.decoded(end))
