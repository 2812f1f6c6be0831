"""Leases: which entries of a store are in use, so that `store gc` beside a render takes none of them.

A process that works with a store holds a lease, a file ``<root>/leases/<host>-<pid>-….live`` with one ``kind/key`` a
line, and pins what it is about to look for, read or make.  A pin is written before the entry is looked for, and both
pinning and collecting pass one gate (a lock that collecting holds alone): so whoever finds an entry keeps it.

A live lease ends with its process.  On one machine the kernel says so: the file is locked, and the lock falls with its
holder, however that dies.  On a directory that machines share, the holder also renews the file's time every
``BEAT_S``, and without a lock it counts for ``LIVE_S``; times are compared with those that the file server itself
gives.  A plan's segments outlive the jobs that made them until the film is gathered: they are in a ``….plan`` lease,
which counts for ``PLAN_S`` after the last of them.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import platform
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tapehead.analysis.errors import StoreError
from tapehead.analysis.records import check_name, is_key, is_kind

FOLDER = "leases"
BEAT_S = 60.0
LIVE_S = 15 * 60.0
PLAN_S = 7 * 24 * 3600.0
_GATE = "gate"
_LIVE, _PLAN = ".live", ".plan"
_NOT_OURS = (errno.EROFS, errno.EACCES, errno.EPERM)
"""A store that cannot be written can be read all the same; nobody collects through the mount that we see."""
_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)
"""A file system without locks: what is left is the files' times."""


@dataclass
class _Lease:
    """What this process holds of one store: the files that it writes its pins to."""

    path: Path
    gate: int
    files: list[int]
    depth: int = 1
    pinned: set[tuple[str, str]] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)
    writing: threading.Lock = field(default_factory=threading.Lock)


_held: dict[Path, _Lease] = {}
_guard = threading.Lock()


