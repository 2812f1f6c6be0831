"""Path patching, against runs in which everything but one path is frozen by hooks."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.paths import INPUTS, Edge, edges_of, patch_edges, path_patching
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tests.analysis.language.naive_circuits import Naive, Seen, random_circuit, rough_of

DTYPES = [("float32", torch.float32, 1e-4), ("float64", torch.float64, 1e-9)]


def kind_of(edge: Edge) -> tuple[str, str]:
    """Kinds of sender and of the receiver's input."""
    sender = "embed" if edge.sender is None else "mlp" if edge.sender.is_mlp else "head"
    return sender, edge.input


ALL_KINDS = {(sender, name) for sender in ("embed", "mlp", "head") for name in INPUTS}


def rough(random_model: LanguageModel, layers: int) -> tuple[LanguageModel, Task]:
    model = rough_of(random_model, n_layer=layers)
    return model, sequence_task(model, "months", 5)


@pytest.mark.parametrize("dtype", DTYPES, ids=["fp32", "fp64"])
@pytest.mark.parametrize(("layers", "share"), [(2, 1.0), (2, 0.6), (3, 0.5), (3, 0.7)])
def test_every_edge_of_random_networks(
    layers: int, share: float, dtype: tuple[str, torch.dtype, float], random_model: LanguageModel
) -> None:
    name, kept, tolerance = dtype
    model, task = rough(random_model, layers)
    circuit = random_circuit(np.random.default_rng(layers), layers, model.heads, share)
    naive, ablator = Naive(model, task, kept), Ablator(Network(model, name), task)
    edges = list(edges_of(circuit))
    found = patch_edges(ablator, circuit, edges)
    wanted = np.stack([naive.patched(circuit, e.sender, e.receiver, e.input) for e in edges])
    assert np.abs(found.mean(1) - wanted.mean(1)).max() < tolerance
    assert np.abs(found - wanted).max() < 5 * tolerance
    moved = np.abs(wanted - naive.differences(circuit)).max(1)
    if share == 1:
        strong = {kind_of(e) for e, m in zip(edges, moved, strict=True) if m > 0.01}
        # Clean and corrupted prompts end with the same word, so nothing goes from the embedding to the end.
        assert strong == ALL_KINDS - {("embed", "final")}, "each kind of edge has one that matters"


def test_mini() -> None:
    model = load_model()
    task = sequence_task(model, "numerals", 12)
    members = [Component(layer, head) for layer in range(4) for head in (1, 6)] + [Component(0), Component(2)]
    circuit = Circuit.of(members, model.layers, model.heads)
    naive, ablator = Naive(model, task), Ablator(Network(model), task)
    drawn = np.random.default_rng(1).permutation(np.array(list(edges_of(circuit)), dtype=object))
    edges = list({kind_of(e): e for e in drawn}.values()) + list(drawn[:15])
    assert {kind_of(e) for e in edges} == ALL_KINDS
    found = patch_edges(ablator, circuit, edges)
    wanted = np.stack([naive.patched(circuit, e.sender, e.receiver, e.input) for e in edges])
    assert np.abs(found.mean(1) - wanted.mean(1)).max() < 1e-4


def test_paths_to_the_end_are_a_formula(random_model: LanguageModel) -> None:
    """The last LayerNorm and the unembedding of the clean stream with one term exchanged."""
    model, task = rough(random_model, 2)
    naive, ablator = Naive(model, task, torch.float64), Ablator(Network(model, "float64"), task)
    clean, corrupted = naive.run(task.tokens), naive.run(task.corrupted)
    core, projections = naive.hf.transformer, [block.attn.c_proj for block in naive.blocks]

    def term(one: Component | None, seen: Seen) -> torch.Tensor:
        if one is None:
            return seen.embedded[:, -1]
        if one.is_mlp:
            return seen.mlp_out[one.layer][:, -1]
        part = naive.part(one)
        return seen.z[one.layer][:, -1, part] @ projections[one.layer].weight[part]

    edges = [e for e in edges_of(ablator.everything) if e.receiver is None]
    found = patch_edges(ablator, ablator.everything, edges)
    with torch.no_grad():
        stream = sum(term(e.sender, clean) for e in edges) + sum(p.bias for p in projections)
        for edge, row in zip(edges, found, strict=True):
            last = core.ln_f(stream - term(edge.sender, clean) + term(edge.sender, corrupted))
            logits = last @ naive.hf.lm_head.weight.T
            assert np.allclose(row, naive.apart(logits.numpy()), rtol=0, atol=1e-9)


@pytest.mark.parametrize("layers", [2, 3])
def test_clean_into_clean_changes_nothing(layers: int, random_model: LanguageModel) -> None:
    model, task = rough(random_model, layers)
    network = Network(model, "float64")
    means = Ablator(network, task).means
    same = replace(task, corrupted=task.tokens.copy())
    circuit = random_circuit(np.random.default_rng(1), layers, model.heads, 0.7)
    ablator = Ablator(network, same, means)
    found = patch_edges(ablator, circuit, list(edges_of(circuit)))
    assert np.abs(found - ablator.differences(circuit)).max() < 1e-12


