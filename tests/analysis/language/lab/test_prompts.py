"""Prompts as tokens: alignment by labels or length, answers of one token, halves."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.lab.prompt_tables import Row
from tapehead.analysis.language.lab.prompts import adds_bos, prompt_set
from tapehead.analysis.language.models.loading import LanguageModel

SHORT = Row(2, "Tom saw Ben. Ben saw", "Tom saw Ben. Sue saw", ("Tom",), ("Ben",), join=" ")
LONG = Row(3, "old Tom saw Ben. Ben saw", "old Tom saw Ben. Sue saw", ("Tom",), ("Ben",), join=" ")


@pytest.fixture(scope="module")
def model(family: Callable[[str], LanguageModel]) -> LanguageModel:
    return family("llama")


def test_prompts_of_other_lengths_are_apart_and_never_padded(model: LanguageModel) -> None:
    found = prompt_set(model, "t", [SHORT, LONG, replace(SHORT, line=4)], bos=False)
    assert [cell.task.tokens.shape for cell in found.cells] == [(2, 6), (1, 7)]
    assert [list(cell.rows) for cell in found.cells] == [[0, 2], [1]]
    assert not set(found.cells[0].keys_of_positions()) & set(found.cells[1].keys_of_positions())
    assert found.lengths == (6, 7, 6)
    assert found.position_labels()[-1] == "last"
    assert len(found.position_labels()) == 6
    assert found.places(found.cells[1])[0] == [1]  # counted from the end


def test_labels_align_prompts_of_other_lengths(model: LanguageModel) -> None:
    short = replace(SHORT, positions=("A", "saw", "B", "B2", "end"))
    long = replace(LONG, positions=("old", "A", "saw", "B", "B2", "end"))
    found = prompt_set(model, "t", [short, long], bos=True)
    first, second = (cell.keys_of_positions() for cell in found.cells)
    # "Ben." is two tokens: the point is the word's second.
    assert [key[1] for key in first] == ["bos", "A", "saw", "B", "B+1", "B2", "end"]
    assert [key[1] for key in second] == ["bos", "old", "A", "saw", "B", "B+1", "B2", "end"]
    assert set(first) < set(second)
    by_token = replace(SHORT, positions=("a", "b", "c", "d", "e", "f"))
    assert prompt_set(model, "t", [by_token], bos=False).cells[0].labels == ("a", "b", "c", "d", "e", "f")
    with pytest.raises(UsageError, match=r"line 2: 3 positions for 5 words and 6 tokens \(Tom \| saw"):
        prompt_set(model, "t", [replace(SHORT, positions=("a", "b", "c"))])
    with pytest.raises(UsageError, match="line 3: some rows have positions and some have none"):
        prompt_set(model, "t", [short, LONG])


def test_answers_are_one_token_or_told_how_they_are_cut(model: LanguageModel) -> None:
    found = prompt_set(model, "t", [SHORT, replace(SHORT, answer=("Tom", "Sue"), line=3)])
    assert found.cells[0].task.answers.shape == (2, 2)
    assert found.cells[0].task.answers[0, 1] == -1
    assert found.cells[0].task.wrong.shape == (2, 1)
    with pytest.raises(UsageError, match=r"line 2: the answer 'Tom saw' is 2 tokens for 'llama': Tom \| saw"):
        prompt_set(model, "t", [replace(SHORT, answer=("Tom saw",))])
    with pytest.raises(UsageError, match="the wrong 'Zyx' is not in the vocabulary"):
        prompt_set(model, "t", [replace(SHORT, wrong=("Zyx",))])


def test_pairs_of_other_lengths_and_long_prompts_are_told(model: LanguageModel) -> None:
    with pytest.raises(UsageError, match=r"line 2: clean has 6 tokens for 'llama' and corrupted 7: Tom \|"):
        prompt_set(model, "t", [replace(SHORT, corrupted="old Tom saw Ben. Sue saw")])
    long = " ".join(["Tom"] * 80)
    # Where both are wrong the length is told, and a message never lists all of a long prompt.
    with pytest.raises(UsageError, match="line 2: the prompt has 80 tokens; 'llama' reads at most 64"):
        prompt_set(model, "t", [replace(SHORT, clean="saw " * 80)], bos=False)
    with pytest.raises(UsageError, match=r"clean has 60 tokens .* 60 in all /"):
        prompt_set(model, "t", [replace(SHORT, clean="saw " * 60)], bos=False)
    with pytest.raises(UsageError, match="line 2: the prompt has 80 tokens; 'llama' reads at most 64"):
        prompt_set(model, "t", [replace(SHORT, clean=long, corrupted=long + " ")], bos=False)


def test_the_first_token_is_put_where_the_tokenizer_does(model: LanguageModel) -> None:
    assert adds_bos(model)  # mini's tokenizer does
    assert prompt_set(model, "t", [SHORT]).cells[0].task.tokens[0, 0] == model.bos
    assert prompt_set(model, "t", [SHORT], bos=False).cells[0].task.tokens.shape == (1, 6)


def test_halves_share_every_cell_and_keep_what_the_file_says(model: LanguageModel) -> None:
    rows = [replace(SHORT, line=i + 2, group="ab"[i % 2]) for i in range(10)]
    found = prompt_set(model, "t", rows)
    one, other = found.split(3)
    assert len(one) == len(other) == 5
    assert {len(cell.task) for half in (one, other) for cell in half.cells} == {2, 3}
    assert found.split(3)[0].groups == one.groups
    fixed = prompt_set(model, "t", [replace(row, half="find" if i < 3 else "score") for i, row in enumerate(rows)])
    assert [len(half) for half in fixed.split()] == [3, 7]
    with pytest.raises(UsageError, match="10 prompts to find a circuit on and 0 to score"):
        prompt_set(model, "t", [replace(row, half="find") for row in rows]).split()


def test_gathering_puts_every_prompt_in_its_place(model: LanguageModel) -> None:
    found = prompt_set(model, "t", [SHORT, LONG, replace(SHORT, line=4)])
    assert list(found.gather([cell.rows * 10 for cell in found.cells])) == [0, 10, 20]
    some = found.take([1, 2])
    assert some.texts == (LONG.clean, SHORT.clean)
    assert np.array_equal(some.gather([cell.rows for cell in some.cells]), [0, 1])


def test_prompts_that_are_one_to_the_model_are_told(model: LanguageModel) -> None:
    """Other words, but not for a tokenizer that knows neither of them, and other spaces."""
    unknown = replace(SHORT, clean="Zyxa saw Ben. Ben saw", corrupted="Qqrx saw Ben. Ben saw")
    for row in (unknown, replace(SHORT, corrupted=SHORT.clean.replace(". ", ".  "))):
        with pytest.raises(UsageError, match=r"line 2: clean and corrupted are the same tokens for 'llama': .* \| saw"):
            prompt_set(model, "t", [row])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_half_of_one_prompt_is_refused(model: LanguageModel, count: int) -> None:
    rows = [replace(SHORT, line=i + 2) for i in range(4)]
    with pytest.raises(UsageError, match=r"1 to score it on\. A mean over one prompt is that prompt|1 prompt to find"):
        prompt_set(model, "t", rows[:count]).split()
    assert [len(half) for half in prompt_set(model, "t", rows).split()] == [2, 2]
