"""Keys and digests: SHA-256 over canonical JSON, and over the bytes of files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import StoreError
from tapehead.analysis.records import plain


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
