"""`tapehead tape apply` and `still` on what people have: odd sizes, rotation, alpha, ten bits, broken files."""

import hashlib
import json
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import OutputError, ResultError, UsageError
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool import video
from tapehead.render.tape_tool.decoding import even, upright
from tapehead.render.tape_tool.footage import probe
from tapehead.render.tape_tool.pictures import pictures
from tapehead.render.tape_tool.rates import delivery_rate, rate_named
from tapehead.render.tape_tool.video import apply, changed, flashes_in, still

SP = tape_named("sp")


def make(path, frames=12, size=(64, 48), codec="libx264", pix_fmt="yuv420p", fps=24, times=None, sound=0, options=None):
    """A video whose frame k has a grey of its own and a red left edge."""
    width, height = size
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        audio = (
            container.add_stream("pcm_s16le" if path.suffix in (".mkv", ".mov") else "aac", rate=44100)
            if sound
            else None
        )
        for k in range(frames):
            picture = np.full((height, width, 3), 40 + 12 * k % 180, np.uint8)
            picture[:, : width // 4] = (200, 30, 30)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = k if times is None else times[k]
            frame.time_base = 1 / Fraction(fps) if times is None else Fraction(1, 1000)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
        if audio is not None:
            t = np.arange(int(44100 * sound)) / 44100
            block = (0.3 * np.sin(2 * np.pi * 1000 * t) * 32767).astype(np.int16)
            for begin in range(0, len(block), 1024):
                part = av.AudioFrame.from_ndarray(block[None, begin : begin + 1024], format="s16", layout="mono")
                part.sample_rate, part.pts, part.time_base = 44100, begin, Fraction(1, 44100)
                for packet in audio.encode(part):
                    container.mux(packet)
            for packet in audio.encode():
                container.mux(packet)
    return path


def facts(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        count = sum(1 for _ in container.decode(stream))
        return stream.width, stream.height, stream.average_rate, count, len(container.streams.audio)


def leftovers(folder):
    return [p.name for p in folder.iterdir() if p.name.startswith(".")]


def test_a_plain_video(tmp_path):
    source = make(tmp_path / "in.mkv", sound=0.5)
    made = apply(source, tmp_path / "out.mp4", SP, 3)
    assert facts(made.path) == (64, 48, 24, 12, 1)
    assert made.has_sound and made.flashes == ()
    assert leftovers(tmp_path) == []
    with av.open(str(made.path)) as container:
        heard = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    assert abs(heard.shape[1] - 24000) <= 1024 and 0.05 < heard.std() < 0.3


@pytest.mark.parametrize(
    ("name", "keys", "size"),
    [
        ("odd.mkv", {"size": (63, 47), "codec": "ffv1", "pix_fmt": "bgr0"}, (64, 48)),
        ("tiny.mkv", {"size": (2, 2), "codec": "ffv1", "pix_fmt": "bgr0"}, (2, 2)),
        ("one.mkv", {"frames": 1}, (64, 48)),
        ("ten-bit.mkv", {"codec": "ffv1", "pix_fmt": "yuv420p10le"}, (64, 48)),
        ("alpha.mkv", {"codec": "ffv1", "pix_fmt": "bgra"}, (64, 48)),
        ("grey.mkv", {"codec": "ffv1", "pix_fmt": "gray"}, (64, 48)),
        ("wide.mkv", {"codec": "ffv1", "pix_fmt": "yuv444p", "size": (400, 4)}, (400, 4)),
        ("old.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}, (64, 48)),
        ("still.gif", {"codec": "gif", "pix_fmt": "rgb8"}, (64, 48)),
    ],
)
def test_unusual_videos(tmp_path, name, keys, size):
    source = make(tmp_path / name, **keys)
    made = apply(source, tmp_path / "out.mp4", SP, 3)
    width, height, _rate, count, sound = facts(made.path)
    assert (width, height) == size
    assert count == made.frames >= 1 and sound == 0


def test_a_variable_frame_rate_keeps_its_times(tmp_path):
    times = [0, 100, 150, 600, 620, 1000]
    source = make(tmp_path / "vfr.mkv", frames=6, times=times, codec="ffv1", pix_fmt="bgr0")
    footage = probe(source, 20)
    shown = []
    for picture, repeat in pictures(footage, range(footage.frames)):
        shown += [round((picture[10, 40, 0] - 40) / 12)] * repeat
    wanted = [max(k for k, t in enumerate(times) if t <= 50 * n) for n in range(footage.frames)]
    assert shown == wanted
    # Any stretch by itself shows the same.
    middle = [round((p[10, 40, 0] - 40) / 12) for p, r in pictures(footage, range(7, 15)) for _ in range(r)]
    assert middle == wanted[7:15]


def test_rotation_and_alpha_and_odd_sides():
    class Turned:
        """A decoded picture with a rotation flag, as phones write them."""

        def __init__(self, frame, rotation):
            self.__dict__.update(frame=frame, rotation=rotation)

    frame = av.VideoFrame.from_ndarray(np.dstack([np.full((4, 6), 200), np.zeros((4, 6, 2)), np.full((4, 6), 128)])
                                       .astype(np.uint8), format="rgba")  # fmt: skip
    made = upright(frame, None)
    assert made.shape == (4, 6, 3) and abs(int(made[0, 0, 0]) - 100) <= 1
    assert even(np.zeros((3, 5, 3), np.uint8)).shape == (4, 6, 3)


def test_a_rotation_flag_turns_the_picture(tmp_path):
    plain = make(tmp_path / "in.mp4")
    turned = tmp_path / "turned.mp4"
    data = bytearray(plain.read_bytes())
    # The matrix in the track header: 1 0 0 / 0 1 0 becomes a quarter turn.
    at = data.index(b"tkhd") + 4 + 4 + 20 + 8 + 8
    one, none, minus = b"\x00\x01\x00\x00", b"\x00\x00\x00\x00", b"\xff\xff\x00\x00"
    assert bytes(data[at : at + 4]) == one
    data[at : at + 20] = none + one + none + minus + none
    turned.write_bytes(bytes(data))
    footage = probe(turned)
    assert (footage.width, footage.height) == (48, 64)
    picture = next(pictures(footage, [0]))[0].astype(int)
    red = picture[..., 0] - picture[..., 1] > 60
    assert red[:16].all() and not red[20:].any()  # what was left is on top


@pytest.mark.parametrize(
    ("rate", "kind"),
    [
        (Fraction(30000, 1001), "mp4"),
        pytest.param(Fraction(30000, 1001), "mkv", marks=pytest.mark.long),
        (Fraction(24000, 1001), "mkv"),
        pytest.param(Fraction(24000, 1001), "mp4", marks=pytest.mark.long),
        pytest.param(Fraction(25, 2), "mkv", marks=pytest.mark.long),
        (Fraction(25, 2), "mp4"),
    ],
)
def test_fractional_rates_stay_exact(tmp_path, kind, rate):
    source = make(tmp_path / f"in.{kind}", frames=90, fps=rate, sound=float(90 / rate))
    footage = probe(source)
    assert footage.fps == rate
    assert [count for _, count in pictures(footage, range(footage.frames))] == [1] * 90, "none twice, none left out"
    made = apply(source, tmp_path / "out.mp4", SP, 3)
    assert facts(made.path)[2:4] == (rate, 90)
    assert made.to_data()["rate"] == str(rate)
    with av.open(str(made.path)) as container:
        times = [frame.pts * frame.time_base for frame in container.decode(video=0)]
    assert times == [k / rate for k in range(90)]
    with av.open(str(made.path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert abs(samples - 90 / rate * 48000) <= 1024


def test_what_is_no_simple_rate_becomes_a_whole_number():
    tick = Fraction(1, 1000)
    assert delivery_rate(29.96, range(0, 1000, 33), tick) == 30
    assert delivery_rate(17.3, [0, 10, 90, 120], tick) == 17
    assert delivery_rate(12.5, [0, 10, 160, 240], tick) == 12  # on average, but not really constant
    assert delivery_rate(0.2, [0, 5000], tick) == 1
    assert delivery_rate(1000.0, range(100), tick) == 120


@pytest.mark.parametrize(
    ("text", "rate"),
    [("25", 25), ("29.97", Fraction(30000, 1001)), ("23.976", Fraction(24000, 1001)), ("60000/1001",) * 2, ("0", 0)],
)
def test_rates_as_one_types_them(text, rate):
    assert rate_named(text) == Fraction(rate)


@pytest.mark.parametrize("text", ["fast", "-5", "0.5", "240", "1/0"])
def test_other_rates_are_refused(text):
    with pytest.raises(UsageError, match="--fps"):
        rate_named(text)


def test_a_stretch_of_a_video(tmp_path):
    source = make(tmp_path / "in.mkv", frames=48, sound=2.0)
    made = apply(source, tmp_path / "out.mp4", SP, 3, start_s=0.5, end_s=1.25)
    assert facts(made.path)[3] == 18
    with pytest.raises(UsageError, match=r"--from 5"):
        apply(source, tmp_path / "out.mp4", SP, 3, start_s=5)
    with pytest.raises(UsageError, match=r"--from 1"):
        apply(source, tmp_path / "out.mp4", SP, 3, start_s=1, end_s=0.5)


def test_the_bytes_do_not_depend_on_the_number_of_processes(tmp_path, monkeypatch):
    stretch = 60  # what a process gets at once
    monkeypatch.setattr(video, "STRETCH", stretch)
    source = make(tmp_path / "in.mkv", frames=stretch + 30, fps=60)
    digests = []
    for jobs in (1, 2):
        made = apply(source, tmp_path / f"{jobs}.mp4", SP, 3, jobs=jobs, allow_flashes=True)
        assert facts(made.path)[3] == stretch + 30
        digests.append(hashlib.sha256(made.path.read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_a_pause_holds_the_picture(tmp_path):
    source = make(tmp_path / "in.mkv", frames=48, codec="ffv1", pix_fmt="bgr0")
    calm = {"luma.snr": None, "chroma.noise": 0.0, "wave.amp": 0.0, "jitter.line": 0.0, "drop.rate": 0.0}
    made = apply(source, tmp_path / "out.mp4", SP.but({**calm, "pause.at": [0.5, 1.5]}), 0, allow_flashes=True)
    with av.open(str(made.path)) as container:
        greys = [f.to_ndarray(format="gray")[30:40, 40:55].mean() for f in container.decode(video=0)]
    assert np.ptp(greys[13:35]) < 4 < np.ptp(greys[:12])


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("mkv", 0.35),
        pytest.param("mkv", 0.7, marks=pytest.mark.long),
        ("mkv", 0.95),
        pytest.param("avi", 0.35, marks=pytest.mark.long),
        ("avi", 0.7),
        pytest.param("avi", 0.95, marks=pytest.mark.long),
    ],
)
def test_a_video_that_was_cut_short_gives_what_is_there(tmp_path, kind, share):
    codec = {"mkv": {}, "avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"}}[kind]
    whole = make(tmp_path / f"whole.{kind}", frames=40, **codec)
    cut = tmp_path / f"cut.{kind}"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * share)])
    try:
        made = apply(cut, tmp_path / "out.mp4", SP, 3)
    except UsageError as error:
        assert "cut" in str(error)
        assert not (tmp_path / "out.mp4").exists()
    else:
        assert 1 <= facts(made.path)[3] <= 40
    assert leftovers(tmp_path) == []


def test_noise_in_the_middle_of_a_file_does_not_stop_it(tmp_path):
    whole = make(tmp_path / "whole.mkv", frames=60, options={"g": "6"})
    data = bytearray(whole.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 60] = bytes(60)
    broken = tmp_path / "broken.mkv"
    broken.write_bytes(bytes(data))
    made = apply(broken, tmp_path / "out.mp4", SP, 3)
    assert facts(made.path)[3] >= 10


@pytest.mark.parametrize("content", [b"", b"no video", b"\x00" * 5000, b"\x1a\x45\xdf\xa3" + b"\xff" * 300])
def test_what_is_no_video_is_refused(tmp_path, content):
    source = tmp_path / "in.mkv"
    source.write_bytes(content)
    with pytest.raises(UsageError, match=r"in\.mkv"):
        apply(source, tmp_path / "out.mp4", SP, 3)
    assert not (tmp_path / "out.mp4").exists() and leftovers(tmp_path) == []


def test_places_that_do_not_fit(tmp_path):
    source = make(tmp_path / "in.mp4")
    with pytest.raises(UsageError, match="there is no file"):
        apply(tmp_path / "none.mp4", tmp_path / "out.mp4", SP, 3)
    with pytest.raises(UsageError, match=r"must end in \.mp4"):
        apply(source, tmp_path / "out.avi", SP, 3)
    with pytest.raises(UsageError, match="is the video itself"):
        apply(source, source, SP, 3)
    with pytest.raises(UsageError, match="--jobs"):
        apply(source, tmp_path / "out.mp4", SP, 3, jobs=0)
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        apply(source, tmp_path / "file" / "out.mp4", SP, 3)
    assert source.stat().st_size > 0


def test_flashing_footage_is_refused_unless_allowed(tmp_path):
    source = tmp_path / "flash.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=30)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "gray"
        for k in range(60):
            level = 255 if k // 3 % 2 else 0
            frame = av.VideoFrame.from_ndarray(np.full((96, 128), level, np.uint8), format="gray")
            frame.pts, frame.time_base = k, Fraction(1, 30)
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    out = tmp_path / "out.mp4"
    with pytest.raises(ResultError, match=r"0:0\d\.\d to 0:0\d\.\d: general.*\n.*--allow-flashes"):
        apply(source, out, SP, 0)
    assert not out.exists() and leftovers(tmp_path) == []
    made = apply(source, out, SP, 0, allow_flashes=True)
    assert [f.kind for f in made.flashes] == ["general"]
    assert [f.kind for f in flashes_in(out)] == ["general"]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "I;16", "CMYK"])
