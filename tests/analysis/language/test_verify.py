"""What is in tolerance and what is out, on numbers that are made for it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.language.published import verify
from tapehead.analysis.language.published.verify import (
    TOLERANCES,
    Check,
    Prompts,
    Verdict,
    any_out,
    compare,
    equivalent,
)
from tapehead.analysis.results import Quantity, Result, quantity

TASKS = ("numerals", "words", "months")


@pytest.fixture(scope="module")
def known() -> dict[str, Result]:
    return verify.published_results()


@pytest.fixture(scope="module")
def found(known: dict[str, Result]) -> dict[str, Result]:
    """A recomputation that gives exactly what was published."""
    difference = quantity([3.0, 4.0, 5.0], "task", unit="logit", labels={"task": TASKS})
    return {**known, "free": known["circuits"], "full": Result({"difference": difference})}


def changed(results: Mapping[str, Result], name: str, array: str, by: float, *at: int) -> dict[str, Result]:
    """The results with one number moved."""
    result = results[name]
    values = result[array].astype(float).copy()
    values[at] += by
    old = result.quantity(array)
    new = Quantity(values, old.axes, old.labels, old.unit)
    return {**results, name: replace(result, quantities={**result.quantities, array: new})}


def outs(checks: list[Check]) -> list[str]:
    return [check.quantity for check in checks if check.verdict is Verdict.OUT]


@pytest.mark.parametrize("prompts", Prompts)
def test_the_published_numbers_agree_with_themselves(
    known: dict[str, Result], found: dict[str, Result], prompts: Prompts
) -> None:
    checks = compare(known, found, prompts)
    assert not any_out(checks)
    judged = [check for check in checks if check.verdict is Verdict.OK]
    told = {check.quantity for check in judged}
    assert len(told) == len(judged), "every line has a name of its own"
    assert {
        "numerals circuit on numerals",
        "IOI heads circuit on months",
        "words: one MLP out of the full model",
    } <= told
    assert "months: OV next ordinal" in told and "attention 9.1 last→m3 on words" in told
    assert "months + MLP 11 circuit on months" not in told, "never published"
    assert not any("by eye" in t or "read off" in t or "random digits" in t for t in told)
    shown = {check.quantity: check.recomputed for check in checks if check.verdict is Verdict.SHOWN}
    assert shown["words: heads of a free run, Jaccard with published"] == 1
    assert shown["words: order of heads by effect, rank correlation"] == pytest.approx(1)
    assert shown["words: full model, mean logit difference"] == 4


CHANGES: dict[str, tuple[str, str, tuple[int, ...], str]] = {
    "circuit": ("cross_task", "score", (1, 1), "words circuit on words"),
    "cross": ("cross_task", "score", (2, 0), "numerals circuit on months"),
    "head": ("knockouts", "heads_left", (0, 7, 11), "numerals: one head out of the full model"),
    "mlp": ("knockouts", "mlps_left", (2, 9), "months: one MLP out of the full model"),
    "inside": ("knockouts", "circuit_left", (0, 9, 1), "numerals: one head out of the circuit"),
    "trace": ("trace words", "trace_score", (100,), "words: published trace, score at a step"),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize(("prompts", "limit"), [(Prompts.AUTHORS, 0.1), (Prompts.SUBSET, 2.0), (Prompts.DRAWN, 5.0)])
@pytest.mark.parametrize("side", ["published", "recomputed"])
def test_per_cents_have_the_tolerance_of_their_prompts(
    known: dict[str, Result], found: dict[str, Result], name: str, prompts: Prompts, limit: float, side: str
) -> None:
    result, array, at, told = CHANGES[name]
    for by, expected in ((0.99 * limit, []), (-1.01 * limit, [told]), (math.nan, [told])):
        if side == "recomputed":
            checks = compare(known, changed(found, result, array, by, *at), prompts)
        elif math.isfinite(by):
            checks = compare(changed(known, result, array, by, *at), found, prompts)
        else:
            continue
        assert outs(checks) == expected


def test_the_line_names_the_place_that_is_furthest_off(known: dict[str, Result], found: dict[str, Result]) -> None:
    for name, where in (
        ("head", "7.11, of 144"),
        ("mlp", "MLP 9, of 12"),
        ("inside", "9.1, of 14"),
        ("trace", "step 100"),
    ):
        result, array, at, told = CHANGES[name]
        checks = compare(known, changed(found, result, array, -6, *at), Prompts.DRAWN)
        (line,) = [check for check in checks if check.quantity == told]
        assert line.where.startswith(where)
        assert line.published - line.recomputed == pytest.approx(6)


def test_others_have_tolerances_of_their_own(known: dict[str, Result], found: dict[str, Result]) -> None:
    for result, array, at, limit, told in (
        ("attention", "look", (0, 1), 0.005, "attention 4.4 m3→m2 on words"),
        ("logit_lens", "flip", (0,), 100 * 15 / 1536, "logit lens, flips by block 9 on numerals"),
        ("next_word", "probability", (0,), 0.001, "p(5) after 1 2 3 4"),
        ("ov_scores numerals", "score", (0, 9, 1), 200 / 388, "numerals: OV next"),
        ("ov_scores months", "score", (0, 0, 0), 200 / 32, "months: OV next ordinal"),
        ("ov_scores words", "mean", (0,), 200 / 32, "words: OV next, mean of all heads"),
    ):
        exact = 1.0 if "ov" in result or "lens" in result else 0.99  # whole counts are met exactly
        for share, expected in ((1.02, [told]), (exact, []), (-0.98, [])):
            checks = compare(known, changed(found, result, array, share * limit, *at), Prompts.AUTHORS)
            assert outs(checks) == expected
    checks = compare(known, changed(found, "ov_scores words", "keywords", 1, 0), Prompts.AUTHORS)
    assert outs(checks) == ["words: OV next, members counted"]


def test_heads_without_a_published_score_are_not_compared(known: dict[str, Result], found: dict[str, Result]) -> None:
    at = tuple(int(i) for i in np.argwhere(np.isnan(known["ov_scores numerals"]["score"]))[0])
    everything = found["ov_scores numerals"]["score"].copy()
    everything[at] = 99.0
    old = found["ov_scores numerals"].quantity("score")
    new = replace(old, values=everything)
    result = replace(found["ov_scores numerals"], quantities={**found["ov_scores numerals"].quantities, "score": new})
    assert not any_out(compare(known, {**found, "ov_scores numerals": result}, Prompts.AUTHORS))


def test_a_free_run_is_never_required_to_be_the_same(known: dict[str, Result], found: dict[str, Result]) -> None:
    other = found["circuits"]
    moved = Quantity(1 - other["heads"], other.quantity("heads").axes, other.quantity("heads").labels)
    free = replace(other, quantities={**other.quantities, "heads": moved})
    checks = compare(known, {**found, "free": free}, Prompts.AUTHORS)
    assert not any_out(checks)
    assert [c.recomputed for c in checks if "Jaccard" in c.quantity] == [0, 1, 0, 1, 0, 1]


def test_decisions_that_would_flip_are_counted_and_not_judged(
    known: dict[str, Result], found: dict[str, Result]
) -> None:
    near = int(np.argmin(np.abs(known["trace words"]["trace_score"] - 80)))
    assert known["trace words"]["trace_score"][near] == 79.9971
    checks = compare(known, changed(found, "trace words", "trace_score", 0.01, near), Prompts.AUTHORS)
    assert not any_out(checks)
    assert {c.quantity: c.recomputed for c in checks}["words: published trace, decisions that would flip"] == 1


def test_other_decisions_or_labels_can_not_be_compared(known: dict[str, Result], found: dict[str, Result]) -> None:
    with pytest.raises(ResultError, match="words trace was not recomputed along"):
        compare(known, changed(found, "trace words", "trace_removed", 1, 0), Prompts.AUTHORS)
    flip = found["logit_lens"].quantity("flip")
    renamed = replace(flip, labels={"task": ("numerals", "words", "days")})
    lens = replace(found["logit_lens"], quantities={**found["logit_lens"].quantities, "flip": renamed})
    with pytest.raises(ResultError, match="other labels"):
        compare(known, {**found, "logit_lens": lens}, Prompts.AUTHORS)


def test_lines_survive_json() -> None:
    lines = [Check("a", math.nan, math.inf, None), Check("b", 1, 1.5, 0.4, where="7.11"), Check("c", 1, math.nan, 9)]
    data: list[dict[str, Any]] = json.loads(json.dumps([line.to_data() for line in lines], allow_nan=False))
    assert [line["verdict"] for line in data] == ["not judged", "out", "out"]
    assert (data[0]["published"], data[0]["recomputed"], data[1]["where"]) == (None, None, "7.11")


def test_tolerances_grow_with_the_distance_from_the_authors_prompts() -> None:
    for name in ("percent", "flips", "look"):
        values = [getattr(TOLERANCES[prompts], name) for prompts in Prompts]
        assert values == sorted(set(values))


# -- fast against naive --------------------------------------------------------------------------------------------


def made(alone: float = 0.0, trace: float = 0.0, removed: int = 0, limit: float = 2.0, full: float = 0.0) -> Result:
    """Two ways that agree but for what is given."""
    ways = {"way": ("fast", "naive")}
    steps = ways | {"step": ("MLP 1", "1.0")}
    return Result(
        {
            "full": quantity([2.5 + full, 2.5], "way", labels=ways),
            "alone": quantity(
                [[1, 2 + alone], [1, 2]], "way", "component", labels=ways | {"component": ("0.0", "MLP 0")}
            ),
            "trace": quantity([[1 + trace, 3], [1, 3]], "way", "step", labels=steps),
            "removed": quantity([[removed, 1], [0, 1]], "way", "step", labels=steps),
            "limit": quantity([limit, limit], "way", labels=ways),
        }
    )


@pytest.mark.parametrize(
    ("result", "out"),
    [
        (made(), []),
        (made(alone=9e-5, trace=-9e-5, full=9e-5), []),
        (made(alone=2e-4), ["words: one component ablated"]),
        (made(alone=math.nan), ["words: one component ablated"]),
        (made(trace=-2e-4), ["words: pruning trace, first decisions"]),
        (made(full=2e-4), ["words: nothing ablated"]),
        (made(removed=1), ["words: decisions that differ"]),
        (made(removed=1, limit=1 + 5e-5), []),  # a tie, within rounding
    ],
)
def test_fast_and_naive_have_to_agree(result: Result, out: list[str]) -> None:
    assert outs(equivalent(result, "words")) == out
