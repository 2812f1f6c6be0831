"""The published numbers agree with themselves, and with sets and differences worked out by hand."""

import hashlib
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError, UnknownNameError
from tapehead.analysis.language.published import published_file
from tapehead.analysis.language.published import results as published
from tapehead.analysis.results import Origin, Result
from tapehead.analysis.store import Store

TASKS = ("numerals", "words", "months")
DIGEST = "b2a17c8cdc5029d567d6e9b53af0cb2700ca56f9c386df08c97b7f8dc085f14b"
"""SHA-256 of the file at version 1: results are kept under the version, so a changed file needs a new one."""

EVERY: dict[str, Callable[[], Result]] = {
    "circuits": published.circuits,
    "knockouts": published.knockouts,
    "cross_task": published.cross_task,
    "edges": published.edges,
    "logit_lens": published.logit_lens,
    "attention": published.attention,
    "next_word": published.next_word,
    "one_is_one": published.one_is_one,
    **{f"pruning {task}": lambda task=task: published.pruning(task) for task in TASKS},
    **{f"ov_scores {task}": lambda task=task: published.ov_scores(task) for task in TASKS},
}


def raw() -> dict[str, Any]:
    return json.loads(published_file.published_file().read_text())


def test_a_changed_file_needs_a_new_version() -> None:
    assert published_file.VERSION == 1
    assert hashlib.sha256(published_file.published_file().read_bytes()).hexdigest() == DIGEST


@pytest.mark.parametrize("name", EVERY)
def test_every_result_is_cited_and_survives_the_store(name: str, tmp_path: Path) -> None:
    result = EVERY[name]()
    assert (result.origin, result.model) == (Origin.PUBLISHED, "GPT-2 small")
    assert "@" in result.citation and ("arXiv 2311.04131" in result.citation) == (name != "one_is_one")
    assert result.facts["how"] and result.facts["files"]
    store = Store(tmp_path)
    store.put_result("a" * 64, result, {})
    kept = store.read_result(store.get("result", "a" * 64).path)
    assert set(kept.quantities) == set(result.quantities)
    for key, found in result.quantities.items():
        assert np.array_equal(kept[key], found.values, equal_nan=True)
        assert kept.quantity(key).axes == found.axes


@pytest.mark.parametrize("task", TASKS)
def test_a_trace_replays_to_its_circuit(task: str) -> None:
    """Replayed with plain sets, apart from the code that checks the file."""
    result, whole = published.pruning(task), published.circuits()
    live = {(layer, head) for layer in range(12) for head in range(-1, 12)}
    for step in range(int(result.read("steps"))):
        at = (int(result["trace_layer"][step]), int(result["trace_head"][step]))
        assert at in live
        gone = bool(result["trace_removed"][step])
        assert gone == (100 - result["trace_score"][step] < 20)
        live -= {at} if gone else set()
        assert result["left_heads"][step] == sum(head >= 0 for _, head in live)
        assert result["left_mlps"][step] == sum(head < 0 for _, head in live)
    assert {(la, h) for la, h in live if h >= 0} == set(zip(*np.nonzero(result["heads"]), strict=True))
    assert {la for la, h in live if h < 0} == set(np.flatnonzero(result["mlps"]))
    t = TASKS.index(task)
    assert (result["heads"] == whole["heads"][t]).all() and (result["mlps"] == whole["mlps"][t]).all()
    last = result["trace_score"][np.flatnonzero(result["trace_removed"])[-1]]
    assert last == result.read("score") == whole.read("score", task=task)
    # A pass visits what is live, backward or forward: the order of the paper.
    for phase in range(int(result["trace_phase"].max()) + 1):
        rows = result["trace_phase"] == phase
        order = list(zip(result["trace_layer"][rows], result["trace_head"][rows], strict=True))
        key = (lambda c: (-c[0], c[1])) if phase % 2 == 0 else (lambda c: (c[0], c[1] if c[1] >= 0 else 99))
        assert order == sorted(order, key=key)


