"""Every family's opened network against plain hooks on the whole model."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tapehead.analysis.language.lab.ablators import PooledAblator
from tapehead.analysis.language.lab.any_model import OpenModel, load_any
from tapehead.analysis.language.lab.baseline import baseline
from tapehead.analysis.language.lab.edges import open_edges_of, patch_open_edges, path_patching
from tapehead.analysis.language.lab.lens import lens
from tapehead.analysis.language.lab.networks import FastNetwork, OpenNetwork, open_network
from tapehead.analysis.language.lab.patches import patching
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.language.lab.shares import attribution
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.loading import LanguageModel, ModelError
from tests.analysis.language.lab.conftest import save_family
from tests.analysis.language.lab.naive_families import NAMES, NaiveFamily

FAMILIES = [name for name in NAMES if name != "gpt2"]
Family = Callable[[str], LanguageModel]
CLOSE = 2e-4


def mostly_long(*names: str) -> list[Any]:
    """By default one of each kind of attention and norm: every family is ablated against plain hooks in any case."""
    kinds = {"gpt-neo", "neox", "llama", "gemma2", "gpt2"}
    return [pytest.param(name, marks=() if name in kinds else pytest.mark.long) for name in names]


def random_circuits(layers: int, heads: int, count: int, seed: int) -> list[Circuit]:
    rng = np.random.default_rng(seed)
    return [Circuit(rng.random((layers, heads)) < 0.5, rng.random(layers) < 0.6) for _ in range(count)]


def gone_of(circuit: Circuit) -> list[Component]:
    full = Circuit.full(*circuit.heads.shape)
    return [one for one in full if one not in circuit]


@pytest.mark.parametrize("name", [*FAMILIES, "gpt2"])
def test_ablation_by_group_equals_plain_hooks(family: Family, small_prompts: PromptSet, name: str) -> None:
    model = family(name)
    ablator, naive = PooledAblator(open_network(model), small_prompts), NaiveFamily(model.hf, name)
    circuits = [*random_circuits(model.layers, model.heads, 3, 1), ablator.everything, ablator.nothing]
    circuits.append(Circuit.of([Component(0, 1), Component(0)], model.layers, model.heads))  # last layer all gone
    for circuit in circuits:
        wanted = naive.ablated(small_prompts, gone_of(circuit))
        assert np.abs(ablator.differences(circuit) - wanted).max() < CLOSE
    spread = np.ptp([ablator.differences(one).mean() for one in circuits])
    assert spread > 0.01  # the circuits differ, so agreement says something


@pytest.mark.parametrize("name", ["neox", "llama", "gemma2"])
def test_a_scan_with_kept_streams_equals_one_without(family: Family, small_prompts: PromptSet, name: str) -> None:
    model = family(name)
    network = open_network(model)
    ablator = PooledAblator(network, small_prompts)
    circuit = ablator.everything
    for one in [Component(1), *(Component(1, h) for h in range(4)), Component(0), *(Component(0, h) for h in range(4))]:
        candidate = circuit.without(one)
        fresh = PooledAblator(network, small_prompts, ablator.table).differences(candidate)
        assert np.abs(ablator.differences(candidate, pivot=one.layer) - fresh).max() < 1e-5
        if one.head in (-1, 2):
            circuit = candidate


def _patched_by_hooks(
    naive: NaiveFamily,
    prompts: PromptSet,
    sources: Callable[[np.ndarray, np.ndarray], list[torch.Tensor]],
    layer: int,
    head: int,
) -> float:
    scores: list[np.ndarray] = []
    for cell in prompts.cells:
        z = sources(cell.task.tokens, cell.task.corrupted)[layer]

        def put(value: torch.Tensor, z: torch.Tensor = z) -> torch.Tensor:
            value[:, :, head] = z[:, :, head]
            return value

        rows = np.arange(len(cell.task))
        per = []
        for tokens, exchange in (
            (cell.task.corrupted, {layer: put}),
            (cell.task.corrupted, None),
            (cell.task.tokens, None),
        ):
            logits = naive.run(tokens, exchange)[0].double().numpy()
            per.append(logits[rows, cell.task.answers] - logits[rows, cell.task.wrong])
        scores.append(np.array(per))
    patched, corrupted, clean = np.concatenate(scores, axis=1)
    return float((patched - corrupted).mean() / (clean - corrupted).mean())


@pytest.mark.parametrize("name", mostly_long("gpt-neo", "neox", "llama", "qwen2", "qwen3", "gemma2"))
def test_patched_heads_equal_plain_hooks(family: Family, small_prompts: PromptSet, name: str) -> None:
    model = family(name)
    result = patching(open_network(model), small_prompts, by_position=True)
    naive = NaiveFamily(model.hf, name)
    for layer, head in ((0, 1), (1, 3)):
        wanted = _patched_by_hooks(naive, small_prompts, lambda clean, _c: naive.run(clean)[1], layer, head)
        assert float(result["patch_head_output"][layer, head]) == pytest.approx(wanted, abs=1e-3)
    cube = result["patch_head_position"]
    # In the last layer only the last position is read, and nothing else of the same head adds to it.
    last = result.quantity("patch_head_position").labels["position"].index("end")
    assert np.allclose(cube[1, :, last], result["patch_head_output"][1], atol=1e-4)
    assert np.abs(np.delete(cube[1], last, axis=1)).max() < 1e-4
    assert np.allclose(result["patch_residual"].max(), result["patch_residual"].max())


@pytest.mark.parametrize("name", mostly_long("llama", "qwen2", "neox", "gemma2", "gpt-neo"))
def test_values_and_patterns_equal_plain_hooks(family: Family, small_prompts: PromptSet, name: str) -> None:
    """By exchanging what the value matrix returns; NeoX has one matrix for all three, each head's behind another."""
    model = family(name)
    result = patching(open_network(model), small_prompts)
    naive = NaiveFamily(model.hf, name)
    path = {"gpt-neo": "attn.attention.v_proj", "neox": "attention.query_key_value"}.get(name, "self_attn.v_proj")

    def joined(own: torch.Tensor, valued: torch.Tensor) -> torch.Tensor:
        if name != "neox":
            return valued
        split = own.reshape(*own.shape[:2], 4, 3, -1).clone()  # (batch, position, head, q k v, width)
        split[..., 2, :] = valued.reshape(split.shape)[..., 2, :]
        return split.reshape(own.shape)

    def mixed(read: np.ndarray, valued: np.ndarray, layer: int) -> list[torch.Tensor]:
        module = naive.blocks[layer].get_submodule(path)
        seen: list[torch.Tensor] = []
        handle = module.register_forward_hook(lambda _m, _a, out: seen.append(out))
        naive.run(valued)
        handle.remove()
        handle = module.register_forward_hook(lambda _m, _a, out: joined(out, seen[0]))
        found = naive.run(read)[1]
        handle.remove()
        return found

    for layer, head in ((0, 2), (1, 0)):
        value = _patched_by_hooks(naive, small_prompts, lambda c, x, k=layer: mixed(x, c, k), layer, head)
        pattern = _patched_by_hooks(naive, small_prompts, lambda c, x, k=layer: mixed(c, x, k), layer, head)
        assert float(result["patch_head_value"][layer, head]) == pytest.approx(value, abs=1e-3)
        assert float(result["patch_head_pattern"][layer, head]) == pytest.approx(pattern, abs=1e-3)


