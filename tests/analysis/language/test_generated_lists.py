"""Lists continued with components ablated, against a separate loop with plain hooks."""

import itertools

import numpy as np
import pytest
import torch

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.components import Component, component
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies.generation import Replaced, generation, random_lists, random_sets
from tapehead.analysis.language.tasks.sequences import SEQUENCES
from tapehead.analysis.language.tasks.tasks import sequence_task

NAMED = ("1.1", "1.3", "0.2", "MLP 1")


def naive_continued(
    model: LanguageModel, tokens: np.ndarray, gone: list[Component], steps: int, lists: np.ndarray | None
) -> np.ndarray:
    """Each prompt on its own, one token after the other, one hook per component, means taken prompt by prompt."""
    blocks, width = model.hf.transformer.h, model.hf.config.n_embd // model.heads

    def module(one: Component) -> torch.nn.Module:
        return blocks[one.layer].mlp.c_proj if one.is_mlp else blocks[one.layer].attn.c_proj

    means: dict[Component, torch.Tensor] = {}
    for one in gone if lists is not None else ():
        seen: list[torch.Tensor] = []

        def note(_m: object, inputs: tuple, out: torch.Tensor, one=one, seen=seen) -> None:
            cut = slice(one.head * width, (one.head + 1) * width)
            seen.append((out if one.is_mlp else inputs[0][..., cut])[0])

        hook = module(one).register_forward_hook(note)
        with torch.no_grad():
            for row in lists:
                model.hf(torch.tensor(row[None]), use_cache=False)
        hook.remove()
        means[one] = torch.stack(seen).mean(0)

    hooks = []
    for one in gone:

        def head(_m: object, inputs: tuple, one=one) -> tuple:
            value = inputs[0].clone()
            cut = slice(one.head * width, (one.head + 1) * width)
            value[..., cut] = means[one][: value.shape[1]] if lists is not None else 0
            return (value,)

        def mlp(_m: object, _inputs: tuple, out: torch.Tensor, one=one) -> torch.Tensor:
            return means[one][: out.shape[1]].expand_as(out) if lists is not None else torch.zeros_like(out)

        at = module(one)
        hooks.append(at.register_forward_hook(mlp) if one.is_mlp else at.register_forward_pre_hook(head))
    rows = []
    with torch.no_grad():
        for row in tokens:
            text = row.tolist()
            for _ in range(steps):
                text.append(int(model.hf(torch.tensor([text]), use_cache=False).logits[0, -1].argmax()))
            rows.append(text[-steps:])
    for hook in hooks:
        hook.remove()
    return np.array(rows)


@pytest.mark.parametrize("which", ["rough_model", "mini"])
@pytest.mark.parametrize("ablation", ["mean", "zero"])
def test_ablated_texts_are_those_of_plain_hooks(which: str, ablation: str, request: pytest.FixtureRequest) -> None:
    model = load_model() if which == "mini" else request.getfixturevalue(which)
    tokens = sequence_task(model, "words", 4, templates=("plain",)).tokens[:, :4]
    gone = [component(one) for one in NAMED]
    lists = None
    if ablation == "mean":
        lists = random_lists(model, SEQUENCES["words"], 8, True, np.random.default_rng(1), 12)
    found = Replaced(model, lists).continued(tokens, gone, 5)
    assert (found == naive_continued(model, tokens, gone, 5, lists)).all()
    assert (found != Replaced(model, None).continued(tokens, (), 5)).any()  # the ablation does something


@pytest.mark.parametrize(
    ("kind", "pattern", "follows"),
    [
        ("numerals", "up", ["4 5 6 7", "5 6 7 8"]),
        ("months", "up", ["April May June July", "May June July August"]),
        ("words", "down", ["two one"]),
    ],
)
def test_intact_mini_goes_on_counting(kind: str, pattern: str, follows: list[str]) -> None:
    model = load_model()
    task = sequence_task(model, kind, 3, templates=("plain",), pattern=pattern)
    steps = len(follows[0].split())
    found = generation(model, task, ["3.3"], steps=steps)
    texts = found.facts["texts"]["intact"]
    assert texts[: len(follows)] == follows
    assert found.read("following", condition="intact", prompt=task.texts[0].rsplit(" ", 1)[0]) == steps
    # Intact is what transformers' own greedy generation writes.
    ids = torch.tensor(task.tokens[:, :4])
    own = model.hf.generate(ids, attention_mask=torch.ones_like(ids), max_new_tokens=steps, do_sample=False)[:, 4:]
    assert texts == [model.tokenizer.decode(row).strip() for row in own]


