"""The store: a content-addressed shelf of finished things, safe with several processes at once.

An entry is a directory ``<root>/<kind>/<key[:2]>/<key>/`` with its files and a record ``entry.json`` (sizes,
SHA-256 digests, what it was made from).  It is written in ``<root>/tmp`` and renamed into place, so a
half-written entry can not be read.  Keys are SHA-256 over canonical JSON of everything that can change the
content; times and file names never enter a key.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import fcntl
import hashlib
import json
import os
import platform
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as dump_arrays

from tapehead.analysis.errors import DamagedEntryError, StoreError
from tapehead.analysis.results import Origin, Quantity, Result

RECORD = "entry.json"


def default_root() -> Path:
    """``$TAPEHEAD_STORE``, else ``tapehead/store`` in the user's cache directory.

    Raises:
        StoreError: the user has no home folder, and no variable says another place.
    """
    with contextlib.suppress(RuntimeError):  # of ~ where there is no home
        if chosen := os.environ.get("TAPEHEAD_STORE"):
            return Path(chosen).expanduser()
        cache = Path(os.environ.get("XDG_CACHE_HOME", ""))  # others than absolute ones are to be ignored
        cache = cache if cache.is_absolute() else Path.home() / ".cache"
        if cache.is_absolute():  # a home that is not would fill every working directory
            return cache / "tapehead" / "store"
    raise StoreError("this user has no home folder for the store; set TAPEHEAD_STORE to a directory")


def canonical(value: Any) -> str:
    """JSON with one spelling per value: sorted keys, no spaces, NaN refused.

    Raises:
        StoreError: the value holds something that JSON can not say.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain)
    except (TypeError, ValueError) as error:
        raise StoreError(f"a key needs plain data; {error}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical JSON of ``value``: the key of whatever ``value`` describes in full."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write ``data`` beside ``path`` and rename: a final name only ever holds a finished file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with part.open("wb") as file:
            file.write(data.encode() if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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


class Store:
    """Entries by kind and key under one root directory."""

    def __init__(self, root: Path | None = None, report: Callable[[str], None] | None = None) -> None:
        self.root = Path(root) if root else default_root()
        self.report = report or (lambda _message: None)

    # -- reading -----------------------------------------------------------------------------------

    def place(self, kind: str, key: str) -> Path:
        """Where an entry lies or would lie."""
        return self.root / kind / key[:2] / key

    def peek(self, kind: str, key: str) -> Entry | None:
        """The entry if its record and all file sizes are in order; file contents are not read."""
        path = self.place(kind, key)
        try:
            record = json.loads((path / RECORD).read_text())
            whole = record["key"] == key and all(
                (path / name).stat().st_size == meta["size"] for name, meta in record["files"].items()
            )
        except (OSError, ValueError, KeyError, TypeError):
            if path.exists():
                self._discard(kind, key, "its record or one of its files is missing or unreadable")
            return None
        if not whole:
            self._discard(kind, key, "a file has another size than recorded")
            return None
        return Entry(kind, key, path, record)

    def get(self, kind: str, key: str) -> Entry | None:
        """Like :meth:`peek`, and every file's digest is checked; a damaged entry is reported and removed."""
        entry = self.peek(kind, key)
        if entry is None:
            return None
        bad = self.damaged_file(entry)
        if bad:
            self._discard(kind, key, f"{bad} does not match its digest")
            return None
        return entry

    def damaged_file(self, entry: Entry) -> str:
        """Name of the first file whose bytes do not match the record; empty if all do."""
        for name, meta in entry.record["files"].items():
            try:
                if digest_file(entry.path / name) != meta["sha256"]:
                    return name
            except OSError:
                return name
        return ""

    def entries(self) -> Iterator[Entry]:
        """All readable entries, by kind and key."""
        for record in sorted(self.root.glob(f"*/??/*/{RECORD}")):
            kind, key = record.parts[-4], record.parts[-2]
            if kind != "tmp" and (entry := self.peek(kind, key)):
                yield entry

    # -- writing -----------------------------------------------------------------------------------

    @contextlib.contextmanager
    def draft(self, kind: str, key: str, facts: Mapping[str, Any] | None = None) -> Iterator[Path]:
        """A private directory to write into; on leaving without error it becomes the entry.

        ``facts`` go into the record as they are on leaving, so that what was found out on the way can be added.

        If another process finished the same key first, its entry stays and ours is dropped: equal keys mean
        equal content.

        Raises:
            StoreError: the store can not be written (read-only, full).
        """
        work = self.root / "tmp" / f"{key[:12]}-{_here()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
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
        for path in sorted(p for p in work.rglob("*") if p.is_file()):
            files[path.relative_to(work).as_posix()] = {
                "size": path.stat().st_size,
                "sha256": digest_file(path),
            }
        record = {"kind": kind, "key": key, "files": files, "facts": facts}
        write_atomically(work / RECORD, json.dumps(record, indent=1, sort_keys=True, default=_plain))
        final = self.place(kind, key)
        final.parent.mkdir(parents=True, exist_ok=True)
        try:
            work.rename(final)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
            if self.peek(kind, key) is None:  # what was there was damaged and is gone now
                work.rename(final)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the store {self.root} can not be written ({error.strerror or error}); "
                "free some space, or set TAPEHEAD_STORE to another directory"
            ) from error

    @contextlib.contextmanager
    def lock(self, kind: str, key: str, waiting: Callable[[], None] | None = None) -> Iterator[None]:
        """Hold the key: a second process that wants to make the same thing waits, then finds it made.

        The kernel lets go of the lock when its holder dies, however it dies.  ``waiting`` is called several times a
        second meanwhile, so that one who waits is not taken for stuck.
        """
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

    def _discard(self, kind: str, key: str, why: str) -> None:
        path = self.place(kind, key)
        trash = self.root / "tmp" / f"trash-{uuid.uuid4().hex[:8]}"
        self.report(f"store: {kind} {key[:12]} is damaged ({why}); it is removed and made again")
        try:
            trash.parent.mkdir(parents=True, exist_ok=True)
            path.rename(trash)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StoreError(f"damaged store entry {path} can not be removed: {error.strerror}") from error
        shutil.rmtree(trash, ignore_errors=True)

    # -- results -----------------------------------------------------------------------------------

    def put_result(self, key: str, result: Result, facts: Mapping[str, Any]) -> None:
        """Keep a result: arrays as safetensors, the rest as JSON beside them."""
        sidecar = {
            "name": result.name,
            "origin": result.origin,
            "citation": result.citation,
            "model": result.model,
            "facts": dict(result.facts),
            "quantities": {
                name: {"axes": q.axes, "labels": q.labels, "unit": q.unit} for name, q in result.quantities.items()
            },
        }
        arrays = {name: np.ascontiguousarray(q.values).reshape(q.values.shape) for name, q in result.quantities.items()}
        with self.draft("result", key, facts) as work, self._writing():
            (work / "arrays.safetensors").write_bytes(dump_arrays(arrays))
            (work / "result.json").write_text(json.dumps(sidecar, indent=1, sort_keys=True, default=_plain))

    @staticmethod
    def read_result(path: Path) -> Result:
        """Load a result from its entry's directory.

        Raises:
            DamagedEntryError: a file is missing, cut short or does not parse.
        """
        try:
            sidecar = json.loads((path / "result.json").read_text())
            arrays = load_arrays((path / "arrays.safetensors").read_bytes())
            quantities = {
                name: Quantity(arrays[name], tuple(meta["axes"]), meta["labels"], meta["unit"])
                for name, meta in sidecar["quantities"].items()
            }
        except Exception as error:
            raise DamagedEntryError(f"the result in {path} can not be read: {error}") from error
        return Result(
            quantities,
            Origin(sidecar["origin"]),
            sidecar["citation"],
            sidecar["model"],
            sidecar["facts"],
            sidecar["name"],
        )

    # -- house-keeping -----------------------------------------------------------------------------

    def remember_film(self, provenance: Path, keys: Mapping[str, list[str]]) -> None:
        """Note that a film's provenance file refers to these entries (``kind -> keys``)."""
        note = {"provenance": str(provenance.resolve()), "keys": keys}
        name = digest_of(note["provenance"])[:24]
        with self._writing():
            write_atomically(self.root / "films" / f"{name}.json", json.dumps(note))

    def referenced(self) -> set[tuple[str, str]]:
        """All ``(kind, key)`` that a film which still exists refers to."""
        used: set[tuple[str, str]] = set()
        for path in (self.root / "films").glob("*.json"):
            with contextlib.suppress(OSError, ValueError, KeyError):
                note = json.loads(path.read_text())
                if Path(note["provenance"]).exists():
                    used |= {(kind, key) for kind, keys in note["keys"].items() for key in keys}
        return used

    def gc(self, *, everything: bool = False, older_than_s: float = 0.0, dry_run: bool = False) -> tuple[int, int]:
        """Remove entries that no existing film refers to; returns how many and how many bytes.

        ``everything`` removes the referenced ones as well.  Drafts of running processes are left alone.
        """
        used = set() if everything else self.referenced()
        now, count, size = time.time(), 0, 0
        for entry in list(self.entries()):
            if (entry.kind, entry.key) in used or now - (entry.path / RECORD).stat().st_mtime < older_than_s:
                continue
            count, size = count + 1, size + entry.size
            if not dry_run:
                shutil.rmtree(entry.path, ignore_errors=True)
        if not dry_run:
            self.sweep()
        return count, size

    def sweep(self) -> None:
        """Remove drafts that a dead process of this machine left; those of other machines are not ours to judge."""
        for path in (self.root / "tmp").glob("*"):
            if path.is_dir() and not _maker_alive(path.name):
                shutil.rmtree(path, ignore_errors=True)


def _here() -> str:
    """This machine in eight letters: several may share a store, and each has processes of the same numbers."""
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _maker_alive(draft: str) -> bool:
    parts = draft.split("-")
    if len(parts) != 4 or not parts[2].isdigit():
        return False
    if parts[1] != _here():
        return True
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
