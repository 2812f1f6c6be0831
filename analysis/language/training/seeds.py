"""What the trained seeds have in common inside: circuits, what they share across tasks, and roles, seed by seed.

The model card prints it; nothing here decides which seed is shipped.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.circuit.ablation import Ablator
from tapehead.analysis.language.circuit.comparisons import cross_task
from tapehead.analysis.language.circuit.pruning import prune
from tapehead.analysis.language.models.components import Circuit, jaccard
from tapehead.analysis.language.models.forward import Network
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.studies.roles import roles
from tapehead.analysis.language.tasks.sequences import PAPER_TYPES
from tapehead.analysis.language.tasks.tasks import sequence_task

PROMPTS = 96


@dataclass(frozen=True)
class SeedCircuits:
    """One seed: circuits by kind, their cross-task table (data, circuit) in %, and names of components by role."""

    circuits: Mapping[str, Circuit]
    cross: np.ndarray
    roles: Mapping[str, tuple[str, ...]]

    @property
    def shared(self) -> Circuit:
        """What all its circuits have in common."""
        whole, *others = self.circuits.values()
        for other in others:
            whole = whole & other
        return whole


def examine(model: LanguageModel, count: int = PROMPTS, seed: int = 0) -> SeedCircuits:
    """Prune a model on each of the paper's types and label its components.

    Raises:
        ResultError: the model does not do one of the tasks.
    """
    network = Network(model)
    tasks = {kind: sequence_task(model, kind, count, seed=seed) for kind in PAPER_TYPES}
    circuits = {kind: prune(Ablator(network, task))[1] for kind, task in tasks.items()}
    table = cross_task(model, tasks, circuits, seed=seed)["score"]
    by_role: dict[str, list[str]] = {}
    for name, role in roles(model, count=max(24, count // 2), seed=seed).facts["labels"].items():
        by_role.setdefault(role, []).append(name)
    return SeedCircuits(circuits, table, {role: tuple(names) for role, names in by_role.items()})


def circuits_section(found: Mapping[int, SeedCircuits]) -> str:
    """The card's section in Markdown: a table with a row per seed, and what is the same between them."""
    lines = [
        f"{PROMPTS} prompts a task, threshold 80 %, means pooled over templates; roles by the rule of "
        "`analysis/language/studies/roles.py`, on every task.",
        "",
        "| seed | heads in the circuits | MLPs | heads in all three | cross-task cells, % | reader | agreement heads "
        "| answer writer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for seed, one in sorted(found.items()):
        heads = " / ".join(str(int(c.heads.sum())) for c in one.circuits.values())
        mlps = " / ".join(str(int(c.mlps.sum())) for c in one.circuits.values())
        shared = ", ".join(str(c) for c in one.shared if not c.is_mlp) or "none"
        off = one.cross[~np.eye(len(one.cross), dtype=bool)]
        cells = [", ".join(one.roles.get(role, ())) or "none" for role in ("last-member reader", "agreement head")]
        cells.append(", ".join(one.roles.get("answer writer", ())) or "none")
        lines.append(
            f"| {seed} | {heads} | {mlps} | {shared} | {off.min():.0f} to {off.max():.0f} | {' | '.join(cells)} |"
        )
    return "\n".join([*lines, "", *_comparison(found)])


def _comparison(found: Mapping[int, SeedCircuits]) -> list[str]:
    if len(found) < 2:
        return []
    every = list(found.values())
    same = [
        role
        for role in ("last-member reader", "agreement head", "answer writer")
        if all(role in one.roles for one in every)
    ]
    overlaps = [jaccard(a.shared.heads, b.shared.heads) for a, b in itertools.combinations(every, 2)]
    sizes = [int(c.heads.sum()) for one in every for c in one.circuits.values()]
    cells = np.concatenate([one.cross[~np.eye(len(one.cross), dtype=bool)] for one in every])
    return [
        f"The same in all {len(every)} seeds: there is at least one {', one '.join(same) or 'component of no role'}. "
        f"Not the same: head numbers (the heads in all three circuits overlap between seeds by a Jaccard index of "
        f"{min(overlaps):.2f} to {max(overlaps):.2f}, mean {np.mean(overlaps):.2f}), the circuits' sizes "
        f"({min(sizes)} to {max(sizes)} heads), and cross-task cells ({cells.min():.0f} to {cells.max():.0f} %)."
    ]


def section_for(models: Mapping[int, LanguageModel]) -> str:
    """The section for these models; empty if one of them does not do the tasks, so that nothing can be compared."""
    try:
        return circuits_section({seed: examine(model) for seed, model in models.items()})
    except ResultError:
        return ""
