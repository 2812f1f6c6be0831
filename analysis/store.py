"""The store: a content-addressed shelf of finished things, safe with several processes at once.

An entry is a directory ``<root>/<kind>/<key[:2]>/<key>/`` with its files and a record ``entry.json`` (sizes,
SHA-256 digests, what it was made from).  It is written in ``<root>/tmp`` and renamed into place, so a
half-written entry cannot be read.  Keys are SHA-256 over canonical JSON of everything that can change the
content; times and file names never enter a key.

An entry is damaged if one of its files is missing or has other content than its sealed record says
(:mod:`tapehead.analysis.records`); it is removed then and made again.  Whatever else keeps it from being read (no free
file descriptor, no permission, a disk or network that fails) says nothing about the entry: that is an error which names
the cause, and the entry stays.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import hashlib
import json
import os
import re
import shutil
import stat
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

import msgspec
import numpy as np
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as dump_arrays

from tapehead.analysis.errors import DamagedEntryError, ResultError, StoreError, cause_of
from tapehead.analysis.leases import FOLDER, Pins, here, leased, pin
from tapehead.analysis.records import (
    MOST_RECORD_BYTES,
    RECORD,
    FilmNote,
    NotWholeError,
    UnsealedError,
    check_name,
    is_file_name,
    is_key,
    is_kind,
    parse_record,
    plain,
    sealed,
)
from tapehead.analysis.results import Origin, Quantity, Result

_MISSING = (errno.ENOENT, errno.ENOTDIR)
_NUMBERS = (
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64",
)  # fmt: skip
_DRAFT = re.compile(r".+-([0-9a-f]{8})-([0-9]{1,9})-[0-9a-f]{8}")
_OLD_TRASH = re.compile(r"trash-[0-9a-f]{8}")
_PART = re.compile(r"\..+\.[0-9a-f]{8}\.part")
_PART_KEPT_S = 24 * 3600.0
"""Who writes a file beside its final name is done with it in seconds."""


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
        StoreError: the value holds something that JSON cannot say.
    """
    try:
        return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, default=plain)
    except (TypeError, ValueError) as error:
        raise StoreError(f"a key needs plain data; {error}") from None


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


class Collected(NamedTuple):
    """What :meth:`Store.gc` did: entries and bytes removed; entries spared because somebody uses them or because they
    cannot be read now."""

    removed: int
    size: int
    in_use: int = 0
    unreadable: int = 0


