"""A package of the example episode: complete, checked by YouTube's rules, and honest about what is open."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.store import Store, digest_file
from tapehead.render.assets import asset
from tapehead.render.commands.cli import main
from tapehead.render.drawing.observer import StillText
from tapehead.render.film.make import Choices, render
from tapehead.render.package.description import describe
from tapehead.render.package.gather import _Gathering, gather
from tapehead.render.package.licences import licensed
from tapehead.render.package.manifest import Package, PackageError
from tapehead.render.package.thumbnail import illegible, save
from tapehead.render.progress import Reporter
from tapehead.render.publish.calls import Wish
from tapehead.render.publish.run import problems
from tapehead.render.quality import quality_named
from tapehead.render.words.chapters import chapters_of
from tapehead.render.words.timeline import SceneSpan, Timeline
from tapehead.render.youtube_rules import chapter_problems, tags_size, thumbnail_problems
from tapehead.scenes.episode import BUILT_IN, Episode, Reference, SceneRef, find_episode
from tests.films import REPORTS, films

QUALITY = quality_named("480p15")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    render(find_episode("odd-squares"), Choices(QUALITY, 2, out=folder), Store(), Reporter(quiet=True))
    return folder


def made(out: Path, **more) -> Package:
    return gather(find_episode("odd-squares"), Choices(QUALITY, 2, out=out), Store(), Reporter(quiet=True), **more)


@pytest.fixture(scope="module")
def package(out: Path) -> Package:
    return made(out)


def test_everything_a_publisher_needs_is_there(package: Package) -> None:
    roles = {part.role for part in package.parts}
    assert {
        "film",
        "captions",
        "captions for the web",
        "transcript",
        "description",
        "tags",
        "thumbnail",
        "large thumbnail",
        "end card",
        "provenance",
        "crate",
        "page",
    } <= roles
    assert package.path(package.part("film")).name in package.path(package.part("page")).read_text(encoding="utf-8")
    assert {part.language for part in package.each("captions")} == {"en", "de"}
    assert {path.name for path in package.folder.iterdir()} == {part.file for part in package.parts} | {"package.json"}
    assert Package.load(package.folder) == package
    assert package.changed() == []
    assert package.open == ()


def test_a_changed_file_is_noticed(package: Package, tmp_path: Path) -> None:
    shutil.copytree(package.folder, tmp_path / "copy")
    copy = Package.load(tmp_path / "copy")
    path = copy.path(copy.part("captions", "de"))
    path.write_bytes(path.read_bytes().replace(b"Punkt", b"Strich"))
    copy.path(copy.part("thumbnail")).unlink()
    assert sorted(copy.changed()) == ["odd-squares.de.srt", "thumbnail.png"]


def test_a_film_with_tape_brings_one_without(out: Path, tmp_path: Path) -> None:
    """The film is told to have been taped: beside it comes the drawing as it is, which here has the same frames."""
    import av

    folder = tmp_path / "odd-squares" / "480p15"
    shutil.copytree(out / "odd-squares" / "480p15", folder)
    record = json.loads((folder / "provenance.json").read_text())
    record["tape"] = {"name": "worn", "version": 1}
    (folder / "provenance.json").write_text(json.dumps(record))
    package = made(tmp_path)
    film, clean = (package.path(package.part(role)) for role in ("film", "clean film"))
    pictures = []
    for path in (film, clean):
        with av.open(str(path)) as container:
            pictures.append([frame.to_ndarray(format="gray") for frame in container.decode(video=0)])
    assert len(pictures[0]) == len(pictures[1])
    assert all(np.array_equal(one, other) for one, other in zip(*pictures, strict=True))


def test_equal_films_have_equal_packages(out: Path, package: Package) -> None:
    before = {part.file: part.sha256 for part in package.parts}
    again = made(out)
    assert {part.file: part.sha256 for part in again.parts} == before


def test_a_receipt_outlives_a_new_package(out: Path, package: Package) -> None:
    (package.folder / "publish.json").write_text('{"uploads": []}')
    again = made(out)
    assert (again.folder / "publish.json").read_text() == '{"uploads": []}'
    (again.folder / "publish.json").unlink()


def test_without_a_film_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="tapehead render odd-squares"):
        made(tmp_path)
    draft = made(tmp_path, draft=True)
    assert "there is no finished film" in draft.open[0]
    assert draft.part("film") is None
    assert draft.part("thumbnail") is not None


def test_a_film_that_was_tampered_with_is_refused(out: Path, tmp_path: Path) -> None:
    shutil.copytree(out / "odd-squares", tmp_path / "odd-squares")
    film = tmp_path / "odd-squares" / "480p15" / "odd-squares.mp4"
    film.write_bytes(film.read_bytes()[:-1] + b"x")
    with pytest.raises(PackageError, match="is not what was rendered"):
        made(tmp_path)


def test_the_crate_names_every_file_with_its_digest(package: Package) -> None:
    graph = json.loads((package.folder / "ro-crate-metadata.json").read_text())["@graph"]
    by_id = {entry["@id"]: entry for entry in graph}
    assert by_id["ro-crate-metadata.json"]["about"] == {"@id": "./"}
    assert len(by_id) == len(graph), "an id stands once"
    for part in by_id["./"]["hasPart"]:
        entry = by_id[part["@id"]]
        assert entry["@type"] == "File"
        assert entry["sha256"] == digest_file(package.folder / part["@id"])
    named = {part["@id"] for part in by_id["./"]["hasPart"]}
    assert named >= {"odd-squares.mp4", "odd-squares.en.srt", "thumbnail.png", "provenance.json"}
    refers = [value["@id"] for entry in graph for value in entry.values() if isinstance(value, dict) and "@id" in value]
    assert {r for r in refers if not r.startswith("http")} <= set(by_id)


def test_provenance_holds_the_digests_of_the_products(package: Package) -> None:
    record = json.loads((package.folder / "provenance.json").read_text())
    for name, digest in record["package"].items():
        assert digest_file(package.folder / name) == digest
    assert record["results"]["sums"]["origin"] == "computed"


def test_the_end_card_is_the_last_picture_that_stands(package: Package) -> None:
    """The example fades out after "missed": its end card is the verdict and not the empty stage."""
    import av

    card = np.asarray(Image.open(package.folder / "end-card.png").convert("L"), dtype=float)
    with av.open(str(package.folder / "odd-squares.mp4")) as film:
        frames = [frame.to_ndarray(format="gray").astype(float) for frame in film.decode(video=0)]
    assert card.shape == frames[0].shape
    # Colours go through RGB and back on the way into the PNG, hence not quite equal.
    distances = np.array([np.abs(card - _grey(frame)).mean() for frame in frames])
    assert distances.argmin() > 0.9 * len(frames)
    assert card.std() > 1.2 * frames[-1].std()


def _grey(limited: np.ndarray) -> np.ndarray:
    """Video levels as picture levels."""
    return (limited - 16) * 255 / 219


# -- chapters


def timeline(*scenes: tuple[str, bool, float]) -> Timeline:
    start, spans = 0.0, []
    for title, chapter, seconds in scenes:
        spans.append(SceneSpan(title, title, chapter, start, seconds))
        start += seconds
    return Timeline(start, 15, tuple(spans), (), ())


@pytest.mark.parametrize(
    ("scenes", "complaint"),
    [
        ((("a", True, 20), ("b", True, 20)), "2 chapters"),
        ((("a", False, 20), ("b", True, 20), ("c", True, 20), ("d", True, 20)), "first chapter starts at 20"),
        ((("a", True, 20), ("b", True, 9), ("c", True, 20)), "'b' lasts 9 s"),
        ((("a", True, 20), ("b", True, 20), ("c", True, 9.5)), "'c' lasts 9.5 s"),
        ((("a", True, 0.5), ("b", True, 0.3), ("c", True, 20)), "'a' starts at 0 s and the next"),
    ],
)
def test_each_broken_chapter_rule_is_named(scenes, complaint: str) -> None:
    line = timeline(*scenes)
    assert any(complaint in found for found in chapter_problems(chapters_of(line), line.duration))


def test_good_chapters_pass() -> None:
    line = timeline(("a", True, 10), ("b", False, 5), ("c", True, 12), ("d", True, 10))
    assert chapters_of(line) == ((0, "a"), (15, "c"), (27, "d"))
    assert chapter_problems(chapters_of(line), line.duration) == []


def test_all_that_stops_a_package_is_said_at_once(tmp_path: Path) -> None:
    """Chapters and a thumbnail are found wanting in one run, and each says what to do."""
    bare = replace(find_episode("odd-squares"), thumbnail=None)
    film = SimpleNamespace(timeline=timeline(("a", True, 20), ("b", True, 8), ("c", True, 20), ("d", True, 20)))
    given = (Choices(QUALITY, 2, out=tmp_path), Store(), Reporter(quiet=True), tmp_path, {}, film, ())
    with pytest.raises(PackageError) as broken:
        _Gathering(bare, *given).check("A film.", "en")
    chapters, thumbnail = str(broken.value).splitlines()
    assert re.search(r"'b' lasts 8 s.*'b' chapter=False, and render again .*--no-chapters$", chapters)
    assert re.search(r"'odd-squares' declares no thumbnail; .*docs/publishing\.md$", thumbnail)
    assert (BUILT_IN.parent / "docs" / "publishing.md").read_text().count("(Thumbnail)") == 1, "which it shows"


def test_broken_chapters_stop_the_package(out: Path, tmp_path: Path) -> None:
    """A film with two chapters, which YouTube would drop without a word."""
    folder = tmp_path / "odd-squares" / "480p15"
    shutil.copytree(out / "odd-squares" / "480p15", folder)
    path = folder / "odd-squares.timeline.json"
    data = json.loads(path.read_text())
    for scene in data["scenes"]:
        scene["chapter"] = True
    path.write_text(json.dumps(data))
    record = json.loads((folder / "provenance.json").read_text())
    record["digests"]["files"]["timeline"] = digest_file(path)
    (folder / "provenance.json").write_text(json.dumps(record))
    with pytest.raises(PackageError, match=r"2 chapters.*chapter=False.*--no-chapters"):
        made(tmp_path)
    assert not (tmp_path / "odd-squares" / "package").exists()
    assert not list((tmp_path / "odd-squares").glob(".package-*"))
    other = made(tmp_path, chapters=False)
    assert other.chapters == ()
    assert "0:00" not in other.description
    assert other.part("chapters") is None
    assert problems(other, Wish(), datetime.now(UTC)) == []
    done = run("publish", "odd-squares", "--dry-run", "-q", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "open:" not in done.stdout, "a package without chapters stays one"


def test_words_are_checked_before_anything_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tapehead.render.package import gather as gathering

    def never(*_args, **_more):
        raise AssertionError("something was computed for a film that cannot be published")

    monkeypatch.setattr(gathering, "analyze", never)
    whole = find_episode("odd-squares")
    for bad, complaint in (
        (replace(whole, title="x" * 101), "101 characters"),
        (replace(whole, tags=("a,b",)), "a,b"),
        (replace(whole, description="ü" * 2501), "5002 bytes"),
    ):
        with pytest.raises(PackageError, match=complaint):
            gather(bad, Choices(QUALITY, 2, out=tmp_path), Store(), Reporter(quiet=True))


def test_a_render_says_before_it_starts_what_youtube_would_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    from tapehead.render.film import prepare

    class StartedError(Exception):
        pass

    def started(*_args, **_more):
        raise StartedError

    monkeypatch.setattr(prepare, "analyze", started)
    reporter, warned = Reporter(quiet=True), []
    monkeypatch.setattr(reporter, "warn", warned.append)
    episode = replace(find_episode("odd-squares"), title="x\a" * 101, tags=("<b>",))
    with pytest.raises(StartedError):
        render(episode, Choices(QUALITY, 1), Store(), reporter)
    assert len(warned) == 2
    assert "101 characters" in warned[0]
    assert "'<b>'" in warned[1]


# -- description and tags


def episode(**more) -> Episode:
    return Episode("x", "X", (SceneRef("a", ".a:A", "A"),), description="What  it\nis.", **more)


def test_the_description_has_all_that_the_film_owes() -> None:
    results = {
        "one": {"cites": "Somebody 2020", "model": {"name": "mini", "digest": "abcdef0123456789"}},
        "two": {"cites": "Somebody 2020"},
    }
    references = (Reference("A <work>", "https://example.org", "Apache-2.0"),)
    chapters = ((0, "One"), (75, "Two"), (3700, "Three"))
    text = describe(episode(references=references), chapters, results, {"voice": "espeak", "engine": "espeak-ng 1.52"})
    assert text.startswith("What it is.\n")
    assert "0:00 One\n1:15 Two\n1:01:40 Three" in text
    assert "A ‹work› (Apache-2.0): https://example.org" in text
    assert text.count("Somebody 2020") == 1
    assert "mini (sha256 abcdef012345)" in text
    assert "synthetic voice (espeak-ng 1.52)" in text
    assert "GPL-3.0" in text
    assert "OFL-1.1" in text
    assert not set("<>") & set(text)
    recorded = describe(episode(), (), {}, {"voice": "recorded"})
    assert "synthetic" not in recorded
    assert "espeak" not in recorded


def test_tags_are_counted_as_the_api_does() -> None:
    # commas between them, quotes round the one with a space
    assert tags_size(("ab", "c d")) == len('ab,"c d"')
    assert tags_size(()) == 0


def test_every_asset_has_a_licence() -> None:
    covered = [entry.path for entry in licensed() if entry.path]
    root = asset(".")
    uncovered = [
        name
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in ("__init__.py", ".gitignore")
        for name in [path.relative_to(root).as_posix()]
        if not any(name == cover or name.startswith(cover + "/") for cover in covered)
    ]
    assert uncovered == []


# -- thumbnail


def films_with_thumbnails() -> list[Any]:
    """By default those whose thumbnail shows results that are quick to compute."""
    slugs = films(*REPORTS, "gallery", "puppet-show", "editing")  # none, or results of many minutes
    quick = {"linear-algebra", "odd-squares", "pareidolia", "remembered-patterns"}
    return [pytest.param(slug, marks=() if slug in quick else pytest.mark.long) for slug in slugs]


@pytest.mark.parametrize("slug", films_with_thumbnails())
def test_thumbnails_are_legible_where_they_are_seen(slug: str, tmp_path: Path) -> None:
    from tapehead.analysis.registry import obtain
    from tapehead.render.package.thumbnail import design

    found = find_episode(slug)
    assert found.thumbnail is not None
    needed = tuple(call for call in found.analyses if call.id in found.thumbnail.uses)
    drawn = design(found, obtain(needed, found.package, Store(), found.seed), found.seed)
    assert drawn.texts
    assert illegible(drawn.picture, drawn.texts) == []
    assert drawn.numbers, "its numbers are readings"
    small, large = save(drawn, tmp_path)
    assert Image.open(small).size == (1280, 720)
    assert Image.open(large).size == (2560, 1440)
    assert thumbnail_problems(small) == thumbnail_problems(large) == []


def letters(ink: int, ground: int, em: float) -> tuple[np.ndarray, StillText]:
    """Bars as wide as letters' strokes."""
    picture = np.full((1440, 2560, 3), ground, np.uint8)
    step = int(em / 2)
    for x in range(400, 1600, step):
        picture[500 : 500 + int(em), x : x + step // 3] = ink
    return picture, StillText("bars", (400, 500, 1600, 500 + em), em)


def test_small_or_pale_texts_are_not() -> None:
    good = letters(240, 10, 240)
    assert illegible(good[0], [good[1]]) == []
    small = letters(240, 10, 100)
    assert any("px high" in found for found in illegible(small[0], [small[1]]))
    pale = letters(80, 40, 240)
    assert any("contrast" in found for found in illegible(pale[0], [pale[1]]))
    outside = replace(good[1], box=(-5, 500, 1600, 740))
    assert any("leaves" in found for found in illegible(good[0], [outside]))


def test_an_episode_without_a_thumbnail_is_told_how() -> None:
    from tapehead.render.package.thumbnail import design

    with pytest.raises(EpisodeError, match="thumbnail=SceneRef"):
        design(episode(), {}, 1)


def test_a_picture_that_youtube_would_refuse(tmp_path: Path) -> None:
    Image.new("RGB", (640, 480)).save(tmp_path / "a.png")
    assert len(thumbnail_problems(tmp_path / "a.png")) == 2
    Image.new("RGB", (1280, 720)).save(tmp_path / "b.gif")
    assert "GIF" in thumbnail_problems(tmp_path / "b.gif")[0]
    with (tmp_path / "c.png").open("wb") as file:
        file.truncate(50_000_001)
    assert "50.0 MB, 50 are allowed" in thumbnail_problems(tmp_path / "c.png")[0]


# -- the command


def run(*words: str, **variables: str) -> subprocess.CompletedProcess:
    import os

    command = [sys.executable, "-m", "tapehead.render.commands.cli", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables}, check=False)


