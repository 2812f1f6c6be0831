"""A result as files of an entry: its arrays as safetensors, the rest as JSON beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as dump_arrays

from tapehead.analysis.errors import DamagedEntryError, ResultError, StoreError, cause_of
from tapehead.analysis.records import plain
from tapehead.analysis.results import Origin, Quantity, Result
from tapehead.analysis.store.files import MISSING

_ARRAYS, _REST = "arrays.safetensors", "result.json"
_NUMBERS = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
)  # fmt: skip


def result_files(result: Result) -> dict[str, bytes]:
    """What a result's files hold, by name.

    Raises:
        ResultError: an array has numbers that safetensors has no form for (``longdouble``).
    """
    for name, q in result.quantities.items():
        if q.values.dtype.name not in _NUMBERS:
            raise ResultError(
                f"{result.name or 'a result'}/{name} holds {q.values.dtype.name}, which cannot be kept; "
                f"convert it to one of {', '.join(_NUMBERS)}"
            )
    sidecar = {
        "name": result.name,
        "origin": result.origin,
        "citation": result.citation,
        "model": result.model,
        "facts": dict(result.facts),
        "quantities": {
            name: {"axes": q.axes, "labels": q.labels, "unit": q.unit} for name, q in result.quantities.items()
        },
    }
    arrays = {name: np.ascontiguousarray(q.values).reshape(q.values.shape) for name, q in result.quantities.items()}
    return {
        _ARRAYS: dump_arrays(arrays),
        _REST: json.dumps(sidecar, indent=1, sort_keys=True, default=plain).encode(),
    }


def read_result(path: Path) -> Result:
    """Load a result from its entry's directory.

    Raises:
        DamagedEntryError: a file is missing, cut short or does not parse.
        StoreError: a file cannot be read now.
    """
    try:
        sidecar = json.loads((path / _REST).read_text())
        arrays = load_arrays((path / _ARRAYS).read_bytes())
        quantities = {
            name: Quantity(arrays[name], tuple(meta["axes"]), meta["labels"], meta["unit"])
            for name, meta in sidecar["quantities"].items()
        }
    except Exception as error:
        if isinstance(error, OSError) and error.errno not in MISSING:
            raise StoreError(f"the result in {path} cannot be read now: {cause_of(error)}") from error
        raise DamagedEntryError(f"the result in {path} cannot be read: {error}") from error
    return Result(
        quantities,
        Origin(sidecar["origin"]),
        sidecar["citation"],
        sidecar["model"],
        sidecar["facts"],
        sidecar["name"],
    )
