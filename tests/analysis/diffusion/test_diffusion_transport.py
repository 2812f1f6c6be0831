"""Carrying directions, against linear algebra written out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import torch

from tapehead.analysis.diffusion.pullback.transport import transport
from tapehead.analysis.errors import UsageError


@dataclass(frozen=True)
class Local:
    """An exact local basis of a matrix."""

    u: torch.Tensor
    sigma: torch.Tensor
    v: torch.Tensor


def basis(matrix: torch.Tensor, k: int) -> Local:
    left, sizes, right = torch.linalg.svd(matrix, full_matrices=False)
    return Local(left[:, :k].T, sizes[:k], right[:k])


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_at_home_a_direction_stays_what_it_was() -> None:
    home = basis(draw(12, 7), 4)
    for form in ("published", "inverse"):
        for i in range(4):
            carried = transport(3.5 * home.u[i], home, form)  # type: ignore[arg-type]
            assert torch.allclose(carried.v, home.v[i], atol=1e-5)
            assert carried.kept == pytest.approx(1, abs=1e-6)


def test_the_forms_are_the_transpose_and_the_pseudo_inverse() -> None:
    matrix = draw(12, 7, seed=1)
    there, tangent = basis(matrix, 7), draw(12, seed=2)
    inverse = torch.linalg.pinv(matrix) @ tangent
    assert torch.allclose(transport(tangent, there, "inverse").v, inverse / inverse.norm(), atol=1e-4)
    flat = replace(there, sigma=torch.ones(7))  # the published form does not look at sigma
    plain = transport(tangent, there, "published").v
    assert torch.allclose(plain, transport(tangent, flat, "inverse").v, atol=1e-6)
    assert not torch.allclose(plain, inverse / inverse.norm(), atol=1e-2)
    # No other direction's push-forward comes nearer to the tangent than that of the pseudo-inverse.
    best = (matrix @ inverse - tangent).norm()
    for seed in range(20):
        assert (matrix @ (inverse + 0.1 * draw(7, seed=seed)) - tangent).norm() >= best


def test_what_is_kept_is_the_share_within_the_basis() -> None:
    there = basis(draw(12, 7, seed=3), 3)
    outside = draw(12, seed=4)
    outside = outside - there.u.T @ (there.u @ outside)
    tangent = 3 * there.u[1] + 4 * outside / outside.norm()
    assert transport(tangent, there).kept == pytest.approx(0.6, abs=1e-5)
    assert torch.allclose(transport(tangent, there).v, there.v[1], atol=1e-5)


def test_what_can_not_be_carried_says_so() -> None:
    there = basis(draw(12, 7), 3)
    with pytest.raises(UsageError, match="does not lie"):
        transport(draw(7), there)
    with pytest.raises(UsageError, match="0 or no number"):
        transport(torch.zeros(12), there)
    with pytest.raises(UsageError, match="right angles"):
        transport(torch.tensor([0.0, 1.0]), Local(torch.tensor([[1.0, 0.0]]), torch.ones(1), torch.ones(1, 4)))
    with pytest.raises(UsageError, match="forms"):
        transport(draw(12), there, "other")  # type: ignore[arg-type]
