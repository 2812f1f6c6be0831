"""OV scores, against loops over single members and heads, and on a head that was built to count."""

import copy
import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ov_scores import ANY, ov_scores
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.tasks.sequences import SEQUENCES
from tapehead.analysis.language.tasks.task_tokens import family_of, forms
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


def norm(x: np.ndarray, layer: object) -> np.ndarray:
    centred = x - x.mean()
    scaled = centred / np.sqrt((centred**2).mean() + layer.eps)
    return scaled * layer.weight.detach().double().numpy() + layer.bias.detach().double().numpy()


def naive(model: LanguageModel, task: Task, top: int, wanted: dict[str, str], own: bool = False) -> np.ndarray:
    """Hits in percent (layer, head) of the word ``wanted[member]``, by spelling out the top words of every member."""
    import torch

    hf, config = model.hf, model.hf.config
    width, size = config.n_embd, config.n_embd // config.n_head
    hits = np.zeros((config.n_layer, config.n_head))
    count = 0
    with torch.no_grad():
        unembed = hf.lm_head.weight.double().numpy()
        for row in task.tokens:
            states = hf(torch.tensor(row[None]), output_hidden_states=True).hidden_states
            for at in task.member_positions:
                target = wanted.get(model.tokenizer.decode([row[at]]).strip())
                if target is None:
                    continue
                count += 1
                for layer, block in enumerate(hf.transformer.h):
                    stream = states[layer if own else 1][0, at].double().numpy()
                    qkv = block.attn.c_attn
                    read = norm(stream, block.ln_1) @ qkv.weight.double().numpy() + qkv.bias.double().numpy()
                    out = block.attn.c_proj.weight.double().numpy()
                    for head in range(config.n_head):
                        mine = slice(head * size, (head + 1) * size)
                        written = norm(read[2 * width :][mine] @ out[mine], hf.transformer.ln_f)
                        best = np.argsort(-(unembed @ written), kind="stable")[:top]
                        words = {model.tokenizer.decode([int(i)]).strip() for i in best}
                        hits[layer, head] += target in words
    return 100 * hits / count


CYCLE = {m: SEQUENCES["months"].members[(i + 1) % 12] for i, m in enumerate(SEQUENCES["months"].members)}
ORDINALS = {m: SEQUENCES["ordinals"].members[(i + 1) % 12] for i, m in enumerate(SEQUENCES["months"].members)}
WORDS = dict(itertools.pairwise(SEQUENCES["words"].members))


@pytest.mark.parametrize("which", ["rough_model", "mini"])
@pytest.mark.parametrize(
    ("kind", "target", "wanted"),
    [
        ("words", "next", WORDS),
        ("words", "previous", {b: a for a, b in WORDS.items()}),
        ("months", "next", CYCLE),
        ("months", "next ordinal", ORDINALS),
        ("months", "copy", {m: m for m in CYCLE}),
    ],
)
def test_scores_are_those_of_single_members(
    which: str, kind: str, target: str, wanted: dict[str, str], request: pytest.FixtureRequest
) -> None:
    model = load_model() if which == "mini" else request.getfixturevalue(which)
    task = sequence_task(model, kind, 9)
    # Random heads hit one word in ninety with five; fifty make the comparison say something.
    top = 5 if which == "mini" else 50
    result = ov_scores(model, task, top, batch=4)
    at = result.quantity("score").labels["target"].index(target)
    plain, first = naive(model, task, top, wanted), naive(model, task, 1, wanted)
    assert plain.max() > 0
    assert np.allclose(result["score"][at], plain)
    assert np.allclose(result["score_top1"][at], first)
    assert result.read("mean", target=target) == pytest.approx(plain.mean())
    assert (result["score_low"][at] <= plain).all()
    assert (result["score_high"][at] >= plain).all()


def test_heads_may_read_their_own_input() -> None:
    model = load_model()
    task = sequence_task(model, "words", 6)
    result = ov_scores(model, task, own_input=True)
    copies = naive(model, task, 5, {m: m for m in WORDS}, own=True)
    assert np.allclose(result["score"][result.quantity("score").labels["target"].index("copy")], copies)
    shared = ov_scores(model, task)
    assert np.array_equal(result["score"][:, 1], shared["score"][:, 1]), "layer 1 reads the stream after block 0"
    assert not np.array_equal(result["score"][:, 0], shared["score"][:, 0])
    assert result.facts["read"] != shared.facts["read"]


