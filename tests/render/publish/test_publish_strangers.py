"""A server made by a stranger: no secret leaves for elsewhere, nothing is sent twice, and it ends with one message."""

from __future__ import annotations

import json
import re
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tapehead.render.package.manifest import Package
from tapehead.render.publish import answers, signin
from tapehead.render.publish import secret_files as places
from tapehead.render.publish.calls import UPLOAD, Wish
from tapehead.render.publish.carrier import check_address, own_machine
from tapehead.render.publish.failures import (
    ElsewhereError,
    PublishError,
    SignInError,
    StrangeAnswerError,
    hide,
    reasons_in,
    redacted,
)
from tapehead.render.publish.receipt import Journal
from tapehead.render.publish.run import Place, publish
from tapehead.render.publish.upload import arrived
from tests.faults.misbehaving_server import (
    Arrived,
    Entry,
    MisbehavingServer,
    Script,
    answer,
    bomb,
    cut,
    deep,
    dripping,
    dripping_body,
    endless,
    hanging_up,
    packed,
    web_page,
)
from tests.render.publish.fake_youtube import QUARTER, FakeYouTube
from tests.render.publish.publish_help import Clock, as_json, secret_in, sign_in

pytestmark = pytest.mark.timeout(60)

SIZE = 5 * QUARTER + 1234
CHUNK = 2 * QUARTER
GIVEN_UP = "run the same command later"


@pytest.fixture
def server() -> Iterator[Callable[..., MisbehavingServer]]:
    made: list[MisbehavingServer] = []

    def make(*entries: Entry) -> MisbehavingServer:
        made.append(MisbehavingServer(entries))
        sign_in(made[-1], (UPLOAD,))
        return made[-1]

    yield make
    for one in made:
        one.close()


def opened(request: Arrived) -> bytes:
    """The start of an upload, as it should be."""
    host = request.headers["host"]
    return answer(200, Location=f"http://{host}/session?upload_id=AAsecret-very-private")


def upload(server: MisbehavingServer, package: Package, clock: Clock, timeout_s: float = 2.0) -> None:
    publish(package, Wish(captions=False), clock.patience(), place=Place(server.host, chunk=CHUNK, timeout_s=timeout_s))


def chained(error: BaseException) -> list[BaseException]:
    """An error and all that hangs on it, suppressed or not."""
    found, todo = [], [error]
    while todo:
        one = todo.pop()
        if one not in found:
            found.append(one)
            todo += [other for other in (one.__cause__, one.__context__) if other is not None]
    return found


def one_message(error: PublishError) -> str:
    """The message, after a look for secrets in it and in all that is chained to it."""
    text = str(error)
    assert "\n" not in text
    assert len(text) < 700
    for one in chained(error):
        assert not secret_in(f"{one!s} {one!r} {vars(one)}")
    assert not secret_in("".join(traceback.format_exception(error)))
    return text


def ranges(server: MisbehavingServer) -> list[str]:
    return [one.headers.get("content-range", "") for one in server.log if one.method == "PUT"]


# -- where secrets go


@pytest.mark.parametrize(
    "address",
    [
        "https://www.googleapis.com/upload/youtube/v3/videos?upload_id=x",
        "https://youtube.googleapis.com/upload",
        "https://oauth2.googleapis.com/token",
        "https://accounts.google.com/o/oauth2/auth",
        "https://youtube.googleapis.com:443/upload",
    ],
)
def test_google_is_google(address: str) -> None:
    assert check_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://www.googleapis.com/upload",
        "https://googleapis.com.evil.example/upload",
        "https://evil-googleapis.com/upload",
        "https://evil.example/www.googleapis.com/",
        "https://user@www.googleapis.com/",
        "https://www.googleapis.com@evil.example/",
        "https://www.googleapis.com:8443/",
        "https://evil.example\\.googleapis.com/",
        "https://evil.example#.googleapis.com/",
        "https://evil.example?.googleapis.com/",
        "https://www.googleapis.com",
        "//www.googleapis.com/",
        "/session?upload_id=x",
        "https://www.googleapis.com/a b",
        "https://www.googleapis.com/\r\nX: y",
        "https://www.googleapis.com./",
        "https://www.googleapıs.com/",
        "ftp://www.googleapis.com/",
        "http://127.0.0.1:80/",
        "",
        None,
        5,
    ],
)
def test_and_nobody_else_is(address: object) -> None:
    with pytest.raises(ElsewhereError, match="nothing was sent there"):
        check_address(address)
    with pytest.raises(ElsewhereError):
        check_address(address, "http://127.0.0.1:8000")