def here() -> str:
    """This machine in eight letters: several may share a store, and each has processes of the same numbers."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


@contextlib.contextmanager
def leased(root: Path, plan: str = "") -> Iterator[Path | None]:
    """Hold a lease on a store; within one, that one goes on.  ``plan`` is the digest of a plan whose parts are made.

    Yields the lease's file, for :func:`joined` in other processes of ours; nothing where the store cannot be written.

    Raises:
        StoreError: the lease cannot be written (no space, no free file descriptor).
    """
    root = root.resolve()
    with _guard:
        lease = _held.get(root)
        if lease:
            lease.depth += 1
    if lease is None:
        folder = root / FOLDER
        lease = _opened(root, folder / f"{here()}-{os.getpid()}-{uuid.uuid4().hex[:8]}{_LIVE}", own=True)
    before = len(lease.files) if lease else 0
    try:
        if lease and plan:
            _add_plan(root, lease, plan)
        yield lease.path if lease else None
    finally:
        if lease:
            with lease.writing:
                for file in lease.files[before:]:
                    os.close(file)
                del lease.files[before:]
            if plan:
                with contextlib.suppress(OSError):
                    os.utime(_plan_file(root, plan))
            _let_go(root, lease, own=True)


@contextlib.contextmanager
def joined(root: Path, path: str) -> Iterator[None]:
    """Pin to a lease that another process of this machine holds and that outlives this one; nothing if it is empty."""
    root = root.resolve()
    lease = _opened(root, Path(path), own=False) if path and root not in _held else None
    try:
        yield
    finally:
        if lease:
            _let_go(root, lease, own=False)


def pin(root: Path, kind: str, key: str) -> None:
    """Say that an entry is in use from now on; nothing happens where this process holds no lease.

    Raises:
        StoreError: it cannot be written down.
    """
    lease = _held.get(root.resolve()) if _held else None
    if lease is None or (kind, key) in lease.pinned:
        return
    check_name(kind, key)
    try:
        with lease.writing, _locked(lease.gate, fcntl.LOCK_SH):
            for file in lease.files:
                os.write(file, f"{kind}/{key}\n".encode())
        lease.pinned.add((kind, key))
    except OSError as error:
        raise _unwritable(root, error) from error


def release_plan(root: Path, plan: str) -> None:
    """The film of a plan is there and refers to its parts itself."""
    with contextlib.suppress(OSError):
        _plan_file(root, plan).unlink()


class Pins:
    """What all holders of leases have pinned, for one who collects."""

    def __init__(self, root: Path) -> None:
        self._folder = root / FOLDER
        self._seen: dict[str, tuple[int, int, bool]] = {}
        self._pinned: set[tuple[str, str]] = set()

    @contextlib.contextmanager
    def settled(self) -> Iterator[set[tuple[str, str]]]:
        """All pins; no new one is set until the end of the block.

        Raises:
            StoreError: the leases cannot be read.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            gate = os.open(self._folder / _GATE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise StoreError(
                f"nothing is removed: the leases in {self._folder} cannot be read ({error.strerror})"
            ) from error
        try:
            with _locked(gate, fcntl.LOCK_EX):
                try:
                    self._refresh(gate)
                except OSError as error:
                    raise StoreError(
                        f"nothing is removed: the leases in {self._folder} cannot be read ({error.strerror})"
                    ) from error
                yield self._pinned
        finally:
            os.close(gate)

    def _refresh(self, gate: int) -> None:
        """Read what has changed since the last time; leases that count no more are removed."""
        os.utime(gate)
        now = os.fstat(gate).st_mtime  # as the file server has it, whatever the clocks of the machines say
        state: dict[str, tuple[int, int, bool]] = {}
        for path in sorted(self._folder.iterdir()):
            if path.suffix not in (_LIVE, _PLAN):
                continue
            try:
                stat = path.stat(follow_symlinks=False)
                counts = _counts(path, now, stat.st_mtime)
            except FileNotFoundError:
                continue  # its holder has ended just now
            if not counts:
                path.unlink(missing_ok=True)
                continue
            state[path.name] = stat.st_ino, stat.st_size, counts
        if state == self._seen:
            return
        self._seen, self._pinned = state, set()
        for name in state:
            with contextlib.suppress(FileNotFoundError):
                for line in (self._folder / name).read_text(errors="replace").splitlines():
                    kind, _, key = line.partition("/")
                    if is_kind(kind) and is_key(key):
                        self._pinned.add((kind, key))


def _counts(path: Path, now: float, written: float) -> bool:
    age_s = abs(now - written)  # a clock that was set back is no reason to count for ever
    if path.suffix == _PLAN:
        return age_s < PLAN_S
    file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return age_s < LIVE_S
    finally:
        os.close(file)
    # Nobody holds the lock.  On this machine the holder is dead; another one's locks may not be seen from here.
    return not path.name.startswith(f"{here()}-") and age_s < LIVE_S


def _opened(root: Path, path: Path, own: bool) -> _Lease | None:
    files: list[int] = []
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.append(os.open(path.parent / _GATE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666))
        # In the gate, so that nobody who collects finds the file between its making and its lock.
        with _locked(files[0], fcntl.LOCK_SH):
            files.append(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666))
            if own:
                try:
                    fcntl.flock(files[1], fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    if error.errno not in _NO_LOCKS:
                        raise
    except OSError as error:
        for file in files:
            os.close(file)
        if error.errno in _NOT_OURS:
            return None
        raise _unwritable(root, error) from error
    lease = _Lease(path, files[0], [files[1]])
    with _guard:
        _held[root] = lease
    if own:
        threading.Thread(target=_beat, args=(lease,), name="tapehead-lease", daemon=True).start()
    return lease


def _let_go(root: Path, lease: _Lease, own: bool) -> None:
    with _guard:
        lease.depth -= 1
        if lease.depth:
            return
        _held.pop(root, None)
    lease.ended.set()
    with lease.writing:
        if own:
            with contextlib.suppress(OSError):
                lease.path.unlink()
        for file in (lease.gate, *lease.files):
            os.close(file)


def _beat(lease: _Lease) -> None:
    while not lease.ended.wait(BEAT_S):
        with contextlib.suppress(OSError):
            os.utime(lease.path)


def _plan_file(root: Path, plan: str) -> Path:
    return root.resolve() / FOLDER / f"{hashlib.sha256(plan.encode()).hexdigest()[:16]}{_PLAN}"


def _add_plan(root: Path, lease: _Lease, plan: str) -> None:
    """From now on what is pinned is pinned for the plan's sake too, what was pinned before included."""
    try:
        with lease.writing, _locked(lease.gate, fcntl.LOCK_SH):
            file = os.open(_plan_file(root, plan), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o666)
            lease.files.append(file)
            os.write(file, "".join(f"{kind}/{key}\n" for kind, key in sorted(lease.pinned)).encode())
            os.utime(file)
    except OSError as error:
        raise _unwritable(root, error) from error


@contextlib.contextmanager
def _locked(file: int, how: int) -> Iterator[None]:
    try:
        fcntl.flock(file, how)
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            fcntl.flock(file, fcntl.LOCK_UN)


def _unwritable(root: Path, error: OSError) -> StoreError:
    return StoreError(
        f"the store {root} cannot be written ({error.strerror or error}); "
        "free some space, or set TAPEHEAD_STORE to another directory"
    )