class Store:
    """Entries by kind and key under one root directory."""

    def __init__(self, root: Path | None = None, report: Callable[[str], None] | None = None) -> None:
        self.root = Path(root) if root else default_root()
        self.report = report or (lambda _message: None)

    # -- reading -----------------------------------------------------------------------------------

    def place(self, kind: str, key: str) -> Path:
        """Where an entry lies or would lie.

        Raises:
            StoreError: kind or key have not the form of one.
        """
        check_name(kind, key)
        return self.root / kind / key[:2] / key

    def leased(self, plan: str = "") -> contextlib.AbstractContextManager[Path | None]:
        """Within, no ``gc`` takes what this process looks for or makes: :func:`tapehead.analysis.leases.leased`."""
        return leased(self.root, plan)

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
            _plain_file(path, RECORD)
            with _or_not_whole(RECORD), (path / RECORD).open("rb") as file:
                text = file.read(MOST_RECORD_BYTES + 1)
            if len(text) > MOST_RECORD_BYTES:
                raise NotWholeError("its record is larger than any")
            try:
                entry, unsealed = Entry(kind, key, path, parse_record(text, kind, key)), None
            except UnsealedError as error:
                entry, unsealed = Entry(kind, key, path, json.loads(text)), error
            for name, meta in entry.record["files"].items():
                if _plain_file(path, name).st_size != meta["size"]:
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

    # -- writing -----------------------------------------------------------------------------------

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
        work = self.root / "tmp" / f"{key[:12]}-{here()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
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

    def discard(self, kind: str, key: str, why: str) -> None:
        """Remove an entry that is whole and says what cannot be, as its reader found out; ``why`` is reported."""
        if (identity := self._inode(kind, key, self.place(kind, key))) is not None:
            self._discard(kind, key, why, identity)

    def _discard(self, kind: str, key: str, why: str, identity: tuple[int, int]) -> bool:
        """Remove a damaged entry; false if another one has taken its place (``identity``: device and inode)."""
        path = self.place(kind, key)
        trash = self._trash()
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
        _remove(trash)
        return True

    def _trash(self) -> Path:
        return self.root / "tmp" / f"trash-{here()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

    # -- results -----------------------------------------------------------------------------------

    def put_result(self, key: str, result: Result, facts: Mapping[str, Any], kind: str = "result") -> None:
        """Keep a result: arrays as safetensors, the rest as JSON beside them.

        Raises:
            ResultError: an array has numbers that safetensors has no form for (``longdouble``).
        """
        for name, q in result.quantities.items():
            if q.values.dtype.name not in _NUMBERS:
                raise ResultError(
                    f"{result.name or 'a result'}/{name} holds {q.values.dtype.name}, which cannot be kept; "
                    f"convert it to one of {', '.join(_NUMBERS)}"
                )
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
        with self.draft(kind, key, facts) as work, self._writing():
            (work / "arrays.safetensors").write_bytes(dump_arrays(arrays))
            (work / "result.json").write_text(json.dumps(sidecar, indent=1, sort_keys=True, default=plain))

    @staticmethod
    def read_result(path: Path) -> Result:
        """Load a result from its entry's directory.

        Raises:
            DamagedEntryError: a file is missing, cut short or does not parse.
            StoreError: a file cannot be read now.
        """
        try:
            sidecar = json.loads((path / "result.json").read_text())
            arrays = load_arrays((path / "arrays.safetensors").read_bytes())
            quantities = {
                name: Quantity(arrays[name], tuple(meta["axes"]), meta["labels"], meta["unit"])
                for name, meta in sidecar["quantities"].items()
            }
        except Exception as error:
            if isinstance(error, OSError) and error.errno not in _MISSING:
                raise StoreError(f"the result in {path} cannot be read now: {cause_of(error)}") from error
            raise DamagedEntryError(f"the result in {path} cannot be read: {error}") from error
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
        note = FilmNote(str(provenance.resolve()), {kind: list(some) for kind, some in keys.items()})
        for kind, some in note.keys.items():
            for key in some:
                check_name(kind, key)
        name = digest_of(note.provenance)[:24]
        with self._writing():
            write_atomically(self.root / "films" / f"{name}.json", json.dumps(msgspec.to_builtins(note)))

    def referenced(self) -> set[tuple[str, str]]:
        """All ``(kind, key)`` that a film which still exists refers to; malformed notes are reported and say nothing.

        Raises:
            StoreError: a note is there and cannot be read now, so that nobody knows what a film refers to.
        """
        used: set[tuple[str, str]] = set()
        for name in self._listed(self.root / "films"):
            path = self.root / "films" / name
            if path.suffix != ".json":
                continue
            try:
                with path.open("rb") as file:
                    note = msgspec.convert(json.loads(file.read(MOST_RECORD_BYTES)), FilmNote)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StoreError(f"the note of a film, {path}, cannot be read now: {cause_of(error)}") from error
            except (ValueError, RecursionError) as error:
                why = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0][:200]
                self.report(f"store: {path} is no note of a film ({why}); nothing is kept because of it")
                continue
            if _may_exist(Path(note.provenance)):
                used |= {(kind, key) for kind, keys in note.keys.items() for key in keys}
        return used

    def gc(self, *, everything: bool = False, older_than_s: float = 0.0, dry_run: bool = False) -> Collected:
        """Remove entries that no existing film refers to and no running process uses; damaged ones go too.

        ``everything`` removes those that a film refers to as well.  Drafts of running processes are left alone, and so
        is what cannot be read now; both are counted.

        Raises:
            StoreError: it cannot be found out what is in use; nothing, or nothing more, is removed.
        """
        used = set() if everything else self.referenced()
        now, count, size, spared, unreadable = time.time(), 0, 0, 0, 0
        pins = Pins(self.root)
        for found in list(self.survey()):
            if found.unreadable:
                self.report(f"store: {found.fault}")
                unreadable += 1
                continue
            if (found.kind, found.key) in used or now - self._written(found) < older_than_s:
                continue
            with pins.settled() as pinned:
                if (found.kind, found.key) in pinned:
                    spared += 1
                    continue
                trash = None if dry_run else self._aside(found)
            count, size = count + 1, size + (found.entry.size if found.entry else 0)
            if trash is not None:
                _remove(trash)
        if not dry_run:
            self.sweep()
        return Collected(count, size, spared, unreadable)

    def _written(self, found: Found) -> float:
        try:
            return (self.place(found.kind, found.key) / RECORD).lstat().st_mtime
        except OSError:
            return 0.0

    def _aside(self, found: Found) -> Path | None:
        """Take an entry from its place in one step; nothing if it has gone meanwhile."""
        trash = self._trash()
        try:
            trash.parent.mkdir(parents=True, exist_ok=True)
            self.place(found.kind, found.key).rename(trash)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(
                f"{found.kind} {found.key[:12]} in the store {self.root} cannot be removed: {cause_of(error)}"
            ) from error
        return trash

    def seal(self) -> tuple[int, list[Found]]:
        """Take over entries of older versions: those without a seal whose files match their digests get one.

        Returns how many, and what is not whole.
        """
        count, left = 0, []
        for found in list(self.survey()):
            if found.entry is not None:
                continue
            if found.damaged or found.unreadable:
                left.append(found)
                continue
            path = self.place(found.kind, found.key)
            with self.lock(found.kind, found.key):
                try:
                    self._look(found.kind, found.key, contents=True)
                except UnsealedError:
                    record = json.loads((path / RECORD).read_bytes())
                    with self._writing():
                        write_atomically(path / RECORD, sealed(found.kind, found.key, record["files"], record["facts"]))
                    count += 1
                except NotWholeError as error:
                    left.append(Found(found.kind, found.key, None, str(error), damaged=True))
                except StoreError as error:
                    left.append(Found(found.kind, found.key, None, str(error), unreadable=True))
        return count, left

    def sweep(self) -> None:
        """Remove what a dead process of this machine left: drafts, removed entries, half-written files, leases.

        Drafts of other machines are not ours to judge.
        """
        with contextlib.suppress(OSError):
            for path in sorted((self.root / "tmp").iterdir()):
                if _OLD_TRASH.fullmatch(path.name) or (_DRAFT.fullmatch(path.name) and not _maker_alive(path.name)):
                    _remove(path)
        for folder in (self.root, self.root / "films", self.root / "costs"):
            with contextlib.suppress(OSError):
                for path in sorted(folder.iterdir()):
                    if _PART.fullmatch(path.name) and abs(time.time() - path.lstat().st_mtime) > _PART_KEPT_S:
                        path.unlink(missing_ok=True)
        with contextlib.suppress(OSError, StoreError):
            if (self.root / FOLDER).is_dir():
                with Pins(self.root).settled():
                    pass  # looking at them clears away those that count no more


