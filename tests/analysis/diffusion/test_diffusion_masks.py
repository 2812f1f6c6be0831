"""Local directions: masks, the Jacobian of the masked guess against differences, and the null space."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import masks
from tapehead.analysis.diffusion.pullback.svd import local_basis
from tapehead.analysis.errors import UnknownNameError, UsageError


@pytest.fixture(scope="module")
def latent(latent_directory: Path) -> DiffusionModel:
    return load_model(str(latent_directory))


def test_a_box_holds_the_places_whose_middle_lies_in_it() -> None:
    found = masks.box((0.25, 0.5, 0.75, 1.0), 8)
    for row in range(8):
        for column in range(8):
            inside = 0.25 <= (column + 0.5) / 8 < 0.75 and (row + 0.5) / 8 >= 0.5
            assert bool(found[row, column]) == inside
    assert torch.equal(masks.region("left", 4), torch.tensor([1.0, 1.0, 0.0, 0.0]).expand(4, 4))
    with pytest.raises(UsageError, match="left < right"):
        masks.box((0.5, 0, 0.5, 1), 8)
    with pytest.raises(UsageError, match="no place"):
        masks.box((0.0, 0.0, 0.01, 0.01), 8)
    with pytest.raises(UnknownNameError, match="mouth"):
        masks.region("mouht", 8)


@pytest.mark.parametrize("prompt", [None, "a puppet on strings"])
def test_the_masked_jacobian_is_that_of_the_guess_inside(latent: DiffusionModel, prompt: str | None) -> None:
    x = starting_noise(latent, 1, 3)[0]
    mask = masks.region("left", latent.shape[1])
    jacobian = masks.masked_jacobian(latent, x, 500, mask, prompt)
    v = torch.randn(2, x.numel(), generator=torch.Generator().manual_seed(4))

    def guess(z: torch.Tensor) -> torch.Tensor:
        eps = inversion.predicted_noise(latent, z[None], 500, prompt)
        return inversion.clean(latent, z[None], 500, eps)[0]

    pushed = jacobian.apply(v).reshape(2, *x.shape)
    with torch.no_grad():
        for i in range(2):
            step = 1e-2 * v[i].reshape(x.shape)
            slope = (guess(x + step) - guess(x - step)) / 2e-2
            assert torch.allclose(pushed[i] * mask, slope * mask, atol=2e-3 * float(slope.abs().max()))
            assert float((slope * (1 - mask)).abs().max()) > 0.01, "the guess moves elsewhere too"
    assert float((pushed * (1 - mask)).abs().max()) == 0
    assert jacobian.adjoint_error(1) < 1e-4
    assert local_basis(jacobian, 2, tolerance=1e-2).converged


def test_apart_takes_out_what_the_complement_has() -> None:
    draw = torch.Generator().manual_seed(5)
    inside, outside = torch.randn(3, 20, generator=draw), torch.randn(4, 20, generator=draw)
    found = masks.apart(inside, outside)
    assert float((found @ outside.T).abs().max()) < 1e-5
    assert found.norm(dim=1).tolist() == pytest.approx([1, 1, 1])
    basis = torch.linalg.qr(outside.T)[0]
    left = inside - inside @ basis @ basis.T
    assert torch.allclose(found, left / left.norm(dim=1, keepdim=True), atol=1e-5)
    with pytest.raises(UsageError, match="nothing local"):
        masks.apart(outside[:1] + outside[1:2], outside)


def test_masks_that_do_not_fit_are_refused(latent: DiffusionModel) -> None:
    x = starting_noise(latent, 1, 3)[0]
    with pytest.raises(UsageError, match="takes x"):
        masks.masked_jacobian(latent, x, 500, torch.ones(3, 3))
    with pytest.raises(UsageError, match="empty mask"):
        masks.masked_jacobian(latent, x, 500, torch.zeros(latent.shape[1:]))
