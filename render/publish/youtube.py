"""The YouTube client, built from the description that ships with it: nothing is fetched to build it.

Three traps are stepped around here.  ``client_options`` would leave media uploads at the old host, so a test's host is
written into the description itself.  httplib2 sends a request a second time by itself when no answer comes, which would
make two playlists of one: its connections are kept from that.  And the client hands a chunk over as a stream,
which is empty when it is sent again after the token was renewed: chunks are bytes here.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import google_auth_httplib2
import httplib2
from googleapiclient.discovery import build_from_document
from googleapiclient.http import MediaFileUpload

TIMEOUT_S = 60
CHUNK = 8 * 2**20
"""Bytes per chunk; YouTube takes multiples of 256 KiB."""


def document(host: str = "") -> dict[str, Any]:
    """The API's description; ``host`` (``http://127.0.0.1:PORT``) takes the place of YouTube's own."""
    text = files("googleapiclient.discovery_cache.documents").joinpath("youtube.v3.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    if host:
        found["rootUrl"] = found["baseUrl"] = host.rstrip("/") + "/"
        found.pop("mtlsRootUrl", None)
    return found


def service(credentials: Any = None, host: str = "", timeout_s: float = TIMEOUT_S) -> Any:
    """A client.  Without credentials it builds requests and must not be made to send any."""
    carrier: Any = OneTry(timeout_s)
    if credentials is not None:
        carrier = google_auth_httplib2.AuthorizedHttp(credentials, http=carrier)
    return build_from_document(document(host), http=carrier)


class _AnswersOnce:
    """A connection that breaks for good when no answer comes: httplib2 would send the request a second time."""

    def getresponse(self) -> Any:
        """The answer to the one request that was sent."""
        try:
            return super().getresponse()  # type: ignore[misc]
        except (http.client.BadStatusLine, http.client.ResponseNotReady) as error:
            raise ConnectionAbortedError(f"no answer: {type(error).__name__}") from error


class _Http(_AnswersOnce, httplib2.HTTPConnectionWithTimeout):
    pass


class _Https(_AnswersOnce, httplib2.HTTPSConnectionWithTimeout):
    pass


class OneTry(httplib2.Http):
    """Sends each request once; whether to send it again is for :class:`~tapehead.render.publish.retry.Patience` to
    decide."""

    def __init__(self, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self.redirect_codes = frozenset({300, 301, 302, 303, 307})  # not 308: it means "go on" here

    def request(self, uri: str, *args: Any, **more: Any) -> Any:
        """As in httplib2, over a connection that answers once."""
        return super().request(uri, *args, **{**more, "connection_type": _Https if uri.startswith("https") else _Http})


class ChunkedFile(MediaFileUpload):
    """A file that is sent in chunks of bytes; ``before_chunk`` is called before each of them is sent."""

    def __init__(
        self, path: Path, mime: str, chunk: int = CHUNK, before_chunk: Callable[[int], None] = lambda _at: None
    ) -> None:
        super().__init__(str(path), mimetype=mime, chunksize=chunk, resumable=True)
        self._before_chunk = before_chunk

    def has_stream(self) -> bool:
        """No: a stream can not be sent twice."""
        return False

    def getbytes(self, begin: int, length: int) -> bytes:
        """One chunk."""
        self._before_chunk(begin)
        found: bytes = super().getbytes(begin, length)
        return found
