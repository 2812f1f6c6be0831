"""Activation patching against plain forward hooks on the Hugging Face model, one patch and one forward at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import ResultError, UnknownNameError
from tapehead.analysis.language.circuit.patching import (
    activation_patching,
    neuron_effects,
    neuron_loudness,
    neurons,
    reordered,
    repeated,
)
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


@pytest.fixture(scope="module")
def mini() -> LanguageModel:
    return load_model()


@pytest.fixture(scope="module")
def task(mini: LanguageModel) -> Task:
    return sequence_task(mini, "words", 6, seed=4)


def difference(model: LanguageModel, task: Task, tokens: np.ndarray, hooks: list) -> float:
    """Mean logit difference of a plain forward with hooks of the form (module, before or after, function)."""
    handles = [
        module.register_forward_pre_hook(function) if before else module.register_forward_hook(function)
        for module, before, function in hooks
    ]
    try:
        with torch.no_grad():
            logits = model.hf(torch.tensor(np.array(tokens))).logits[:, -1]
    finally:
        for handle in handles:
            handle.remove()
    rows = np.arange(len(task))
    return float((logits[rows, task.answers.copy()] - logits[rows, task.wrong.copy()]).mean())


def seen(model: LanguageModel, tokens: np.ndarray) -> dict:
    """Inputs of every c_proj: merged heads of attention, activations of MLPs; and each block's input."""
    kept: dict = {}

    def keep(name):
        return lambda _module, inputs: kept.__setitem__(name, inputs[0].clone())

    hooks = []
    for layer, block in enumerate(model.hf.transformer.h):
        hooks += [
            (block.attn.c_proj, True, keep(("z", layer))),
            (block.mlp.c_proj, True, keep(("hidden", layer))),
            (block, True, keep(("before", layer))),
        ]
    handles = [module.register_forward_pre_hook(function) for module, _, function in hooks]
    with torch.no_grad():
        model.hf(torch.tensor(np.array(tokens)))
    for handle in handles:
        handle.remove()
    return kept


def score(model: LanguageModel, task: Task, hooks: list) -> float:
    clean, corrupted = difference(model, task, task.tokens, []), difference(model, task, repeated(task), [])
    return (difference(model, task, repeated(task), hooks) - corrupted) / (clean - corrupted)


def test_the_corrupted_prompt_shows_the_third_member_twice(task: Task) -> None:
    m3, m4 = task.member_positions[2:]
    other = repeated(task)
    assert (other[:, m4] == task.tokens[:, m3]).all()
    changed = np.flatnonzero((other != task.tokens).any(0))
    assert changed.tolist() == [m4]


def test_the_other_corrupted_prompt_keeps_every_member_and_the_last_ones_place(task: Task) -> None:
    other, at = reordered(task), list(task.member_positions)
    assert (other[:, at] == task.tokens[:, [at[2], at[0], at[1], at[3]]]).all()
    assert set(np.flatnonzero((other != task.tokens).any(0))) <= set(at[:3])


def test_what_stays_the_same_brings_nothing_back(mini: LanguageModel, task: Task) -> None:
    """With the last member kept, the stream at its place says the same before any layer has read the others."""
    found = activation_patching(mini, task, corruption="reordered")
    assert found["patch_residual"][0, task.member_positions[3]] == pytest.approx(0, abs=1e-6)
    assert found["patch_mlp"][0, task.member_positions[3]] == pytest.approx(0, abs=0.05)
    with pytest.raises(UnknownNameError, match="corruption"):
        activation_patching(mini, task, corruption="shuffled")


