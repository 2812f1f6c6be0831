"""Entries of a store, made: written beside their place, sealed, and put there in one step."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import shutil
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import StoreError
from tapehead.analysis.leases import pin
from tapehead.analysis.records import RECORD, NotWholeError, check_name, is_file_name, sealed
from tapehead.analysis.store.digests import digest_file
from tapehead.analysis.store.entries import Entries
from tapehead.analysis.store.files import write_atomically
from tapehead.analysis.store.temporary import private_place


class Drafts(Entries):
    """What several processes at once add to a store."""

    @contextlib.contextmanager
    def draft(self, kind: str, key: str, facts: Mapping[str, Any] | None = None) -> Iterator[Path]:
        """A private directory to write into; on leaving without error it becomes the entry.

        ``facts`` go into the record as they are on leaving, so that what was found out on the way can be added.

        If another process finished the same key first, its entry stays and ours is dropped: equal keys mean
        equal content.

        Raises:
            StoreError: the store cannot be written (read-only, full).
        """
        check_name(kind, key)
        pin(self.root, kind, key)
        work = private_place(self.root, key[:12])
        with self._writing():
            work.mkdir(parents=True)
        try:
            yield work
            with self._writing():
                self._finish(work, kind, key, dict(facts if facts is not None else {}))
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def _finish(self, work: Path, kind: str, key: str, facts: dict[str, Any]) -> None:
        files = {}
        for path in sorted(p for p in work.rglob("*") if p.is_symlink() or not p.is_dir()):
            name = path.relative_to(work).as_posix()
            if not stat.S_ISREG(path.lstat().st_mode) or not is_file_name(name):
                raise StoreError(f"{kind} {key[:12]} cannot be kept: {name!r} is no plain file, or no name for one")
            files[name] = {
                "size": path.stat().st_size,
                "sha256": digest_file(path),
            }
        write_atomically(work / RECORD, sealed(kind, key, files, facts))
        final = self.place(kind, key)
        final.parent.mkdir(parents=True, exist_ok=True)
        for _ in range(3):
            try:
                work.rename(final)
                return
            except OSError as error:
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                    raise
            if self._makes_way(kind, key):
                return
        work.rename(final)

    def _makes_way(self, kind: str, key: str) -> bool:
        """Whether a whole entry lies where one is to be put; what else lies there is removed."""
        identity = self._inode(kind, key, self.place(kind, key))
        try:
            return self._look(kind, key, contents=False) is not None
        except NotWholeError as error:
            if identity is not None:
                self._discard(kind, key, str(error), identity)
            return False

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the store {self.root} cannot be written ({error.strerror or error}); "
                "free some space, or set TAPEHEAD_STORE to another directory"
            ) from error

    @contextlib.contextmanager
    def lock(self, kind: str, key: str, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the key: a second process that wants to make the same thing waits, then finds it made.

        The kernel lets go of the lock when its holder dies, however it dies.  ``waiting`` is called several times a
        second meanwhile, so that one who waits is not taken for stuck.
        """
        check_name(kind, key)
        with self._writing():
            locks = self.root / "tmp"
            locks.mkdir(parents=True, exist_ok=True)
            file = (locks / f"{kind}-{key}.lock").open("w")
        with file:
            while waiting is not None:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    waiting()
                    time.sleep(0.1)
            else:
                fcntl.flock(file, fcntl.LOCK_EX)
            yield
