"""A YouTube on this machine: the endpoints that publishing uses, a log of what arrived, and faults on request.

It keeps state like the real one (sessions, videos, captions, playlists), checks tokens, and can drop a connection in
the middle of a chunk, lose an answer after doing what was asked, answer any status, expire tokens and forget sessions.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

QUARTER = 256 * 1024


@dataclass
class Fault:
    """``what`` happens to the ``nth`` (from 1) request whose "METHOD path" contains ``where``."""

    where: str
    what: str
    nth: int = 1
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    reason: str = "backendError"
    seen: int = 0
    struck: int = 0


@dataclass
class Arrived:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    answered: int = 0

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def json(self) -> Any:
        """The JSON body, also of a multipart request."""
        if self.headers.get("content-type", "").startswith("multipart/"):
            return json.loads(self.body.split(b"\n\n", 1)[1].split(b"\n--", 1)[0])
        return json.loads(self.body)


class FakeYouTube:
    """The server and all that it remembers."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.log: list[Arrived] = []
        self.sessions: dict[str, dict[str, Any]] = {}
        self.videos: dict[str, dict[str, Any]] = {}
        self.films: dict[str, bytes] = {}
        self.captions: dict[str, dict[str, Any]] = {}
        self.thumbnails: dict[str, list[bytes]] = {}
        self.playlists: dict[str, dict[str, Any]] = {}
        self.items: list[tuple[str, str]] = []
        self.tokens = {"ya29.first"}
        self.refreshes = 0
        self.revoked = False
        self.now = "2026-12-01T12:00:00Z"
        self.lock = threading.Lock()
        fake = self

        class Handler(_Handler):
            server_state = fake

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        # Looked at often: `close` waits until it has been looked at once more, which is half a second as it comes.
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def fault(self, where: str, what: str, **more: Any) -> Fault:
        self.faults.append(Fault(where, what, **more))
        return self.faults[-1]

    def struck(self, name: str) -> Fault | None:
        for fault in self.faults:
            if fault.where in name:
                fault.seen += 1
                if fault.seen == fault.nth or (fault.nth == 0):
                    fault.struck += 1
                    return fault
        return None

    def names(self) -> list[str]:
        return [arrived.name for arrived in self.log]

    def count(self, part: str) -> int:
        return sum(part in name for name in self.names())


