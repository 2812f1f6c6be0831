"""Uploads against a YouTube on this machine that breaks in every way the real one does: once, and whole."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import httplib2
import pytest

from tapehead.render.package.manifest import Package
from tapehead.render.publish import secret_files as places
from tapehead.render.publish.calls import UPLOAD, Wish
from tapehead.render.publish.failures import (
    AlreadyUploadedError,
    PublishError,
    QuotaExhausted,
    SignInError,
    UnsureError,
)
from tapehead.render.publish.receipt import Journal
from tapehead.render.publish.run import Place, dry_run, publish, update
from tests.render.publish.fake_youtube import QUARTER, FakeYouTube
from tests.render.publish.publish_help import Clock, as_json, make_package, secret_in, sign_in

pytestmark = pytest.mark.usefixtures("signed_in")


def whole(youtube: FakeYouTube, package: Package) -> bool:
    """One video, and its bytes are the film's."""
    film = package.path(package.part("film")).read_bytes()
    return list(youtube.films.values()) == [film]


def journal_of(package: Package) -> Journal:
    film = package.part("film")
    return Journal.load(film.sha256, film.size)


def test_all_that_belongs_to_a_film_arrives(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    receipt = publish(package, Wish(playlist="Lectures", privacy="unlisted"), clock.patience(), place=place)
    assert whole(youtube, package)
    video = youtube.videos[receipt.video]
    assert video["snippet"]["title"] == "A film"
    assert video["snippet"]["tags"] == ["one", "two words"]
    assert video["status"]["privacyStatus"] == "unlisted"
    assert video["status"]["selfDeclaredMadeForKids"] is False
    assert video["status"]["containsSyntheticMedia"] is True
    assert {c["snippet"]["language"]: c["data"] for c in youtube.captions.values()} == {
        part.language: package.path(part).read_bytes() for part in package.each("captions")
    }
    assert youtube.thumbnails[receipt.video] == [package.path(package.part("thumbnail")).read_bytes()]
    assert youtube.playlists["PL1"]["snippet"]["title"] == "Lectures"
    assert youtube.items == [("PL1", receipt.video)]
    assert receipt.differences == []
    assert as_json(package.folder / "publish.json")["uploads"][0]["url"] == f"https://youtu.be/{receipt.video}"


def test_it_is_private_until_all_is_there(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    publish(package, Wish(privacy="public"), clock.patience(), place=place)
    start = next(one for one in youtube.log if one.name == "POST /upload/youtube/v3/videos")
    assert start.json["status"]["privacyStatus"] == "private"
    names = youtube.names()
    assert names.index("PUT /youtube/v3/videos") > max(i for i, n in enumerate(names) if "captions" in n)


def test_sync_is_never_sent_and_privacy_always(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    publish(package, Wish(), clock.patience(), place=place)
    assert not [one for one in youtube.log if "sync" in one.query]
    assert all(
        "privacyStatus" in one.json["status"] for one in youtube.log if one.name == "POST /upload/youtube/v3/videos"
    )


def test_the_dry_run_shows_what_is_sent(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    """Same methods, addresses and bodies, in the same order, the id filled in."""
    wish = Wish(playlist="Lectures", privacy="public")
    shown = dry_run(package, wish, clock.now)["requests"]
    receipt = publish(package, wish, clock.patience(), place=place)
    sent = [one for one in youtube.log if not one.path.startswith("/session")]
    # captions are looked at before each track, and the metadata once more at the end: looking changes nothing
    changes = [one for one in sent if one.method != "GET"]
    planned = [one for one in shown if one["http"] != "GET"]
    assert [one.name for one in changes] == [
        f"{p['http']} /" + p["url"].split("/", 3)[3].split("?")[0] for p in planned
    ]
    for one, plan in zip(changes, planned, strict=True):
        body = json.loads(json.dumps(plan.get("body")).replace("VIDEO_ID", receipt.video).replace("PLAYLIST_ID", "PL1"))
        if body is not None:
            assert one.json == body
        query = plan["url"].split("?", 1)[1].replace("VIDEO_ID", receipt.video)
        assert {f"{k}={v[0]}" for k, v in one.query.items()} == {q.replace("%2C", ",") for q in query.split("&")}


def test_the_dry_run_needs_no_token_and_no_network(
    youtube: FakeYouTube, package: Package, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args, **_more):
        raise AssertionError("a dry run touched the network or a secret")

    monkeypatch.setattr(httplib2.Http, "request", refuse)
    monkeypatch.setattr(places, "read_private", refuse)
    assert dry_run(package, Wish(), clock.now)["quota"] == {"units": 901, "uploads": 1}
    assert youtube.log == []


@pytest.mark.parametrize("nth", [1, 2, 3])
@pytest.mark.parametrize("what", ["drop mid-chunk", "drop", "lose the answer"])
def test_a_broken_connection_costs_nothing(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, what: str, nth: int
) -> None:
    """A chunk may break off, vanish or arrive unanswered, the last one too; the fake refuses a byte sent twice."""
    fault = youtube.fault("PUT /session", what, nth=nth)
    publish(package, Wish(), clock.patience(), place=place)
    assert fault.struck == 1
    assert whole(youtube, package)


@pytest.mark.parametrize(("status", "headers", "pause"), [(503, {}, 2.0), (429, {"Retry-After": "17"}, 17.0)])
def test_a_busy_server_is_waited_for(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, status: int, headers: dict, pause: float
) -> None:
    youtube.fault("PUT /session", "status", nth=2, status=status, headers=headers)
    publish(package, Wish(), clock.patience(), place=place)
    assert clock.pauses == [pause]
    assert whole(youtube, package)
    asked = [one.headers["content-range"] for one in youtube.log if one.path == "/session"]
    assert asked.count("bytes */1311954") == 1


@pytest.mark.parametrize(
    "where", ["POST /upload/youtube/v3/captions", "POST /youtube/v3/playlists", "thumbnails/set", "playlistItems"]
)
@pytest.mark.parametrize("what", ["lose the answer", "drop"])
def test_a_lost_answer_makes_nothing_twice(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, where: str, what: str
) -> None:
    youtube.fault(where, what)
    publish(package, Wish(playlist="Lectures"), clock.patience(), place=place)
    assert len(youtube.captions) == 2
    assert len(youtube.playlists) == len(youtube.items) == 1
    assert whole(youtube, package)


@pytest.mark.parametrize("nth", [1, 2, 4])
def test_a_token_that_expires_on_the_way_is_renewed(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, nth: int
) -> None:
    youtube.fault("PUT /session" if nth < 4 else "captions", "expire", nth=min(nth, 2))
    publish(package, Wish(), clock.patience(), place=place)
    assert youtube.refreshes == 1
    assert whole(youtube, package)
    assert as_json(places.config() / places.TOKEN)["token"] == "ya29.renewed1"


def test_a_revoked_token_is_one_message(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    youtube.tokens.clear()
    youtube.revoked = True
    with pytest.raises(SignInError, match="revoked") as caught:
        publish(package, Wish(), clock.patience(), place=place)
    assert not secret_in(str(caught.value))
    assert not youtube.videos


def test_a_spent_quota_stops_at_once_and_the_next_run_goes_on(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    youtube.fault("POST /upload/youtube/v3/captions", "status", nth=2, status=403, reason="quotaExceeded")
    with pytest.raises(QuotaExhausted, match="2026-12-02"):
        publish(package, Wish(), clock.patience(), place=place)
    assert clock.pauses == []
    receipt = publish(package, Wish(), clock.patience(), place=place)
    assert whole(youtube, package)
    assert len(youtube.captions) == 2
    assert youtube.count("POST /upload/youtube/v3/captions") == 3, "the first track is not sent again"
    assert len(as_json(package.folder / "publish.json")["uploads"]) == 1
    assert receipt.video == "video1"


def test_a_spent_quota_at_the_start(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    youtube.fault("POST /upload/youtube/v3/videos", "status", status=403, reason="quotaExceeded")
    with pytest.raises(QuotaExhausted):
        publish(package, Wish(), clock.patience(), place=place)
    assert youtube.count("POST /upload") == 1


def test_a_busy_minute_is_not_a_spent_day(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    youtube.fault("POST /upload/youtube/v3/videos", "status", status=403, reason="userRateLimitExceeded")
    publish(package, Wish(), clock.patience(), place=place)
    assert len(clock.pauses) == 1


def test_a_refusal_is_not_repeated(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    youtube.fault("POST /upload/youtube/v3/videos", "status", status=400, reason="invalidTitle")
    with pytest.raises(PublishError, match="invalidTitle"):
        publish(package, Wish(), clock.patience(), place=place)
    assert youtube.count("POST") == 1


class Stopped(BaseException):
    """As if the machine were switched off: nothing of ours catches it."""


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_restart_goes_on_where_it_was(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, chunks: int
) -> None:
    def stop(sent: int, _size: int) -> None:
        if sent >= chunks * 2 * QUARTER and chunks:
            raise Stopped

    if chunks == 0:
        youtube.fault("PUT /session", "drop")
        patience = clock.patience(attempts=1)
        with pytest.raises(PublishError):
            publish(package, Wish(), patience, place=place)
    else:
        with pytest.raises(Stopped):
            publish(package, Wish(), clock.patience(), tell=stop, place=place)
    kept = journal_of(package)
    assert "AAsecret" in kept.session
    publish(package, Wish(), clock.patience(), place=place)
    assert whole(youtube, package)
    assert youtube.count("POST /upload/youtube/v3/videos") == 1
    assert journal_of(package).session == "", "the address is not kept longer than needed"


def test_a_restart_after_the_last_answer_was_lost(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    youtube.fault("PUT /session", "lose the answer", nth=3)
    with pytest.raises(PublishError):
        publish(package, Wish(), clock.patience(attempts=1), place=place)
    assert len(youtube.videos) == 1
    receipt = publish(package, Wish(), clock.patience(), place=place)
    assert receipt.video == "video1"
    assert whole(youtube, package)


def test_even_when_the_session_is_gone_too(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    youtube.fault("PUT /session", "lose the answer and the session", nth=3)
    receipt = publish(package, Wish(), clock.patience(), place=place)
    assert receipt.video == "video1"
    assert whole(youtube, package)
    assert youtube.count("POST /upload/youtube/v3/videos") == 1


def test_without_leave_to_look_it_says_so_and_sends_nothing(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    sign_in(youtube, (UPLOAD,))
    youtube.fault("PUT /session", "lose the answer and the session", nth=3)
    with pytest.raises(UnsureError, match="--again"):
        publish(package, Wish(captions=False), clock.patience(), place=place)
    with pytest.raises(UnsureError):
        publish(package, Wish(captions=False), clock.patience(), place=place)
    assert len(youtube.videos) == 1


def test_a_session_that_was_forgotten_half_way_starts_over(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    youtube.fault("PUT /session", "forget sessions", nth=2)
    publish(package, Wish(), clock.patience(), place=place)
    assert whole(youtube, package)
    assert youtube.count("POST /upload/youtube/v3/videos") == 2


def test_the_same_film_is_not_uploaded_twice(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, tmp_path: Path
) -> None:
    publish(package, Wish(), clock.patience(), place=place)
    before = len(youtube.log)
    with pytest.raises(AlreadyUploadedError, match="video1"):
        publish(package, Wish(), clock.patience(), place=place)
    with pytest.raises(AlreadyUploadedError):  # the same film out of another folder, without the receipt
        publish(make_package(tmp_path / "elsewhere", title="Other"), Wish(), clock.patience(), place=place)
    assert len(youtube.log) == before
    publish(package, Wish(), clock.patience(), again=True, place=place)
    assert len(youtube.videos) == 2
    assert len(as_json(package.folder / "publish.json")["uploads"]) == 2


def test_the_receipt_alone_is_enough_to_refuse(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    publish(package, Wish(), clock.patience(), place=place)
    journal_of(package).path.unlink()
    with pytest.raises(AlreadyUploadedError):
        publish(package, Wish(), clock.patience(), place=place)


def test_update_changes_what_is_new_and_nothing_else(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    publish(package, Wish(privacy="unlisted"), clock.patience(), place=place)
    youtube.videos["video1"]["status"]["embeddable"] = False  # by hand, on the web
    sent = len(youtube.log)
    changed = make_package(package.folder, title="A better title")
    update(changed, Wish(), clock.patience(), place=place)
    new = [one.name for one in youtube.log[sent:]]
    assert new == ["GET /youtube/v3/videos", "PUT /youtube/v3/videos", "GET /youtube/v3/videos"]
    video = youtube.videos["video1"]
    assert video["snippet"]["title"] == "A better title"
    assert video["snippet"]["categoryId"] == "27"
    assert video["status"]["embeddable"] is False
    assert video["status"]["privacyStatus"] == "unlisted"
    assert video["status"]["selfDeclaredMadeForKids"] is False
    update(changed, Wish(), clock.patience(), privacy="public", place=place)
    assert (
        video["status"]["privacyStatus"] == "public" or youtube.videos["video1"]["status"]["privacyStatus"] == "public"
    )


def test_update_sends_new_captions(youtube: FakeYouTube, package: Package, clock: Clock, place: Place) -> None:
    publish(package, Wish(), clock.patience(), place=place)
    path = package.folder / "film.de.srt"
    changed = make_package(package.folder)
    path.write_text("1\n00:00:00,000 --> 00:00:02,000\nGuten Tag\n\n")
    from tapehead.render.package.manifest import Part

    parts = tuple(Part.of("captions", path, "de") if p.language == "de" else p for p in changed.parts)
    changed = Package(**{**changed.__dict__, "parts": parts})
    update(changed, Wish(), clock.patience(), place=place)
    assert sorted(c["data"].split(b"\n")[2] for c in youtube.captions.values()) == [b"Guten Tag", b"Hello"]
    assert youtube.count("PUT /upload/youtube/v3/captions") == 1


def test_secrets_stay_where_they_belong(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, tmp_path: Path, capsys
) -> None:
    youtube.fault("PUT /session", "drop", nth=2)
    youtube.fault("captions", "expire")
    publish(package, Wish(), clock.patience(), place=place)
    captured = capsys.readouterr()
    public = "\n".join(path.read_text() for path in package.folder.glob("*.json"))
    for text in (public, captured.out, captured.err, "\n".join(clock.said)):
        assert not secret_in(text)
    private = [path for root in (places.config(), places.state()) for path in root.rglob("*.json")]
    assert len(private) == 4  # client, token, journal, quota
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_the_quota_is_shown_before_and_after(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place
) -> None:
    publish(package, Wish(), clock.patience(), place=place)
    shown = [line for line in clock.said if line.startswith("quota")]
    assert "0 of 10000 units and 0 of 100 uploads" in shown[0]
    # captions: look and send, twice; thumbnail; reading back
    assert f"{2 * (50 + 400) + 50 + 1} of 10000 units and 1 of 100 uploads" in shown[-1]
