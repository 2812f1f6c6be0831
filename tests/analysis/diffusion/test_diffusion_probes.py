"""Fresh probes, against leaving out by hand and against what cannot be learnt."""

from __future__ import annotations

import pytest
import torch

from tapehead.analysis.diffusion.pullback import probes
from tapehead.analysis.diffusion.pullback.erasing import erase
from tapehead.analysis.errors import UsageError


def draw(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def crowd(n: int, size: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Noise with two directions that tell the label."""
    labels = draw(n, seed=seed) > 0
    rows = draw(n, size, seed=seed + 1)
    sign = torch.where(labels, 1.0, -1.0)
    rows[:, 0] += 3 * sign
    rows[:, 1] += 2 * sign
    return rows + 5, labels


def test_what_is_there_is_found_and_what_is_not_is_not() -> None:
    rows, labels = crowd(150, 40, 0)
    new, answers = crowd(200, 40, 10)
    assert probes.fit(rows, labels).correct(new, answers) > 190
    mixed = labels[torch.randperm(150, generator=torch.Generator().manual_seed(3))]
    assert 70 < probes.fit(rows, mixed).correct(new, answers) < 130


def test_erasing_one_direction_is_not_forgetting() -> None:
    """A second direction still tells: only when both are gone, a new probe is left with chance."""
    rows, labels = crowd(150, 40, 0)
    new, answers = crowd(200, 40, 10)
    first, both = torch.eye(40)[:1], torch.eye(40)[:2]
    one = probes.fit(erase(rows, first), labels).correct(erase(new, first), answers)
    none = probes.fit(erase(rows, both), labels).correct(erase(new, both), answers)
    assert one > 175
    assert 70 < none < 130


def test_the_dual_solution_is_the_ridge_solution() -> None:
    rows, labels = crowd(30, 6, 4)
    probe = probes.fit(rows, labels)
    x = rows.double() - rows.double().mean(0)
    y = torch.where(labels, 1.0, -1.0).double()
    primal = torch.linalg.solve(x.T @ x + probe.penalty * torch.eye(6), x.T @ (y - y.mean()))
    assert torch.allclose(probe.weights, primal, atol=1e-8)
    assert probe.offset == pytest.approx(float(y.mean()))


def test_left_out_rows_are_told_as_if_they_were_left_out() -> None:
    rows, labels = crowd(25, 8, 6)
    rows = rows + 3 * draw(25, 8, seed=9)
    probe = probes.fit(rows, labels)
    right = 0
    for i in range(25):
        kept = torch.arange(25) != i
        x = rows[kept].double()
        y = torch.where(labels[kept], 1.0, -1.0).double()
        centred = x - x.mean(0)
        w = torch.linalg.solve(centred.T @ centred + probe.penalty * torch.eye(8), centred.T @ (y - y.mean()))
        right += int(((rows[i].double() - x.mean(0)) @ w + y.mean() > 0) == labels[i])
    assert probe.left_out == pytest.approx(right / 25, abs=1e-9)


def test_a_probe_needs_both_kinds() -> None:
    with pytest.raises(UsageError, match="0 with and 5 without"):
        probes.fit(draw(5, 3), torch.zeros(5, dtype=torch.bool))


def test_a_network_finds_what_no_line_tells_apart() -> None:
    """The label is whether two coordinates have the same sign: of no use to a line, and learnt by the network."""
    rows, new = draw(400, 12, seed=1), draw(300, 12, seed=2)
    rows[:, :2], new[:, :2] = 3 * rows[:, :2].sign() + 0.3 * rows[:, :2], 3 * new[:, :2].sign() + 0.3 * new[:, :2]
    labels, answers = rows[:, 0] * rows[:, 1] > 0, new[:, 0] * new[:, 1] > 0
    assert probes.fit_network(rows, labels, 0).correct(new, answers) > 270
    assert probes.fit(rows, labels).correct(new, answers) < 190
    mixed = labels[torch.randperm(400, generator=torch.Generator().manual_seed(3))]
    assert 105 < probes.fit_network(rows, mixed, 0).correct(new, answers) < 195
    again = probes.fit_network(rows, labels, 0).scores(new)
    assert torch.equal(again, probes.fit_network(rows, labels, 0).scores(new))


def test_a_network_needs_both_kinds() -> None:
    with pytest.raises(UsageError, match="four samples of both kinds; there are 3 with"):
        probes.fit_network(draw(40, 5), torch.arange(40) < 3, 0)
