"""Where secrets and upload sessions lie: in the user's own folders, mode 600, and never inside a repository.

``config`` holds the client file and the token, ``state`` the journal of every upload (its session URI is a secret like
a token) and the count of quota used.  Both can be moved with the XDG variables.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tapehead.render.publish.failures import SignInError

CLIENT, TOKEN = "client_secret.json", "token.json"
_CONFIG, _STATE = "XDG_CONFIG_HOME", "XDG_STATE_HOME"


def config() -> Path:
    """Folder of the client file and the token."""
    return Path(os.environ.get(_CONFIG) or Path.home() / ".config") / "tapehead" / "youtube"


def state() -> Path:
    """Folder of upload journals and the quota count."""
    return Path(os.environ.get(_STATE) or Path.home() / ".local" / "state") / "tapehead" / "youtube"


def repository_of(path: Path) -> Path | None:
    """The repository that ``path`` lies in, if it lies in one."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return None


def write_private(path: Path, data: Any) -> None:
    """Write JSON that only the user can read, whole or not at all.

    Raises:
        SignInError: the place is inside a repository, or can not be written.
    """
    if inside := repository_of(path.parent):
        raise SignInError(f"{path} lies in the repository {inside} and would be shared; set {_CONFIG} and {_STATE}")
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The mode is set as the file is made: there is no moment at which others could read it.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            os.fchmod(file.fileno(), 0o600)
            json.dump(data, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SignInError(f"{path} can not be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def read_private(path: Path) -> dict[str, Any] | None:
    """What :func:`write_private` wrote, or None if there is nothing.

    Raises:
        SignInError: others may read the file, it lies in a repository, or it holds no JSON.
    """
    try:
        if not path.exists():
            return None
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SignInError(f"{path} can be read by others; run: chmod 600 '{path}'")
        if inside := repository_of(path.parent):
            raise SignInError(f"{path} lies in the repository {inside}; move it away and set {_CONFIG} or {_STATE}")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SignInError(f"{path} can not be read: {error.strerror}") from error
    except ValueError:
        raise SignInError(f"{path} holds no JSON; remove it and start again") from None
    if not isinstance(found, dict):
        raise SignInError(f"{path} holds something else than expected; remove it and start again")
    return found


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold ``name``: a second process that wants it is refused, not made to wait and do the same again.

    Raises:
        SignInError: another process has it.
    """
    folder = state()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = (folder / f"{name}.lock").open("w")
    except OSError as error:
        raise SignInError(f"{folder} can not be written: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SignInError("another tapehead is publishing this film right now") from None
        yield
