"""What films are told about graphs, against counting by hand and against the parts that it is made from."""

from __future__ import annotations

import numpy as np
import pytest

from tapehead.analysis.graphs import studies
from tapehead.analysis.graphs.circuit_graphs import as_pattern, can_be_laid, published_circuit_graph
from tapehead.analysis.graphs.knowledge import ANIMALS, OWNERS
from tapehead.analysis.results import Result, quantity

CLUES = ("who -> home@Japan", 'who -> nose@"long snout"', "who -> life@pet", "who -> size@small")


def test_clues_leave_who_fits_them() -> None:
    found = studies.clues("who:animal", CLUES, seed=0)
    tests = [
        lambda a: a[1] == "Japan",
        lambda a: a[2] == "long snout",
        lambda a: a[3] == "pet",
        lambda a: a[4] == "small",
    ]
    for k in range(len(CLUES) + 1):
        left = {name for name, facts in ANIMALS.items() if all(test(facts) for test in tests[:k])}
        assert set(found.facts["left_names"][k]) == left
        assert found["left"][k] == len(left) == found["is_left"][k].sum()
    assert found.facts["left_names"][-1] == ["Shiba Inu"]


def test_folded_placements_are_those_in_which_two_meet() -> None:
    found = studies.fold("o:person -> a:animal -> j@Japan; o -> b:animal -> j", seed=0)
    japanese = [sum(ANIMALS[name][1] == "Japan" for name in animals) for animals in OWNERS.values()]
    assert found["homomorphisms"] == sum(n * n for n in japanese)
    assert found["monomorphisms"] == sum(n * (n - 1) for n in japanese)
    rows = found.facts["placements"]
    assert sum(len(set(row)) < len(row) for row in rows) == found["folded"]


def test_the_funnel_narrows_to_what_takes_part() -> None:
    found = studies.funnel("layered", 400, 5, 5, 0.4, seed=1)
    assert np.all(np.diff(found["by_node"], axis=0) <= 0)
    assert found["placements"] == np.prod(found["by_node"][0].astype(float))
    assert 10 ** float(found["powers"]) == pytest.approx(float(found["placements"]))
    assert found["digits"] == len(f"{float(found['placements']):.0f}")
    assert np.all(np.diff(found["trace"]) <= 0)
    assert found["trace"][0] == found["total"][0]
    assert found["trace"][-1] == found["total"][2]
    other = studies.funnel("layered", 400, 5, 5, 0.4, 1, seed=0)
    assert np.array_equal(found["by_node"], other["by_node"])


def test_candidates_fall_with_coverage_and_building_is_counted() -> None:
    found = studies.coverage("scale-free", 500, 5, 5, 0.4, 6, seed=2)
    assert np.all(np.diff(found["left"], axis=1) <= 0)
    assert found["share"][0] == 100
    assert found["candidates"][-1] == found["simulated"]  # a tree that is remembered whole
    assert found["looks_built"][0] == 0
    # To remember all of a query costs what it costs to answer it.
    assert found["looks_built"][-1] == pytest.approx(float(found["looks"][0]))
    assert np.isnan(found["pays_after"][0])


def circuits_of_mini() -> Result:
    heads, mlps = np.zeros((1, 4, 8), int), np.ones((1, 4), int)
    heads[0, 0, 6] = heads[0, 2, 1] = 1
    labels = {"task": ("numerals",)}
    return Result(
        {
            "heads": quantity(heads, "task", "layer", "head", labels=labels),
            "mlps": quantity(mlps, "task", "layer", labels=labels),
        },
        model="mini",
    )


def test_circuits_are_laid_as_by_the_search_itself() -> None:
    found = studies.laid(circuits_of_mini(), 3, seed=0)
    names = found.quantity("fits").labels["circuit"]
    assert names == ("GPT-2 numerals", "GPT-2 words", "GPT-2 months", "mini numerals")
    graphs = [published_circuit_graph(task) for task in ("numerals", "words", "months")]
    for i, a in enumerate(graphs):
        for j, b in enumerate(graphs):
            assert found["fits"][i, j] == can_be_laid(as_pattern(a), b)
    assert np.all(np.diag(found["fits"]) == 1)
    assert np.isnan(np.diag(found["by_chance"])).all()
    assert ((found["by_chance"] >= 0) | np.isnan(found["by_chance"])).all()


def test_wires_are_searched_for_what_the_authors_drew() -> None:
    names = ["embed → 0.1", "0.1 → 1.2.k", "1.2 → 2.3.q", "0.1 → 2.3.v", "2.3 → final", "0.1 → MLP 2", "MLP 2 → final"]
    strong = np.array([1, 1, 1, 1, 1, 1, 0])
    labels = {"edge": tuple(names)}
    edges = Result(
        {"drop": quantity(np.ones(7), "edge", labels=labels), "strong": quantity(strong, "edge", labels=labels)}
    )
    found = studies.wires(edges, 20, seed=0)
    assert found.facts["story"] == [["4.4", "7.11"], ["4.4", "9.1"], ["7.11", "9.1"]]
    assert found["found"][0] == 1
    assert set(found.facts["example"]["heads"]) == {"0.1", "1.2", "2.3"}
    assert found["edges"] == 6
    assert found["chance"][0] == 100 * np.mean(found["random"][0] > 0)
    assert np.all(found["random"][1] >= found["random"][0])