def test_sets_are_those_that_the_paper_names() -> None:
    result = published.circuits()
    assert result["head_count"].tolist() == [14, 19, 13]
    assert result["mlp_count"].tolist() == [11, 12, 10]
    shared = ["0.1", "4.4", "6.1", "6.6", "6.10", "7.11", "8.8", "9.1"]
    assert [s for s in result.facts["shared"] if "." in s] == shared
    assert result.read("shared_head_count") == 8
    assert result.read("shared_mlp_count") == 10
    assert result.read("union_head_count") == 24
    assert (result["shared_heads"] == (result["times"] == 3)).all()
    assert (
        result.read("times", layer="1", head="5") == 2 and result.read("heads", task="months", layer="1", head="5") == 0
    )
    assert result.read("overlap", task="numerals", other="words") == pytest.approx(13 / 20)
    assert result.read("overlap", task="numerals", other="months") == pytest.approx(8 / 19)
    assert result.read("overlap", task="words", other="months") == pytest.approx(9 / 23)
    assert result.read("pair_count", task="words", other="months") == 9
    assert np.allclose(result["score"], [81.0075, 81.1096, 80.2966], atol=0)


def test_drops_are_the_ones_that_were_told() -> None:
    """Derived by hand from the printed scores, two decimals."""
    result = published.knockouts()
    for task, told in {
        "numerals": {"7.11": 47.12, "10.7": 15.01, "1.5": 14.30, "8.8": 13.32, "4.4": 13.10},
        "words": {"0.1": 91.90, "7.11": 61.51, "4.4": 52.08, "1.5": 38.03, "9.1": 29.93},
        "months": {"4.4": 54.40, "7.11": 46.63, "9.1": 44.01, "0.1": 29.89, "10.7": 16.65},
    }.items():
        drops = result["heads_drop"][TASKS.index(task)]
        order = np.argsort(-drops, axis=None)[:5]
        assert [f"{i // 12}.{i % 12}" for i in order] == list(told)
        assert drops.ravel()[order] == pytest.approx(list(told.values()), abs=0.0051)
    inside = result["circuit_drop"]
    assert inside[0, 0, 1] == pytest.approx(44.29, abs=0.0051) and inside[2, 4, 4] == pytest.approx(73.16, abs=0.0051)
    assert np.array_equal(np.isfinite(inside), published.circuits()["heads"].astype(bool))
    assert result["circuit_derived"].sum((1, 2)).tolist() == [0, 0, 9]
    assert result.read("mlps_left", task="words", layer="MLP 0") == 4.025


def test_the_first_score_of_a_trace_is_that_of_the_lone_component() -> None:
    result = published.knockouts()
    for task in TASKS:
        first = published.pruning(task)
        assert (first["trace_layer"][0], first["trace_head"][0]) == (11, -1)
        assert first["trace_score"][0] == result.read("mlps_left", task=task, layer="MLP 11")


def test_what_is_unknown_can_not_be_shown() -> None:
    cross = published.cross_task()
    assert cross.read("score", data="months", circuit="numerals") == 113.5251
    assert (cross["known"] == 0).sum() == np.isnan(cross["score"]).sum() == 1
    with pytest.raises(ResultError, match="cannot be shown"):
        cross.read("score", data="months", circuit="months + MLP 11")
    ov = published.ov_scores("numerals")
    assert ov.read("score", target="next", layer="9", head="1") == 87.371
    with pytest.raises(ResultError, match="cannot be shown"):
        ov.read("score", target="next", layer="0", head="0")


@pytest.mark.parametrize("name", EVERY)
def test_gaps_are_where_they_are_declared(name: str) -> None:
    """Everything else is a finite number: nothing on screen can become NaN by accident."""
    masks = {
        "score": ("known", "listed"),
        "circuit_left": ("circuit_heads",),
        "circuit_drop": ("circuit_heads",),
    }
    result = EVERY[name]()
    for key, found in result.quantities.items():
        finite = np.isfinite(found.values)
        mask = next((m for m in masks.get(key, ()) if m in result.quantities), None)
        if mask:
            assert np.array_equal(finite, result[mask].astype(bool))
        elif key == "mlp_to_mlp":
            own = sorted(set(range(12)) - {5})
            pairs = {(r, s) for r in own for s in own if s < r}
            assert set(zip(*np.nonzero(finite), strict=True)) == pairs
        elif key == "look":
            assert not np.isnan(found.values).any()
        else:
            assert finite.all(), key


