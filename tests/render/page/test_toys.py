"""What moves in the page against what Python computes: the same numbers, to the last digits that doubles have."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.linear.maps import one_map, shadow
from tapehead.render.page.network import network_data
from tests.render.page.quantities import plain


@pytest.mark.parametrize("seed", range(4))
def test_the_plane_says_what_the_analysis_says(toys: Any, seed: int) -> None:
    rng = np.random.default_rng(seed)
    weights, cat, other = rng.uniform(-3, 3, (2, 2)), rng.uniform(-3, 3, 2), rng.uniform(-3, 3, 2)
    cats = {"one": cat.tolist(), "two": other.tolist()}
    result = one_map(weights.tolist(), cats, ["one", "two"], seed=0)
    ruler = shadow(weights.tolist(), cats, seed=0)
    for bend, rule in ((False, "multiply and add"), (True, "multiply, add, bend")):
        found = toys.evaluate(
            "([W, x, y, bend]) => tapehead.compute.planeMap(W, x, y, bend)",
            [weights.tolist(), cat.tolist(), other.tolist(), bend],
        )
        at = result.quantity("roads").labels["rule"].index(rule)
        roads = result["roads"][at]
        np.testing.assert_allclose([found["join_first"], found["translate_first"]], roads, rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["plain"], result["by_product"][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["terms"], result["terms"][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(found["back"], result["round_trip"][0], rtol=0, atol=1e-9)
        assert found["det"] == pytest.approx(float(result["det"]), abs=1e-12)
        assert found["shadow"] == pytest.approx(float(ruler["shadow"][0]), abs=1e-12)
        np.testing.assert_allclose(found["foot"], ruler["foot"][0], rtol=0, atol=1e-12)


def test_two_rows_that_ask_the_same_lead_nowhere_back(toys: Any) -> None:
    found = toys.evaluate("tapehead.compute.planeMap([[1, 2], [2, 4]], [1, 1], [0, 0], false)")
    assert found["back"] is None and found["det"] == 0


def test_the_plane_moves_by_drag_key_and_link(toys: Any) -> None:
    toy = {
        "id": "map",
        "data": {
            "W": plain(
                [[2.0, 0.75], [-0.75, 2.0]],
                "output",
                "input",
                labels={"output": ["nap", "luck"], "input": ["nose", "ear"]},
            ),
            "points": plain([[1.0, 1.0], [-1.0, 2.0]], "cat", "input", labels={"cat": ["Tom", "nobody"]}),
            "answers": plain([[2.75, 1.25], [-0.5, 4.75]], "cat", "output"),
        },
    }
    toys.set_content("<div id='host' style='width:800px'></div>")
    toys.evaluate("(toy) => { window.made = tapehead.toys['plane-map'](document.getElementById('host'), toy); }", toy)
    assert toys.evaluate("made.now().answer") == [2.75, 1.25]
    handle = toys.locator(".handle").first
    handle.focus()
    for _ in range(4):
        toys.keyboard.press("ArrowRight")
    assert toys.evaluate("made.now().answer") == pytest.approx([3.15, 1.1])
    assert handle.get_attribute("aria-valuetext") == "nose 1.2, ear 1"
    box = toys.locator("svg").first.bounding_box()
    start = handle.bounding_box()
    toys.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] / 2)
    toys.mouse.down()
    toys.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.25, steps=3)
    toys.mouse.up()
    assert toys.evaluate("made.state().x") == "2 2", "a plane from -4 to 4"
    state = toys.evaluate("made.state()")
    toys.evaluate("made.restore({ x: '9 9', w: 'no', bend: '1' })")
    assert toys.evaluate("made.state()") == state | {"x": "3 3", "bend": 1}, "what cannot be is left out or kept inside"


def test_a_map_of_numbers_has_all_of_them_at_their_places(toys: Any) -> None:
    values = np.random.default_rng(0).normal(size=(2, 3, 4))
    values[1, 2, 3] = np.nan
    toy = {
        "id": "grid",
        "data": {
            "clean": plain(values, "task", "layer", "head", labels={"task": ["words", "digits"]}),
            "control": plain(-values, "task", "layer", "head", labels={"task": ["words", "digits"]}),
            "clean|low": plain(values - 1, "task", "layer", "head"),
            "clean|high": plain(values + 1, "task", "layer", "head"),
        },
        "options": {"rows": "layer", "columns": "head", "control": "control"},
    }
    toys.set_content("<div id='host' style='width:800px'></div>")
    toys.evaluate("(toy) => { window.made = tapehead.toys.grid(document.getElementById('host'), toy); }", toy)
    toys.evaluate("made.restore({ 'a.task': '1', 'b.task': '0', at: '1 2' })")
    now = toys.evaluate("made.now()")
    assert now == {"one": pytest.approx(values[1, 1, 2]), "two": pytest.approx(-values[0, 1, 2])}
    rows = toys.evaluate("made.rows()")[1:]
    expected = values[1].ravel().tolist()
    assert [row[2] for row in rows[:-1]] == pytest.approx(expected[:-1]) and rows[-1][2] is None
    assert "95 %" in toys.locator(".says").inner_text()
    toys.locator(".switch input").first.uncheck()
    assert toys.locator("figure:visible").count() == 1


def test_curves_stop_only_where_something_was_computed(toys: Any) -> None:
    x = np.linspace(0.5, 3, 6)
    toy = {
        "id": "lines",
        "data": {
            "w": plain(x, "w"),
            "error": plain(np.stack([x**2, x**3]), "fit", "w", labels={"fit": ["a", "b"]}),
            "control": plain([1.0, 2.0], "q", labels={"q": ["low", "high"]}),
        },
        "options": {"x": "w", "y": "error", "control": "control"},
    }
    toys.set_content("<div id='host' style='width:800px'></div>")
    toys.evaluate("(toy) => { window.made = tapehead.toys.lines(document.getElementById('host'), toy); }", toy)
    for place in range(6):
        toys.evaluate("(at) => made.restore({ at: String(at), fit: '1' })", place)
        now = toys.evaluate("made.now()")
        assert now["x"] == pytest.approx(x[place])
        assert now["values"] == {
            "error": pytest.approx(x[place] ** 3), "control: low": 1, "control: high": 2,
        }  # fmt: skip
    toys.locator("input[type=range]").focus()
    toys.keyboard.press("ArrowLeft")
    assert toys.evaluate("made.now().x") == pytest.approx(x[4])


def test_what_leaves_as_csv_can_be_read_again(toys: Any) -> None:
    import csv
    import io

    rows = [["a", 'b "c"', "d,e"], ["1", "x\ny", ""]]
    assert list(csv.reader(io.StringIO(toys.evaluate("(rows) => tapehead.kit.csv(rows)", rows), newline=""))) == rows


def test_half_precision_numbers_are_read_exactly(toys: Any) -> None:
    every = np.arange(2**16, dtype=np.uint16)
    found = toys.evaluate(
        "() => { const all = new Uint16Array(65536).map((_, k) => k);"
        " return [...tapehead.compute.halves(new Uint8Array(all.buffer), 0, 131072)].map(String); }"
    )
    expected = every.view(np.float16).astype(np.float64)
    np.testing.assert_array_equal(np.array([float(one.replace("Infinity", "inf")) for one in found]), expected)


COUNT = 3


@pytest.fixture(scope="module")
def mini() -> dict[str, Any]:
    """mini with a few prompts, as the page has it."""
    return network_data({"kinds": ["numerals", "months"], "count": COUNT}, seed=0, place="here")


def test_the_network_of_the_page_is_pythons(toys: Any, mini: dict[str, Any]) -> None:
    """Logits of the whole vocabulary, and what is left when parts are replaced by their means, in double precision."""
    torch = pytest.importorskip("torch")
    from tapehead.analysis.language.circuit.ablation import Ablator
    from tapehead.analysis.language.models.components import Circuit
    from tapehead.analysis.language.models.forward import Network
    from tapehead.analysis.language.models.loading import load_model
    from tapehead.analysis.language.tasks.tasks import sequence_task

    model = load_model("mini")
    network = Network(model, "float64")
    toys.evaluate("(told) => { window.net = tapehead.compute.network(told); window.told = told; }", mini)
    rng = np.random.default_rng(0)
    for kind in ("numerals", "months"):
        task = sequence_task(model, kind, COUNT, seed=0)
        ablator = Ablator(network, task)
        whole = ablator.everything
        for circuit in (
            whole,
            Circuit(rng.random((4, 8)) < 0.7, rng.random(4) < 0.7),
            Circuit(whole.heads & False, whole.mlps),
        ):
            told = {"heads": circuit.heads.tolist(), "mlps": circuit.mlps.tolist()}
            found = toys.evaluate(
                """([kind, circuit]) => {
                    const task = told.tasks[kind], means = net.means(task.corrupted);
                    return task.tokens.map((tokens, k) => {
                        const last = net.run(tokens, circuit, means), values = net.logits(last);
                        return { values, difference: values[task.answers[k]] - values[task.wrong[k]] };
                    });
                }""",
                [kind, told],
            )
            with torch.no_grad():
                logits = network.logits(ablator.last_streams(circuit)).numpy()
            scale = np.abs(logits).max()
            np.testing.assert_allclose([one["values"] for one in found], logits, rtol=0, atol=1e-9 * scale)
            differences = ablator.differences(circuit)
            np.testing.assert_allclose([one["difference"] for one in found], differences, rtol=0, atol=1e-9 * scale)


def test_switching_a_head_off_by_hand_gives_the_score(toys: Any, mini: dict[str, Any]) -> None:
    pytest.importorskip("torch")
    from tapehead.analysis.language.circuit.ablation import Ablator
    from tapehead.analysis.language.models.components import Component
    from tapehead.analysis.language.models.forward import Network
    from tapehead.analysis.language.models.loading import load_model
    from tapehead.analysis.language.tasks.tasks import sequence_task

    model = load_model("mini")
    ablator = Ablator(Network(model, "float64"), sequence_task(model, "numerals", COUNT, seed=0))
    expected = ablator.score(ablator.everything.without(Component(0, 6), Component(2)))
    toys.set_content("<div id='host' style='width:800px'></div>")
    toy = {"id": "network", "data": {}, "options": {}, "network": mini}
    toys.evaluate("(toy) => { window.made = tapehead.toys.network(document.getElementById('host'), toy); }", toy)
    toys.get_by_role("button", name="head 0.6", exact=True).click()
    toys.get_by_role("button", name="MLP 2", exact=True).press("Enter")
    assert toys.evaluate("async () => (await made.now()).score") == pytest.approx(expected, abs=1e-6)
    toys.get_by_role("button", name="as many at random").click()
    rivals = toys.evaluate("async () => (await made.now()).rivals")
    assert len(rivals) == 8 and len({round(each, 6) for each in rivals}) > 1
    toys.evaluate(
        "(state) => made.restore(state)", {"kind": "numerals", "heads": "11111111." * 3 + "11111111", "mlps": "1111"}
    )
    assert toys.evaluate("async () => (await made.now()).score") == pytest.approx(100)


def test_the_data_of_a_page_is_json_that_javascript_reads(mini: dict[str, Any]) -> None:
    assert json.loads(json.dumps(mini, allow_nan=False)) == mini
    assert len(mini["weights"]) < 2_400_000
