"""Claims about local bases: on made-up bases whose answer is known, and on tiny networks against whole Jacobians."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import Tensor

from tapehead.analysis.diffusion.pullback import local_bases, subspaces
from tapehead.analysis.diffusion.pullback.controls import orthonormal
from tapehead.analysis.diffusion.pullback.jacobian import jacobian_at
from tapehead.analysis.diffusion.pullback.spectrum import frequencies
from tapehead.analysis.diffusion.pullback.tangents import sampled
from tapehead.analysis.diffusion.studies import captions as words
from tapehead.analysis.diffusion.studies import geometry as studies
from tapehead.analysis.errors import UsageError
from tapehead.analysis.results import Result, quantity
from tests.analysis.diffusion.small_networks import small_latent, small_pixel


def made_up(v: Sequence[Sequence[Tensor]], times: Sequence[int], shape: Sequence[int] = (1, 16, 16)) -> Result:
    """Bases [time][sample] as :func:`bases_over_time` gives them; U and the random network's are the same."""
    values = np.stack([np.stack([b.float().numpy() for b in row]) for row in v])
    labels = {"time": tuple(map(str, times))}
    quantities = {
        name: quantity(values, "time", "sample", "direction", axis, labels=labels)
        for name, axis in (("u", "h"), ("v", "x"), ("random_u", "h"), ("random_v", "x"))
    }
    quantities["t"] = quantity(np.array(times), "time", labels=labels)
    return Result(quantities, model="made up", facts={"shape": list(shape)})


def wave(cycles: int, shift: float) -> Tensor:
    x = torch.arange(8) / 8
    picture = torch.cos(2 * math.pi * cycles * x + shift).repeat(3, 8, 1)
    return (picture / picture.norm()).reshape(1, -1)


def tilted(angle: float, k: int = 2, n: int = 256, start: int = 0) -> Tensor:
    """A subspace all of whose angles to that of angle 0 are ``angle``."""
    eye = torch.eye(n)
    return eye[:k] * math.cos(angle) + eye[k + start : 2 * k + start] * math.sin(angle)


@pytest.fixture(scope="module")
def bases() -> Result:
    return studies.bases_over_time(small_pixel(), times=(800, 300), count=3, k=2, random_count=2, seed=4)


def test_bases_are_those_of_the_whole_jacobian(bases: Result) -> None:
    model = small_pixel()
    xs = sampled(model, (800, 300), 3, seed=4)
    for i, t in enumerate((800, 300)):
        dense = jacobian_at(model, xs[i, 1], t).dense().double()
        u, s, vt = torch.linalg.svd(dense, full_matrices=False)
        assert np.allclose(bases["sigma"][i, 1], s[:2], rtol=1e-4)
        # Up to the solver's residual of 1e-3, and far below what two samples differ by.
        assert subspaces.grassmann_distance(torch.from_numpy(bases["v"][i, 1].copy()), vt[:2]) < 0.02
        assert subspaces.grassmann_distance(torch.from_numpy(bases["u"][i, 1].copy()), u[:, :2].T) < 0.02
    assert bases["random_v"].shape == (2, 2, 2, 192)
    assert bases.read("not_converged") == 0
    shuffled = local_bases.random_network(model, 5)
    other = torch.linalg.svdvals(jacobian_at(shuffled, xs[0, 0], 800).dense().double())
    assert np.allclose(bases["random_sigma"][0, 0], other[:2], rtol=1e-4)
    assert not np.allclose(bases["random_sigma"], bases["sigma"][:, :2], rtol=0.05)


def test_points_that_are_not_known_are_refused() -> None:
    model = small_pixel()
    with pytest.raises(UsageError, match="asked for 'dreams' at"):
        local_bases.points(model, "dreams", (1,), 1, 0)
    with pytest.raises(UsageError, match="at least at one time"):
        local_bases.points(model, "faces", (), 1, 0)


def test_coarse_to_fine_on_waves() -> None:
    model = small_pixel()
    rows = [[wave(c, 0.1 * s) for s in range(3)] for c in (1, 2, 3)]
    found = studies.coarse_to_fine(model, made_up(rows, (900, 500, 100), model.shape), share=0.4, seed=0)
    assert found["radius_mean"] == pytest.approx([1, 2, 3])
    assert found["radius_first"] == pytest.approx([1, 2, 3])
    assert found.read("limit") == pytest.approx(1.6)
    assert found["below_mean"] == pytest.approx([100, 0, 0], abs=1e-6)
    assert found["rings"].argmax(1).tolist() == [1, 2, 3]
    assert found.read("trend") < -0.9
    backwards = made_up(rows, (100, 500, 900), model.shape)
    assert studies.coarse_to_fine(model, backwards, seed=0).read("trend") > 0.9, "a claim that fails is seen to fail"
    isotropic = found.row("control_radius", "time", control="isotropic")
    assert isotropic[0] == isotropic[1]
    white = float(frequencies(model.shape).mean())
    assert isotropic[0] == pytest.approx(white, rel=0.25), "one direction of white noise on 8 x 8 pixels"


