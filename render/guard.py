"""A small process that waits for ours to end, however that happens, and removes what ours would have removed.

Nobody who is killed can clean up.  Workers of a killed process may live for a moment longer and write into its folders
again, so these count as gone only when they have stayed away for a while.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
from pathlib import Path

_WAITS = """
import os, shutil, sys, time
gone = 5 if sys.stdin.buffer.read() else 0
for _ in range(60):
    if gone == 5:
        break
    for each in sys.argv[1:]:
        shutil.rmtree(each, ignore_errors=True)
    gone = 0 if any(map(os.path.exists, sys.argv[1:])) else gone + 1
    time.sleep(0.5)
"""
"""Waits for the end of the pipe: the process there is gone.  A last word from it says that it cleaned up itself."""


class Guard:
    """Watches over folders from now on, until :meth:`end` or the end of this process."""

    def __init__(self, *folders: Path) -> None:
        self._own = folders[0]
        self._process: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(OSError):  # without one only a kill leaves something
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _WAITS, *(str(folder.absolute()) for folder in folders)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,  # who kills a group means those who work
            )

    def end(self) -> None:
        """Remove the first folder, ours, and let the guard go; the others have owners who remove them."""
        shutil.rmtree(self._own, ignore_errors=True)
        if self._process is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                self._process.communicate(b"done", timeout=5)
