"""Figures by content: axes, units, labels and the numbers themselves, read back from the SVG that was written."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError, ResultError, UnknownNameError, UsageError
from tapehead.analysis.figures import Axis, Figure, Series
from tapehead.analysis.registry import load, obtain
from tapehead.analysis.results import Origin, Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.figures.film_frames import size_for
from tapehead.render.figures.graphs import graph_of
from tapehead.render.figures.make import Declared, Wanted, checked, chosen, declared, drawn, make_figures
from tapehead.render.figures.pick import FigureResults, axis_label, count_of, curves
from tapehead.render.figures.style import STYLES, style_named
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import SceneRef, find_episode
from tapehead.scenes.stage.palette import contrast, rgb

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}"


class Drawing:
    """A written SVG.  Places on the page become numbers again by the ticks that are drawn beside the axes."""

    def __init__(self, data: bytes) -> None:
        self.text = data.decode()
        self.root = ElementTree.fromstring(data)

    def group(self, name: str) -> ElementTree.Element:
        (found,) = [g for g in self.root.iter(f"{SVG}g") if g.get("id") == name]
        return found

    def groups(self, pattern: str) -> list[str]:
        return [g.get("id") for g in self.root.iter(f"{SVG}g") if re.fullmatch(pattern, g.get("id") or "")]

    def words(self) -> set[str]:
        """All texts: letters are drawn as outlines, with the text itself in a comment."""
        return {text.strip() for text in re.findall(r"<!--(.*?)-->", self.text, re.S)}

    def ticks(self, letter: str) -> tuple[np.ndarray, np.ndarray]:
        """Places on the page and numbers of the labelled ticks of an axis."""
        places, numbers = [], []
        for part in self.text.split(f'<g id="{letter}tick_')[1:]:
            label = re.search(r"<!--\s*(.*?)\s*-->", part)
            use = re.search(rf'<use [^>]*?\b{letter}="([-\d.e]+)"', part)
            if label and use:
                power = re.fullmatch(r"\$\\mathdefault\{10\^\{(.*?)\}\}\$", label[1])
                plain = re.fullmatch(r"[-\d.]+", label[1].replace("\N{MINUS SIGN}", "-"))
                if power or plain:
                    numbers.append(10 ** float(power[1]) if power else float(plain[0]))
                    places.append(float(use[1]))
        return np.array(places), np.array(numbers)

    def line(self, name: str) -> np.ndarray:
        """The points of a curve, in the units of the axes (linear ones)."""
        group = self.group(name)
        uses = [(float(u.get("x")), float(u.get("y"))) for u in group.iter(f"{SVG}use")]
        if not uses:
            path = next(iter(group.iter(f"{SVG}path"))).get("d")
            uses = [(float(a), float(b)) for a, b in re.findall(r"[ML] ([-\d.e]+) ([-\d.e]+)", path)]
        page = np.array(uses)
        return np.column_stack([self.number("x", page[:, 0]), self.number("y", page[:, 1])])

    def number(self, letter: str, page: np.ndarray) -> np.ndarray:
        places, numbers = self.ticks(letter)
        if not numbers.size:
            return page  # an axis of names has no numbers
        slope, offset = np.polyfit(places, numbers, 1)
        return slope * page + offset


def results_of(slug: str):
    episode, store = find_episode(slug), Store()
    return episode, obtain(episode.analyses, episode.package, store, episode.seed), store


@pytest.fixture(scope="module")
def linear():
    return results_of("linear-algebra")


@pytest.fixture(scope="module")
def written(linear, tmp_path_factory: pytest.TempPathFactory) -> Path:
    episode, entries, store = linear
    folder = tmp_path_factory.mktemp("figures")
    make_figures(episode, declared(episode), entries, store, STYLES["light"], Wanted(("svg",)), folder)
    return folder


def drawing(written: Path, name: str) -> Drawing:
    return Drawing((written / f"{name}.svg").read_bytes())


def result(linear, name: str) -> Result:
    _, entries, store = linear
    return load(store, entries[name], name)


# Places are written with a micrometre's precision, on axes of some hundred points: a thousandth of the range is plenty.
CLOSE = {"rtol": 0, "atol": 2e-3}


def test_every_result_of_the_film_has_a_figure(linear) -> None:
    episode = linear[0]
    assert len(declared(episode)) >= 8
    shown = {one.result for one in declared(episode)}
    assert shown == {name for scene in episode.scenes for name in scene.uses}


def test_the_cats_are_where_the_table_says(linear, written: Path) -> None:
    cats = result(linear, "cats")
    page = drawing(written, "cats")
    points = page.line("data-0-0")
    np.testing.assert_allclose(points, np.column_stack([cats["nose"], cats["nap"]]), **CLOSE)
    assert {"nose (nose units)", "nap (nap units)"} <= page.words()
    assert "cats" not in page.words(), "one series needs no legend"


def test_curves_of_several_results(linear, written: Path) -> None:
    cats, fit = result(linear, "cats"), result(linear, "fit")
    page = drawing(written, "fit-predictions")
    np.testing.assert_allclose(page.line("data-1-0")[:, 1], fit["predicted"][0], **CLOSE)
    np.testing.assert_allclose(page.line("data-0-0")[:, 1], cats["nap"], **CLOSE)
    left = drawing(written, "fit-residuals")
    for number in (0, 1):
        np.testing.assert_allclose(left.line(f"data-0-{number}")[:, 1], fit["residual"][number], **CLOSE)
    assert {"left over by nose", "left over by nose and ear"} <= left.words()


def test_the_fitted_weight_lies_on_the_curve_and_is_its_lowest_point(linear, written: Path) -> None:
    page = drawing(written, "fit-sweep")
    curve, mark = page.line("data-0-0"), page.line("data-1-0")
    assert mark[0, 1] == pytest.approx(curve[:, 1].min(), abs=3e-3)
    assert mark[0, 0] == pytest.approx(curve[curve[:, 1].argmin(), 0], abs=0.02)
    assert mark[0, 0] == pytest.approx(result(linear, "fit")["weight_nose"][0], abs=2e-3)


def test_the_control_is_beside_the_result(linear, written: Path) -> None:
    fit = result(linear, "fit")
    page = drawing(written, "fit-shuffled-ears")
    assert page.line("data-1-0")[0, 0] == pytest.approx(fit["rms"][1], abs=2e-3)
    assert page.line("data-2-0")[0, 0] == pytest.approx(fit["rms"][0], abs=2e-3)
    corners = page.line("data-0-0")
    assert corners[:, 0].min() == pytest.approx(fit["null_rms"].min(), abs=2e-3)
    assert corners[:, 0].max() == pytest.approx(fit["null_rms"].max(), abs=2e-3)
    # the area under the steps counts every shuffle once
    steps = corners[np.argsort(corners[:, 0], kind="stable")]
    widths, heights = np.diff(np.unique(np.round(steps[:, 0], 4))), []
    edges = np.unique(np.round(steps[:, 0], 4))
    counts, _ = np.histogram(fit["null_rms"], bins=edges)
    heights = [corners[np.isclose(corners[:, 0], left, atol=1e-3), 1].max() for left in edges[:-1]]
    assert len(widths) == len(heights)
    assert counts.sum() >= 0.98 * fit["null_rms"].size
    assert max(heights) == pytest.approx(counts.max(), rel=0.15)
    assert {"shuffled ears", "real ears", "nose alone"} <= page.words()


def test_matrices_show_their_numbers(linear, written: Path) -> None:
    page = drawing(written, "map-matrix")
    words = page.words()
    for value in result(linear, "map")["W"].ravel():
        assert f"{value:.3g}".replace("-", "\N{MINUS SIGN}") in words
    assert {"nap", "luck", "nose", "ear", "W", "inverse of W", "inverse times W"} <= words
    # equal numbers have equal colours, others others: W's two entries of 2 against the other two
    cells = [path.get("style") for path in page.group("data-0-0").iter(f"{SVG}path")]
    fills = [re.search(r"fill: (#\w+)", style)[1] for style in cells if style and "fill: #" in style]
    assert len(fills) == 4
    assert fills[0] == fills[3]
    assert len(set(fills)) == 3


def test_bars_are_as_high_as_their_numbers(linear, written: Path) -> None:
    same = result(linear, "same")
    page = drawing(written, "same-neurons")
    for number, value in enumerate(same["differs"]):
        assert page.line(f"data-0-{number}")[:, 1].max() == pytest.approx(value, abs=0.05) or value == 0
    assert {"nothing added", "offset", "bend"} <= page.words()
    assert {f"{int(value)}" for value in same["differs"]} <= page.words()


def test_arrows_lead_from_cat_to_answer(linear, written: Path) -> None:
    found = result(linear, "map")
    page = drawing(written, "map")
    np.testing.assert_allclose(page.line("data-0-0"), found["x"], **CLOSE)
    np.testing.assert_allclose(page.line("data-0-0-ends"), found["a"], **CLOSE)
    assert {"Tom", "Mia", "nobody"} <= page.words()
    (across, _), (up, _) = page.ticks("x"), page.ticks("y")
    (x, nx), (y, ny) = page.ticks("x"), page.ticks("y")
    assert abs((across[1] - across[0]) / (nx[1] - nx[0])) == pytest.approx(
        abs((up[1] - up[0]) / (ny[1] - ny[0])), rel=1e-3
    )
    assert x.size > 1
    assert y.size > 1


def test_a_logarithmic_axis_is_read_as_one() -> None:
    lengths = 0.7 * 2.136 ** np.arange(9)
    made = Result(
        {"length": quantity(lengths, "step"), "step": quantity(np.arange(9), "step")}, Origin.COMPUTED, name="r"
    )
    figure = Figure("growth", "xy", "s", (Series("length", x="step", style="line"),), y=Axis("length", scale="log"))
    page = Drawing(drawn(figure, FigureResults(made, {}), STYLES["light"], Wanted(("svg",)))["svg"])
    places, numbers = page.ticks("y")
    slope, offset = np.polyfit(places, np.log10(numbers), 1)
    path = next(iter(page.group(page.groups(r"data-0.*")[0]).iter(f"{SVG}path"))).get("d")
    heights = np.array([float(b) for _, b in re.findall(r"[ML] ([-\d.e]+) ([-\d.e]+)", path)])
    np.testing.assert_allclose(slope * heights + offset, np.log10(lengths), atol=5e-3)


def test_the_graph_has_the_network_s_nodes_and_wires(linear, written: Path) -> None:
    net = result(linear, "net")
    page = drawing(written, "net-network")
    assert len(page.groups(r"data-0-\d+")) == int(net["wires"])
    figure = next(one.figure for one in declared(linear[0]) if one.name == "net-network")
    graph = graph_of(figure, FigureResults(net, {}))
    assert graph.number_of_nodes() == int(net["sizes"].sum())
    assert graph.edges[(0, 1), (1, 2)]["weight"] == net["weights_1"][2, 1]


def test_equal_results_make_equal_bytes() -> None:
    """In another process too, with another hash seed: nothing of time or chance is in a file of any kind."""
    code = (
        "import hashlib;from tests.render.figures.test_figures import results_of;"
        "from tapehead.render.figures.make import *;from tapehead.render.figures.style import STYLES;"
        "e,r,s=results_of('linear-algebra');"
        "ones=[d for d in declared(e) if d.name in ('map-matrix','cats','net-network')];"
        "kinds=('svg','pdf','png');"
        "made=[drawn(d.figure,results_for(e,r,s,d.result),STYLES['light'],Wanted(kinds,dpi=80)) for d in ones];"
        "print(*[kind+'='+hashlib.sha256(each[kind]).hexdigest() for kind in kinds for each in made])"
    )
    import os

    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        for seed in (1, 2)
    ]
    assert runs[0] == runs[1]
    assert len(runs[0]) == len(set(runs[0])) == 9


def test_captions_say_where_it_comes_from(linear, written: Path) -> None:
    text = (written / "fit-shuffled-ears.txt").read_text()
    _, entries, _ = linear
    assert "Control: Ears shuffled" in text
    assert "n = 1000" in text
    assert "null_rms in nap units" in text
    assert "Origin: computed for this figure" in text
    assert f"result {entries['fit'].digest[:16]}" in text
    assert "linear.nap_fit version 1, seed 7" in text
    assert "an illustration: nothing was measured" in (written / "net-network.txt").read_text()


def test_the_styles_keep_letters_readable() -> None:
    for style in STYLES.values():
        assert contrast(rgb(style.ink), rgb(style.ground)) >= 7
        assert all(contrast(rgb(colour), rgb(style.ground)) >= 2.2 for colour in style.cycle)


def test_width_and_resolution_are_what_was_asked_for(linear) -> None:
    episode, entries, store = linear
    from tapehead.render.figures.make import results_for

    one = next(d for d in declared(episode) if d.name == "cats")
    results = results_for(episode, entries, store, "cats")
    made = drawn(one.figure, results, STYLES["print"], Wanted(("png", "svg", "pdf"), width_mm=89, dpi=300))
    import io

    picture = Image.open(io.BytesIO(made["png"]))
    assert picture.width == pytest.approx(89 / 25.4 * 300, abs=1)
    assert picture.info["dpi"][0] == pytest.approx(300, abs=0.1)
    assert float(re.search(rb'width="([\d.]+)pt"', made["svg"])[1]) == pytest.approx(89 / 25.4 * 72, abs=0.01)
    assert b"/CreationDate" not in made["pdf"]
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert np.ptp(pixels, axis=2).max() <= 2, "print has no colours"


def test_axes_take_units_from_the_result() -> None:
    own = Result({"a": quantity([1.0], "n", unit="ms"), "b": quantity([1.0], "n")}, name="r")
    results = FigureResults(own, {})
    assert axis_label(results, Axis("time", "a")) == "time (ms)"
    assert axis_label(results, Axis("share", "b")) == "share"
    assert axis_label(results, Axis("how many ms it takes", "a")) == "how many ms it takes", "a unit is said once"
    assert axis_label(results, Axis("programs", "a")) == "programs (ms)", "as a word, and not as a part of one"
    with pytest.raises(ResultError, match="has no 'c'"):
        axis_label(results, Axis("x", "c"))


def test_what_does_not_fit_is_said() -> None:
    own = Result(
        {
            "a": quantity(np.ones((2, 3)), "i", "j", labels={"i": ("p", "q")}),
            "b": quantity([1.0, np.nan], "k"),
            "loop": quantity([[0.0, 1.0], [1.0, 0.0]], "from", "to", labels={"from": ("x", "y"), "to": ("x", "y")}),
        },
        name="r",
    )
    results = FigureResults(own, {})
    with pytest.raises(ResultError, match="still has the axes"):
        curves(results, Series("a"))
    with pytest.raises(ResultError, match="no i 'z'"):
        curves(results, Series("a", where={"i": "z"}))
    with pytest.raises(ResultError, match="not finite"):
        curves(results, Series("b"))
    with pytest.raises(ResultError, match="does not compute"):
        curves(results, Series("a", source="elsewhere"))
    with pytest.raises(ResultError, match="run in a circle"):
        graph_of(Figure("g", "graph", "s", (Series("loop", style="edges"),)), results)
    with pytest.raises(ResultError, match="nothing in its result"):
        count_of(results, Figure("g", "xy", "s", (Series("a"),), n="cats"))
    with pytest.raises(EpisodeError, match="is no kind"):
        Figure("g", "pie", "s", (Series("a"),))
    with pytest.raises(UnknownNameError):
        style_named("loud")
    with pytest.raises(UnknownNameError):
        checked("svg,gif")
    with pytest.raises(UnknownNameError, match="cats"):
        chosen(find_episode("linear-algebra"), ["cat"])
    with pytest.raises(UnknownNameError, match="cats"):
        chosen(replace(find_episode("linear-algebra"), figures=("cat",)), [])
    with pytest.raises(UsageError, match="declares no figures"):
        silent = replace(find_episode("odd-squares"), scenes=(SceneRef("a", ".a:A", "A"),), analyses=(), thumbnail=None)
        chosen(silent, [])


def test_an_episode_chooses_and_all_means_all() -> None:
    film = find_episode("linear-algebra")
    every = [one.name for one in declared(film)]
    few = [one.name for one in chosen(film, [])]
    assert few == list(film.figures) and 8 <= len(few) <= 15 < len(every) + 1 and set(few) <= set(every)
    assert [one.name for one in chosen(film, [], everything=True)] == every
    assert [one.name for one in chosen(film, [every[-1]])] == [every[-1]]
    assert [one.name for one in chosen(replace(film, figures=()), [])] == every


@pytest.mark.parametrize("slug", ["sequence-circuits", "one-is-1", "linear-algebra"])
def test_what_an_episode_chose_is_there(slug: str) -> None:
    film = find_episode(slug)
    assert 8 <= len(film.figures) <= 15 and [one.name for one in chosen(film, [])] == list(film.figures)


def test_a_title_stands_above_the_picture() -> None:
    figure = Figure("t", "bars", "s", (Series("a"),), title="This beside that")
    results = FigureResults(Result({"a": quantity([1.0, 2.0], "k")}), {})
    wanted = Wanted(("svg",), "light", 80)
    with_title = drawn(figure, results, style_named("light"), wanted)["svg"]
    without = drawn(replace(figure, title=""), results, style_named("light"), wanted)["svg"]
    assert b'id="title"' in with_title and b'id="title"' not in without


def test_circuits_and_image_strips(tmp_path: Path) -> None:
    """Kinds that this film does not need and others do: drawn from small made-up results."""
    nodes = ("embed", "head 1.2", "head 3.0", "logits")
    weights = np.zeros((4, 4))
    weights[0, 1], weights[1, 2], weights[2, 3], weights[0, 3] = 0.5, 0.9, -0.4, 0.1
    rng = np.random.default_rng(0)
    own = Result(
        {
            "edges": quantity(weights, "from", "to", labels={"from": nodes, "to": nodes}),
            "images": quantity(rng.random((3, 8, 8)), "step", "row", "column", labels={"step": ("a", "b", "c")}),
            "pattern": quantity(
                rng.random((5, 5)), "query", "key", labels={"query": tuple("abcde"), "key": tuple("abcde")}
            ),
        },
        origin=Origin.ILLUSTRATION,
        name="r",
    )
    results = FigureResults(own, {})
    wanted = Wanted(("svg",))
    circuit = Drawing(
        drawn(Figure("c", "graph", "s", (Series("edges", style="edges"),)), results, STYLES["light"], wanted)["svg"]
    )
    assert set(nodes) <= circuit.words()
    assert len(circuit.groups(r"data-0-\d+")) == 4
    strip = Drawing(
        drawn(Figure("s", "strip", "s", (Series("images", label="row"),)), results, STYLES["dark"], wanted)["svg"]
    )
    assert strip.text.count("<image") == 3
    assert {"a", "b", "c", "row"} <= strip.words()
    colours = np.zeros((2, 3, 4, 4))
    colours[0, 0], colours[1, 2] = 1.0, 1.0  # a red image, then a blue one: channels stand first
    painted = FigureResults(
        Result({"face": quantity(colours, "sample", "channel", "row", "column")}, Origin.ILLUSTRATION, name="r"), {}
    )
    faces = Drawing(drawn(Figure("f", "strip", "s", (Series("face"),)), painted, STYLES["light"], wanted)["svg"])
    pixels = [base64.b64decode(data) for data in re.findall(r"base64,([^\"]+)", faces.text)]
    shown = [Image.open(io.BytesIO(data)).convert("RGB").getpixel((1, 1)) for data in pixels]
    assert shown == [(255, 0, 0), (0, 0, 255)]
    heat = Drawing(drawn(Figure("p", "matrix", "s", (Series("pattern"),)), results, STYLES["dark"], wanted)["svg"])
    assert {"query", "key", "pattern"} <= heat.words()


def test_stills_have_the_pixels_of_their_size() -> None:
    assert size_for(120, 300) == (1418, 798)
    assert size_for(170, 300)[0] == 2008
    with pytest.raises(UsageError, match="from 320 to 8192"):
        size_for(1000, 2400)


def test_stills_of_a_scene(tmp_path: Path) -> None:
    from tapehead.render.figures.film_frames import scene_stills

    paths = scene_stills(find_episode("odd-squares"), ["verdict"], 60, 150, Store(), Reporter(quiet=True), tmp_path)
    assert [path.name for path in paths] == ["verdict.count.png", "verdict.none.png"]
    picture = Image.open(paths[1])
    assert picture.size == size_for(60, 150)
    assert picture.info["dpi"][0] == pytest.approx(150, abs=0.1)
    assert np.asarray(picture).std() > 5


def test_the_command(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "tapehead.render.commands.cli",
        "figures",
        "odd-squares",
        "--out",
        str(tmp_path),
        "--style",
        "print",
        "-q",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    names = [Path(line).name for line in done.stdout.split()]
    assert names == ["sums.pdf", "sums.svg", "sums.png", "sums.txt"]
    assert hashlib.sha256((tmp_path / "odd-squares" / "figures" / "sums.svg").read_bytes())
    wrong = subprocess.run([*command, "--only", "sum"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "did you mean sums" in wrong.stderr
    assert isinstance(declared(find_episode("odd-squares"))[0], Declared)
