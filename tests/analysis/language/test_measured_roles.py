"""Roles against plain hooked forward passes, the rule on made-up numbers, and the shipped model."""

import copy

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.circuit.ablation import knockouts
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies import roles as ro
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


def hooked(model: LanguageModel, tokens: np.ndarray, hooks: list) -> np.ndarray:
    """Last logits of one plain forward with forward pre-hooks (heads' joined outputs) or hooks (MLP outputs)."""
    import torch

    handles = []
    for module, before, function in hooks:
        handles.append((module.register_forward_pre_hook if before else module.register_forward_hook)(function))
    with torch.no_grad():
        logits = model.hf(torch.tensor(tokens), use_cache=False).logits[:, -1].double().numpy()
    for handle in handles:
        handle.remove()
    return logits


def mean_output(model: LanguageModel, tokens: np.ndarray, layer: int, mlp: bool):
    """Mean (positions, width) over prompts of a layer's joined heads or of its MLP."""
    kept = []
    block = model.hf.transformer.h[layer]
    if mlp:
        hook = (block.mlp, False, lambda _m, _i, out: kept.append(out.clone()) or None)
    else:
        hook = (block.attn.c_proj, True, lambda _m, inputs: kept.append(inputs[0].clone()) or None)
    hooked(model, tokens, [hook])
    return kept[0].mean(0)


def naive(model: LanguageModel, task: Task, layer: int, head: int, positions, corrupted=None) -> np.ndarray:
    """Logit difference (n,) with one component at its mean at these positions; head -1 is the MLP."""
    block = model.hf.transformer.h[layer]
    mean = mean_output(model, task.corrupted if corrupted is None else corrupted, layer, head < 0)
    at = list(positions)
    size = model.hf.config.n_embd // model.heads
    own = slice(None) if head < 0 else slice(head * size, (head + 1) * size)

    def changed(values):
        values = values.clone()
        for p in at:
            values[:, p, own] = mean[p, own]
        return values

    if head < 0:
        hook = (block.mlp, False, lambda _m, _i, out: changed(out))
    else:
        hook = (block.attn.c_proj, True, lambda _m, inputs: (changed(inputs[0]), *inputs[1:]))
    logits = hooked(model, task.tokens, [hook])
    rows = np.arange(len(task))
    return logits[rows, task.answers] - logits[rows, task.wrong]


@pytest.fixture(scope="module", params=["words", "plain list"])
def task(request: pytest.FixtureRequest, rough_model: LanguageModel) -> Task:
    if request.param == "words":
        return sequence_task(rough_model, "words", 9, seed=4)
    return sequence_task(rough_model, "numerals", 6, templates=("plain",), seed=4)


def test_costs_are_those_of_plain_hooks(rough_model: LanguageModel, task: Task) -> None:
    """Raw logit differences within 1e-4 (fp32), component by component, group by group."""
    found = ro.effects(Network(rough_model), task)
    groups = ro.position_groups(task)
    assert np.allclose(found.full, naive(rough_model, task, 0, 0, ()), atol=1e-4)
    moved = 0.0
    for layer in range(2):
        for head in range(-1, 4):
            got = found.mlps[layer] if head < 0 else found.heads[layer, head]
            for w, where in enumerate(ro.WHERE):
                wanted = naive(rough_model, task, layer, head, groups[where])
                assert np.allclose(got[w], wanted, atol=1e-4), (layer, head, where)
                moved = max(moved, np.abs(wanted - found.full).max())
    assert moved > 0.1, "the comparison would notice"


def test_costs_with_the_mean_of_the_own_template(rough_model: LanguageModel) -> None:
    task = sequence_task(rough_model, "words", 9, seed=4)
    found = ro.effects(Network(rough_model), task)
    for template in ("born", "lost", "done"):
        rows = np.array([t == template for t in task.templates])
        for layer, head in ((0, 2), (1, 1), (0, -1)):
            own = naive(rough_model, task, layer, head, range(task.last + 1), task.corrupted[rows])
            got = found.mlps_own[layer] if head < 0 else found.heads_own[layer, head]
            assert np.allclose(got[rows], own[rows], atol=1e-4)
    assert not np.allclose(found.heads_own, found.heads[:, :, -1], atol=1e-4), "pooled means are others"