def test_stills_of_all_kinds(tmp_path, mode):
    source, out = tmp_path / "in.tiff", tmp_path / "new" / "out.png"
    grey = np.tile(np.linspace(0, 255, 33).astype(np.uint8), (21, 1))
    if mode == "I;16":
        picture = Image.fromarray(grey.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(grey).convert("RGB").convert(mode)
    picture.save(source)
    assert still(source, out, SP, 0) == (33, 21)
    made = np.asarray(Image.open(out))
    assert made.shape == (21, 33, 3)
    assert made[:, -6:].mean() > made[:, :6].mean() + 60
    assert leftovers(out.parent) == []


def test_stills_that_do_not_fit(tmp_path):
    source = tmp_path / "in.png"
    source.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.raises(UsageError, match=r"in\.png cannot be read"):
        still(source, tmp_path / "out.png", SP, 0)
    with pytest.raises(UsageError, match="there is no file"):
        still(tmp_path / "none.png", tmp_path / "out.png", SP, 0)
    with pytest.raises(UsageError, match="must end in one of"):
        still(source, tmp_path / "out.txt", SP, 0)


def test_the_clean_preset_takes_no_settings():
    with pytest.raises(UsageError, match="is no tape"):
        changed(tape_named("clean"), {"luma.snr": 30.0}, "numba")
    assert changed(SP, {"luma.snr": 30.0}, "numpy").backend == "numpy"


# -- the commands -----------------------------------------------------------------------------------


def command(*words):
    """Run `tapehead tape` in this process; returns what it prints."""
    from typer.testing import CliRunner

    from tapehead.render.commands.cli import app

    result = CliRunner().invoke(app, ["tape", *map(str, words)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_list_and_describe():
    assert {p["name"] for p in json.loads(command("list", "--json"))["presets"]} >= {"clean", "sp", "worn", "pal-sp"}
    described = json.loads(command("describe", "worn", "--json"))
    snr = next(row for row in described["settings"] if row["id"] == "luma.snr")
    assert snr["value"] == 38 and snr["default"] == 43 and snr["changed"] and snr["unit"] == "dB"
    assert "luma.snr" in command("describe", "worn") and "clean" in command("describe", "clean")


def test_commands_apply_and_still(tmp_path):
    source = make(tmp_path / "in.mkv", frames=5)
    out = tmp_path / "out.mp4"
    said = json.loads(command("apply", source, out, "-p", "ep", "--set", "luma.snr=30", "--seed", "5", "-q", "--json"))
    assert said["frames"] == 5 and facts(out)[3] == 5
    Image.new("RGB", (40, 30), "red").save(tmp_path / "in.png")
    assert json.loads(command("still", tmp_path / "in.png", tmp_path / "o.png", "--json"))["width"] == 40
    with pytest.raises(UsageError, match=r"luma\.snr is 3000"):
        command("still", tmp_path / "in.png", tmp_path / "o.png", "--set", "luma.snr=3000")
    with pytest.raises(UsageError, match="unknown tape back-end"):
        command("still", tmp_path / "in.png", tmp_path / "o.png", "--backend", "magic")


def test_commands_measure_and_import(tmp_path):
    said = json.loads(command("measure", "sp", "--plot", tmp_path / "plot.png", "--json"))
    found = {row["name"]: row["value"] for row in said["measured"]}
    assert abs(found["luma -3 dB"] - 3.0) < 0.15 and abs(found["chroma lag"] - 0.45) < 0.01
    assert Image.open(tmp_path / "plot.png").size[0] > 1000
    (tmp_path / "theirs.json").write_text('{"version": 1, "vhs_tape_speed": 3, "random_seed": 1}')
    said = json.loads(command("import", tmp_path / "theirs.json", tmp_path / "ours.json", "--json"))
    assert any("random_seed" in line for line in said["dropped"])
    assert "EP" in command("describe", tmp_path / "ours.json")