def test_heads_neurons_and_stream_equal_plain_hooks(mini: LanguageModel, task: Task) -> None:
    """1e-4 of a score: fp32 with another order of sums."""
    clean = seen(mini, task.tokens)
    found = activation_patching(mini, task)
    width = mini.hf.config.n_embd // mini.heads
    blocks = mini.hf.transformer.h

    def head(layer: int, which: int):
        at = slice(which * width, (which + 1) * width)

        def put(_module, inputs):
            z = inputs[0].clone()
            z[..., at] = clean["z", layer][..., at]
            return (z,)

        return [(blocks[layer].attn.c_proj, True, put)]

    for layer, which in ((0, 6), (0, 3), (1, 2), (3, 0)):
        expected = score(mini, task, head(layer, which))
        assert found["patch_head_output"][layer, which] == pytest.approx(expected, abs=1e-4)

    def stream(layer: int, position: int):
        def put(_module, inputs):
            x = inputs[0].clone()
            x[:, position] = clean["before", layer][:, position]
            return (x, *inputs[1:])

        return [(blocks[layer], True, put)]

    for layer, position in ((0, task.member_positions[3]), (1, task.last), (2, task.last - 1)):
        expected = score(mini, task, stream(layer, position))
        assert found["patch_residual"][layer, position] == pytest.approx(expected, abs=1e-4)

    effects = neuron_effects(Network(mini), task, 3).mean(1)

    def neuron(which: int):
        def put(_module, inputs):
            hidden = inputs[0].clone()
            hidden[..., which] = clean["hidden", 3][..., which]
            return (hidden,)

        return [(blocks[3].mlp.c_proj, True, put)]

    for which in (int(effects.argmax()), 7):
        assert effects[which] == pytest.approx(score(mini, task, neuron(which)), abs=1e-4)


def test_everything_clean_is_one_and_before_the_change_is_nothing(mini: LanguageModel, task: Task) -> None:
    found = activation_patching(mini, task)
    changed = task.member_positions[3]
    assert found["patch_residual"][0, changed] == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(found["patch_residual"][:, :changed], 0, atol=1e-6)
    assert found.read("best") == found["patch_head_output"].max()


def test_last_layer_neurons_add_up_to_their_mlp(mini: LanguageModel, task: Task) -> None:
    """Not exactly, since the last LayerNorm bends; but the ranking null needs effects that mean something."""
    effects = neuron_effects(Network(mini), task, 3).mean(1)
    whole = activation_patching(mini, task)["patch_mlp"][3, task.last]
    assert effects.sum() == pytest.approx(whole, rel=0.25)


def test_overlap_of_equal_tasks_is_whole_and_its_null_is_hypergeometric(mini: LanguageModel, task: Task) -> None:
    found = neurons(mini, {"a": task, "b": task}, {"a": task, "b": task}, permutations=4000)
    assert found.read("common", pair="a-b") == found.read("set_size")
    assert found.read("p", pair="a-b") == pytest.approx(1 / 4001)
    assert found["common_random"].mean() == pytest.approx(float(found["common_expected"][0]), rel=0.05)
    # The same lists are as loud for both: the hard opponent is as strong, and no margin is left.
    assert found.read("common_loud", pair="a-b") == found.read("set_size") and found.read("margin", pair="a-b") == 0
    assert found.read("negative", task="a") == int((found["effect"][0] < 0).sum())


def test_loudness_is_what_a_neuron_writes_whichever_way(mini: LanguageModel, task: Task) -> None:
    lists = sequence_task(mini, "words", 6, pattern="random", seed=3)
    loud = neuron_loudness(Network(mini), lists, 3)
    here, there = seen(mini, lists.tokens)["hidden", 3][:, -1], seen(mini, repeated(lists))["hidden", 3][:, -1]
    length = mini.hf.transformer.h[3].mlp.c_proj.weight.detach().norm(dim=1)
    np.testing.assert_allclose(loud["change"].T, ((here - there).abs() * length).numpy(), atol=1e-4)
    np.testing.assert_allclose(loud["activation"].T, (here.abs() * length).numpy(), atol=1e-4)


def test_a_model_that_does_not_notice_is_an_error(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "words", 4, seed=0)
    same = task.tokens.copy()
    same[:, task.member_positions[3]] = same[:, task.member_positions[2]]
    blind = Task(
        task.name, same, task.corrupted.copy(), task.answers.copy(), task.wrong.copy(), task.member_positions,
        task.bos, task.texts, task.templates,
    )  # fmt: skip
    with pytest.raises(ResultError, match="nothing to bring back"):
        activation_patching(random_model, blind)