@pytest.mark.parametrize("name", mostly_long(*FAMILIES, "gpt2"))
def test_shares_add_up_and_the_lens_ends_at_the_model(family: Family, small_prompts: PromptSet, name: str) -> None:
    network = open_network(family(name))
    parts, base, seen = (make(network, small_prompts) for make in (attribution, baseline, lens))
    assert float(parts["remainder"]) < 2e-3
    assert float(parts["logit_difference"]) == pytest.approx(float(base["difference"]), abs=1e-4)
    assert float(seen["difference"][-1]) == pytest.approx(float(base["difference"]), abs=1e-4)
    # A layer's attention is its heads and the bias of its output matrix, which is not shown apart.
    assert np.abs(parts["heads"]).max() > 1e-3


@pytest.mark.parametrize("name", ["llama", "neox"])
def test_a_heads_share_is_its_output_along_the_answer(family: Family, small_prompts: PromptSet, name: str) -> None:
    model = family(name)
    found = attribution(open_network(model), small_prompts)["heads"]
    naive, rows = NaiveFamily(model.hf, name), []
    norm = model.hf.model.norm if name == "llama" else model.hf.gpt_neox.final_layer_norm
    unembed = model.hf.lm_head.weight.detach().double()
    for cell in small_prompts.cells:
        seen: list[torch.Tensor] = []
        handle = norm.register_forward_pre_hook(lambda _m, args, seen=seen: seen.append(args[0]))
        z = naive.run(cell.task.tokens)[1]
        handle.remove()
        stream = seen[0][:, -1].double()
        along = (unembed[cell.task.answers.copy()] - unembed[cell.task.wrong.copy()]) * norm.weight.double()
        if name == "llama":
            along = along / (stream.pow(2).mean(-1, keepdim=True) + norm.variance_epsilon).sqrt()
        else:
            along = along - along.mean(-1, keepdim=True)
            along = along / (stream.var(-1, unbiased=False, keepdim=True) + norm.eps).sqrt()
        per = np.empty((len(cell.task), 2, 4))
        for layer in range(2):
            weight = naive.outputs[layer].weight.double()  # (D, H·d)
            size = weight.shape[1] // 4
            for head in range(4):
                added = z[layer][:, -1, head].double() @ weight[:, head * size : (head + 1) * size].T
                per[:, layer, head] = (added * along).sum(-1).detach().numpy()
        rows.append(per)
    assert np.abs(found - np.concatenate(rows).mean(0)).max() < 1e-3


