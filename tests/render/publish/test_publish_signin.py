"""Signing in, and every way in which it cannot be: one clear message, nothing sent, no secret shown."""

from __future__ import annotations

import json
import re
import stat
import urllib.parse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tapehead.render import youtube_rules as rules
from tapehead.render.package.manifest import Package, PackageError
from tapehead.render.publish import secret_files as places
from tapehead.render.publish import signin
from tapehead.render.publish.calls import MANAGE, UPLOAD, Wish
from tapehead.render.publish.failures import PublishError, RuleError, SignInError, redacted
from tapehead.render.publish.retry import Patience, quota_renewal
from tapehead.render.publish.run import Place, problems, publish
from tests.render.publish.fake_youtube import FakeYouTube
from tests.render.publish.publish_help import NOW, Clock, make_package, secret_in, sign_in


@pytest.fixture
def client(youtube: FakeYouTube) -> None:
    sign_in(youtube)
    signin.token_path().unlink()


@pytest.fixture
def http_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the fake speaks http


def agree(said: list[str]) -> str:
    """What a user does: open the address, agree, copy the address it ends on."""
    address = next(word for line in said for word in line.split() if "/auth?" in word)
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
    assert asked["access_type"] == ["offline"]
    return f"{asked['redirect_uri'][0]}?state={asked['state'][0]}&code=4/very-private-code&scope={asked['scope'][0]}"


@pytest.mark.usefixtures("client", "http_allowed")
def test_without_a_browser(youtube: FakeYouTube) -> None:
    said: list[str] = []
    signin.sign_in((UPLOAD, MANAGE), True, said.append, lambda _text: agree(said))
    token = json.loads(signin.token_path().read_text())
    assert token["refresh_token"] == "1//fresh-refresh-token"
    assert stat.S_IMODE(signin.token_path().stat().st_mode) == 0o600
    assert not secret_in("\n".join(said))
    assert signin.credentials((UPLOAD, MANAGE)).token in youtube.tokens


@pytest.mark.usefixtures("client", "http_allowed")
def test_only_what_is_needed_is_asked_for() -> None:
    said: list[str] = []

    def stop(_text: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        signin.sign_in(signin.scopes_named(upload_only=True), True, said.append, stop)
    assert "youtube.upload" in " ".join(said)
    assert "force-ssl" not in " ".join(said)


@pytest.mark.usefixtures("client", "http_allowed")
def test_an_address_that_is_none() -> None:
    with pytest.raises(SignInError, match="did not work"):
        signin.sign_in((UPLOAD,), True, lambda _text: None, lambda _text: "http://localhost:1/?error=access_denied")
    assert not signin.token_path().exists()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{"web": {}}', "it is 'web'"),
        ("{}", "it is 'empty'"),
        ('{"installed": {"client_id": "x"}}', "lacks auth_uri, client_secret, token_uri"),
        ("no json", "is no JSON"),
    ],
)
def test_a_wrong_client_file(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "down.json").write_text(text)
    with pytest.raises(SignInError, match=complaint):
        signin.adopt_client(tmp_path / "down.json")
    with pytest.raises(SignInError, match="cannot be read"):
        signin.adopt_client(tmp_path / "nowhere.json")
    assert not signin.client_path().exists()


def test_nobody_is_signed_in(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    with pytest.raises(SignInError, match="no client file"):
        publish(package, Wish(), clock.patience(), place=place)
    sign_in(youtube)
    signin.token_path().unlink()
    with pytest.raises(SignInError, match="run `tapehead sign-in`"):
        publish(package, Wish(), clock.patience(), place=place)
    assert youtube.log == []


def test_a_sign_in_that_allows_too_little(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    sign_in(youtube, (UPLOAD,))
    with pytest.raises(SignInError, match=r"youtube\.force-ssl"):
        publish(package, Wish(), clock.patience(), place=place)
    assert youtube.log == []
    publish(package, Wish(captions=False), clock.patience(), place=place)  # the upload alone needs no more
    assert len(youtube.videos) == 1
    assert youtube.count("GET") == 0


def test_a_token_that_others_can_read(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    sign_in(youtube)
    signin.token_path().chmod(0o644)
    with pytest.raises(SignInError, match="chmod 600"):
        publish(package, Wish(), clock.patience(), place=place)
    assert youtube.log == []


def test_secrets_do_not_go_into_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "repo" / "deep"))
    with pytest.raises(SignInError, match="repository"):
        places.write_private(signin.token_path(), {"token": "x"})
    assert not list((tmp_path / "repo").rglob("*.json"))


@pytest.mark.usefixtures("signed_in")
def test_renewing_alone(youtube: FakeYouTube) -> None:
    said: list[str] = []
    signin.renew(said.append)
    assert json.loads(signin.token_path().read_text())["token"] == "ya29.renewed1"
    assert said == ["the sign-in was renewed"]
    youtube.revoked = True
    with pytest.raises(SignInError, match="7 days"):
        signin.renew(said.append)


@pytest.mark.usefixtures("signed_in")
def test_no_network(package: Package, clock: Clock) -> None:
    with pytest.raises(PublishError, match="no network") as caught:
        publish(package, Wish(), clock.patience(), place=Place("http://127.0.0.1:9", timeout_s=2))
    assert "nothing was sent" in str(caught.value)
    assert clock.pauses == []


@pytest.mark.usefixtures("signed_in")
def test_a_server_that_stays_busy_is_left_in_the_end(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    youtube.fault("PUT /session", "status", nth=0, status=503)
    with pytest.raises(PublishError, match="after 8 tries"):
        publish(package, Wish(), clock.patience(), place=place)
    assert clock.pauses == [2, 4, 8, 16, 32, 64, 64]
    assert len(youtube.videos) == 0
    youtube.faults.clear()
    publish(package, Wish(), clock.patience(), place=place)
    assert youtube.count("POST /upload/youtube/v3/videos") == 1, "the session is still good"


@pytest.mark.usefixtures("signed_in")
@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"title": "x" * 101}, "101 characters"),
        ({"title": "a < b"}, "'<'"),
        ({"description": "ü" * 2501}, "5002 bytes"),
        ({"tags": ("x" * 250, "y" * 250)}, "501 characters"),
        ({"language": "english"}, "no language code"),
        ({"chapters": ((0, "One"), (20, "Two"))}, "2 chapters"),
    ],
)
def test_rules_are_kept_before_anything_is_sent(
    youtube: FakeYouTube, tmp_path: Path, clock: Clock, place: Place, changes: dict, complaint: str
) -> None:
    package = make_package(tmp_path / "bad", **changes)
    with pytest.raises(RuleError, match=complaint) as caught:
        publish(package, Wish(), clock.patience(), place=place)
    assert caught.value.exit_code == 2
    assert youtube.log == []


