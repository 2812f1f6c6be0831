"""Controls are orthonormal, seeded, as coarse as they should be; spectra and components against naive computations."""

import cmath
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tapehead.analysis.diffusion.models import loading as models
from tapehead.analysis.diffusion.pullback import controls, spectrum
from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes
from tapehead.analysis.errors import UsageError

SHAPE = (2, 6, 8)
SIZE = 2 * 6 * 8


def naive_power(direction: np.ndarray, shape: tuple[int, int, int]) -> list[tuple[float, float]]:
    """(radius, share of power) of every coefficient, by the definition of the transform."""
    channels, height, width = shape
    picture = direction.reshape(shape)
    found = []
    for v in range(height):
        for u in range(width):
            total = 0.0
            for c in range(channels):
                s = sum(
                    picture[c, y, x] * cmath.exp(-2j * math.pi * (v * y / height + u * x / width))
                    for y in range(height)
                    for x in range(width)
                )
                total += abs(s) ** 2
            fv, fu = min(v, height - v), min(u, width - u)
            found.append((math.hypot(fv, fu), total))
    whole = sum(p for _, p in found)
    return [(r, p / whole) for r, p in found]


def test_spectra_are_those_of_the_definition() -> None:
    directions = torch.randn(2, SIZE, generator=torch.Generator().manual_seed(0))
    for row, mean, below, rings in zip(
        directions,
        spectrum.mean_radius(directions, SHAPE),
        spectrum.energy_below(directions, SHAPE, 2.0),
        spectrum.radial_power(directions, SHAPE),
        strict=True,
    ):
        naive = naive_power(row.double().numpy(), SHAPE)
        assert float(mean) == pytest.approx(sum(r * p for r, p in naive), rel=1e-9)
        assert float(below) == pytest.approx(sum(p for r, p in naive if r < 2.0), rel=1e-9)
        for ring, share in enumerate(rings.tolist()):
            assert share == pytest.approx(sum(p for r, p in naive if ring - 0.5 < r <= ring + 0.5), rel=1e-9, abs=1e-12)


def test_a_wave_has_its_own_frequency() -> None:
    x = torch.arange(16) / 16
    wave = torch.cos(2 * math.pi * 3 * x).repeat(16, 1).reshape(1, -1)
    assert float(spectrum.mean_radius(wave, (1, 16, 16))) == pytest.approx(3)
    assert float(spectrum.energy_below(wave, (1, 16, 16), 3)) == pytest.approx(0, abs=1e-12)
    assert float(spectrum.energy_below(wave, (1, 16, 16), 3.01)) == pytest.approx(1)
    with pytest.raises(UsageError, match="length 0"):
        spectrum.power(torch.zeros(1, SIZE), SHAPE)
    with pytest.raises(UsageError, match=r"no rows of 96"):
        spectrum.power(torch.zeros(1, 7), SHAPE)


@pytest.mark.parametrize("k", [1, 12, SIZE])
def test_isotropic_directions(k: int) -> None:
    v = controls.isotropic(SHAPE, k, 5)
    assert v.shape == (k, SIZE)
    assert torch.allclose(v @ v.T, torch.eye(k), atol=1e-5)
    assert torch.equal(v, controls.isotropic(SHAPE, k, 5))
    assert not torch.allclose(v, controls.isotropic(SHAPE, k, 6), atol=0.01)


@pytest.mark.parametrize(("radius", "k"), [(1.5, 1), (1.75, 20), (2.5, 50), (8.0, 10)])
def test_low_pass_directions_are_as_coarse_as_asked(radius: float, k: int) -> None:
    shape = (3, 32, 32)
    v = controls.low_pass(shape, k, radius, 1)
    assert torch.allclose(v @ v.T, torch.eye(k), atol=1e-5)
    assert float(spectrum.mean_radius(v, shape).mean()) == pytest.approx(radius, rel=1e-4)
    assert torch.equal(v, controls.low_pass(shape, k, radius, 1))
    assert not torch.allclose(v.abs(), controls.low_pass(shape, k, radius, 2).abs(), atol=0.01)


