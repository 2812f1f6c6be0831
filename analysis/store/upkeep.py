"""What a store keeps and what it lets go: films say what they refer to, `gc` removes what nobody does."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from tapehead.analysis.errors import StoreError, cause_of
from tapehead.analysis.leases import FOLDER, Pins
from tapehead.analysis.records import (
    MOST_RECORD_BYTES,
    RECORD,
    FilmNote,
    NotWholeError,
    UnsealedError,
    check_name,
    sealed,
)
from tapehead.analysis.store.digests import digest_of
from tapehead.analysis.store.drafts import Drafts
from tapehead.analysis.store.entries import Found
from tapehead.analysis.store.files import may_exist, remove, write_atomically
from tapehead.analysis.store.temporary import private_place, sweep


class Collected(NamedTuple):
    """What :meth:`Store.gc` did: entries and bytes removed; entries spared because somebody uses them or because they
    cannot be read now."""

    removed: int
    size: int
    in_use: int = 0
    unreadable: int = 0


class Upkeep(Drafts):
    """Collecting and sealing, over all entries."""

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
            if may_exist(Path(note.provenance)):
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
                remove(trash)
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
        trash = private_place(self.root, "trash")
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
        """Remove what dead processes left (:func:`tapehead.analysis.store.temporary.sweep`), and their leases."""
        sweep(self.root)
        with contextlib.suppress(OSError, StoreError):
            if (self.root / FOLDER).is_dir():
                with Pins(self.root).settled():
                    pass  # looking at them clears away those that count no more
