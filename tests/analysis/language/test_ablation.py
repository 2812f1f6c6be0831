"""Mean ablation, against one plain hook per removed component."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.ablation import Ablator, Means, knockouts, means_of, scan
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tests.analysis.language.naive_circuits import Naive, random_circuit, rough_of

MODELS = ["rough", "three layers", "mini"]
# Raw mean logit differences, as the reference asks: rounding of fp32 stays a factor ten below.
DTYPES = [("float32", torch.float32, 1e-4), ("float64", torch.float64, 1e-9)]


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> LanguageModel:
    if request.param == "mini":
        return load_model()
    layers = 3 if request.param == "three layers" else 2
    return rough_of(request.getfixturevalue("random_model"), n_layer=layers)


@pytest.fixture(scope="module")
def task(model: LanguageModel) -> Task:
    return sequence_task(model, "months", 24 if model.name == "mini" else 9)


@pytest.fixture(scope="module")
def doubles(model: LanguageModel, task: Task) -> tuple[Naive, Ablator]:
    """Both sides in double precision."""
    return Naive(model, task, torch.float64), Ablator(Network(model, "float64"), task)


def nothing(model: LanguageModel) -> Circuit:
    return Circuit.of([], model.layers, model.heads)


@pytest.mark.parametrize("dtype", DTYPES, ids=["fp32", "fp64"])
def test_every_single_component(model: LanguageModel, task: Task, dtype: tuple[str, torch.dtype, float]) -> None:
    name, kept, tolerance = dtype
    naive, ablator = Naive(model, task, kept), Ablator(Network(model, name), task)
    parts = list(ablator.everything)
    found = scan(ablator, ablator.everything, parts)
    wanted = np.stack([naive.differences(ablator.everything.without(one)) for one in parts])
    assert found.shape == (len(parts), len(task))
    assert np.abs(found.mean(1) - wanted.mean(1)).max() < tolerance
    assert np.abs(found - wanted).max() < 5 * tolerance, "prompt by prompt as well"
    assert np.ptp(wanted.mean(1)) > 0.1, "components that do nothing would not tell a wrong one"


@pytest.mark.parametrize("dtype", DTYPES, ids=["fp32", "fp64"])
def test_random_circuits(model: LanguageModel, task: Task, dtype: tuple[str, torch.dtype, float]) -> None:
    name, kept, tolerance = dtype
    naive, ablator = Naive(model, task, kept), Ablator(Network(model, name), task)
    rng = np.random.default_rng(2)
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        circuit = random_circuit(rng, model.layers, model.heads, share)
        logits = naive.logits(circuit)
        assert ablator.differences(circuit).mean() == pytest.approx(naive.apart(logits).mean(), abs=tolerance)
        assert ablator.accuracy(circuit) == (logits.argmax(-1) == task.answers).mean()


def test_means_are_those_of_a_loop(doubles: tuple[Naive, Ablator]) -> None:
    naive, ablator = doubles
    for layer in range(naive.layers):
        assert np.allclose(ablator.means.z[layer].flatten(1), naive.mean_z[layer], rtol=0, atol=1e-12)
        assert np.allclose(ablator.means.mlp[layer], naive.mean_mlp[layer], rtol=0, atol=1e-12)


def test_means_of_another_kind_are_noticed(doubles: tuple[Naive, Ablator]) -> None:
    """One mean for all positions, or the clean prompts' means: the usual mistakes change the result."""
    naive, ablator = doubles
    circuit = random_circuit(np.random.default_rng(3), naive.layers, naive.heads)
    wanted = naive.differences(circuit).mean()
    flat = Means(*(m.mean(1, keepdim=True).expand_as(m) for m in (ablator.means.z, ablator.means.mlp)))
    clean = means_of(ablator.network, ablator.task.tokens)
    for means in (flat, clean):
        assert abs(Ablator(ablator.network, ablator.task, means).differences(circuit).mean() - wanted) > 1e-3


