"""The shared member code: planted codes whose answer is known, loops instead of matrices, the shipped model."""

import itertools

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError, UsageError
from tapehead.analysis.language.models.loading import LanguageModel, load_model
from tapehead.analysis.language.studies import member_code as mc
from tapehead.analysis.language.studies.scores import shared_code
from tapehead.analysis.language.tasks.sequences import sequence


def plant(monkeypatch: pytest.MonkeyPatch, codes: dict[str, np.ndarray]) -> None:
    monkeypatch.setattr(mc, "member_code", lambda _model, kind, _count, seed: codes[kind])


def spread(size: int, seed: int) -> np.ndarray:
    code = np.random.default_rng(seed).normal(size=(size, 200))
    return code - code.mean(0)


def test_cosines_and_means_are_those_of_loops(random_model: LanguageModel) -> None:
    result = mc.shared_member_code(random_model, ("numerals", "months"), 60, 50)
    a, b = (mc.member_code(random_model, kind, 60, seed=0) for kind in ("numerals", "months"))
    table = [[float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y))) for y in b] for x in a]
    assert np.allclose(result["cosine"][0], table, atol=1e-5)  # codes are fp32
    assert result["same"][0] == pytest.approx(np.mean([table[i][i] for i in range(12)]), abs=1e-5)
    off = [table[i][j] for i in range(12) for j in range(12) if i != j]
    assert result["different"][0] == pytest.approx(np.mean(off), abs=1e-5)
    ahead = np.mean([table[i][i + 2] for i in range(10)])
    assert result.read("by_offset", pair="numerals-months", offset="+2") == pytest.approx(ahead, abs=1e-5)


def test_shuffles_are_permutations() -> None:
    table = np.random.default_rng(0).normal(size=(4, 4))
    exact = [np.mean([table[i, p[i]] for i in range(4)]) for p in itertools.permutations(range(4))]
    null = mc.permutation_null(table, 4000, 1)
    assert np.abs(null[:, None] - np.array(exact)).min(1).max() < 1e-12
    # All 24 come up about equally often: 4000 / 24 = 167, five standard deviations are 63.
    counts = np.bincount(np.abs(null[:, None] - np.array(exact)).argmin(1), minlength=24)
    assert counts.min() > 100 and counts.max() < 235
    assert np.array_equal(null, mc.permutation_null(table, 4000, 1))


def test_one_code_for_two_families(random_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    code = spread(12, 0)
    plant(monkeypatch, {"numerals": code, "words": 3 * code, "months": spread(12, 1)})
    result = mc.shared_member_code(random_model, permutations=999)
    assert result.read("same", pair="numerals-words") == pytest.approx(1)
    assert result.read("p", pair="numerals-words") == pytest.approx(1 / 1000)
    assert result.read("nearest", pair="numerals-words") == 100
    assert result.read("best_offset", pair="numerals-words") == 0
    # The third family shares nothing, and the test says so.
    assert result.read("p", pair="words-months") > 0.05
    assert abs(result.read("same", pair="words-months")) < 0.15
    assert result.read("smallest") == result["same"].min() < 0.15


def test_a_shifted_code_is_not_taken_for_a_shared_one(
    random_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Order is shared, partners are not: neighbours overlap, so a permutation test alone would be fooled."""
    line = np.stack([np.exp(-((np.arange(40) - 2 * r) ** 2) / 30.0) for r in range(13)])
    first, second = line[:12] - line[:12].mean(0), line[1:] - line[1:].mean(0)
    plant(monkeypatch, {"numerals": first, "words": second})
    result = mc.shared_member_code(random_model, ("numerals", "words"), permutations=999)
    assert result.read("p", pair="numerals-words") < 0.01
    assert result.read("best_offset", pair="numerals-words") == -1
    assert result.read("nearest", pair="numerals-words") < 50


def test_families_of_different_size(random_model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    code = spread(12, 0)
    plant(monkeypatch, {"numerals": code, "words": code, "days": code[:7]})
    result = mc.shared_member_code(random_model, ("numerals", "words", "days"), permutations=99)
    assert result["same"] == pytest.approx([1, 1, 1])
    assert np.isnan(result["cosine"][1, 7:]).all() and np.isfinite(result["cosine"][1, :7, :7]).all()
    assert result["nearest_chance"] == pytest.approx([100 / 12, 100 / 7, 100 / 7])
    with pytest.raises(ResultError, match="cannot be shown"):
        result.read("cosine", pair="numerals-days", rank="8", other="1")


def test_the_shipped_model() -> None:
    """The same numbers as on its card's way (fewer prompts), and ranks that matter: every p is small."""
    model = load_model("mini")
    result = mc.shared_member_code(model, count=96, permutations=999, seed=4)
    card = shared_code(model, 96, seed=4)
    for pair in result.quantity("same").labels["pair"]:
        assert result.read("same", pair=pair) == pytest.approx(card[f"code/{pair}"], abs=1e-5)
    assert (result["p"] < 0.05).all() and (result["same"] > result["different"] + 0.3).all()
    assert result.facts["members"]["days" if "days" in result.facts["members"] else "months"] == list(
        sequence("months").members
    )


@pytest.mark.parametrize(
    ("kinds", "permutations", "said"),
    [
        (("numerals",), 9, "two different kinds"),
        (("words", "number words"), 9, "two different"),
        (("words", "days"), 0, "one shuffle"),
    ],
)
def test_bad_requests(random_model: LanguageModel, kinds: tuple[str, ...], permutations: int, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        mc.shared_member_code(random_model, kinds, 24, permutations)