def test_total_effects_are_something_else(random_model: LanguageModel) -> None:
    """Without freezing what lies between, the usual mistake, the numbers differ."""
    model, task = rough(random_model, 3)
    network = Network(model, "float64")
    ablator, naive = Ablator(network, task), Naive(model, task, torch.float64)
    circuit = ablator.everything
    sender = Component(0)
    changed = naive.run(task.corrupted).mlp_out[0]
    hook = (naive.blocks[0].mlp, "hook", lambda _module, _inputs, _output: changed)
    total = naive.apart(naive.run(task.tokens, [hook]).logits[:, -1].numpy())
    direct = patch_edges(ablator, circuit, [Edge(sender, None, "final")])[0]
    assert np.abs(total - direct).max() > 0.01


@pytest.mark.parametrize("chunk", [1, 2])
def test_prompts_at_a_time_do_not_matter(chunk: int, random_model: LanguageModel) -> None:
    model, task = rough(random_model, 2)
    ablator = Ablator(Network(model, "float64"), task)
    circuit = random_circuit(np.random.default_rng(2), 2, model.heads, 0.8)
    edges = list(edges_of(circuit))
    whole = patch_edges(ablator, circuit, edges)
    assert np.allclose(patch_edges(ablator, circuit, edges, chunk=chunk), whole, rtol=0, atol=1e-11)


def test_patching_leaves_the_ablator_as_it_was(random_model: LanguageModel) -> None:
    model, task = rough(random_model, 2)
    ablator = Ablator(Network(model, "float64"), task)
    circuit = random_circuit(np.random.default_rng(2), 2, model.heads, 0.6)
    before = ablator.differences(circuit, pivot=1)
    first = patch_edges(ablator, circuit, list(edges_of(circuit)))
    assert np.array_equal(ablator.differences(circuit, pivot=1), before)
    assert np.array_equal(patch_edges(ablator, circuit, list(edges_of(circuit))), first)


# -- which edges there are -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 4), (3, 2)])
def test_edges_of_a_full_network(layers: int, heads: int) -> None:
    edges = list(edges_of(Circuit.full(layers, heads)))
    assert len(set(edges)) == len(edges) and len({str(e) for e in edges}) == len(edges)
    # Before layer l stand the embedding and l whole layers; an MLP also reads its own layer's heads.
    wanted = sum(3 * heads * (1 + k * (heads + 1)) + (1 + k * (heads + 1) + heads) for k in range(layers))
    assert len(edges) == wanted + 1 + layers * (heads + 1)
    order = [None, *Circuit.full(layers, heads)]
    assert all(e.receiver is None or order.index(e.sender) < order.index(e.receiver) for e in edges)
    assert not any(
        e.sender and e.receiver and not e.receiver.is_mlp and e.sender.layer == e.receiver.layer for e in edges
    ), "heads of a layer do not read each other"
    assert len(list(edges_of(Circuit.full(layers, heads), embedding=False))) == sum(e.sender is not None for e in edges)


def test_how_edges_are_written() -> None:
    assert str(Edge(Component(0, 6), Component(1, 1), "k")) == "0.6 → 1.1.k"
    assert str(Edge(Component(3), None, "final")) == "MLP 3 → final"
    assert str(Edge(None, Component(2), "mlp")) == "embed → MLP 2"


# -- the result ----------------------------------------------------------------------------------------------------


def test_the_result() -> None:
    model = load_model()
    task = sequence_task(model, "numerals", 12)
    circuit = Circuit.of([Component(0, 6), Component(0), Component(2, 1), Component(3, 4), Component(3)], 4, 8)
    result = path_patching(model, task, circuit, keep=2.0, seed=1)
    naive = Naive(model, task)
    edges = list(edges_of(circuit))
    whole = naive.differences(Circuit.full(4, 8)).mean()
    base = 100 * naive.differences(circuit).mean() / whole
    assert result.read("circuit_score") == pytest.approx(base, abs=5e-3)
    assert result.quantity("drop").labels["edge"] == tuple(str(e) for e in edges)
    for i, edge in enumerate(edges):
        wanted = 100 * naive.patched(circuit, edge.sender, edge.receiver, edge.input).mean() / whole
        assert result["score"][i] == pytest.approx(wanted, abs=5e-3)
        assert result["drop"][i] == pytest.approx(base - wanted, abs=1e-2)
        ends = [(-2, -2) if c is None else (c.layer, c.head) for c in (edge.sender, edge.receiver)]
        assert (result["sender_layer"][i], result["sender_head"][i]) == ends[0]
        assert (result["receiver_layer"][i], result["receiver_head"][i]) == ends[1]
        assert INPUTS[result["input"][i]] == edge.input
    assert (result["drop_low"] <= result["drop"] + 1e-9).all() and (result["drop"] <= result["drop_high"] + 1e-9).all()
    strong = (result["drop"] >= 2.0) & (result["drop_low"] > 0)
    assert np.array_equal(result["strong"] == 1, strong) and 0 < strong.sum() < len(edges)
    assert result.read("strong_count") == strong.sum() and result.read("edge_count") == len(edges)


def test_a_model_that_does_not_do_the_task(random_model: LanguageModel) -> None:
    model, task = rough(random_model, 2)
    with pytest.raises(ResultError, match="does not do the task"):
        path_patching(model, replace(task, wrong=task.answers.copy()), Circuit.full(2, 4))