_P = ParamSpec("_P")
_R = TypeVar("_R")


def leasing(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """For functions that are given a :class:`Store`: a lease on it is held while they run."""

    @functools.wraps(function)
    def wrapped(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        store = next(each for each in (*args, *kwargs.values()) if isinstance(each, Store))
        with store.leased():
            return function(*args, **kwargs)

    return wrapped


def _plain_file(folder: Path, name: str) -> os.stat_result:
    """What the system says of a file of an entry.

    Raises:
        NotWholeError: it is missing or no plain file, or a link leads to it: what lies elsewhere is no part of it.
    """
    with _or_not_whole(name):
        for parent in list(Path(name).parents)[:-1]:
            if not stat.S_ISDIR((folder / parent).lstat().st_mode):
                raise NotWholeError(f"{parent} is no directory")
        facts = (folder / name).lstat()
    if not stat.S_ISREG(facts.st_mode):
        raise NotWholeError(f"{name} is no plain file")
    return facts


@contextlib.contextmanager
def _or_not_whole(what: str) -> Iterator[None]:
    """A file that should be there and is not."""
    try:
        yield
    except OSError as error:
        if error.errno in _MISSING:
            raise NotWholeError(f"{what} is missing") from None
        raise


def _may_exist(path: Path) -> bool:
    """Whether a file is there, or may be: a place that cannot be looked at is no proof that it is gone."""
    try:
        path.stat()
    except OSError as error:
        return error.errno not in (*_MISSING, errno.ENAMETOOLONG)
    except ValueError:  # a NUL
        return False
    return True


def _remove(path: Path) -> None:
    """A directory with all that is in it, a file, or a link itself."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _maker_alive(draft: str) -> bool:
    parts = _DRAFT.fullmatch(draft)
    if parts is None:
        return False
    if parts[1] != here():
        return True
    try:
        os.kill(int(parts[2]), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
