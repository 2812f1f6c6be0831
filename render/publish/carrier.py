"""Carries requests to Google and answers back, for a server of which nothing is taken for granted.

What is held here, whatever answers: secrets go to Google's hosts over HTTPS only, or to the one host that a test names,
and an address is looked at before a byte is sent; no redirect is followed; a whole request has a time limit, so that a
server that sends a byte a second holds nobody; an answer has a size, also after it is unpacked; and what comes out is a
JSON table, or one line that says what came instead.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any

import google_auth_httplib2
import httplib2

from tapehead.analysis.outside_files import OutsideFileError, json_of, shown
from tapehead.render.publish.failures import ElsewhereError, StrangeAnswerError

TIMEOUT_S = 60.0
SLOWEST = 16 * 2**10
"""Bytes per second below which a line counts as dead: a request may take a timeout, and this long for its body."""
MOST = 8 * 2**20
"""Bytes of an answer, unpacked.  The longest that is asked for, fifty films with their descriptions, has a tenth."""

_GOOGLE = re.compile(r"https://(?:(?:[a-z0-9-]+\.)*googleapis\.com|accounts\.google\.com)(?::443)?/[!-~]*")
_LOOPBACK = re.compile(r"http://(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?=/)")


def check_address(address: Any, host: str = "") -> str:
    """``address`` if secrets may go there: to Google over HTTPS, or instead to ``host`` (``http://127.0.0.1:PORT``).

    Raises:
        ElsewhereError: it is anywhere else; nothing was sent there.
    """
    allowed = isinstance(address, str) and re.fullmatch(r"[!-~]+", address) is not None
    if allowed and host:
        allowed = address.startswith(host.rstrip("/") + "/")
    elif allowed:
        allowed = _GOOGLE.fullmatch(address) is not None
    if not allowed:
        # Its query may hold a session's secret.
        where = shown(address.partition("?")[0] if isinstance(address, str) else address, 100)
        raise ElsewhereError(
            f"{where} is not {'at ' + host if host else 'one of Google’s hosts over HTTPS'}: nothing was sent there"
        )
    return str(address)


def own_machine(address: Any) -> str:
    """The host of an address on this very machine, as far as its path; empty for any other."""
    match = _LOOPBACK.match(address) if isinstance(address, str) else None
    return match[0] if match else ""


class Carrier(httplib2.Http):
    """Sends each request once, over a connection of its own.

    Whether to send it again is for :class:`~tapehead.render.publish.retry.Patience` to decide: httplib2 by itself sends
    a request a second time when no answer comes, which would make two playlists of one.
    """

    def __init__(self, timeout_s: float = TIMEOUT_S, host: str = "") -> None:
        super().__init__(timeout=timeout_s)
        self.host = host
        self.follow_redirects = False

    def request(
        self,
        uri: str,
        method: str = "GET",
        body: Any = None,
        headers: Any = None,
        redirections: int = 0,
        connection_type: Any = None,
    ) -> tuple[Any, bytes]:
        """As in httplib2: the answer's status and headers, and its content, a JSON table or nothing.

        Raises:
            ElsewhereError: the address, or the one that the answer points to, is not Google's.
            StrangeAnswerError: what came is nothing that YouTube says.
            httplib2.HttpLib2Error, http.client.HTTPException, OSError: the connection broke, or time ran out.
        """
        check_address(uri, self.host)
        asked = {**(headers or {}), "accept-encoding": "identity"}
        try:
            answer, content = super().request(uri, method, body=body, headers=asked)
        finally:
            for connection in self.connections.values():
                connection.close()
            self.connections.clear()
        return answer, _table(answer, content)

    def _conn_request(
        self, conn: Any, request_uri: str, method: str, body: Any, headers: dict[str, str]
    ) -> tuple[Any, bytes]:
        data = body.encode() if isinstance(body, str) else body
        conn.connect()
        timed = conn.sock = _Timed(conn.sock, self.timeout + len(data or b"") / SLOWEST)
        broken = None
        try:
            conn.request(method, request_uri, data, headers)
        except (BrokenPipeError, ConnectionResetError) as error:
            broken = error  # a server may say no before it has heard all
        timed.give(self.timeout)
        try:
            response = conn.getresponse()
        except (OSError, http.client.HTTPException):
            if broken is None:
                raise
        else:
            if broken is None or response.status >= 400:
                return httplib2.Response(response), _content_of(response)
        assert broken is not None
        raise broken

    def _auth_from_challenge(self, *_: Any) -> Iterator[Any]:
        return iter(())  # there are no passwords; a malformed challenge must not be an error of its own


class _Timed:
    """A socket on which all sending and receiving together has a time limit, which :meth:`give` sets anew."""

    def __init__(self, inner: socket.socket, seconds: float) -> None:
        self.inner = inner
        self.give(seconds)

    def give(self, seconds: float) -> None:
        """From now on, ``seconds``."""
        self.until = time.monotonic() + seconds

    def ready(self) -> socket.socket:
        """The socket with what is left of the time."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time for the whole request is over")
        self.inner.settimeout(left)
        return self.inner

    def sendall(self, data: Any) -> None:
        """Python's own limit is for all of the data here."""
        self.ready().sendall(data)

    def makefile(self, *_: Any, **__: Any) -> io.BufferedReader:
        """For ``http.client`` to read from."""
        return io.BufferedReader(_Incoming(self))

    def close(self) -> None:
        """Closed when the files made from it are."""
        self.inner.close()


