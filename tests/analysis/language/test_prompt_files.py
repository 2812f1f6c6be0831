"""Prompts from JSON files."""

import json
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.prompt_files import file_task

CORRUPTED = "Kim born in 7. Van born in 1. Bob born in 9. Amy born in 2. Tom born in"


def prompt(first: int = 1, subjects: str = "Kim Van Bob Amy Tom", **changes: Any) -> dict[str, Any]:
    names = subjects.split()
    text = " ".join(f"{s} born in {first + i}." for i, s in enumerate(names[:4])) + f" {names[4]} born in"
    fields = {f"S{i + 1}": str(first + i) for i in range(4)}
    return fields | {"corr": f" {first + 4}", "incorr": f" {first + 3}", "text": text} | changes


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content))
    return path


def load(model: LanguageModel, tmp_path: Path, clean: Any, corrupted: Any = None, **options: Any) -> Any:
    partners = [{"text": CORRUPTED}] * len(clean) if corrupted is None else corrupted
    return file_task(model, write(tmp_path / "clean.json", clean), write(tmp_path / "rand.json", partners), **options)


@pytest.mark.parametrize("model_name", ["random_model", "pieces_model"])
@pytest.mark.parametrize("bos", [True, False])
def test_the_authors_fields(model_name: str, bos: bool, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(model_name)
    task = load(model, tmp_path, [prompt(1), prompt(6, S1=6)], bos=bos)
    assert task.name == "clean"
    assert task.member_positions == tuple(p + bos for p in (3, 8, 13, 18))
    assert task.tokens.shape == (2, 23 + bos)
    assert [model.tokenizer.decode([i]).strip() for i in task.answers] == ["5", "10"]
    assert [model.tokenizer.decode([i]).strip() for i in task.wrong] == ["4", "9"]
    assert task.templates == ("born", "born")
    assert task.unknown == 0


def test_only_the_text_of_the_corrupted_file_counts(random_model: LanguageModel, tmp_path: Path) -> None:
    fields = prompt(1) | {"S1": "nonsense", "text": CORRUPTED}
    with_fields = load(random_model, tmp_path, [prompt(1)], [fields])
    text_only = load(random_model, tmp_path, [prompt(1)])
    assert (with_fields.corrupted == text_only.corrupted).all()


def test_unknown_subjects_are_counted(random_model: LanguageModel, tmp_path: Path) -> None:
    clean = [prompt(1), prompt(2, "Zebedee Van Bob Xerxes Tom")]
    corrupted = [{"text": CORRUPTED}, {"text": CORRUPTED.replace("9", "112")}]
    task = load(random_model, tmp_path, clean, corrupted)
    assert (task.unknown, task.unknown_corrupted) == (2, 1)
    unknown = random_model.tokenizer.unk_token_id
    assert task.tokens[1, 1] == task.tokens[1, 16] == task.corrupted[1, 14] == unknown


def test_a_plain_list(random_model: LanguageModel, tmp_path: Path) -> None:
    task = load(random_model, tmp_path, [prompt(text="1 2 3 4")], [{"text": "7 2 9 9"}])
    assert task.member_positions == (1, 2, 3, 4)
    assert task.templates == ("plain",)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"S2": "bogus"}, "member 'bogus' is not in the vocabulary"),
        ({"corr": "112"}, "answer '112' is not in the vocabulary"),
        ({"incorr": " four five"}, "answer 'four five' is 2 tokens"),
        ({"S3": "4"}, "does not show its member"),
        ({"text": ""}, "field 'text' of entry 0 must be text"),
        ({"corr": None}, "field 'corr' of entry 0 must be text; found None"),
        ({"S1": True}, "field 'S1'"),
        ({"text": prompt()["text"] + " 5." * 20}, "tokens; 'random' reads at most 40"),
    ],
)
def test_bad_entries(random_model: LanguageModel, tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load(random_model, tmp_path, [prompt(**changes)])


@pytest.mark.parametrize("field", ["S1", "S4", "corr", "incorr", "text"])
def test_a_missing_field(random_model: LanguageModel, tmp_path: Path, field: str) -> None:
    broken = {k: v for k, v in prompt().items() if k != field}
    with pytest.raises(UsageError, match=f"entry 1 has no field '{field}'"):
        load(random_model, tmp_path, [prompt(), broken])


def test_members_elsewhere_in_a_later_prompt(random_model: LanguageModel, tmp_path: Path) -> None:
    shifted = prompt(2, text=prompt(3)["text"])
    with pytest.raises(UsageError, match="position 4 should hold the member '2' and holds '3'"):
        load(random_model, tmp_path, [prompt(1), shifted])


@pytest.mark.parametrize("content", [[], {}, ["text"], 3, None])
def test_files_of_another_form(random_model: LanguageModel, tmp_path: Path, content: Any) -> None:
    with pytest.raises(UsageError, match=r"clean\.json"):
        load(random_model, tmp_path, content, [{"text": CORRUPTED}])


def test_files_that_do_not_belong_together(random_model: LanguageModel, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"2 prompts.*has 1"):
        load(random_model, tmp_path, [prompt(), prompt()], [{"text": CORRUPTED}])
    with pytest.raises(UsageError, match=r"24 tokens, in .* 22"):
        load(random_model, tmp_path, [prompt()], [{"text": CORRUPTED[: -len("born in")]}])
    with pytest.raises(UsageError, match="cannot be read"):
        file_task(random_model, tmp_path / "none.json", tmp_path / "none.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(UsageError, match="cannot be read"):
        file_task(random_model, tmp_path / "bad.json", tmp_path / "bad.json")


def test_the_first_prompts_only(random_model: LanguageModel, tmp_path: Path) -> None:
    assert len(load(random_model, tmp_path, [prompt(1), prompt(2)], count=1)) == 1
    with pytest.raises(UsageError, match="asked for 3"):
        load(random_model, tmp_path, [prompt(1), prompt(2)], count=3)
