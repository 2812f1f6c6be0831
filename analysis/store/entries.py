"""Entries of a store, read: each is whole, damaged, without a seal, or cannot be read now; damaged ones are removed."""

from __future__ import annotations

import contextlib
import json
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tapehead.analysis.errors import StoreError, cause_of
from tapehead.analysis.leases import pin
from tapehead.analysis.records import (
    MOST_RECORD_BYTES,
    RECORD,
    NotWholeError,
    UnsealedError,
    check_name,
    is_key,
    is_kind,
    parse_record,
)
from tapehead.analysis.store.digests import digest_file, digest_of
from tapehead.analysis.store.files import default_root, or_not_whole, plain_file, remove
from tapehead.analysis.store.temporary import private_place


@dataclass(frozen=True)
class Entry:
    """A finished entry: where it lies and what its record says."""

    kind: str
    key: str
    path: Path
    record: Mapping[str, Any]

    def file(self, name: str) -> Path:
        """Path of one of its files."""
        return self.path / name

    @property
    def digest(self) -> str:
        """One digest over all files: equal content, equal digest, whatever key it was made under."""
        return digest_of({name: meta["sha256"] for name, meta in self.record["files"].items()})

    @property
    def size(self) -> int:
        """Bytes on disk, the record not counted."""
        return sum(meta["size"] for meta in self.record["files"].values())


class Found(NamedTuple):
    """What lies at an entry's place: the entry if it is whole, else what is wrong with it.

    ``damaged`` tells what can be made again from what cannot be read now; neither is set for an entry without a seal.
    """

    kind: str
    key: str
    entry: Entry | None
    fault: str = ""
    damaged: bool = False
    unreadable: bool = False


