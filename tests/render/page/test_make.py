"""The page as a file: everything in it that was in the film, everything escaped, nothing asked of anybody."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import EpisodeError, OutputError
from tapehead.render.page import make as make_module
from tapehead.render.page.document import Picture
from tapehead.render.page.make import illustrated, make_page, thinned
from tapehead.render.page.toys import table
from tapehead.render.progress import Reporter
from tapehead.scenes.episode import Episode, load_episode

VOID = {"br", "img", "input", "link", "meta", "source", "track"}


class Parsed(HTMLParser):
    """All elements with their attributes, the text of each, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.crossed: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        for tag in self.open:
            self.texts.setdefault(tag, []).append(data)

    def having(self, name: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for tag, found in self.elements
            if tag == name and all(found.get(k.rstrip("_")) == v for k, v in attributes.items())
        ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, sums_episode: Episode, making: dict[str, Any]) -> str:
    out = tmp_path_factory.mktemp("page") / "page.html"
    make_page(sums_episode, **making, out=out, pictures=False)
    return out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(made: str) -> Parsed:
    return Parsed(made)


def test_every_element_is_closed_where_it_should_be(parsed: Parsed) -> None:
    assert parsed.crossed == [] and parsed.open == []


def test_what_an_episode_says_is_text_and_never_an_element(parsed: Parsed, made: str) -> None:
    scripts = parsed.having("script")
    assert [one.get("type") for one in scripts] == ["application/json", "application/json", None]
    assert not [one for one in parsed.having("img") if one.get("src") == "x"]
    assert not [name for _tag, found in parsed.elements for name in found if name.startswith("on")]
    assert not [
        one for _tag, found in parsed.elements for one in found.values() if (one or "").startswith("javascript:")
    ]
    assert "makes <img src=x onerror=window.harm=1> " in "".join(parsed.texts["p"]), "and it is there to be read"
    assert not [one for _tag, found in parsed.elements for name, one in found.items() if name == "style"]


def test_data_inside_a_script_cannot_end_it(made: str) -> None:
    found = re.findall(r'<script type="application/json" id="(.*?)">(.*?)</script>', made, re.DOTALL)
    data = {name: json.loads(inside) for name, inside in found}
    assert data["data"]["toys"] == ["table"]
    assert data["data/table"]["title"] == "A table </script><script>window.harm=1</script>"
    assert data["data/table"]["data"]["all </script><script>window.harm=1</script>"]["values"][0] == -5.0


def test_the_page_asks_nobody_for_anything(parsed: Parsed) -> None:
    policy = parsed.having("meta", http_equiv="x") or parsed.having("meta")
    content = next(one["content"] for one in policy if one.get("http-equiv") == "Content-Security-Policy")
    assert content and "default-src 'none'" in content and "unsafe" not in content and "http" not in content
    for name, found in parsed.elements:
        for key in ("src", "srcset", "poster", "data", "action", "background"):
            assert (found.get(key) or "data:").startswith("data:"), (name, key)
        if name != "a":
            assert "href" not in found, name


def test_every_number_of_the_words_opens_a_card_that_has_its_value(parsed: Parsed, made: str) -> None:
    buttons = [one for one in parsed.having("button") if one.get("class") == "num"]
    assert len(buttons) == 4, "two filled in, two declared"
    ids = {found.get("id") for _tag, found in parsed.elements}
    assert {one["popovertarget"] for one in buttons} <= ids
    cards = re.findall(r'<p class="value"[^>]*>([^<]*)</p>', made)
    assert sorted(cards) == ["0.5", "1 dots", "4 dots", "9 dots"]
    assert "the number of &lt;i&gt;sums&lt;/i&gt;: 4 sums" in made
    assert "Sums of the first n odd numbers of arange, a&lt;b included." in made


def test_a_number_in_words_that_no_result_holds_is_told_so(made: str) -> None:
    assert "Other numbers in these words" in made and "four (first.one)" in made


def test_each_line_has_an_address(parsed: Parsed) -> None:
    assert {"first/one", "first/two", "second/end"} <= {found.get("id") for _tag, found in parsed.elements}


