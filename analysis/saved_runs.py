"""Runs of ``tapehead circuit`` and ``tapehead directions`` in a folder: how they are saved, read again and told apart.

A run is a mapping of parts by name, each one :class:`~tapehead.analysis.results.Result`; which parts there are, and
what is in them, is each command's own (``language/lab/results.py``, ``diffusion/lab/results.py``).  Saved are
``results.safetensors`` (arrays named "part/quantity") and ``results.json`` (axes, labels, units and facts of every
part, the run's settings, and the digest of the arrays).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.registry import AnalysisCall, analysis
from tapehead.analysis.results import Origin, Quantity, Result, quantity
from tapehead.analysis.store import digest_file, write_atomically

ARRAYS, SIDECAR = "results.safetensors", "results.json"


def missing(why: str, model: str = "") -> Result:
    """A part that is not there, and why."""
    return Result({"there": quantity(0)}, model=model, facts={"why": why})


def save(parts: Mapping[str, Result], directory: Path, settings: Mapping[str, Any]) -> None:
    """Write all parts of a run; the sidecar comes last and names the digest of the arrays."""
    from safetensors.numpy import save as dump

    arrays, described = {}, {}
    for name, part in parts.items():
        for key, one in part.quantities.items():
            arrays[f"{name}/{key}"] = np.ascontiguousarray(one.values).reshape(one.values.shape)
        described[name] = {
            "origin": part.origin,
            "model": part.model,
            "facts": dict(part.facts),
            "quantities": {
                key: {"axes": one.axes, "labels": one.labels, "unit": one.unit} for key, one in part.quantities.items()
            },
        }
    directory.mkdir(parents=True, exist_ok=True)
    write_atomically(directory / ARRAYS, dump(arrays))
    told = {"settings": dict(settings), "arrays": digest_file(directory / ARRAYS), "parts": described}
    write_atomically(directory / SIDECAR, json.dumps(told, indent=1, sort_keys=True, default=_plain) + "\n")


def load(directory: Path, command: str, names: Iterable[str]) -> dict[str, Result]:
    """All parts of a run by name.

    Args:
        directory: the run's folder.
        command: whose run it has to be, for messages.
        names: the parts that this command's runs have.

    Raises:
        UsageError: the folder holds no finished run, or one of another command.
        ResultError: arrays and sidecar do not belong together, or are damaged.
    """
    if not (directory / SIDECAR).is_file():
        raise UsageError(f"{directory} holds no {SIDECAR}: not the --out of a finished `{command}`")
    parts = _read(directory)
    if set(parts) != set(names):
        raise UsageError(f"{directory} holds a run of another command; name the --out of `{command}`")
    return parts


def told_by(parts: Mapping[str, Result], names: Iterable[str], directory: Path) -> None:
    """Hold a run against what its film speaks of.

    Raises:
        UsageError: one of the parts ``names`` was not computed in this run.
    """
    for name in names:
        if not parts[name]["there"]:
            why = parts[name].facts.get("why", "it is not there")
            raise UsageError(f"the run in {directory} has no '{name}', which its film speaks of: {why}")


def calls(directory: Path, names: Iterable[str]) -> tuple[AnalysisCall, ...]:
    """One analysis for each part of the run that lies in a folder, for an episode; another run is other analyses."""
    told = {"directory": str(directory.resolve()), "digest": digest_file(directory / SIDECAR)}
    return tuple(AnalysisCall(name, f"{__name__}:kept", {**told, "part": name}) for name in names)


@analysis("saved-runs.part", libraries=("numpy", "safetensors"))
def kept(*, directory: str, part: str, digest: str, seed: int = 0) -> Result:
    """One part of a saved run, for an episode.

    Args:
        directory: the run's folder.
        part: the name of the part.
        digest: of the run's sidecar, so that another run in the same folder is another result.
        seed: unused; the run had its own.

    Raises:
        ResultError: the folder holds another run than ``digest`` says, none, or a damaged one.
    """
    sidecar = Path(directory) / SIDECAR
    if not sidecar.is_file() or digest_file(sidecar) != digest:
        raise ResultError(f"{directory} holds another run than the one that the film was planned from; plan it again")
    return _read(Path(directory))[part]


def _read(directory: Path) -> dict[str, Result]:
    from safetensors.numpy import load as undump

    try:
        told = json.loads((directory / SIDECAR).read_text(encoding="utf-8"))
        if digest_file(directory / ARRAYS) != told["arrays"]:
            raise ResultError(f"{directory / ARRAYS} and {SIDECAR} are of different runs; run the command again")
        arrays = undump((directory / ARRAYS).read_bytes())
        return {
            name: Result(
                {
                    key: Quantity(arrays[f"{name}/{key}"], tuple(q["axes"]), q["labels"], q["unit"])
                    for key, q in part["quantities"].items()
                },
                Origin(part["origin"]),
                model=part["model"],
                facts=part["facts"],
                name=name,
            )
            for name, part in told["parts"].items()
        }
    except ResultError:
        raise
    except Exception as error:
        raise ResultError(f"the results in {directory} cannot be read: {error}; run the command again") from error


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is no plain data")
