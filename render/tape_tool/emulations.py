"""What other tape emulations measure, as data with its source: for comparison, nothing of theirs is used."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tapehead.analysis.errors import UnknownNameError
from tapehead.render.assets import asset

EVERY = "all"


@dataclass(frozen=True)
class Emulation:
    """One program's measurements, by the names of the rows of :func:`tapehead.render.tape_tool.measure.table` and in
    their units."""

    name: str
    title: str
    source: str
    licence: str
    conditions: str
    measured: Mapping[str, float]
    how: str

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return asdict(self)


@functools.cache
def emulations() -> Mapping[str, Emulation]:
    """All that were measured, by name."""
    data = json.loads(asset("published/tape-emulations.json").read_text(encoding="utf-8"))
    return {fields["name"]: Emulation(**fields, how=data["how"]) for fields in data["emulations"]}


def emulations_named(names: Sequence[str]) -> list[Emulation]:
    """These, or all of them where one is called ``all``.

    Raises:
        UnknownNameError: there is none of that name.
    """
    known = emulations()
    for name in names:
        if name not in (EVERY, *known):
            raise UnknownNameError("tape emulation", name, (EVERY, *known))
    return [known[name] for name in (known if EVERY in names else dict.fromkeys(names))]