def test_gpt2_in_both_engines_is_one_network(family: Family, small_prompts: PromptSet) -> None:
    model = family("gpt2")
    fast = open_network(model)
    slow = open_network(OpenModel(model.name, model.digest, model.hf, model.tokenizer))
    assert isinstance(fast, FastNetwork)
    assert isinstance(slow, OpenNetwork)
    one, other = PooledAblator(fast, small_prompts), PooledAblator(slow, small_prompts)
    for circuit in random_circuits(2, 4, 4, 7):
        assert np.abs(one.differences(circuit) - other.differences(circuit)).max() < CLOSE
    for make, name in ((patching, "patch_head_pattern"), (patching, "patch_mlp"), (attribution, "heads")):
        assert np.allclose(make(fast, small_prompts)[name], make(slow, small_prompts)[name], atol=1e-3)


@pytest.mark.parametrize("name", ["llama", "neox", "gemma2"])
def test_edges_equal_hooks_that_change_one_input(family: Family, small_prompts: PromptSet, name: str) -> None:
    """In the whole network: a head reads the embedding, or another head, as it is in the corrupted prompt."""
    model = family(name)
    network = open_network(model)
    assert isinstance(network, OpenNetwork)
    ablator = PooledAblator(network, small_prompts)
    cell, part = small_prompts.cells[0], ablator.parts[0]
    edges = [e for e in open_edges_of(ablator.everything) if str(e) in ("embed → 0.2", "0.1 → 1.3", "MLP 0 → final")]
    assert len(edges) == 3
    found = patch_open_edges(part, ablator.everything, edges, cell.task.corrupted)  # type: ignore[arg-type]
    naive = NaiveFamily(model.hf, name)
    rows = np.arange(len(cell.task))

    def odds(logits: torch.Tensor) -> np.ndarray:
        values = logits.double().numpy()
        return values[rows, cell.task.answers] - values[rows, cell.task.wrong]

    for edge, got in zip(edges, found, strict=True):
        if edge.receiver is None:
            continue
        layer, head = edge.receiver.layer, edge.receiver.head
        norm = naive.blocks[layer].input_layernorm
        streams = [_stream(naive, layer, tokens) for tokens in (cell.task.tokens, cell.task.corrupted)]
        if edge.sender is None:
            delta = streams[1] - streams[0]
        else:
            z = naive.run(cell.task.corrupted)[1][0]
            kept = naive.run(cell.task.tokens)[2][0]

            def put(value: torch.Tensor, z: torch.Tensor = z) -> torch.Tensor:
                value[:, :, 1] = z[:, :, 1]
                return value

            handle_stream: list[torch.Tensor] = []
            handle = norm.register_forward_pre_hook(lambda _m, args, s=handle_stream: s.append(args[0].clone()))
            naive.run(cell.task.tokens, {0: put}, {0: lambda _out, kept=kept: kept})
            handle.remove()
            delta = handle_stream[0] - streams[0]
        handle = norm.register_forward_pre_hook(lambda _m, args, d=delta: (args[0] + d,))
        z_new = naive.run(cell.task.tokens)[1][layer]
        handle.remove()

        def exchange(value: torch.Tensor, z: torch.Tensor = z_new, head: int = head) -> torch.Tensor:
            value[:, :, head] = z[:, :, head]
            return value

        wanted = odds(naive.run(cell.task.tokens, {layer: exchange})[0])
        assert np.abs(got - wanted).max() < 5e-4, str(edge)