class _Handler(BaseHTTPRequestHandler):
    server_state: FakeYouTube
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, BrokenPipeError):
            self.close_connection = True

    def do_GET(self) -> None:
        self.serve()

    def do_POST(self) -> None:
        self.serve()

    def do_PUT(self) -> None:
        self.serve()

    def answer(self, status: int, data: Any = None, headers: dict[str, str] | None = None) -> None:
        body = b"" if data is None else json.dumps(data).encode()
        if self.mute:
            self.drop()
            return
        self.arrived.answered = status
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        error = {"code": status, "message": f"refused: {reason}", "errors": [{"reason": reason, "domain": "youtube"}]}
        self.answer(status, {"error": error}, headers)

    def drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def serve(self) -> None:
        fake = self.server_state
        url = urllib.parse.urlsplit(self.path)
        name = f"{self.command} {url.path}"
        length = int(self.headers.get("Content-Length", 0))
        self.mute = False
        with fake.lock:
            fault = fake.struck(name)
            headers = {key.lower(): value for key, value in self.headers.items()}
            self.arrived = Arrived(self.command, url.path, urllib.parse.parse_qs(url.query), headers, b"")
            fake.log.append(self.arrived)
            if fault and fault.what == "drop mid-chunk":
                got = self.rfile.read(length // 2)
                self.arrived.body = got
                self.keep(url, got[: len(got) // QUARTER * QUARTER], headers)
                self.drop()
                return
            self.arrived.body = self.rfile.read(length)
            if fault and fault.what == "drop":
                self.drop()
                return
            if fault and fault.what == "status":
                self.refuse(fault.status, fault.reason, fault.headers)
                return
            if fault and fault.what == "forget sessions":
                fake.sessions.clear()
            if fault and fault.what == "expire":
                fake.tokens.clear()
            if fault and fault.what == "lose the answer":
                self.mute = True
            if fault and fault.what == "lose the answer and the session":
                self.mute = True
                self.route(url)
                fake.sessions.clear()
                return
            self.route(url)

    def route(self, url: urllib.parse.SplitResult) -> None:
        fake, path = self.server_state, url.path
        if path == "/token":
            self.token()
            return
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if bearer not in fake.tokens:
            self.refuse(
                401,
                "authError",
                {"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'},
            )
        elif path == "/session":
            self.chunk(url)
        elif path == "/upload/youtube/v3/videos":
            self.start()
        elif path.startswith("/upload/youtube/v3/captions"):
            self.put_captions()
        elif path == "/upload/youtube/v3/thumbnails/set":
            fake.thumbnails.setdefault(self.arrived.query["videoId"][0], []).append(self.arrived.body)
            self.answer(200, {"items": [{}]})
        elif path.startswith("/youtube/v3/"):
            getattr(self, f"{self.command.lower()}_{path.rsplit('/', 1)[1]}")()
        else:
            self.refuse(404, "notFound")

    def token(self) -> None:
        fake = self.server_state
        if fake.revoked:
            self.answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
            return
        fake.refreshes += 1
        new = f"ya29.renewed{fake.refreshes}"
        fake.tokens.add(new)
        scope = "https://www.googleapis.com/auth/youtube.upload https://www.googleapis.com/auth/youtube.force-ssl"
        data = {"access_token": new, "expires_in": 3599, "token_type": "Bearer", "scope": scope}
        if b"authorization_code" in self.arrived.body:
            data["refresh_token"] = "1//fresh-refresh-token"
        self.answer(200, data)

    # -- the resumable upload

    def start(self) -> None:
        fake = self.server_state
        number = f"AAsecret{len(fake.log)}"
        size = int(self.headers["X-Upload-Content-Length"])
        fake.sessions[number] = {"size": size, "data": bytearray(), "body": self.arrived.json, "video": ""}
        self.answer(200, headers={"Location": f"{fake.host}/session?upload_id={number}"})

    def keep(self, url: urllib.parse.SplitResult, data: bytes, headers: dict[str, str]) -> None:
        """Take what arrived of a chunk that broke off."""
        session = self.server_state.sessions.get(urllib.parse.parse_qs(url.query).get("upload_id", [""])[0])
        match = re.match(r"bytes (\d+)-", headers.get("content-range", ""))
        if session is not None and match and int(match[1]) == len(session["data"]):
            session["data"] += data

    def chunk(self, url: urllib.parse.SplitResult) -> None:
        fake = self.server_state
        session = fake.sessions.get(self.arrived.query["upload_id"][0])
        if session is None:
            self.refuse(404, "notFound")
            return
        match = re.fullmatch(r"bytes (?:(\d+)-(\d+)|\*)/(\d+)", self.headers["Content-Range"])
        assert match and int(match[3]) == session["size"], self.headers["Content-Range"]
        if match[1] is not None and not session["video"]:
            first, last = int(match[1]), int(match[2])
            assert last - first + 1 == len(self.arrived.body), "a chunk is as long as it says"
            assert first == len(session["data"]), "no byte twice and none left out"
            assert last + 1 == session["size"] or (last + 1 - first) % QUARTER == 0, "chunks are multiples of 256 KiB"
            session["data"] += self.arrived.body
        if len(session["data"]) == session["size"]:
            if not session["video"]:
                session["video"] = f"video{len(fake.videos) + 1}"
                fake.films[session["video"]] = bytes(session["data"])
                fake.videos[session["video"]] = {
                    "id": session["video"],
                    "snippet": {**session["body"]["snippet"], "publishedAt": fake.now, "channelId": "UC1"},
                    "status": {**session["body"]["status"], "uploadStatus": "uploaded", "madeForKids": False},
                }
            self.answer(200, fake.videos[session["video"]])
            return
        got = {"Range": f"bytes=0-{len(session['data']) - 1}"} if session["data"] else {}
        self.answer(308, headers=got)

    # -- the rest of the API

    def get_videos(self) -> None:
        found = self.server_state.videos.get(self.arrived.query["id"][0])
        self.answer(200, {"items": [found] if found else []})

    def put_videos(self) -> None:
        body = self.arrived.json
        video = self.server_state.videos[body["id"]]
        for part in ("snippet", "status"):
            # What a part does not say is gone, as on the real one.
            read_only = {k: v for k, v in video[part].items() if k in ("publishedAt", "channelId", "uploadStatus")}
            video[part] = {**body[part], **read_only}
        self.answer(200, video)

    def get_captions(self) -> None:
        video = self.arrived.query["videoId"][0]
        found = [c for c in self.server_state.captions.values() if c["snippet"]["videoId"] == video]
        self.answer(200, {"items": [{k: v for k, v in c.items() if k != "data"} for c in found]})

    def put_captions(self) -> None:
        fake, body = self.server_state, self.arrived.json
        data = self.arrived.body.rsplit(b"\n--", 1)[0].split(b"\n\n", 2)[2]
        if self.command == "PUT":
            fake.captions[body["id"]]["data"] = data
            self.answer(200, {"id": body["id"]})
            return
        same = [c for c in fake.captions.values() if _track(c["snippet"]) == _track(body["snippet"])]
        if same:
            self.refuse(409, "captionExists")
            return
        number = f"caption{len(fake.captions) + 1}"
        fake.captions[number] = {"id": number, "snippet": {**body["snippet"], "trackKind": "standard"}, "data": data}
        self.answer(200, {"id": number})

    def get_channels(self) -> None:
        self.answer(200, {"items": [{"contentDetails": {"relatedPlaylists": {"uploads": "UU1"}}}]})

    def get_playlists(self) -> None:
        self.answer(200, {"items": list(self.server_state.playlists.values())})

    def post_playlists(self) -> None:
        fake = self.server_state
        number = f"PL{len(fake.playlists) + 1}"
        fake.playlists[number] = {"id": number, **self.arrived.json}
        self.answer(200, fake.playlists[number])

    def get_playlistItems(self) -> None:  # noqa: N802
        fake, playlist = self.server_state, self.arrived.query["playlistId"][0]
        videos = list(fake.videos) if playlist == "UU1" else [v for p, v in fake.items if p == playlist]
        wanted = self.arrived.query.get("videoId", videos)
        items = [
            {"id": v, "snippet": fake.videos[v]["snippet"], "contentDetails": {"videoId": v}}
            for v in videos
            if v in wanted
        ]
        self.answer(200, {"items": items})

    def post_playlistItems(self) -> None:  # noqa: N802
        snippet = self.arrived.json["snippet"]
        self.server_state.items.append((snippet["playlistId"], snippet["resourceId"]["videoId"]))
        self.answer(200, {"id": "item"})


def _track(snippet: dict[str, Any]) -> tuple[str, str, str]:
    return snippet["videoId"], snippet["language"], snippet["name"]
