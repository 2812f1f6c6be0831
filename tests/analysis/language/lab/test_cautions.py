"""Each caution is raised by the data that call for it, and by no others."""

from typing import Any

import numpy as np
import pytest

from tapehead.analysis.language.lab.cautions import cautions
from tapehead.analysis.language.lab.prompts import Cell, PromptSet
from tapehead.analysis.language.lab.results import CAUTIONS
from tapehead.analysis.language.tasks.tasks import Task
from tapehead.analysis.results import Result, quantity

GOOD: dict[str, dict[str, Any]] = {
    "baseline": {
        "clear": 1,
        "difference": 3.0,
        "difference_low": 2.5,
        "difference_high": 3.5,
        "p": 0.001,
        "shuffled": 0.0,
        "corrupted": 0.1,
    },
    "ablation": {"best_drop": 60.0, "best_control_drop": 10.0},
    "patching": {"best": 0.6, "best_control": 0.05},
    "circuit": {"threshold": 80.0, "count": 10, "head_total": 32, "mlp_total": 4},
    "held_out": {"score": 85.0, "nothing": 2.0},
    "control": {"p": 0.01, "random_best": 40.0, "draws": 100},
    "stability": {"overlap_least": 0.8},
}


def prompts_of(count: int) -> PromptSet:
    tokens = np.arange(count * 3).reshape(count, 3)
    ids = np.arange(count)
    task = Task("t", tokens, tokens + 1, ids, ids + 1, (), False, ("x",) * count, ("",) * count)
    names = ("x",) * count
    cell = Cell(task, np.arange(count), "", ())
    return PromptSet("t", (cell,), ("",) * count, np.full(count, -1), names, names, names, names, False)


def told(count: int = 64, needed: tuple[str, ...] = (), groups: tuple[float, ...] = (3.0,), **changes: Any) -> Result:
    """Notes on a run in which ``part__name`` are other than good."""
    parts = {}
    for part, values in GOOD.items():
        own = values | {k.partition("__")[2]: v for k, v in changes.items() if k.partition("__")[0] == part}
        quantities = {"there": quantity(1)} | {name: quantity(value) for name, value in own.items()}
        if part == "baseline":
            labels = {"group": [f"g{i}" for i in range(len(groups))]}
            quantities["group_difference"] = quantity(groups, "group", labels=labels)
        if part == "stability":
            labels = {"variant": ["reference", "other half"]}
            quantities["overlap"] = quantity([1.0, own["overlap_least"]], "variant", labels=labels)
        facts: dict[str, Any] = {"best": "1.2", "indispensable": list(needed)}
        parts[part] = Result(quantities, model="m", facts=facts)
    return cautions(parts, prompts_of(count))


def raised(notes: Result) -> set[str]:
    return {name for name, one in zip(CAUTIONS, notes["raised"], strict=True) if one}


def test_a_good_run_has_none_and_counts_as_found() -> None:
    notes = told()
    assert raised(notes) == set()
    assert int(notes["found"]) == 1
    assert not notes.facts


@pytest.mark.parametrize(
    ("name", "changes", "said", "found"),
    [
        ("baseline-unclear", {"baseline__difference_low": -0.1, "baseline__clear": 0}, "-0.10", 0),
        ("answer-not-tied-to-prompt", {"baseline__p": 0.3, "baseline__clear": 0}, "p = 0.3", 0),
        ("groups-disagree", {"groups": (2.0, -1.0)}, "lowest -1.00 in 'g1'", 1),
        ("few-prompts", {"count": 12}, "only 12 prompts", 1),
        ("ablation-control-as-strong", {"ablation__best_control_drop": 50.0}, "costs 50 points", 1),
        ("patching-control-as-strong", {"patching__best_control": 0.55}, "55 %", 1),
        ("control-as-strong", {"control__p": 0.2, "control__random_best": 90.0}, "best of 100 keeps 90 %", 0),
        ("below-out-of-sample", {"held_out__score": 60.0}, "keeps 60 %", 1),
        ("indispensable", {"needed": ("0.6", "MLP 0")}, "Without 0.6 or MLP 0", 1),
        ("nothing-suffices", {"held_out__nothing": 82.0}, "82 % are left", 0),
        ("everything-kept", {"circuit__count": 34}, "kept 34 of 36", 1),
        ("unstable", {"stability__overlap_least": 0.3}, "'other half' gives one that shares 30 %", 1),
        ("corrupted-too-similar", {"baseline__corrupted": 2.9}, "2.90 beside 3.00", 1),
    ],
)
def test_each_is_raised_by_its_cause_alone(name: str, changes: dict[str, Any], said: str, found: int) -> None:
    notes = told(**changes)
    assert raised(notes) == {name}
    assert said in notes.facts[name]
    assert int(notes[name.replace("-", "_")]) == 1
    assert int(notes["found"]) == found


def test_small_groups_are_few_prompts_too() -> None:
    assert raised(told(count=6)) == {"few-prompts", "small-groups"}
    assert "over 1 corrupted prompt only" in told(count=1).facts["small-groups"]


def test_so_few_that_no_deal_can_be_rare_is_told() -> None:
    """Four answers can be dealt in 24 orders, five in 120."""
    assert "too few for a p-value of 0.01" in told(count=4).facts["few-prompts"]
    assert "too few" not in told(count=5).facts["few-prompts"]


def test_an_empty_circuit_and_a_full_one_are_not_found() -> None:
    assert int(told(circuit__count=0)["found"]) == 0
    assert int(told(circuit__count=36)["found"]) == 0
