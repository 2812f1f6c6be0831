"""Where the workers of a film meet: a directory that all of them see, or a place that fsspec can reach.

A directory is used as the store itself.  Anything with a scheme (``s3://…``, ``file:///…``, ``memory://…``) has the
same layout as a store, and each machine keeps what it needs of it in a store of its own.  Files go up under a temporary
name and an entry's record goes up last, so a half-uploaded entry is never read; what comes down is held against its
digests.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import DamagedEntryError, MissingPartError, StoreError, UsageError
from tapehead.analysis.records import MOST_RECORD_BYTES, RECORD, NotWholeError, parse_record
from tapehead.analysis.store import Entry, Store, digest_file

_PARTS = "parts"
"""Where files lie while they go up."""


class SharedStore:
    """A store that others use too.  This one is a directory: what is in the store is there for all."""

    remote = False

    def __init__(self, url: str, local: Store) -> None:
        self.url, self.local = url, local

    def pull(self, kind: str, key: str) -> Entry | None:
        """The entry, in the local store; ``None`` if nobody has made it."""
        return self.local.get(kind, key)

    def push(self, kind: str, key: str) -> None:
        """Make an entry of the local store known to the others."""

    def need(self, kind: str, key: str, digest: str) -> Entry:
        """An input that must be there, and be the one that was planned with.

        Raises:
            StoreError: it is missing, or another one.
        """
        entry = self.pull(kind, key)
        if entry is None:
            raise StoreError(
                f"{kind} {key[:12]} of the plan is not in {self.url}; "
                f"`tapehead plan EPISODE --store {self.url}` puts it there"
            )
        if entry.digest != digest:
            raise StoreError(
                f"{kind} {key[:12]} in {self.url} is not the one that the plan was made with "
                f"(digest {entry.digest[:12]}, planned {digest[:12]}); make the plan again"
            )
        return entry


class RemoteStore(SharedStore):
    """A place behind fsspec, with a store of this machine in front."""

    remote = True

    def __init__(self, url: str, local: Store) -> None:
        super().__init__(url, local)
        import fsspec

        try:
            self._files, root = fsspec.core.url_to_fs(url)
        except ImportError as error:
            raise MissingPartError(f"the store {url} needs another library: {error}") from error
        except ValueError as error:
            raise UsageError(f"the store {url} is no directory and no URL that fsspec knows: {error}") from error
        self._root = str(root).rstrip("/")

    def pull(self, kind: str, key: str) -> Entry | None:
        """The entry, fetched if it is not here; a damaged one there is removed, so that it is made again."""
        if entry := self.local.get(kind, key):
            return entry
        with self._reaching():
            record = self._record(kind, key)
            if record is None:
                return None
            try:
                with self.local.lock(kind, key), self.local.draft(kind, key, record["facts"]) as work:
                    self._fetch(kind, key, record["files"], work)
            except DamagedEntryError as error:
                self.local.report(f"{error}; it is made again")
                self._files.rm_file(self._place(kind, key, RECORD))
                return None
        return self.local.get(kind, key)

    def push(self, kind: str, key: str) -> None:
        """Send an entry, unless an equal one is there."""
        entry = self.local.peek(kind, key)
        if entry is None:
            raise StoreError(f"{kind} {key[:12]} is not in {self.local.root}, so it cannot be sent to {self.url}")
        with self._reaching():
            there = self._record(kind, key)
            if there is not None and there["files"] == entry.record["files"]:
                return
            for name in entry.record["files"]:
                self._send(entry.file(name), self._place(kind, key, name))
            self._send(entry.file(RECORD), self._place(kind, key, RECORD))

    def _place(self, kind: str, key: str, name: str) -> str:
        return f"{self._root}/{kind}/{key[:2]}/{key}/{name}"

    def _record(self, kind: str, key: str) -> Mapping[str, Any] | None:
        """The record there, nothing if there is none; what is no record of this entry is told and counts as none."""
        place = self._place(kind, key, RECORD)
        try:
            return parse_record(self._files.cat_file(place, start=0, end=MOST_RECORD_BYTES), kind, key)
        except FileNotFoundError:
            return None
        except NotWholeError as error:
            self.local.report(f"{kind} {key[:12]} in {self.url} is not used ({error}); it is made again")
            return None

    def _fetch(self, kind: str, key: str, files: Mapping[str, Any], work: Path) -> None:
        for name, meta in files.items():
            target = work / name
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                size = self._files.info(self._place(kind, key, name)).get("size")
                if size is not None and size != meta["size"]:  # before a terabyte comes down
                    raise DamagedEntryError(
                        f"{kind} {key[:12]} in {self.url} is damaged: {name} has another size than recorded"
                    )
                self._files.get_file(self._place(kind, key, name), str(target))
            except FileNotFoundError:
                raise DamagedEntryError(f"{kind} {key[:12]} in {self.url} lacks its file {name}") from None
            if digest_file(target) != meta["sha256"]:
                raise DamagedEntryError(f"{kind} {key[:12]} in {self.url} is damaged: {name} does not match its digest")

    def _send(self, path: Path, place: str) -> None:
        part = f"{self._root}/{_PARTS}/{uuid.uuid4().hex}"
        self._files.makedirs(part.rpartition("/")[0], exist_ok=True)
        self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
        self._files.put_file(str(path), part)
        self._files.mv(part, place)

    @contextlib.contextmanager
    def _reaching(self) -> Iterator[None]:
        """Whatever a file system behind a URL raises, as one message."""
        try:
            yield
        except (StoreError, KeyboardInterrupt):
            raise
        except Exception as error:
            raise StoreError(f"the store {self.url} cannot be used: {type(error).__name__}: {error}") from error


def open_shared(url: str = "", report: Callable[[str], None] | None = None) -> SharedStore:
    """The store at a directory or URL; the user's own if empty.

    Raises:
        UsageError: the URL's scheme is not known.
        MissingPartError: a library for this scheme is not installed.
    """
    if not url or "://" not in url:
        local = Store(Path(url).expanduser().resolve() if url else None, report)
        return SharedStore(url or str(local.root), local)
    return RemoteStore(url, Store(report=report))
