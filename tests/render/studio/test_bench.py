"""Own footage and presets: what is dropped in is bounded and read, what is saved is a preset that the tape takes."""

from __future__ import annotations

import io
import json
import threading
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import UsageError
from tapehead.render.studio import access
from tapehead.render.studio import bench as bench_module
from tapehead.render.studio import warmth as warmth_module
from tapehead.render.studio.desk import Desk
from tapehead.render.studio.server import application
from tapehead.render.tape import tape_from, tape_named
from tests.render.studio.conftest import PORT, TOKEN, Client


def png(picture: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "png")
    return out.getvalue()


def ramp(height: int = 48, width: int = 64) -> np.ndarray:
    return np.repeat(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], height, 0).repeat(3, 2)


def shown(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)))


@pytest.fixture
def desk(tmp_path: Path) -> Any:
    """What `tapehead tape gui` opens."""
    made = Desk(tmp_path / "out", tmp_path / "tapes")
    yield made
    made.close()


@pytest.fixture
def bare(desk: Desk) -> Client:
    """Talks to it."""
    return Client(application(desk, TOKEN, PORT))


def video(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in (20, 120, 220):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="rgb24")
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode():
            file.mux(packet)
    return path


def test_a_picture_that_is_dropped_in_is_played_by_the_tape_itself(bare: Client) -> None:
    told = bare("/api/own", body=png(ramp()), query="name=%2Fetc%2F..%2Fmy%20cat.png").json()
    assert (told["name"], told["picture"], told["frames"]) == ("my cat.png", True, 1)
    number = told["number"]
    assert (shown(bare(f"/api/own/{number}/0.png").body) == ramp()).all()
    asked = {"own": number, "frame": 0, "preset": "sp", "changes": {"luma.snr": 30}}
    expected = tape_named("sp").but({"luma.snr": 30}).apply(ramp(), 0, 30, 1)
    assert (shown(bare("/api/tape", asked).body) == expected).all()
    assert [each["name"] for each in bare("/api/state").json()["own"]] == ["my cat.png"]


def test_a_video_is_scrubbed(bare: Client, tmp_path: Path) -> None:
    told = bare("/api/own", body=video(tmp_path / "x.mp4").read_bytes(), query="name=x.mp4").json()
    assert (told["frames"], told["fps"], told["width"]) == (3, 10.0, 64)
    levels = [float(shown(bare(f"/api/own/{told['number']}/{k}.png").body).mean()) for k in range(3)]
    assert np.allclose(levels, [20, 120, 220], atol=6)
    assert "frames 0 to 2" in bare(f"/api/own/{told['number']}/3.png").json()["error"]


@pytest.mark.parametrize("content", [b"no picture", b"\x89PNG\r\n\x1a\n", b"<svg onload=window.harm=1>"])
def test_what_cannot_be_read_is_refused_and_not_kept(bare: Client, desk: Desk, content: bytes) -> None:
    answer = bare("/api/own", body=content, query="name=..%2F..%2Fx.mp4")
    assert answer.status == 400
    assert desk.bench._dropped.name not in answer.json()["error"]
    assert list(Path(desk.bench._dropped.name).iterdir()) == []


def test_a_huge_drop_is_refused_by_what_is_announced_and_by_what_comes(
    bare: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bare("/api/own", body=b"x", headers={"content-length": str(access.LARGEST + 1)}).status == 413
    monkeypatch.setattr(access, "LARGEST", 1000)
    assert bare("/api/own", body=b"x" * 2000, headers={"content-length": "10"}).status == 413


def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_module, "MOST_PIXELS", 1000)
    with pytest.raises(UsageError, match="64x48; at most 1,000 pixels"):
        desk.bench.take("cat.png", png(ramp()))
    assert desk.bench.sources() == []


def test_only_so_much_is_kept(desk: Desk) -> None:
    for k in range(bench_module.MOST_OWN + 3):
        desk.bench.take(f"{k}.png", png(ramp(8, 8)))
    assert [each.name for each in desk.bench.sources()] == [f"{k}.png" for k in range(3, bench_module.MOST_OWN + 3)]
    assert len(list(Path(desk.bench._dropped.name).iterdir())) == bench_module.MOST_OWN
    desk.close()
    assert not Path(desk.bench._dropped.name).exists()


