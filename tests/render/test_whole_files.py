"""Pictures and copies: whole under their final name, or nothing new there."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapehead.render.whole_files import copy_whole, save_picture


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.PNG"])
def test_a_picture_is_in_the_format_of_its_name(name: str, tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (9, 13, 3), dtype=np.uint8)
    path = save_picture(Image.fromarray(pixels), tmp_path / "folder" / name, lossless=True)
    with Image.open(path) as found:
        assert found.format == name.rpartition(".")[2].upper()
        assert np.array_equal(np.asarray(found.convert("RGB")), pixels)
    assert [each.name for each in path.parent.iterdir()] == [name]


def test_a_copy_is_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"abc" * 1000)
    (tmp_path / "other").write_bytes(b"of before")
    assert copy_whole(tmp_path / "one", tmp_path / "other").read_bytes() == b"abc" * 1000
    assert {each.name for each in tmp_path.iterdir()} == {"one", "other"}


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_copy_that_breaks_off_leaves_what_was_there(
    error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").write_bytes(b"abc")
    (tmp_path / "other").write_bytes(b"of before")

    def half(source: Path, target: Path) -> None:
        target.write_bytes(b"a")
        raise error

    monkeypatch.setattr(shutil, "copyfile", half)
    with pytest.raises(type(error)):
        copy_whole(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "other").read_bytes() == b"of before"
    assert {each.name for each in tmp_path.iterdir()} == {"one", "other"}


def test_a_picture_that_cannot_be_packed_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"of before")
    with pytest.raises(OSError, match="RGBA"):
        save_picture(Image.new("RGBA", (3, 3)), tmp_path / "a.jpg")
    assert (tmp_path / "a.jpg").read_bytes() == b"of before"