# -- invariants ----------------------------------------------------------------------------------------------------


def test_nothing_ablated_is_the_model(doubles: tuple[Naive, Ablator]) -> None:
    naive, ablator = doubles
    plain = naive.apart(naive.run(naive.task.tokens).logits[:, -1].numpy())
    assert np.allclose(ablator.differences(ablator.everything), plain, rtol=0, atol=1e-9)
    assert ablator.full == pytest.approx(plain.mean(), abs=1e-9)
    assert ablator.score(ablator.everything) == pytest.approx(100, abs=1e-9)


def test_everything_ablated_leaves_one_prompt(model: LanguageModel, doubles: tuple[Naive, Ablator]) -> None:
    """What is left is the embedding of the last word, the same for prompts of one template, and constants."""
    _, ablator = doubles
    one_verb = sequence_task(model, "months", 6, templates=["born"])
    assert len(set(one_verb.tokens[:, -1])) == 1
    alone = Ablator(ablator.network, one_verb)
    last = alone.network.logits(alone.last_streams(nothing(model)))
    assert torch.allclose(last, last[:1].expand_as(last), rtol=0, atol=1e-12)
    whole = alone.network.logits(alone.last_streams(alone.everything))
    assert not torch.allclose(whole, whole[:1].expand_as(whole), rtol=0, atol=1e-3)


def test_given_means_are_used(model: LanguageModel, task: Task, doubles: tuple[Naive, Ablator]) -> None:
    _, ablator = doubles
    fresh = means_of(ablator.network, task.corrupted)
    circuit = random_circuit(np.random.default_rng(4), model.layers, model.heads)
    again = Ablator(ablator.network, task, fresh).differences(circuit)
    assert np.array_equal(again, ablator.differences(circuit)), "cached and fresh means are the same numbers"
    other = means_of(ablator.network, sequence_task(model, "words", 9).corrupted)
    moved = Ablator(ablator.network, task, other)
    assert np.abs(moved.differences(circuit) - again).max() > 1e-3
    # Without anything removed, means do not matter.
    whole = ablator.differences(ablator.everything)
    assert np.allclose(moved.differences(moved.everything), whole, rtol=0, atol=1e-12)


@pytest.mark.parametrize("chunk", [1, 4, 1000])
def test_prompts_at_a_time_do_not_matter(chunk: int, task: Task, doubles: tuple[Naive, Ablator]) -> None:
    _, ablator = doubles
    other = Ablator(ablator.network, task, chunk=chunk)
    rng = np.random.default_rng(5)
    for pivot in (None, 0, 1):
        circuit = random_circuit(rng, ablator.network.layers, ablator.network.heads)
        found = other.differences(circuit, pivot)
        assert np.allclose(found, ablator.differences(circuit), rtol=0, atol=1e-10)


