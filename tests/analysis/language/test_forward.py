"""The opened forward pass, against hooks on Hugging Face's modules."""

import numpy as np
import pytest
import torch

from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task
from tests.analysis.language.naive_circuits import Naive, rough_of

KINDS: dict[str, dict] = {
    "rough": {},
    "three layers": {"n_layer": 3},
    "relu": {"activation_function": "relu"},
    "exact gelu": {"activation_function": "gelu"},
    "narrow": {"n_inner": 20, "n_head": 8, "layer_norm_epsilon": 1e-2},
    "own unembedding": {"tie_word_embeddings": False},
    "one layer, one head": {"n_layer": 1, "n_head": 1},
}
# fp32: activations of a few units pass a few layers, 1e-4 is 30 times the rounding seen; fp64: the same in double.
DTYPES = [("float32", torch.float32, 1e-4), ("float64", torch.float64, 1e-9)]


def made(kind: str, random_model: LanguageModel) -> tuple[LanguageModel, Task]:
    model = load_model() if kind == "mini" else rough_of(random_model, **KINDS[kind])
    return model, sequence_task(model, "months", 6)


@pytest.mark.parametrize("dtype", DTYPES, ids=["fp32", "fp64"])
@pytest.mark.parametrize("kind", [*KINDS, "mini"])
def test_every_piece_is_that_of_the_model(
    kind: str, dtype: tuple[str, torch.dtype, float], random_model: LanguageModel
) -> None:
    model, task = made(kind, random_model)
    name, kept, tolerance = dtype
    naive, network = Naive(model, task, kept), Network(model, name)
    seen = naive.run(task.tokens)
    shape = (*task.tokens.shape, network.heads, network.head_width)

    def same(found: torch.Tensor, wanted: torch.Tensor) -> None:
        assert found.dtype == kept and found.shape == wanted.shape
        assert torch.allclose(found, wanted, rtol=0, atol=tolerance)

    with torch.no_grad():
        x = network.embed(network.tokens(task.tokens))
        same(x, seen.embedded)
        for layer in range(network.layers):
            z = network.z(layer, x)
            same(z, seen.z[layer].view(shape))
            same(network.z(layer, x, last=True), z[:, -1:])
            qkv = seen.qkv[layer].view(*shape[:2], 3, *shape[2:])
            normed = network.norm(x, network.blocks[layer].ln1)
            for which in range(3):
                same(network.project(layer, which, normed), qkv[:, :, which].transpose(1, 2))
            x = x + network.write(layer, z) + network.blocks[layer].out_bias
            same(network.norm(x, network.blocks[layer].ln2), seen.mlp_in[layer])
            same(network.mlp(layer, x), seen.mlp_out[layer])
            x = x + network.mlp(layer, x)
        same(network.logits(x[:, -1]), seen.logits[:, -1])
        found = network.differences(x[:, -1], network.directions(task.answers, task.wrong))
    assert np.allclose(found.numpy(), naive.apart(seen.logits[:, -1].numpy()), rtol=0, atol=tolerance)
    assert seen.logits.abs().max() > 1, "a network that says nothing would agree with anything"


def test_some_heads_are_columns_of_all(random_model: LanguageModel) -> None:
    """In any order, again and again: picked weights are kept, and must be those of the heads that are asked for."""
    model, task = made("rough", random_model)
    network = Network(model, "float64")
    rng = np.random.default_rng(0)
    with torch.no_grad():
        x = network.embed(network.tokens(task.tokens))
        for _ in range(40):
            layer = int(rng.integers(2))
            heads = torch.tensor(rng.permutation(4)[: rng.integers(1, 5)])
            last = bool(rng.integers(2))
            every = network.z(layer, x, last=last)
            some = network.z(layer, x, heads, last)
            assert torch.allclose(some, every[:, :, heads], rtol=0, atol=1e-12)
            alone = torch.zeros_like(every)
            alone[:, :, heads] = every[:, :, heads]
            assert torch.allclose(network.write(layer, some, heads), network.write(layer, alone), rtol=0, atol=1e-12)


def test_attention_takes_all_queries_or_the_last(random_model: LanguageModel) -> None:
    network = Network(random_model)
    some = torch.zeros(1, 4, 5, 8)
    with pytest.raises(ValueError, match="all queries or the last"):
        network.attend(some[:, :, :3], some, some)


def test_the_model_is_left_as_it_was(random_model: LanguageModel) -> None:
    before = {name: value.clone() for name, value in random_model.hf.state_dict().items()}
    task = sequence_task(random_model, "words", 3)
    network = Network(random_model)
    with torch.no_grad():
        x = network.embed(network.tokens(task.tokens))
        network.mlp(0, network.write(0, network.z(0, x)))
    after = random_model.hf.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())