def test_the_same_results_make_the_same_page(
    made: str, tmp_path: Path, sums_episode: Episode, making: dict[str, Any]
) -> None:
    make_page(sums_episode, **making, out=tmp_path / "page.html", pictures=False)
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == made


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"nine" = "sums/sum[n=3]"', '"nine" = "sums/sum[n=4]"', "'nine' tells 9, and sums/sum.n=4. is 16"),
        ('"nine" = ', '"ten" = ', "'ten' is not in the text"),
        ('"a half" = ', '"half" = ', "tells no number"),
        ('numbers."first.two"', 'numbers."first.ten"', "first.ten"),
        ('scene = "second"', 'scene = "third"', "third"),
        ('kind = "grid"', 'kind = "gird"', "gird"),
        ('"sums/table"', '"sums/tables"', "tables"),
        ("[toy.options]", "[toy.opinions]", "opinions"),
        ('id = "table"', 'id = "a table"', "a table"),
        ('number = "sums/n"', 'number = "sums"', "names no number"),
    ],
)
def test_a_declaration_that_does_not_fit_is_one_complaint(
    old: str, new: str, said: str, tmp_path: Path, sums_folder: Path, making: dict[str, Any]
) -> None:
    folder = tmp_path / "page-sums-copy"
    shutil.copytree(sums_folder, folder)
    text = (folder / "page.toml").read_text(encoding="utf-8")
    assert old in text
    (folder / "page.toml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(EpisodeError, match=said):
        make_page(load_episode(folder), **making, out=tmp_path / "page.html", pictures=False)
    assert not (tmp_path / "page.html").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, sums_episode: Episode, making: dict[str, Any]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="choose another --out"):
        make_page(sums_episode, **making, out=tmp_path / "file" / "page.html", pictures=False)


def test_figures_and_a_toys_numbers_are_there_for_readers_without_a_script(made: str) -> None:
    scripted = re.sub(r"<noscript>.*?</noscript>", "", made, flags=re.DOTALL)
    inside = "".join(re.findall(r"<noscript>(.*?)</noscript>", made, re.DOTALL))
    assert inside.count("data:image/svg+xml") == 2 and "data:image/svg+xml" not in scripted
    assert made.count('data-colours="') == 2, "the other look is told by its colours and drawn once"
    assert "Sums &lt;b&gt;so far&lt;/b&gt; &amp; more." in inside
    assert "<td>row c, column 3</td><td>6</td>" in inside
    assert inside.count('href="#figure-sums-table"') == 1, "figures of the same result"


def test_of_a_toy_with_many_numbers_is_told_how_many_and_from_where_to_where() -> None:
    many = {"values": [*range(100), None], "shape": [101], "axes": ["n"], "labels": {}, "unit": "dots"}
    none = {**many, "values": [None] * 50, "unit": "1"}
    toy = {"data": {"sums": many, "faces": {"pictures": ["", ""]}, "none": none}}
    assert table(toy) == [
        ["sums", "101 numbers", "0 to 99 dots", "49.5 dots in the middle"],
        ["faces", "2 pictures", "", ""],
        ["none", "50 numbers", "none is there", ""],
    ]


def still(key: str, size: int) -> Picture:
    return Picture(key, b"x" * size)


def test_a_page_that_would_be_too_large_has_fewer_pictures_evenly() -> None:
    pictures = tuple(still(str(number), 300) for number in range(10))
    assert [each.key for each in thinned(pictures, 1)] == ["0", "1", "2", "3", "4", "5", "6", "7", "8"]
    assert [each.key for each in thinned(pictures, 5 * 400)] == ["0", "2", "4", "6", "8"]
    assert thinned(pictures, 10 * 400) == ()


def test_no_page_is_larger_than_it_may_be(
    tmp_path: Path,
    sums_episode: Episode,
    making: dict[str, Any],
    small_film: Callable[[Path, str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warned: list[str] = []
    reporter = Reporter(True)
    monkeypatch.setattr(reporter, "warn", warned.append)
    film, wanted = small_film(tmp_path, "sums"), making | {"reporter": reporter}
    # each in a folder of its own: a page holds its film's name, and a shorter one would be less already
    whole = make_page(sums_episode, **wanted, out=tmp_path / "whole" / "page.html", film=film)
    stills = (tmp_path / "whole" / "page.html").read_text(encoding="utf-8").count('class="still"')
    assert stills == 2 and not [each for each in warned if "MB" in each]

    monkeypatch.setattr(make_module, "MOST", whole.size - 1)
    less = make_page(sums_episode, **wanted, out=tmp_path / "less" / "page.html", film=film)
    text = (tmp_path / "less" / "page.html").read_text(encoding="utf-8")
    assert less.size == len(text.encode()) <= whole.size - 1
    assert text.count('class="still"') == 1 and "first/one" in text and "second/end" in text
    assert any("1 of 2 still pictures" in each for each in warned)

    monkeypatch.setattr(make_module, "MOST", 1000)
    assert make_page(sums_episode, **wanted, out=tmp_path / "bare" / "page.html", film=film).size < less.size
    assert "without still pictures" in warned[-1], "what cannot be less is said"


def test_pictures_stand_after_every_second_line_and_the_last() -> None:
    assert illustrated(["a", "b", "c", "d", "e"]) == ["b", "d", "e"]
    assert illustrated(["a"]) == ["a"] and illustrated([]) == []
