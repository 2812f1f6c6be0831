"""Results for work that goes on: FFV1, ProRes, numbered pictures, with transparency; and whole folders."""

import json
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool.delivery import FFV1, MP4, PICTURES, PRORES
from tapehead.render.tape_tool.folder import each, jobs_in
from tapehead.render.tape_tool.footage import probe
from tapehead.render.tape_tool.formats import delivery_for
from tapehead.render.tape_tool.pictures import pictures
from tapehead.render.tape_tool.sequence import address, demuxer_options, is_sequence, members, numbered
from tapehead.render.tape_tool.video import apply
from tests.faults.media import moving_picture, tone, write
from tests.render.test_tape_video import command

SP = tape_named("sp")


@pytest.fixture
def source(tmp_path):
    return write(tmp_path / "in.mkv", moving_picture(0.4), tone(880, 0.4), codec="ffv1", pixels="bgr0")


def treated(source):
    """What the tape makes of each frame, independently of any encoder."""
    footage = probe(source)
    shown = [picture for picture, count in pictures(footage, range(footage.frames)) for _ in range(count)]
    return [SP.apply(picture, index, footage.fps, 3) for index, picture in enumerate(shown)]


def test_names_ask_for_kinds(tmp_path):
    assert delivery_for(tmp_path / "a.MP4") == MP4
    assert delivery_for(tmp_path / "a.mkv") == FFV1
    assert delivery_for(tmp_path / "a.mov") == PRORES
    assert delivery_for(tmp_path / "a_%04d.png") == PICTURES
    for wrong in ("a.avi", "a", "a_%04d.gif"):
        with pytest.raises(UsageError, match="must end in"):
            delivery_for(tmp_path / wrong)


def test_ffv1_is_the_taped_picture_without_loss(tmp_path, source):
    made = apply(source, tmp_path / "out.mkv", SP, 3)
    assert made.has_sound
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].codec_context.name == "ffv1"
        found = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    wanted = treated(source)
    assert len(found) == len(wanted) == 10
    assert all(np.array_equal(one, other) for one, other in zip(found, wanted, strict=True))
    with av.open(str(made.path)) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
    assert samples == round(0.4 * 48000)


