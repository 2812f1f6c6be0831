"""The naive ablation against TransformerLens' hooks, and the equivalence that rests on it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.circuit import equivalence as equivalence_module
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.equivalence import equivalence
from tapehead.analysis.language.circuit.naive import NaiveAblation
from tapehead.analysis.language.models.components import Component
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.published.verify import any_out, equivalent
from tapehead.analysis.language.studies.scores import last_logits, logit_differences
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def task(rough_model: LanguageModel) -> Task:
    return sequence_task(rough_model, "words", 8, seed=4)


def naive(model: LanguageModel, task: Task) -> NaiveAblation:
    return NaiveAblation(model.hf, task.tokens, task.corrupted, task.answers, task.wrong)


def test_nothing_ablated_is_the_model_itself(rough_model: LanguageModel, task: Task) -> None:
    plain = logit_differences(last_logits(rough_model, task.tokens), task)
    assert np.allclose(naive(rough_model, task).differences(), plain, atol=1e-5)


@pytest.mark.parametrize(
    "gone", [[Component(0, 1)], [Component(1)], [Component(0, 0), Component(0, 3), Component(0), Component(1, 2)]]
)
def test_hooks_of_another_library_agree(rough_model: LanguageModel, task: Task, gone: list[Component]) -> None:
    import torch

    bridge, means = rough_model.bridge, {}
    names = {c: f"blocks.{c.layer}.hook_mlp_out" if c.is_mlp else f"blocks.{c.layer}.attn.hook_z" for c in gone}
    with torch.no_grad():
        _, cache = bridge.run_with_cache(torch.tensor(task.corrupted))
        for one, name in names.items():
            means[one] = cache[name].mean(0) if one.is_mlp else cache[name][:, :, one.head].mean(0)

        def exchange(value, hook, one: Component):
            value = value.clone()
            if one.is_mlp:
                value[:] = means[one]
            else:
                value[:, :, one.head] = means[one]
            return value

        hooks = [(name, partial(exchange, one=one)) for one, name in names.items()]
        logits = bridge.run_with_hooks(torch.tensor(task.tokens), fwd_hooks=hooks)[:, -1].numpy()
    found = naive(rough_model, task).differences(gone)
    assert np.allclose(found, logit_differences(logits, task), atol=1e-4)
    assert not np.allclose(found, naive(rough_model, task).differences(), atol=1e-3)


def test_a_hook_that_does_not_fire_is_an_error(rough_model: LanguageModel, task: Task) -> None:
    slow = naive(rough_model, task)
    elsewhere = copy.deepcopy(rough_model.hf)
    slow._output_matrix = lambda one: elsewhere.transformer.h[one.layer].attn.c_proj
    with pytest.raises(ResultError, match="fired 0 times"):
        slow.differences([Component(0, 1)])


def test_fast_and_naive_agree_on_every_component(rough_model: LanguageModel, task: Task) -> None:
    found = equivalence(rough_model, task)
    assert found["alone"].shape == (2, 10) and found["trace"].shape == (2, 10)
    assert found.quantity("trace").labels["step"][:2] == ("MLP 1", "1.0")
    assert 0 < found["removed"][0].sum() < 10, "the prefix decides both ways"
    assert not any_out(equivalent(found))
    assert np.ptp(found["alone"][0]) > 1e-2, "ablations that do nothing would agree as well"


def test_a_wrong_engine_is_found_out(rough_model: LanguageModel, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(Ablator):
        """Takes the means of the clean prompts."""

        def __init__(self, network, task: Task) -> None:
            from dataclasses import replace

            super().__init__(network, replace(task, corrupted=task.tokens))

    monkeypatch.setattr(equivalence_module, "Ablator", Wrong)
    checks = equivalent(equivalence(rough_model, task), "words")
    out = [check.quantity for check in checks if check.verdict == "out"]
    assert "words: one component ablated" in out and "words: nothing ablated" not in out