def _stream(naive: NaiveFamily, layer: int, tokens: np.ndarray) -> torch.Tensor:
    seen: list[torch.Tensor] = []
    handle = naive.blocks[layer].input_layernorm.register_forward_pre_hook(
        lambda _m, args: seen.append(args[0].clone())
    )
    naive.run(tokens)
    handle.remove()
    return seen[0]


def test_what_has_no_heads_or_adds_the_stream_inside_is_refused_with_what_works(tmp_path, family: Family) -> None:
    for name, word in (
        ("mamba", "attention heads"),
        ("bloom", "more than its attention and its MLP"),
        # An assertion of TransformerLens that says nothing: where it stands is all there is to tell.
        ("neox-no-bias", "AssertionError in split_qkv_matrix of neox.py"),
    ):
        directory = save_family(name, tmp_path / name)
        with pytest.raises(ModelError, match=f"{word}.*Llama, Mistral, Qwen and Gemma work"):
            open_network(load_any(str(directory)))


@pytest.mark.parametrize("name", ["qwen2", "neox"])
def test_words_are_cut_as_the_tokenizers_file_says(family: Family, name: str) -> None:
    """Whatever class the library has for the family: it puts byte pairs in the place of these whole words."""
    model, text = family(name), "Charles saw Oscar in 5 . Friday"
    vocabulary = json.loads((Path(model.hf.config.name_or_path) / "tokenizer.json").read_text())["model"]["vocab"]
    ids = model.tokenizer(text, add_special_tokens=False)["input_ids"]
    assert ids == [vocabulary[word] for word in text.split()]
    assert model.tokenizer.unk_token_id not in ids


def test_damaged_directories_are_refused(tmp_path) -> None:
    directory = save_family("llama", tmp_path / "llama")
    (directory / "tokenizer.json").rename(directory / "gone")
    with pytest.raises(ModelError, match=r"no tokenizer\.json"):
        load_any(str(directory))
    (directory / "gone").rename(directory / "tokenizer.json")
    whole = (directory / "model.safetensors").read_bytes()
    (directory / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged or cut short"):
        load_any(str(directory))
    (directory / "model.safetensors").unlink()
    (directory / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="pickle"):
        load_any(str(directory))


@pytest.mark.parametrize(("name", "edge"), [("llama", "0.1 → 1.3"), ("gpt2", "0.1 → 1.3.k")])
def test_edges_of_a_circuit_are_listed_with_their_control(
    family: Family, small_prompts: PromptSet, name: str, edge: str
) -> None:
    ablator = PooledAblator(open_network(family(name)), small_prompts)
    circuit = Circuit.of([Component(0, 1), Component(0), Component(1, 3), Component(1)], 2, 4)
    result = path_patching(ablator, circuit)
    labels = result.quantity("drop").labels["edge"]
    assert edge in labels
    assert len(set(labels)) == len(labels) == int(result["edge_count"])
    assert float(result["circuit_score"]) == pytest.approx(ablator.score(circuit), rel=1e-4)
    assert np.allclose(result["drop"], float(result["circuit_score"]) - result["score"], atol=1e-2)
    # What another prompt sends is something else than what the corrupted one sends.
    assert np.abs(result["drop"] - result["drop_control"]).max() > 1e-3
    assert float(result["control_worst"]) == pytest.approx(float(result["drop_control"].max()))