def test_words_count_with_and_without_their_space(pieces_model: LanguageModel) -> None:
    task = sequence_task(pieces_model, "numerals", 8, templates=("plain",), bos=False)
    assert len(forms(pieces_model, "3")) == 2
    assert forms(pieces_model, "Octobrrr") == ()
    result = ov_scores(pieces_model, task, 60)
    numerals = SEQUENCES["numerals"].members
    plain = naive(pieces_model, task, 60, dict(itertools.pairwise(numerals)))
    assert np.allclose(result["score"][0], plain)
    words = pieces_model.words
    assert result.read("chance", target="next") > 100 * 60 / words, "two ids are easier to hit than one"
    missed = np.prod([(words - 60 - i) / (words - i) for i in range(2)])
    assert result.read("chance", target="copy") == pytest.approx(100 * (1 - missed))


def test_a_head_that_counts_is_found(random_model: LanguageModel) -> None:
    """Head 1.2 gets weights that turn each number word into the next one; no other head is touched."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(3)
    base = random_model.hf.config.to_dict() | {"n_embd": 128, "n_head": 4}
    hf = GPT2LMHeadModel(GPT2Config.from_dict(base)).eval()
    model = LanguageModel("counter", "-", hf, random_model.tokenizer)
    task = sequence_task(model, "words", 48)
    ids = model.tokenizer.convert_tokens_to_ids(list(SEQUENCES["words"].members[:13]))
    with torch.no_grad():
        at = list(task.member_positions)
        stream = hf(torch.tensor(task.tokens), output_hidden_states=True).hidden_states[1][:, at].reshape(-1, 128)
        read = hf.transformer.h[1].ln_1(stream)
        rank = torch.tensor([ids.index(t) for t in task.tokens[:, at].ravel()])
        value = torch.linalg.lstsq(read, torch.nn.functional.one_hot(rank, 32).float(), driver="gelsd").solution
        attn = hf.transformer.h[1].attn
        attn.c_attn.weight[:, 256 + 64 : 256 + 96] = value
        attn.c_proj.weight[64:96] = 0
        attn.c_proj.weight[64 : 64 + 12] = hf.transformer.wte.weight[ids[1:]]
    result = ov_scores(model, task)
    assert result.read("score", target="next", layer=1, head=2) == 100
    assert result.read("score_top1", target="next", layer=1, head=2) == 100
    assert result.read("score_low", target="next", layer=1, head=2) == 100
    assert result.read("score_top1", target="copy", layer=1, head=2) == 0
    others = np.delete(result["score"][0].ravel(), 6)
    assert others.mean() < 5
    assert result.read("score", target=ANY, layer=1, head=2) < 100 * 5 / 12 + 1e-9


def test_any_member_is_the_mean_over_all_of_them() -> None:
    model = load_model()
    task = sequence_task(model, "words", 24)
    result = ov_scores(model, task)
    members = SEQUENCES["words"].members[:12]
    assert sorted(members) == result.facts["members"]
    wanted = [naive(model, task.take([0, 9]), 5, dict.fromkeys(WORDS, m)) for m in members]
    few = ov_scores(model, task.take([0, 9]))
    shown = [members.index(m) for m in few.facts["members"]]
    assert np.allclose(few["score"][-1], np.mean([wanted[i] for i in shown], 0))


def test_members_without_a_successor_are_not_counted(rough_model: LanguageModel) -> None:
    task = sequence_task(rough_model, "letters", 40, pattern="random", templates=("plain",))
    copied = copy.copy(task.tokens)
    copied[:, -1] = rough_model.tokenizer.convert_tokens_to_ids("Z")
    result = ov_scores(rough_model, Task(**{**vars(task), "tokens": copied}))
    assert result.read("keywords", target="next") == 120
    assert result.read("keywords", target="copy") == 160
    assert family_of(rough_model, task).name == "letters"


def test_members_of_two_families_are_refused(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "numerals", 4)
    strange = task.answers.copy()
    strange[0] = random_model.tokenizer.convert_tokens_to_ids("April")
    with pytest.raises(UsageError, match="belong to no one family"):
        family_of(random_model, Task(**{**vars(task), "answers": strange}))
    assert family_of(random_model, task) is SEQUENCES["numerals"]
    with pytest.raises(UsageError, match="top has to be from 1 to 450"):
        ov_scores(random_model, task, 0)


def test_numerals_beyond_twenty() -> None:
    """The paper's list goes to a hundred; a family is made that is just long enough."""
    words = [str(n) for n in range(200)]
    tokenizer = SimpleNamespace(decode=lambda ids: " " + words[ids[0]])
    tokens = np.array([[97, 98, 99, 100]])
    answers = np.array([101])
    task = Task("hundred", tokens, tokens.copy(), answers, answers.copy(), (0, 1, 2, 3), False, ("",), ("plain",))
    family = family_of(LanguageModel("-", "-", None, tokenizer), task)
    assert family.members[0] == "1"
    assert family.members[-2:] == ("101", "102")