@pytest.mark.usefixtures("signed_in")
def test_a_film_that_changed_or_went_away(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, tmp_path: Path
) -> None:
    film = package.path(package.part("film"))
    film.write_bytes(film.read_bytes()[:-1] + b"?")
    with pytest.raises(PackageError, match=r"film\.mp4 changed"):
        publish(package, Wish(), clock.patience(), place=place)
    film.unlink()
    with pytest.raises(PackageError, match=r"film\.mp4 changed"):
        publish(package, Wish(), clock.patience(), place=place)
    with pytest.raises(PackageError, match="not complete: the film"):
        publish(make_package(tmp_path / "open", open=("the film",)), Wish(), clock.patience(), place=place)
    assert youtube.log == []


def test_a_time_that_has_passed(package: Package) -> None:
    assert problems(package, Wish(at=NOW - timedelta(hours=1)), NOW)
    assert problems(package, Wish(at=NOW + timedelta(hours=1)), NOW) == []
    assert problems(package, Wish(at=NOW + timedelta(hours=1), privacy="public"), NOW)


@pytest.mark.usefixtures("signed_in")
def test_a_time_goes_with_the_upload(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    at = datetime.fromisoformat("2027-01-31T18:00+01:00")
    publish(package, Wish(at=at), clock.patience(), place=place)
    status = youtube.videos["video1"]["status"]
    assert (status["privacyStatus"], status["publishAt"]) == ("private", "2027-01-31T17:00:00Z")


@pytest.mark.parametrize("code", ["en", "de", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419", "fil"])
def test_languages(code: str) -> None:
    assert rules.language_problems(code) == []


@pytest.mark.parametrize("code", ["", "xx", "EN", "en_US", "english", "de-de", "en-"])
def test_no_languages(code: str) -> None:
    assert rules.language_problems(code)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-12-01T07:59:00+00:00", "2026-12-01T08:00:00+00:00"),
        ("2026-12-01T08:00:00+00:00", "2026-12-02T08:00:00+00:00"),
        ("2026-07-01T12:00:00+00:00", "2026-07-02T07:00:00+00:00"),  # summer time
    ],
)
def test_the_quota_is_renewed_at_midnight_in_california(now: str, then: str) -> None:
    assert quota_renewal(datetime.fromisoformat(now)) == datetime.fromisoformat(then)


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer ya29.a0AfB_byC-secret",
        '{"access_token": "abc-secret", "refresh_token": "1//0secret-xyz"}',
        "https://youtube.example/session?upload_id=AAsecret-1&x=1",
        "client_secret=GOCSPX-secret&code=4/secret",
    ],
)
def test_redaction(text: str) -> None:
    assert "secret-" not in redacted(text).replace("client_secret", "")
    assert "/secret" not in redacted(text)
    assert "***" in redacted(text)


def test_a_bug_of_ours_is_not_tried_again() -> None:
    tries = []

    def broken() -> None:
        tries.append(1)
        raise KeyError("x")

    with pytest.raises(KeyError):
        Patience(sleep=lambda _s: None).run("x", broken)
    assert len(tries) == 1
    assert datetime.now(UTC)


def test_the_repository_holds_no_secret() -> None:
    """Nothing that looks like a token or a client secret in any file of the project but these tests."""
    import subprocess

    root = Path(__file__).parents[3]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True).stdout.decode()
    found = []
    for name in filter(None, listed.split("\0")):
        path = root / name
        if name.startswith("tests/") or not path.is_file() or path.stat().st_size > 2_000_000:
            continue
        text = path.read_bytes().decode("utf-8", "ignore")
        if re.search(r"ya29\.a|GOCSPX-\w{8}|1//0[\w-]{20}|apps\.googleusercontent\.com", text):
            found.append(name)
    assert found == []
