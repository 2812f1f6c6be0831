"""Analyses over several kinds at once, as films declare them."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.models.components import Circuit
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies import circuits as studies
from tapehead.analysis.language.tasks.tasks import sequence_task
from tapehead.analysis.results import Result, quantity

KINDS = ("numerals", "words")


@pytest.fixture(scope="module")
def mini() -> LanguageModel:
    return load_model()


@pytest.fixture(scope="module")
def found(mini: LanguageModel) -> Result:
    return studies.circuits(mini, KINDS, 24, seed=3)


def test_stacking_fills_short_traces_and_keeps_equal_labels() -> None:
    parts = {
        name: Result(
            {
                "trace": quantity(np.arange(n), "step"),
                "one": quantity(n),
                "grid": quantity(np.eye(2), "row", "column", labels={"row": ("a", "b"), "column": ("c", name)}),
            },
            model="m",
            facts={"model": "digest", "task": name},
        )
        for name, n in (("x", 2), ("y", 3))
    }
    whole = studies.stacked(parts)
    np.testing.assert_array_equal(whole["trace"], [[0, 1, np.nan], [0, 1, 2]])
    assert whole.read("one", task="y") == 3 and whole["one"].dtype.kind == "i"
    assert whole.quantity("grid").labels == {"task": ("x", "y"), "row": ("a", "b")}
    assert whole.facts == {"model": "digest", "task": {"x": {"task": "x"}, "y": {"task": "y"}}}


def test_circuits_of_a_study_are_those_of_the_single_task(mini: LanguageModel, found: Result) -> None:
    """The circuit's score is run again from its own lists, apart from the scan that found it."""
    circuits = studies.circuits_in(found)
    for kind in KINDS:
        ablator = Ablator(Network(mini), sequence_task(mini, kind, 24, seed=3))
        assert ablator.score(circuits[kind]) == pytest.approx(float(found.read("score", task=kind)), abs=1e-3)
        assert found.read("score", task=kind) > found.read("threshold", task=kind)


def test_predictions_are_those_of_the_plain_model(mini: LanguageModel) -> None:
    import torch

    result = studies.predictions(mini, KINDS, 12, seed=1)
    task = sequence_task(mini, "words", 12, seed=1)
    with torch.no_grad():
        logits = mini.hf(torch.tensor(task.tokens.copy())).logits[:, -1].double()
    answer = logits.softmax(-1)[np.arange(12), task.answers.copy()].mean()
    assert result.read("p_answer", task="words") == pytest.approx(100 * float(answer), abs=1e-3)
    assert result.facts["task"]["words"]["text"] == task.texts[0]
    best = mini.tokenizer.decode([int(logits[0].argmax())]).strip()
    assert result.facts["task"]["words"]["words"][0] == best
    assert result.read("example_p", task="words", word=0) == pytest.approx(
        100 * float(logits[0].softmax(-1).max()), abs=1e-3
    )


def test_surgery_cuts_what_is_shared_and_spares_the_reader_in_every_cut_if_told_to(
    mini: LanguageModel, found: Result
) -> None:
    cut = studies.surgery(mini, found, KINDS, 12, 20, seed=0)
    shared = found["heads"].all(0)
    np.testing.assert_array_equal(cut["heads"], shared)
    assert cut.facts["needed"] == ["0.6"]
    spared = studies.surgery(mini, found, KINDS, 12, 20, spare=True, seed=0)
    rest = shared.copy()
    rest[0, 6] = 0
    np.testing.assert_array_equal(spared["heads"], rest)
    assert spared.read("through_needed") == 0 and not spared["hit_needed"].any()
    assert cut["left_random"].shape == (2, 20)
    # A cut through the reader reads nothing, and most of those around it read something.
    hit = cut["hit_needed"].astype(bool)
    assert (cut["left_random"][:, hit] < 10).all() and np.median(spared["left_random"]) > 10
    assert ((cut["p"] >= 1 / 21) & (cut["p"] <= 1)).all()


def test_a_circuit_is_judged_on_prompts_that_the_search_has_not_seen(mini: LanguageModel) -> None:
    result = studies.circuits(mini, ("numerals",), 12, draws=5, seed=0)
    first, both = sequence_task(mini, "numerals", 12, seed=0), sequence_task(mini, "numerals", 24, seed=0)
    assert result.read("prompts", task="numerals") == 12 and result.read("other_prompts", task="numerals") <= 12
    other = both.take([i for i in range(12, 24) if both.texts[i] not in first.texts])
    ablator = Ablator(Network(mini), other)
    circuit = Circuit(result["heads"][0], result["mlps"][0])
    assert result.read("other_score", task="numerals") == pytest.approx(ablator.score(circuit), abs=1e-3)
    needed = {str(one) for one in circuit if ablator.score(ablator.everything.without(one)) < 10}
    assert set(result.facts["needed"]) == needed and "0.6" in needed
    assert result["other_random"].shape == (1, 5)


def test_shared_part_and_its_nulls(mini: LanguageModel, found: Result) -> None:
    shared = studies.shared_circuit(mini, found, KINDS, 12, 30, seed=0)
    sizes = found["head_count"]
    assert shared.read("needed_count") == 1
    assert shared.read("count_expected") == pytest.approx(1 + 31 * np.prod((sizes - 1) / 31))
    assert shared["count_random"].min() >= 1
    assert shared["count_random"].mean() == pytest.approx(float(shared["count_expected"]), abs=0.4)
    assert shared.read("count_draws") == 300


def test_heads_that_every_choice_keeps(mini: LanguageModel) -> None:
    result = studies.sensitivity(mini, ("numerals",), 12, 2, (90.0,), seed=0)
    assert result["heads"].shape == (1, 4, 4, 8)
    np.testing.assert_array_equal(result["always"], result["heads"][0].all(0))


def test_no_kind_is_an_error(mini: LanguageModel) -> None:
    with pytest.raises(UsageError, match="at least one kind"):
        studies.draw_tasks(mini, (), 12, 0)
