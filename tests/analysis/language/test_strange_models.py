"""Model directories made by a stranger: one clear line, at once, in bounded memory; what blocks is not opened."""

from __future__ import annotations

import json
import os
import resource
import shutil
import struct
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tapehead.analysis.language.models.loading import ModelError, load_model, model_digest
from tapehead.analysis.model_files import check_room, weight_shapes

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def directory(random_directory: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "model"
    shutil.copytree(random_directory, copy)
    return copy


def refused(directory: Path, match: str = ".") -> str:
    """The message, the same one with and without loading; at once, and on one line."""
    texts = []
    for look in (lambda: model_digest(str(directory)), lambda: load_model(str(directory))):
        began = time.monotonic()
        with pytest.raises(ModelError, match=match) as caught:
            look()
        assert time.monotonic() - began < 10
        texts.append(str(caught.value))
        assert "\n" not in texts[-1]
        assert len(texts[-1]) < 600
    assert texts[0] == texts[1]
    return texts[0]


@pytest.mark.parametrize(
    "name",
    ["config.json", "tokenizer.json", "tokenizer_config.json", "adapter_config.json", "chat_template.jinja", "x"],
)
@pytest.mark.parametrize("kind", ["pipe", "device", "link to a pipe"])
def test_nothing_that_blocks_is_opened(directory: Path, name: str, kind: str) -> None:
    path = directory / name
    path.unlink(missing_ok=True)
    if kind == "device":
        path.symlink_to("/dev/zero")
    else:
        os.mkfifo(path if kind == "pipe" else directory.parent / "pipe")
        if kind != "pipe":
            path.symlink_to(directory.parent / "pipe")
    refused(directory, "device" if kind == "device" else "named pipe")


def test_weights_that_are_a_pipe(directory: Path) -> None:
    (directory / "model.safetensors").unlink()
    index = directory / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "part.safetensors"}}))
    os.mkfifo(directory / "part.safetensors")
    refused(directory, "named pipe")
    (directory / "part.safetensors").unlink()
    refused(directory, r"part\.safetensors is not there")


@pytest.mark.parametrize(
    ("index", "complaint"),
    [
        ({}, "no weight_map"),
        ([], "list"),
        ({"weight_map": []}, "no weight_map"),
        ({"weight_map": {"a": 5}}, "names 5 as a file"),
        ({"weight_map": {"a": None, "b": "x"}}, "names None"),
        ({"weight_map": {"a": ["x"]}}, "as a file"),
        ({"weight_map": {"a": "../x.safetensors"}}, "outside its directory"),
        ({"weight_map": {"a": "x\0.safetensors"}}, "as a file"),
        ({"weight_map": {"a": "pytorch_model.bin"}}, "only safetensors"),
        ({"weight_map": {"a": {"b": {}}}}, "as a file"),
    ],
)
def test_an_index_of_other_shapes(directory: Path, index: object, complaint: str) -> None:
    (directory / "model.safetensors").unlink()
    (directory / "model.safetensors.index.json").write_text(json.dumps(index))
    refused(directory, complaint)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors.index.json"])
def test_deep_or_endless_json(directory: Path, name: str) -> None:
    if name != "config.json":
        (directory / "model.safetensors").unlink()
    (directory / name).write_text('{"a":' * 200_000)
    refused(directory, "nested")
    with (directory / name).open("wb") as file:
        file.truncate(2**40)
    refused(directory, "MiB")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (field, value)
        for field in ("n_layer", "n_head", "n_embd", "n_positions", "vocab_size")
        for value in (-1, 0, 10**12, 1.5, "12", None, True, [2], {"a": 1})
    ]
    + [("n_inner", -1), ("n_inner", 10**9), ("n_head", 5), ("layer_norm_epsilon", -1), ("layer_norm_epsilon", "x")]
    + [("n_layer", 100), ("n_layer", 1), ("n_positions", 41), ("model_type", ["gpt2"]), ("model_type", "x" * 10**6)]
    + [("scale_attn_weights", "y" * 10**6)],
)
def test_numbers_that_no_model_has(directory: Path, field: str, value: object) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {field: value}))
    assert field.split("_")[-1] in refused(directory) or "h." in refused(directory) or "wpe" in refused(directory)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_one_weight_that_is_no_number(directory: Path, bad: float) -> None:
    from safetensors.numpy import load_file, save_file

    path = directory / "model.safetensors"
    weights = load_file(path)
    name = next(n for n in weights if n.endswith("h.1.ln_2.bias"))
    weights[name][3] = bad
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"1 of 32 numbers in .*h\.1\.ln_2\.bias are NaN or infinite"):
        load_model(str(directory))


