"""Tables and folders of pairs: what reads, what is drawn from folders, and what each mistake is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import UsageError
from tapehead.analysis.vision.own_pairs import pairs_of_folders, photographs, read_pairs, shared


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for folder, count in (("a", 7), ("b", 5)):
        (tmp_path / folder).mkdir()
        for n in range(count):
            Image.fromarray(np.full((6, 9, 3), 20 * n, np.uint8)).save(tmp_path / folder / f"{folder}{n}.png")
        (tmp_path / folder / "notes.txt").write_text("no picture")
    return tmp_path


def table(album: Path, *rows: str, head: str = "first,second,group") -> Path:
    path = album / "pairs.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def test_a_table_is_read_from_its_own_place_near_pairs_first(album: Path) -> None:
    rows = ["a/a0.png,b/b0.png,far", "a/a1.png,a/a2.png,near", "a/a1.png,a/a3.png,", "b/b1.png,b/b2.png,near"]
    found = read_pairs(table(album, *rows))
    assert [pair.near for pair in found] == [True, True, True, False]
    assert found[0].name == "a1 and a2"
    assert shared(found) == 1, "a1 is in two pairs"
    shots = photographs(found, 4)
    assert shots[0][0].pixels.shape == (3, 4, 4)
    assert shots[0][0] is shots[1][0]
    assert "its middle 6 x 6, made 4 x 4" in shots[0][0].told
    plain = read_pairs(table(album, *(row.rsplit(",", 1)[0] for row in rows), head="first,second"))
    assert all(pair.near for pair in plain)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["a/a0.png,a/gone.png,near"], "line 2: there is no picture .*gone.png"),
        (["a/a0.png,,near"], "line 2: the field 'second' is missing or empty; there is 'first', 'second', 'group'"),
        (["a/a0.png,a/a1.png,close"], "line 2: group is near or far; found 'close'"),
        (["a/a0.png,a/../a/a0.png,near"], "line 2: both pictures are"),
        (["a/a0.png,a/a1.png"], "line 2: 2 cells under 3 columns"),
        (["a/a0.png,a/a1.png,near"], "1 pairs; distributions take at least 4"),
        (["a/a0.png,a/a1.png,near"] * 4, "a0 and a1 is there more than once"),
        ([f"a/a{n}.png,b/b{n}.png,far" for n in range(4)], "no near pairs"),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_line(album: Path, rows: list[str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        read_pairs(table(album, *rows))


def test_what_is_no_table_is_told(album: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.csv; found '\.txt'"):
        read_pairs(album / "a" / "notes.txt")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_pairs(album / "gone.csv")
    (album / "notes.png").write_text("no picture")
    rows = [f"a/a{n}.png,a/a{n + 1}.png,near" for n in range(3)] + ["notes.png,a/a5.png,near"]
    with pytest.raises(UsageError, match=r"notes\.png is no picture that can be read"):
        photographs(read_pairs(table(album, *rows)), 4)


def test_folders_give_pairs_that_share_no_picture(album: Path) -> None:
    found = pairs_of_folders(album / "a", album / "b", seed=3)
    assert shared(found) == 0
    for pair in found:
        assert pair.near == (pair.first.parent == pair.second.parent)
    assert [pair.near for pair in found] == [True, True, True, False, False]
    assert pairs_of_folders(album / "a", album / "b", seed=3) == found
    assert pairs_of_folders(album / "a", album / "b", seed=4) != found
    with pytest.raises(UsageError, match="is no folder"):
        pairs_of_folders(album / "a", album / "c")
    (album / "c").mkdir()
    with pytest.raises(UsageError, match="c holds 0 pictures"):
        pairs_of_folders(album / "a", album / "c")
