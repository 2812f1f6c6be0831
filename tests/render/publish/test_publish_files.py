"""Tokens, journals and receipts as files: whatever lies there instead of them is one line, and no secret is exposed."""

from __future__ import annotations

import json
import os
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tapehead.render.package.manifest import RECEIPT, Package
from tapehead.render.publish import quota, signin
from tapehead.render.publish import secret_files as places
from tapehead.render.publish.calls import Wish
from tapehead.render.publish.failures import AlreadyUploadedError, PublishError, SignInError
from tapehead.render.publish.receipt import Journal, receipts
from tapehead.render.publish.run import Place, publish, update
from tests.render.publish.fake_youtube import FakeYouTube
from tests.render.publish.publish_help import Clock, as_json, secret_in

pytestmark = [pytest.mark.timeout(60), pytest.mark.usefixtures("signed_in")]


def refused(match: str) -> None:
    began = time.monotonic()
    with pytest.raises(SignInError, match=match) as caught:
        signin.credentials(())
    assert time.monotonic() - began < 5
    assert "\n" not in str(caught.value)
    assert not secret_in(str(caught.value))
    assert caught.value.__cause__ is None or not secret_in(str(vars(caught.value.__cause__)))
    assert caught.value.__context__ is None or not secret_in(str(vars(caught.value.__context__)))


# -- the token


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o601])
def test_a_token_that_others_can_read(mode: int) -> None:
    signin.token_path().chmod(mode)
    refused("chmod 600")


def test_a_token_that_is_a_link(tmp_path: Path, youtube: FakeYouTube) -> None:
    """What it leads to is as private as the token would be: then it is used, and stays a link when it is renewed."""
    kept = tmp_path / "elsewhere" / "token.json"
    kept.parent.mkdir()
    signin.token_path().rename(kept)
    signin.token_path().symlink_to(kept)
    assert signin.credentials(()).token == "ya29.first"
    signin.renew(lambda _text: None)
    assert signin.token_path().is_symlink()
    assert as_json(kept)["token"] == "ya29.renewed1"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    kept.chmod(0o644)
    refused("chmod 600")
    kept.chmod(0o600)
    (kept.parent / ".git").mkdir()
    refused("repository")
    with pytest.raises(SignInError, match="repository"):
        places.write_private(signin.token_path(), {})
    kept.unlink()
    refused("nobody is signed in")
    assert youtube.count("token") == 1


def test_links_in_a_circle_and_what_is_no_file() -> None:
    path = signin.token_path()
    path.unlink()
    path.symlink_to(path)
    refused("leads nowhere|cannot be read")
    path.unlink()
    os.mkfifo(path, 0o600)
    refused("named pipe")
    path.unlink()
    path.symlink_to("/dev/zero")
    refused("device")
    path.unlink()
    path.mkdir(0o700)
    refused("folder")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_token_of_somebody_else() -> None:
    os.chown(signin.token_path(), 12345, -1)
    refused("belongs to another user")


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("", "no JSON"),
        ("[" * 100_000, "nested"),
        ('{"token": "ya29.very-private"', "no JSON"),
        ("[]", "something else"),
        ("{}", "is no token"),
        ("x" * (5 * 2**20), "more than"),
    ],
)
def test_a_token_file_that_holds_none(content: str, match: str) -> None:
    signin.token_path().write_text(content)
    refused(match)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("expiry", "soon"),
        ("expiry", 5),
        ("expiry", ["2020"]),
        ("expiry", "0001-01-01T00:00:00+14:00"),
        ("scopes", 5),
        ("scopes", "all"),
        ("scopes", [1]),
        ("token", None),
        ("token_uri", 7),
    ],
)
def test_a_token_with_other_fields(field: str, value: object) -> None:
    places.write_private(signin.token_path(), as_json(signin.token_path()) | {field: value})
    refused("is no token")


# -- homes


def test_without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No home, or a relative one: secrets do not go into the working directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "relative/home")
    refused(r"no home folder.*XDG_CONFIG_HOME")

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    refused(r"no home folder.*XDG_CONFIG_HOME")
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    refused("no home folder")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert signin.credentials(()).token
    with pytest.raises(SignInError, match="XDG_STATE_HOME"):
        places.state()
    assert not list(tmp_path.glob("relative*"))


@pytest.mark.parametrize("place", ["/dev/null", "/proc/nowhere", "file"])
def test_a_place_that_can_not_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / place))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / place))
    for step in (
        lambda: places.write_private(signin.token_path(), {}),
        lambda: places.write_private(places.state() / "quota.json", {}),
        lambda: places.alone("x").__enter__(),
    ):
        with pytest.raises(SignInError, match="cannot be written") as caught:
            step()
        assert "\n" not in str(caught.value)


