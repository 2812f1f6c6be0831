"""What the studio answers: frames, words, tape, work."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.render.studio.conftest import grey


def picture(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.mark.parametrize(("scene", "index"), [("first", 0), ("first", 29), ("second", 7)])
def test_a_frame_is_that_frame(client: Any, scene: str, index: int) -> None:
    answer = client(f"/api/frame/{scene}/{index}.png")
    assert answer.status == 200
    assert (picture(answer.body) == grey(index)).all()


def test_a_frame_can_be_smaller(client: Any) -> None:
    assert picture(client("/api/frame/first/9.png", query="width=32").body).shape == (18, 32, 3)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/api/frame/third/0.png", "there is no scene 'third'; there are first, second"),
        ("/api/frame/first/30.png", "frames 0 to 29, and no 30"),
        ("/api/sound/first/first.two.wav", "no sound"),
        ("/api/tapes/zzz", "zzz"),
    ],
)
def test_what_is_not_there_is_said(client: Any, path: str, said: str) -> None:
    answer = client(path)
    assert answer.status == 400
    assert said in answer.json()["error"]


def test_before_anything_is_drawn_that_is_said(client: Any, studio: Any) -> None:
    studio.film = None
    assert client("/api/state").json()["film"] is None
    assert "nothing is drawn yet" in client("/api/frame/first/0.png").json()["error"]


def test_a_sound_is_the_lines_own(client: Any, studio: Any) -> None:
    assert (
        client("/api/sound/first/first.one.wav").body
        == Path(studio.film["scenes"][0]["lines"][0]["audio"]).read_bytes()
    )


def test_a_line_without_a_sound_is_told_so_and_one_whose_sound_is_gone(client: Any, studio: Any) -> None:
    line = studio.film["scenes"][0]["lines"][0]
    assert client("/api/state").json()["film"]["scenes"][0]["lines"][0]["heard"] is True
    Path(line["audio"]).unlink()
    answer = client("/api/sound/first/first.one.wav")
    assert (answer.status, "draw again" in answer.json()["error"]) == (400, True)
    line["audio"] = ""
    assert client("/api/state").json()["film"]["scenes"][0]["lines"][0]["heard"] is False


def test_no_path_of_this_machine_is_told(client: Any, tmp_path: Path) -> None:
    assert str(tmp_path) not in client("/api/state").body.decode()


def test_a_line_is_edited_and_undone(client: Any, studio: Any) -> None:
    script = client("/api/state").json()["script"]
    told = {"state": script["state"], "key": "first.one", "changes": {"text": "One cat, then one dog."}}
    answer = client("/api/script/edit", told)
    assert answer.status == 200
    now = client("/api/state").json()["script"]
    assert (now["state"], now["lines"][0]["text"], now["undo"]) == (
        answer.json()["state"],
        "One cat, then one dog.",
        True,
    )
    assert client("/api/script/undo", {"state": now["state"]}).json()["state"] == script["state"]


def test_what_another_tab_saved_is_a_conflict(client: Any, studio: Any) -> None:
    seen = studio.script.state
    told = {"state": seen, "key": "first.one", "changes": {"pause": 1.0}}
    assert client("/api/script/edit", told).status == 200
    answer = client("/api/script/edit", told)
    assert (answer.status, answer.json()["conflict"]) == (409, True)


def test_a_broken_script_is_shown_and_not_hidden(client: Any, studio: Any) -> None:
    studio.script.path.write_text("[[line]]\nkey = ")
    assert "script.toml" in client("/api/state").json()["script"]["error"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"[" * 100_000, b"\xff\xfe", b'{"state": 3}'],
    ids=["nothing", "broken", "a list", "deep", "no text", "no state"],
)
def test_what_is_no_request_is_refused(client: Any, body: bytes) -> None:
    answer = client("/api/script/edit", body=body)
    assert answer.status == 400
    assert answer.json()["error"]


def test_the_tape_is_the_tapes_own(client: Any, studio: Any) -> None:
    from tapehead.render.tape import tape_named
    from tapehead.render.tape.driven import scene_seed

    told = {"scene": "first", "frame": 9, "preset": "sp", "changes": {"luma.snr": 30}}
    answer = client("/api/tape", told)
    assert answer.status == 200
    expected = tape_named("sp").but({"luma.snr": 30}).apply(grey(9), 9, 15, scene_seed(1, "first"))
    assert (picture(answer.body) == expected).all()
    assert (picture(client("/api/tape", {**told, "changes": {}}).body) != expected).any()


def test_a_setting_that_is_none_or_out_of_range_is_said(client: Any) -> None:
    for changes in ({"luma.snrr": 30}, {"luma.snr": 1e9}, {"luma.snr": "loud"}):
        answer = client("/api/tape", {"scene": "first", "frame": 9, "preset": "sp", "changes": changes})
        assert answer.status == 400
        assert "luma.snr" in answer.json()["error"]


def test_settings_are_those_that_describe_tells(client: Any) -> None:
    from tapehead.render.tape import tape_named

    settings = tape_named("worn").settings
    rows = client("/api/tapes/worn").json()["settings"]
    assert {row["id"]: row["value"] for row in rows} == {name: _plain(settings[name]) for name in settings.known}
    assert {row["id"] for row in rows if row["easy"]} >= set(settings.differing())


def test_what_happens_to_the_tape_is_told_with_what_there_is_to_choose(client: Any) -> None:
    rows = {row["id"]: row for row in client("/api/tapes/eaten").json()["settings"]}
    assert rows["transport"]["value"] == [["eaten", 2.0, 5.0]]
    assert rows["transport"]["choices"] == ["start", "stop", "eaten"]
    assert rows["system"]["choices"] and "eaten" not in rows["system"]["choices"]


def _plain(value: Any) -> Any:
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def test_rendering_is_a_job_and_its_choices_are_checked_first(client: Any, studio: Any, monkeypatch: Any) -> None:
    for asked in ({"quality": "999p9", "tape": "sp"}, {"quality": "480p15", "tape": "../../x"}):
        assert client("/api/make/render", asked).status == 400
    assert not studio.jobs.all()


def test_jobs_are_queued_in_their_order(studio: Any, monkeypatch: Any) -> None:
    added: list[tuple[str, tuple[str, ...]]] = []
    monkeypatch.setattr(
        studio.jobs, "add", lambda kind, _title, arguments, **_how: added.append((kind, tuple(arguments)))
    )
    studio.draw()
    studio.make("render", {"quality": "480p15", "tape": "sp"})
    assert [kind for kind, _ in added] == ["draw", "render"]
    assert added[1][1][:3] == ("tapehead", "render", studio.name)
