"""The store: a content-addressed shelf of finished things, safe with several processes at once.

An entry is a directory ``<root>/<kind>/<key[:2]>/<key>/`` with its files and a record ``entry.json`` (sizes,
SHA-256 digests, what it was made from).  It is written in ``<root>/tmp`` and renamed into place, so a
half-written entry cannot be read.  Keys are SHA-256 over canonical JSON of everything that can change the
content; times and file names never enter a key.

An entry is damaged if one of its files is missing or has other content than its sealed record says
(:mod:`tapehead.analysis.records`); it is removed then and made again.  Whatever else keeps it from being read (no free
file descriptor, no permission, a disk or network that fails) says nothing about the entry: that is an error which names
the cause, and the entry stays.

Everybody imports from here.  Each module of the package has one subject and imports those before it: ``digests``,
``files``, ``temporary``, ``entries`` (reading), ``drafts`` (making), ``upkeep`` (collecting), ``results``, ``store``.
"""

from tapehead.analysis.records import RECORD
from tapehead.analysis.store.digests import canonical, digest_file, digest_of
from tapehead.analysis.store.entries import Entry, Found
from tapehead.analysis.store.files import default_root, part_beside, write_atomically
from tapehead.analysis.store.store import Store, leasing
from tapehead.analysis.store.upkeep import Collected

__all__ = [
    "RECORD", "Collected", "Entry", "Found", "Store", "canonical", "default_root", "digest_file", "digest_of",
    "leasing", "part_beside", "write_atomically",
]  # fmt: skip
