"""Caution notes, computed from the other parts of a run: what a reader of the table has to be told.

:func:`cautions` raises a note when the data call for it and never otherwise; the sentences hold the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tapehead.analysis.language.lab.baseline import RARE as CLEAR
from tapehead.analysis.language.lab.prompts import PromptSet
from tapehead.analysis.language.lab.results import CAUTIONS
from tapehead.analysis.results import Result, quantity

FEW, FEW_OF_A_GROUP = 16, 4
"""Prompts in all, and of one group and shape (whose mean they are), below which a note is due."""
RARE = 0.05
ALIKE = 0.8
"""A control that reaches this share of the effect is called as strong."""
LOOSE = 0.5
"""A Jaccard index below which circuits found in different ways are called different."""
SUFFICES = 50.0
"""Per cent that are left with every component at its mean, from which no component is needed."""


@dataclass
class _Notes:
    """Raised notes with their sentences."""

    raised: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, due: bool, text: str) -> None:
        assert name in CAUTIONS, name
        if due:
            self.raised[name] = text


def cautions(parts: Mapping[str, Result], prompts: PromptSet) -> Result:
    """The part ``cautions``; see :mod:`tapehead.analysis.language.lab.results`."""
    notes = _Notes()

    def there(name: str) -> bool:
        return name in parts and bool(parts[name]["there"])

    def read(name: str, value: str) -> float:
        return float(parts[name][value])

    clear = bool(read("baseline", "clear"))
    difference = read("baseline", "difference")
    low, high = read("baseline", "difference_low"), read("baseline", "difference_high")
    notes.note(
        "baseline-unclear",
        difference <= 0 or low <= 0,
        f"The model does not clearly prefer the answer: mean log odds {difference:.2f}, "
        f"95 % interval {low:.2f} to {high:.2f}.",
    )
    p, shuffled = read("baseline", "p"), read("baseline", "shuffled")
    notes.note(
        "answer-not-tied-to-prompt",
        p > CLEAR,
        f"Answers dealt out to other prompts do about as well (mean log odds {shuffled:.2f}, p = {p:.2g}): "
        "the model may like these words whatever the prompt says.",
    )
    groups = parts["baseline"]["group_difference"]
    names = parts["baseline"].quantity("group_difference").labels["group"]
    notes.note(
        "groups-disagree",
        len(groups) > 1 and float(groups.min()) <= 0 < float(groups.max()),
        f"The mean log odds are positive in some groups and not in others: lowest {groups.min():.2f} "
        f"in '{names[int(groups.argmin())]}', highest {groups.max():.2f} in '{names[int(groups.argmax())]}'.",
    )
    # Dealing the answers of n prompts anew gives n! orders at most, each as likely as the right one.
    too_few = math.factorial(min(len(prompts), 20)) < 1 / CLEAR
    notes.note(
        "few-prompts",
        len(prompts) < FEW,
        f"There are only {len(prompts)} prompts, half of them to find the circuit on"
        + (f": too few for a p-value of {CLEAR:g}, so that nothing can count as found." if too_few else "."),
    )
    smallest = _smallest_mean(prompts)
    notes.note(
        "small-groups",
        smallest < FEW_OF_A_GROUP,
        f"Some means are taken over {smallest} corrupted prompt{'s' if smallest != 1 else ''} only: "
        "with so few a mean keeps what it should average away.",
    )
    corrupted = read("baseline", "corrupted")
    notes.note(
        "corrupted-too-similar",
        difference > 0 and corrupted > ALIKE * difference,
        f"The corrupted prompts still call for the answer: mean log odds {corrupted:.2f} beside {difference:.2f}.",
    )
    if there("ablation"):
        drop, beside = read("ablation", "best_drop"), read("ablation", "best_control_drop")
        notes.note(
            "ablation-control-as-strong",
            beside >= ALIKE * drop,
            f"Moving head {parts['ablation'].facts['best']} as far in a random direction costs {beside:.0f} points, "
            f"its mean ablation {drop:.0f}: what matters may be that it is disturbed, not what it says.",
        )
    if there("patching"):
        best, other = read("patching", "best"), read("patching", "best_control")
        notes.note(
            "patching-control-as-strong",
            bool(np.isfinite(other)) and other >= ALIKE * best,
            f"Head {parts['patching'].facts['best']} brings back {100 * best:.0f} %, "
            f"and {100 * other:.0f} % when its output comes from another prompt.",
        )
    found = clear and all(there(name) for name in ("circuit", "held_out", "control"))
    if there("circuit") and there("held_out"):
        found &= _circuit_notes(notes, parts, read)
    if there("stability"):
        least = read("stability", "overlap_least")
        at = int(parts["stability"]["overlap"].argmin())
        variant = parts["stability"].quantity("overlap").labels["variant"][at]
        notes.note(
            "unstable",
            least < LOOSE,
            f"The circuit depends on how it is looked for: '{variant}' gives one that shares {100 * least:.0f} % "
            "of the components with it.",
        )
    raised = [name in notes.raised for name in CAUTIONS]
    quantities = {
        "there": quantity(1),
        "raised": quantity(np.array(raised, dtype=int), "caution", labels={"caution": CAUTIONS}),
        "count": quantity(sum(raised)),
        "found": quantity(int(found)),
    }
    quantities |= {name.replace("-", "_"): quantity(int(one)) for name, one in zip(CAUTIONS, raised, strict=True)}
    return Result(quantities, model=parts["baseline"].model, facts=dict(notes.raised))


def _circuit_notes(notes: _Notes, parts: Mapping[str, Result], read: Any) -> bool:
    """Notes on the circuit; whether it counts as found, as far as they say."""
    score, nothing = read("held_out", "score"), read("held_out", "nothing")
    threshold, count = read("circuit", "threshold"), int(read("circuit", "count"))
    total = int(read("circuit", "head_total") + read("circuit", "mlp_total"))
    notes.note(
        "below-out-of-sample",
        score < threshold,
        f"On prompts that it was not found on the circuit keeps {score:.0f} %, below the threshold of "
        f"{threshold:.0f} % that it was found with.",
    )
    needed = parts["held_out"].facts["indispensable"]
    notes.note(
        "indispensable",
        bool(needed),
        f"Without {_listed(needed)} less than a tenth of what the circuit keeps is left: "
        f"{'one component decides' if len(needed) == 1 else 'each of them decides'} alone, "
        f"so every random circuit holds {'it' if len(needed) == 1 else 'them'} too.",
    )
    notes.note(
        "nothing-suffices",
        nothing >= SUFFICES or nothing >= threshold or count == 0,
        f"With every head and MLP at its mean {nothing:.0f} % are left: no circuit is needed for these prompts.",
    )
    notes.note(
        "everything-kept",
        count >= 0.9 * total,
        f"The search kept {count} of {total} components: hardly anything can go.",
    )
    if "control" not in parts or not bool(parts["control"]["there"]):
        return False
    p, best = read("control", "p"), read("control", "random_best")
    notes.note(
        "control-as-strong",
        p > RARE,
        f"Random circuits of the same size, the indispensable components among them, do as well: the best of "
        f"{int(read('control', 'draws'))} keeps {best:.0f} %, this one {score:.0f} % (p = {p:.2g}).",
    )
    return 0 < count < total and p <= RARE and score > nothing and nothing < SUFFICES and score > 0


def _smallest_mean(prompts: PromptSet) -> int:
    """Over how many corrupted prompts the smallest mean of a half would be taken, at best."""
    counts: dict[tuple[str, ...], int] = {}
    for cell in prompts.cells:
        for key in set(cell.keys_of_positions()):
            counts[key] = counts.get(key, 0) + len(cell.task)
    return max(1, min(counts.values()) // 2)


def _listed(names: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
