"""What directions found in a network are held against: chance, smooth chance, and what the pictures alone give.

Each control is a seeded orthonormal set of rows (k, D).  Isotropic directions are the weak one: a natural picture is
smooth, so that nearly any smooth direction beats them.  Low-pass directions are as coarse as the ones that are tested
(pullback.md, section 7: noise whose spectrum is damped by exp(-(r / cut)^2), with the same mean radius).  Directions of
the same spectrum have their power in the same channels and rings of frequencies.  Eigenfaces know the pictures but not
the network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.spectrum import Shape, frequencies, mean_radius
from tapehead.analysis.errors import UsageError

if TYPE_CHECKING:
    from torch import Tensor

CHANCE = ("isotropic", "low-pass", "same spectrum")
"""Kinds of random directions that found ones are held against."""
ROUNDS = 25
"""Halvings in the search for the cut, which leave one part in a million."""


def _noise(shape: Shape, k: int, seed: int) -> Tensor:
    import torch

    size = shape[0] * shape[1] * shape[2]
    if not 1 <= k <= size:
        raise UsageError(f"asked for {k} orthonormal directions in a space of {size} dimensions")
    return torch.randn(k, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def orthonormal(rows: Tensor) -> Tensor:
    """Orthonormal rows with the same span as ``rows`` (k, n) and of every first part of them, fp32."""
    import torch

    q, r = torch.linalg.qr(rows.double().T)
    return (q * torch.sign(r.diagonal())).T.float().contiguous()


def isotropic(shape: Shape, k: int, seed: int) -> Tensor:
    """Random orthonormal directions (k, D) without any preference.

    Raises:
        UsageError: ``k`` is not between 1 and D.
    """
    return orthonormal(_noise(shape, k, seed))


def low_pass(shape: Shape, k: int, radius: float, seed: int) -> Tensor:
    """Random orthonormal directions (k, D) whose mean frequency is ``radius``, in cycles per side.

    The cut is searched so that the finished set has this mean: to make many smooth directions orthogonal makes them
    rougher.  If even the smoothest or white noise does not reach ``radius``, that is what is returned.

    Raises:
        UsageError: ``k`` is not between 1 and D, or a radius that is not positive.
    """
    import torch

    if not radius > 0:
        raise UsageError(f"a mean frequency is a number above 0; asked for {radius}")
    spectrum = torch.fft.fft2(_noise(shape, k, seed).reshape(k, *shape))
    r = frequencies(shape)

    def draw(cut: float) -> Tensor:
        # Not less than the precision of fp64, or fewer modes than directions would be left.
        damped = spectrum * torch.exp(-((r / cut).square())).clamp(min=1e-12)
        return orthonormal(torch.fft.ifft2(damped).real.reshape(k, -1))

    low, high = 0.05, 100 * float(r.max())
    for _ in range(ROUNDS):
        cut = (low * high) ** 0.5
        low, high = (cut, high) if float(mean_radius(draw(cut), shape).mean()) < radius else (low, cut)
    return draw(high)


def same_spectrum(directions: Tensor, shape: Shape, seed: int) -> Tensor:
    """Random orthonormal directions (k, D) whose power lies where that of ``directions`` (k, D) does.

    Noise is weighted with the mean power of ``directions`` in each channel and ring of frequencies one cycle wide, then
    made orthonormal.  Sterner than :func:`low_pass` where directions are not simply smooth: those of latents often hold
    one channel more than another, and both very low and very high frequencies.

    Raises:
        UsageError: directions of another size.
    """
    import torch

    k = len(directions)
    noise = torch.fft.fft2(_noise(shape, k, seed).reshape(k, *shape))
    if directions.shape[1] != noise[0].numel():
        raise UsageError(f"directions of {directions.shape[1]} numbers do not have the shape {shape}")
    found = torch.fft.fft2(directions.double().cpu().reshape(k, *shape)).abs().square().mean(0).flatten(1)
    ring = frequencies(shape).round().long().flatten()
    sums = torch.zeros(shape[0], int(ring.max()) + 1, dtype=found.dtype)
    mean = sums.index_add(1, ring, found) / torch.bincount(ring)
    # A ring without any power would leave too few modes for k directions.
    weight = mean.clamp(min=1e-12 * float(mean.max())).sqrt()[:, ring].reshape(shape)
    return orthonormal(torch.fft.ifft2(noise * weight).real.reshape(k, -1))


def like(bases: Sequence[Tensor], shape: Shape, seed: int) -> tuple[list[Tensor], list[Tensor]]:
    """For each basis a random one that is as coarse (low-pass) and one with the same spectrum, each its own draw."""
    low, same = [], []
    for i, basis in enumerate(bases):
        radius = float(mean_radius(basis, shape).mean())
        low.append(low_pass(shape, len(basis), radius, seed + 2 * i + 10_000))
        same.append(same_spectrum(basis, shape, seed + 2 * i + 10_001))
    return low, same


@dataclass(frozen=True)
class Eigenfaces:
    """Principal components of clean x0 of random faces.

    mean: (D,).  vectors: (k, D), orthonormal, by falling variance.  variance: (k,) along each.  total: variance of all
    components together.  count: faces.  shape: of x0.
    """

    mean: Tensor
    vectors: Tensor
    variance: Tensor
    total: float
    count: int
    shape: Shape


def principal_components(rows: Tensor, k: int) -> tuple[Tensor, Tensor, Tensor, float]:
    """Mean (D,), first ``k`` components (k, D), their variances (k,) and the total variance of ``rows`` (n, D).

    Signs: the largest entry of a component is positive.

    Raises:
        UsageError: ``k`` is not between 1 and the rank that n rows can have.
    """
    import torch

    count, size = rows.shape
    if not 1 <= k <= min(count - 1, size):
        raise UsageError(f"asked for {k} components of {count} rows of {size} numbers")
    mean = rows.double().mean(0)
    centred = rows.double() - mean
    if count <= size:
        values, left = torch.linalg.eigh(centred @ centred.T)
        vectors = left.flip(1)[:, :k].T @ centred
        vectors = vectors / vectors.norm(dim=1, keepdim=True)
    else:
        values, right = torch.linalg.eigh(centred.T @ centred)
        vectors = right.flip(1)[:, :k].T
    top = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    variance = values.flip(0)[:k].clamp(min=0) / (count - 1)
    return (
        mean.float(),
        (vectors * torch.sign(top)).float(),
        variance.float(),
        float(centred.square().sum()) / (count - 1),
    )


def eigenfaces(model: DiffusionModel, k: int, seed: int, count: int = 1000) -> Eigenfaces:
    """The first ``k`` eigenfaces of ``count`` random faces, in the space of the model's x0 (latents if it has a VAE).

    Raises:
        UsageError: more components than faces or dimensions.
    """
    import torch

    from tapehead.analysis.diffusion.puppets.puppets import render, sample_attributes

    faces = sample_attributes(count, seed)
    with torch.no_grad():
        coded = [model.code(render(part, model.size)).flatten(1).cpu() for part in faces.split(64)]
    mean, vectors, variance, total = principal_components(torch.cat(coded), k)
    return Eigenfaces(mean, vectors, variance, total, count, model.shape)