def test_the_dry_run_packages_by_itself_and_needs_nobody(out: Path, tmp_path: Path) -> None:
    done = run(
        "publish", "odd-squares", "--dry-run", "--json", "--out", str(out), HOME=str(tmp_path), XDG_CONFIG_HOME=""
    )
    assert done.returncode == 0, done.stderr
    plan = json.loads(done.stdout.splitlines()[-1])
    assert plan["open"] == []
    assert plan["requests"][0]["body"]["status"]["privacyStatus"] == "private"
    assert plan["requests"][0]["media"]["sha256"] == digest_file(out / "odd-squares" / "480p15" / "odd-squares.mp4")
    assert not (tmp_path / ".config" / "tapehead").exists()


def test_the_dry_run_without_a_film_says_what_is_open(tmp_path: Path) -> None:
    done = run("publish", "odd-squares", "--dry-run", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "open: the film: there is no finished film" in done.stdout
    assert "nothing was sent" in done.stdout


@pytest.mark.parametrize(
    ("words", "message", "code"),
    [
        (["--at", "2020-01-01T00:00Z", "--dry-run"], "has passed", 2),
        (["--at", "2099-01-01T00:00", "--dry-run"], "no time zone", 2),
        (["--at", "soon", "--dry-run"], "is no time", 2),
        (["--at", "2099-01-01T00:00Z", "--privacy", "public", "--dry-run"], "private only", 2),
        (["--privacy", "secret", "--dry-run"], "private, unlisted, public", 2),
        (["--update", "--again"], "choose one", 2),
        ([], "there is no client file", 1),
    ],
)
def test_bad_input_is_one_message(
    out: Path,
    package: Package,
    tmp_path: Path,
    words: list[str],
    message: str,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process: the dry runs above start one of their own."""
    for place in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(place, str(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["tapehead", "publish", "odd-squares", "--out", str(out), "-q", *words])
    with pytest.raises(SystemExit) as done:
        main()
    errors = capsys.readouterr().err
    assert done.value.code == code, errors
    assert message in errors
    assert errors.count("\n") == 1
    assert "Traceback" not in errors


def test_published_numbers_are_cited_once_and_their_model_is_not_claimed_to_have_run() -> None:
    from tapehead.render.package.description import citations_of, models_of

    paper = "Lan, Torr & Barez, arXiv 2311.04131"
    results = {
        "paper": {
            "origin": "published",
            "model": {"name": "GPT-2 small", "digest": "27c1"},
            "cites": f"{paper}; repo@94, repo@14",
        },
        "cross": {"origin": "published", "cites": f"{paper}; repo@94, repo@34"},
        "weekend": {"origin": "published", "cites": "One is 1"},
        "says": {"origin": "computed", "model": {"name": "mini", "digest": "27c1"}},
    }
    assert models_of(results) == {"mini": "27c1"}
    assert citations_of(results) == [f"{paper}; repo@94, repo@14, repo@34", "One is 1"]
    again = {**results, "paper": {**results["paper"], "origin": "computed"}}
    assert set(models_of(again)) == {"GPT-2 small", "mini"}
