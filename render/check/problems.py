"""What a check finds: a kind, a sentence that says where, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

ERROR, LAYOUT, ADVICE = "error", "layout", "advice"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong (``error``), to be looked at (``layout``) or to be thought about (``advice``)."""

    kind: str
    what: str

    def to_data(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return asdict(self)


def errors(text: object) -> Iterator[Problem]:
    """An exception's message, one problem a line."""
    yield from (Problem(ERROR, line) for line in str(text).splitlines() if line.strip())


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Each thing once, errors first, else in the order in which they were found."""
    kinds = [ERROR, LAYOUT, ADVICE]
    return sorted(dict.fromkeys(problems), key=lambda problem: kinds.index(problem.kind))
