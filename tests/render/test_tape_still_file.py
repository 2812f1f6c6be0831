"""Pictures by themselves: at their own depth, with their transparency, never over what they were made of."""

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import UsageError
from tapehead.render.tape import tape_named
from tapehead.render.tape_tool.still_file import over_black, read_picture, save_picture
from tapehead.render.tape_tool.video import still

SP = tape_named("sp")


@pytest.mark.parametrize("ending", ["png", "tiff", "pgm"])
def test_sixteen_bits_are_sixteen_bits_however_dark(tmp_path, ending):
    path = tmp_path / f"in.{ending}"
    values = np.tile(np.array([0, 100, 200], np.uint16), (4, 10))
    Image.fromarray(values).save(path)
    assert read_picture(path).max() <= 1
    Image.fromarray(values * 300).save(path)
    found = read_picture(path)
    assert np.array_equal(found[..., 0], np.floor(values * 300 / 65535 * 255 + 0.5).astype(np.uint8))


def test_thirty_two_bits_and_floats_have_the_white_of_their_format(tmp_path):
    whole = np.array([[0, 2**31 - 1]], np.int32).repeat(4, axis=0)
    Image.fromarray(whole).save(tmp_path / "signed.tiff")
    assert read_picture(tmp_path / "signed.tiff")[0, :, 0].tolist() == [128, 255]
    Image.fromarray(np.array([[0.0, 0.5, 1.0, 7.0, np.nan]], np.float32)).save(tmp_path / "float.tiff")
    assert read_picture(tmp_path / "float.tiff")[0, :, 0].tolist() == [0, 128, 255, 255, 0]


def test_transparency_is_kept_where_the_result_has_any(tmp_path):
    picture = np.full((20, 30, 4), 200, np.uint8)
    picture[:, :15, 3], picture[:, 15:, 3] = 0, 255
    Image.fromarray(picture).save(tmp_path / "in.png")
    assert still(tmp_path / "in.png", tmp_path / "out.png", SP, 0) == (30, 20)
    made = np.asarray(Image.open(tmp_path / "out.png"))
    assert made.shape == (20, 30, 4) and np.array_equal(made[..., 3], picture[..., 3])
    still(tmp_path / "in.png", tmp_path / "out.jpg", SP, 0)
    flat = np.asarray(Image.open(tmp_path / "out.jpg"))
    assert flat.shape == (20, 30, 3) and flat[:, :8].mean() < 40 < 150 < flat[:, 22:].mean()
    # What nobody sees is not dragged into what one sees.
    assert read_picture(tmp_path / "in.png")[:, :15].max() == 0
    Image.fromarray(np.full((4, 4, 4), 255, np.uint8)).save(tmp_path / "solid.png")
    assert read_picture(tmp_path / "solid.png").shape == (4, 4, 3)


def test_over_black_mixes_by_the_share():
    picture = np.array([[[200, 100, 0, 128], [255, 255, 255, 0]]], np.uint8)
    assert over_black(picture).tolist() == [[[100, 50, 0], [0, 0, 0]]]


def test_of_an_animation_the_first_picture_is_taken(tmp_path):
    frames = [Image.fromarray(np.full((8, 8, 3), 90 * k, np.uint8)) for k in range(3)]
    frames[1].save(tmp_path / "in.webp", save_all=True, append_images=frames[2:], lossless=True)
    assert np.abs(read_picture(tmp_path / "in.webp").astype(int) - 90).max() <= 1


def test_a_picture_is_never_written_over_itself(tmp_path):
    source = tmp_path / "in.png"
    Image.new("RGB", (8, 8), "red").save(source)
    before = source.read_bytes()
    soft, hard = tmp_path / "soft.png", tmp_path / "hard.png"
    soft.symlink_to(source)
    hard.hardlink_to(source)
    for out in (source, soft, hard, tmp_path / "." / "in.png", tmp_path / "x" / ".." / "in.png"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(UsageError, match="is the picture itself"):
            still(source, out, SP, 0)
    assert source.read_bytes() == before and sorted(p.name for p in tmp_path.iterdir()) == [
        "hard.png", "in.png", "soft.png", "x",
    ]  # fmt: skip


def test_a_crop_of_a_still(tmp_path):
    Image.new("RGB", (160, 90), "blue").save(tmp_path / "in.png")
    from fractions import Fraction

    assert still(tmp_path / "in.png", tmp_path / "out.png", SP, 0, crop=Fraction(4, 3)) == (120, 90)


@pytest.mark.parametrize("ending", ["png", "webp", "tiff", "bmp", "jpg"])
def test_what_is_saved_is_read_again(tmp_path, ending):
    picture = np.zeros((6, 8, 4), np.uint8)
    picture[..., 0], picture[..., 3] = 120, 255
    picture[0, 0, 3] = 0
    save_picture(picture, tmp_path / f"a.{ending}")
    found = read_picture(tmp_path / f"a.{ending}")
    assert found.shape[:2] == (6, 8) and abs(int(found[4, 4, 0]) - 120) <= 6
    assert [p.name for p in tmp_path.iterdir()] == [f"a.{ending}"]


def test_a_folder_or_a_pipe_is_no_picture(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_picture(tmp_path)
