"""Singular triplets from products, against ``torch.linalg.svd`` of matrices whose spectrum is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import DDIMScheduler, UNet2DModel
from torch import Tensor

from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.published_iteration import published_iteration
from tapehead.analysis.diffusion.pullback.svd import LocalBasis, align, exact_basis, local_basis
from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import ModelError


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Small products on several threads wait for each other, on a busy machine for minutes."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Matrix:
    """A matrix that is only asked for products."""

    def __init__(self, matrix: Tensor) -> None:
        self.matrix = matrix.float()
        self.rows, self.columns = matrix.shape
        self.n_jvp = self.n_vjp = 0
        self.shape: tuple[int, ...] = (1, 1, self.columns)
        self.t, self.layer, self.device = 1, "mid", matrix.device
        self.prompt: str | None = None

    def apply(self, v: Tensor) -> Tensor:
        self.n_jvp += len(v)
        return v @ self.matrix.T

    def transpose(self, u: Tensor) -> Tensor:
        self.n_vjp += len(u)
        return u @ self.matrix

    def dense(self) -> Tensor:
        return self.apply(torch.eye(self.columns)).T


def of_spectrum(values: Tensor, rows: int, columns: int, seed: int = 0) -> Tensor:
    draw = torch.Generator().manual_seed(seed)
    left, _ = torch.linalg.qr(torch.randn(rows, len(values), generator=draw, dtype=torch.float64))
    right, _ = torch.linalg.qr(torch.randn(columns, len(values), generator=draw, dtype=torch.float64))
    return (left * values) @ right.T


SLOW = of_spectrum(3 * torch.arange(1, 181, dtype=torch.float64) ** -0.4, 200, 180)
"""sigma_i = 3 i^-0.4: no gap anywhere, the hard case."""


def degrees(a: Tensor, b: Tensor) -> float:
    """Largest angle between two subspaces, by its sine."""
    rest = a.double() - (a.double() @ b.double().T) @ b.double()
    return float(torch.rad2deg(torch.asin(torch.linalg.matrix_norm(rest, 2).clamp(max=1))))


@pytest.mark.parametrize("k", [1, 2, 10, 40])
@pytest.mark.parametrize("wide", [False, True])
def test_triplets_are_those_of_the_svd(k: int, wide: bool) -> None:
    matrix = SLOW if wide else SLOW.T
    left, sigma, right = torch.linalg.svd(matrix, full_matrices=False)
    found = local_basis(Matrix(matrix), k)
    assert found.converged and float(found.residuals.max()) <= 1e-3 and found.adjoint_error < 1e-5
    # a Ritz value errs by the square of the residual
    torch.testing.assert_close(found.sigma.double(), sigma[:k], rtol=1e-5, atol=0)
    assert degrees(found.v, right[:k]) < 0.1 and degrees(found.u, left.T[:k]) < 0.1
    for rows in (found.u, found.v):
        torch.testing.assert_close(rows @ rows.T, torch.eye(k), rtol=0, atol=1e-5)
    # matched: J v_i = sigma_i u_i, whatever sits in the clusters
    moved = found.v.double() @ matrix.T
    torch.testing.assert_close(moved, found.sigma.double()[:, None] * found.u.double(), rtol=0, atol=1e-5)
    # the next value is a guard's: of few vectors it need not be as good
    assert abs(found.gap - float(sigma[k] / sigma[k - 1])) < (1e-3 if k > 2 else 5e-3)
    assert bool((found.v.gather(1, found.v.abs().argmax(1, keepdim=True)) > 0).all())


def test_every_product_is_counted_and_the_same_seed_gives_the_same() -> None:
    matrix = Matrix(SLOW)
    found = local_basis(matrix, 5, seed=3)
    assert (matrix.n_jvp, matrix.n_vjp) == (found.n_jvp, found.n_vjp) and found.products == 2 * found.n_jvp
    assert found.n_jvp >= found.block and (found.block, found.guard) == (5, 3)
    again = local_basis(Matrix(SLOW), 5, seed=3)
    assert torch.equal(found.v, again.v) and again.products == found.products


def residuals_by_hand(basis: LocalBasis, matrix: Tensor) -> Tensor:
    v, squares = basis.v.double(), basis.sigma.double()[:, None] ** 2
    return ((v @ matrix.T) @ matrix - squares * v).norm(dim=1) / squares[:, 0]


def test_residuals_are_true_and_see_a_wrong_vector() -> None:
    loose = local_basis(Matrix(SLOW), 6, tolerance=0.05, guard=0)
    torch.testing.assert_close(residuals_by_hand(loose, SLOW), loose.residuals.double(), rtol=1e-2, atol=1e-6)
    good = local_basis(Matrix(SLOW), 6, tolerance=1e-4)
    assert float(residuals_by_hand(good, SLOW).max()) < 2e-4
    turned = good.v + 0.01 * torch.nn.functional.normalize(torch.randn(6, 180, generator=torch.manual_seed(0)))
    assert float(residuals_by_hand(replace(good, v=turned), SLOW).min()) > 2e-3


def test_guards_find_what_a_small_residual_hides() -> None:
    """A start without the largest vector converges to the others; the noise that the guards bring in finds it."""
    values = torch.cat([torch.tensor([4.0, 3.9]).double(), 3 * 0.9 ** torch.arange(60).double()])
    matrix = of_spectrum(values, 80, 70)
    _, _, right = torch.linalg.svd(matrix, full_matrices=False)
    blind = local_basis(Matrix(matrix), 1, start=right[1:2].float(), guard=0, block=1)
    assert degrees(blind.v, right[:1]) > 80 and float(blind.residuals.max()) < 1e-3
    guarded = local_basis(Matrix(matrix), 1, start=right[1:2].float(), block=2)
    assert degrees(guarded.v, right[:1]) < 0.1


def test_a_warm_start_of_the_answer_is_cheaper() -> None:
    cold = local_basis(Matrix(SLOW), 10)
    near = SLOW + 1e-3 * torch.randn(SLOW.shape, generator=torch.Generator().manual_seed(1))
    warm = local_basis(Matrix(near), 10, start=local_basis(Matrix(SLOW), 13).v)
    assert warm.converged and warm.products < cold.products
    _, _, right = torch.linalg.svd(near, full_matrices=False)
    assert degrees(warm.v, right[:10]) < 0.5


BENIGN = of_spectrum(torch.cat([torch.tensor([4.0, 3.0]).double(), 2 * 0.9 ** torch.arange(60).double()]), 80, 70)
"""Two values with a gap behind them: the published loop is at its best."""


@pytest.mark.parametrize("matrix", [BENIGN, SLOW], ids=["benign", "slow"])
def test_two_vectors_are_never_dearer_than_the_published_loop(matrix: Tensor) -> None:
    k = 2
    _, _, right = torch.linalg.svd(matrix, full_matrices=False)
    near = matrix + 1e-2 * torch.randn(matrix.shape, generator=torch.Generator().manual_seed(1))
    before = local_basis(Matrix(near), k).v
    for seed in range(3):
        rival = published_iteration(Matrix(matrix), k, seed=seed, iterations=500, tolerance=1e-3)
        ours = local_basis(Matrix(matrix), k, seed=seed)
        started = local_basis(Matrix(matrix), k, seed=seed, start=before)
        assert rival.converged and ours.converged and started.converged
        assert ours.guard == 3 and degrees(ours.v, right[:k]) < 0.2 > degrees(started.v, right[:k])
        assert ours.products < rival.products > started.products


def test_a_start_of_several_vectors_begins_as_one_where_the_block_is_one() -> None:
    """Both of them are in it, and what neither holds: the largest vector is found although the start is without it."""
    _, sigma, right = torch.linalg.svd(BENIGN, full_matrices=False)
    found = local_basis(Matrix(BENIGN), 2, start=right[1:3].float())
    assert found.converged and degrees(found.v, right[:2]) < 0.2
    assert found.sigma.tolist() == pytest.approx(sigma[:2].tolist(), rel=1e-4)


def test_restarts_keep_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tapehead.analysis.diffusion.pullback.svd.KEPT", 1)
    found = local_basis(Matrix(SLOW), 3, block=2, guard=1)
    whole = torch.linalg.svd(SLOW, full_matrices=False)[2]
    assert found.converged and found.n_jvp > 4 * 4 and degrees(found.v, whole[:3]) < 0.1


def test_a_spent_budget_is_said() -> None:
    found = local_basis(Matrix(SLOW), 10, budget=48)
    assert not found.converged and found.products <= 48 and float(found.residuals.max()) > 1e-3
    with pytest.raises(UsageError, match="budget of 10 products"):
        local_basis(Matrix(SLOW), 10, budget=10)
    with pytest.raises(UsageError, match="too small for 10"):
        local_basis(Matrix(SLOW), 10, budget=16)


def test_small_and_flat_matrices() -> None:
    low = of_spectrum(torch.tensor([2.0, 1.0]).double(), 9, 7)
    found = local_basis(Matrix(low), 7)
    torch.testing.assert_close(found.sigma, torch.tensor([2.0, 1, 0, 0, 0, 0, 0]), rtol=1e-5, atol=1e-4)
    assert found.converged and found.gap == 0
    torch.testing.assert_close(found.v @ found.v.T, torch.eye(7), rtol=0, atol=1e-5)
    assert local_basis(Matrix(torch.zeros(4, 4)), 2).sigma.tolist() == [0, 0]
    one = local_basis(Matrix(torch.eye(30)), 3)
    assert one.converged and abs(one.gap - 1) < 1e-6


@pytest.mark.parametrize("k", [0, 181])
def test_more_directions_than_there_are(k: int) -> None:
    for find in (local_basis, exact_basis, published_iteration):
        with pytest.raises(UsageError, match=f"{k} directions were asked for; the Jacobian is 200 x 180"):
            find(Matrix(SLOW), k)


def test_other_bad_input() -> None:
    with pytest.raises(UsageError, match=r"rows \(n, 180\).*\(2, 179\)"):
        local_basis(Matrix(SLOW), 2, start=torch.zeros(2, 179))
    with pytest.raises(UsageError, match="tolerance"):
        local_basis(Matrix(SLOW), 2, tolerance=0)
    broken = SLOW.clone()
    broken[3, 4] = float("nan")
    with pytest.raises(ModelError, match="not finite"):
        local_basis(Matrix(broken), 2)


def test_wrong_transpose_shows_in_the_adjoint_error() -> None:
    class Wrong(Matrix):
        def transpose(self, u: Tensor) -> Tensor:
            return 1.01 * super().transpose(u)

    assert local_basis(Wrong(SLOW), 4, budget=80).adjoint_error > 1e-3


def test_published_loop_with_a_gap_comes_to_the_same() -> None:
    matrix = of_spectrum(0.5 ** torch.arange(30).double(), 40, 30)
    _, sigma, right = torch.linalg.svd(matrix, full_matrices=False)
    found = published_iteration(Matrix(matrix), 3, iterations=30, entrywise=1e-4)
    # Its own rule looks at entries of V after more than ten iterations: never fewer than twelve, and not at all if the
    # SVD turns a sign every time, which is up to LAPACK.
    assert found.products >= 2 * 3 * 12
    torch.testing.assert_close(found.sigma.double(), sigma[:3], rtol=1e-4, atol=0)
    assert degrees(found.v, right[:3]) < 0.1


def test_published_loop_without_a_gap_is_late_and_its_residuals_say_so() -> None:
    twelve = published_iteration(Matrix(SLOW), 10)
    assert twelve.products == 240 and not twelve.converged
    torch.testing.assert_close(residuals_by_hand(twelve, SLOW), twelve.residuals.double(), rtol=1e-2, atol=1e-5)
    _, _, right = torch.linalg.svd(SLOW, full_matrices=False)
    ours = local_basis(Matrix(SLOW), 10)
    assert degrees(twelve.v, right[:10]) > 5 > degrees(ours.v, right[:10])
    late, over = (
        published_iteration(Matrix(SLOW), 10, oversample=o, iterations=9999, tolerance=1e-3, budget=6000)
        for o in (0, 5)
    )
    assert late.converged and over.converged and late.products > over.products > ours.products
    assert published_iteration(Matrix(SLOW), 10, iterations=9999, tolerance=1e-3, budget=200).products <= 200


def test_align_undoes_flips_and_crossings() -> None:
    basis = local_basis(Matrix(SLOW), 4)
    order = torch.tensor([1, 0, 2, 3])
    flipped = replace(basis, u=-basis.u[order], v=-basis.v[order])
    back = align(flipped, basis)
    torch.testing.assert_close(back.v, basis.v[order])
    torch.testing.assert_close(back.u, basis.u[order])
    with pytest.raises(UsageError, match="179"):
        align(basis, replace(basis, v=basis.v[:, :-1]))


def test_of_a_unet_and_of_a_saved_pipeline(latent_directory: Path) -> None:
    torch.manual_seed(0)
    unet: Any = UNet2DModel(
        sample_size=8,
        block_out_channels=(8, 16),
        layers_per_block=1,
        norm_num_groups=4,
        down_block_types=("DownBlock2D", "AttnDownBlock2D"),
        up_block_types=("AttnUpBlock2D", "UpBlock2D"),
    )
    pixels = DiffusionModel("tiny", "-", Path(), unet.eval().requires_grad_(False), DDIMScheduler())
    for model, prompt in ((pixels, None), (load_model(str(latent_directory)), "a puppet with strings")):
        x = torch.randn(model.shape, generator=torch.Generator().manual_seed(0))
        j = jacobian_at(model, x, 700, prompt)
        found, exact = local_basis(j, 3, tolerance=1e-4), exact_basis(j, 3)
        assert found.converged and found.adjoint_error < 1e-5 and exact.n_jvp + exact.n_vjp == min(j.rows, j.columns)
        torch.testing.assert_close(found.sigma, exact.sigma, rtol=1e-4, atol=0)
        assert degrees(found.v, exact.v) < 0.1 and float(exact.residuals.max()) < 1e-4
        assert (found.t, found.prompt, found.layer, found.shape) == (700, prompt, "mid", model.shape)
