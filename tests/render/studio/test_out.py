"""What is made of a film: only what is on the lists, and nothing is sent that was not looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tapehead.analysis.errors import TapeheadError, UsageError
from tapehead.render.package.gather import package_folder
from tapehead.render.package.manifest import MANIFEST
from tapehead.render.studio.jobs import DONE, FAILED, Job, files_of
from tapehead.render.studio.out import KINDS


@pytest.mark.parametrize(
    ("kind", "asked", "words"),
    [
        ("render", {"quality": "720p30", "tape": "sp"}, ("--quality", "720p30", "--tape", "sp")),
        ("package", {"quality": ""}, ("package",)),
        ("figures", {"formats": ["svg", "csv"], "all": True}, ("--format", "svg,csv", "--all")),
        ("slides", {"to": "pptx", "stops": "marks", "titles": True}, ("--to", "pptx", "--stops", "marks", "--titles")),
        ("short", {"scenes": ["first"], "most": 30}, ("--scenes", "first", "--max", "30")),
        ("page", {}, ("--films",)),
        (
            "export",
            {"to": ["edl", "otio"], "codec": "ffv1", "quality": "720p30", "tape": "clean", "alpha": True},
            ("--to", "edl,otio", "--codec", "ffv1", "--tape", "clean", "--alpha"),
        ),
        ("dub", {"language": "de", "quality": "480p15", "tape": "sp"}, ("de", "--tape", "sp")),
        (
            "dry run",
            {"privacy": "unlisted", "captions": False},
            ("--dry-run", "--privacy", "unlisted", "--no-captions"),
        ),
    ],
)
def test_each_kind_is_a_command_of_tapehead(
    studio: Any, kind: str, asked: dict[str, Any], words: tuple[str, ...]
) -> None:
    german(studio)
    made = studio.shop.wanted(kind, asked)
    assert made.kind in (kind, "dry run")
    assert made.words[1] == studio.name
    assert set(words) <= set(made.words)
    assert made.words[-1] == "--json"
    place = made.words[made.words.index("--out") + 1]
    assert Path(place).is_relative_to(studio.out)


def german(studio: Any) -> None:
    """Captions to be spoken."""
    place = studio.episode.folder / "captions" / "de.toml"
    place.parent.mkdir()
    place.write_text('language = "de"\n\n[lines]\n')


def test_every_command_understands_its_words(studio: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As far as the command line itself can tell: no option is unknown, none lacks its value."""
    import typer.main

    from tapehead.render.commands.cli import app

    command = typer.main.get_command(app)
    choices: dict[str, dict[str, Any]] = {
        "render": {"quality": "480p15", "tape": "sp"},
        "figures": {"formats": ["png"], "all": True},
        "slides": {"titles": True, "numbers": True},
        "short": {"scenes": ["first"]},
        "export": {"to": ["otio"], "quality": "480p15", "tape": "sp"},
        "dub": {"language": "de", "quality": "480p15", "tape": "sp"},
    }
    german(studio)
    for kind in KINDS:
        name, *words = studio.shop.wanted(kind, choices.get(kind, {})).words
        sub = command.commands[name]  # type: ignore[attr-defined]
        with sub.make_context(name, list(words)) as context:
            assert context.params["json"] is True


@pytest.mark.parametrize(
    ("kind", "asked", "said"),
    [
        ("sign-in", {}, "cannot be made here"),
        ("figures", {}, "choose some of pdf, svg"),
        ("figures", {"formats": ["pdf", "exe; rm"]}, "not 'exe; rm'"),
        ("figures", {"formats": "pdf"}, "choose some of"),
        ("figures", {"formats": ["pdf"], "style": "/etc/passwd"}, "light, dark, print"),
        ("slides", {"to": "--out=/"}, "html, pptx, pdf"),
        ("short", {"scenes": ["third"]}, "not 'third'"),
        ("short", {"scenes": ["first"], "most": 1000}, "10 to 180"),
        ("short", {"scenes": ["first"], "most": True}, "10 to 180"),
        ("dry run", {"privacy": "everybody"}, "private, unlisted, public"),
        ("render", {"quality": "480p15"}, "'tape' is missing"),
        ("render", {"quality": "480p15", "tape": "../x.json"}, "there is no preset"),
        ("package", {"quality": "8k"}, "8k"),
        ("export", {"to": ["avid"], "quality": "480p15", "tape": "sp"}, "not 'avid'"),
        ("export", {"to": ["edl"], "quality": "480p15", "tape": "sp", "codec": "h264"}, "prores, ffv1"),
        ("dub", {"language": "de", "quality": "480p15", "tape": "sp"}, "no captions in 'de'"),
        ("dub", {"language": "--list", "quality": "480p15", "tape": "sp"}, "no captions in '--list'"),
    ],
)
def test_what_cannot_be_made_is_said_before_anything_is_begun(
    client: Any, studio: Any, kind: str, asked: dict[str, Any], said: str
) -> None:
    answer = client(f"/api/make/{kind}", asked)
    assert answer.status == 400
    assert said in answer.json()["error"]
    assert not studio.jobs.all()


