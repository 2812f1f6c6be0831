"""The files of a model's directory: what they may be, and which of them change what is computed with it.

A directory comes from outside: before a library reads it, everything in it is looked at here, so that a pipe, a device,
a header of exabytes or a number that asks for them is one line at once.

A tokenizer reads up to seven files and a pipeline one configuration for each of its parts.  A list of their names kept
by hand lacks the one that the next release reads, so everything counts that is read as text by one of the libraries;
what is written for people does not.
"""

from __future__ import annotations

import math
import os
import resource
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError, first_line
from tapehead.analysis.outside_files import OutsideFileError, json_of, kind_of, read_json, shown
from tapehead.analysis.store import digest_file, digest_of

Shapes = dict[str, tuple[int, ...]]


class ModelError(UsageError):
    """A model cannot be used as it is: wrong shape, pickle, damaged weights."""


_READ_AS_TEXT = (".json", ".txt", ".model", ".jinja", ".tiktoken")
"""Configurations, vocabularies, merges, chat templates; weights are named by who loads them."""
_FOR_PEOPLE = ("readme", "license", "licence", "notice", "model_card", "changelog", "requirements")


def text_files(directory: Path, folders: bool = False) -> list[Path]:
    """Every configuration and vocabulary of a directory, and with ``folders`` those of its parts one level below.

    Hidden folders are left out: what a download tool keeps there differs from machine to machine.
    """
    places = [directory, *(p for p in directory.iterdir() if folders and p.is_dir() and not p.name.startswith("."))]
    return sorted(
        path
        for place in places
        for path in place.iterdir()
        if path.suffix in _READ_AS_TEXT and not path.stem.lower().startswith(_FOR_PEOPLE) and path.is_file()
    )


def files_digest(directory: Path, weights: Iterable[Path], folders: bool = False) -> str:
    """One digest over weights and :func:`text_files`; names enter relative to the directory, wherever it lies."""
    every = sorted({*weights, *text_files(directory, folders)})
    return digest_of({path.relative_to(directory).as_posix(): digest_file(path) for path in every})


