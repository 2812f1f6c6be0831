"""The numbers that others published for GPT-2 small, as results with their citation.

They lie in ``assets/published/gpt2-small.json`` and are read, checked and put into named axes here.  Where one of our
analyses measures the same thing, quantities and axes have the same names as there, so that a scene can take either.
A cell that was never published is NaN: it can be drawn as a gap, and :meth:`Result.read` refuses to show it.
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
from tapehead.analysis.language.models.components import Circuit, component, head_labels, mlp_labels
from tapehead.analysis.language.studies.paper_form import (
    attention_form,
    circuits_facts,
    circuits_form,
    cross_task_form,
    knockouts_form,
    lens_form,
    next_word_form,
    ov_form,
    pruning_form,
)
from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Origin, Quantity, Result, quantity
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


# -- reading and checking ------------------------------------------------------------------------------------------


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


# -- results -------------------------------------------------------------------------------------------------------


@analysis("published.circuits", version=VERSION)
def circuits(*, seed: int = 0) -> Result:
    """The three circuits and what they share.

    Quantities: ``heads`` (task, layer, head) and ``mlps`` (task, layer), 1 where in the circuit; ``head_count`` and
    ``mlp_count`` (task); ``score`` (task), % of the full model; ``threshold``; ``shared_heads`` (layer, head),
    ``shared_mlps`` (layer), in all three, with ``shared_head_count`` and ``shared_mlp_count``; ``times`` (layer,
    head), in how many; ``union_head_count``; ``pair_count``, ``pair_union`` and ``overlap`` (task, other): size of
    intersection and union, and Jaccard index, of the head sets.  Fact ``shared``: the shared components' names.
    """
    found = published_circuits()
    own = {task: found.circuits[task] for task in found.tasks}
    scores = [found.table("circuits", task)["score"] for task in found.tasks]
    threshold = found.table("traces", found.tasks[0])["threshold"]
    return found.result(
        circuits_form(own, scores, threshold),
        [found.table("circuits", task) for task in found.tasks],
        **circuits_facts(own),
        derived=["shared_*", "times", "union_head_count", "pair_*", "overlap"],
    )


@analysis("published.pruning", version=VERSION)
def pruning(task: str, *, seed: int = 0) -> Result:
    """One task's whole pruning trace, under the names that :func:`tapehead.analysis.language.circuit.pruning.pruning`
    uses.

    Quantities: ``trace_phase`` (passes from 0, even ones backward), ``trace_layer``, ``trace_head`` (-1 for an MLP),
    ``trace_score`` (% left if it goes), ``trace_removed`` along ``step``; ``steps``; ``left_heads``, ``left_mlps``
    (step), live after each step; ``heads`` (layer, head), ``mlps`` (layer), ``head_count``, ``mlp_count``, ``score``,
    ``threshold``; ``closest``, the smallest distance of a score from the threshold, in percentage points.
    """
    found = published_circuits()
    trace, circuit = found.table("traces", task), found.circuits[task]
    score = found.table("circuits", task)["score"]
    return found.result(
        pruning_form(trace_steps(found, task), circuit, score, trace["threshold"]),
        [trace, found.table("circuits", task)],
        task=task,
        circuit=[str(one) for one in circuit],
        order=trace["order"],
    )


def trace_steps(found: Published, task: str) -> list[Step]:
    """One task's published decisions in order."""
    rows = found.table("traces", task)["rows"]
    return [Step(int(phase), component(name), float(left), bool(removed)) for phase, name, left, removed in rows]


@analysis("published.knockouts", version=VERSION)
def knockouts(*, seed: int = 0) -> Result:
    """One component ablated at a time, in the full model and inside each task's circuit.

    Quantities in % of the full model: ``heads_left`` (task, layer, head), ``mlps_left`` (task, layer), and
    ``heads_drop``, ``mlps_drop``, 100 minus that, in percentage points; ``circuit_left`` (task, layer, head), without
    this head as well, and ``circuit_drop``, the circuit's score minus that; both NaN for heads that are not in the
    circuit, and ``circuit_heads`` is 1 where they are.  ``circuit_derived`` is 1 where the value was put together
    from a printed drop of two decimals.
    """
    found = published_circuits()
    alone = [found.table("knockouts", task) for task in found.tasks]
    inside = [found.table("circuit_knockouts", task) for task in found.tasks]
    quantities = knockouts_form(
        found.tasks,
        np.array([t["heads_left"] for t in alone]),
        np.array([t["mlps_left"] for t in alone]),
        np.stack([_grid(found, t["heads_left"]) for t in inside]),
        np.array([found.table("circuits", task)["score"] for task in found.tasks]),
        np.stack([_grid(found, dict.fromkeys(t["derived"], 1.0), 0.0) for t in inside]),
    )
    return found.result(quantities, [*alone, *inside], derived=["*_drop"])