def test_the_direct_path_is_one_term_of_the_final_stream(rough_model: LanguageModel, task: Task) -> None:
    """In the last layer an MLP has no other path; elsewhere the term is taken out of the stream by a hook on ln_f."""
    found = ro.effects(Network(rough_model), task)
    last = naive(rough_model, task, 1, -1, [task.last])
    assert np.allclose(found.mlps_direct[1], last, atol=1e-4)

    block, rows = rough_model.hf.transformer.h[0], np.arange(len(task))
    mean = mean_output(rough_model, task.corrupted, 0, mlp=False)
    kept = []
    for head in range(4):
        own = slice(head * 8, (head + 1) * 8)

        def swap(_module, inputs, own=own):
            change = (mean[-1, own] - kept[-1][:, -1, own]) @ block.attn.c_proj.weight[own]
            stream = inputs[0].clone()
            stream[:, -1] += change
            return (stream, *inputs[1:])

        logits = hooked(
            rough_model,
            task.tokens,
            [
                (block.attn.c_proj, True, lambda _m, inputs: kept.append(inputs[0].clone()) or None),
                (rough_model.hf.transformer.ln_f, True, swap),
            ],
        )
        wanted = logits[rows, task.answers] - logits[rows, task.wrong]
        assert np.allclose(found.heads_direct[0, head], wanted, atol=1e-4)


def test_groups_are_the_whole_prompt(task: Task) -> None:
    groups = ro.position_groups(task)
    apart = [p for name in ro.WHERE[:-1] for p in groups[name]]
    assert sorted(apart) == list(groups["everywhere"]) == list(range(task.last + 1))
    if "words" in task.name:
        assert groups["earlier in"] == (3, 8, 13, 18) and groups["members"] == (4, 9, 14, 19)
    else:
        assert groups["earlier in"] == () and groups["members"] == (1, 2, 3) and groups["last"] == (4,)


def test_looks_against_the_eager_model(rough_model: LanguageModel, task: Task) -> None:
    import torch

    eager = copy.deepcopy(rough_model.hf)
    eager.set_attn_implementation("eager")
    with torch.no_grad():
        seen = eager(torch.tensor(task.tokens), output_attentions=True, use_cache=False).attentions
    pattern = torch.stack(seen).mean(1).double().numpy()
    found = ro.looks(pattern, task)
    assert np.allclose(found.sum(-1), 1, atol=1e-5)
    last = pattern[:, :, -1]
    at = {name: found[..., i] for i, name in enumerate(ro.LOOKS)}
    if "words" in task.name:
        assert np.allclose(at["last member"], last[..., 19])
        assert np.allclose(at["earlier members"], last[..., 4] + last[..., 9] + last[..., 14])
        assert np.allclose(at["earlier in"], last[..., [3, 8, 13, 18]].sum(-1))
        assert np.allclose(at["bos"], last[..., 0]) and np.allclose(at["self"], last[..., 23])
        back = np.mean([pattern[:, :, q, q - 4] for q in (8, 13, 18)], axis=0)
        assert np.allclose(ro.reads_back(pattern, task), back)
    else:
        assert (at["last member"] == 0).all() and np.allclose(at["self"], last[..., 4])
        assert np.isnan(ro.reads_back(pattern, task)).all()


def look_of(**shares: float) -> np.ndarray:
    return np.array([shares.get(name.replace(" ", "_"), 0.0) for name in ro.LOOKS])


def cost_of(last: float = 0.0, everywhere: float = 0.0) -> np.ndarray:
    return np.array([last, 0, 0, 0, everywhere])


