"""What a request brings along, held against the form that it has to have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from tapehead.analysis.errors import UsageError

LARGEST_EDIT = 1 << 20
"""Bytes of a request that is no picture."""


async def body_of(request: Request) -> dict[str, Any]:
    """What was sent.

    Raises:
        UsageError: it is too large, or no object of JSON.
    """
    body = await request.body()
    if len(body) > LARGEST_EDIT:
        raise UsageError(f"that is larger than {LARGEST_EDIT >> 20} MB")
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise UsageError("the request is not JSON") from None
    if not isinstance(found, dict):
        raise UsageError("the request is no object")
    return found


def text_of(asked: Mapping[str, Any], name: str) -> str:
    """A text of it; raises UsageError if it is not there."""
    value = asked.get(name)
    if not isinstance(value, str):
        raise UsageError(f"'{name}' is missing")
    return value


def table_of(asked: Mapping[str, Any], name: str = "changes") -> dict[str, Any]:
    """An object of it, empty if it is not there; raises UsageError if it is something else."""
    value = asked.get(name, {})
    if not isinstance(value, dict):
        raise UsageError(f"'{name}' is no object")
    return value


def whole_of(text: str, name: str) -> int:
    """A whole number of an address; raises UsageError if it is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise UsageError(f"'{name}' is no number")
    return int(text)