@analysis("published.cross_task", version=VERSION)
def cross_task(*, seed: int = 0) -> Result:
    """Each task's prompts through each circuit; names as in
    :func:`tapehead.analysis.language.circuit.pruning.cross_task`.

    Quantities: ``score`` (data, circuit) in % of the full model, NaN where nothing was published (``known`` is 0
    there); besides the three circuits "months + MLP 11", a variant, and "IOI heads", another task's heads with all
    MLPs, which is the control.  ``overlap`` (circuit, other), Jaccard index of the head sets.
    """
    found = published_circuits()
    table = found.table("cross_task")
    circuits = {name: found.circuits[name] for name in table["circuits"]}
    score = np.array(table["score"], dtype=float)
    return found.result(cross_task_form(table["data"], circuits, score), [table], derived=["overlap"])


@analysis("published.edges", version=VERSION)
def edges(*, seed: int = 0) -> Result:
    """What is published of the connections between components; the final edge lists never were.

    Quantities: ``highlighted`` (edge, task), 1 where the authors draw it with emphasis (chosen by hand);
    ``mlp_to_mlp`` (receiver, sender), fraction of the full model left on numerals with the sender's effect through
    the receiver taken away (all its effect, not a direct edge), NaN where there is no such pair; ``kept_below``.
    """
    found = published_circuits()
    table = found.table("edges")
    drawn, scores = table["highlighted"], table["mlp_to_mlp"]
    quantities = {
        "highlighted": quantity(
            [[int(task in tasks) for task in found.tasks] for _from, _to, tasks in drawn],
            "edge",
            "task",
            labels={"edge": [f"{sender}→{receiver}" for sender, receiver, _tasks in drawn], "task": found.tasks},
        ),
        "mlp_to_mlp": quantity(
            np.array(scores["score"], dtype=float),
            "receiver",
            "sender",
            labels={"receiver": mlp_labels(found.layers), "sender": mlp_labels(found.layers)},
        ),
        "kept_below": quantity(float(scores["kept_below"])),
    }
    return found.result(quantities, [table], task=scores["task"], chosen_by_hand=["highlighted"])


@analysis("published.ov_scores", version=VERSION)
def ov_scores(task: str, *, seed: int = 0) -> Result:
    """Next and copy scores of heads, named as in :func:`tapehead.analysis.language.circuit.ov_scores.ov_scores`.

    Quantities: ``score`` (target, layer, head) in % of keywords, NaN for heads that were not printed (``listed`` is 0
    there); ``mean`` (target), over all heads; ``keywords`` (target); ``top``.  For months the only "next" is the
    ordinal word (February: third), target "next ordinal".  Words have no published copy scores.
    """
    found = published_circuits()
    found.table("circuits", task)  # an unknown task is named before its lists are looked for
    table = found.table("ov_scores")
    lists = [one for one in table["lists"] if one["task"] == task]
    unlisted = [np.nan if one["others"] is None else one["others"] for one in lists]
    quantities = ov_form(
        [one["target"] for one in lists],
        np.stack([_grid(found, one["score"], other) for one, other in zip(lists, unlisted, strict=True)]),
        [one["mean"] for one in lists],
        [one["keywords"] for one in lists],
        table["top"],
    )
    return found.result(quantities, [table], task=task)


@analysis("published.logit_lens", version=VERSION)
def logit_lens(*, seed: int = 0) -> Result:
    """How often the most likely word flips from an earlier member to the answer between blocks 8 and 9.

    Quantities: ``flips`` (task), prompts; ``flip`` (task), the same in %; ``prompts``, of each task.  Fact
    ``examples``: for three prompts the top word before the first block and after each one.
    """
    found = published_circuits()
    table = found.table("logit_lens")
    quantities = lens_form(found.tasks, [table["flips"][task] for task in found.tasks], table["prompts"])
    rows = ["embedding" if row < 0 else f"block {row}" for row in table["rows"]]
    return found.result(quantities, [table], rows=rows, examples=table["examples"], derived=["flip"])


