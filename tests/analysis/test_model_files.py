"""Whatever a library reads of a model's directory changes the model's digest; what is written for people does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tapehead.analysis.diffusion.models import loading as diffusion
from tapehead.analysis.language.models import loading as language
from tapehead.analysis.model_files import files_digest, text_files

LANGUAGE = (
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "added_tokens.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "preprocessor_config.json",
    "model.safetensors.index.json",
)
DIFFUSION = (
    "model_index.json",
    "unet/config.json",
    "vae/config.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "tokenizer/tokenizer_config.json",
    "tokenizer/special_tokens_map.json",
    "tokenizer/added_tokens.json",
    "tokenizer/vocab.json",
    "tokenizer/merges.txt",
    "feature_extractor/preprocessor_config.json",
)
PEOPLE = ("README.md", "MODEL_CARD.md", "LICENSE.txt", "notes.pdf", ".cache/huggingface/record.json")


def made(root: Path, names: tuple[str, ...]) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("{}")
    return root


@pytest.mark.parametrize(("names", "folders"), [(LANGUAGE, False), (DIFFUSION, True)], ids=["language", "diffusion"])
def test_one_byte_of_any_file_that_is_read_changes_the_digest(
    names: tuple[str, ...], folders: bool, tmp_path: Path
) -> None:
    made(tmp_path, names)
    seen = {files_digest(tmp_path, (), folders)}
    for name in names:
        (tmp_path / name).write_text("{]")
        seen.add(files_digest(tmp_path, (), folders))
    assert len(seen) == len(names) + 1


def test_what_is_written_for_people_does_not_count(tmp_path: Path) -> None:
    made(tmp_path, LANGUAGE)
    before = files_digest(tmp_path, (), folders=True)
    assert files_digest(made(tmp_path, PEOPLE), (), folders=True) == before


def test_weights_count_where_they_are_named_and_the_place_does_not(tmp_path: Path) -> None:
    one, other = made(tmp_path / "one", ("config.json", "w.safetensors")), tmp_path / "other"
    shutil.copytree(one, other)
    before = files_digest(one, [one / "w.safetensors"])
    assert files_digest(other, [other / "w.safetensors"]) == before
    (other / "w.safetensors").write_text("{]")
    assert files_digest(other, [other / "w.safetensors"]) != before
    assert files_digest(other, ()) == files_digest(one, ())
    assert [path.name for path in text_files(one)] == ["config.json"]


@pytest.mark.parametrize("name", ["tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"])
def test_a_tokenizers_smaller_files_are_part_of_a_language_model(name: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(language.embedded_directory(), tmp_path / "mini"))
    before = language.model_digest(str(copy))
    assert before == language.model_digest()
    (copy / "MODEL_CARD.md").write_text("another text")
    assert language.model_digest(str(copy)) == before
    (copy / name).write_text('{"a": 1}')
    assert language.model_digest(str(copy)) != before


@pytest.mark.parametrize("name", ["scheduler/scheduler_config.json", "feature_extractor/preprocessor_config.json"])
def test_every_configuration_is_part_of_a_diffusion_model(name: str, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(diffusion.embedded_directory("puppet-32"), tmp_path / "puppet"))
    before = diffusion.model_digest(str(copy))
    (copy / "README.md").write_text("a text")
    assert diffusion.model_digest(str(copy)) == before == diffusion.model_digest("puppet-32")
    (copy / name).parent.mkdir(exist_ok=True)
    text = (copy / name).read_text() if (copy / name).is_file() else "{"
    (copy / name).write_text(text + " ")
    assert diffusion.model_digest(str(copy)) != before