class _Incoming(io.RawIOBase):
    def __init__(self, timed: _Timed) -> None:
        self.timed = timed
        self.file = timed.inner.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self.timed.ready()
        return self.file.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self.file.close()
        super().close()


def _content_of(response: http.client.HTTPResponse) -> bytes:
    parts, got = [], 0
    while part := response.read(64 * 2**10):
        parts.append(part)
        got += len(part)
        if got > MOST:
            raise StrangeAnswerError(f"the answer has more than {MOST // 2**20} MiB")
    if response.length:  # http.client does not mind when it is read in parts
        raise http.client.IncompleteRead(b"", response.length)
    content, packed = b"".join(parts), (response.getheader("content-encoding") or "identity").strip().lower()
    return content if packed in ("identity", "") or not content else _unpacked(content, packed)


def _unpacked(content: bytes, packed: str) -> bytes:
    if packed not in ("gzip", "x-gzip", "deflate"):
        raise StrangeAnswerError(f"the answer is packed as {shown(packed)}, which was not asked for")
    for bits in (47, -15) if packed == "deflate" else (47,):  # many servers send deflate without its header
        unpacking, found = zlib.decompressobj(bits), None
        try:
            found = unpacking.decompress(content, MOST)
        except zlib.error:
            continue
        if unpacking.unconsumed_tail:
            raise StrangeAnswerError(f"the answer has more than {MOST // 2**20} MiB when it is unpacked")
        if unpacking.eof:
            return found
    raise StrangeAnswerError(f"the answer says that it is packed as {packed}, and is not or not whole")


def _table(answer: Any, content: bytes) -> bytes:
    """The content of an answer, if it is what the client can read; of a refusal what can be understood of it."""
    status = int(answer.status)
    if 300 <= status < 400 and status != 308:
        where = shown(str(answer.get("location", "nowhere")).partition("?")[0], 100)
        raise ElsewhereError(f"the answer {status} points to {where}: nothing was sent there")
    found, why = None, ""
    try:
        found = json_of(content, "the answer") if content and status != 308 else None
    except OutsideFileError as error:
        why = str(error)
    if status >= 400:
        return _refusal(found)
    if 200 <= status < 300 and content and not isinstance(found, dict):
        kind = shown(answer.get("content-type", "nothing"), 40)
        hint = "; is there a login page between this machine and the network?" if "html" in kind else ""
        raise StrangeAnswerError(f"{status} came with {kind}: {why or 'the answer is no table'}{hint}")
    return b"" if status == 308 else content


def _refusal(found: Any) -> bytes:
    """A refusal in the one shape that all libraries understand; nothing of one in another shape is believed."""
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, str):  # as the sign-in server writes it
        more = found.get("error_description")
        return json.dumps({"error": error, "error_description": more if isinstance(more, str) else ""}).encode()
    if not isinstance(error, dict):
        return b""
    message = error.get("message")
    items = [item for name in ("errors", "details") for item in _list(error.get(name)) if isinstance(item, dict)]
    reasons = [{"reason": item["reason"]} for item in items if isinstance(item.get("reason"), str)]
    plain = {"message": message if isinstance(message, str) else "", "errors": reasons}
    return json.dumps({"error": plain}).encode()


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


class SignedCarrier(google_auth_httplib2.AuthorizedHttp):
    """A :class:`Carrier` that signs what it carries; the address is checked before the token is even renewed."""

    def __init__(self, credentials: Any, carrier: Carrier) -> None:
        super().__init__(credentials, http=carrier, max_refresh_attempts=1)

    def request(self, uri: str, *args: Any, **more: Any) -> Any:
        """As in httplib2.

        Raises:
            ElsewhereError: the address is not Google's.
        """
        check_address(uri, self.http.host)
        return super().request(uri, *args, **more)