@pytest.mark.parametrize(
    ("look", "cost", "direct", "own", "wanted"),
    [
        (look_of(last_member=0.9), cost_of(5, 40), 0, 40, ["last-member reader"]),
        (look_of(last_member=0.9), cost_of(5, 9), 0, 9, []),
        (look_of(last_member=0.49), cost_of(50, 50), 0, 50, []),
        (look_of(earlier_in=0.4, self=0.6), cost_of(12, 5), 0, 5, ["agreement head"]),
        (look_of(earlier_in=0.4, self=0.6), cost_of(9, 50), 0, 50, []),
        (look_of(earlier_in=0.4, earlier_members=0.3, last_member=0.3), cost_of(50, 50), 0, 50, []),
        (look_of(other=1.0), cost_of(50, 50), 30, 50, ["answer writer"]),
        (look_of(earlier_in=0.8), cost_of(50, 50), 30, 50, ["agreement head", "answer writer"]),
        (look_of(other=1.0), cost_of(0, 90), 0, 1, ["template reader"]),
        (look_of(last_member=0.9), cost_of(0, 90), 0, 1, ["last-member reader", "template reader"]),
    ],
)
def test_the_rule(look: np.ndarray, cost: np.ndarray, direct: float, own: float, wanted: list[str]) -> None:
    found = ro.head_roles(look, cost, np.array(direct), np.array(own))
    assert [role for role, has in zip(ro.ROLES, found, strict=True) if has] == wanted
    of_mlp = ro.mlp_roles(cost, np.array(direct), np.array(own))
    only = [role for role in wanted if role in ("answer writer", "template reader")]
    assert [role for role, has in zip(ro.ROLES, of_mlp, strict=True) if has] == only
    label = ro.named(found[:, None], np.array([cost[-1] >= ro.COSTS]), ["x"])
    assert label == ({"x": " and ".join(wanted)} if wanted else {"x": "other"} if cost[-1] >= 10 else {})


@pytest.fixture(scope="module")
def measured() -> tuple[LanguageModel, object]:
    model = load_model("mini")
    return model, ro.roles(model, ("numerals", "months"), 24, seed=6)


def test_the_shipped_model_has_the_three_roles(measured) -> None:
    """Which heads they are is not written here; that there are readers, agreement heads and a writer is."""
    _model, result = measured
    count = {role: result.read("role_count", role=role) for role in ro.ROLES}
    assert count["last-member reader"] >= 1 and count["agreement head"] >= 2 and count["answer writer"] >= 1
    assert result["mlp_role_all"][ro.ROLES.index("answer writer")].any(), "an MLP writes"
    labels = result.facts["labels"]
    for layer, head in np.argwhere(result["head_role_all"][0]):
        assert "last-member reader" in labels[f"{layer}.{head}"]
        assert (result["look"][:, layer, head, 0] >= ro.READS).all()
    assert set(labels) >= {f"{layer}.{head}" for layer, head in np.argwhere(result["head_role_all"].any(0))}
    assert (result["head_cost_low"] <= result["head_cost"] + 1e-9).all()
    assert (result["head_cost"] <= result["head_cost_high"] + 1e-9).all()


def test_everywhere_is_the_plain_knockout(measured) -> None:
    model, result = measured
    for i, kind in enumerate(("numerals", "months")):
        other = knockouts(model, sequence_task(model, kind, 24, seed=6))
        assert np.allclose(result["head_cost"][i, ..., -1], other["heads_drop"], atol=0.01)
        assert np.allclose(result["mlp_cost"][i, :, -1], other["mlps_drop"], atol=0.01)
    # Nothing reads the last block's output but at the last position.
    assert (result["head_cost"][:, -1, :, 1:4] == 0).all()
    assert np.array_equal(result["head_cost"][:, -1, :, 0], result["head_cost"][:, -1, :, -1])


def test_bad_requests(rough_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="at least one kind"):
        ro.roles(rough_model, ())
    monkeypatch.setattr(ro, "NEAR_ZERO", 1e6)
    with pytest.raises(ResultError, match="does not do the task"):
        ro.roles(rough_model, ("words",), 3)