@analysis("published.attention", version=VERSION)
def attention(*, seed: int = 0) -> Result:
    """Mean attention of some heads from one position to another.

    Quantities: ``look`` (look, data), printed values, labelled "4.4 m3→m2", of the three tasks and of ordered months
    among random digits; ``by_eye`` (look), values for numerals that were read from the colours of a plot, and which
    a scene has to mark as such; ``prompts``.
    """
    found = published_circuits()
    table = found.table("attention")
    printed = [one for one in table["looks"] if one["how"] == "printed"]
    looks = list(dict.fromkeys(look_name(one) for one in printed))
    data = list(dict.fromkeys(one["task"] for one in printed))
    values = np.full((len(looks), len(data)), np.nan)
    for one in printed:
        values[looks.index(look_name(one)), data.index(one["task"])] = one["value"]
    seen = {look_name(one): one["value"] for one in table["looks"] if one["how"] == "by eye"}
    quantities = attention_form(looks, data, values, seen, table["prompts"])
    return found.result(quantities, [table], by_eye=["by_eye"], by_eye_task="numerals")


def look_name(one: Mapping[str, Any]) -> str:
    """Label of an entry of the attention table: "4.4 m3→m2"."""
    return f"{one['head']} {one['query']}→{one['key']}"


@analysis("published.next_word", version=VERSION)
def next_word(*, seed: int = 0) -> Result:
    """Probabilities of some words after "1 2 3 4" (fact ``after``): ``probability`` (word)."""
    found = published_circuits()
    table = found.table("next_word")
    return found.result(next_word_form(table["probability"]), [table], after=table["after"])


@analysis("published.one_is_one", version=VERSION)
def one_is_one(*, seed: int = 0) -> Result:
    """The hackathon's numbers: logit differences, attribution, activation patching, neurons, an early ablation.

    Quantities: ``difference`` (sequence), mean logit difference, with ``prompts`` (sequence): as few as one.
    Maps of the three tasks, read from the authors' interactive figures; patching is 1 for the clean run and 0 for the
    corrupted one, attribution in logits: ``attribution_heads``, ``patch_head_output``, ``patch_head_value``,
    ``patch_head_pattern`` (task, layer, head), ``patch_residual``, ``patch_attention``, ``patch_mlp`` (task, layer,
    position), ``attribution_components`` (task, component), ``attribution_stream`` (task, row).
    ``neurons_9`` and ``neurons_10`` (neuron): the five largest patching effects of neurons in MLP 9 and MLP 10, with
    ``neuron_prompts``.  ``early`` (run): logit difference with only some heads live.
    """
    found = published_circuits()
    table = found.table("hackathon")
    maps, neurons, early = table["maps"], table["neurons"], table["early_ablation"]
    listed = table["differences"]
    sequences = {"sequence": [one["sequence"] for one in listed]}
    quantities = {
        "difference": quantity([one["value"] for one in listed], "sequence", unit="logit", labels=sequences),
        "prompts": quantity([one["prompts"] for one in listed], "sequence", unit="prompts", labels=sequences),
        "early": quantity(
            list(early["difference"].values()), "run", unit="logit", labels={"run": list(early["difference"])}
        ),
        "neuron_prompts": quantity(int(neurons["prompts"]), unit="prompts"),
    }
    for layer, top in neurons["top"].items():
        quantities[f"neurons_{layer}"] = quantity(list(top.values()), "neuron", labels={"neuron": list(top)})
    last_axis = {
        "head": found.labels["head"],
        "position": tuple(maps["positions"]),
        "component": tuple(maps["component_labels"]),
        "row": tuple(maps["stream_labels"]),
    }
    axes = {
        **dict.fromkeys(("attribution_heads", "patch_head_output", "patch_head_value", "patch_head_pattern"), "head"),
        **dict.fromkeys(("patch_residual", "patch_attention", "patch_mlp"), "position"),
        "attribution_components": "component",
        "attribution_stream": "row",
    }
    for name, last in axes.items():
        between = ("layer",) if last in ("head", "position") else ()
        labels = {"task": found.tasks, last: last_axis[last]} | {k: found.labels[k] for k in between}
        quantities[name] = quantity(
            [maps[task][name] for task in found.tasks],
            "task",
            *between,
            last,
            unit="logit" if name.startswith("attribution") else "1",
            labels=labels,
        )
    return found.result(
        quantities,
        [table],
        how_by_quantity={"maps": maps["how"], "everything else": table["how"]},
        maps=maps["note"],
        early_heads=early["heads"],
        early=early["note"],
    )


def _grid(found: Published, values: Mapping[str, float], others: float = np.nan) -> np.ndarray:
    """Numbers by head name as (layer, head).

    Raises:
        ResultError: a name is no head of the model.
    """
    names = head_labels(found.layers, found.heads)
    if unknown := sorted(set(values) - set(names)):
        raise ResultError(f"{found.model} has no head {unknown[0]}")
    return np.array([values.get(name, others) for name in names]).reshape(found.layers, found.heads)
