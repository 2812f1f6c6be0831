"""All pages of a channel: what has a film gets a page, and the index leads to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import UsageError
from tapehead.render.page.index import make_all, rendered


@pytest.fixture
def choices(sums_folder: Path, making: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TAPEHEAD_EPISODES", str(sums_folder.parent))
    return replace(making["choices"], out=tmp_path / "out")


def test_each_film_has_a_page_and_the_index_leads_there(
    choices: Any, making: dict[str, Any], small_film: Callable[[Path, str], Path], tmp_path: Path
) -> None:
    film = small_film(choices.out / "page-sums" / "480p15", "page-sums")
    channel = make_all(choices, making["store"], making["reporter"], tmp_path / "site")
    assert [one.path for one in channel.pages] == [tmp_path / "site" / "page-sums" / "index.html"]
    assert channel.pages[0].film is not None and channel.pages[0].film.samefile(film)
    index = channel.index.read_text(encoding="utf-8")
    assert 'href="page-sums/index.html"' in index and "Sums &lt;/title&gt;&lt;script&gt;" in index
    assert index.count("<script") == 0 and "script-src &#x27;none&#x27;" in index
    assert 'href="../index.html"' in channel.pages[0].path.read_text(encoding="utf-8")


def test_without_any_film_it_says_how_to_make_one(choices: Any, making: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tapehead render"):
        make_all(choices, making["store"], making["reporter"], tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_the_largest_film_is_taken(tmp_path: Path) -> None:
    for quality in ("480p15", "1080p60", "720p30"):
        (tmp_path / "x" / quality).mkdir(parents=True)
        (tmp_path / "x" / quality / "x.mp4").touch()
    found = rendered("x", tmp_path)
    assert found is not None and found.parent.name == "1080p60"
    assert rendered("y", tmp_path) is None
