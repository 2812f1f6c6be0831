"""Problems of an episode lead to the frames that their words name."""

from __future__ import annotations

from typing import Any

import pytest

from tapehead.render.studio.faults import of_a_check, placed, quick_problems


@pytest.mark.parametrize(
    ("what", "scene", "frame"),
    [
        ("scene.py:3: line 'first.one' has no mark 'cat'", "first", 9),
        ("it fails (scene 'second', after second.two)", "second", 8),
        ("it fails (scene 'second', after second.gone)", "second", 0),
        ("scene 'second' has no line in script.toml", "second", 0),
        ("scene 'third' is not there", "", 0),
        ("for YouTube, the title is too long", "", 0),
    ],
)
def test_a_problem_leads_to_the_line_or_the_scene_that_it_names(film: Any, what: str, scene: str, frame: int) -> None:
    film["scenes"][0]["lines"][0]["start"] = 0.6
    film["scenes"][1]["lines"] = [{**film["scenes"][0]["lines"][0], "key": "second.two", "start": 0.55}]
    assert placed({"kind": "error", "what": what}, film) == {
        "kind": "error", "what": what, "scene": scene, "frame": frame,
    }  # fmt: skip


def test_before_anything_is_drawn_a_problem_leads_nowhere() -> None:
    assert placed({"kind": "error", "what": "line 'first.one' is strange"}, None)["scene"] == ""


def test_a_place_stays_inside_its_scene(film: Any) -> None:
    film["scenes"][0]["lines"][0]["start"] = 100.0
    assert placed({"kind": "error", "what": "line 'first.one'"}, film)["frame"] == film["scenes"][0]["frames"] - 1


def test_the_layout_is_told_by_the_drawing_alone(film: Any) -> None:
    problems = [
        {"kind": "layout", "what": "first, 0.2 s: a word over a line"},
        {"kind": "advice", "what": "no description"},
    ]
    assert [each["what"] for each in of_a_check(problems, film)] == ["no description"]


def test_what_the_files_say_is_found_without_drawing(studio: Any) -> None:
    told = [each["what"] for each in quick_problems(studio.episode.folder)]
    assert any("no scene class 'First'" in each for each in told)


def test_whatever_is_saved_makes_a_check_an_old_one(client: Any, studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(studio.jobs, "add", lambda *words, **more: begun.append((words, more)))
    studio._saved_since = True
    studio.check()
    assert begun[0][0][2] == ("tapehead", "check", studio.name, "--json")
    studio.checked = {"problems": [{"kind": "error", "what": "line 'first.one' is strange"}]}
    told = client("/api/state").json()["checked"]
    assert (told["old"], told["problems"][0]["scene"]) == (False, "first")
    studio._saved_since = True
    assert client("/api/state").json()["checked"]["old"] is True
