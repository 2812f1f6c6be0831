"""Where secrets and upload sessions lie: in the user's own folders, mode 600, and never inside a repository.

``config`` holds the client file and the token, ``state`` the journal of every upload (its session URI is a secret like
a token) and the count of quota used.  Both can be moved with the XDG variables.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tapehead.analysis.outside_files import OutsideFileError, json_of, read_bytes
from tapehead.analysis.store import part_beside
from tapehead.render.publish.failures import SignInError

CLIENT, TOKEN = "client_secret.json", "token.json"
_CONFIG, _STATE = "XDG_CONFIG_HOME", "XDG_STATE_HOME"


def config() -> Path:
    """Folder of the client file and the token.

    Raises:
        SignInError: there is no home folder, and the variable does not say another place.
    """
    return _base(_CONFIG, ".config") / "tapehead" / "youtube"


def state() -> Path:
    """Folder of upload journals and the quota count.

    Raises:
        SignInError: as :func:`config`.
    """
    return _base(_STATE, ".local/state") / "tapehead" / "youtube"


def _base(variable: str, below_home: str) -> Path:
    said = os.environ.get(variable, "")
    if Path(said).is_absolute():  # others are to be ignored, says the XDG specification
        return Path(said)
    with contextlib.suppress(RuntimeError):
        if (home := Path.home()).is_absolute():  # an empty HOME would be the working directory
            return home / below_home
    raise SignInError(f"this user has no home folder for secrets; set {variable} to a folder of your own")


def repository_of(path: Path) -> Path | None:
    """The repository that ``path`` lies in, if it lies in one."""
    for folder in (path.resolve(), *path.resolve().parents):
        if (folder / ".git").exists():
            return folder
    return None


def write_private(path: Path, data: Any) -> None:
    """Write JSON that only the user can read, whole or not at all.

    Raises:
        SignInError: the place is inside a repository, or cannot be written.
    """
    path = _target(path)
    if inside := repository_of(path.parent):
        raise SignInError(f"{path} lies in the repository {inside} and would be shared; set {_CONFIG} and {_STATE}")
    part = part_beside(path)
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
        raise SignInError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):  # where there is no folder there is no part either
            part.unlink(missing_ok=True)


def read_private(path: Path) -> dict[str, Any] | None:
    """What :func:`write_private` wrote, or None if there is nothing.

    A link is followed, and what it leads to has to be as private as the file itself would be.

    Raises:
        SignInError: others may read the file or own it, it lies in a repository, is no file, or holds no JSON table.
    """
    path = _target(path)
    why = ""
    try:
        content = read_bytes(path, check=lambda facts: _check_private(path, facts))
        if inside := repository_of(path.parent):
            raise SignInError(f"{path} lies in the repository {inside}; move it away and set {_CONFIG} or {_STATE}")
        found = json_of(content, str(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        why = f"{path} cannot be read: {error.strerror}"
    except OutsideFileError as error:
        why = f"{error}; move it away and start again"
    if why:
        raise SignInError(why)
    if not isinstance(found, dict):
        raise SignInError(f"{path} holds something else than expected; move it away and start again")
    return found


def _target(path: Path) -> Path:
    """Where a link leads to, so that it stays one when the file is written anew."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        raise SignInError(f"{path} is a link that leads nowhere; remove it") from None


def _check_private(path: Path, facts: os.stat_result) -> None:
    if facts.st_uid != os.geteuid():
        raise SignInError(f"{path} belongs to another user; put your own file there")
    if facts.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise SignInError(f"{path} can be read by others; run: chmod 600 {shlex.quote(str(path))}")


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold ``name``: a second process that wants it is refused, not made to wait and do the same again.

    Raises:
        SignInError: another process has it.
    """
    folder = state()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # A link in its place would have another file emptied.
        place = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SignInError(f"{folder} cannot be written: {error.strerror}") from error
    with os.fdopen(place, "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SignInError("another tapehead is publishing this film right now") from None
        yield
