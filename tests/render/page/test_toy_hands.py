"""Every newer toy in use: by knob, key and pointer, from an address and back, as CSV and as a picture of its own."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.results import quantity
from tapehead.render.page.pictures import MOST, packed
from tapehead.render.page.toys import KINDS, WEB, scripts
from tests.render.page.quantities import plain


def _random(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


def _pictures() -> dict[str, Any]:
    values = np.random.default_rng(1).integers(0, 256, (2, 3, 3, 8, 8)).astype(np.uint8)
    labels = {"way": ["told", "random"]}
    told = packed(quantity(values, "way", "amount", "channel", "row", "column", labels=labels), {}, "here")
    return told | {"source": "a/p", "digest": "0", "origin": "computed", "model": ""}


def _sides(*shape: int, seed: int = 0) -> dict[str, Any]:
    return plain(_random(*shape, seed=seed), "animal", "side", labels={"side": ["first", "second"]})


TOYS: dict[str, dict[str, Any]] = {
    "pictures": {
        "data": {
            "picture": _pictures(),
            "how far": plain([0, 6, 12], "amount"),
            "score": plain(_random(2, 3), "way", "amount"),
        },
        "options": {"along": "amount", "beside": "way", "control": "random", "places": "how far"},
    },
    "ellipse": {
        "data": {
            "loudest": plain([3.0, 2.0], "direction"),
            "chance": plain([0.5, 0.25], "direction"),
            "real": plain(_random(2, 12, 2), "size", "angle", "axis"),
            "sizes": plain([0.03, 3], "size"),
            "null": plain([0.1, 2.9, 5], "draw"),
        },
        "options": {"control": "chance", "start": 0},
    },
    "folds": {
        "data": {
            "x": plain(_random(30), "pair"),
            "y": plain(_random(30, seed=1), "pair"),
            "linked": plain(np.arange(30) % 2, "pair"),
        },
        "options": {"names": ["friends", "walks"]},
    },
    "splits": {
        "data": {
            "table": plain(_random(2, 40), "column", "game", labels={"column": ["sales", "talk"]}),
            "published": plain(0.5),
        },
        "options": {"x": "talk", "y": "sales", "held": 8},
    },
    "threshold": {
        "data": {
            "signal": plain(_random(50) + 1, "picture"),
            "control": plain(_random(40, seed=1), "picture"),
            "told": plain(0.25),
        },
        "options": {"of": "likeness"},
    },
    "looks": {
        "data": {
            **{
                name: plain([[v, 2 * v], [v, 2 * v]], "spectrum", "rate", labels={"spectrum": ["white", "pink"]})
                for name, v in {"single": 0.002, "measured": 10.0, "low": 8.0, "high": 12.0}.items()
            },
            "looks": plain(10_000),
        },
        "options": {},
    },
    "projection": {
        "data": {
            "edit": plain([2.0, 1.0], "side", labels={"side": ["first", "second"]}),
            "protect": plain([1.0, 2.0], "side"),
            "null": plain([0.1, 0.5, 0.9], "draw"),
        },
        "options": {},
    },
    "fence": {
        "data": {
            "x": _sides(40, 2),
            "kind": plain(np.arange(40) % 2, "animal"),
            "w": plain([[1.0, 1.0], [1.0, -1.0]], "fit", "side", labels={"fit": ["support vectors", "logistic"]}),
            "b": plain([0.1, 0.2], "fit"),
        },
        "options": {},
    },
    "overlap": {
        "data": {
            "activation": plain(np.abs(_random(3, 6, 3, 3)), "shown", "channel", "down", "across"),
        },
        "options": {"kinds": ["horse", "zebra", "car"], "most": 20},
    },
    "turns": {
        "data": {
            "weights": plain(_random(4, 9), "network", "weight", labels={"weight": [f"w{k}" for k in range(9)]}),
            "solved": plain([1, 1, 1, 0], "network"),
            "solution": plain([0, 0, 1, 2], "network"),
        },
        "options": {},
    },
    "matcher": {
        "data": {"edge": plain([[0, 2], [1, 2], [1, 3]], "edge", "end"), "label": plain([0, 0, 1, 2], "node")},
        "facts": {
            "names": ["Tom", "Rex", "Japan", "pet"],
            "labels": ["animal", "country", "life"],
            "clues": ["who -> home@Japan", "who -> life@pet"],
        },
        "options": {"first": "who:animal"},
    },
}  # fmt: skip


def opened(toys: Any, kind: str) -> Any:
    toys.set_content("<div id='host' class='play' style='width:800px'></div>")
    toy = {"id": kind, "kind": kind, "title": kind, **TOYS[kind]}
    toys.evaluate(
        "([kind, toy]) => { window.made = tapehead.toys[kind](document.getElementById('host'), toy); }", [kind, toy]
    )
    return toys


def test_every_kind_is_used_here_or_beside() -> None:
    assert set(KINDS) - set(TOYS) == {"plane-map", "grid", "lines", "network"}


@pytest.mark.parametrize("kind", TOYS)
def test_a_toy_comes_back_from_its_address_and_goes_out_as_numbers_and_picture(toys: Any, kind: str) -> None:
    page = opened(toys, kind)
    start = page.evaluate("[made.state(), JSON.stringify(made.now())]")
    for knob in page.locator("input[type=range]").all()[:2]:
        knob.focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
    for box in page.locator("input[type=checkbox]").all():
        box.click()
    moved = page.evaluate("[made.state(), JSON.stringify(made.now())]")
    assert moved[0] != start[0], "the knobs do something"
    text = {name: str(value) for name, value in start[0].items()}
    page.evaluate("(state) => made.restore(Object.fromEntries(new URLSearchParams(new URLSearchParams(state))))", text)
    assert page.evaluate("[made.state(), JSON.stringify(made.now())]") == start
    page.evaluate("(names) => made.restore(Object.fromEntries(names.map((n) => [n, '<x> 1e99'])))", list(text))
    page.evaluate("made.restore({})")
    rows = page.evaluate("made.rows()")
    assert len(rows) > 1 and len({len(row) for row in rows}) == 1
    for svg in page.evaluate("made.pictures().map((one) => tapehead.kit.standing(one))"):
        assert svg.startswith("<svg") and "NaN" not in svg and "undefined" not in svg
    bare = "all => all.filter((one) => !one.labels?.length && !one.getAttribute('aria-label')).length"
    assert page.locator("input, select").evaluate_all(bare) == 0, "everything that can be set has a name"


def test_a_walk_shows_the_very_pixels_that_were_computed(toys: Any) -> None:
    from PIL import Image

    page = opened(toys, "pictures")
    page.evaluate("made.restore({ amount: '2', way: '0', beside: '1' })")
    values = np.random.default_rng(1).integers(0, 256, (2, 3, 3, 8, 8)).astype(np.uint8)
    for way, text in enumerate(page.evaluate("made.now().pictures")):
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(text))).convert("RGB"))
        np.testing.assert_array_equal(shown, values[way, 2].transpose(1, 2, 0))
    assert page.evaluate("made.now().numbers.score") == pytest.approx(_random(2, 3)[:, 2].tolist())
    assert page.locator("figcaption").first.inner_text() == "told, amount 12"


def test_pictures_that_are_none_or_too_many_are_one_sentence() -> None:
    for values, axes, said in (
        (np.zeros((2, 2)), ("a", "b"), "have the axes"),
        (np.zeros((MOST + 1, 3, 1, 1)), ("a", "channel", "row", "column"), "are most"),
    ):
        with pytest.raises(EpisodeError, match=said):
            packed(quantity(values, *axes), {}, "here")
    some = quantity(np.zeros((4, 3, 1, 1)), "a", "channel", "row", "column", labels={"a": list("wxyz")})
    assert packed(some, {"a": 2}, "here")["labels"] == {"a": ["w", "x"]}
    with pytest.raises(EpisodeError, match="most_of"):
        packed(some, {"b": 2}, "here")


@pytest.fixture
def styled(chromium: Any) -> Iterator[Any]:
    """A page of its own with the real style: a drag across text that can be selected is another gesture."""
    page = chromium.new_page(reduced_motion="reduce")
    page.set_content(
        f"<style>{(WEB / 'page.css').read_text(encoding='utf-8')}</style><div id='host' class='play'></div>"
    )
    page.add_script_tag(content=scripts(list(KINDS)).partition("// The page: what is shown")[0])
    yield page
    page.close()


def test_points_are_moved_by_key_and_by_pointer(toys: Any, styled: Any) -> None:
    page, toy = styled, {"id": "x", "kind": "projection", "title": "x", **TOYS["projection"]}
    page.evaluate("(toy) => { window.made = tapehead.toys.projection(document.getElementById('host'), toy); }", toy)
    hold = page.locator(".handle").first
    hold.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert page.evaluate("made.state().edit") == "2.05 1.5"
    hold.hover()
    box = hold.bounding_box()
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 60, box["y"] + box["height"] / 2, steps=3)
    page.mouse.up()
    x, y = map(float, page.evaluate("made.state().edit").split())
    assert x < 1.8 and y == pytest.approx(1.5, abs=0.051)
    page = opened(toys, "ellipse")
    page.locator(".handle").focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("made.state().angle") == 5
    page = opened(toys, "fence")
    page.locator(".handle").nth(1).focus()
    before = page.evaluate("made.state()")
    page.keyboard.press("ArrowUp")
    after = page.evaluate("made.state()")
    assert after["angle"] == before["angle"] + 1 and after["film"] == "", "by hand it is no machine's any more"


def test_clues_leave_fewer_and_a_pattern_can_be_written(toys: Any) -> None:
    page = opened(toys, "matcher")
    assert page.evaluate("made.now().first") == ["Tom", "Rex"]
    page.get_by_label("who -> life@pet").check()
    assert page.evaluate("made.now().first") == ["Rex"]
    page.locator("input[type=text]").fill("a:animal -> b:country; c:animal -> b")
    assert page.evaluate("made.now().placements") == 4
    page.get_by_label("no two places").check()
    assert page.evaluate("made.now().placements") == 2
    page.locator("input[type=text]").fill("a ->")
    assert "leads somewhere" in page.locator(".says").inner_text()


def test_curves_stand_side_by_side_and_count_in_powers(toys: Any) -> None:
    toy = {
        "id": "lines",
        "data": {
            "kept": plain(
                [[100, 60, 50], [100, 90, 80]],
                "way",
                "amount",
                labels={"way": ["told", "random"], "amount": ["1", "10", "100"]},
            )
        },
        "options": {"x": "amount", "y": "kept", "split": "way", "log": True, "control": "random"},
    }
    toys.set_content("<div id='host' style='width:800px'></div>")
    toys.evaluate("(toy) => { window.made = tapehead.toys.lines(document.getElementById('host'), toy); }", toy)
    toys.evaluate("made.restore({ at: '1' })")
    assert toys.evaluate("made.now()") == {"x": 10, "values": {"told": 60, "random": 90}}
    points = toys.locator("polyline").first.get_attribute("points").split()
    x = [float(each.split(",")[0]) for each in points]
    assert x[1] - x[0] == pytest.approx(x[2] - x[1]), "equal factors are equal steps"
    toys.get_by_label("random (control)").uncheck()
    assert toys.locator("polyline").count() == 1
