"""Published and recomputed numbers have one form, and the recomputed ones are what they are called."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.circuit.naive import NaiveAblation
from tapehead.analysis.language.models.components import Circuit, Component
from tapehead.analysis.language.models.loading import LanguageModel, load_model, read_directory
from tapehead.analysis.language.published import results as published
from tapehead.analysis.language.published.published_file import published_circuits
from tapehead.analysis.language.studies import paper
from tapehead.analysis.language.studies.recomputed import drawn_tasks, plain_task
from tapehead.analysis.language.tasks.sequences import sequence
from tapehead.analysis.language.tasks.tasks import Task, encode
from tapehead.analysis.language.training.corpus import vocabulary
from tapehead.analysis.language.training.tokenizer import save_tokenizer
from tapehead.analysis.registry import ModelChoice, find
from tapehead.analysis.results import Origin, Result
from tests.analysis.language.conftest import save_random

TASKS = ("numerals", "words", "months")
COUNT = 24
ANALYSES: dict[str, tuple[Callable[..., Result], Callable[..., Result], dict[str, str]]] = {
    "circuits": (paper.circuits, published.circuits, {}),
    "knockouts": (paper.knockouts, published.knockouts, {}),
    "cross_task": (paper.cross_task, published.cross_task, {}),
    "attention": (paper.attention, published.attention, {}),
    "logit_lens": (paper.logit_lens, published.logit_lens, {}),
    "next_word": (paper.next_word, published.next_word, {}),
    **{f"pruning {t}": (paper.pruning, published.pruning, {"task": t}) for t in TASKS},
    **{f"ov_scores {t}": (paper.ov_scores, published.ov_scores, {"task": t}) for t in TASKS},
}


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Tensors here are so small that threads only wait for each other."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """GPT-2 small's layers and heads, but tiny; weights far from a fresh model's."""
    import torch

    directory = tmp_path_factory.mktemp("twelve")
    save_random(directory, len(vocabulary()), n_layer=12, n_head=12, n_embd=48)
    save_tokenizer(directory)
    model = read_directory(directory, "twelve")
    draw = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in model.hf.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=draw), alpha=0.1)
    return model


@pytest.fixture(scope="module")
def mini() -> LanguageModel:
    return load_model("mini")


@pytest.fixture(scope="module")
def measured(twelve: LanguageModel) -> dict[str, Result]:
    """Every analysis on the random model, taken for GPT-2 small."""
    patch = pytest.MonkeyPatch()
    patch.setattr(paper, "has_paper_shape", lambda _model: True)
    found = {}
    for name, (analysis, _known, options) in ANALYSES.items():
        count = {} if name.startswith(("ov", "next")) else {"count": COUNT}
        found[name] = analysis(twelve, **options, **count, seed=3)
    patch.undo()
    return found


@pytest.fixture(scope="module")
def tasks(twelve: LanguageModel) -> dict[str, Task]:
    return drawn_tasks(twelve, TASKS, COUNT, 3, bos=False)


@pytest.mark.parametrize("name", ANALYSES)
def test_both_have_one_form(name: str, measured: dict[str, Result]) -> None:
    found, known = measured[name], ANALYSES[name][1](**ANALYSES[name][2])
    assert found.origin is Origin.COMPUTED and found.model == "twelve"
    assert set(found.quantities) == set(known.quantities)
    for key, expected in known.quantities.items():
        got = found.quantity(key)
        assert (got.axes, dict(got.labels), got.unit) == (expected.axes, dict(expected.labels), expected.unit), key
        if "step" not in got.axes:
            assert got.values.shape == expected.values.shape, key
    story = {"circuits", "shared", "circuit", "order", "task", "rows", "examples", "after", "by_eye_task"}
    assert story & set(known.facts) <= set(found.facts), "a scene reads these facts"


@pytest.mark.parametrize("name", ANALYSES)
def test_the_embedded_model_tells_what_is_published(name: str, mini: LanguageModel) -> None:
    analysis, known, options = ANALYSES[name]
    result = analysis(mini, **options, seed=0)
    assert result.origin is Origin.PUBLISHED and "@" in result.citation
    for key, expected in known(**options).quantities.items():
        assert np.array_equal(result[key], expected.values, equal_nan=True)


@pytest.mark.parametrize("name", ANALYSES)
def test_other_models_are_not_what_the_story_is_about(name: str, random_model: LanguageModel) -> None:
    with pytest.raises(UsageError, match=r"GPT-2 small.*'random' has 2 layers.*--model gpt2"):
        ANALYSES[name][0](random_model, **ANALYSES[name][2], seed=0)


def test_a_directory_called_mini_is_not_the_embedded_model(random_model: LanguageModel) -> None:
    other = LanguageModel("mini", random_model.digest, random_model.hf, random_model.tokenizer)
    with pytest.raises(UsageError, match="GPT-2 small"):
        paper.circuits(other, seed=0)


def test_shape_is_all_four_sizes() -> None:
    from types import SimpleNamespace as Made

    def shaped(**changes: int) -> LanguageModel:
        sizes = {"n_layer": 12, "n_head": 12, "n_embd": 768, "vocab_size": 50257} | changes
        return LanguageModel("made", "-", Made(config=Made(**sizes)), None)

    assert paper.has_paper_shape(shaped())
    for change in ({"n_layer": 24}, {"n_head": 16}, {"n_embd": 1024}, {"vocab_size": 50000}):
        assert not paper.has_paper_shape(shaped(**change))


def test_unknown_tasks_are_named(mini: LanguageModel, twelve: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper, "has_paper_shape", lambda _model: True)
    for model in (mini, twelve):
        for analysis in (paper.pruning, paper.ov_scores):
            with pytest.raises(UnknownNameError, match="days"):
                analysis(model, "days", seed=0)


def test_films_find_them_by_name() -> None:
    for name in {analysis.__name__ for analysis, _known, _options in ANALYSES.values()}:
        info = find(f"tapehead.analysis.language.studies.paper:{name}", "").analysis_info  # type: ignore[attr-defined]
        assert info.name == f"paper.{name}" and "torch" in info.libraries
    assert ModelChoice().name == ""


# -- the recomputed numbers ----------------------------------------------------------------------------------------


def gone_from(circuit: Circuit) -> list[Component]:
    every = [Component(layer, head) for layer in range(12) for head in range(-1, 12)]
    return [one for one in every if one not in circuit]


def test_ablation_scores_are_the_naive_ones(
    twelve: LanguageModel, measured: dict[str, Result], tasks: dict[str, Task]
) -> None:
    knockouts, cross, whole = measured["knockouts"], measured["cross_task"], measured["circuits"]
    other = published_circuits().circuits["IOI heads"]
    for name in ("numerals",):  # naive means take a forward pass for each of 156 components
        i, task = TASKS.index(name), tasks[name]
        slow = NaiveAblation(twelve.hf, task.tokens, task.corrupted, task.answers, task.wrong)
        full = slow.differences().mean()

        def score(gone: list[Component], slow: NaiveAblation = slow, full: float = full) -> float:
            return 100 * slow.differences(gone).mean() / full

        circuit = Circuit(whole["heads"][i], whole["mlps"][i])
        assert whole.read("score", task=name) == pytest.approx(score(gone_from(circuit)), abs=1e-2)
        assert cross["score"][i, i] == whole["score"][i]
        assert cross.read("score", data=name, circuit="IOI heads") == pytest.approx(score(gone_from(other)), abs=1e-2)
        for layer, head in ((0, 1), (11, 11)):
            left = knockouts["heads_left"][i, layer, head]
            assert left == pytest.approx(score([Component(layer, head)]), abs=1e-2)
        assert knockouts["mlps_left"][i, 4] == pytest.approx(score([Component(4)]), abs=1e-2)
        live = [tuple(at) for at in np.argwhere(circuit.heads)]
        assert np.array_equal(np.isfinite(knockouts["circuit_left"][i]), circuit.heads)
        for layer, head in live[:2]:
            expected = score([*gone_from(circuit), Component(int(layer), int(head))])
            assert knockouts["circuit_left"][i, layer, head] == pytest.approx(expected, abs=1e-2)
    assert cross["known"].all()


@pytest.mark.parametrize("name", TASKS)
def test_the_trace_leaves_the_circuit(name: str, measured: dict[str, Result]) -> None:
    trace, i = measured[f"pruning {name}"], TASKS.index(name)
    assert np.array_equal(trace["heads"], measured["circuits"]["heads"][i])
    assert trace.read("score") == measured["circuits"].read("score", task=name)
    assert np.array_equal(trace["trace_removed"], trace["trace_score"] > 80)
    assert trace["left_heads"][-1] == trace["heads"].sum() and trace["left_mlps"][-1] == trace["mlps"].sum()
    assert trace.read("closest") == np.abs(trace["trace_score"] - 80).min()


def test_attention_is_that_of_the_model_itself(twelve: LanguageModel, measured: dict[str, Result]) -> None:
    """Queries and keys by hand, with the first token in front."""
    import torch

    found, task = measured["attention"], drawn_tasks(twelve, ["words"], COUNT, 3, bos=True)["words"]
    block, size = twelve.hf.transformer.h[4], 4
    with torch.no_grad():
        before = twelve.hf(torch.tensor(task.tokens), output_hidden_states=True).hidden_states[4]
        q, k, _v = block.attn.c_attn(block.ln_1(before)).split(48, -1)
        q, k = q[..., 16:20], k[..., 16:20]
        m2, m3 = task.member_positions[1], task.member_positions[2]
        assert (m2, m3) == (9, 14)
        weights = (q[:, m3, None] * k[:, : m3 + 1]).sum(-1).div(size**0.5).softmax(-1)
    assert found.read("look", look="4.4 m3→m2", data="words") == pytest.approx(float(weights[:, m2].mean()), abs=1e-5)
    assert np.isfinite(found["look"][:, :3]).all() and np.isnan(found["look"][:, 3]).all()
    assert np.isfinite(found["by_eye"]).all()


def test_the_lens_reads_streams_that_are_not_normed(
    twelve: LanguageModel, measured: dict[str, Result], tasks: dict[str, Task]
) -> None:
    import torch

    found = measured["logit_lens"]
    for name, task in tasks.items():
        with torch.no_grad():
            states = twelve.hf(torch.tensor(task.tokens), output_hidden_states=True).hidden_states
            rows = [[int(t) for t in twelve.hf.lm_head(states[k][:, -1]).argmax(-1)] for k in (9, 10)]
        family = sequence(name).members
        words = [[twelve.tokenizer.decode([t]).strip() for t in row] for row in rows]
        answers = [twelve.tokenizer.decode([int(t)]).strip() for t in task.answers]
        flips = sum(
            after == answer and before in family and family.index(before) < family.index(answer)
            for before, after, answer in zip(*words, answers, strict=True)
        )
        assert found.read("flips", task=name) == flips
        assert found.read("flip", task=name) == pytest.approx(100 * flips / COUNT)
    assert set(found.facts["examples"]) == set(published.logit_lens().facts["examples"])
    assert found.facts["rows"] == published.logit_lens().facts["rows"]


def test_next_words_are_the_models_own(twelve: LanguageModel, measured: dict[str, Result]) -> None:
    import torch

    with torch.no_grad():
        logits = twelve.hf(torch.tensor(encode(twelve, ["1 2 3 4"], bos=False))).logits[0, -1]
    five = twelve.tokenizer(" 5", add_special_tokens=False)["input_ids"][0]
    p = measured["next_word"].read("probability", word="5")
    assert p == pytest.approx(float(logits.softmax(-1)[five]), abs=1e-6)


def test_members_of_the_scores(twelve: LanguageModel, pieces_model: LanguageModel) -> None:
    for model in (twelve, pieces_model):
        task = plain_task(model, "numerals")
        assert task.texts[:2] == ("1 2 3 4", "2 3 4 5") and not task.bos
        assert [model.tokenizer.decode([t]).strip() for t in task.tokens[3]] == ["4", "5", "6", "7"]
        assert model.tokenizer.decode([task.answers[3]]).strip() == "8"
        assert model.tokenizer.decode([task.wrong[3]]).strip() == "7"
    assert len(plain_task(twelve, "months")) == len(plain_task(twelve, "words")) == 8


def test_a_pruning_is_run_once_for_all_analyses(
    twelve: LanguageModel, measured: dict[str, Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_arguments: object) -> None:
        raise AssertionError("pruned again")

    monkeypatch.setattr(paper, "has_paper_shape", lambda _model: True)
    monkeypatch.setattr(paper.anew, "pruned", never)
    again = paper.circuits(twelve, COUNT, seed=3)
    assert np.array_equal(again["heads"], measured["circuits"]["heads"])
    with pytest.raises(AssertionError, match="pruned again"):
        paper.circuits(twelve, COUNT, seed=4)