def sounding(path: Path, seconds: float = 2.0) -> Path:
    """A video with a tone on its right-hand channel from one second on."""
    with av.open(str(path), "w") as file:
        stream, heard = file.add_stream("mpeg4", rate=10), file.add_stream("pcm_s16le", rate=48000, layout="stereo")
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for _ in range(round(10 * seconds)):
            frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
        times = np.arange(round(48000 * seconds)) / 48000
        right = np.where(times >= 1, np.sin(2 * np.pi * 440 * times) * 8000, 0)
        both = np.stack([np.zeros_like(right), right], 1).astype("<i2")
        sound = av.AudioFrame.from_ndarray(both.reshape(1, -1), format="s16", layout="stereo")
        sound.sample_rate, sound.pts = 48000, 0
        file.mux(heard.encode(sound))
        file.mux(heard.encode())
    return path


def samples(content: bytes) -> np.ndarray:
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (48000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


def test_footage_is_heard_from_the_frame_that_is_looked_at(bare: Client, desk: Desk, tmp_path: Path) -> None:
    told = desk.bench.open(sounding(tmp_path / "x.mov"))
    assert told.to_data()["sound"]
    plain = samples(bare("/api/tape/sound", {"own": told.number, "frame": 5}).body)
    assert len(plain) == 1.5 * 48000
    assert not plain[:, 0].any() and not plain[: 24000 - 50].any()
    assert np.abs(plain[24050:, 1].astype(float)).max() == pytest.approx(8000, rel=0.02)
    # a stretch on tape is the same stretch of the whole on tape
    asked = {"own": told.number, "preset": "worn", "changes": {}}
    whole = samples(bare("/api/tape/sound", {**asked, "frame": 0}).body)
    part = samples(bare("/api/tape/sound", {**asked, "frame": 5}).body)
    assert (part == whole[24000:]).all()
    assert (part != plain).any()


def test_what_cannot_be_heard_is_said(
    bare: Client, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = desk.bench.open(video(tmp_path / "x.mp4"))
    assert not silent.to_data()["sound"]
    assert "x.mp4 has no sound" in bare("/api/tape/sound", {"own": silent.number, "frame": 0}).json()["error"]
    loud = desk.bench.open(sounding(tmp_path / "y.mov", 1.0))
    assert "no 10" in bare("/api/tape/sound", {"own": loud.number, "frame": 10}).json()["error"]
    monkeypatch.setattr(bench_module, "LONGEST_HEARD_S", 0)
    assert "longer than 0 minutes" in bare("/api/tape/sound", {"own": loud.number, "frame": 0}).json()["error"]


def test_the_tape_is_ready_once_its_loops_are_loaded(bare: Client, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, told = threading.Event(), threading.Event()
    monkeypatch.setattr(warmth_module, "known_warm", lambda _root: True)
    monkeypatch.setattr(warmth_module, "remember", lambda _root: None)
    monkeypatch.setattr(warmth_module, "warm", lambda: loaded.wait(60))
    monkeypatch.setattr(desk.warmth, "_told", told.set)
    desk.begin()
    assert bare("/api/state").json()["tape_ready"] is False
    loaded.set()
    assert told.wait(60)
    assert bare("/api/state").json()["tape_ready"] is True


def test_large_pictures_are_shown_smaller(desk: Desk) -> None:
    source = desk.bench.take("cat.png", png(ramp(1001, 1500)))
    assert desk.bench.frame(source.number, 0).shape == (720, 1078, 3)
    assert source.fps == Fraction(0)


def test_settings_become_a_preset_file_that_the_tape_takes(bare: Client, desk: Desk) -> None:
    asked = {"name": "my-worn", "title": "Mine <b>", "preset": "worn", "changes": {"luma.snr": 33.0}}
    assert bare("/api/tape/save", asked).json() == {"name": "my-worn.json", "folder": "tapes"}
    saved = tape_from(desk.bench.folder / "my-worn.json")
    expected = tape_named("worn").but({"luma.snr": 33.0})
    assert saved.settings == expected.settings
    assert saved.preset.title == "Mine <b>"
    own = [each for each in bare("/api/tapes").json() if each["own"]]
    assert own == [{"name": "my-worn.json", "title": "Mine <b>", "own": True}]
    rows = bare("/api/tapes/my-worn.json").json()["settings"]
    assert next(row["value"] for row in rows if row["id"] == "luma.snr") == 33.0


def test_a_preset_is_not_written_over_unasked(bare: Client, desk: Desk) -> None:
    asked = {"name": "mine", "title": "One", "preset": "sp", "changes": {}}
    assert bare("/api/tape/save", asked).status == 200
    again = bare("/api/tape/save", {**asked, "title": "Two"})
    assert (again.status, again.json()["conflict"]) == (409, True)
    assert json.loads((desk.bench.folder / "mine.json").read_text())["title"] == "One"
    assert bare("/api/tape/save", {**asked, "title": "Two", "over": True}).status == 200
    assert json.loads((desk.bench.folder / "mine.json").read_text())["title"] == "Two"


@pytest.mark.parametrize(
    ("name", "said"),
    [("../x", "small letters"), ("worn", "tapehead's own"), ("", "small letters"), ("A", "small letters")],
)
def test_a_preset_has_a_name_of_its_own_and_no_path(bare: Client, desk: Desk, name: str, said: str) -> None:
    answer = bare("/api/tape/save", {"name": name, "title": "", "preset": "sp", "changes": {}})
    assert answer.status == 400
    assert said in answer.json()["error"]
    assert not desk.bench.folder.exists()


def test_a_preset_of_somebody_elses_is_not_read(bare: Client, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text("{}")
    for name in ("../secret.json", str(tmp_path / "secret.json"), "secret.json"):
        told = bare("/api/tape", {"own": 1, "frame": 0, "preset": name, "changes": {}})
        assert (told.status, "there is no preset" in told.json()["error"]) == (400, True)


def test_a_whole_video_is_put_on_tape_by_the_command(desk: Desk, tmp_path: Path, monkeypatch: Any) -> None:
    source = desk.bench.open(video(tmp_path / "x.mp4"))
    added: list[tuple[str, ...]] = []
    monkeypatch.setattr(desk.jobs, "add", lambda _kind, _title, arguments: added.append(tuple(arguments)))
    desk.put_on_tape(source.number, "sp", {"luma.snr": 31.0})
    words = added[0]
    assert words[:3] == ("tapehead", "tape", "apply")
    assert Path(words[4]) == desk.out / "tape" / "x-1.mp4"
    preset = tape_from(Path(words[words.index("--preset") + 1]))
    assert preset.settings == tape_named("sp").but({"luma.snr": 31.0}).settings
    desk.put_on_tape(source.number, "sp", {})
    assert added[1][-2:] == ("sp", "--json")


def test_without_a_film_nothing_of_a_film_is_answered(bare: Client) -> None:
    state = bare("/api/state").json()
    assert (state["mode"], state["film"]) == ("tape", None)
    for path in ("/api/results", "/api/frame/first/0.png", "/api/captions/de"):
        assert bare(path).status == 404
    assert "'own' is missing" in bare("/api/tape", {"scene": "x", "frame": 0, "preset": "sp"}).json()["error"]


@pytest.mark.long
def test_what_is_measured_is_what_measure_says(bare: Client) -> None:
    from tapehead.render.tape_tool import measure

    found = bare("/api/tape/measure", {"preset": "sp", "changes": {"luma.ring": 20.0}}).json()
    settings = tape_named("sp").but({"luma.ring": 20.0}).settings
    luma = measure.luma_response(settings)
    curve = found["response"]["luma"]
    assert np.allclose(np.interp(curve["megahertz"], luma.megahertz, luma.decibel), curve["decibel"], atol=1e-2)
    assert [row["name"] for row in found["rows"]] == [row.name for row in measure.table(settings)]
    bars = {bar.name: bar.after[1:] for bar in measure.colour_bars(settings)}
    assert {bar["name"]: tuple(bar["after"]) for bar in found["bars"]} == bars


def test_a_tape_that_is_none_is_not_measured(bare: Client) -> None:
    assert "VHS tapes are measured" in bare("/api/tape/measure", {"preset": "clean", "changes": {}}).json()["error"]
