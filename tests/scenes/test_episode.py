"""Episodes are declared as data, found by name or folder, and refused with a reason."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tapehead.analysis.errors import EpisodeError, UnknownNameError
from tapehead.analysis.registry import AnalysisCall
from tapehead.scenes.episode import (
    BUILT_IN,
    Episode,
    Reference,
    SceneRef,
    find_episode,
    folders,
    load_episode,
    nearby,
    slug_of,
)


def copy(folder: Path, slug: str = "") -> Path:
    """The smallest episode, copied; with a slug, as its declaration says it."""
    shutil.copytree(BUILT_IN / "odd_squares", folder, ignore=shutil.ignore_patterns("__pycache__"))
    if slug:
        declared = folder / "episode.py"
        declared.write_text(declared.read_text().replace("Episode(\n", f"Episode(\n    slug={slug!r},\n"))
    return folder


def trap(folder: Path) -> Path:
    """An ``episode.py`` that must not be run; the file it would write."""
    folder.mkdir()
    (folder / "episode.py").write_text(f"open({str(folder / 'ran')!r}, 'w').close()\n")
    return folder / "ran"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory."""
    monkeypatch.delenv("TAPEHEAD_EPISODES", raising=False)
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    return place


def test_built_in_episodes_are_found_by_slug() -> None:
    assert find_episode("odd-squares").title
    assert find_episode("odd_squares").package == "tapehead.scenes.odd_squares"


def test_episodes_on_the_search_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(BUILT_IN / "odd_squares", tmp_path / "mine")
    monkeypatch.setenv("TAPEHEAD_EPISODES", str(tmp_path))
    assert dict(folders())["mine"] == tmp_path / "mine"
    assert find_episode("mine").folder == tmp_path / "mine"


def test_unknown_names_come_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="odd-squares"):
        find_episode("od-squares")
    with pytest.raises(UnknownNameError, match="verdict"):
        find_episode("odd-squares").scene("verdic")