_ENTRIES = 10_000
_TEXT, _VOCABULARY = 4 * 2**20, 128 * 2**20
"""Bytes of a configuration and of a vocabulary; the longest known have 0.1 and 35 MB."""
_VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt", "merges.txt", "tokenizer.model")
_HEADER, _TENSORS, _AXES = 16 * 2**20, 200_000, 8
_BITS = {"BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16}
_BITS |= {"I32": 32, "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64}


def check_entries(directory: Path, folders: bool = False) -> None:
    """See that everything in a directory, and with ``folders`` one level below, can be opened and read to its end.

    Raises:
        ModelError: there is a pipe, device or socket, a text of hundreds of megabytes, or files by the thousand.
    """
    for place in (directory, *(_folders(directory) if folders else ())):
        with os.scandir(place) as listing:
            found = list(islice(listing, _ENTRIES + 1))
        if len(found) > _ENTRIES:
            raise ModelError(f"{place} holds more than {_ENTRIES} files; a model's directory has a few")
        for entry in sorted(found, key=lambda one: one.name):
            path = Path(entry.path)
            try:
                facts = path.stat()
            except OSError:  # a link that leads nowhere is missed by whoever needs it
                continue
            if kind := "" if path.is_dir() else kind_of(facts.st_mode):
                raise ModelError(f"{path} is {kind} and not a file; remove it from the model's directory")
            most = _VOCABULARY if path.name in _VOCABULARIES else _TEXT
            if path.suffix in _READ_AS_TEXT and facts.st_size > most and not path.is_dir():
                raise ModelError(f"{path} has {facts.st_size / 2**20:.0f} MiB; at most {most // 2**20} are read")


def _folders(directory: Path) -> list[Path]:
    return [path for path in sorted(directory.iterdir()) if path.is_dir() and not path.name.startswith(".")]


def read_table(path: Path) -> dict[str, Any]:
    """A configuration or an index: a table in JSON.

    Raises:
        FileNotFoundError: there is none.
        ModelError: it is something else.
    """
    try:
        found: dict[str, Any] = read_json(path, _TEXT, dict)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror}") from None
    except OutsideFileError as error:
        raise ModelError(str(error)) from None
    return found


def check_numbers(config: Mapping[str, Any], path: Path, most: int = 10**6, longest: int = 4096) -> None:
    """Bounds for a configuration whose fields are not known one by one; layers and blocks are counted in hundreds.

    Raises:
        ModelError: a number or a list is beyond them.
    """
    for name, value in config.items():
        many = 200 if "layers" in name or "blocks" in name else most
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                check_numbers(one, path, most, longest)
            if isinstance(one, int | float) and not isinstance(one, bool) and not abs(one) <= many:
                raise ModelError(f"{path}: {name} is {shown(value)}; at most {many} makes sense")
        if isinstance(value, list) and len(value) > (32 if "block" in name else longest):
            raise ModelError(f"{path}: {name} has {len(value)} entries")


def weight_shapes(path: Path) -> Shapes:
    """Shape of every tensor of a safetensors file, by its header alone.

    The library reads a header of 100 MB and believes it; here it is bounded, and every tensor lies inside the file.

    Raises:
        ModelError: the file is damaged, cut short or no safetensors.
    """
    why = ""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if size < 8 or length > size - 8:
                why = f"its header should have {length} bytes, the file has {size}"
            elif length > _HEADER:
                why = f"its header has {length / 2**20:.0f} MiB, and {_HEADER // 2**20} are enough for any model"
            else:
                return _shapes(json_of(file.read(length), "its header"), size - 8 - length)
    except OSError as error:
        why = str(error.strerror or error)
    except (OutsideFileError, ValueError) as error:
        why = str(error)
    raise ModelError(f"{path} is damaged or cut short ({why}); get the file again")


def _shapes(header: Any, room: int) -> Shapes:
    if not isinstance(header, dict):
        raise ValueError("its header is no table")
    if len(header) > _TENSORS:
        raise ValueError(f"its header names {len(header)} tensors")
    found: Shapes = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        kind, shape, ends = (entry.get(key) if isinstance(entry, dict) else None for key in _FIELDS)
        if not isinstance(shape, list) or not isinstance(ends, list) or len(shape) > _AXES or len(ends) != 2:
            raise ValueError(f"the tensor {shown(name)} is {shown(entry)}")
        if not all(type(number) is int and 0 <= number < 2**48 for number in (*shape, *ends)):
            raise ValueError(f"the tensor {shown(name)} is {shown(entry)}")
        bits = _BITS.get(kind) if isinstance(kind, str) else None
        if bits is None:
            raise ValueError(f"the tensor {shown(name)} is of the type {shown(kind)}")
        if ends[1] > room or (ends[1] - ends[0]) * 8 != math.prod(shape) * bits:
            raise ValueError(f"the tensor {shown(name)} has no room in the file")
        found[name] = tuple(shape)
    return found


_FIELDS = ("dtype", "shape", "data_offsets")


def whole_weights(path: Path) -> Shapes:
    """Shape of every tensor of a safetensors file that can be used: it is there, whole, and not empty.

    Raises:
        ModelError: it is not.
    """
    from safetensors import SafetensorError, safe_open

    if not path.is_file():
        raise ModelError(f"{path} is not there or is no file; get it again")
    found = weight_shapes(path)
    try:
        with safe_open(str(path), framework="numpy") as file:
            empty = not list(file.keys())
    except (SafetensorError, OSError) as error:
        raise ModelError(f"{path} is damaged or cut short ({first_line(error)}); get the file again") from None
    if empty:
        raise ModelError(f"{path} holds no weights")
    return found


_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt")


def refuse_pickle(path: Path) -> None:
    """Refuse a file of a kind that can run code.

    Raises:
        ModelError: it is one; the message says how to save it otherwise.
    """
    if path.suffix in _PICKLES:
        raise ModelError(
            f"{path} is a pickle checkpoint, which can run code when it is read; only safetensors are read. "
            "Save it again with save_pretrained(..., safe_serialization=True) on a machine where you trust it"
        )


def weight_files(directory: Path) -> list[Path]:
    """The safetensors files of a directory, each opened once to see that it is whole.

    Raises:
        ModelError: there is none, only a pickle, a part is missing, or a file is cut short.
    """
    index = directory / "model.safetensors.index.json"
    whole = directory / "model.safetensors"
    if whole.is_file():
        names = [whole.name]
    elif index.is_file():
        try:
            named = read_table(index).get("weight_map")
        except FileNotFoundError:
            named = None
        if not isinstance(named, dict) or not named:
            raise ModelError(f"{index} cannot be read: it has no weight_map")
        if odd := [name for name in named.values() if not isinstance(name, str) or not name.isprintable()]:
            raise ModelError(f"{index} cannot be read: it names {shown(odd[0])} as a file")
        names = sorted(set(named.values()))
        if any(Path(name).name != name for name in names):
            raise ModelError(f"{index} names files outside its directory")
        if odd := [name for name in names if not name.endswith(".safetensors")]:
            raise ModelError(f"{index} names {shown(odd[0])}; only safetensors are read")
    else:
        for path in sorted(directory.iterdir()):
            refuse_pickle(path)
        raise ModelError(f"no model.safetensors in {directory}")
    files = [directory / name for name in names]
    for path in files:
        whole_weights(path)
    return files


def check_room(shapes: Iterable[Mapping[str, tuple[int, ...]]], what: str) -> None:
    """See that weights fit into this machine's memory as fp32, before they are read.

    Raises:
        ModelError: they do not.
    """
    needed = 4 * sum(math.prod(shape) for part in shapes for shape in part.values())
    there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    there = min(there, limit) if limit != resource.RLIM_INFINITY else there
    if needed > there:
        raise ModelError(f"{what} needs {needed / 2**30:.1f} GiB in fp32, and this machine has {there / 2**30:.1f}")


def check_shapes(wanted: Mapping[str, tuple[int, ...]], there: Mapping[str, tuple[int, ...]], directory: Path) -> None:
    """Compare the weights that a configuration asks for with those in the files.

    Raises:
        ModelError: one is missing or has another shape.
    """
    wrong = [f"{name} is missing" for name in wanted if name not in there]
    wrong += [
        f"{name} is {_times(there[name])} where {_times(shape)} is asked for"
        for name, shape in wanted.items()
        if name in there and there[name] != shape
    ]
    if wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        raise ModelError(f"the weights in {directory} do not fit its config.json: {', '.join(wrong[:3])}{more}")


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"


def check_finite(module: Any, what: str) -> None:
    """See that every weight is a number: one NaN makes every result one, and some of them look like results.

    Raises:
        ModelError: one is not.
    """
    import torch

    for name, weight in (*module.named_parameters(), *module.named_buffers()):
        if weight.is_floating_point() and not torch.isfinite(weight).all():
            count = int((~torch.isfinite(weight)).sum())
            raise ModelError(f"{what}: {count} of {weight.numel()} numbers in {name} are NaN or infinite; get it again")
