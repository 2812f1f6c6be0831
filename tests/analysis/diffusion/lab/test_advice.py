"""What is proposed after a run that found nothing: from its numbers, and nothing where nothing would help."""

from __future__ import annotations

from typing import Any

from tapehead.analysis.diffusion.lab.advice import advice
from tapehead.analysis.results import Result, quantity


def run(guidance: float = 3.0, **changes: Any) -> dict[str, Result]:
    numbers = {
        "found": 0,
        "not_in_world": 0,
        "scored": 1,
        "p": 0.1,
        "draws": 19,
        "change": 0.03,
        "reach": 19.0,
    } | changes
    return {
        "picture": Result({}, facts={"guidance": guidance}),
        "walk": Result({"largest_change": quantity(numbers["change"]), "reach": quantity(numbers["reach"], unit="%")}),
        "test": Result({name: quantity(numbers[name]) for name in ("scored", "p", "draws")}),
        "cautions": Result({name: quantity(numbers[name]) for name in ("found", "not_in_world")}),
    }


def options(told: list[str]) -> list[str]:
    return [text.partition(":")[0] for text in told if text.startswith("--")]


def test_what_may_help_is_proposed_with_the_runs_numbers() -> None:
    told = advice(run())
    assert options(told) == ["--reach 0.47", "--guidance 1", "--draws 99"]
    assert "by 0.030 of 1" in told[0] and "steps of 0.05" in told[2]
    assert "another look" in told[-1]


def test_only_what_the_data_call_for() -> None:
    assert options(advice(run(guidance=1.0, change=0.3))) == ["--draws 99"]
    assert options(advice(run(p=0.6, guidance=1.0))) == ["--reach 0.47"]
    assert options(advice(run(reach=90.0, guidance=1.0, draws=99))) == []
    assert advice(run(reach=90.0, guidance=1.0, draws=99)) == []


def test_nothing_where_something_was_found_or_nobody_scores() -> None:
    assert advice(run(found=1)) == advice(run(scored=0)) == advice(run(not_in_world=1)) == []