def test_prompts_do_not_see_each_other(task: Task, doubles: tuple[Naive, Ablator]) -> None:
    _, ablator = doubles
    circuit = random_circuit(np.random.default_rng(6), ablator.network.layers, ablator.network.heads)
    some = Ablator(ablator.network, task.take([5, 2]), ablator.means)
    assert np.allclose(some.differences(circuit), ablator.differences(circuit)[[5, 2]], rtol=0, atol=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_caches_never_tell_of_another_circuit(seed: int, doubles: tuple[Naive, Ablator]) -> None:
    """A long random walk over circuits and pivots gives what an ablator without a past gives."""
    _, ablator = doubles
    network, task = ablator.network, ablator.task.take(range(3))
    walker = Ablator(network, task, ablator.means, chunk=2)
    rng = np.random.default_rng(seed)
    circuit = walker.everything
    every = list(walker.everything)
    for _ in range(100):
        match rng.integers(4):
            case 0:
                circuit = random_circuit(rng, network.layers, network.heads, rng.random())
            case 1:  # a part of the network without heads: only the last position is carried on
                layer = int(rng.integers(network.layers))
                circuit = circuit.without(*(c for c in every if not c.is_mlp and c.layer >= layer))
            case _:
                picked = every[rng.integers(len(every))]
                circuit = circuit.without(picked) if picked in circuit else circuit.plus(picked)
        pivot = None if rng.random() < 0.3 else int(rng.integers(network.layers))
        fresh = Ablator(network, task, ablator.means).differences(circuit)
        assert np.allclose(walker.differences(circuit, pivot), fresh, rtol=0, atol=1e-10)


# -- bad input -----------------------------------------------------------------------------------------------------


def test_a_model_that_does_not_do_the_task(model: LanguageModel, task: Task) -> None:
    """Asked to tell a word from itself, nobody can."""
    hopeless = replace(task, wrong=task.answers.copy())
    ablator = Ablator(Network(model), hopeless)
    assert ablator.differences(ablator.everything).mean() == 0
    for ask in (lambda: ablator.score(ablator.everything), lambda: knockouts(model, hopeless)):
        with pytest.raises(ResultError, match="does not do the task"):
            ask()


def test_a_component_that_is_not_there(model: LanguageModel, task: Task) -> None:
    with pytest.raises(UsageError, match=r"there is no 0\.77"):
        knockouts(model, task, within=[Component(0, 77)])


# -- the result ----------------------------------------------------------------------------------------------------


def plain_interval(above: np.ndarray, below: np.ndarray, seed: int) -> tuple[float, float]:
    """Percentile bootstrap of a ratio of means, one resample at a time."""
    rng = np.random.default_rng(seed)
    ratios = []
    for _ in range(4000):
        drawn = rng.integers(len(above), size=len(above))
        ratios.append(above[drawn].mean() / below[drawn].mean())
    low, high = np.percentile(ratios, [2.5, 97.5])
    return float(low), float(high)


@pytest.mark.parametrize("inside", [False, True])
def test_knockouts_of_mini(inside: bool) -> None:
    model = load_model()
    task = sequence_task(model, "numerals", 48)
    naive = Naive(model, task)
    full = Circuit.full(model.layers, model.heads)
    start = random_circuit(np.random.default_rng(8), model.layers, model.heads, 0.8) if inside else full
    result = knockouts(model, task, within=list(start) if inside else None, seed=3)
    whole, base = naive.differences(full), naive.differences(start)
    # 1e-4 logits of a full difference of about 5 are 2e-3 %.
    assert result.read("difference") == pytest.approx(whole.mean(), abs=1e-4)
    assert result.read("start") == pytest.approx(100 * base.mean() / whole.mean(), abs=2e-3)
    for one in [*full][:: 3 if inside else 4]:
        name, at = ("mlps", one.layer) if one.is_mlp else ("heads", (one.layer, one.head))
        left = naive.differences(start.without(one))
        wanted = 100 * left.mean() / whole.mean()
        assert result[f"{name}_left"][at] == pytest.approx(wanted, abs=2e-3)
        assert result[f"{name}_drop"][at] == pytest.approx(100 * base.mean() / whole.mean() - wanted, abs=4e-3)
        low, high = plain_interval(100 * left, whole, 1)
        # Ends of 2000 resamples move by a few per cent of the interval's width.
        width = high - low
        assert result[f"{name}_low"][at] == pytest.approx(low, abs=0.12 * width + 2e-3)
        assert result[f"{name}_high"][at] == pytest.approx(high, abs=0.12 * width + 2e-3)
        if one not in start:
            assert result[f"{name}_drop"][at] == 0
    assert result["heads_left"].shape == (model.layers, model.heads) and result["mlps_left"].shape == (model.layers,)
    assert result.read("spared") == (result["heads_left"] >= 90).sum()
    error = 1.96 * whole.std() / np.sqrt(len(task))
    ends = result.read("difference_low"), result.read("difference_high")
    assert ends == pytest.approx((whole.mean() - error, whole.mean() + error), abs=0.3 * error)
