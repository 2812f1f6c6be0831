"""Scores of directions, against their formulas written out entry by entry."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tapehead.analysis.diffusion.models import inversion
from tapehead.analysis.diffusion.models.loading import load_model
from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.puppets.attributes import read_attributes
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.errors import MissingPartError, UsageError


@pytest.fixture(scope="module")
def pixel(pixel_directory: Path) -> DiffusionModel:
    return load_model(str(pixel_directory))


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def entropy_share(values: list[float]) -> float:
    total = sum(map(abs, values))
    return -sum(abs(v) / total * math.log(abs(v) / total) for v in values if v) / math.log(len(values))


def test_disentanglement_and_completeness_are_one_minus_the_entropies() -> None:
    matrix = draw(5, 9)
    rows, columns = matrix.tolist(), matrix.T.tolist()
    assert effects.disentanglement(matrix).tolist() == pytest.approx([1 - entropy_share(r) for r in rows], abs=1e-5)
    assert effects.completeness(matrix).tolist() == pytest.approx([1 - entropy_share(c) for c in columns], abs=1e-5)
    sizes = [sum(map(abs, r)) for r in rows]
    weighted = sum(s * (1 - entropy_share(r)) for s, r in zip(sizes, rows, strict=True)) / sum(sizes)
    assert effects.weighted_disentanglement(matrix) == pytest.approx(weighted, abs=1e-5)


def test_the_extremes_of_the_scores() -> None:
    one_each = torch.diag(torch.tensor([1.0, -2.0, 3.0]))
    assert torch.allclose(effects.disentanglement(one_each), torch.ones(3))
    assert torch.allclose(effects.completeness(one_each), torch.ones(3))
    assert torch.allclose(effects.gaps(one_each), torch.ones(3))
    alike = torch.full((3, 4), -0.5)
    assert torch.allclose(effects.disentanglement(alike), torch.zeros(3), atol=1e-6)
    assert torch.allclose(effects.gaps(alike), torch.zeros(4))
    nothing = torch.zeros(3, 4)
    assert torch.allclose(effects.disentanglement(nothing), torch.zeros(3), atol=1e-6), "moving nothing is no merit"
    assert effects.weighted_disentanglement(nothing) == 0
    with pytest.raises(UsageError, match="two of them"):
        effects.gaps(torch.ones(1, 4))


def test_gaps_are_the_largest_less_the_second() -> None:
    matrix = torch.tensor([[1.0, 0.2], [-4.0, 0.1], [3.0, -0.8]])
    assert effects.gaps(matrix).tolist() == pytest.approx([0.25, 0.75])


def test_signs_agree_as_often_as_pairs_do() -> None:
    values = draw(7, 3)
    found = effects.sign_agreement(values)
    for j in range(3):
        pairs = [(a, b) for a in range(7) for b in range(7) if a != b]
        share = sum((values[a, j] > 0) == (values[b, j] > 0) for a, b in pairs) / len(pairs)
        assert float(found[j]) == pytest.approx(float(share))
    assert float(effects.sign_agreement(torch.ones(4, 1))) == 1
    with pytest.raises(UsageError, match="there is 1"):
        effects.sign_agreement(torch.ones(1, 2))


def test_a_response_is_read_off_decoded_pictures(pixel: DiffusionModel) -> None:
    eye = effects.regressor_of(pixel)
    x = starting_noise(pixel, 1, 3)[0]
    v = torch.nn.functional.normalize(draw(2, x.numel()), dim=1)
    found = effects.respond(pixel, eye, x, 600, v, effects.straight_push(4.0), steps=4)

    def by_hand(z: torch.Tensor) -> torch.Tensor:
        return read_attributes(eye, pixel.show(inversion.denoise(pixel, z[None], 600, 0, 4)))[0]

    for i in range(2):
        push = 4.0 * v[i].reshape(x.shape)
        plus, minus = by_hand(x + push), by_hand(x - push)
        assert torch.allclose(found.matrix[i], (plus - minus) / 2, atol=1e-4)
        assert torch.allclose(found.curved[i], (plus + minus) / 2 - by_hand(x), atol=1e-4)
    assert found.matrix.shape == (2, len(ATTRIBUTES))
    assert found.plus.pictures.shape == (2, 3, pixel.size, pixel.size)
    assert float(found.start.off.min()) > 0
    other = effects.respond(pixel, eye, x, 600, -v, effects.straight_push(4.0), steps=4, off=False)
    assert torch.allclose(other.matrix, -found.matrix, atol=1e-4), "the other way round"
    assert bool(other.start.off.isnan().all())
    with pytest.raises(UsageError, match="numbers"):
        effects.respond(pixel, eye, x, 600, v[:, :-1], effects.straight_push(1.0))


def test_change_of_identity_counts_the_region_only() -> None:
    before = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    after = before.clone()
    after[:, :, :2] += 0.3
    top = torch.zeros(4, 4)
    top[:2] = 1
    assert effects.identity_change(before, after, top).tolist() == pytest.approx([0.3, 0.3], abs=1e-5)
    assert effects.identity_change(before, after, 1 - top).tolist() == pytest.approx([0, 0])
    assert effects.identity_change(before, after).tolist() == pytest.approx([0.3 / 2**0.5] * 2, abs=1e-5)
    with pytest.raises(UsageError, match="empty"):
        effects.identity_change(before, after, torch.zeros(4, 4))


def test_without_a_regressor_there_is_no_ground_truth(pixel: DiffusionModel, tmp_path: Path) -> None:
    with pytest.raises(MissingPartError, match="puppet-64"):
        effects.regressor_of(replace(pixel, directory=tmp_path))