def test_pairs_of_samples_on_known_angles() -> None:
    near, far = [tilted(0.1 * s) for s in range(3)], [tilted(0.5 * s) for s in range(3)]
    found = studies.pairs_of_samples(made_up([near, far, near], (900, 500, 100)), draws=20, seed=0)
    for name in ("u", "v", "network_u"):
        mean = found[f"{name}_mean" if name != "network_u" else name]
        step = math.sqrt(2) * (0.1 + 0.1 + 0.2) / 3
        assert mean == pytest.approx([step, 5 * step, step], rel=1e-4)
    assert found.read("peak") == 500
    assert found.read("largest") == pytest.approx(math.sqrt(2) * math.pi / 2)
    assert found.read("random_v") > 2.0
    # Spaces of one pixel each are white; so are the controls like them, and as far apart as chance.
    assert found["low_pass_v"] == pytest.approx(found.read("random_v"), abs=0.15)
    assert found["same_spectrum_v"] == pytest.approx(found.read("random_v"), abs=0.15)


def test_the_jackknife_is_the_standard_error_of_a_mean() -> None:
    heights = np.array([1.0, 4.0, 2.0, 7.0, 3.0])
    # Distances that are sums of the samples' own heights: the mean over pairs is twice the mean height.
    matrix = heights[:, None] + heights[None, :]
    np.fill_diagonal(matrix, 0)
    wanted = 2 * heights.std(ddof=1) / math.sqrt(5)
    assert subspaces.jackknife(matrix) == pytest.approx(wanted)
    assert math.isnan(subspaces.jackknife(matrix[:2, :2]))


def test_between_times_on_known_angles() -> None:
    rows = [[tilted(angle, start=2 * s) for s in range(2)] for angle in (0.0, 0.2, 0.7)]
    found = studies.between_times(made_up(rows, (900, 500, 100)), draws=20, seed=0)
    angles = np.array([0.0, 0.2, 0.7])
    assert found["v"] == pytest.approx(math.sqrt(2) * abs(angles[:, None] - angles[None, :]), abs=1e-4)
    assert found["network_u"] == pytest.approx(found["v"])
    same = [subspaces.grassmann_distance(*row) for row in rows]
    assert found["same_time_u"] == pytest.approx(same, abs=1e-4)


def test_simpler_data_says_where_it_is_so_and_where_not() -> None:
    def data(scale: float, other: float) -> Result:
        return made_up([[tilted(scale * s) for s in range(3)], [tilted(other * s) for s in range(3)]], (900, 100))

    found = studies.simpler_data(data(0.1, 0.3), data(0.2, 0.1), data(0.3, 0.2), draws=10, seed=0)
    assert found["u"][:, 0] == pytest.approx(math.sqrt(2) * 4 / 3 * np.array([0.1, 0.2, 0.3]), rel=1e-4)
    assert found["ordered"].tolist() == [1, 0]
    assert found.read("ordered_count") == 1
    assert found.read("times") == 2
    assert found["u_error"].shape == (3, 2)


def test_claims_run_on_found_bases(bases: Result) -> None:
    model = small_pixel()
    coarse = studies.coarse_to_fine(model, bases, seed=0)
    assert coarse["control_below"].shape == (3, 2)
    pairs = studies.pairs_of_samples(bases, draws=10, seed=0)
    assert pairs["u"].shape == (2, 3)
    own = [torch.from_numpy(b.copy()) for b in bases["u"][0]]
    naive = [
        np.linalg.norm(np.arccos(np.linalg.svd((own[i] @ own[j].T).double().numpy(), compute_uv=False).clip(0, 1)))
        for i, j in ((0, 1), (0, 2), (1, 2))
    ]
    assert pairs["u"][0] == pytest.approx(naive, abs=1e-3)
    assert studies.between_times(bases, draws=10, seed=0)["u"].shape == (2, 2)


def test_spectra_against_the_svd() -> None:
    model = small_pixel()
    found = studies.spectra(model, times=(600,), seed=2)
    x = sampled(model, (600,), 1, seed=2)[0, 0]
    for i, network in enumerate((model, local_bases.random_network(model, 3))):
        s = np.linalg.svd(jacobian_at(network, x, 600).dense().double().numpy(), compute_uv=False)
        assert np.allclose(found["sigma"][i, 0], s[: found["sigma"].shape[-1]], rtol=1e-4, atol=1e-4 * s[0])
        held = np.cumsum(s**2) / (s**2).sum()
        assert found["needed"][i, 0] == int(np.argmax(held >= 0.9)) + 1
        assert found["tenth"][i, 0] == pytest.approx(s[9] / s[0], rel=1e-3)
    with pytest.raises(UsageError, match="192 columns; the limit here is 100"):
        studies.spectra(model, largest=100, seed=0)