def test_counts_follow_from_the_texts() -> None:
    model = load_model()
    task = sequence_task(model, "numerals", 24, templates=("plain",))
    found = generation(model, task, NAMED, seed=3)
    q = found.quantity("right")
    assert q.axes == ("condition", "prompt", "step") and q.values.shape == (22, 8, 5)  # 24 prompts, 8 different ones
    for c, condition in enumerate(q.labels["condition"]):
        for p, prompt in enumerate(q.labels["prompt"]):
            start = int(prompt.split()[0])
            written = found.facts["texts"][condition][p].split()
            right = [w == str(start + 3 + i) for i, w in enumerate(written)]
            assert right == q.values[c, p].astype(bool).tolist()
            assert found["following"][c, p] == len(list(itertools.takewhile(bool, right)))
    mean = found["following"].mean(1)
    np.testing.assert_allclose(found["following_mean"], mean)
    assert found["p"] == (1 + sum(m <= mean[1] for m in mean[2:])) / 21
    assert found["random_low"] == mean[2:].min() and found["random_high"] == mean[2:].max()
    assert found["shared"][0] == 0 and found["shared"][1] == len(NAMED)
    assert found.facts["prompts"] == 8
    again = generation(model, task, NAMED, seed=3)
    assert again.facts == found.facts


def test_a_random_set_that_hurts_as_much_counts_against_the_named_one() -> None:
    model = load_model()
    task = sequence_task(model, "numerals", 8, templates=("plain",))
    named = ["0.6", "1.1", "1.6", "2.2", "2.3", "2.5", "2.7", "3.1", "3.3", "3.7"]
    found = generation(model, task, named)
    mean = found["following_mean"]
    assert (mean[2:] == mean[1]).any()  # ties, or this shows nothing
    assert found["p"] == (1 + (mean[2:] <= mean[1]).sum()) / 21


def test_random_sets_have_the_same_make_up() -> None:
    model, rng = load_model(), np.random.default_rng(0)
    named = [component(one) for one in ("0.6", "2.1", "3.7", "MLP 2")]
    for outside in (False, True):
        sets = random_sets(model, named, 25, outside, rng)
        assert len(set(sets)) == 25 and tuple(sorted(named)) not in sets
        for one in sets:
            assert len(set(one)) == 4 and sum(c.is_mlp for c in one) == 1
            assert not (outside and set(one) & set(named))
    # All other sets are found if all are asked for: 4 MLPs, 6 pairs, of which one is named.
    pairs = random_sets(model, [Component(0), Component(1)], 5, False, rng)
    assert len(set(pairs)) == 5
    with pytest.raises(UsageError, match="only 5 other sets of 0 heads and 2 MLPs"):
        random_sets(model, [Component(0), Component(1)], 6, False, rng)
    with pytest.raises(UsageError, match="sets outside"):
        random_sets(model, [Component(0), Component(1)], 2, True, rng)


def test_no_member_of_a_random_list_follows_the_one_before_it() -> None:
    model = load_model()
    family = SEQUENCES["months"]
    rows = random_lists(model, family, 9, True, np.random.default_rng(0))
    place = {m: i for i, m in enumerate(family.members)}
    places = np.array([[place[model.tokenizer.decode([t]).strip()] for t in row[1:]] for row in rows])
    assert rows.shape == (192, 10) and ((np.diff(places) % 12) != 1).all()
    assert len(np.unique(places)) == 12


def test_what_can_not_be_continued_is_refused(rough_model: LanguageModel) -> None:
    plain = sequence_task(rough_model, "words", 4, templates=("plain",))
    clause = sequence_task(rough_model, "words", 4)
    rough = {"model": rough_model, "task": plain, "components": ["0.1", "1.2"]}
    for options, message in (
        ({"task": clause}, "'plain' form"),
        ({"task": sequence_task(rough_model, "words", 4, templates=("plain",), pattern="random")}, "one step"),
        ({"task": sequence_task(rough_model, "months", 4, templates=("plain",)), "steps": 40}, "43 positions"),
        ({"steps": 18}, "end before"),
        ({"steps": 0}, "at least one"),
        ({"shown": 5}, "1 to 4"),
        ({"ablation": "noise"}, "mean, zero"),
        ({"components": []}, "no components"),
        ({"components": ["5.0", "1.2"]}, "no 5.0"),
        ({"components": ["head 3"]}, "no component"),
        ({"components": ["0.1"]}, "only 7 other sets"),
        ({"sets": 19}, "at least 20"),
    ):
        with pytest.raises(UsageError, match=message):
            generation(**(rough | options))