class Entries:
    """What lies in a store, by kind and key."""

    def __init__(self, root: Path | None = None, report: Callable[[str], None] | None = None) -> None:
        self.root = Path(root) if root else default_root()
        self.report = report or (lambda _message: None)

    def place(self, kind: str, key: str) -> Path:
        """Where an entry lies or would lie.

        Raises:
            StoreError: kind or key have not the form of one.
        """
        check_name(kind, key)
        return self.root / kind / key[:2] / key

    def peek(self, kind: str, key: str) -> Entry | None:
        """The entry if its record and all file sizes are in order; file contents are not read.

        A damaged entry is reported and removed; one without a seal is left to who makes it again.

        Raises:
            StoreError: it is there and cannot be read now, for a reason that is none of the entry's.
        """
        return self._wanted(kind, key, contents=False)

    def get(self, kind: str, key: str) -> Entry | None:
        """Like :meth:`peek`, and every file's digest is checked."""
        return self._wanted(kind, key, contents=True)

    def _wanted(self, kind: str, key: str, contents: bool) -> Entry | None:
        path = self.place(kind, key)
        pin(self.root, kind, key)  # before looking: what is found must stay
        for _ in range(3):
            identity = self._inode(kind, key, path)
            try:
                return self._look(kind, key, contents)
            except UnsealedError as error:
                self.report(
                    f"store: {kind} {key[:12]} is not used ({error}); it is made again, "
                    "unless `tapehead store verify --seal` takes it over"
                )
                return None
            except NotWholeError as error:
                # Somebody may have removed it or put another one there in the meantime: that one is not judged yet.
                if identity is not None and self._discard(kind, key, str(error), identity):
                    return None
        return None

    def _look(self, kind: str, key: str, contents: bool) -> Entry | None:
        """The entry, nothing if there is none.

        Raises:
            NotWholeError: it is damaged, or has no seal.
            StoreError: it cannot be read now.
        """
        path = self.place(kind, key)
        with self._readable(kind, key):
            try:
                mode = path.lstat().st_mode
            except (FileNotFoundError, NotADirectoryError):
                return None
            if not stat.S_ISDIR(mode):
                raise NotWholeError("it is a link" if stat.S_ISLNK(mode) else "it is no directory")
            plain_file(path, RECORD)
            with or_not_whole(RECORD), (path / RECORD).open("rb") as file:
                text = file.read(MOST_RECORD_BYTES + 1)
            if len(text) > MOST_RECORD_BYTES:
                raise NotWholeError("its record is larger than any")
            try:
                entry, unsealed = Entry(kind, key, path, parse_record(text, kind, key)), None
            except UnsealedError as error:
                entry, unsealed = Entry(kind, key, path, json.loads(text)), error
            for name, meta in entry.record["files"].items():
                if plain_file(path, name).st_size != meta["size"]:
                    raise NotWholeError(f"{name} has another size than recorded")
            if contents and (bad := self.damaged_file(entry)):
                raise NotWholeError(f"{bad} does not match its digest")
            if unsealed:
                raise unsealed
            return entry

    def damaged_file(self, entry: Entry) -> str:
        """Name of the first file whose bytes do not match the record; empty if all do.

        Raises:
            OSError: a file is there and cannot be read.
        """
        for name, meta in entry.record["files"].items():
            try:
                if digest_file(entry.path / name) != meta["sha256"]:
                    return str(name)
            except (FileNotFoundError, NotADirectoryError):
                return str(name)
        return ""

    def survey(self, contents: bool = False) -> Iterator[Found]:
        """Everything that lies at the place of an entry, by kind and key, whatever state it is in; nothing is changed.

        Raises:
            StoreError: the store itself cannot be listed.
        """
        for kind, key in self._names():
            try:
                entry = self._look(kind, key, contents)
            except UnsealedError as error:
                yield Found(kind, key, None, str(error))
            except NotWholeError as error:
                yield Found(kind, key, None, str(error), damaged=True)
            except StoreError as error:
                yield Found(kind, key, None, str(error), unreadable=True)
            else:
                if entry is not None:
                    yield Found(kind, key, entry)

    def entries(self) -> Iterator[Entry]:
        """All whole entries, by kind and key; others are reported and left."""
        for found in self.survey():
            if found.entry is not None:
                yield found.entry
            else:
                self.report(f"store: {found.kind} {found.key[:12]} is left out: {found.fault}")

    def _names(self) -> Iterator[tuple[str, str]]:
        for kind in self._listed(self.root):
            if not is_kind(kind):
                continue
            for shard in self._listed(self.root / kind):
                if len(shard) != 2 or not is_key(shard * 32):
                    continue
                for key in self._listed(self.root / kind / shard):
                    if is_key(key) and key.startswith(shard):
                        yield kind, key

    def _listed(self, folder: Path) -> list[str]:
        try:
            return sorted(path.name for path in folder.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(f"the store's {folder} cannot be listed: {cause_of(error)}") from error

    @contextlib.contextmanager
    def _readable(self, kind: str, key: str) -> Iterator[None]:
        """What keeps an entry from being read and is no damage, as an error that names it."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"{kind} {key[:12]} in the store {self.root} cannot be read now and is left as it is: {cause_of(error)}"
            ) from error

    def _inode(self, kind: str, key: str, path: Path) -> tuple[int, int] | None:
        with self._readable(kind, key):
            try:
                facts = path.lstat()
            except (FileNotFoundError, NotADirectoryError):
                return None
            return facts.st_dev, facts.st_ino

    def discard(self, kind: str, key: str, why: str) -> None:
        """Remove an entry that is whole and says what cannot be, as its reader found out; ``why`` is reported."""
        if (identity := self._inode(kind, key, self.place(kind, key))) is not None:
            self._discard(kind, key, why, identity)

    def _discard(self, kind: str, key: str, why: str, identity: tuple[int, int]) -> bool:
        """Remove a damaged entry; false if another one has taken its place (``identity``: device and inode)."""
        path = self.place(kind, key)
        trash = private_place(self.root, "trash")
        try:
            trash.parent.mkdir(parents=True, exist_ok=True)
            path.rename(trash)
            facts = trash.lstat()
            if (facts.st_dev, facts.st_ino) != identity:
                trash.rename(path)
                return False
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise StoreError(f"damaged store entry {path} cannot be removed: {cause_of(error)}") from error
        self.report(f"store: {kind} {key[:12]} is damaged ({why}); it is removed and made again")
        remove(trash)
        return True
