"""Who made what a film is made of, and under which terms: read from ``assets/licences.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from tapehead.render.assets import asset


@dataclass(frozen=True)
class Licensed:
    """One thing with its licence; ``path`` is a file or folder below ``assets/``, empty for what is not in there."""

    name: str
    licence: str
    source: str
    use: str
    path: str = ""

    @property
    def credit(self) -> str:
        """As it stands in a description."""
        return f"{self.name} ({self.licence}), {self.source}"


@cache
def licensed() -> tuple[Licensed, ...]:
    """All entries, in the order of the file."""
    data = tomllib.loads(asset("licences.toml").read_text(encoding="utf-8"))
    return tuple(Licensed(**entry) for entry in data["asset"])


def used_for(*uses: str) -> tuple[Licensed, ...]:
    """Entries by use: ``font``, ``music``, ``voice espeak`` …"""
    return tuple(entry for entry in licensed() if entry.use in uses)
