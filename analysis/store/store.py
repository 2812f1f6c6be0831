"""The store as everybody uses it: entries, and results among them."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from tapehead.analysis.leases import leased
from tapehead.analysis.results import Result
from tapehead.analysis.store.results import read_result, result_files
from tapehead.analysis.store.upkeep import Upkeep


class Store(Upkeep):
    """Entries by kind and key under one root directory."""

    def leased(self, plan: str = "") -> contextlib.AbstractContextManager[Path | None]:
        """Within, no ``gc`` takes what this process looks for or makes: :func:`tapehead.analysis.leases.leased`."""
        return leased(self.root, plan)

    def put_result(self, key: str, result: Result, facts: Mapping[str, Any], kind: str = "result") -> None:
        """Keep a result: arrays as safetensors, the rest as JSON beside them.

        Raises:
            ResultError: an array has numbers that safetensors has no form for (``longdouble``).
        """
        files = result_files(result)
        with self.draft(kind, key, facts) as work, self._writing():
            for name, content in files.items():
                (work / name).write_bytes(content)

    @staticmethod
    def read_result(path: Path) -> Result:
        """Load a result from its entry's directory.

        Raises:
            DamagedEntryError: a file is missing, cut short or does not parse.
            StoreError: a file cannot be read now.
        """
        return read_result(path)


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