@pytest.fixture
def dry(studio: Any, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A dry run that has ended, of a package that is there; nothing is ever begun."""
    folder = package_folder(studio.out, studio.episode.slug)
    folder.mkdir(parents=True)
    (folder / MANIFEST).write_text("{}")
    monkeypatch.setattr(studio.jobs, "_work", lambda _lane: None)
    wanted = studio.shop.wanted("dry run", {"privacy": "unlisted"})
    job = Job(1, wanted.kind, wanted.title, ("tapehead", *wanted.words), DONE)
    job.answer = {"requests": [{"http": "POST", "url": "https://example.org"}], "open": [], "scopes": [], "quota": {}}
    studio.jobs._jobs.append(job)
    studio._about(job)
    return job


def begun(studio: Any, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    added: list[tuple[str, ...]] = []

    def add(kind: str, _title: str, arguments: tuple[str, ...]) -> Job:
        added.append((kind, *arguments))
        return Job(9, kind, "", tuple(arguments))

    monkeypatch.setattr(studio.jobs, "add", add)
    return added


def test_what_a_dry_run_has_shown_can_be_sent_and_nothing_else(
    client: Any, studio: Any, dry: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = begun(studio, monkeypatch)
    assert client("/api/jobs/1/dry").json() == dry.answer
    answer = client("/api/publish", {"dry": 1, "sure": studio.title, "privacy": "public"})
    assert answer.status == 200
    ((kind, *words),) = added
    assert kind == "publish"
    assert tuple(words) == tuple(word for word in dry.arguments if word != "--dry-run")
    assert "public" not in words


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"dry": 1, "sure": ""}, "write the film's title"),
        ({"dry": 1, "sure": "two scenes"}, "write the film's title"),
        ({"dry": 2, "sure": "Two <b>scenes</b>"}, "dry run first"),
        ({"dry": True, "sure": "Two <b>scenes</b>"}, "'dry' is missing"),
        ({"sure": "Two <b>scenes</b>"}, "'dry' is missing"),
    ],
)
def test_nothing_is_sent_unless_somebody_has_looked_and_is_sure(
    client: Any, studio: Any, dry: Job, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], said: str
) -> None:
    added = begun(studio, monkeypatch)
    answer = client("/api/publish", asked)
    assert (answer.status, added) == (400, [])
    assert said in answer.json()["error"]


def test_another_package_wants_another_dry_run(studio: Any, dry: Job) -> None:
    (package_folder(studio.out, studio.episode.slug) / MANIFEST).write_text('{"title": "another"}')
    with pytest.raises(UsageError, match="another one than the dry run has shown"):
        studio.publish(1, studio.title)


def test_a_dry_run_that_failed_shows_nothing(studio: Any, dry: Job) -> None:
    dry.state = FAILED
    with pytest.raises(UsageError, match="dry run first"):
        studio.publish(1, studio.title)


def test_without_a_package_nothing_is_sent(studio: Any, dry: Job) -> None:
    studio._dry.clear()
    with pytest.raises(TapeheadError, match="no package yet"):
        studio.publish(1, studio.title)


def test_files_are_handed_out_from_the_folder_of_films_alone(client: Any, studio: Any, tmp_path: Path) -> None:
    made, secret = studio.out / "two" / "page" / "index.html", tmp_path / "secret.txt"
    made.parent.mkdir(parents=True)
    made.write_text("<script>window.harm = 1</script>")
    secret.write_text("secret")
    link = made.with_name("link.txt")
    link.symlink_to(secret)
    job = Job(1, "page", "", (), DONE)
    job.answer = {"page": str(made), "other": str(secret), "up": f"{studio.out}/../secret.txt", "link": str(link)}
    studio.jobs._jobs.append(job)
    assert job.to_data()["files"] == ["index.html", "secret.txt", "secret.txt", "link.txt"]
    answer = client("/api/jobs/1/files/0")
    assert (answer.status, answer.body) == (200, made.read_bytes())
    assert answer.headers["content-disposition"].startswith("attachment")
    for place in (1, 2, 3, 4, 99):
        assert client(f"/api/jobs/1/files/{place}").status == 400
    assert client("/api/jobs/7/files/0").status == 400


def test_what_a_drawing_leaves_in_the_store_is_not_for_people() -> None:
    job = Job(1, "draw", "", (), DONE, makes=False)
    job.answer = {"scenes": [{"master": "/store/master/frames.tpf"}]}
    assert job.to_data()["files"] == []


def test_the_files_of_a_package_are_those_of_its_folder() -> None:
    assert files_of({"package": "/x/package", "files": {"film.mp4": "ab", "film.srt": "cd"}}) == [
        Path("/x/package/film.mp4"), Path("/x/package/film.srt"),
    ]  # fmt: skip
    assert files_of(json.loads('{"film": "out/a/b.mp4", "digests": {"x": "a/b.c"}}')) == [Path("out/a/b.mp4")]
    assert files_of(None) == []