def test_means_of_next_scores_hold_what_was_listed() -> None:
    """A mean over 144 heads cannot be below what the listed heads alone make it."""
    for task in TASKS:
        result = published.ov_scores(task)
        listed = np.nansum(result["score"], axis=(1, 2)) / 144
        assert (result["mean"] >= listed - 5e-4).all()
    months = published.ov_scores("months")
    assert months.quantity("score").labels["target"] == ("next ordinal", "copy")
    assert np.isfinite(months["score"][0]).all() and (months["score"][0] > 0).sum() == 1
    assert months["score"][0].mean() == pytest.approx(months["mean"][0], abs=5e-4)


def test_lens_attention_and_edges() -> None:
    lens = published.logit_lens()
    assert lens["flips"].tolist() == [1531, 1396, 1495]
    assert lens["flip"] == pytest.approx([99.67, 90.89, 97.33], abs=0.0051)
    assert all(len(words) == len(lens.facts["rows"]) == 13 for words in lens.facts["examples"].values())
    look = published.attention()
    assert look.read("look", look="4.4 m3→m2", data="words") == 0.17823
    assert look.read("by_eye", look="9.1 last→m4") == 0.55
    assert look.facts["by_eye"] == ["by_eye"]
    edges = published.edges()
    assert edges.read("mlp_to_mlp", receiver="MLP 9", sender="MLP 0") == 0.2158
    assert edges["highlighted"].tolist() == [[1, 1, 1]] * 3 + [[1, 1, 0]] * 2


def test_the_hackathon_holds_together() -> None:
    result = published.one_is_one()
    assert result.read("difference", sequence="digits") == 5.6015
    assert result.read("prompts", sequence="digits") == 20
    top = [np.unravel_index(m.argmax(), m.shape) for m in result["patch_head_output"]]
    assert top == [(9, 1)] * 3
    # Components add up to what the stream accumulates; the heads of a layer to its attention, but for the bias.
    assert result["attribution_components"].sum(1) == pytest.approx(result["attribution_stream"][:, -1], abs=0.003)
    assert result["patch_residual"][:, :, -1] == pytest.approx(np.ones((3, 12)), abs=0.005)
    assert result.read("neurons_9", neuron="934") == 0.1965


def changed(change: Callable[[dict[str, Any]], None], to: Path) -> Path:
    tables = raw()
    change(tables)
    to.write_text(json.dumps(tables))
    return to


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "a decision against its score": (lambda t: t["traces"]["words"]["rows"][3].__setitem__(3, 0), "decides otherwise"),
    "a head too many": (lambda t: t["circuits"]["months"]["heads"].append("1.5"), "does not leave the months circuit"),
    "another score": (lambda t: t["circuits"]["words"].update(score=82.0), "ends at 81.1096"),
    "no citation": (lambda t: t["attention"].update(citation="the paper"), "'attention' does not say"),
    "another commit missing": (lambda t: t["traces"]["months"].pop("files"), "'traces/months' does not say"),
    "a guess": (lambda t: t["edges"].update(how="guessed"), "obtained 'guessed'"),
    "cross table": (lambda t: t["cross_task"]["score"][1].__setitem__(1, None), "nan % for the words circuit"),
    "a lost row": (lambda t: t["knockouts"]["months"]["heads_left"].pop(), r"\(11, 12\)"),
    "another version": (lambda t: t.update(version=2), "is version 2"),
    "a lost table": (lambda t: t.pop("circuits"), "is not a file of published numbers"),
    "a strange head": (lambda t: t["circuits"]["months"]["heads"].append("12.0"), "there is no 12.0"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_contradicts_itself_is_refused(what: str, tmp_path: Path) -> None:
    change, said = BROKEN[what]
    path = changed(change, tmp_path / "broken.json")
    with pytest.raises(ResultError, match=said):
        published_file.published_circuits(path)


def test_no_number_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "nan.json"
    path.write_text(published_file.published_file().read_text().replace("113.5251", "NaN"))
    with pytest.raises(ResultError, match="what is unknown is null"):
        published_file.published_circuits(path)
    with pytest.raises(ResultError, match="cannot be read"):
        published_file.published_circuits(tmp_path / "nowhere.json")
    assert math.isnan(published.cross_task()["score"][2, 3])


def test_an_unknown_task_is_named() -> None:
    with pytest.raises(UnknownNameError, match="did you mean numerals"):
        published.pruning("numeral")
    with pytest.raises(UnknownNameError, match="task with published numbers"):
        published.ov_scores("days")
    assert published_file.published_circuits().table("full_difference")["value"] == dict.fromkeys(TASKS)
