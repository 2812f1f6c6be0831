"""An HTTP server on this machine that misbehaves from a list: one entry per request, the last one again and again.

Part of the fault kit: whatever speaks HTTP is tried against it.  An entry is bytes (a whole answer, sent as it is) or a
:class:`Script` of bytes and pauses; helpers make the usual ones.  What arrived is kept, byte by byte.
"""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Arrived:
    """One request: its first line, its headers in lower case, and what came of its body."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return self.line.split(" ")[0]

    @property
    def target(self) -> str:
        return self.line.split(" ")[1]


@dataclass(frozen=True)
class Script:
    """An answer in pieces: bytes are sent, numbers are pauses in seconds; ``endless`` sends the last piece for ever.

    ``hear`` false: it answers (or hangs up) before the body was read.
    """

    pieces: tuple[bytes | float, ...] = ()
    endless: bool = False
    hear: bool = True


Entry = bytes | Script | Callable[[Arrived], bytes]


@dataclass
class MisbehavingServer:
    """``host`` is where it listens; ``log`` what arrived; ``entries`` may be changed while it runs."""

    entries: Sequence[Entry]
    log: list[Arrived] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._served = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.settimeout(0.1)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def close(self) -> None:
        self._closing.set()
        self._socket.close()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _next(self) -> Entry:
        with self._lock:
            entry = self.entries[min(self._served, len(self.entries) - 1)]
            self._served += 1
            return entry

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            connection.settimeout(30)
            file = connection.makefile("rb")
            while line := file.readline(65537).decode("latin-1").strip():
                headers = {}
                while raw := file.readline(65537).decode("latin-1").strip():
                    name, _, value = raw.partition(":")
                    headers[name.lower()] = value.strip()
                entry = self._next()
                deaf = isinstance(entry, Script) and not entry.hear
                body = b"" if deaf else file.read(int(headers.get("content-length", 0)))
                arrived = Arrived(line, headers, body)
                self.log.append(arrived)
                if not self._answer(connection, entry, arrived):
                    return

    def _answer(self, connection: socket.socket, entry: Entry, arrived: Arrived) -> bool:
        if isinstance(entry, Script):
            for piece in self._pieces(entry):
                if self._closing.is_set():
                    return False
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                else:
                    time.sleep(piece)
            return False
        connection.sendall(entry if isinstance(entry, bytes) else entry(arrived))
        return True

    def _pieces(self, script: Script) -> Iterator[bytes | float]:
        yield from script.pieces
        while script.endless:
            yield from script.pieces[-2:]


def answer(status: int = 200, body: bytes = b"", kind: str = "application/json", **headers: str) -> bytes:
    """A whole, well-formed answer; ``_`` in a header's name stands for ``-``."""
    lines = [f"HTTP/1.1 {status} Something", f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def dripping(head: bytes = b"HTTP/1.1 200 OK\r\nX-Slow: ", pause: float = 0.05) -> Script:
    """A header that never ends, a byte at a time: every read is in time, the whole never is."""
    return Script((head, pause, b"a"), endless=True)


def dripping_body(pause: float = 0.05) -> Script:
    """A body that is promised to be long and comes a byte at a time."""
    return dripping(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n", pause)


def hanging_up() -> Script:
    """The connection is closed without a word."""
    return Script((), hear=False)


def cut(whole: bytes, keep: float = 0.5) -> Script:
    """An answer that breaks off."""
    return Script((whole[: int(len(whole) * keep)],))


def endless(kind: str = "application/json") -> Script:
    """A body in pieces that never ends, as fast as it can."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    piece = b"10000\r\n" + b"[" * 0x10000 + b"\r\n"
    return Script((head, piece, piece), endless=True)


def web_page() -> bytes:
    """What a login page between machine and network answers to everything."""
    return answer(200, b"<html><title>Log in to the hotel</title></html>", "text/html; charset=utf-8")


def deep(levels: int = 100_000, status: int = 200) -> bytes:
    """JSON nested so deeply that parsers give up or fall over."""
    return answer(status, b'{"error":' * levels + b"1" + b"}" * levels)


def bomb(size: int = 2**30) -> bytes:
    """A gibibyte of spaces that travels as a megabyte."""
    packing = zlib.compressobj(9, zlib.DEFLATED, 31)
    block, parts = b" " * 2**20, []
    for _ in range(size // 2**20):
        parts.append(packing.compress(block))
    return answer(200, b"".join(parts) + packing.flush(), Content_Encoding="gzip")


def packed(body: bytes) -> bytes:
    """An answer that is packed and in order."""
    return answer(200, gzip.compress(body), Content_Encoding="gzip")
