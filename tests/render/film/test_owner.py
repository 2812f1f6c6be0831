"""``out/<slug>`` belongs to one episode, however many have its slug."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tapehead.analysis.errors import OutputError
from tapehead.render.film.owner import MARK, check_owner, mark_owner
from tapehead.scenes.episode import BUILT_IN, Episode, find_episode


def copied(place: Path) -> Episode:
    """The shortest film under its own name in another place: same slug."""
    shutil.copytree(BUILT_IN / "odd_squares", place / "odd_squares")
    return find_episode(str(place / "odd_squares"))


def test_a_second_episode_of_one_slug_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    ours, mine, yours = find_episode("odd-squares"), copied(tmp_path / "a"), copied(tmp_path / "b")
    assert ours.slug == mine.slug == yours.slug
    folder = tmp_path / "out" / ours.slug / "480p15"
    for each in (ours, mine, yours):
        check_owner(each, folder)
    mark_owner(mine, folder)
    check_owner(mine, folder.parent / "stills")
    with pytest.raises(OutputError, match=r"holds files of the episode in .*/a/odd_squares, and the episode in .*/b/"):
        check_owner(yours, folder)
    with pytest.raises(OutputError, match=r"--out, or another slug"):
        check_owner(ours, folder / "scenes")
    shutil.rmtree(mine.folder)
    check_owner(yours, folder)
    mark_owner(ours, folder)
    with pytest.raises(OutputError, match=r"tapehead's own episode 'odd-squares'"):
        check_owner(yours, folder)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"episode": 3}', "\x00"])
def test_a_mark_that_says_nothing_belongs_to_nobody(text: str, tmp_path: Path) -> None:
    ours = find_episode("odd-squares")
    place = tmp_path / ours.slug
    place.mkdir()
    (place / MARK).write_text(text)
    check_owner(ours, place / "480p15")


def test_a_folder_of_another_name_is_not_marked(tmp_path: Path) -> None:
    mark_owner(find_episode("odd-squares"), tmp_path / "elsewhere")
    assert not list(tmp_path.rglob(MARK))
