"""Attention patterns, against those that transformers gives out itself."""

import copy

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.attention import KINDS, attention_patterns, group_mass, key_groups, kind_of
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


def plain_patterns(model: LanguageModel, task: Task) -> np.ndarray:
    """(prompt, layer, head, query, key), one prompt at a time, with transformers' own eager attention."""
    import torch

    eager = copy.deepcopy(model.hf)
    eager.set_attn_implementation("eager")
    with torch.no_grad():
        rows = [eager(torch.tensor(row[None]), output_attentions=True).attentions for row in task.tokens]
    return np.stack([np.stack([layer[0].numpy() for layer in row]) for row in rows])


@pytest.mark.parametrize("which", ["rough_model", "mini"])
@pytest.mark.parametrize("bos", [True, False])
def test_patterns_are_those_of_transformers(which: str, bos: bool, request: pytest.FixtureRequest) -> None:
    model = load_model() if which == "mini" else request.getfixturevalue(which)
    task = sequence_task(model, "words", 10, bos=bos)
    result = attention_patterns(model, task, example=7, batch=4)
    plain = plain_patterns(model, task)
    assert np.allclose(result["pattern"], plain.mean(0), atol=1e-6)
    assert np.allclose(result["example"], plain[7], atol=1e-6)
    assert np.allclose(result["last"], plain.mean(0)[:, :, -1], atol=1e-6)
    assert not np.allclose(result["example"], plain[6], atol=1e-3), "another prompt has another pattern"
    assert result.read("pattern", layer="1", head="3", query="last", key="m4") == pytest.approx(
        plain[:, 1, 3, -1, task.member_positions[-1]].mean(), abs=1e-6
    )
    assert result.facts["words"][-3:] == task.texts[7].split()[-3:]


def test_masses_on_groups_by_hand(rough_model: LanguageModel) -> None:
    task = sequence_task(rough_model, "months", 24)
    result, plain = attention_patterns(rough_model, task), plain_patterns(rough_model, task)
    last = plain[:, :, :, -1]
    wanted = {
        "m1": last[..., 4],
        "m4": last[..., 19],
        "in1": last[..., 3],
        "in4": last[..., 18],
        "bos": last[..., 0],
        "self": last[..., 23],
        "other": last[..., [1, 2, 5, 6, 7, 10, 11, 12, 15, 16, 17, 20, 21, 22]].sum(-1),
    }
    for group, each in wanted.items():
        found = [[result.read("last_mass", layer=i, head=h, group=group) for h in range(4)] for i in range(2)]
        assert np.allclose(found, each.mean(0), atol=1e-6), group
        at = result.quantity("last_mass").labels["group"].index(group)
        # A 95 % interval of a mean reaches about two standard errors to each side; a third of one is a wide margin.
        error = each.std(0) / np.sqrt(len(each))
        assert np.allclose(result["last_mass_high"][..., at] - each.mean(0), 1.96 * error, atol=1e-6, rtol=0.33), group
        assert np.allclose(each.mean(0) - result["last_mass_low"][..., at], 1.96 * error, atol=1e-6, rtol=0.33), group
    members = result.quantity("last_kind").values[..., KINDS.index("members")]
    assert np.allclose(members, last[..., [4, 9, 14, 19]].sum(-1).mean(0), atol=1e-6)
    # The fourth "in" looks at itself, and everything after it is hidden.
    assert result.read("mass", layer=1, head=2, query="18", group="self") == pytest.approx(
        plain[:, 1, 2, 18, 18].mean(), abs=1e-6
    )
    assert result.read("mass", layer=1, head=2, query="18", group="in4") == 0
    assert result.read("mass", layer=1, head=2, query="18", group="m4") == 0


@pytest.mark.parametrize("templates", [("born", "lost", "done"), ("plain",)])
def test_every_look_is_in_one_group(rough_model: LanguageModel, templates: tuple[str, ...]) -> None:
    task = sequence_task(rough_model, "numerals", 12, templates=templates)
    result = attention_patterns(rough_model, task)
    for name in ("mass", "last_mass", "last_kind", "uniform", "uniform_kind"):
        assert np.allclose(result[name].sum(-1), 1, atol=1e-6), name
    assert result.read("uniform", group="m1") == pytest.approx(1 / (task.last + 1))


def test_groups_are_read_off_the_tokens(rough_model: LanguageModel) -> None:
    task = sequence_task(rough_model, "numerals", 12, bos=False)
    groups = key_groups(task)
    assert [groups[f"m{k}"] for k in range(1, 5)] == [(3,), (8,), (13,), (18,)]
    assert [groups[f"in{k}"] for k in range(1, 5)] == [(2,), (7,), (12,), (17,)]
    assert groups["bos"] == ()
    assert sorted(p for keys in groups.values() for p in keys) == list(range(23))
    listed = key_groups(sequence_task(rough_model, "numerals", 4, templates=("plain",), pattern="constant"))
    assert "in1" not in listed, "a member that is repeated is a member all the same"
    assert listed["other"] == ()
    tokens = task.tokens.copy()
    tokens[5, 7] = tokens[5, 0]  # one prompt says something else at its second "in"
    changed = Task(**{**vars(task), "tokens": tokens})
    assert "in4" not in key_groups(changed)
    assert 7 in key_groups(changed)["other"]


def test_mass_of_a_small_pattern() -> None:
    row = np.array([0.1, 0.2, 0.3, 0.4])
    groups = {"m1": (1,), "m2": (3,), "bos": (0,), "other": (2,)}
    assert group_mass(row, 3, groups).tolist() == [0.4, 0.2, 0.0, 0.1, 0.3]
    assert [kind_of(g) for g in ("m3", "in12", "bos", "self", "other")] == ["members", "in", "bos", "self", "other"]


def test_mini_reads_the_last_member_in_its_first_layer() -> None:
    model = load_model()
    result = attention_patterns(model, sequence_task(model, "numerals", 48, seed=3))
    group = result.quantity("last_mass").labels["group"].index("m4")
    assert result["last_mass"][0, :, group].max() > 0.5, "some head of layer 0 finds m4"
    assert result["last_mass"][0, :, group].max() > 10 * result.read("uniform", group="m4")


def test_an_example_that_is_not_there(rough_model: LanguageModel) -> None:
    with pytest.raises(UsageError, match="prompts 0 to 3; asked for the pattern of 4"):
        attention_patterns(rough_model, sequence_task(rough_model, "words", 4), example=4)
