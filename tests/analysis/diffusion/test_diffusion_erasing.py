"""Projections, against their definition entry by entry."""

from __future__ import annotations

import pytest
import torch

from tapehead.analysis.diffusion.pullback import erasing
from tapehead.analysis.errors import UsageError


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_one_direction_is_taken_out_and_nothing_else() -> None:
    x, n = draw(4, 2, 3, 3), draw(18, seed=1)
    unit = n / n.norm()
    found = erasing.erase(x, n)
    for row, before in zip(found.flatten(1), x.flatten(1), strict=True):
        by_hand = before - sum(float(a) * float(b) for a, b in zip(before, unit, strict=True)) * unit
        assert torch.allclose(row, by_hand, atol=1e-5)
        other = draw(18, seed=2)
        other = other - (other @ unit) * unit
        assert float(row @ other) == pytest.approx(float(before @ other), abs=1e-4)
    assert torch.allclose(erasing.erase(found, n), found, atol=1e-6), "a projection twice is one projection"
    assert float(erasing.components(found, 5 * n).abs().max()) < 1e-5
    assert found.shape == x.shape and found.dtype == x.dtype


def test_about_a_point_its_component_stays() -> None:
    x, n, point = draw(5, 12), draw(12, seed=3), draw(12, seed=4)
    found = erasing.erase(x, n, about=point)
    wanted = float(point @ n / n.norm())
    assert torch.allclose(erasing.components(found, n), torch.full((5,), wanted), atol=1e-5)
    assert torch.allclose(erasing.erase(found, n), erasing.erase(x, n), atol=1e-5)


def test_a_part_may_be_taken_or_added() -> None:
    x, n = draw(3, 7), draw(7, seed=5)
    before = erasing.components(x, n)
    for amount in (0.0, 0.5, 1.0, 2.0, -1.0):
        after = erasing.components(erasing.erase(x, n, amount=amount), n)
        assert torch.allclose(after, (1 - amount) * before, atol=1e-5)


def test_several_directions_need_not_be_at_right_angles() -> None:
    x, rows = draw(3, 9), draw(3, 9, seed=6)
    rows[1] += 3 * rows[0]
    found = erasing.erase(x, rows)
    assert float((found @ rows.T).abs().max()) < 1e-4
    coefficients = torch.linalg.lstsq(rows.T, x.T).solution
    assert torch.allclose(found, x - coefficients.T @ rows, atol=1e-4)


def test_a_direction_beside_others() -> None:
    direction, others = draw(8), draw(2, 8, seed=7)
    left = erasing.orthogonal_to(direction, others)
    assert float(left.norm()) == pytest.approx(1, abs=1e-5)
    assert float((others @ left).abs().max()) < 1e-5
    assert float(left @ direction) > 0
    with pytest.raises(UsageError, match="nothing is left"):
        erasing.orthogonal_to(others[0] - 2 * others[1], others)


def test_what_can_not_be_erased_says_so() -> None:
    x = draw(2, 6)
    with pytest.raises(UsageError, match="length 0"):
        erasing.erase(x, torch.zeros(6))
    with pytest.raises(UsageError, match="5 numbers cannot be erased from 6"):
        erasing.erase(x, draw(5))
    with pytest.raises(UsageError, match="do not span 2"):
        erasing.erase(x, torch.stack([draw(6), 2 * draw(6)]))
    with pytest.raises(UsageError, match="no numbers"):
        erasing.erase(x, torch.full((6,), torch.nan))
    with pytest.raises(UsageError, match="has 4 numbers; x has 6"):
        erasing.erase(x, draw(6), about=draw(4))
