"""A tapehead command inside a task of a cluster: a process of its own, which ends when the task or its node does."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tapehead.analysis.sources import ROOT
from tapehead.analysis.threads import THREADS

_STEP_S = 0.5
_REPORT = "full report: "


def tapehead(arguments: Sequence[str], variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run a command; returns the JSON object on its last line.

    A command that fails gives ``failed`` (its message), ``log`` (the text of its log) and ``exit_code`` instead.

    Raises:
        RuntimeError: the node that the task runs on has ended, so that the task should be done again elsewhere.
    """
    parent, node = os.getpid(), os.getppid()
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    environment = os.environ | dict.fromkeys(THREADS, "1") | {"PYTHONPATH": path} | dict(variables or {})
    process = subprocess.Popen(
        [sys.executable, "-m", "tapehead", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | {"COLUMNS": "200"},
        preexec_fn=_dies_with(parent),  # noqa: PLW1509 - one libc call, nothing that takes a lock
    )
    try:
        while True:
            # In short steps: a cancelled task's KeyboardInterrupt wakes nobody who waits in the system.
            with contextlib.suppress(subprocess.TimeoutExpired):
                out, errors = process.communicate(timeout=_STEP_S)
                break
            if os.getppid() != node:
                raise RuntimeError("the node's Ray has ended, so this task is done again elsewhere")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    if process.returncode == 0:
        report: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
        return report
    return _failure(process.returncode, errors)


def _dies_with(parent: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:
            os._exit(1)

    return arrange


def _failure(code: int, errors: str) -> dict[str, Any]:
    """The message of a failed command without its log's place, and what stands in the log."""
    lines = errors.strip().splitlines()
    first = next((at for at, line in enumerate(lines) if line.startswith("tapehead: ")), None)
    if first is None:
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return {
            "failed": f"its process {how}: {lines[-1] if lines else 'no message'}",
            "log": errors,
            "exit_code": 1,
        }
    message, log = [lines[first].removeprefix("tapehead: ")], ""
    for line in lines[first + 1 :]:
        if line.strip().startswith(_REPORT):
            with contextlib.suppress(OSError):
                log = Path(line.strip().removeprefix(_REPORT)).read_text()
        else:
            message.append(line)
    return {"failed": "\n".join(message), "log": log, "exit_code": code}