def test_same_spectrum_is_the_same_in_every_channel_and_ring() -> None:
    shape = (2, 16, 16)
    x = torch.arange(16) / 16
    coarse = torch.cos(2 * math.pi * x).repeat(16, 1)
    fine = torch.sin(2 * math.pi * 6 * x).repeat(16, 1).T
    v = torch.zeros(2, 2, 16, 16)
    v[0, 0], v[1, 1] = coarse, fine
    found = controls.same_spectrum(v.flatten(1), shape, 3)
    assert torch.allclose(found @ found.T, torch.eye(2), atol=1e-5)
    assert torch.equal(found, controls.same_spectrum(v.flatten(1), shape, 3))
    pictures = found.reshape(2, 2, 16, 16)
    first, second = pictures[:, 0], pictures[:, 1]
    rings = spectrum.radial_power(first.reshape(2, -1), (1, 16, 16))
    assert rings[:, 1].min() > 0.999, "the first channel has the coarse wave's frequency only"
    rings = spectrum.radial_power(second.reshape(2, -1), (1, 16, 16))
    assert rings[:, 6].min() > 0.999
    assert float((pictures - v / v.flatten(1).norm(dim=1).view(2, 1, 1, 1)).abs().max()) > 0.01, "but is no copy"
    with pytest.raises(UsageError, match="do not have the shape"):
        controls.same_spectrum(v.flatten(1), (2, 8, 8), 3)


def test_what_can_not_be_is_said() -> None:
    with pytest.raises(UsageError, match="97 orthonormal directions in a space of 96"):
        controls.isotropic(SHAPE, 97, 0)
    with pytest.raises(UsageError, match="above 0; asked for 0"):
        controls.low_pass(SHAPE, 3, 0.0, 0)
    with pytest.raises(UsageError, match="5 components of 5 rows"):
        controls.principal_components(torch.randn(5, 8), 5)
    rough = controls.low_pass(SHAPE, 4, 99.0, 0)
    assert torch.allclose(rough @ rough.T, torch.eye(4), atol=1e-5), "white noise is the roughest there is"


@pytest.mark.parametrize("rows", [(9, 30), (60, 12)])
def test_components_against_the_covariance(rows: tuple[int, int]) -> None:
    scale = torch.linspace(3, 0.5, rows[1])
    data = torch.randn(*rows, generator=torch.Generator().manual_seed(3)) * scale + 2
    mean, vectors, variance, total = controls.principal_components(data, 4)
    covariance = np.cov(data.double().numpy().T)
    values, right = np.linalg.eigh(covariance)
    assert np.allclose(mean, data.mean(0), atol=1e-5)
    assert np.allclose(variance, values[::-1][:4], rtol=1e-4)
    assert total == pytest.approx(np.trace(covariance), rel=1e-5)
    # Up to a sign, which is fixed by the largest entry.
    cosines = np.abs((vectors.double().numpy() * right[:, ::-1][:, :4].T).sum(1))
    assert np.allclose(cosines, 1, atol=1e-5)
    assert all(float(v[v.abs().argmax()]) > 0 for v in vectors)


def test_eigenfaces_lie_where_x0_lies(latent_directory: Path, pixel_directory: Path) -> None:
    for directory in (pixel_directory, latent_directory):
        model = models.load_model(str(directory))
        faces = controls.eigenfaces(model, 3, seed=1, count=40)
        coded = model.code(render(sample_attributes(40, 1), model.size)).flatten(1)
        assert faces.shape == model.shape
        assert torch.allclose(faces.mean, coded.mean(0), atol=1e-4)
        along = (coded - faces.mean) @ faces.vectors.T
        assert torch.allclose(along.var(0), faces.variance, rtol=1e-3)
        assert faces.total == pytest.approx(float(coded.var(0).sum()), rel=1e-3)
        assert torch.allclose(faces.vectors @ faces.vectors.T, torch.eye(3), atol=1e-4)