def test_x_or_t() -> None:
    model = small_pixel()
    found = studies.point_or_time(model, t=300, noisiest=900, count=1, k=2, seed=1)
    near, far = sampled(model, (300, 900), 1, seed=1)[:, 0]
    exact = []
    for x, t in ((near, 300), (far, 300), (near, 900), (far, 900)):
        exact.append(torch.linalg.svd(jacobian_at(model, x, t).dense().double(), full_matrices=False)[2][:2])
    wanted = subspaces.distances(exact)
    assert found["v"] == pytest.approx(wanted, abs=0.03)
    assert found.read("by_x_v") == pytest.approx((wanted[0, 1] + wanted[2, 3]) / 2, abs=0.03)
    assert found.read("by_t_v") == pytest.approx((wanted[0, 2] + wanted[1, 3]) / 2, abs=0.03)


# -- words


def told(similarity: np.ndarray, distance: np.ndarray) -> Result:
    """Distances between captions as :func:`prompts_over_time` gives them, at two times and one sample."""
    n = len(similarity)
    both = np.stack([distance, 0.5 * distance])[:, None]
    labels = {"time": ("900", "100")}
    return Result(
        {
            "t": quantity(np.array([900, 100]), "time", labels=labels),
            "u": quantity(both, "time", "sample", "prompt", "other", labels=labels),
            "v": quantity(both, "time", "sample", "prompt", "other", labels=labels),
            "between_u": quantity(np.array([4.0, 4.0]), "time", labels=labels),
            "between_v": quantity(np.array([4.0, 4.0]), "time", labels=labels),
            "random_u": quantity(5.0),
            "random_v": quantity(5.0),
            "similarity": quantity(similarity, "prompt", "other"),
            "overlap": quantity(similarity**3, "prompt", "other"),
            "prompts": quantity(n),
        },
        model="made up",
    )


def symmetric(n: int, seed: int) -> np.ndarray:
    values = np.random.default_rng(seed).random((n, n))
    values = (values + values.T) / 2
    np.fill_diagonal(values, 1)
    return values


def test_similar_prompts_are_found_and_unlike_ones_are_not() -> None:
    similarity = symmetric(8, 0)
    found = words.similar_prompts(told(similarity, 1 - similarity), permutations=200, seed=0)
    assert found["text_u"] == pytest.approx([1, 1])
    assert found["text_u_p"].max() < 0.02
    assert found["words_v"] == pytest.approx([1, 1]), "ranks only"
    distance = symmetric(8, 1)
    np.fill_diagonal(distance, 0)
    chance = words.similar_prompts(told(similarity, distance), permutations=200, seed=0)
    upper = np.triu_indices(8, 1)
    assert chance["text_u"] == pytest.approx([spearmanr(similarity[upper], -distance[upper])[0]] * 2)
    assert chance["text_u_p"].min() > 0.05
    assert abs(chance["text_u"][0]) < 0.6
    assert found["scatter_text"].tolist() == similarity[upper].tolist()


def test_fading_words() -> None:
    distance = symmetric(5, 3)
    np.fill_diagonal(distance, 0)
    found = words.fading_words(told(symmetric(5, 2), distance), seed=0)
    mean = distance[np.triu_indices(5, 1)].mean()
    assert found["u"] == pytest.approx([mean, mean / 2])
    assert found["share_u"] == pytest.approx([25 * mean, 12.5 * mean])
    assert found["u_error"][1] == pytest.approx(found["u_error"][0] / 2)


def test_captions_at_one_point() -> None:
    model = small_latent()
    prompts = ("a puppet", "an old puppet with red hair", "a puppet")
    found = words.prompts_over_time(model, prompts=prompts, times=(700,), count=2, k=2, seed=1)
    assert found["v"].shape == (1, 2, 3, 3)
    x = sampled(model, (700,), 2, seed=1)[0, 1]
    exact = [
        torch.linalg.svd(jacobian_at(model, x, 700, p).dense().double(), full_matrices=False)[2][:2] for p in prompts
    ]
    assert found["v"][0, 1] == pytest.approx(subspaces.distances(exact), abs=0.03)
    assert found["v"][0, 1, 0, 2] < 0.02, "the same words give the same space"
    assert found["overlap"][0, 1] == pytest.approx(1 / 7)
    assert found["similarity"][0, 2] == pytest.approx(1, abs=1e-5)
    assert found["similarity"][0, 1] < 0
    named = words.prompts_over_time(model, times=(700,), count=1, prompt_count=2, k=2, seed=1)
    assert math.isnan(named["between_u"][0]), "one sample has no other"
    assert len(named.facts["prompts"]) == 2
    with pytest.raises(UsageError, match="'small-pixel' takes none"):
        words.prompts_over_time(small_pixel(), seed=0)


def test_orthonormal_rows_stay_in_their_span() -> None:
    rows = torch.randn(3, 9, generator=torch.Generator().manual_seed(0))
    found = orthonormal(rows)
    assert torch.allclose(found @ found.T, torch.eye(3), atol=1e-6)
    assert subspaces.grassmann_distance(found, rows) < 1e-6
    assert float(found[0] @ rows[0]) == pytest.approx(float(rows[0].norm()), rel=1e-5)
