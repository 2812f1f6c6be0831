"""The file of numbers that others published for GPT-2 small: read, and checked against itself.

They lie in ``assets/published/gpt2-small.json``; :mod:`.results` puts them into named axes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import ResultError, TapeheadError, UnknownNameError
from tapehead.analysis.language.circuit.pruning import Step
from tapehead.analysis.language.models.components import Circuit, component
from tapehead.analysis.results import Origin, Quantity, Result
from tapehead.analysis.shipped import shipped_file

VERSION = 1
"""Of the file and of every analysis below: raise it in both places whenever the file changes."""

ROUNDING = 1.5e-4
"""Two prints of the same number agree within this (four decimals, and run-to-run noise of 1e-4)."""


@dataclass(frozen=True)
class Published:
    """The checked file: ``tables`` as they stand there, ``circuits`` by name (also those only used for comparison)."""

    model: str
    layers: int
    heads: int
    tasks: tuple[str, ...]
    tables: Mapping[str, Any]
    circuits: Mapping[str, Circuit]

    def table(self, name: str, task: str = "") -> Mapping[str, Any]:
        """One table, or one task's part of it.

        Raises:
            UnknownNameError: nothing is published under that name or for that task.
        """
        if name not in self.tables:
            raise UnknownNameError("published table", name, self.tables)
        if not task:
            return dict(self.tables[name])
        if task not in self.tasks:
            raise UnknownNameError("task with published numbers", task, self.tasks)
        return dict(self.tables[name][task])

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """Labels of the axes ``task``, ``layer`` and ``head``."""
        return {
            "task": self.tasks,
            "layer": tuple(str(k) for k in range(self.layers)),
            "head": tuple(str(h) for h in range(self.heads)),
        }

    def result(self, quantities: Mapping[str, Quantity], tables: Iterable[Mapping[str, Any]], **facts: Any) -> Result:
        """A published result that cites the tables that it is made of.

        The facts say how the numbers were taken over (``how``), from which files, and what is to be kept in mind.
        """
        tables = list(tables)
        cited = list(dict.fromkeys(t["citation"] for t in tables))
        notes = [t["note"] for t in tables if "note" in t]
        return Result(
            quantities,
            Origin.PUBLISHED,
            citation=_joined(cited),
            model=self.model,
            facts={
                "how": list(dict.fromkeys(t["how"] for t in tables)),
                "files": list(dict.fromkeys(f for t in tables for f in t["files"])),
                "tolerance": next((t["tolerance"] for t in tables if "tolerance" in t), None),
                "file version": VERSION,
            }
            | ({"notes": notes} if notes else {})
            | facts,
        )


def _joined(cited: Sequence[str]) -> str:
    """Citations of several tables as one: the paper once, then every repository once."""
    papers: dict[str, list[str]] = {}
    for text in cited:
        paper, _, repositories = text.partition("; ")
        found = papers.setdefault(paper, [])
        found += [r for r in repositories.split(", ") if r not in found]
    return "; ".join(f"{paper}; {', '.join(repositories)}" for paper, repositories in papers.items())


def published_file() -> Path:
    """Where the numbers lie in the installation."""
    return shipped_file("published/gpt2-small.json")


def published_circuits(path: Path | None = None) -> Published:
    """Read and check the published numbers.

    Every table has a citation with repository and commit, all numbers are finite or null, every decision of a pruning
    trace follows from its score, each trace leaves its circuit and ends at its score, and the cross-task table and
    the ablation scores agree with them.

    Raises:
        ResultError: the file is not there, not readable, or contradicts itself; the message names the place.
    """
    path = path or published_file()
    try:
        tables = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant)
    except (OSError, ValueError) as error:
        raise ResultError(f"the published numbers in {path} cannot be read: {error}") from None
    try:
        return _checked(tables)
    except TapeheadError as error:
        raise ResultError(f"{path}: {error}; take the file from the repository again") from None
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        raise ResultError(f"{path} is not a file of published numbers, version {VERSION}: {error!r}") from None


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is no number; what is unknown is null")


def _checked(tables: Mapping[str, Any]) -> Published:
    if tables["version"] != VERSION:
        raise ResultError(f"is version {tables['version']}, and this tapehead reads version {VERSION}")
    layers, heads = int(tables["model"]["layers"]), int(tables["model"]["heads"])
    tasks = tuple(tables["tasks"])
    for name, table in _cited(tables, tasks):
        _check_citation(name, table, tables["how"])

    def circuit(entry: Mapping[str, Any]) -> Circuit:
        members = [*entry["heads"], *(f"MLP {layer}" for layer in entry["mlps"])]
        return Circuit.of([component(m) for m in members], layers, heads)

    circuits = {task: circuit(tables["circuits"][task]) for task in tasks}
    circuits |= {name: circuit(entry) for name, entry in tables["cross_task"]["other_circuits"].items()}
    found = Published(tables["model"]["name"], layers, heads, tasks, tables, circuits)
    for task in tasks:
        _check_trace(found, task)
        _check_knockouts(found, task)
    _check_cross_task(found)
    return found


def _cited(tables: Mapping[str, Any], tasks: tuple[str, ...]) -> list[tuple[str, Mapping[str, Any]]]:
    """Every table, or every task's part of it, that has to say where it is from."""
    found = []
    for name, table in tables.items():
        if name in ("version", "model", "citation", "licence", "how", "notes", "tasks"):
            continue
        parts = {f"{name}/{task}": table[task] for task in tasks} if set(table) == set(tasks) else {name: table}
        found += list(parts.items())
    return found


