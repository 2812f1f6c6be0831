"""Results as the studio shows them: all of each, its numbers along chosen axes, and where one in a frame is from."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tapehead.analysis.results import Result, quantity
from tapehead.analysis.store import Store
from tapehead.render.film.make import Choices, prepare
from tapehead.render.progress import Reporter
from tapehead.render.quality import quality_named
from tapehead.render.studio import results as results_module
from tapehead.render.studio.results import results_data
from tapehead.scenes.episode import load_episode
from tests.render.studio.conftest import LEGS

EPISODE = """
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import Episode, SceneRef

EPISODE = Episode(
    title="Sums",
    scenes=(SceneRef("first", ".scene:First", "First", uses=("sums",)), SceneRef("last", ".scene:First", "Last")),
    analyses=(AnalysisCall("sums", ".sums:sums", {"n": 4}),),
)
"""
SUMS = '''
import numpy as np

from tapehead.analysis.registry import analysis
from tapehead.analysis.results import Result, quantity


@analysis("tests.studio_sums", version=3)
def sums(n: int, *, seed: int) -> Result:
    """Sums of the first odd numbers.  More is said here."""
    shares = np.array([0.25, np.nan, 0.75, 1.0])
    return Result({"sum": quantity(np.cumsum(2 * np.arange(n) + 1), "n", unit="dots"), "share": quantity(shares, "n")})
'''
SCRIPT = """
[speakers.narrator]
rate = 150
[[line]]
key = "first.one"
text = "The first {sums.sum[n=1]:d} of them."
[[line]]
key = "last.one"
text = "Nothing."
"""


def asked(client: Any, path: str, **query: Any) -> Any:
    return client(path, query=urlencode({key.replace("at_", "at."): value for key, value in query.items()}))


def test_every_result_tells_what_it_is_and_who_uses_it(tmp_path: Path, own_store: Any) -> None:
    folder = tmp_path / "sums-film"
    folder.mkdir()
    for name, text in (
        ("episode.py", EPISODE),
        ("sums.py", SUMS),
        ("script.toml", SCRIPT),
        ("scene.py", "First = 1\n"),
    ):
        (folder / name).write_text(text)
    episode, store = load_episode(folder), Store()
    plan = prepare(episode, Choices(quality_named("480p15"), 1, voice="none"), store, Reporter(quiet=True))
    (told,) = results_data(episode, plan, store)
    assert (told["id"], told["origin"], told["digest"]) == ("sums", "computed", plan.results["sums"].digest)
    assert told["code"] == "sums:sums"  # and not the made-up name of its package
    assert told["sentence"] == "Sums of the first odd numbers."
    assert (told["run"]["version"], told["run"]["parameters"]) == (3, {"n": 4})
    assert told["scenes"] == ["first"]
    assert [(each["line"], each["said"], each["source"]) for each in told["lines"]] == [
        ("first.one", "4", "sums/sum[1]")
    ]
    share, total = told["quantities"]  # by name, as the store keeps them
    assert (total["unit"], total["axes"], total["least"], total["most"]) == (
        "dots", [{"name": "n", "size": 4, "labels": []}], 1.0, 16.0,
    )  # fmt: skip
    assert (share["count"], share["missing"], share["least"]) == (4, 1, 0.25)
    assert Store.read_result(Path(told["path"]))["sum"].tolist() == [1, 4, 9, 16]


def test_the_list_tells_all_but_the_place_on_this_machine(client: Any, tmp_path: Path) -> None:
    answer = client("/api/results")
    assert answer.json()[0]["quantities"][0]["control"] == "a table has four"
    assert str(tmp_path) not in answer.body.decode()


@pytest.mark.parametrize(("along", "by"), [("day", "animal"), ("animal", "day"), ("day", ""), ("", "")])
def test_numbers_along_axes_are_those_of_the_result(client: Any, along: str, by: str) -> None:
    found = asked(client, "/api/results/legs/count", along=along, by=by, at_animal=2, at_day=1).json()
    rows = {
        ("day", "animal"): LEGS, ("animal", "day"): LEGS.T, ("day", ""): LEGS[2:3], ("", ""): LEGS[:, 1][None]
    }[along, by]  # fmt: skip
    expected = [[None if value == 6 else value for value in row] for row in rows.tolist()]
    assert found["rows"] == expected
    assert found["unit"] == "legs"
    assert found["x"] == (["0", "1", "2", "3"] if along == "day" else ["cat", "<b>dog</b>", "owl"])


def test_a_single_number_has_no_axes(client: Any) -> None:
    assert asked(client, "/api/results/legs/half").json()["rows"] == [[0.5]]


def test_of_too_many_numbers_every_so_many_th_is_there(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_module, "LONGEST", 2)
    monkeypatch.setattr(results_module, "MOST_ROWS", 2)
    found = asked(client, "/api/results/legs/count", along="day", by="animal").json()
    assert (found["every"], found["rows"]) == ([2, 2], LEGS[::2, ::2].tolist())
    assert (found["x"], found["names"]) == (["0", "2"], ["cat", "owl"])


@pytest.mark.parametrize(
    ("path", "query", "said"),
    [
        ("/api/results/arms/count", {}, "there is no result 'arms'; there are legs"),
        ("/api/results/legs/arms", {}, "has no 'arms'; it has count, half"),
        ("/api/results/legs/count", {"along": "week"}, "no axis 'week'"),
        ("/api/results/legs/count", {"along": "day", "by": "day"}, "cannot be both"),
        ("/api/results/legs/count", {"along": "day", "at_animal": 3}, "places 0 to 2, and no 3"),
        ("/api/results/legs/count", {"at_day": "-1"}, "'at.day' is no number"),
        ("/api/results/..%2F/count", {}, "there is no result"),
        ("/api/number", {"source": "../../etc/passwd"}, ""),
        ("/api/number", {"source": "legs/count[9,9]"}, "has 3 places"),
        ("/api/number", {"source": "legs/count[2,3]"}, "it cannot be shown"),
    ],
)
def test_what_is_not_there_is_said(client: Any, path: str, query: dict[str, Any], said: str) -> None:
    told = asked(client, path, **query)
    assert told.status == 400
    assert said in told.json()["error"]


def test_a_number_says_where_it_is_from(client: Any, studio: Any) -> None:
    told = asked(client, "/api/number", source="legs/count[1,2]").json()
    assert (told["value"], told["exact"]) == ("1 legs", repr(float(LEGS[1, 2])))
    assert told["name"] == "legs/count[animal=<b>dog</b>, day=2]"
    assert (told["n"], told["control"]) == ("12", "a table has four")
    assert (told["code"], told["digest"]) == ("two.legs:legs", studio.film["results"][0]["digest"])


def test_where_the_numbers_of_a_scene_stand_is_told(client: Any, studio: Any) -> None:
    assert client("/api/places/first").json() == studio.film["scenes"][0]["places"]
    assert client("/api/state").json()["film"]["scenes"][0]["places"] is None


def test_few_results_stay_open(studio: Any, tmp_path: Path) -> None:
    store = Store(tmp_path / "many")
    film: dict[str, Any] = {"results": []}
    for k in range(12):
        store.put_result(f"{k:064x}", Result({"x": quantity(float(k))}), {})
        film["results"].append({"id": f"r{k}", "path": str(store.place("result", f"{k:064x}"))})
    assert [studio.shelf.result(film, f"r{k}")["x"].item() for k in range(12)] == list(range(12))
    assert len(studio.shelf._open) == 8
