"""Task files of our own: what they hold, and for whom they cannot be made."""

import itertools
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.lab.making import MAKERS, make_rows, write_rows
from tapehead.analysis.language.lab.prompt_tables import read_table
from tapehead.analysis.language.lab.prompts import prompt_set
from tapehead.analysis.language.models.loading import LanguageModel, read_directory
from tapehead.analysis.language.tasks.sequences import SEQUENCES


@pytest.fixture(scope="module")
def model(family: Callable[[str], LanguageModel]) -> LanguageModel:
    return family("llama")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A tokenizer that reads English words and years in pairs of digits, as GPT-2's does."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    text = (
        "The the war plan project trip work search drought siege reign voyage lasted from year to is are near beside "
        "behind key keys book books car cars dog dogs cat cats boy boys girl girls door doors"
    )
    words = re.findall(r"\w+", text)
    vocabulary = ["<unk>", *dict.fromkeys(words), *(f"{n:02d}" for n in range(100))]
    inner = Tokenizer(models.WordLevel({word: i for i, word in enumerate(vocabulary)}, unk_token="<unk>"))
    split = pre_tokenizers.Split(__import__("tokenizers").Regex(r"\d\d"), "isolated")
    inner.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), split])
    directory = tmp_path_factory.mktemp("reader")
    PreTrainedTokenizerFast(tokenizer_object=inner, unk_token="<unk>").save_pretrained(str(directory))
    size = {"n_embd": 8, "n_layer": 1, "n_head": 1, "n_positions": 32, "bos_token_id": 0, "eos_token_id": 0}
    GPT2LMHeadModel(GPT2Config(vocab_size=len(vocabulary), **size)).save_pretrained(str(directory))
    return read_directory(directory, "reader")


@pytest.mark.parametrize("kind", ["ioi", "successor", "induction"])
def test_files_read_back_as_they_were_made_with_halves_for_every_group(
    model: LanguageModel, tmp_path: Path, kind: str
) -> None:
    rows = make_rows(model, kind, 24, seed=1)
    write_rows(rows, tmp_path / "a.json")
    back = read_table(tmp_path / "a.json")
    assert [(r.clean, r.corrupted, r.answer, r.wrong, r.group, r.positions, r.half) for r in back] == [
        (r.clean, r.corrupted, r.answer, r.wrong, r.group, r.positions, r.half) for r in rows
    ]
    assert len({row.clean for row in rows}) == 24
    assert abs([row.half for row in rows].count("find") - 12) <= 2
    prompts = prompt_set(model, kind, back)
    assert prompts.unknown == 0
    assert make_rows(model, kind, 24, seed=1) == rows != make_rows(model, kind, 24, seed=2)


def test_ioi_asks_for_the_name_that_comes_once(model: LanguageModel) -> None:
    for row in make_rows(model, "ioi", 20):
        words = row.clean.replace(".", " ").split()
        assert words.count(row.answer[0]) == 1
        assert words.count(row.wrong[0]) == 2
        assert row.corrupted.replace(".", " ").split().count(row.wrong[0]) == 1
        assert words.index(row.answer[0]) < words.index(row.wrong[0]) or row.group == "BABA"


def test_successor_goes_on_and_its_partner_does_not(model: LanguageModel) -> None:
    for row in make_rows(model, "successor", 16):
        members = SEQUENCES[row.group].members
        shown = [word.strip(".") for word in row.clean.split() if word.strip(".") in members]
        assert members[(members.index(shown[-1]) + 1) % len(members)] == row.answer[0]
        assert row.wrong[0] == shown[-1]


def test_induction_repeats_and_its_partner_ends_in_a_stranger(model: LanguageModel) -> None:
    for row in make_rows(model, "induction", 16):
        words, other = row.clean.split(), row.corrupted.split()
        first = words.index(words[-1])
        assert words[first + 1] == row.answer[0]
        assert other[:-1] == words[:-1]
        assert other[-1] not in words


def test_greater_than_counts_all_later_years(reader: LanguageModel) -> None:
    for row in make_rows(reader, "greater-than", 12):
        year = row.clean.split("year ")[1][2:4]
        assert all(answer > year for answer in row.answer)
        assert all(wrong <= year for wrong in row.wrong)
        assert row.corrupted.split("year ")[1][2:4] == "01"
        assert row.clean[-2:] == row.clean.split("year ")[1][:2]
    prompts = prompt_set(reader, "g", make_rows(reader, "greater-than", 12))
    assert prompts.cells[0].task.answers.min() == -1  # not all have as many


def test_agreement_is_that_of_the_first_noun(reader: LanguageModel) -> None:
    rows = make_rows(reader, "agreement", 16)
    assert len({row.group for row in rows}) == 4
    for row in rows:
        assert row.answer == (("are",) if row.clean.split()[1].endswith("s") else ("is",))
        changed = [a != b for a, b in itertools.zip_longest(row.clean.split(), row.corrupted.split())]
        assert changed == [False, True, False, False, False]


def test_what_a_vocabulary_lacks_is_told(model: LanguageModel, reader: LanguageModel, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not read years as two tokens"):
        make_rows(model, "greater-than", 8)
    with pytest.raises(UsageError, match="nouns in both numbers"):
        make_rows(model, "agreement", 8)
    with pytest.raises(UsageError, match=r"only 0 names of \d+ are one token for 'reader'"):
        make_rows(reader, "ioi", 8)
    with pytest.raises(UnknownNameError, match="did you mean induction"):
        make_rows(model, "inductoin", 8)
    with pytest.raises(UsageError, match="at least 4 prompts"):
        make_rows(model, "ioi", 2)
    with pytest.raises(UsageError, match=r"different prompts of 'agreement'"):
        make_rows(reader, "agreement", 5000)
    with pytest.raises(UsageError, match="written as JSON: name it"):
        write_rows(make_rows(model, "ioi", 4), tmp_path / "a.csv")
    assert set(MAKERS) == {"ioi", "greater-than", "successor", "induction", "agreement"}