def test_a_test_names_its_host_and_no_other() -> None:
    host = "http://127.0.0.1:8000"
    assert check_address(host + "/x", host)
    for other in ("http://127.0.0.1:80001/x", "http://127.0.0.1:8000.evil/x", "https://www.googleapis.com/x", host):
        with pytest.raises(ElsewhereError):
            check_address(other, host)


@settings(max_examples=300, deadline=None)
@given(some.text(max_size=40), some.sampled_from(["", "/", ":443/", "@", "#", "?", "\\", "."]))
def test_what_is_let_through_is_seen_as_google_by_everybody(text: str, sign: str) -> None:
    from urllib.parse import urlsplit

    import httplib2

    address = f"https://{text}{sign}www.googleapis.com/x"
    try:
        check_address(address)
    except ElsewhereError:
        return
    host = urlsplit(address).hostname or ""
    assert host.endswith(".googleapis.com")
    assert httplib2.urlnorm(address)[1] == host


def test_a_session_elsewhere_gets_no_byte(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock
) -> None:
    spy = MisbehavingServer([web_page()])
    try:
        ours = server(answer(200, Location=f"{spy.host}/session?upload_id=AAsecret"))
        with pytest.raises(ElsewhereError, match="nothing was sent there") as caught:
            upload(ours, package, clock)
        one_message(caught.value)
        assert spy.connections == 0
        assert len(ours.log) == 1
        film = package.part("film")
        assert Journal.load(film.sha256, film.size).session == ""
    finally:
        spy.close()


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307])
def test_a_redirect_is_not_followed(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, status: int
) -> None:
    spy = MisbehavingServer([web_page()])
    try:
        elsewhere = answer(status, Location=f"{spy.host}/session?upload_id=AAsecret")
        for entries in ([elsewhere], [opened, elsewhere]):
            ours = server(*entries)
            with pytest.raises(ElsewhereError, match=str(status)) as caught:
                upload(ours, package, clock)
            one_message(caught.value)
            assert len(ours.log) == len(entries)
        assert spy.connections == 0
    finally:
        spy.close()


def test_a_308_may_not_move_the_session(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock
) -> None:
    spy = MisbehavingServer([web_page()])
    try:
        moved = answer(308, Location=f"{spy.host}/session", Range=f"bytes=0-{CHUNK - 1}")
        ours = server(opened, moved, answer(500))
        with pytest.raises(PublishError, match=GIVEN_UP):
            upload(ours, package, clock)
        assert spy.connections == 0
        assert {one.target for one in ours.log if one.method == "PUT"} == {"/session?upload_id=AAsecret-very-private"}
    finally:
        spy.close()


def test_a_journal_that_names_another_host_is_refused(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock
) -> None:
    spy = MisbehavingServer([web_page()])
    try:
        ours, film = server(opened), package.part("film")
        started = clock.now.isoformat()
        Journal(film.sha256, film.size).save(session=f"{spy.host}/s?upload_id=AAsecret", started=started)
        with pytest.raises(ElsewhereError, match="remove that file") as caught:
            upload(ours, package, clock)
        one_message(caught.value)
        assert spy.connections == 0
        assert ours.log == []
    finally:
        spy.close()


@pytest.mark.parametrize("headless", [True, False])
def test_a_sign_in_server_elsewhere_is_refused(youtube: FakeYouTube, tmp_path: Path, headless: bool) -> None:
    sign_in(youtube)
    client = as_json(signin.client_path())
    for name in ("auth_uri", "token_uri"):
        for address in ("https://evil.example/token", "http://oauth2.googleapis.com/token", 5):
            client["installed"][name] = address
            places.write_private(signin.client_path(), client)
            with pytest.raises(SignInError, match=name):
                signin.sign_in((UPLOAD,), headless, lambda _text: None, lambda _text: "")
            (tmp_path / "down.json").write_text(json.dumps(client))
            with pytest.raises(SignInError, match=name):
                signin.adopt_client(tmp_path / "down.json")
        client["installed"][name] = youtube.host + "/token"
    token = as_json(signin.token_path()) | {"token_uri": "https://evil.example/token"}
    places.write_private(signin.token_path(), token)
    with pytest.raises(SignInError, match="another sign-in server"):
        signin.renew(lambda _text: None)
    assert youtube.log == []


