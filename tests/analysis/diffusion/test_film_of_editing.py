"""The studies of the film about editing, on untrained networks: each number against its definition."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from scipy import stats

from tapehead.analysis.diffusion.models.model import DiffusionModel
from tapehead.analysis.diffusion.models.sampling import starting_noise
from tapehead.analysis.diffusion.pullback import effects
from tapehead.analysis.diffusion.pullback.jacobian import bottleneck, jacobian_at
from tapehead.analysis.diffusion.puppets.puppets import ATTRIBUTES
from tapehead.analysis.diffusion.studies import flatness, manifest, overpushing, steering
from tapehead.analysis.diffusion.studies.families import points_at
from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.results import Result
from tests.analysis.diffusion.small_networks import small_latent, small_pixel

HAIR, EYES = ATTRIBUTES.index("hair"), ATTRIBUTES.index("eyes")


class Eye(torch.nn.Module):
    """Reads attributes that are linear in the pixels, with the eyes not at right angles to the hair."""

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        size = pictures[0].numel()
        rows = torch.randn(9, size, generator=torch.Generator().manual_seed(3))
        rows[EYES] = rows[HAIR] + 0.5 * rows[EYES]
        return (pictures.flatten(1) - 0.5) @ rows.T / size**0.5


@pytest.fixture(scope="module")
def model() -> DiffusionModel:
    torch.set_num_threads(1)
    return small_latent()


@pytest.fixture(scope="module")
def steered(model: DiffusionModel) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effects, "regressor_of", lambda _model: Eye())
        return steering.steering(model, 600, reference=24, count=10, crossed=4, wall=3, steps=2, length=2.0, seed=3)


@pytest.fixture(scope="module")
def pushed(model: DiffusionModel, steered: Result) -> Result:
    return overpushing.overpushing(model, steered, 600, count=10, amounts=(0, 2, 60), wall=4, steps=2, seed=3)


# -- the tangent plane -------------------------------------------------------------------------------------------------


def test_a_tangent_forecast_errs_with_the_square_and_a_borrowed_one_with_the_step(model: DiffusionModel) -> None:
    found = flatness.flatness(model, 600, points=3, steps=7, least=0.01, seed=4)
    assert found["slope"] == pytest.approx(2, abs=0.15) and found["borrowed_slope"] == pytest.approx(1, abs=0.15)
    assert found["slope_low"] < found["slope"] < found["slope_high"]
    # By hand, from the whole matrix: a step of the second point.
    xs = points_at(model, 600, 3, 4)
    dense = jacobian_at(model, xs[1].reshape(model.shape), 600).dense().double()
    v = torch.randn(xs.shape[1], generator=torch.Generator().manual_seed(4 + 8), dtype=torch.float64)
    v = v / v.norm()
    k = 2
    step = float(found["step"][k]) * float(xs[1].norm())
    both = torch.stack([xs[1], xs[1] + step * v.float()]).reshape(-1, *model.shape)
    before, after = bottleneck(model, both, 600).double()
    assert found["moved"][1, k] == pytest.approx(float((after - before).norm() / before.norm()), rel=1e-4)
    wrong = float((after - before - step * dense @ v).norm() / before.norm())
    assert found["error"][1, k] == pytest.approx(wrong, rel=0.02)
    assert found["share"][k] == pytest.approx(100 * np.median(found["error"][:, k] / found["moved"][:, k]))


def test_where_a_rising_row_passes_a_level() -> None:
    steps = np.array([0.1, 1.0, 10.0])
    assert flatness.crossing(steps, np.array([1.0, 10.0, 100.0]), 10**1.5) == pytest.approx(10**0.5)
    assert flatness.crossing(steps, np.array([1.0, 2.0, 3.0]), 5) == 10, "never passed: the last step"
    assert flatness.crossing(steps, np.array([6.0, 7.0, 8.0]), 5) == 0.1, "passed at once: the first"


def test_the_interval_of_a_mean_is_students() -> None:
    values = np.array([1.0, 2.0, 4.0, 7.0])
    wanted = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert flatness.mean_between(values) == pytest.approx((3.5, wanted.low, wanted.high))
    assert np.isnan(flatness.mean_between(np.array([1.0]))[1:]).all()


# -- stepping away -----------------------------------------------------------------------------------------------------


def test_directions_are_differences_of_means_of_halves() -> None:
    xs, values = torch.randn(9, 5), torch.randn(9, 2)
    found = steering.told_directions(xs, values)
    for column in range(2):
        ranked = sorted(range(9), key=lambda i: float(values[i, column]))
        wanted = xs[ranked[5:]].mean(0) - xs[ranked[:4]].mean(0)
        assert torch.allclose(found[column], wanted / wanted.norm(), atol=1e-6)


def test_the_slider_moves_the_attribute_more_than_a_random_direction(model: DiffusionModel, steered: Result) -> None:
    amounts, mean = steered["amount"], steered["mean"]
    assert amounts[0] == 0 and np.allclose(steered["score"][0, 0], steered["score"][1, 0], atol=1e-5)
    assert mean[0, -1] - mean[0, 0] > abs(mean[1, -1] - mean[1, 0])
    had = steered["score"][0, 0] < 0
    # Fewer steps are left from there than from the beginning, so those near 0 may be read otherwise.
    assert abs(int(had.sum()) - int(steered["had"])) <= 1
    assert steered["left"][0, 0] >= steered["left"][0, -1]
    assert steered["picture"].shape[:3] == (2, 5, min(3, int(steered["had"])))
    # One push by hand.
    xs, _ = steering.crowd(model, 600, 10, 3, 6)
    way = torch.from_numpy(steered["direction"][HAIR].copy())
    values = steering.pushed(model, Eye(), xs, 600, float(amounts[3]) * way, 2)[0]
    assert steered["score"][0, 3] == pytest.approx(values[:, HAIR].numpy(), abs=1e-4)


def test_the_matrix_is_what_each_direction_moves_and_the_arms_lose_what_they_should(steered: Result) -> None:
    cosine = steered["cosine"]
    assert np.allclose(np.diag(cosine), 1, atol=1e-5) and cosine[HAIR, EYES] == pytest.approx(steered["overlap"])
    assert steered["overlap"] > 0.3, "the reader's eyes lean on its hair"
    row = steered["cross"][HAIR]
    assert row[HAIR] > 0 and row[EYES] > 0
    # The first arm is the matrix' own row, over all samples.
    assert steered["target"][0, :4].mean() == pytest.approx(row[HAIR], rel=1e-4)
    assert steered["drag"][0, :4].mean() == pytest.approx(row[EYES], rel=1e-4)
    assert steered["removed"][0] == 0 and steered["kept"][0] == 100
    drag = np.abs(steered["drag"])
    pulled = steered["drag"].mean(1)
    assert steered["removed"] == pytest.approx(100 * (1 - np.abs(pulled) / abs(pulled[0])))
    assert steered["less_p"][1] == pytest.approx(stats.binomtest(int((drag[0] > drag[1]).sum()), 10).pvalue)
    assert steered["projected"] == pytest.approx(100 * abs(steered["overlap"]))


def test_the_control_loses_as_much_of_its_length_as_the_freed_direction(model: DiffusionModel, steered: Result) -> None:
    one, other = (torch.from_numpy(steered["direction"][k].copy()) for k in (HAIR, EYES))
    arms, part = steering._arms(one, other, model, 3)
    assert float(arms[1] @ other) == pytest.approx(0, abs=1e-5)
    lengths = arms.norm(dim=1)
    assert lengths[1] == pytest.approx((1 - part**2) ** 0.5, rel=1e-4) and lengths[2] == pytest.approx(lengths[1])
    assert abs(float(arms[2] @ arms[1])) < float(lengths[1] ** 2) - 1e-3, "it is another direction"


def test_counts_beside_the_diagonal_are_holms() -> None:
    p = np.ones((10, 9))
    p[0, 0], p[0, 3], p[0, 4] = 0.0, 0.001, 0.04  # its own does not count; 0.04 fails at 0.05 / 7
    p[9, :] = 1e-6
    assert steering._clear(p).tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 9]


# -- pushed too far ----------------------------------------------------------------------------------------------------


def test_distances_of_pairs_against_a_loop() -> None:
    pictures = torch.rand(5, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    table = overpushing.distances(pictures)
    for i, j in itertools.combinations(range(5), 2):
        assert table[i, j] == pytest.approx(float((pictures[i] - pictures[j]).square().mean().sqrt()), abs=1e-6)
    pairs = [table[i, j] for i, j in itertools.combinations(range(5), 2)]
    assert overpushing.pairs_mean(table) == pytest.approx(np.mean(pairs))
    twice = overpushing.pairs_mean(table, np.array([0, 0, 1]))
    assert twice == pytest.approx(table[0, 1]), "a sample drawn twice is no pair with itself"


def test_a_silhouette_does_not_see_brightness_but_shape() -> None:
    yy, xx = torch.meshgrid(torch.arange(32), torch.arange(32), indexing="ij")
    left, top = (one.float().expand(3, 32, 32) for one in (xx < 16, yy < 16))
    masks = overpushing.silhouettes(torch.stack([left, 0.2 + 0.1 * left, top]))
    table = overpushing.apart(masks)
    assert table[0, 1] == 0 and table[0, 2] == pytest.approx(0.5)


def test_a_silhouette_is_chosen_in_one_half_and_counted_in_the_other() -> None:
    rng = np.random.default_rng(0)
    masks = rng.random((12, 64)) < 0.5
    masks[[1, 4, 7, 8, 11]] = masks[1]  # two of the first half, three of the second
    flags, best = overpushing.repeated(masks, 0.0)
    assert best == 1 and flags.tolist() == [False, True, True, False, False, True]


def test_far_pushes_lose_diversity_and_the_ruler_is_the_untouched_crowd(model: DiffusionModel, pushed: Result) -> None:
    assert pushed["diversity"][:, 0] == pytest.approx([100, 100])
    assert np.all(pushed["diversity"][:, 2] < 70) and np.all(pushed["same"][:, 2] >= pushed["same"][:, 0])
    assert np.all(pushed["diversity_low"] <= pushed["diversity"] + 1e-9)
    assert np.all(pushed["diversity"] <= pushed["diversity_high"] + 1e-9)
    assert pushed["lost_more"][2] == pytest.approx(pushed["diversity"][1, 2] - pushed["diversity"][0, 2])
    assert pushed["counted"] == 5 and pushed["picture"].shape[:3] == (2, 3, 4)
    xs, _ = steering.crowd(model, 600, 10, 3, 6)
    assert pushed["reach"][2] == pytest.approx(100 * 60 / float(xs.norm(dim=1).mean()))
    # At most a twentieth of the untouched pairs lie within the ruler.
    way = torch.zeros(xs.shape[1])
    x0 = steering.pushed(model, Eye(), xs, 600, way, 2)[1]
    gaps = overpushing.apart(overpushing.silhouettes(x0))[np.triu_indices(10, 1)]
    assert np.mean(100 * gaps < pushed["limit"] - 1e-9) <= 0.05


def test_without_labels_the_loudest_direction_is_pushed(model: DiffusionModel) -> None:
    found = overpushing.overpushing(model, t=600, count=8, amounts=(0, 9), wall=2, steps=1, seed=5)
    assert found.facts["way"] == "loudest" and found.quantity("share").labels["way"] == ("loudest", "random")


def test_the_card_counts_what_was_painted_and_its_seeds_make_the_noise(
    model: DiffusionModel, steered: Result, pushed: Result
) -> None:
    stamp = flatness.flatness(model, 600, points=2, steps=7, least=0.01, seed=4)
    card = manifest.manifest(stamp, steered, pushed, pushed, seed=0)
    painted = 24 + 10 + 2 * 5 * 10 + 2 * 10 * 4 + 2 * 3 * 10
    assert card["painted"].tolist() == [2, painted, 60, 60] and card["total"] == 122 + painted
    assert card["shown"] == len(set(card["noise_seed"])) and card["steps"] == 2
    seed = int(pushed["noise_seed"][2])
    noise = torch.randn(model.shape, generator=torch.Generator().manual_seed(seed))
    assert torch.equal(noise, starting_noise(model, 3, 3)[2])


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (lambda m: flatness.flatness(m, points=1, seed=0), UsageError, "found 1 points"),
        (lambda m: flatness.flatness(m, least=2.0, seed=0), UsageError, "from 2 to 1"),
        (lambda m: steering.steering(m, protected="hair", seed=0), UsageError, "two different attributes"),
        (lambda m: steering.steering(m, attribute="hiar", seed=0), UnknownNameError, "did you mean hair"),
        (lambda m: overpushing.overpushing(m, amounts=(3, 6), seed=0), UsageError, "begin with 0 and rise"),
        (lambda m: overpushing.overpushing(m, count=7, seed=0), UsageError, "found 7"),
    ],
)
def test_what_does_not_fit_is_said(model: DiffusionModel, wrong, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        wrong(model)


def test_a_direction_of_another_model_and_cards_that_disagree_are_refused(
    steered: Result, pushed: Result, model: DiffusionModel
) -> None:
    with pytest.raises(UsageError, match="found in another model"):
        overpushing.overpushing(small_pixel(), steered, 600, count=8, amounts=(0, 1), steps=1, seed=0)
    other = overpushing.overpushing(model, t=600, count=8, amounts=(0, 9), wall=2, steps=1, seed=5)
    with pytest.raises(UsageError, match=r"painted in \[1, 2\] steps"):
        manifest.manifest(flatness.flatness(model, points=2, steps=7, seed=0), steered, pushed, other, seed=0)