def test_prores_is_near_the_taped_picture_and_says_its_colours(tmp_path, source):
    made = apply(source, tmp_path / "out.mov", SP, 3)
    with av.open(str(made.path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "prores" and stream.profile == "HQ"
        frames = list(container.decode(video=0))
    assert len(frames) == 10 and int(frames[0].colorspace) == 1
    found = [picture for picture, count in pictures(probe(made.path), range(10)) for _ in range(count)]
    for one, other in zip(found, treated(source), strict=True):
        assert np.abs(one.astype(int) - other).mean() < 6


def test_numbered_pictures_out_and_in_again(tmp_path, source):
    made = apply(source, tmp_path / "new" / "taped_%03d.png", SP, 3)
    assert not made.has_sound and "no sound" in made.notes[-1]
    listed = members(tmp_path / "new" / "taped_%03d.png")
    assert [number for number, _ in listed] == list(range(1, 11))
    assert all(np.array_equal(np.asarray(Image.open(path)), wanted)
               for (_, path), wanted in zip(listed, treated(source), strict=True))  # fmt: skip
    again = probe(tmp_path / "new" / "taped_%03d.png", Fraction(24))
    assert again.frames == 10 and again.fps == 24 and again.notes == ()
    assert "25 a second" in probe(tmp_path / "new" / "taped_%03d.png").notes[0]
    first = next(pictures(again, [4]))[0]
    assert np.array_equal(first, np.asarray(Image.open(listed[4][1])))
    assert apply(tmp_path / "new" / "taped_%03d.png", tmp_path / "o.mp4", SP, 3, fps=24).frames == 10


def test_a_sequence_with_a_hole_or_without_pictures_is_refused(tmp_path):
    for number in (7, 8, 10):
        Image.new("RGB", (8, 8)).save(tmp_path / f"s_{number:02d}.png")
    with pytest.raises(UsageError, match=r"s_09\.png is missing between s_07\.png and s_10\.png"):
        probe(tmp_path / "s_%02d.png")
    with pytest.raises(UsageError, match="there is no picture"):
        probe(tmp_path / "t_%02d.png")
    Image.new("RGB", (8, 8)).save(tmp_path / "s_09.png")
    assert demuxer_options(tmp_path / "s_%02d.png", 0) == {"framerate": "25", "start_number": "7"}
    assert numbered(tmp_path / "s_%02d.png", 7).name == "s_07.png"
    assert not is_sequence(tmp_path / "s_07.png")
    odd = tmp_path / "50% done"
    odd.mkdir()
    Image.new("RGB", (8, 8), "white").save(odd / "x1.png")
    assert "50%% done" in address(odd / "x%d.png")
    assert next(pictures(probe(odd / "x%d.png"), [0]))[0].min() == 255


@pytest.mark.parametrize("name", ["out.mkv", "out.mov", "out_%02d.png"])
def test_transparency_is_kept(tmp_path, name):
    source = tmp_path / "in.mkv"
    with av.open(str(source), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 16, "bgra"
        for k in range(3):
            picture = np.full((16, 32, 4), 180, np.uint8)
            picture[:, :, 3] = np.linspace(0, 255, 32)
            frame = av.VideoFrame.from_ndarray(picture, format="rgba").reformat(format="bgra")
            frame.pts, frame.time_base = k, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    made = apply(source, tmp_path / name, SP, 3)
    shown = next(pictures(probe(made.path), [1], keep_alpha=True))[0]
    assert shown.shape == (16, 32, 4)
    assert np.abs(shown[..., 3].astype(int) - np.linspace(0, 255, 32)).max() <= 4
    flat = apply(source, tmp_path / "flat.mp4", SP, 3)
    dark = next(pictures(probe(flat.path), [1]))[0]
    assert dark[:, :4].mean() < 40 < 120 < dark[:, -4:].mean()


def test_two_processes_make_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr("tapehead.render.tape_tool.video.STRETCH", 4)
    source = write(tmp_path / "in.mkv", moving_picture(0.4), codec="ffv1", pixels="bgr0")
    made = [apply(source, tmp_path / f"{jobs}.mkv", SP, 3, jobs=jobs).path.read_bytes() for jobs in (1, 2)]
    assert made[0] == made[1]


# -- folders ------------------------------------------------------------------------------------------


def test_a_folder_of_videos(tmp_path, source):
    folder = tmp_path / "all"
    folder.mkdir()
    write(folder / "a.mp4", moving_picture(0.2))
    write(folder / "a.mkv", moving_picture(0.2))
    (folder / "b.mov").write_bytes(b"no video")
    (folder / "notes.txt").write_text("-")
    (folder / ".hidden.mp4").write_text("-")
    with pytest.raises(TapeheadError, match=r"1 of 3 videos could not be treated"):
        command("apply", folder, tmp_path / "out", "-q", "--json")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.mkv.mp4", "a.mp4.mp4"]
    (folder / "b.mov").unlink()
    said = json.loads(command("apply", folder, tmp_path / "out2", "--as", ".mkv", "-q", "--json"))
    assert said["failed"] == 0 and [m["frames"] for m in said["made"]] == [5, 5]


def test_a_folder_of_pictures(tmp_path):
    folder = tmp_path / "all"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        Image.new("RGB", (16, 12), "red").save(folder / name)
    said = json.loads(command("still", folder, tmp_path / "out", "--as", ".webp", "--crop", "1:1", "--json"))
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["a.webp", "b.webp"]
    assert {m["width"] for m in said["made"]} == {12}
    with pytest.raises(UsageError, match="--as takes one of"):
        command("still", folder, tmp_path / "out", "--as", ".txt")


def test_folders_that_do_not_fit(tmp_path):
    (tmp_path / "in").mkdir()
    with pytest.raises(UsageError, match="holds no video"):
        jobs_in(tmp_path / "in", tmp_path / "out", ".mp4", True)
    (tmp_path / "in" / "a.mp4").write_text("-")
    with pytest.raises(UsageError, match="is the folder itself"):
        jobs_in(tmp_path / "in", tmp_path / "in" / ".." / "in", ".mp4", True)
    (tmp_path / "file").write_text("-")
    with pytest.raises(UsageError, match="is a file"):
        jobs_in(tmp_path / "in", tmp_path / "file", ".mp4", True)
    assert each(jobs_in(tmp_path / "in", tmp_path / "out", ".mp4", True), lambda _job: None, print) == 0


# -- the command line ---------------------------------------------------------------------------------


def test_moves_on_the_command_line(tmp_path, source):
    plain = [*("apply", source, tmp_path / "out.mkv", "-q", "--json", "--set", "osd.mode=off")]
    command(*plain)
    before = [frame for frame, n in pictures(probe(tmp_path / "out.mkv"), range(10)) for _ in range(n)]
    command("apply", "--at", "0.2s", "track.error=1", "track.pos=0.5", source, tmp_path / "out.mkv", "-q")
    after = [frame for frame, n in pictures(probe(tmp_path / "out.mkv"), range(10)) for _ in range(n)]
    same = [bool(np.array_equal(one, other)) for one, other in zip(before, after, strict=True)]
    assert same == [True] * 5 + [False] * 5
    script = tmp_path / "moves.txt"
    script.write_text("0.2s track.error=1 track.pos=0.5\n")
    command("apply", source, tmp_path / "out2.mkv", "--script", script, "-q")
    again = [frame for frame, n in pictures(probe(tmp_path / "out2.mkv"), range(10)) for _ in range(n)]
    assert all(np.array_equal(one, other) for one, other in zip(again, after, strict=True))


def test_names_that_begin_with_a_hyphen_go_behind_two(tmp_path, source, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-ä b.mkv").write_bytes(source.read_bytes())
    command("apply", "-q", "--", "-ä b.mkv", "-out.mp4")
    assert (tmp_path / "-out.mp4").is_file()


def test_a_plot_or_an_import_is_not_written_over_the_preset(tmp_path):
    preset = tmp_path / "mine.json"
    preset.write_text('{"version": 1, "vhs_tape_speed": 3}')
    before = preset.read_bytes()
    with pytest.raises(UsageError, match="is the preset itself"):
        command("import", preset, preset)
    assert preset.read_bytes() == before
