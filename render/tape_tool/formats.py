"""All delivery formats, and which of them a result's name asks for."""

from __future__ import annotations

from pathlib import Path

from tapehead.analysis.errors import UsageError
from tapehead.render.tape_tool.delivery import FFV1, MP4, PICTURES, PRORES, DeliveryFormat

FORMATS: tuple[DeliveryFormat, ...] = (PICTURES, MP4, FFV1, PRORES)
"""What a result can be, those that look at more than an ending first."""


def delivery_for(out: Path) -> DeliveryFormat:
    """The kind of result that a name asks for.

    Raises:
        UsageError: it asks for none.
    """
    if (found := next((kind for kind in FORMATS if kind.takes(out)), None)) is None:
        endings = ", ".join(kind.said for kind in FORMATS if kind is not PICTURES)
        raise UsageError(f"{out} must end in {endings}, or be {PICTURES.said}")
    return found