def _check_citation(name: str, table: Mapping[str, Any], how: Mapping[str, str]) -> None:
    if "@" not in str(table.get("citation", "")) or not table.get("files"):
        raise ResultError(f"table '{name}' does not say which repository, commit and files it is from")
    if table.get("how") not in how:
        raise ResultError(f"table '{name}' was obtained '{table.get('how')}', which is none of {', '.join(how)}")


def _check_trace(found: Published, task: str) -> None:
    trace, entry = found.table("traces", task), found.table("circuits", task)
    circuit, score = Circuit.full(found.layers, found.heads), 100.0
    for i, (_phase, name, left, removed) in enumerate(trace["rows"]):
        if component(name) not in circuit:
            raise ResultError(f"step {i} of the {task} trace tries {name}, which is no longer there")
        if bool(removed) != (left > trace["threshold"]):
            raise ResultError(f"step {i} of the {task} trace decides otherwise than its score {left} says")
        if removed:
            circuit, score = circuit.without(component(name)), left
    if circuit != found.circuits[task]:
        raise ResultError(f"the {task} trace does not leave the {task} circuit")
    if abs(score - entry["score"]) > ROUNDING:
        raise ResultError(f"the {task} trace ends at {score} %, the {task} circuit has {entry['score']} %")


def _check_knockouts(found: Published, task: str) -> None:
    alone, inside = found.table("knockouts", task), found.table("circuit_knockouts", task)
    for name, shape in (("heads_left", (found.layers, found.heads)), ("mlps_left", (found.layers,))):
        values = np.asarray(alone[name], dtype=float)
        if values.shape != shape or not np.isfinite(values).all():
            raise ResultError(f"knockouts/{task}/{name} has to hold {shape} numbers; found {values.shape}")
    live = {str(one) for one in found.circuits[task] if not one.is_mlp}
    if set(inside["heads_left"]) != live or not set(inside["derived"]) <= live:
        raise ResultError(f"circuit_knockouts/{task} does not name the heads of the {task} circuit")


def _check_cross_task(found: Published) -> None:
    table = found.table("cross_task")
    values = np.array(table["score"], dtype=float)
    if values.shape != (len(table["data"]), len(table["circuits"])):
        raise ResultError(f"the cross-task table is {values.shape}; its labels say otherwise")
    for task in found.tasks:
        own = values[table["data"].index(task), table["circuits"].index(task)]
        if not abs(own - found.table("circuits", task)["score"]) <= ROUNDING:
            raise ResultError(f"the cross-task table has {own} % for the {task} circuit on its own task")
    if unknown := set(table["circuits"]) - set(found.circuits):
        raise ResultError(f"the cross-task table uses circuits that are not given: {sorted(unknown)}")


def trace_steps(found: Published, task: str) -> list[Step]:
    """One task's published decisions in order."""
    rows = found.table("traces", task)["rows"]
    return [Step(int(phase), component(name), float(left), bool(removed)) for phase, name, left, removed in rows]


def look_name(one: Mapping[str, Any]) -> str:
    """Label of an entry of the attention table: "4.4 m3→m2"."""
    return f"{one['head']} {one['query']}→{one['key']}"
