"""Pictures and masks of every kind that people have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.diffusion.lab.masks import read_mask
from tapehead.analysis.errors import UsageError
from tapehead.analysis.photographs import read_photograph


def half_red(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    values = np.zeros((height, width, 3), np.uint8)
    values[:, : width // 2, 0], values[:, width // 2 :, 2] = 255, 255
    return Image.fromarray(values)


def test_the_middle_square_is_taken_and_told(tmp_path: Path) -> None:
    half_red(40, 20).save(tmp_path / "wide.png")
    found = read_photograph(tmp_path / "wide.png", 20)
    assert found.pixels.shape == (3, 20, 20)
    assert found.told == "wide.png: 40 x 20, its middle 20 x 20"
    assert float(found.pixels[0, :, :10].min()) == 1
    assert float(found.pixels[0, :, 10:].max()) == 0
    assert "made 8 x 8" in read_photograph(tmp_path / "wide.png", 8).told


def test_exif_turns_it(tmp_path: Path) -> None:
    facts = Image.Exif()
    facts[0x0112] = 6  # to be turned by 90 degrees clockwise: left becomes top
    half_red(20, 20).save(tmp_path / "turned.jpg", exif=facts, quality=100, subsampling=0)
    found = read_photograph(tmp_path / "turned.jpg", 20)
    assert "turned as its EXIF says" in found.told
    assert float(found.pixels[0, :8].min()) > 0.9
    assert float(found.pixels[0, 12:].max()) < 0.1


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK", "LA", "I;16", "I", "F"])
def test_every_mode_is_brought_to_three_channels(mode: str, tmp_path: Path) -> None:
    grey = np.full((10, 10), 200)
    if mode == "I;16":
        image = Image.fromarray((grey * 257).astype(np.uint16))
    elif mode == "I":
        image = Image.fromarray(grey.astype(np.int32))
    elif mode == "F":
        image = Image.fromarray((grey / 255).astype(np.float32))
    else:
        image = Image.fromarray(grey.astype(np.uint8)).convert(mode)
    path = tmp_path / f"grey.{'png' if mode in ('1', 'L', 'P', 'RGB', 'RGBA', 'LA') else 'tiff'}"
    image.save(path)
    found = read_photograph(path, 10).pixels
    assert found.shape == (3, 10, 10)
    expected = 200 / 255
    if mode == "1":
        assert float(found.mean()) == pytest.approx(expected, abs=0.1), "dithered"
    else:
        assert found.numpy() == pytest.approx(expected, abs=0.03)


def test_transparency_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (6, 6), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    found = read_photograph(tmp_path / "clear.png", 6)
    assert "laid on white" in found.told
    assert float(found.pixels.min()) == 1


def test_what_is_no_picture_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "words.png").write_text("no picture")
    half_red(30, 30).save(tmp_path / "cut.png")
    data = (tmp_path / "cut.png").read_bytes()
    (tmp_path / "cut.png").write_bytes(data[: len(data) // 2])
    (tmp_path / "empty.png").write_bytes(b"")
    for name, why in (("words.png", "of no format"), ("empty.png", "empty"), ("missing.png", "there is no picture")):
        with pytest.raises(UsageError, match=why) as caught:
            read_photograph(tmp_path / name, 8)
        assert "0x" not in str(caught.value)
    for name in ("words.png", "cut.png", "missing.png"):
        with pytest.raises(UsageError, match=name) as caught:
            read_photograph(tmp_path / name, 8)
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError):
        read_photograph(tmp_path, 8)


def test_masks(tmp_path: Path) -> None:
    values = np.zeros((20, 40), np.uint8)
    values[:, :20] = 255
    Image.fromarray(values).save(tmp_path / "left.png")
    same = read_mask(str(tmp_path / "left.png"), 20, (40, 20))
    assert float(same.pixels[:, :10].min()) == 1
    assert float(same.pixels[:, 10:].max()) == 0
    other = read_mask(str(tmp_path / "left.png"), 8, (64, 64))
    assert "of another size than the picture" in other.told
    assert "made 8 x 8" in other.told
    assert other.places(4, 4).tolist() == [[1, 1, 0, 0]] * 4
    speck = np.zeros((8, 8), np.uint8)
    speck[0, 0] = 255
    Image.fromarray(speck).save(tmp_path / "speck.png")
    assert float(read_mask(str(tmp_path / "speck.png"), 8, None).places(2, 2).sum()) == 1
    Image.new("L", (8, 8)).save(tmp_path / "black.png")
    Image.new("L", (8, 8), "white").save(tmp_path / "white.png")
    with pytest.raises(UsageError, match="is empty"):
        read_mask(str(tmp_path / "black.png"), 8, None)
    with pytest.raises(UsageError, match="covers the whole picture"):
        read_mask(str(tmp_path / "white.png"), 8, None).places(4, 4)
    with pytest.raises(UsageError, match="give a picture file, or a region: mouth, eyes"):
        read_mask("nose", 8, None)
    assert float(read_mask("eyes", 64, None).pixels.mean()) > 0


@pytest.mark.parametrize(
    ("image", "why"),
    [
        (Image.fromarray(np.full((8, 8), 1, np.uint8)), "its lightest place is 1 of 255"),
        (Image.fromarray(np.full((8, 8), 300, np.uint16)), "its lightest place is 1 of 255"),  # of 65535
        (Image.fromarray(np.pad(np.full((8, 2), 255, np.uint8), ((0, 0), (0, 14)))), "outside its middle square"),
        (Image.fromarray(np.pad(np.full((1, 1), 255, np.uint8), (0, 31))), "too small to be seen at 8 x 8"),
    ],
)
def test_an_empty_mask_is_told_with_where_its_light_was_lost(image: Image.Image, why: str, tmp_path: Path) -> None:
    image.save(tmp_path / "mask.png")
    with pytest.raises(UsageError, match=why):
        read_mask(str(tmp_path / "mask.png"), 8, None)


def test_masks_of_sixteen_bits_and_with_a_transparent_colour_are_read_as_they_look(tmp_path: Path) -> None:
    values = np.zeros((8, 8), np.uint16)
    values[:4], values[4:] = 65535, 300
    Image.fromarray(values).save(tmp_path / "deep.png")
    found = read_mask(str(tmp_path / "deep.png"), 8, None)
    assert found.pixels.sum() == 32
    assert bool((found.pixels[:4] == 1).all())
    # Everything is white, and half of it is transparent: that half is no region.
    palette = Image.fromarray((values > 1000).astype(np.uint8))
    palette.putpalette([255, 255, 255] * 2)
    palette.save(tmp_path / "palette.png", transparency=0)
    again = read_mask(str(tmp_path / "palette.png"), 8, None)
    assert bool((again.pixels == found.pixels).all())
    assert "laid on black" in again.told
