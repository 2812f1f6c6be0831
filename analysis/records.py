"""Forms of names in a store, and the record ``entry.json`` of an entry: its schema and its seal.

Keys, kinds and file names come from plan files, receipts, films' notes and stores behind URLs as well as from code of
ours, and paths are made of them: they are held against their form wherever they come in.

A record is sealed: ``seal`` is the SHA-256 of all the rest of it, so that a record that was changed by hand or by a
bad disk is told from one that was written.  (It is no signature: whoever means harm can compute it.)
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np

from tapehead.analysis.errors import StoreError

RECORD = "entry.json"
RESERVED = ("costs", "films", "leases", "logs", "out", "tmp")
"""Folders of a store that hold no entries."""

MOST_RECORD_BYTES = 64 * 2**20
"""No record of ours comes near it, and no other file is read into memory because it has that name."""

KEY_PATTERN = r"^[0-9a-f]{64}\Z"
Key = Annotated[str, msgspec.Meta(pattern=KEY_PATTERN)]
"""A SHA-256 in hexadecimal: the key or digest of an entry, the digest of a file."""
Kind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]{0,31}\Z")]

_KEY = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z][a-z0-9]{0,31}")


class NotWholeError(Exception):
    """An entry lacks something or says something wrong: it is no entry, and can be made again."""


class UnsealedError(NotWholeError):
    """An entry was made before records had seals: its record cannot be told from a changed one."""


class FileFacts(msgspec.Struct, frozen=True):
    """What a record says of a file: bytes and SHA-256."""

    size: Annotated[int, msgspec.Meta(ge=0, le=2**62)]
    sha256: Key


class Record(msgspec.Struct, frozen=True):
    """What ``entry.json`` holds; ``facts`` is whatever its maker found worth saying."""

    kind: Kind
    key: Key
    files: dict[str, FileFacts]
    facts: dict[str, Any]
    seal: str = ""


class FilmNote(msgspec.Struct, frozen=True):
    """What ``films/*.json`` holds: where a film's provenance lies and which entries, by kind, it refers to."""

    provenance: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    keys: dict[Kind, list[Key]]


def is_kind(text: str) -> bool:
    """Whether entries may be of this kind."""
    return bool(_KIND.fullmatch(text)) and text not in RESERVED


def is_key(text: str) -> bool:
    """Whether this has the form of a key."""
    return bool(_KEY.fullmatch(text))


def check_name(kind: str, key: str) -> None:
    """Make sure that a path in a store can be made of these.

    Raises:
        StoreError: one of them has another form.
    """
    if not isinstance(kind, str) or not is_kind(kind):
        raise StoreError(
            f"{_shown(kind)} is no kind of store entries: small letters and digits, and none of {RESERVED}"
        )
    if not isinstance(key, str) or not is_key(key):
        raise StoreError(f"{_shown(key)} is no key of a store entry ({kind}): a key is 64 hexadecimal digits")


def is_file_name(name: str) -> bool:
    """Whether a file of an entry may be called so: a relative path that stays inside, and not the record's own."""
    parts = name.split("/")
    return (
        name != RECORD
        and "\\" not in name
        and all(part not in ("", ".", "..") and len(part.encode(errors="replace")) < 256 for part in parts)
        and name.isprintable()
    )


def plain(value: Any) -> Any:
    """For ``json.dumps(default=…)``: numbers of numpy, paths and dataclasses as JSON has them.

    Raises:
        TypeError: it is none of these.
    """
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def sealed(kind: str, key: str, files: dict[str, dict[str, Any]], facts: dict[str, Any]) -> str:
    """The text of a record, with its seal.

    Raises:
        StoreError: ``facts`` holds what JSON cannot say.
    """
    try:
        record = json.loads(json.dumps({"kind": kind, "key": key, "files": files, "facts": facts}, default=plain))
    except (TypeError, ValueError) as error:
        raise StoreError(f"the facts of {kind} {key[:12]} are no plain data: {error}") from None
    return json.dumps(record | {"seal": seal_of(record)}, indent=1, sort_keys=True)


def seal_of(record: dict[str, Any]) -> str:
    """The seal of a record as it was read, whatever seal it has now."""
    said = {name: value for name, value in record.items() if name != "seal"}
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def parse_record(text: bytes, kind: str, key: str) -> dict[str, Any]:
    """A record from its bytes, as plain data that fits :class:`Record`.

    Raises:
        UnsealedError: all is in order but that it has no seal.
        NotWholeError: it is malformed, is of another entry, names files outside of the entry, or its seal is broken.
    """
    try:
        record = json.loads(text)
        checked = msgspec.convert(record, Record)
        broken = bool(checked.seal) and checked.seal != seal_of(record)
    except (ValueError, RecursionError) as error:  # msgspec's ValidationError is a ValueError
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise NotWholeError(f"its record is malformed ({why.splitlines()[0][:200]})") from None
    if (checked.kind, checked.key) != (kind, key):
        raise NotWholeError(f"its record is that of {_shown(checked.kind)} {checked.key[:12]}")
    if bad := next((name for name in checked.files if not is_file_name(name)), None):
        raise NotWholeError(f"its record names a file outside itself: {_shown(bad)}")
    if broken:
        raise NotWholeError("its record was changed: the seal does not fit")
    if not checked.seal:
        raise UnsealedError("its record has no seal: it is from an older tapehead")
    assert isinstance(record, dict)
    return record


def _shown(text: object) -> str:
    """A name from outside for a message: bounded, and on one line."""
    shown = repr(text)
    return shown if len(shown) <= 80 else f"{shown[:76]}…{shown[-1]}"