def test_a_lock_that_is_a_link_empties_nothing(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("precious")
    places.state().mkdir(parents=True, exist_ok=True)
    (places.state() / "x.lock").symlink_to(precious)
    with pytest.raises(SignInError, match="cannot be written"), places.alone("x"):
        pass
    assert precious.read_text() == "precious"


# -- what was kept of earlier uploads


@pytest.fixture
def published(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> Package:
    publish(package, Wish(), clock.patience(), place=place)
    return package


@pytest.mark.parametrize(
    "changes",
    [
        {"video": 5},
        {"video": "../x"},
        {"video": "a\nb"},
        {"film": "x"},
        {"film": None},
        {"steps": []},
        {"requests": "none"},
        {"quota": {"units": "many"}},
        {"files": None},
        {"title": 7},
        {"more": 1},
        {"differences": {}},
    ],
)
def test_a_tampered_receipt_is_one_line_and_nothing_is_sent(
    published: Package, youtube: FakeYouTube, clock: Clock, place: Place, changes: dict[str, object]
) -> None:
    path = published.folder / RECEIPT
    data = as_json(path)
    data["uploads"][0] |= changes
    path.write_text(json.dumps(data))
    before = len(youtube.log)
    for act in (publish, update):
        with pytest.raises(PublishError, match="cannot be read") as caught:
            act(published, Wish(), clock.patience(), place=place)
        assert "\n" not in str(caught.value)
    assert len(youtube.log) == before


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"uploads": {}}', '{"uploads": [5]}', "[" * 100_000, "\xff"])
def test_a_receipt_that_is_none(published: Package, text: str) -> None:
    (published.folder / RECEIPT).write_text(text, encoding="latin-1")
    with pytest.raises(PublishError, match="cannot be read"):
        receipts(published.folder)
    (published.folder / RECEIPT).unlink()
    os.mkfifo(published.folder / RECEIPT)
    with pytest.raises(PublishError, match="named pipe"):
        receipts(published.folder)


def test_a_receipt_that_names_another_film_of_the_user_changes_nothing(
    published: Package, youtube: FakeYouTube, clock: Clock, place: Place
) -> None:
    """A package from a stranger could have another video of the user's renamed."""
    path = published.folder / RECEIPT
    youtube.videos["holiday"] = json.loads(json.dumps(youtube.videos["video1"])) | {"id": "holiday"}
    data = as_json(path)
    data["uploads"][0]["video"] = "holiday"
    path.write_text(json.dumps(data))
    before = len(youtube.log)
    with pytest.raises(PublishError, match="nothing was changed"):
        update(published, Wish(), clock.patience(), privacy="public", place=place)
    assert len(youtube.log) == before


@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(some.data())
def test_any_journal_is_one_or_one_line(tmp_path: Path, data: some.DataObject) -> None:
    odd = some.none() | some.booleans() | some.integers() | some.text(max_size=5) | some.lists(some.text(max_size=3))
    names = some.sampled_from(
        ["film", "size", "session", "body", "started", "finishing", "video", "complete", "before", "x"]
    )
    film = "a" * 64
    whole = {"film": film, "size": 5, "started": "2026-12-01T12:00:00+00:00"}
    places.write_private(Journal(film, 5).path, whole | data.draw(some.dictionaries(names, odd, max_size=3)))
    try:
        found = Journal.load(film, 5)
    except PublishError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(found.session, str)
        assert all(isinstance(video, str) for video in (found.video, *found.before))


def test_a_journal_that_is_broken_uploads_nothing(
    published: Package, youtube: FakeYouTube, clock: Clock, place: Place
) -> None:
    film = published.part("film")
    path = Journal(film.sha256, film.size).path
    for text in ('{"film": "other", "size": 5}', "[]", "{"):
        path.write_text(text)
        before = len(youtube.log)
        with pytest.raises(PublishError, match=path.name):
            publish(published, Wish(), clock.patience(), place=place)
        assert len(youtube.log) == before
    path.unlink()
    with pytest.raises(AlreadyUploadedError):
        publish(published, Wish(), clock.patience(), place=place)


@pytest.mark.parametrize("value", [-5, "many", None, 10**30, [1], 1.5])
def test_a_count_of_quota_that_is_none_counts_as_nothing(value: object, clock: Clock) -> None:
    day = quota.used(clock.now).day
    places.write_private(places.state() / "quota.json", {"day": day, "units": value, "uploads": 3})
    assert (quota.used(clock.now).units, quota.used(clock.now).uploads) == (0, 3)


def test_a_film_that_changes_while_it_is_sent(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    path = package.path(package.part("film"))

    def meddle(sent: int, size: int) -> None:
        if sent < size:
            with path.open("r+b") as file:
                file.seek(-1, os.SEEK_END)
                file.write(b"?")
            os.utime(path, ns=(1, 1))

    from tapehead.render.package.manifest import PackageError

    with pytest.raises(PackageError, match="changed while it was sent"):
        publish(package, Wish(), clock.patience(), tell=meddle, place=place)
    assert not youtube.videos


@pytest.mark.parametrize(
    ("upload", "said"),
    [
        ({"video": "x"}, "an upload lacks film, uploaded, title"),
        ({"film": "a", "video": "b", "uploaded": "c", "title": "d", "self": 1}, "an upload has 'self'"),
        ({"__class__": 1}, "an upload has '__class__'"),
        ({}, "an upload lacks film, video, uploaded, title"),
    ],
)
def test_a_receipt_is_refused_in_its_own_words(tmp_path: Path, upload: dict[str, object], said: str) -> None:
    """Not in Python's, which names a function of ours."""
    (tmp_path / RECEIPT).write_text(json.dumps({"uploads": [upload]}))
    with pytest.raises(PublishError, match="cannot be read") as refused:
        receipts(tmp_path)
    assert said in str(refused.value)
    assert "__init__" not in str(refused.value)