def test_a_token_is_not_renewed_elsewhere_on_the_way(youtube: FakeYouTube, package: Package, clock: Clock) -> None:
    """The token file names another server than the host of the test: the refresh token stays here."""
    spy = MisbehavingServer([answer(200, b"{}")])
    try:
        sign_in(youtube, (UPLOAD,))
        token = as_json(signin.token_path()) | {"token_uri": spy.host + "/token", "expiry": "2020-01-01T00:00:00Z"}
        places.write_private(signin.token_path(), token)
        with pytest.raises(ElsewhereError):
            publish(package, Wish(captions=False), clock.patience(), place=Place(youtube.host))
        assert spy.connections == 0
        assert youtube.log == []
    finally:
        spy.close()


# -- no loop without a pause or an end


@pytest.mark.parametrize(
    ("name", "entries", "puts"),
    [
        ("308 without Range", [answer(308)], 15),
        ("308 with a backward Range", [answer(308, Range=f"bytes=0-{CHUNK - 1}"), answer(308, Range="bytes=0-99")], 17),
        ("308 with a byte more each time", [lambda r: answer(308, Range=f"bytes=0-{_begin(r)}")], 15),
        ("all has arrived and it does not end", [answer(308, Range=f"bytes=0-{SIZE - 1}")], 3),
        ("Range beyond the end", [answer(308, Range=f"bytes=0-{SIZE + 5}")], 3),
        ("Range beyond what was sent", [answer(308, Range=f"bytes=0-{CHUNK}")], 3),
        ("garbage in Range", [answer(308, Range="bytes=five-ten")], 3),
        ("a Range that does not begin at the beginning", [answer(308, Range="bytes=5-100")], 3),
        ("a negative Range", [answer(308, Range="bytes=0--7")], 3),
        ("a Range of many digits", [answer(308, Range="bytes=0-" + "9" * 5000)], 3),
        ("done after the first chunk", [answer(200, b'{"id": "video1"}')], 3),
        ("always busy", [answer(503, b"no")], 8),
        ("hangs up", [hanging_up()], 8),
    ],
)
def test_no_progress_costs_patience(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, name: str, entries: list, puts: int
) -> None:
    ours = server(opened, *entries)
    with pytest.raises(PublishError, match=GIVEN_UP) as caught:
        upload(ours, package, clock)
    one_message(caught.value)
    assert len(clock.pauses) >= 2, name
    assert min(clock.pauses) >= 1
    assert len(ranges(ours)) <= puts, ranges(ours)
    assert not any(one.method == "POST" for one in ours.log[1:]), "one session is enough"


def _begin(request: Arrived) -> int:
    match = re.match(r"bytes (\d+)-", request.headers.get("content-range", ""))
    return int(match[1]) if match else 0


@pytest.mark.parametrize("body", [b"{}", b'{"id": ""}', b'{"id": 5}', b'{"id": "../x"}', b'{"id": ["a"]}', b""])
def test_a_last_answer_without_a_video_is_asked_for_again(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, body: bytes
) -> None:
    ours = server(opened, *[answer(308, Range=f"bytes=0-{n * CHUNK - 1}") for n in (1, 2)], answer(200, body))
    with pytest.raises(PublishError, match="does not name the video") as caught:
        upload(ours, package, clock)
    one_message(caught.value)
    assert len(clock.pauses) == 7
    # the film itself went once; after that the session is only asked
    assert sum(len(one.body) for one in ours.log if one.method == "PUT") == SIZE
    assert ranges(ours)[3:] == [f"bytes */{SIZE}"] * 7


def test_a_server_that_loses_data_and_recovers_is_served(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock
) -> None:
    """It forgets the second chunk, and says so: that one is sent again, and the film is whole."""
    kept, losses = bytearray(), [CHUNK]

    def losing(request: Arrived) -> bytes:
        if not request.target.startswith("/session"):
            return opened(request) if "resumable" in request.target else answer(200, b'{"items": []}')
        if request.body:
            assert _begin(request) == len(kept)
            kept.extend(request.body)
        if len(kept) == 2 * CHUNK and losses:
            del kept[losses.pop() :]
        if len(kept) == SIZE:
            return answer(200, b'{"id": "video1"}')
        return answer(308, Range=f"bytes=0-{len(kept) - 1}")

    upload(server(losing), package, clock)
    assert kept == package.path(package.part("film")).read_bytes()
    assert losses == []
    assert len(clock.pauses) == 1


# -- the time of a whole request


@pytest.mark.parametrize("entry", [dripping(), dripping_body()])
def test_a_server_that_drips_is_left(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, entry: Script
) -> None:
    for entries in ([entry], [opened, entry]):
        ours, began = server(*entries), time.monotonic()
        with pytest.raises(PublishError, match="time") as caught:
            publish(
                package,
                Wish(captions=False),
                clock.patience(attempts=2),
                place=Place(ours.host, chunk=CHUNK, timeout_s=0.6),
            )
        one_message(caught.value)
        assert time.monotonic() - began < 8


