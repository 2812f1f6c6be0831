"""A process that has Manim and the compiled loops loaded, from which drawings are forked.

Whoever draws has to import Manim, numba and the stage first, which takes seconds; a fork has them already.  The forge
never imports an episode, so that each drawing sees the episode's code as it is now; when tapehead's own code is
changed, the forge is begun anew.

``python -m tapehead.render.studio.warm FD``: the other side of a socket.  A request is a line of JSON with the words of
:mod:`tapehead.render.studio.draw`, and comes with two descriptors: what is printed and what is said go there.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import IO

_LINE = 1 << 16
_PRELOADED = (
    "tapehead.render.drawing.draw",
    "tapehead.render.workers.ready",
    "tapehead.render.workers.pool",
    "tapehead.render.studio.draw",
    "tapehead.render.words.narration",
    "tapehead.render.words.voice",
    "tapehead.render.check.declared",
)


class Forked:
    """A drawing, as :class:`subprocess.Popen` would have it."""

    def __init__(self, stdout: IO[str], stderr: IO[str]) -> None:
        self.stdout: Iterable[str] = stdout
        self.stderr: Iterable[str] = stderr
        self._ended = threading.Event()
        self._begun = threading.Event()
        self._code: int | None = None
        self._pid = 0

    def begun(self, pid: int) -> None:
        """It runs."""
        self._pid = pid
        self._begun.set()

    def ended(self, code: int) -> None:
        """It is over."""
        if self._code is None:
            self._code = code
        self._begun.set()
        self._ended.set()

    def poll(self) -> int | None:
        """Its exit code, if it has one."""
        return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has one.

        Raises:
            subprocess.TimeoutExpired: it goes on.
        """
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("a drawing", timeout or 0.0)
        assert self._code is not None
        return self._code

    def send_signal(self, sig: int, /) -> None:
        """Tell it something, once it runs."""
        if self._begun.wait(120) and self._code is None and self._pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Forge:
    """The warm process, and what it was asked for."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._drawings: dict[int, Forked] = {}
        self._count = 0
        self._lock = threading.Lock()

    def renew(self) -> None:
        """Begin it anew, with the code as it is now; drawings of the old one go on."""
        with self._lock:
            self._leave()
            mine, theirs = socket.socketpair()
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            theirs.close()
            self._socket = mine
            threading.Thread(target=self._listen, args=(mine, self._process), daemon=True).start()

    def start(self, words: Sequence[str]) -> Forked | None:
        """Have something drawn; ``None`` if the forge is gone."""
        out, said = os.pipe(), os.pipe()
        drawing = Forked(os.fdopen(out[0], encoding="utf-8"), os.fdopen(said[0], encoding="utf-8"))
        try:
            with self._lock:
                if self._socket is None:
                    return None
                self._count += 1
                number = self._count
                self._drawings[number] = drawing
                request = json.dumps({"number": number, "words": list(words)}).encode() + b"\n"
                try:
                    socket.send_fds(self._socket, [request], [out[1], said[1]])
                except OSError:
                    del self._drawings[number]
                    return None
        finally:
            os.close(out[1])
            os.close(said[1])
        return drawing

    def close(self) -> None:
        """End it."""
        with self._lock:
            process = self._process
            self._leave()
        if process is not None:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def _leave(self) -> None:
        """Its side of the socket sees the end of ours, and ends once its drawings have."""
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_WR)
        self._socket = self._process = None

    def _listen(self, mine: socket.socket, process: subprocess.Popen[bytes]) -> None:
        mentioned: set[int] = set()
        with mine, mine.makefile("r", encoding="utf-8") as told:
            for line in told:
                answer = json.loads(line)
                mentioned.add(answer["number"])
                if drawing := self._drawings.get(answer["number"]):
                    if "pid" in answer:
                        drawing.begun(answer["pid"])
                    else:
                        drawing.ended(answer["code"])
                        del self._drawings[answer["number"]]
        code = process.wait()
        with self._lock:
            if self._process is process:
                self._process = self._socket = None
                mentioned |= set(self._drawings)  # nobody will begin these any more
            lost = [self._drawings.pop(number) for number in mentioned & self._drawings.keys()]
        for drawing in lost:
            drawing.ended(code or 1)


# -- the process itself --------------------------------------------------------------------------------


def serve(theirs: socket.socket) -> None:
    """Fork a drawing for each request, until the other side is gone."""
    import importlib

    for name in _PRELOADED:
        importlib.import_module(name)
    importlib.import_module("tapehead.scenes.number_words").numbers_in("")  # a thousand calls of num2words
    resource_tracker.ensure_running()  # once, and not in every drawing
    method = multiprocessing.get_context("fork")
    running: dict[int, BaseProcess] = {}
    open_ = True
    while open_ or running:
        ready = wait([*([theirs] if open_ else []), *(each.sentinel for each in running.values())])
        for number, process in list(running.items()):
            if process.sentinel in ready:
                process.join()
                code = process.exitcode or 0
                del running[number]
                _tell(theirs, {"number": number, "code": 128 - code if code < 0 else code})
        if theirs not in ready:
            continue
        request, descriptors, _, _ = socket.recv_fds(theirs, _LINE, 2)
        if not request:
            open_ = False
            continue
        asked = json.loads(request)
        made = method.Process(target=_drawing, args=(theirs, descriptors, asked["words"]))
        made.start()
        for descriptor in descriptors:
            os.close(descriptor)
        running[asked["number"]] = made
        _tell(theirs, {"number": asked["number"], "pid": made.pid})


def _tell(theirs: socket.socket, answer: dict[str, int | None]) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more
        theirs.sendall(json.dumps(answer).encode() + b"\n")


def _drawing(theirs: socket.socket, descriptors: list[int], words: list[str]) -> None:
    """A fork: what :mod:`tapehead.render.studio.draw` does, with workers that are forks as well."""
    from tapehead.render.studio import draw
    from tapehead.render.workers.pool import fork_workers

    theirs.close()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG: it ends with the forge, however that ends
    for descriptor, place in zip(descriptors, (1, 2), strict=True):
        os.dup2(descriptor, place)
        os.close(descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    fork_workers()
    draw.main(words)


def main() -> None:
    """Serve on the socket whose descriptor is the one argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.fromfd(int(sys.argv[1]), socket.AF_UNIX, socket.SOCK_STREAM) as theirs:
        os.close(int(sys.argv[1]))  # that one is a copy
        serve(theirs)


if __name__ == "__main__":
    main()
