"""What lies in a store for a moment: drafts, entries on their way out, parts of files; and what of it is left behind.

A private place's name says whose it is: what it is for, the machine, the process, and a random end.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
import uuid
from pathlib import Path

from tapehead.analysis.leases import here
from tapehead.analysis.store.files import PART, remove

_PRIVATE = re.compile(r".+-([0-9a-f]{8})-([0-9]{1,9})-[0-9a-f]{8}")
_OLD_TRASH = re.compile(r"trash-[0-9a-f]{8}")
_PART_KEPT_S = 24 * 3600.0
"""Who writes a file beside its final name is done with it in seconds."""


def private_place(root: Path, what: str) -> Path:
    """A path in the store that no other process takes; there is nothing yet."""
    return root / "tmp" / f"{what}-{here()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def sweep(root: Path) -> None:
    """Remove what a dead process of this machine left: drafts, removed entries, half-written files.

    Drafts of other machines are not ours to judge.
    """
    with contextlib.suppress(OSError):
        for path in sorted((root / "tmp").iterdir()):
            if _OLD_TRASH.fullmatch(path.name) or _is_left_behind(path.name):
                remove(path)
    for folder in (root, root / "films", root / "costs"):
        with contextlib.suppress(OSError):
            for path in sorted(folder.iterdir()):
                if PART.fullmatch(path.name) and abs(time.time() - path.lstat().st_mtime) > _PART_KEPT_S:
                    path.unlink(missing_ok=True)


def _is_left_behind(name: str) -> bool:
    parts = _PRIVATE.fullmatch(name)
    if parts is None or parts[1] != here():
        return False
    try:
        os.kill(int(parts[2]), 0)
    except (ProcessLookupError, OverflowError):
        return True
    except PermissionError:
        pass
    return False
