"""Angles, means and captures against exact answers and naive computations."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tapehead.analysis.diffusion.models import loading as models
from tapehead.analysis.diffusion.models.inversion import last_time, noisy
from tapehead.analysis.diffusion.models.sampling import sample, starting_noise
from tapehead.analysis.diffusion.pullback import controls, subspaces, tangents
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES, render
from tapehead.analysis.errors import UsageError


def basis(k: int, n: int, seed: int) -> Tensor:
    return controls.orthonormal(torch.randn(k, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))


def turned(angles: list[float], n: int) -> tuple[Tensor, Tensor]:
    """Two subspaces with these principal angles, in generic position and with bases that show nothing of it."""
    k = len(angles)
    a = torch.eye(n, dtype=torch.float64)[:k]
    other = torch.eye(n, dtype=torch.float64)[k : 2 * k]
    theta = torch.tensor(angles, dtype=torch.float64).unsqueeze(1)
    b = a * theta.cos() + other * theta.sin()
    around = torch.linalg.qr(torch.randn(n, n, generator=torch.Generator().manual_seed(1), dtype=torch.float64))[0]
    mix = torch.linalg.qr(torch.randn(k, k, generator=torch.Generator().manual_seed(2), dtype=torch.float64))[0]
    return a @ around, mix @ b @ around


def test_angles_are_found_however_small() -> None:
    wanted = [1e-6, 0.3, 1.2, math.pi / 2]
    a, b = turned(wanted, 12)
    # 1e-6 would be lost in an arc cosine of fp64.
    assert subspaces.principal_angles(a, b) == pytest.approx(wanted, rel=1e-4)
    assert subspaces.grassmann_distance(a, b) == pytest.approx(math.sqrt(sum(w * w for w in wanted)), rel=1e-7)
    with pytest.raises(UsageError, match="subspaces of 12 and of 9 dimensions"):
        subspaces.grassmann_distance(a, b[:, :9])


def test_distances_of_many() -> None:
    bases = [basis(2, 6, s) for s in range(4)]
    matrix = subspaces.distances(bases)
    for i, j in itertools.product(range(4), repeat=2):
        cosines = np.linalg.svd((bases[i] @ bases[j].T).numpy(), compute_uv=False).clip(0, 1)
        wanted = 0 if i == j else np.linalg.norm(np.arccos(cosines))
        assert matrix[i, j] == pytest.approx(wanted, abs=1e-5)
    assert subspaces.distances(bases[:2], bases[2:]) == pytest.approx(matrix[:2, 2:])
    assert sorted(subspaces.pairs(matrix)) == pytest.approx(sorted(matrix[i, j] for i in range(4) for j in range(i)))


def test_random_subspaces_are_as_far_apart_as_two_drawn_freely() -> None:
    drawn = subspaces.random_distances(9, 3, 400, 0)
    free = [subspaces.grassmann_distance(basis(3, 9, 2 * s), basis(3, 9, 2 * s + 1)) for s in range(400)]
    # Four standard errors of the difference.
    error = math.hypot(drawn.std() / 20, np.std(free) / 20)
    assert abs(drawn.mean() - np.mean(free)) < 4 * error
    # For two lines in the plane the angle is uniform: mean pi / 4.
    assert subspaces.random_distances(2, 1, 4000, 1).mean() == pytest.approx(math.pi / 4, abs=0.03)


def test_the_chordal_mean_is_the_leading_part_of_the_mean_projector() -> None:
    bases = [basis(3, 10, s) for s in range(5)]
    mean, values = subspaces.chordal_mean(bases, 2)
    projector = sum(b.double().T @ b.double() for b in bases) / 5
    wanted, vectors = torch.linalg.eigh(projector)
    assert values.tolist() == pytest.approx(wanted.flip(0)[:2].tolist(), rel=1e-5)
    assert subspaces.grassmann_distance(mean, vectors.flip(1)[:, :2].T) < 1e-5
    with pytest.raises(UsageError, match="mean of 11 directions"):
        subspaces.chordal_mean(bases, 11)


def test_the_frechet_mean_of_two_lies_half_way() -> None:
    a, b = turned([0.2, 0.9], 8)
    found = subspaces.frechet_mean([a.float(), b.float()])
    assert found.converged
    half = math.hypot(0.1, 0.45)
    for end in (a, b):
        assert subspaces.principal_angles(found.basis, end) == pytest.approx([0.1, 0.45], abs=1e-5)
    assert found.spread[-1] == pytest.approx(half, rel=1e-5)


def test_no_neighbour_of_the_frechet_mean_is_nearer() -> None:
    bases = [controls.orthonormal(basis(2, 7, 0) + 0.5 * basis(2, 7, s)) for s in range(1, 6)]
    found = subspaces.frechet_mean(bases)
    assert found.converged
    assert (np.diff(found.spread) <= 1e-15).all()

    def spread(at: Tensor) -> float:
        return float(np.mean([subspaces.grassmann_distance(at, b) ** 2 for b in bases]))

    least = spread(found.basis)
    assert least == pytest.approx(found.spread[-1] ** 2, rel=1e-4)
    for seed in range(20):
        moved = controls.orthonormal(found.basis + 0.05 * basis(2, 7, 100 + seed))
        assert spread(moved) > least
    with pytest.raises(UsageError, match="subspaces of one dimension"):
        subspaces.frechet_mean([bases[0], basis(3, 7, 1)])


def test_a_mean_direction_ignores_signs_and_the_held_out_one_is_fair() -> None:
    centre = basis(1, 400, 0)
    noise = torch.randn(30, 400, generator=torch.Generator().manual_seed(4)) * 0.03
    signs = torch.tensor([(-1.0) ** i for i in range(30)]).unsqueeze(1)
    rows = torch.nn.functional.normalize(centre + noise) * signs
    found = subspaces.mean_direction(rows)
    _, vectors = torch.linalg.eigh(rows.double().T @ rows.double())
    assert abs(float(found.direction.double() @ vectors[:, -1])) == pytest.approx(1, abs=1e-6)
    assert np.allclose(found.cosines, (rows @ found.direction).abs(), atol=1e-5)
    others = torch.cat([rows[:3], rows[4:]])
    _, without = torch.linalg.eigh(others.double().T @ others.double())
    assert found.held_out[3] == pytest.approx(abs(float(rows[3].double() @ without[:, -1])), abs=1e-6)

    random = torch.randn(30, 400, generator=torch.Generator().manual_seed(9))
    chance = subspaces.mean_direction(torch.nn.functional.normalize(random))
    assert chance.cosines.mean() > 2 * chance.held_out.mean(), "random directions agree with a mean they took part in"
    with pytest.raises(UsageError, match="at least two"):
        subspaces.mean_direction(rows[:1])


def test_capture_and_sensitivity() -> None:
    v = torch.eye(5)[:2]
    g = torch.tensor([[3.0, 0, 4, 0, 0], [0, 2, 0, 0, 0], [0, 0, 0, 0, 1]])
    assert subspaces.capture(v, g) == pytest.approx([0.36, 1, 0])
    assert subspaces.capture(torch.tensor([[1.0, 1, 0, 0, 0], [1.0, 0, 0, 0, 0]]), g) == pytest.approx([0.36, 1, 0])

    class Matrix:
        def apply(self, v: Tensor) -> Tensor:
            return v * torch.tensor([4.0, 2, 1, 1, 1])

    assert subspaces.sensitivity(Matrix(), g, 4.0) == pytest.approx([math.hypot(2.4, 0.8) / 4, 0.5, 0.25])


def test_tangents_against_differences_and_reverse_mode(latent_directory: Path, pixel_directory: Path) -> None:
    attributes = torch.tensor([0.1, -0.4, 0.3, 0.5, -0.2, 0.1, 0.6, -0.3, 0.2])
    for directory in (pixel_directory, latent_directory):
        model = models.load_model(str(directory))
        found = tangents.tangents(model, attributes, 300)
        signal = float(model.scheduler.alphas_cumprod[300]) ** 0.5
        w = torch.randn(4, found.shape[1], generator=torch.Generator().manual_seed(0))
        for row in w:
            leaf = attributes.clone().requires_grad_(True)
            picture = render(leaf, model.size).unsqueeze(0) * 2 - 1
            x0 = picture if model.vae is None else model.vae.encode(picture).latent_dist.mean
            (signal * x0.flatten() @ row).backward()
            assert torch.allclose(found @ row, leaf.grad, rtol=1e-3, atol=1e-3 * float(leaf.grad.abs().max()))
    pixels = models.load_model(str(pixel_directory))
    found = tangents.tangents(pixels, attributes)
    step = torch.eye(len(ATTRIBUTES), dtype=torch.float64) * 1e-6
    ends = [render(attributes.double() + sign * step, pixels.size).flatten(1) * 2 - 1 for sign in (1, -1)]
    signal = float(pixels.scheduler.alphas_cumprod[0]) ** 0.5
    assert torch.allclose(found, (signal * (ends[0] - ends[1]) / 2e-6).float(), atol=1e-4 * float(found.abs().max()))


def test_points_are_noised_faces_and_stations_of_sampling(pixel_directory: Path) -> None:
    model = models.load_model(str(pixel_directory))
    crowd = tangents.faces(model, 3, 5)
    assert torch.allclose(crowd.at(model, 400), noisy(model, crowd.pictures * 2 - 1, 400, crowd.noise))
    stations = tangents.sampled(model, [last_time(model), 501, 0], 3, seed=5, steps=4)
    assert stations.shape == (3, 3, *model.shape)
    assert torch.equal(stations[0], starting_noise(model, 3, 5))
    alone = tangents.sampled(model, [501, 0], 1, seed=5, steps=4)
    assert torch.allclose(alone[:, 0], stations[1:, 0], atol=1e-5)
    assert sample(model, ["", ""], 5, 4).shape == (2, 3, model.size, model.size)
