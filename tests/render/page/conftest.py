"""A small episode of the tests' own, with everything in its words that could do harm on a page; and a browser."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices
from tapehead.render.page.toys import KINDS, scripts
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.scenes.episode import Episode, load_episode

EVIL = "<img src=x onerror=window.harm=1>"
EPISODE = """
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, Reference, SceneRef

EPISODE = Episode(
    title="Sums </title><script>window.harm=1</script> & more",
    description="All about <b>sums</b>",
    scenes=(
        SceneRef("first", ".scene:First", "One & two", uses=("sums",)),
        SceneRef("second", ".scene:Second", "</h2><script>window.harm=1</script>", uses=("sums",)),
    ),
    analyses=(AnalysisCall("sums", ".sums:sums", {"n": 4, "note": "</script><script>window.harm=1</script>"}),),
    references=(Reference("A book", "javascript:window.harm=1"), Reference("A page", "https://example.org/?a=1&b=2")),
)
"""
SUMS = '''
import numpy as np

from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("tests.page_sums", version=3)
def sums(n: int, note: str, *, seed: int) -> Result:
    """Sums of the first ``n`` odd numbers of :func:`~numpy.arange`, a<b included.  More is said here."""
    odd = 2 * np.arange(n) + 1
    table = np.arange(12.0).reshape(3, 4) - 5.0
    return Result(
        {
            "sum": quantity(np.cumsum(odd), "n", unit="dots", labels={"n": [str(k + 1) for k in range(n)]}),
            "n": quantity(n, unit="sums"),
            "half": quantity(0.5),
            "table": quantity(table, "row", "column", labels={"row": ["a", "b</script>", "c"]}),
        },
        facts={"note": note},
    )
'''
FIGURES = """
from tapehead.analysis.figures import Axis, Figure, Series

FIGURES = {
    "tests.page_sums": (
        Figure("dots", "xy", "Sums <b>so far</b> & more.", (Series("sum"),), Axis("n"), Axis("sum", "sum")),
        Figure("table", "matrix", "The table.", (Series("table"),)),
    ),
}
"""
SCRIPT = f"""
language = "en"
[speakers.narrator]
variant = "en-us"
rate = 150

[[line]]
key = "first.one"
text = "The first {{sums.sum[n=1]:d}} makes {EVIL} {{sums.sum[n=2]:d}} with the next, and \\"four\\" is said."
marks = {{ first = "The first" }}
typed = ["four", "harm=1"]

[[line]]
key = "first.two"
text = "Half of it is a half, & nine is the third."
marks = {{}}

[[line]]
key = "second.end"
text = "That is <script>window.harm=1</script> all."
marks = {{}}
"""
PAGE = """
[numbers."first.two"]
"a half" = "sums/half"
"nine" = "sums/sum[n=3]"

[controls."sums/sum"]
text = "the number of <i>sums</i>"
number = "sums/n"

[[toy]]
id = "table"
kind = "grid"
scene = "second"
title = "A table </script><script>window.harm=1</script>"
text = "Look & touch"
[toy.data]
"all </script><script>window.harm=1</script>" = "sums/table"
[toy.options]
rows = "row"
columns = "column"
"""


@pytest.fixture(scope="session")
def sums_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An episode in a folder; nothing of it is drawn."""
    folder = tmp_path_factory.mktemp("episodes") / "page-sums"
    folder.mkdir()
    files = {
        "episode.py": EPISODE, "sums.py": SUMS, "sums_figures.py": FIGURES, "script.toml": SCRIPT, "page.toml": PAGE,
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "scene.py").write_text('"""Scenes that nobody draws here."""\n', encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def sums_episode(sums_folder: Path) -> Episode:
    return load_episode(sums_folder)


@pytest.fixture(scope="session")
def making(own_store: Any) -> dict[str, Any]:
    """What a page is made with, beside the episode and its place."""
    return {"choices": Choices(quality_named("480p15"), voice="none"), "store": Store(), "reporter": Reporter(True)}


@pytest.fixture(scope="module")
def toys(chromium: Any) -> Iterator[Any]:
    """An empty page with the code of every kind of toy, one for all tests of a module."""
    page = chromium.new_page(reduced_motion="reduce")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.add_script_tag(content=f"{scripts(list(KINDS)).partition('// The page: what is shown')[0]}")
    yield page
    page.close()
    assert wrong == []


SECONDS = 6.0


def _grey(path: Path) -> None:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for k in range(int(SECONDS * 10)):
            frame = av.VideoFrame.from_ndarray(np.full((36, 64, 3), 4 * k, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def timeline() -> dict[str, Any]:
    """Two scenes; the words of the middle line are those of the script, every half second one."""

    def line(key: str, start: float, text: str) -> dict[str, Any]:
        words = [{"text": word, "start": 0.1 + 0.1 * k, "end": 0.2 + 0.1 * k} for k, word in enumerate(text.split())]
        return {
            "start": start,
            "scene": key.partition(".")[0],
            "line": {
                "key": key, "scene": key.partition(".")[0], "speaker": "narrator", "text": text, "duration": 1.8,
                "words": words, "measured": True, "marks": {}, "pause": 0.2, "audio": "",
            },
        }  # fmt: skip

    return {
        "duration": SECONDS,
        "fps": 10.0,
        "scenes": [
            {"name": "first", "title": "One & two", "chapter": True, "start": 0.0, "duration": 4.0},
            {"name": "second", "title": "x", "chapter": True, "start": 4.0, "duration": 2.0},
        ],
        "lines": [
            line("first.one", 0.0, "Other words than the script has."),
            line("first.two", 2.0, "Half of it is a half, & nine is the third."),
            line("second.end", 4.0, "That is <script>window.harm=1</script> all."),
        ],
        "effects": [],
    }


@pytest.fixture(scope="session")
def small_film() -> Callable[[Path, str], Path]:
    """Makes a film of the episode: six seconds of grey that becomes lighter, and its timeline."""

    def made(folder: Path, name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        _grey(folder / f"{name}.mp4")
        (folder / f"{name}.timeline.json").write_text(json.dumps(timeline()), encoding="utf-8")
        return folder / f"{name}.mp4"

    return made