def test_a_server_that_does_not_listen_is_left(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tapehead.render.publish import carrier

    monkeypatch.setattr(carrier, "SLOWEST", 2**30)
    ours, began = server(opened, Script((5.0,), hear=False)), time.monotonic()
    with pytest.raises(PublishError):
        publish(
            package,
            Wish(captions=False),
            clock.patience(attempts=1),
            place=Place(ours.host, chunk=8 * QUARTER, timeout_s=0.5),
        )
    assert time.monotonic() - began < 5


# -- answers of other shapes


STRANGE = {
    "a web page": web_page(),
    "text": answer(200, b"OK", "text/plain"),
    "a list": answer(200, b"[1, 2]"),
    "a number": answer(200, b"5"),
    "deep": deep(),
    "a bomb": bomb(64 * 2**20),
    "not packed": answer(200, b"{}", Content_Encoding="gzip"),
    "packed otherwise": answer(200, b"{}", Content_Encoding="br"),
    "cut when packed": answer(200, packed(b'{"id": "x"}').split(b"\r\n\r\n", 1)[1][:-9], Content_Encoding="gzip"),
    "not UTF-8": answer(200, b'{"id": "\xff\xfe"}'),
    "many digits": answer(200, b'{"id": ' + b"9" * 10_000 + b"}"),
    "endless": endless(),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_nobody_of_youtube_says_is_one_message(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, name: str
) -> None:
    for before in ([], [opened]):
        ours = server(*before, STRANGE[name])
        with pytest.raises(PublishError) as caught:
            upload(ours, package, clock)
        text = one_message(caught.value)
        assert GIVEN_UP in text
        sent = sum(len(one.body) for one in ours.log if one.method == "PUT")
        assert sent <= CHUNK, "nothing of the film twice"
    if name == "a web page":
        assert "login page" in text


@pytest.mark.parametrize("name", ["a web page", "a list", "deep", "endless"])
def test_a_hiccup_of_that_kind_is_outlived(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One strange answer in the middle, after the chunk has arrived: it is asked about, and not sent again."""
    from tapehead.render.publish.carrier import Carrier

    sign_in(youtube)
    inner, count = Carrier._conn_request, iter(range(100))

    def once(self, conn, request_uri, method, body, headers):
        found = inner(self, conn, request_uri, method, body, headers)
        if request_uri.startswith("/session") and next(count) == 1:
            odd = MisbehavingServer([STRANGE[name]])
            try:
                import http.client

                other = http.client.HTTPConnection("127.0.0.1", int(odd.host.rpartition(":")[2]))
                return inner(self, other, request_uri, "GET", None, {})
            finally:
                odd.close()
        return found

    monkeypatch.setattr(Carrier, "_conn_request", once)
    publish(package, Wish(), clock.patience(), place=place)
    assert list(youtube.films.values()) == [package.path(package.part("film")).read_bytes()]
    assert len(clock.pauses) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>busy</html>",
        b'{"error": "busy"}',
        b'{"error": 5}',
        b'{"error": null}',
        b'{"error": {"errors": "none"}}',
        b'{"error": {"errors": [1, null, {"reason": ["x"]}], "message": {"a": 1}}}',
        b'{"error": {"errors": [{"reason": {}}], "details": 7, "message": null}}',
        b'[{"error": {"message": "x"}}]',
        b"[[]]",
        b"\xff\xfe",
        b'{"error":' * 50_000,
    ],
)
@pytest.mark.parametrize("status", [400, 503])
def test_refusals_of_other_shapes(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock, body: bytes, status: int
) -> None:
    ours = server(opened, answer(status, body))
    with pytest.raises(PublishError, match=str(status)) as caught:
        upload(ours, package, clock)
    one_message(caught.value)
    assert len(ours.log) == (2 if status == 400 else 9)
    assert reasons_in(body)[0] == []


def test_secrets_that_a_server_sends_back_are_not_shown(
    server: Callable[..., MisbehavingServer], package: Package, clock: Clock
) -> None:
    def echo(request: Arrived) -> bytes:
        words = f"{request.headers} {request.target} \x1b[31m\r\n\a" + "x" * 100_000
        return answer(400, json.dumps({"error": {"message": words}}).encode())

    with pytest.raises(PublishError) as caught:
        upload(server(opened, echo), package, clock)
    text = one_message(caught.value)
    assert text.isprintable()


def test_a_known_secret_is_hidden_whatever_it_looks_like() -> None:
    hide("plain words as a secret", "short")
    assert redacted("got: plain words as a secret!") == "got: ***!"
    assert redacted("short") == "short"


@pytest.mark.parametrize(
    "entry",
    [
        web_page(),
        deep(),
        answer(200, b"{}"),
        answer(200, b'{"access_token": 5}'),
        answer(200, b'{"access_token": "a b\\n", "expires_in": "soon"}'),
        answer(200, b'{"access_token": "good", "expires_in": "soon"}'),
        answer(200, b""),
        answer(400, b'{"error": {"odd": "very-private"}}'),
        answer(500, b"<html>"),
        hanging_up(),
        cut(answer(200, b'{"access_token": "x"}')),
        answer(302, Location="https://evil.example/"),
    ],
)
def test_a_sign_in_server_that_answers_nonsense(
    server: Callable[..., MisbehavingServer], entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _s: None)  # google-auth pauses by itself
    server(entry)
    before = as_json(signin.token_path())
    with pytest.raises(SignInError) as caught:
        signin.renew(lambda _text: None)
    one_message(caught.value)
    assert as_json(signin.token_path()) == before


@pytest.mark.parametrize(
    "entry",
    [
        web_page(),
        deep(),
        answer(200, b"{}"),
        answer(200, b"5"),
        hanging_up(),
        answer(307, Location="https://evil.example/token"),
        bomb(64 * 2**20),
        answer(200, b'{"access_token": "ya29.x", "refresh_token": "1//very-private", "token_type": "Bearer"}'),
        answer(200, b'{"access_token": 5, "refresh_token": "x", "expires_in": 3600, "token_type": "Bearer"}'),
        answer(200, b'{"access_token": "a b", "refresh_token": "x", "expires_in": 3600, "token_type": "Bearer"}'),
        answer(200, b'{"access_token": "a", "refresh_token": [1], "expires_in": 3600, "token_type": "Bearer"}'),
    ],
)
def test_a_code_is_not_given_away(
    server: Callable[..., MisbehavingServer], entry: Entry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.render.publish.test_publish_signin import agree

    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    ours, said = server(entry), []
    signin.token_path().unlink()
    with pytest.raises(SignInError) as caught:
        signin.sign_in((UPLOAD,), True, said.append, lambda _text: agree(said))
    one_message(caught.value)
    assert len(ours.log) <= 1
    assert not signin.token_path().exists()


# -- the API's other answers


@pytest.mark.parametrize(
    ("where", "data"),
    [
        ("get_captions", {"items": "none"}),
        ("get_captions", {"items": [5]}),
        ("get_captions", {"items": [{"id": 5, "snippet": {"language": "en"}}]}),
        ("get_captions", []),
        ("get_playlists", {"items": [{"id": None, "snippet": {"title": "Lectures"}}]}),
        ("get_playlists", {"items": [], "nextPageToken": "again"}),
        ("post_playlists", {}),
        ("get_videos", {"items": [7]}),
    ],
)
def test_answers_that_lack_what_they_should_have(
    youtube: FakeYouTube, package: Package, clock: Clock, place: Place, monkeypatch, where: str, data: object
) -> None:
    from tests.render.publish.fake_youtube import _Handler

    sign_in(youtube)
    monkeypatch.setattr(_Handler, where, lambda self: self.answer(200, data))
    with pytest.raises(PublishError) as caught:
        publish(package, Wish(playlist="Lectures"), clock.patience(), place=place)
    one_message(caught.value)
    assert len(youtube.videos) == 1
    assert len(youtube.log) < 40


def test_fields_that_are_missing_count_as_not_there(youtube: FakeYouTube, package: Package, clock, place) -> None:
    from tests.render.publish.fake_youtube import _Handler

    assert answers.text({"snippet": 5}, "snippet", "title") == ""
    assert answers.items({}) == []
    with pytest.raises(StrangeAnswerError):
        answers.id_of({"id": "a/b"})
    assert _Handler


@given(some.text(max_size=30))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_range_is_a_number_or_strange(text: str) -> None:
    try:
        found = arrived(text, 1000)
    except StrangeAnswerError as error:
        assert "\n" not in str(error)
    else:
        assert 1 <= found <= 1000


def test_own_machine() -> None:
    assert own_machine("http://127.0.0.1:80/x") == "http://127.0.0.1:80"
    for other in ("http://127.0.0.1:80@evil/", "http://127.0.0.1.evil/", "https://evil/", 5, "http://localhost"):
        assert own_machine(other) == ""
