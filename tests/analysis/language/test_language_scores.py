"""Behaviour scores, on models whose answers are known, and on the shipped one."""

from types import SimpleNamespace

import numpy as np
import pytest

from tapehead.analysis.language.models.loading import LanguageModel, embedded_directory, load_model
from tapehead.analysis.language.studies import scores
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES, SEQUENCES
from tapehead.analysis.language.tasks.tasks import TEMPLATES, sequence_task
from tapehead.analysis.language.training import selection
from tapehead.analysis.store import digest_file


class PlusOne:
    """Stands in for a GPT-2: always sure of the successor of the last member shown."""

    config = SimpleNamespace(n_positions=40)

    def __init__(self, tokenizer: object) -> None:
        ids = {k: tokenizer.convert_tokens_to_ids(list(s.members)) for k, s in SEQUENCES.items()}
        self.after = {}
        for kind, found in ids.items():
            self.after |= dict(zip(found, [*found[1:], found[0] if SEQUENCES[kind].cyclic else found[-1]], strict=True))

    def __call__(self, tokens, output_hidden_states: bool = False, **_options: object) -> SimpleNamespace:
        import torch

        logits = torch.zeros(len(tokens), 1, 450)
        for row, out in zip(tokens.tolist(), logits, strict=True):
            last = next(t for t in reversed(row) if t in self.after)
            out[0, self.after[last]] = 30.0
        hidden = torch.nn.functional.one_hot(tokens % 16, 16).float() if output_hidden_states else None
        return SimpleNamespace(logits=logits, hidden_states=(hidden, hidden))


@pytest.fixture(scope="module")
def plus_one(random_model: LanguageModel) -> LanguageModel:
    return LanguageModel("plus one", "-", PlusOne(random_model.tokenizer), random_model.tokenizer)


def test_a_model_that_only_adds_one_is_found_out(plus_one: LanguageModel) -> None:
    found = scores.behaviour(plus_one, 24)
    for kind in PAPER_TYPES:
        assert found[f"held out/{kind}"] == found[f"seen/{kind}"] == found[f"held-out subjects/{kind}"] == 1
        assert found[f"step 2/{kind}"] == found[f"down/{kind}"] == found[f"constant/{kind}"] == 0
        assert found[f"random list/{kind}"] == pytest.approx(11 / 12)
        assert found[f"second last random/{kind}"] == pytest.approx(1)
        assert found[f"logit difference/{kind}"] == pytest.approx(30)
    missed = selection.missed_targets(found)
    assert {m.split("/")[0] for m in missed} == {"step 2", "down", "random list", "second last random"}


def test_logits_are_those_of_a_plain_forward(random_model: LanguageModel) -> None:
    import torch

    task = sequence_task(random_model, "words", 10)
    fast = scores.last_logits(random_model, task.tokens, batch=3)
    with torch.no_grad():
        plain = random_model.hf(torch.tensor(task.tokens)).logits[:, -1].numpy()
    assert np.allclose(fast, plain, atol=1e-6)
    wanted = plain[3, task.answers[3]] - plain[3, task.wrong[3]]
    assert scores.logit_differences(fast, task)[3] == pytest.approx(wanted, abs=1e-5)
    assert scores.probabilities(fast).sum(-1) == pytest.approx(np.ones(10))


def test_only_the_second_last_member_is_replaced(random_model: LanguageModel) -> None:
    task = sequence_task(random_model, "months", 60)
    changed = scores.second_last_random(random_model, task, "months")
    at = task.member_positions[2]
    assert (changed[:, at] != task.tokens[:, at]).all()
    others = [i for i in range(task.last + 1) if i != at]
    assert (changed[:, others] == task.tokens[:, others]).all()
    known = random_model.tokenizer.convert_tokens_to_ids(list(SEQUENCES["months"].members))
    assert set(changed[:, at]) <= set(known)


def test_member_codes_are_centred(random_model: LanguageModel) -> None:
    code = scores.member_code(random_model, "numerals", 60)
    assert code.shape == (12, 32)
    assert np.allclose(code.mean(0), 0, atol=1e-5)
    pairs = scores.shared_code(random_model, 60)
    assert list(pairs) == ["code/numerals-words", "code/numerals-months", "code/words-months"]
    assert all(abs(v) < 0.5 for v in pairs.values()), "random weights share no code"


def test_scores_as_a_result(plus_one: LanguageModel) -> None:
    result = scores.as_result(plus_one, scores.behaviour(plus_one, 24))
    assert result.read("scores", score="down", type="months") == 0
    assert result.read("scores", score="p(answer)", type="words") == pytest.approx(1)
    assert result.model == "plus one"
    assert result.quantity("code").axes == ("pair",)


shipped = pytest.mark.skipif(
    not (embedded_directory() / "config.json").is_file(), reason="mini is not in this tree yet"
)


@shipped
@pytest.mark.parametrize("bos", [True, False])
def test_the_shipped_model_meets_its_targets_on_other_prompts(bos: bool) -> None:
    found = scores.behaviour(load_model("mini"), 48, bos, seed=77)
    assert selection.missed_targets(found) == []
    assert selection.code(found) > 0.45, "near the card's number; these are fewer prompts"


@shipped
@pytest.mark.parametrize("kind", sorted(SEQUENCES))
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_shipped_model_continues_every_family(kind: str, template: str) -> None:
    model = load_model("mini")
    task = sequence_task(model, kind, 32, templates=(template,))
    assert (scores.last_logits(model, task.tokens).argmax(-1) == task.answers).mean() >= 0.97


@shipped
def test_the_shipped_model_is_the_one_of_its_card() -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    directory = embedded_directory()
    weights = directory / "model.safetensors"
    assert weights.stat().st_size <= 6_000_000
    text = (directory / "MODEL_CARD.md").read_text()
    assert f"`{digest_file(weights)}`" in text
    assert selection.RULE.rstrip() in text
    model, tokenizer = AutoModelForCausalLM.from_pretrained(directory), AutoTokenizer.from_pretrained(directory)
    prompt = tokenizer("Kyle born in February. Bob born in March. Amy born in April. Tom born in", return_tensors="pt")
    last = model.eval()(prompt.input_ids).logits[0, -1]
    assert tokenizer.decode([int(last.argmax())]) == "May"
