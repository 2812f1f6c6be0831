"""The figures of the two circuit films: one for every result, and their numbers read back from the SVG."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tapehead.analysis.errors import ResultError
from tapehead.analysis.figures import Axis, Figure, Series, figures_of
from tapehead.analysis.registry import AnalysisCall, load
from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.figures.graphs import graph_of
from tapehead.render.figures.make import Wanted, chosen, declared, drawn, make_figures, results_for
from tapehead.render.figures.pick import FigureResults, count_of, taken
from tapehead.render.figures.style import STYLES
from tapehead.render.film.make import analyze
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import find_episode
from tests.films import REPORTS, films
from tests.render.figures.test_figures import SVG, Drawing

WANTED = Wanted(("svg",))


def draw(figure: Figure, **quantities) -> Drawing:
    return Drawing(drawn(figure, FigureResults(Result(quantities, name="r"), {}), STYLES["light"], WANTED)["svg"])


# -- what every film has, as far as it is declared


@pytest.mark.parametrize("slug", films(*REPORTS, "remembered-patterns"))  # these draw their own
def test_every_result_that_a_scene_shows_has_a_figure(slug: str) -> None:
    episode = find_episode(slug)
    shown = {one.result for one in declared(episode)}
    assert shown >= {name for scene in episode.scenes for name in scene.uses}
    names = [one.name for one in declared(episode)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("slug", ["sequence-circuits", "one-is-1", "linear-algebra", "puppet-show"])
def test_the_figures_that_an_episode_chose_are_there(slug: str) -> None:
    episode = find_episode(slug)
    assert 8 <= len(episode.figures) <= 15
    assert tuple(one.name for one in chosen(episode, ())) == episode.figures


def test_figures_stand_beside_their_module_or_in_their_package() -> None:
    names = {
        one.name for one in figures_of(AnalysisCall("x", "tapehead.analysis.language.published.results:one_is_one"), "")
    }
    assert "patched-heads" in names
    names = {
        one.name for one in figures_of(AnalysisCall("x", "tapehead.analysis.language.studies.circuits:surgery"), "")
    }
    assert "cuts" in names
    # a module of the topmost package without figures of its own has none, and no crash
    assert figures_of(AnalysisCall("x", "tapehead.analysis.language.published.results:circuits"), "") == ()


# -- the new ways to draw


def test_missing_numbers_are_hatched_and_only_where_they_may_be_missing() -> None:
    grid = np.array([[1.0, np.nan], [3.0, 4.0]])
    page = draw(Figure("m", "matrix", "s", (Series("grid", gaps=True),)), grid=quantity(grid, "row", "column"))
    cells = [p for p in page.group("data-0-0").iter(f"{SVG}path") if "fill: #" in (p.get("style") or "")]
    assert len(cells) == 3
    assert {"1", "3", "4"} <= page.words()
    assert page.groups("missing-0") == ["missing-0"]
    whole = draw(Figure("m", "matrix", "s", (Series("grid", gaps=True),)), grid=quantity(np.ones((2, 2)), "a", "b"))
    assert whole.groups("missing-0") == []
    with pytest.raises(ResultError, match="not finite"):
        draw(Figure("m", "matrix", "s", (Series("grid"),)), grid=quantity(grid, "row", "column"))


def test_in_print_what_is_below_zero_is_told_by_more_than_its_grey() -> None:
    grid = quantity([[0.7, -0.4], [-0.01, 0.0]], "row", "column")
    figure = Figure("m", "matrix", "s", (Series("grid"),))
    pages = {
        name: Drawing(drawn(figure, FigureResults(Result({"grid": grid}, name="r"), {}), STYLES[name], WANTED)["svg"])
        for name in ("print", "light")
    }
    assert len(pages["print"].line("below-0")) == 1
    assert pages["light"].groups("below-0") == []


def test_numbers_are_written_where_cells_have_room() -> None:
    wide = quantity(np.arange(16.0).reshape(4, 4) / 7, "row", "column")
    one = draw(Figure("m", "matrix", "s", (Series("grid"),)), grid=wide)
    assert "0.143" in one.words()
    many = Figure("m", "matrix", "s", tuple(Series("grid") for _ in range(6)), aspect=0.2)
    assert "0.143" not in draw(many, grid=wide).words()


def test_a_place_can_be_read_from_the_result() -> None:
    values = quantity([[1.0, 2.0], [3.0, 4.0]], "layer", "head")
    own = Result({"v": values, "best": quantity(1), "row": quantity([0, 1], "i")}, name="r")
    results = FigureResults(own, {})
    assert taken(results, Series("v", where={"layer": "=best"})).values.tolist() == [3.0, 4.0]
    with pytest.raises(ResultError, match="no single number"):
        taken(results, Series("v", where={"layer": "=row"}))


def test_dots_stand_over_their_labels_at_their_values() -> None:
    rng = np.random.default_rng(5)
    draws, found = rng.uniform(10, 90, (2, 30)), np.array([20.0, 70.0])
    at = {"data": ("a", "b")}
    figure = Figure(
        "d",
        "dots",
        "s",
        (Series("draws", label="random"), Series("found", label="real", style="mark")),
        Axis("prompts"),
        Axis("left", "draws"),
    )
    page = draw(
        figure,
        draws=quantity(draws, "data", "draw", unit="%", labels=at),
        found=quantity(found, "data", unit="%", labels=at),
    )
    for number in range(2):
        np.testing.assert_allclose(page.line(f"data-0-{number}")[:, 1], draws[number], atol=0.05)
        np.testing.assert_allclose(page.line(f"data-1-{number}")[:, 1], found[number], atol=0.05)
    assert page.line("data-0-0")[:, 0].max() < page.line("data-0-1")[:, 0].min(), "columns do not mix"
    assert {"a", "b", "random", "real", "left (%)"} <= page.words()
    with pytest.raises(ResultError, match="give each label its points"):
        draw(figure, draws=quantity(draws[0], "draw"), found=quantity(found, "data"))


def test_whole_numbers_are_counted_one_by_one() -> None:
    counts = np.array([0, 0, 1, 1, 1, 4])
    figure = Figure("h", "histogram", "s", (Series("n"),), Axis("n"), Axis("draws"))
    page = draw(figure, n=quantity(counts, "draw"))
    corners = page.line("data-0-0")
    heights = {round(float(x) - 0.5): 0 for x in np.unique(np.round(corners[:, 0], 3))}
    for x in (-0.5, 0.5, 1.5, 2.5, 3.5):
        middle = x + 0.5
        inside = corners[np.abs(corners[:, 0] - x) < 0.02, 1].max()
        assert inside >= np.sum(counts == middle) - 0.01
    assert max(heights) == 4
    assert corners[:, 1].max() == pytest.approx(3, abs=0.01)


def test_few_values_of_a_histogram_are_shown_one_by_one_and_counts_have_no_halves() -> None:
    values = np.array([0.1, 0.12, 0.4])
    figure = Figure("h", "histogram", "s", (Series("n"),), Axis("n"), Axis("pairs"))
    page = draw(figure, n=quantity(values, "pair"))
    assert len(list(page.group("each-0").iter(f"{SVG}use"))) == 3
    assert not {word for word in page.words() if word.endswith(".5")}, page.words()
    many = draw(figure, n=quantity(np.linspace(0, 1, 200), "pair"))
    assert not many.groups("each.*")


def test_single_numbers_are_bars_of_their_own() -> None:
    figure = Figure("b", "bars", "s", (Series("a", label="layers"), Series("b", label="heads")), Axis(""), Axis("n"))
    page = draw(figure, a=quantity(4), b=quantity(8))
    assert page.line("data-0-0")[:, 1].max() == pytest.approx(4, abs=0.02)
    assert page.line("data-1-1")[:, 1].max() == pytest.approx(8, abs=0.02)
    assert {"layers", "heads", "4", "8"} <= page.words()


def test_where_bars_stand_close_only_those_that_are_seen_have_numbers() -> None:
    table = np.array([[80.0, 1.234, 40.0, 1.7], [2.0, 60.0, 55.67, 0.0], [70.0, 0.5, 30.0, 0.0]] * 2)
    values = quantity(table, "s", "k")
    figure = Figure("b", "bars", "s", tuple(Series("v", label=f"s{n}", where={"s": n}) for n in range(6)), Axis(""))
    words = draw(figure, v=values).words()
    assert {"80", "60", "56", "40"} <= words
    assert not words & {"1.23", "1.2", "0.5", "55.7"}
    assert "1.7" in words  # where nothing else stands, one wants to know


def test_an_interval_that_reaches_below_zero_is_seen_whole() -> None:
    figure = Figure("b", "bars", "s", (Series("v", low="l", high="h"),), Axis(""), Axis("v"))
    page = draw(figure, v=quantity([8.0, 3.0], "k"), l=quantity([-2.0, 1.0], "k"), h=quantity([12.0, 4.0], "k"))
    assert any(word.startswith("\N{MINUS SIGN}") for word in page.words())  # on the axis: no bar is below zero


def test_the_lower_half_of_an_interval_is_seen_on_a_bar_of_its_own_colour() -> None:
    figure = Figure("b", "bars", "s", (Series("v", low="l", high="h"),), Axis(""), Axis("v"))
    given = {"v": quantity([8.0], "k"), "l": quantity([2.0], "k"), "h": quantity([9.0], "k")}
    svg = drawn(figure, FigureResults(Result(given, name="r"), {}), STYLES["print"], WANTED)["svg"].decode()
    group = svg[svg.index('id="LineCollection_1"') :]
    strokes = re.findall(r"stroke: (#[0-9a-f]{6}); stroke-width: ([0-9.]+)", group[: group.index("</g>")])
    (rim, wide), (ink, narrow) = strokes
    assert (rim, ink) == ("#ffffff", "#000000") and float(wide) > float(narrow) + 1


def test_a_bar_that_is_next_to_nothing_is_not_called_zero() -> None:
    figure = Figure("b", "bars", "s", (Series("v"),), Axis(""), Axis("v"))
    words = draw(figure, v=quantity([100.0, 0.01, 0.0], "k")).words()
    assert "\N{ALMOST EQUAL TO}0" in words
    assert "0" in words
    assert "0.01" not in words


def test_edges_come_from_a_list_and_several_inputs_are_one_edge() -> None:
    labels = ("embed → 0.6.q", "embed → 0.6.v", "0.6 → MLP 0", "embed → MLP 0", "MLP 0 → final")
    own = Result(
        {
            "drop": quantity([3.0, -7.0, 60.0, 5.0, 40.0], "edge", unit="%", labels={"edge": labels}),
            "strong": quantity([1, 1, 1, 0, 1], "edge", labels={"edge": labels}),
        },
        name="r",
    )
    figure = Figure("g", "graph", "s", (Series("drop", style="edges", only="strong"),), value="lost")
    graph = graph_of(figure, FigureResults(own, {}))
    assert sorted(graph.edges) == [("0.6", "MLP 0"), ("MLP 0", "final"), ("embed", "0.6")]
    assert graph.edges["embed", "0.6"]["weight"] == -7.0
    assert graph.edges["embed", "0.6"]["inputs"] == ["q", "v"]
    order = sorted(graph, key=lambda node: graph.nodes[node]["layer"])
    assert order == ["embed", "0.6", "MLP 0", "final"]
    bad = Result({"drop": quantity([1.0], "edge", labels={"edge": ("a-b",)})}, name="r")
    with pytest.raises(ResultError, match="names no edge"):
        graph_of(Figure("g", "graph", "s", (Series("drop", style="edges"),)), FigureResults(bad, {}))


def test_how_many_can_differ_between_labels() -> None:
    at = {"task": ("a", "b")}
    figure = Figure("f", "bars", "s", (Series("v"),), n="prompts")
    even = Result({"v": quantity([1.0, 2.0], "task"), "prompts": quantity([6, 6], "task", labels=at)}, name="r")
    assert count_of(FigureResults(even, {}), figure) == "n = 6 prompts for each of the axis 'task'"
    odd = Result({"v": quantity([1.0, 2.0], "task"), "prompts": quantity([6, 1], "task", labels=at)}, name="r")
    assert count_of(FigureResults(odd, {}), figure) == "prompts: n = 6 (a), n = 1 (b)"
    told = Result({"v": quantity([1.0, 2.0], "task")}, name="r", facts={"prompts": 96})
    assert count_of(FigureResults(told, {}), figure) == "n = 96 prompts"


def test_long_legends_do_not_squeeze_the_axes() -> None:
    names = [f"a rather long name of a series, number {i}" for i in range(3)]
    figure = Figure("b", "bars", "s", tuple(Series("v", label=name) for name in names), Axis("x"), Axis("y"))
    page = draw(figure, v=quantity([1.0, 2.0], "k"))
    places = [page.line(f"data-{i}-{k}")[:, 0] for i in range(3) for k in range(2)]
    page_width = float(re.search(r'width="([\d.]+)pt"', page.text)[1])
    spread = max(p.max() for p in places) - min(p.min() for p in places)
    assert spread > 0, "bars have places"
    axes = next(iter(page.group("axes").iter(f"{SVG}path"))).get("d")
    across = [float(a) for a, _ in re.findall(r"[ML] ([-\d.e]+) ([-\d.e]+)", axes)]
    assert max(across) - min(across) > 0.6 * page_width


# -- the published film's numbers, which need no model


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory):
    from tapehead.analysis.registry import obtain

    episode, store = find_episode("one-is-1"), Store()
    call = AnalysisCall("weekend", "tapehead.analysis.language.published.results:one_is_one")
    entries = obtain((call,), episode.package, store, episode.seed)
    folder = tmp_path_factory.mktemp("published")
    ones = [one for one in declared(episode) if one.result == "weekend"]
    results = FigureResults(load(store, entries["weekend"], "weekend"), {})
    return ones, results, entries, folder


def test_patching_maps_have_a_panel_per_kind_on_one_scale(published) -> None:
    ones, results, _, _ = published
    (figure,) = [one.figure for one in ones if one.figure.name == "patched-heads"]
    page = Drawing(drawn(figure, results, STYLES["light"], WANTED)["svg"])
    assert {"numerals", "words", "months", "head", "layer", "restored"} <= page.words()
    for number in range(3):
        cells = [p for p in page.group(f"data-{number}-0").iter(f"{SVG}path") if "fill: #" in (p.get("style") or "")]
        assert len(cells) == 144


def test_the_weekends_captions_cite_and_count(published) -> None:
    from tapehead.render.figures.words import caption

    ones, results, entries, _ = published
    (figure,) = [one.figure for one in ones if one.figure.name == "differences"]
    entry = entries["weekend"]
    text = caption(figure, results, "One is 1", entry.record["facts"], entry.digest)
    assert "n = 6 (number words)" in text
    assert "Numbers from:" in text
    assert "numseqcont_circuit_expms" in text
    assert "Origin: published numbers, model GPT-2 small" in text
    page = Drawing(drawn(figure, results, STYLES["print"], WANTED)["svg"])
    for number, value in enumerate(results.own["difference"]):
        tops = page.line(f"data-0-{number}")[:, 1]
        reach = tops.max() if value > 0 else tops.min()
        assert reach == pytest.approx(value, abs=0.02)


@pytest.mark.long
@pytest.mark.parametrize("slug", ["sequence-circuits", "one-is-1"])
def test_all_figures_of_a_film_are_drawn(slug: str, tmp_path: Path) -> None:
    """Results are computed where the store does not have them, by the small model: that takes minutes."""
    episode, store = find_episode(slug), Store()
    entries = analyze(episode, store, Reporter(quiet=True))
    ones = declared(episode)
    paths = make_figures(episode, ones, entries, store, STYLES["dark"], WANTED, tmp_path)
    assert len(paths) == 2 * len(ones)
    for path in tmp_path.glob("*.txt"):
        text = path.read_text()
        assert "Origin: " in text
        assert "Cite as: " in text
        assert len(text) < 3000, path.name
    if slug == "sequence-circuits":
        cut = load(store, entries["cut"], "cut")
        page = Drawing((tmp_path / "cut-cuts.svg").read_bytes())
        for number in range(3):
            np.testing.assert_allclose(page.line(f"data-0-{number}")[:, 1], cut["left_random"][number], atol=0.1)
            np.testing.assert_allclose(page.line(f"data-1-{number}")[:, 1], cut["left"][number], atol=0.1)
        edges = load(store, entries["edges"], "edges")
        figure = next(one.figure for one in ones if one.name == "edges-graph")
        graph = graph_of(figure, results_for(episode, entries, store, "edges"))
        assert sum(len(data["inputs"]) for *_, data in graph.edges(data=True)) == int(edges["strong_count"])