def tensor(shape: list[object], begin: int = 0, end: int = 4, dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def file_of(path: Path, header: object, data: bytes = b"\0" * 64, length: int | None = None) -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


BOMBS: dict[str, Callable[[Path], Path]] = {
    "a header of exabytes": lambda path: file_of(path, {}, length=2**63),
    "a header as long as the file": lambda path: file_of(path, {}, length=66),
    "deep": lambda path: file_of(path, b"[" * 100_000),
    "no table": lambda path: file_of(path, []),
    "a tensor of nothing": lambda path: file_of(path, {"a": None}),
    "a shape of text": lambda path: file_of(path, {"a": tensor(["1"])}),
    "a negative shape": lambda path: file_of(path, {"a": tensor([-1])}),
    "exabytes of numbers": lambda path: file_of(path, {"a": tensor([2**40, 2**40])}),
    "more than the file has": lambda path: file_of(path, {"a": tensor([100], 0, 400)}),
    "backwards": lambda path: file_of(path, {"a": tensor([1], 8, 4)}),
    "an unknown type": lambda path: file_of(path, {"a": tensor([1], dtype="F1000")}),
    "a type that is a list": lambda path: file_of(path, {"a": tensor([1], dtype=["F32"])}),
    "many axes": lambda path: file_of(path, {"a": tensor([1] * 1000)}),
    "many digits": lambda path: file_of(path, b'{"a": ' + b"9" * 10_000 + b"}"),
    "many tensors": lambda path: file_of(path, {str(n): 0 for n in range(200_002)}),
    "not UTF-8": lambda path: file_of(path, b'{"\xff": 1}'),
    "nothing": lambda path: Path(shutil.copyfile(os.devnull, path)),
}


@pytest.mark.parametrize("name", BOMBS)
def test_headers_that_lie(directory: Path, name: str) -> None:
    BOMBS[name](directory / "model.safetensors")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refused(directory, "damaged or cut short")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


def test_a_header_of_many_megabytes(directory: Path) -> None:
    with (directory / "model.safetensors").open("wb") as file:
        file.write(struct.pack("<Q", 2**40))
        file.truncate(2**41)
    refused(directory, "enough for any model")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.data())
def test_any_header_is_shapes_or_one_line(tmp_path: Path, data: some.DataObject) -> None:
    odd = some.none() | some.integers(-5, 80) | some.integers() | some.text(max_size=3) | some.just("F32")
    odd = odd | some.lists(odd, max_size=3)
    entry = some.fixed_dictionaries({"dtype": odd | some.just("F32"), "shape": odd, "data_offsets": odd}) | odd
    header = data.draw(some.dictionaries(some.text(max_size=3), entry, max_size=3))
    path = file_of(tmp_path / "x.safetensors", header, length=data.draw(some.none() | some.integers(0, 2**64 - 1)))
    try:
        found = weight_shapes(path)
    except ModelError as error:
        assert "\n" not in str(error)
    else:
        assert all(4 * int(np.prod(shape, dtype=float)) <= 64 * 4 for shape in found.values())


def test_more_than_this_machine_holds() -> None:
    with pytest.raises(ModelError, match=r"needs 4194304\.0 GiB in fp32"):
        check_room([{"a": (2**25, 2**25)}], "the model")
    check_room([{"a": (2, 3)}], "the model")


def test_layers_that_would_be_left_away_are_told(directory: Path) -> None:
    path = directory / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_layer": 1}))
    refused(directory, r"n_layer is 1, and there is h\.1\.")
