"""Direct logit attribution, against plain hooks on transformers' modules and numpy."""

import copy

import numpy as np
import pytest

from tapehead.analysis.language.circuit.attribution import attribution, component_labels
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies.scores import last_logits, logit_differences
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


def plain_parts(model: LanguageModel, row: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Parts of one prompt's residual stream at its last position; heads (layer, head, width); the whole stream."""
    import torch

    seen: dict[str, np.ndarray] = {}
    hf = model.hf.transformer
    hooks = [
        *(b.attn.register_forward_hook(keep(seen, f"{i}_attn_out")) for i, b in enumerate(hf.h)),
        *(b.mlp.register_forward_hook(keep(seen, f"{i}_mlp_out")) for i, b in enumerate(hf.h)),
        *(b.attn.c_proj.register_forward_pre_hook(keep(seen, f"{i}_z")) for i, b in enumerate(hf.h)),
        hf.wte.register_forward_hook(keep(seen, "embed")),
        hf.wpe.register_forward_hook(keep(seen, "pos_embed")),
        hf.ln_f.register_forward_pre_hook(keep(seen, "final")),
    ]
    with torch.no_grad():
        model.hf(torch.tensor(row[None]), use_cache=False)
    for hook in hooks:
        hook.remove()
    heads = []
    for i, block in enumerate(hf.h):
        z, out = seen.pop(f"{i}_z"), block.attn.c_proj.weight.detach().double().numpy()
        size = len(z) // model.heads
        alone = [np.where(np.arange(len(z)) // size == h, z, 0) @ out for h in range(model.heads)]
        heads.append(np.stack(alone))
    return seen, np.stack(heads), seen.pop("final")


def keep(seen: dict[str, np.ndarray], name: str):
    def hook(_module, inputs, output=None) -> None:
        value = inputs[0] if output is None else output
        value = value[0] if isinstance(value, tuple) else value
        seen[name] = value[0, -1].detach().double().numpy()

    return hook


def naive(model: LanguageModel, task: Task) -> tuple[np.ndarray, np.ndarray]:
    """Mean shares of components and heads, prompt by prompt."""
    final = model.hf.transformer.ln_f
    weight, bias = final.weight.detach().double().numpy(), final.bias.detach().double().numpy()
    unembed = model.hf.lm_head.weight.detach().double().numpy()
    shares, per_head = [], []
    for row, answer, wrong in zip(task.tokens, task.answers, task.wrong, strict=True):
        parts, heads, stream = plain_parts(model, row)
        scale = np.sqrt(stream.var() + final.eps)
        apart = unembed[answer] - unembed[wrong]

        def share(part: np.ndarray, scale: float = scale, apart: np.ndarray = apart) -> np.ndarray:
            return ((part - part.mean(-1, keepdims=True)) / scale * weight) @ apart

        shares.append([*(share(parts[n]) for n in component_labels(model.layers)[:-1]), bias @ apart])
        per_head.append(share(heads))
    return np.mean(shares, 0), np.mean(per_head, 0)


def model_called(which: str, request: pytest.FixtureRequest) -> LanguageModel:
    return load_model() if which == "mini" else request.getfixturevalue(which)


@pytest.mark.parametrize("which", ["rough_model", "mini"])
@pytest.mark.parametrize("bos", [True, False])
def test_shares_are_those_of_single_parts(which: str, bos: bool, request: pytest.FixtureRequest) -> None:
    model = model_called(which, request)
    task = sequence_task(model, "months", 11, bos=bos)
    result = attribution(model, task, batch=4)
    shares, per_head = naive(model, task)
    # fp32 activations, logits of a few units: rounding stays below 1e-4.
    assert np.allclose(result["components"], shares, atol=1e-4)
    assert np.allclose(result["heads"], per_head, atol=1e-4)
    assert result.read("components", component="1_mlp_out") == pytest.approx(shares[5], abs=1e-4)
    assert np.abs(shares).max() > 0.1


@pytest.mark.parametrize("which", ["random_model", "rough_model", "pieces_model", "mini"])
def test_shares_add_up_to_the_logit_difference(which: str, request: pytest.FixtureRequest) -> None:
    model = model_called(which, request)
    task = sequence_task(model, "words", 24)
    result = attribution(model, task)
    whole = logit_differences(last_logits(model, task.tokens), task)
    assert result["components"].sum() == pytest.approx(whole.mean(), abs=1e-4)
    assert result.read("logit_difference") == pytest.approx(whole.mean(), abs=1e-5)
    assert result.read("remainder") < 1e-4
    attn = [result.read("components", component=f"{i}_attn_out") for i in range(model.layers)]
    assert np.allclose(result["heads"].sum(1) + result["output_bias"], attn, atol=1e-4)
    if which == "rough_model":
        assert np.abs(result["output_bias"]).max() > 1e-3, "the biases were not left out by chance"
        assert abs(result.read("components", component="bias")) > 1e-2


def test_in_double_precision_the_sum_is_exact(rough_model: LanguageModel) -> None:
    double = LanguageModel("double", "-", copy.deepcopy(rough_model.hf).double(), rough_model.tokenizer)
    result = attribution(double, sequence_task(double, "numerals", 12))
    assert result.read("remainder") < 1e-10


def test_intervals_are_two_standard_errors(rough_model: LanguageModel) -> None:
    task = sequence_task(rough_model, "numerals", 96)
    result = attribution(rough_model, task)
    whole = logit_differences(last_logits(rough_model, task.tokens), task)
    error = 1.96 * whole.std() / np.sqrt(96)
    high, low = result.read("logit_difference_high"), result.read("logit_difference_low")
    # The ends of a bootstrap of 2000 samples move by a few percent of its width.
    assert high - whole.mean() == pytest.approx(error, rel=0.15)
    assert whole.mean() - low == pytest.approx(error, rel=0.15)
    for name in ("components", "heads", "output_bias"):
        assert (result[f"{name}_low"] <= result[name] + 1e-12).all()
        assert (result[f"{name}_high"] >= result[name] - 1e-12).all()


def test_a_scale_that_is_not_frozen_is_noticed(rough_model: LanguageModel) -> None:
    """Norming each part by itself, the usual mistake, gives something else."""
    task = sequence_task(rough_model, "numerals", 6)
    final = rough_model.hf.transformer.ln_f
    unembed = rough_model.hf.lm_head.weight.detach().numpy()
    wrong = []
    for row, answer, other in zip(task.tokens, task.answers, task.wrong, strict=True):
        part = plain_parts(rough_model, row)[0]["1_mlp_out"]
        normed = (part - part.mean()) / np.sqrt(part.var() + final.eps) * final.weight.detach().numpy()
        wrong.append(normed @ (unembed[answer] - unembed[other]))
    right = attribution(rough_model, task).read("components", component="1_mlp_out")
    assert abs(np.mean(wrong) - right) > 1e-2
