"""What newer toys compute in the page against what Python computes, naively or by the film's own analysis."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

MASK = 2**32 - 1


def random(seed: int) -> Any:
    """Mulberry32, from its description: the numbers that a page draws."""
    state = seed & MASK
    while True:
        state = (state + 0x6D2B79F5) & MASK
        t = ((state ^ state >> 15) * (state | 1)) & MASK
        t ^= (t + ((t ^ t >> 7) * (t | 61) & MASK)) & MASK
        yield ((t ^ t >> 14) & MASK) / 2**32


def order(many: int, seed: int) -> list[int]:
    """Fisher and Yates with those numbers."""
    drawn, made = random(seed), list(range(many))
    for k in range(many - 1, 0, -1):
        other = int(next(drawn) * (k + 1))
        made[k], made[other] = made[other], made[k]
    return made


def test_chance_falls_the_same_way_here_and_there(toys: Any) -> None:
    for seed in (0, 1, 77, 2**31):
        assert toys.evaluate("(s) => { const d = tapehead.kit.random(s); return [d(), d(), d()]; }", seed) == list(
            itertools.islice(random(seed), 3)
        )
        found = toys.evaluate("(s) => tapehead.kit.order(50, s)", seed)
        assert found == order(50, seed) and sorted(found) == list(range(50)) and found != sorted(found)


def test_an_interval_of_a_share_is_wilsons(toys: Any) -> None:
    stats = pytest.importorskip("scipy.stats")
    for count, many in ((0, 10), (3, 10), (10, 10), (71, 96)):
        expected = stats.binomtest(count, many).proportion_ci(0.95, "wilson")
        found = toys.evaluate("([c, n]) => tapehead.kit.wilson(c, n)", [count, many])
        np.testing.assert_allclose(found, [expected.low, expected.high], atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_a_push_and_the_loudest_one_are_those_of_the_singular_values(toys: Any, seed: int) -> None:
    matrix = np.random.default_rng(seed).normal(size=(2, 2))
    angle = 0.7 + seed
    found = toys.evaluate("([M, a]) => tapehead.compute.push(M, a)", [matrix.tolist(), angle])
    expected = matrix @ [np.cos(angle), np.sin(angle)]
    np.testing.assert_allclose(found["answer"], expected, atol=1e-12)
    assert found["length"] == pytest.approx(np.linalg.norm(expected), abs=1e-12)
    best = toys.evaluate("(M) => tapehead.compute.loudest(M)", matrix.tolist())
    np.testing.assert_allclose(best["sigma"], np.linalg.svd(matrix)[1], atol=1e-12)
    along = matrix @ [np.cos(best["angle"]), np.sin(best["angle"])]
    assert np.linalg.norm(along) == pytest.approx(best["sigma"][0], abs=1e-9)


@pytest.mark.parametrize(("folds", "columns"), [(1, 2), (5, 2), (5, 1)])
def test_folds_are_graded_by_weights_that_never_saw_them(toys: Any, folds: int, columns: int) -> None:
    rng = np.random.default_rng(folds)
    x = rng.normal(size=(columns, 60))
    labels = (x.sum(axis=0) + rng.normal(size=60) > 0).astype(float)
    found = toys.evaluate(
        "([x, y, k]) => tapehead.compute.foldScores(x, y, k, 3)", [x.tolist(), labels.tolist(), folds]
    )
    table, expected = np.column_stack([np.ones(60), x.T]), np.empty(60)
    held = [list(range(60))] if folds == 1 else [order(60, 3)[fold::folds] for fold in range(folds)]
    for rows in held:
        kept = np.arange(60) if folds == 1 else np.setdiff1d(np.arange(60), rows)
        expected[rows] = table[rows] @ np.linalg.lstsq(table[kept], labels[kept], rcond=None)[0]
    np.testing.assert_allclose(found, expected, atol=1e-9)


def test_the_curve_of_all_thresholds_is_sklearns_with_ties(toys: Any) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(4)
    scores, labels = rng.integers(0, 12, 200) / 4, rng.integers(0, 2, 200)
    found = toys.evaluate("([s, l]) => tapehead.compute.roc(s, l)", [scores.tolist(), labels.tolist()])
    fpr, tpr, _ = metrics.roc_curve(labels, scores, drop_intermediate=False)
    np.testing.assert_allclose(found["points"], np.column_stack([fpr, tpr]), atol=1e-12)
    assert found["area"] == pytest.approx(metrics.roc_auc_score(labels, scores), abs=1e-12)
    heaps = [scores[labels == 1].tolist(), scores[labels == 0].tolist()]
    above = toys.evaluate("([s, c]) => tapehead.compute.above(s, c, 1.5)", heaps)
    assert above["area"] == pytest.approx(found["area"], abs=1e-12)
    assert above["signal"] == sum(v >= 1.5 for v in heaps[0]) and above["control"] == sum(v >= 1.5 for v in heaps[1])


def test_a_splits_score_is_the_r2_of_what_was_held_back(toys: Any) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(5)
    x = rng.normal(size=40)
    y = 2 * x + rng.normal(size=40)
    chosen = order(40, 9)
    found = toys.evaluate(
        "([x, y]) => tapehead.compute.split(x, y, tapehead.kit.order(40, 9), 12)", [x.tolist(), y.tolist()]
    )
    slope, offset = np.polyfit(x[chosen[12:]], y[chosen[12:]], 1)
    assert (found["slope"], found["offset"]) == (pytest.approx(slope), pytest.approx(offset))
    held = chosen[:12]
    assert found["r2"] == pytest.approx(metrics.r2_score(y[held], offset + slope * x[held]), abs=1e-12)


def test_many_looks_are_those_of_the_analysis(toys: Any) -> None:
    from tapehead.analysis.vision.detection import many_looks

    maps = np.random.default_rng(6).normal(size=(50, 30, 30))
    one = many_looks(maps, 3.2)
    told = [100 * one.single, 100 * one.measured, one.looks]
    formula, effective = toys.evaluate(
        "([p, m, n]) => [tapehead.compute.looks(p, n), tapehead.compute.effective(p, m)]", told
    )
    assert formula == pytest.approx(100 * one.formula, rel=1e-9) and effective == pytest.approx(one.effective, rel=1e-9)


def test_what_is_left_when_a_shadow_is_taken_away_is_the_analysis(toys: Any) -> None:
    from tapehead.analysis.linear.projections import dot_as_projection

    edit, protect = [1.25, -2.0], [0.5, 1.75]
    found = toys.evaluate("([e, p]) => tapehead.compute.project(e, p)", [edit, protect])
    result = dot_as_projection(protect, {"edit": edit}, 4, seed=0)
    assert found["dot"] == pytest.approx(float(result["dot"][0]), abs=1e-12)
    assert found["shadow"] == pytest.approx(float(result["shadow"][0]), abs=1e-12)
    assert found["angle"] == pytest.approx(abs(float(np.degrees(np.radians(result["angle"][0])))), abs=1e-9)
    np.testing.assert_allclose(found["foot"], result["foot"][0], atol=1e-12)
    np.testing.assert_allclose(found["left"], np.array(edit) - result["foot"][0], atol=1e-12)
    assert abs(found["left_dot"]) < 1e-12
    kept = 100 * np.sum((np.array(edit) - result["foot"][0]) ** 2) / np.sum(np.square(edit))
    assert found["kept"] == pytest.approx(kept, abs=1e-9)


def test_a_fence_counts_as_the_film_does(toys: Any) -> None:
    from tapehead.analysis.linear.fences import animal_table, fence

    table = animal_table({"rat": [0.5, 2.0], "cat": [2.0, 0.5]}, 0.7, 20, seed=3)
    result = fence(table, shuffles=1, seed=3)
    for k in range(2):
        found = toys.evaluate(
            "([x, kind, w, b]) => tapehead.compute.fence(x, kind, w, b)",
            [table["x"].ravel().tolist(), table["kind"].tolist(), result["w"][k].tolist(), float(result["b"][k])],
        )
        assert found["held"] == pytest.approx(float(result["right"][k]))
        assert found["learned"] == pytest.approx(float(result["right_learned"][k]))


@pytest.mark.parametrize("share", [0.1, 0.25])
def test_what_two_pictures_share_is_the_overlap_of_the_analysis(toys: Any, share: float) -> None:
    from tapehead.analysis.vision.overlap import analytic_null, overlap, set_size

    rng = np.random.default_rng(7)
    one, two = np.maximum(rng.normal(size=(2, 12, 3, 3)), 0)  # half of them zero, as after a ReLU: no ties up there
    found = toys.evaluate(
        """([a, b, share]) => {
            const size = tapehead.compute.setSize(a.length, share);
            const sets = [a, b].map((values, k) => tapehead.compute.loudestSet(values, size, k));
            return { size, ...tapehead.compute.jaccard(...sets), chance: tapehead.compute.chance(share) };
        }""",
        [one.ravel().tolist(), two.ravel().tolist(), share],
    )
    assert found["size"] == set_size(one.size, share)
    assert found["overlap"] == pytest.approx(overlap(one, two, share, seed=0), abs=1e-12)
    assert found["chance"] == pytest.approx(analytic_null(share), abs=1e-12)


def test_equal_values_at_the_border_are_drawn_by_lot(toys: Any) -> None:
    sets = [toys.evaluate("(s) => tapehead.compute.loudestSet([5, 1, 1, 1, 1, 0], 3, s)", seed) for seed in range(12)]
    assert all(one[0] == 0 and len(one) == 3 and 5 not in one for one in sets) and len({tuple(s) for s in sets}) > 2


@pytest.mark.parametrize("seed", range(3))
def test_turning_a_network_is_the_films(toys: Any, seed: int) -> None:
    from tapehead.analysis.vision.xor import Network
    from tapehead.analysis.vision.xor_match import turns

    first, second = np.random.default_rng(seed).normal(size=(2, 9))
    found = toys.evaluate("([a, b]) => tapehead.compute.bestTurn(a, b)", [first.tolist(), second.tolist()])
    at, signs, turned = turns(first, second)
    assert found["exchanged"] == (at == (1, 0)) and found["signs"] == list(signs)
    assert found["apart"] == pytest.approx(np.linalg.norm(first - turned), abs=1e-12)
    answers = toys.evaluate(
        "([b, e, s]) => tapehead.compute.answers(tapehead.compute.turned(b, e, s))",
        [second.tolist(), found["exchanged"], found["signs"]],
    )
    np.testing.assert_allclose(answers, 100 * Network.of(second).answers, atol=1e-9)


PATTERNS = (
    "who:animal",
    'who:animal; who -> home@Japan; who -> nose@"long snout"; who -> life@pet',
    "owner:person -> one:animal -> home@Japan; owner -> other:animal -> home",
    "who:animal => class@mammal; who -> life@wild",
    "a:kind => b:class; a => c:class",
)


def knowledge() -> dict[str, Any]:
    from tapehead.analysis.graphs.knowledge import knowledge_graph

    graph = knowledge_graph()
    return {
        "names": list(graph.names),
        "labels": list(graph.label_names),
        "label": [int(v) for v in graph.labels],
        "edges": graph.edges().tolist(),
    }


@pytest.mark.parametrize("text", PATTERNS)
def test_the_matcher_of_the_page_finds_what_pythons_finds(toys: Any, text: str) -> None:
    from tapehead.analysis.graphs.enumeration import MONOMORPHISM
    from tapehead.analysis.graphs.knowledge import knowledge_graph
    from tapehead.analysis.graphs.matching import Matcher
    from tapehead.analysis.graphs.patterns import parse_pattern

    matcher, pattern = Matcher(knowledge_graph()), parse_pattern(text)
    for apart in (False, True):
        found = toys.evaluate(
            "([g, t, apart]) => tapehead.compute.placements(g, tapehead.compute.pattern(t), apart).found",
            [knowledge(), text, apart],
        )
        expected = matcher.answer(pattern, *([MONOMORPHISM] if apart else []), keep=10_000)
        assert sorted(map(tuple, found)) == sorted(tuple(map(int, row)) for row in expected.first)


@pytest.mark.parametrize("text", ["who ->", "who -- x", 'a:"', "who -> home@Atlantis", "a:nothing"])
def test_what_is_no_pattern_is_one_sentence(toys: Any, text: str) -> None:
    said = toys.evaluate(
        """([g, t]) => { try { tapehead.compute.placements(g, tapehead.compute.pattern(t), false); return ""; }
            catch (error) { return error.message; } }""",
        [knowledge(), text],
    )
    assert len(said) > 20
