"""The loader: what it reads, and how it refuses."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import MissingPartError, UsageError
from tapehead.analysis.language.models import loading as models
from tapehead.analysis.language.models.loading import ModelError, load_model


@pytest.fixture
def directory(random_directory: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    shutil.copytree(random_directory, copy)
    return copy


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """An empty hub cache, and every attempt to connect is recorded and refused."""
    import socket

    attempts: list[str] = []

    def refuse(_self: object, address: object) -> None:
        attempts.append(str(address))
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
    return attempts


def change(directory: Path, **fields: object) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def test_a_local_directory_is_loaded_and_wrapped(directory: Path) -> None:
    import torch

    model = load_model(str(directory))
    assert (model.name, model.layers, model.heads, model.context) == ("model", 2, 4, 40)
    assert not model.hf.training
    tokens = torch.tensor([[0, 30, 31, 32]])
    with torch.no_grad():
        plain = model.hf(tokens).logits.clone()
        wrapped, cache = model.bridge.run_with_cache(tokens)
        again = model.hf(tokens).logits
    assert np.allclose(plain, wrapped, atol=1e-5)
    assert torch.equal(plain, again), "wrapping left the plain model alone"
    assert cache["blocks.1.attn.hook_z"].shape[-2:] == (4, 8)


def test_the_digest_follows_the_weights(directory: Path, random_model: models.LanguageModel) -> None:
    from safetensors.numpy import load_file, save_file

    assert load_model(str(directory)).digest == random_model.digest
    path = directory / "model.safetensors"
    weights = load_file(path)
    name = next(iter(weights))
    save_file(weights | {name: weights[name] + 1}, path, metadata={"format": "pt"})
    assert load_model(str(directory)).digest != random_model.digest


def test_weights_in_parts_are_read(directory: Path) -> None:
    from safetensors.numpy import load_file, save_file

    weights = load_file(directory / "model.safetensors")
    names = list(weights)
    parts = {"a.safetensors": names[:5], "b.safetensors": names[5:]}
    for file, members in parts.items():
        save_file({n: weights[n] for n in members}, directory / file, metadata={"format": "pt"})
    (directory / "model.safetensors").unlink()
    index = {"metadata": {}, "weight_map": {n: file for file, members in parts.items() for n in members}}
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    load_model(str(directory))
    (directory / "b.safetensors").unlink()
    with pytest.raises(ModelError, match=r"b\.safetensors"):
        load_model(str(directory))


@pytest.mark.parametrize("keep", [0, 4, 200, -50])
def test_weights_cut_short(directory: Path, keep: int) -> None:
    path = directory / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ModelError, match=r"model.safetensors is damaged or cut short"):
        load_model(str(directory))


def test_a_missing_tensor_is_named(directory: Path) -> None:
    from safetensors.numpy import load_file, save_file

    path = directory / "model.safetensors"
    weights = load_file(path)
    gone = next(n for n in weights if n.endswith("h.1.mlp.c_fc.weight"))
    del weights[gone]
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"h\.1\.mlp\.c_fc\.weight"):
        load_model(str(directory))


def test_weights_of_another_size(directory: Path) -> None:
    change(directory, n_embd=64)
    with pytest.raises(ModelError, match="do not fit"):
        load_model(str(directory))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.pkl"])
def test_pickles_are_refused(directory: Path, name: str) -> None:
    (directory / "model.safetensors").rename(directory / name)
    for asked in (directory, directory / name):
        with pytest.raises(ModelError, match="pickle checkpoint"):
            load_model(str(asked))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"model_type": "llama"}, "type 'llama'"),
        ({"model_type": None}, "type 'None'"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx is True"),
        ({"add_cross_attention": True}, "add_cross_attention is True"),
        ({"vocab_size": "many"}, "vocab_size is many"),
    ],
)
def test_other_shapes_are_refused(directory: Path, fields: dict[str, object], said: str) -> None:
    change(directory, **fields)
    with pytest.raises(ModelError, match=said):
        load_model(str(directory))


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00"])
def test_an_unreadable_configuration(directory: Path, text: str) -> None:
    (directory / "config.json").write_text(text)
    with pytest.raises(ModelError, match=r"config\.json"):
        load_model(str(directory))


def test_a_directory_of_something_else(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        load_model(str(tmp_path))


def test_a_missing_tokenizer(directory: Path) -> None:
    for path in directory.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(ModelError, match="tokenizer"):
        load_model(str(directory))


@pytest.mark.parametrize("name", ["./nowhere", "/no/such/place", "~/nowhere-at-all", "a/b/c", ""])
def test_a_directory_that_is_not_there(name: str, offline: list[str]) -> None:
    with pytest.raises(UsageError, match="there is no directory"):
        load_model(name)
    assert not offline


@pytest.mark.parametrize("name", ["gpt2", "openai-community/gpt2-medium"])
def test_a_hub_name_is_not_fetched_unasked(name: str, offline: list[str]) -> None:
    with pytest.raises(MissingPartError, match=f"hf download {name}") as caught:
        load_model(name)
    assert "'mini' is there" in str(caught.value)
    assert not offline


def test_a_hub_name_that_is_cached_is_found(offline: list[str], tmp_path: Path, random_directory: Path) -> None:
    revision = "1" * 40
    repository = tmp_path / "hub" / "models--someone--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(revision)
    shutil.copytree(random_directory, repository / "snapshots" / revision)
    model = load_model("someone/tiny")
    assert model.name == "someone/tiny"
    assert model.layers == 2
    assert not offline


def test_a_cached_repository_without_safetensors(offline: list[str], tmp_path: Path, random_directory: Path) -> None:
    revision = "2" * 40
    repository = tmp_path / "hub" / "models--someone--old"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(revision)
    snapshot = repository / "snapshots" / revision
    shutil.copytree(random_directory, snapshot)
    (snapshot / "model.safetensors").rename(snapshot / "pytorch_model.bin")
    with pytest.raises(MissingPartError, match="are not on this machine as safetensors"):
        load_model("someone/old")


def test_a_name_that_no_hub_has(offline: list[str]) -> None:
    with pytest.raises(UsageError, match="no hub name looks like that"):
        load_model("my model")
    assert not offline


def test_asking_for_a_download_without_network(offline: list[str]) -> None:
    with pytest.raises(MissingPartError, match="could not be fetched"):
        load_model("gpt2", download=True)


@pytest.mark.parametrize("device", ["cuda:99", "abacus"])
def test_a_device_that_is_not_there(device: str, random_directory: Path) -> None:
    with pytest.raises(UsageError, match=f"'{device}' is not there"):
        load_model(str(random_directory), device)


def test_mini_missing_from_the_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models, "embedded_directory", lambda: tmp_path / "mini")
    with pytest.raises(MissingPartError, match="tapehead train mini"):
        load_model("mini")


def test_the_digest_is_known_without_loading(random_directory: Path) -> None:
    assert models.model_digest(str(random_directory)) == models.load_model(str(random_directory)).digest
