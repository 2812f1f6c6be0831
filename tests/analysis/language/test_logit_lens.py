"""The logit lens, against the hidden states that transformers gives out."""

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.logit_lens import SAYS, _told, logit_lens
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies.scores import last_logits, probabilities
from tapehead.analysis.language.tasks.sequences import SEQUENCES
from tapehead.analysis.language.tasks.tasks import Task, sequence_task


def plain_rows(model: LanguageModel, task: Task, normed: bool = True) -> np.ndarray:
    """Logits (prompt, row, vocabulary) in numpy; the last of transformers' hidden states has been normed already."""
    import torch

    with torch.no_grad():
        states = model.hf(torch.tensor(task.tokens), output_hidden_states=True).hidden_states
    unembed = model.hf.lm_head.weight.detach().double().numpy()
    final = model.hf.transformer.ln_f
    weight, bias = final.weight.detach().double().numpy(), final.bias.detach().double().numpy()
    rows = []
    for i, state in enumerate(states):
        x = state[:, -1].double().numpy()
        if i < len(states) - 1 and normed:
            centred = x - x.mean(-1, keepdims=True)
            x = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + final.eps) * weight + bias
        rows.append(x @ unembed.T)
    return np.stack(rows, 1)


@pytest.mark.parametrize("which", ["rough_model", "mini"])
@pytest.mark.parametrize("normed", [True, False])
def test_rows_are_those_of_the_hidden_states(which: str, normed: bool, request: pytest.FixtureRequest) -> None:
    model = load_model() if which == "mini" else request.getfixturevalue(which)
    task = sequence_task(model, "numerals", 24, seed=2)
    result = logit_lens(model, task, example=10, top=4, normed=normed, batch=7)
    odds = probabilities(plain_rows(model, task, normed))
    n = np.arange(24)
    assert (result["top1"] == odds.argmax(-1)).all()
    assert np.allclose(result["p_answer"], odds[n, :, task.answers].mean(0), atol=1e-6)
    assert np.allclose(result["p_last"], odds[n, :, task.wrong].mean(0), atol=1e-6)
    assert (result["p_answer_low"] <= result["p_answer"]).all()
    assert (result["p_answer_high"] >= result["p_answer"]).all()
    ranks = 1 + (odds > odds[n, :, task.answers][:, :, None]).sum(-1)
    assert (result["rank"] == ranks).all()
    order = np.argsort(-odds[10], axis=-1)[:, :4]
    assert result.facts["example_words"] == [[model.tokenizer.decode([i]).strip() for i in row] for row in order]
    assert np.allclose(result["example"], np.take_along_axis(odds[10], order, -1), atol=1e-6)


@pytest.mark.parametrize("which", ["rough_model", "mini"])
def test_the_last_row_is_the_model(which: str, request: pytest.FixtureRequest) -> None:
    """A final LayerNorm left out or applied twice would show here."""
    model = load_model() if which == "mini" else request.getfixturevalue(which)
    task = sequence_task(model, "months", 24)
    logits = last_logits(model, task.tokens)
    for normed in (True, False):
        result = logit_lens(model, task, normed=normed)
        assert (result["top1"][:, -1] == logits.argmax(-1)).all()
        own = probabilities(logits)[np.arange(24), task.answers].mean()
        assert result["p_answer"][-1] == pytest.approx(own, abs=1e-6)
        assert result["says"][-1, 0] == (logits.argmax(-1) == task.answers).mean()
    assert not np.allclose(logit_lens(model, task)["p_answer"][:-1], result["p_answer"][:-1], atol=1e-4)


def test_what_the_top_words_are(random_model: LanguageModel) -> None:
    """Top words made by hand: numerals 3 4 5 6, answer 7."""
    task = sequence_task(random_model, "numerals", 8, templates=("born",)).take([2, 2, 2])
    assert [w for w in task.texts[0].replace(".", "").split() if w.isdigit()] == ["3", "4", "5", "6"]
    ids = {w: random_model.tokenizer.convert_tokens_to_ids(w) for w in ("5", "6", "7", "8", "9", "2", "April", "in")}
    best = np.array([[ids[w] for w in row.split()] for row in ("in 6 7 7", "April 9 7 8", "5 7 2 7")])
    says, flipped = _told(random_model, task, best)
    assert [[SAYS[i] for i in row] for row in says] == [
        ["other", "last member", "answer", "answer"],
        ["other", "another member", "answer", "another member"],
        ["earlier member", "answer", "another member", "answer"],
    ]
    # From 6 to 7 counts; from 9, a later member, to 7 does not; both of the last row do.
    assert flipped.tolist() == [[False, True, False], [False, False, False], [True, False, True]]


@pytest.mark.parametrize("kind", ["numerals", "words", "months"])
def test_shares_and_flips_of_mini_by_spelling_out(kind: str) -> None:
    model = load_model()
    task = sequence_task(model, kind, 48, seed=5)
    result = logit_lens(model, task)
    members = SEQUENCES[kind].members
    words = [[model.tokenizer.decode([i]).strip() for i in row] for row in plain_rows(model, task).argmax(-1)]
    flips = np.zeros(model.layers)
    says = np.zeros((model.layers + 1, len(SAYS)))
    for row, ids, answer in zip(words, task.tokens, task.answers, strict=True):
        shown = [model.tokenizer.decode([ids[p]]).strip() for p in task.member_positions]
        right = model.tokenizer.decode([answer]).strip()
        for i, word in enumerate(row):
            if word == right:
                what = 0
            elif word == shown[3]:
                what = 1
            elif word in shown:
                what = 2
            else:
                what = 3 if word in members else 4
            says[i, what] += 1 / len(task)
            if i and word == right and row[i - 1] in members:
                flips[i - 1] += members.index(row[i - 1]) < members.index(right)
    assert np.allclose(result["says"], says)
    assert (result["flips"] == flips).all()
    assert np.allclose(result["flip"], flips / len(task))
    assert result.read("says", row="block 3", what="answer") >= 0.97
    assert result.read("says", row="embedding", what="answer") == 0


def test_bad_questions(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "words", 4)
    with pytest.raises(UsageError, match="prompts 0 to 3; asked for the lens of -1"):
        logit_lens(random_model, task, example=-1)
    with pytest.raises(UsageError, match="top has to be from 1 to 450"):
        logit_lens(random_model, task, top=451)