def test_a_folder_without_a_declaration(tmp_path: Path) -> None:
    with pytest.raises(EpisodeError, match=r"episode\.py"):
        find_episode(str(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = (", "SyntaxError"),
        ("import nothing_like_it", r"episode\.py:1: there is no module 'nothing_like_it'"),
        ("EPISODE = 3", "must define EPISODE"),
    ],
)
def test_a_broken_declaration_says_why(tmp_path: Path, text: str, said: str) -> None:
    folder = tmp_path / f"broken_{len(text)}"
    folder.mkdir()
    (folder / "episode.py").write_text(text)
    with pytest.raises(EpisodeError, match=said):
        find_episode(str(folder))


def test_declarations_are_checked() -> None:
    scene = SceneRef("a", ".a:A", "A", uses=("numbers",))
    with pytest.raises(EpisodeError, match="numbers"):
        Episode("e", "E", (scene,))
    with pytest.raises(EpisodeError, match="different names"):
        Episode("e", "E", (SceneRef("a", ".a:A", "A"),) * 2)
    with pytest.raises(EpisodeError, match="declared later"):
        Episode("e", "E", (SceneRef("a", ".a:A", "A"),), (AnalysisCall("x", "m:f", inputs={"table": "y"}),))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("odd_squares", "odd-squares"),
        ("My Film", "my-film"),
        ("Äpfel & Öl", "apfel-ol"),
        ("Straße.v2", "strasse-v2"),
        ("Łódź", "lodz"),
        ("--x--", "x"),
        ("映画", ""),
        ("映画 2", "2"),
    ],
)
def test_slugs_are_made_of_folder_names(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("slug", ["My film", "a_b", "../x", "-a", "a--b", "a/b", "é", "a\n"])
def test_a_slug_names_files(slug: str) -> None:
    with pytest.raises(EpisodeError, match="small letters and digits"):
        Episode(slug, "T", (SceneRef("a", ".a:A", "A"),))


@pytest.mark.parametrize("name", ["my film", "Äpfel", "my.film", "2nd", "class", "a'b"])
def test_a_copy_is_another_episode_as_it_is(here: Path, name: str) -> None:
    episode = find_episode(str(copy(here / name)))
    assert episode.slug == slug_of(name)
    assert episode.folder == here / name
    assert find_episode(name).slug == find_episode(episode.slug).slug == episode.slug


def test_a_name_without_latin_letters_needs_a_slug(here: Path) -> None:
    copy(here / "映画")
    with pytest.raises(EpisodeError, match=r'say slug="\.\.\."'):
        find_episode("映画")
    copy(here / "电影", "film")
    assert find_episode("电影").slug == find_episode("film").slug == "film"


def test_two_folders_of_one_name_do_not_meet(here: Path) -> None:
    one, two = copy(here / "a" / "mine"), copy(here / "b" / "mine")
    (two / "episode.py").write_text((two / "episode.py").read_text().replace('title="', 'title="Two: '))
    first, second = load_episode(one), load_episode(two)
    assert first.package != second.package
    assert second.title == f"Two: {first.title}"
    assert load_episode(one).title == first.title


def test_a_declaration_borrowed_from_another_episode_leaves_that_alone(here: Path) -> None:
    mine = copy(here / "mine")
    (mine / "episode.py").write_text("from tapehead.scenes.odd_squares.episode import EPISODE\n")
    assert load_episode(mine).slug == "mine"
    assert find_episode("odd-squares").folder == BUILT_IN / "odd_squares"


def test_a_copy_that_claims_the_slug_of_the_original_is_refused(here: Path) -> None:
    mine = copy(here / "mine", "odd-squares")
    with pytest.raises(EpisodeError) as caught:
        find_episode("mine")
    assert str(mine) in str(caught.value)
    assert str(BUILT_IN / "odd_squares") in str(caught.value)
    assert find_episode("odd-squares").folder == BUILT_IN / "odd_squares", "the original is not held up by it"
    assert load_episode(copy(here / "other", "free")).slug == "free"


def test_one_slug_in_two_folders_has_to_be_said_by_path(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPEHEAD_EPISODES", os.pathsep.join([str(here / "a"), str(here / "b")]))
    one, two = copy(here / "a" / "my_film"), copy(here / "b" / "my film")
    with pytest.raises(EpisodeError, match="are 2 episodes") as caught:
        find_episode("my-film")
    assert str(one) in str(caught.value) and str(two) in str(caught.value)
    assert find_episode(str(two)).folder == two


def test_nothing_in_the_working_directory_is_run_for_its_name(here: Path) -> None:
    ran = [trap(here / "tools"), trap(here / "my_film")]
    assert {slug for slug, _ in folders()} >= {"odd-squares"}
    assert not {"tools", "my-film"} & {slug for slug, _ in folders()}
    assert nearby() == [Path("my_film"), Path("tools")]
    find_episode("odd-squares")
    with pytest.raises(UnknownNameError, match="my-film"):
        find_episode("my-fil")
    assert not any(path.exists() for path in ran)


@pytest.mark.parametrize("name", ["my_film", "my-film", "./my_film"])
def test_naming_is_consent(here: Path, name: str) -> None:
    copy(here / "my_film")
    assert find_episode(name).folder == here / "my_film"


def test_the_working_directory_itself_can_be_an_episode(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy(here / "my_film"))
    assert [folder.resolve() for folder in nearby()] == [here / "my_film"]
    assert find_episode(".").slug == find_episode("my-film").slug == "my-film"


def test_the_search_path_takes_an_episode_or_a_folder_of_them(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy(here / "my_film")
    for value in (here, here / "my_film"):
        monkeypatch.setenv("TAPEHEAD_EPISODES", str(value))
        assert dict(folders())["my-film"] == here / "my_film"
        assert nearby() == []


def test_the_slug_that_is_read_is_the_one_that_is_loaded(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPEHEAD_EPISODES", str(here))
    copy(here / "one", "first-film")
    two = copy(here / "two")
    (two / "episode.py").write_text((two / "episode.py").read_text().replace("Episode(\n", "Episode(\n    'second',\n"))
    said = {folder.name: slug for slug, folder in folders()}
    assert said["one"] == find_episode("first-film").slug == "first-film"
    assert said["two"] == find_episode("second").slug == "second"


def test_a_misspelt_parameter_of_an_analysis_has_a_line(here: Path) -> None:
    declared = copy(here / "mine") / "episode.py"
    good = declared.read_text()
    line = good[: good.index('"count"')].count("\n") + 1
    declared.write_text(good.replace('"count"', '"cuont"'))
    with pytest.raises(EpisodeError, match="takes no 'cuont': did you mean 'count'") as caught:
        find_episode("mine")
    assert str(caught.value).startswith(f"{declared}:{line}: ")
    declared.write_text(good.replace('"count": 6, ', ""))
    with pytest.raises(EpisodeError, match="needs 'count'"):
        find_episode("mine")
    declared.write_text(good)
    assert find_episode("mine").analyses


def test_a_misspelt_parameter_in_another_module_of_the_episode(here: Path) -> None:
    mine = copy(here / "mine")
    (mine / "numbers.py").write_text(
        "from tapehead.analysis.registry import AnalysisCall\n\n"
        "CALLS = (\n    AnalysisCall('sums', '.odd_numbers:odd_sums', {'count': 6,\n        'cheked': 9}),\n)\n"
    )
    declared = (mine / "episode.py").read_text()
    start, end = declared.index("analyses="), declared.index("    description=")
    (mine / "episode.py").write_text(
        declared[:start].replace("EPISODE =", "from .numbers import CALLS\n\nEPISODE =")
        + "analyses=CALLS,\n"
        + declared[end:]
    )
    with pytest.raises(EpisodeError, match="did you mean 'checked'") as caught:
        find_episode("mine")
    assert str(caught.value).startswith(f"{mine / 'numbers.py'}:5: ")


@pytest.mark.parametrize("folder", [folder for _, folder in folders()], ids=lambda folder: folder.name)
def test_built_in_slugs_follow_their_folders(folder: Path) -> None:
    assert load_episode(folder).slug == folder.name.replace("_", "-")


def test_a_result_used_that_is_misspelt_comes_with_the_nearest() -> None:
    episode = find_episode("odd-squares")
    with pytest.raises(EpisodeError, match="did you mean 'sums'"):
        replace(episode, scenes=(SceneRef("a", ".a:A", "A", uses=("smus",)),))


def test_a_credit_names_the_licence() -> None:
    assert Reference("Somebody's work", licence="MIT").credit == "Somebody's work (MIT)"
    assert Reference("Somebody's work").credit == "Somebody's work"
