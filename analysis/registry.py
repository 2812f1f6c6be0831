"""What an analysis is, and how its result is found again or computed.

An analysis is a plain function decorated with :func:`analysis`.  Episodes name it by dotted text and call it with
parameters; :func:`obtain` keeps the result in the store under everything that could change it.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tapehead.analysis.declared import declared
from tapehead.analysis.errors import EpisodeError, StoreError, UnknownNameError
from tapehead.analysis.results import Result
from tapehead.analysis.store import Entry, Store, digest_of


@dataclass(frozen=True)
class AnalysisInfo:
    """Identity of an analysis function; raise ``version`` whenever its output changes."""

    name: str
    version: int
    libraries: tuple[str, ...] = ("numpy",)


@dataclass(frozen=True)
class AnalysisCall:
    """One declared use: ``function`` is ``module:name`` (a leading dot means the episode's own package).

    ``inputs`` maps a parameter of the function to the ``id`` of an earlier call whose result it takes.
    ``model`` names a family of models (``language``, ``diffusion``): the function then gets the user's choice of it
    as ``model``.
    ``language:mini`` or ``diffusion:puppet-32`` pins one model that no choice changes.
    """

    id: str
    function: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    model: str = ""

    @property
    def family(self) -> str:
        """The family of models, without a pinned name."""
        return self.model.partition(":")[0]


FAMILIES = {
    "language": "tapehead.analysis.language.models.loading",
    "diffusion": "tapehead.analysis.diffusion.models.loading",
}
"""Modules with ``EMBEDDED``, ``model_digest(name, download)`` and ``load_model(name, device, download)``."""


@dataclass(frozen=True)
class ModelChoice:
    """Which model a film's analyses run on: a name (the family's embedded model if empty), where, and from where."""

    name: str = ""
    device: str = "cpu"
    download: bool = False


class _Models:
    """Models of one run, each found once and loaded only when a result has to be computed."""

    def __init__(self, choice: ModelChoice) -> None:
        self.choice = choice
        self._digests: dict[tuple[str, str], str] = {}
        self._loaded: dict[tuple[str, str], Any] = {}

    def _which(self, call: AnalysisCall) -> tuple[str, str]:
        family, _, pinned = call.model.partition(":")
        if family not in FAMILIES:
            raise EpisodeError(
                f"analysis '{call.id}' wants a model of family '{family}'; there is {', '.join(FAMILIES)}"
            )
        return family, pinned or self.choice.name or importlib.import_module(FAMILIES[family]).EMBEDDED

    def digest(self, call: AnalysisCall) -> str:
        family, name = which = self._which(call)
        if which not in self._digests:
            module = importlib.import_module(FAMILIES[family])
            self._digests[which] = module.model_digest(name, self.choice.download)
        return self._digests[which]

    def load(self, call: AnalysisCall) -> Any:
        family, name = which = self._which(call)
        if which not in self._loaded:
            module = importlib.import_module(FAMILIES[family])
            self._loaded[which] = module.load_model(name, self.choice.device, self.choice.download)
        return self._loaded[which]


def analysis(
    name: str, version: int, libraries: tuple[str, ...] = ("numpy",)
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Mark a function as an analysis: same arguments, same result."""

    def mark(function: Callable[..., Result]) -> Callable[..., Result]:
        function.analysis_info = AnalysisInfo(name, version, libraries)  # type: ignore[attr-defined]
        return function

    return mark


def find(function: str, package: str) -> Callable[..., Result]:
    """Import an analysis by dotted name.

    Raises:
        EpisodeError: the module or function is not there, or is not decorated with :func:`analysis`.
    """
    module_name, _, attribute = function.partition(":")
    try:
        module = importlib.import_module(module_name, package)
        found = getattr(module, attribute)
    except (ImportError, AttributeError) as error:
        raise EpisodeError(f"analysis '{function}' can not be imported: {error}") from error
    if not hasattr(found, "analysis_info"):
        raise EpisodeError(f"'{function}' is not an analysis; decorate it with @analysis(name, version)")
    return found


def info_of(function: str, package: str) -> AnalysisInfo:
    """What an analysis says of itself, without importing it where its source says so plainly.

    Raises:
        EpisodeError: see :func:`find`.
    """
    if (said := declared(function, package)) is not None:
        return AnalysisInfo(**said)
    info: AnalysisInfo = find(function, package).analysis_info  # type: ignore[attr-defined]
    return info


def library_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Installed versions of the libraries that an analysis says matter."""
    return {name: importlib.metadata.version(name) for name in names}


def key_of(
    call: AnalysisCall, info: AnalysisInfo, inputs: Mapping[str, str], seed: int, device: str, model: str = ""
) -> str:
    """Store key of a call; ``inputs`` maps parameter names to digests of their results, ``model`` is a digest too."""
    parts = {
        "analysis": info.name,
        "version": info.version,
        "parameters": dict(call.parameters),
        "inputs": dict(inputs),
        "libraries": library_versions(info.libraries),
        "seed": seed,
        "device": device,
    }
    return digest_of(parts | {"model": model} if model else parts)


def obtain(
    calls: tuple[AnalysisCall, ...],
    package: str,
    store: Store,
    seed: int,
    choice: ModelChoice = ModelChoice(),
    progress: Callable[[str, bool], None] = lambda _id, _kept: None,
    elsewhere: Callable[[AnalysisCall], None] | None = None,
) -> dict[str, Entry]:
    """All results of an episode, in declared order; kept ones are read, missing ones computed.

    ``progress`` is told each call's id and whether its result was kept already.  ``elsewhere`` is asked for missing
    results of models on anything but this machine's processor, and leaves them in the store.

    Raises:
        StoreError: a result made elsewhere is not in the store.
    """
    entries: dict[str, Entry] = {}
    models = _Models(choice)
    device = choice.device.partition(":")[0]
    for call in calls:
        info = info_of(call.function, package)
        inputs = {name: entries[i].digest for name, i in call.inputs.items()}
        on = device if call.model else "cpu"
        key = key_of(call, info, inputs, seed, on, models.digest(call) if call.model else "")
        entry = store.get("result", key)
        progress(call.id, entry is not None)
        if entry is None and elsewhere is not None and on != "cpu":
            elsewhere(call)
            entry = store.get("result", key)
            if entry is None:
                raise StoreError(
                    f"result '{call.id}' was made on another machine and is not in {store.root}; "
                    "all of them must see the same directory and have the same code and libraries"
                )
        if entry is None:
            with store.lock("result", key):
                entry = store.get("result", key) or _compute(call, package, info, key, entries, store, seed, models)
        entries[call.id] = entry
    return entries


def with_inputs(calls: tuple[AnalysisCall, ...], names: Iterable[str]) -> tuple[AnalysisCall, ...]:
    """The named calls and all that they need, in declared order.

    Raises:
        UnknownNameError: there is no call of a name.
    """
    by_name = {call.id: call for call in calls}
    needed: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in by_name:
            raise UnknownNameError("analysis", name, by_name)
        if name not in needed:
            needed.add(name)
            waiting += by_name[name].inputs.values()
    return tuple(call for call in calls if call.id in needed)


def _compute(
    call: AnalysisCall,
    package: str,
    info: AnalysisInfo,
    key: str,
    entries: Mapping[str, Entry],
    store: Store,
    seed: int,
    models: _Models,
) -> Entry:
    function = find(call.function, package)
    inputs: dict[str, Any] = {name: load(store, entries[i], i) for name, i in call.inputs.items()}
    if call.model:
        inputs["model"] = models.load(call)
    began = time.perf_counter()
    result = replace(function(**inputs, **call.parameters, seed=seed), name=call.id)
    facts: dict[str, Any] = {
        "analysis": info.name,
        "version": info.version,
        "parameters": dict(call.parameters),
        "inputs": {name: entries[i].digest for name, i in call.inputs.items()},
        "libraries": library_versions(info.libraries),
        "seed": seed,
        "device": models.choice.device.partition(":")[0] if call.model else "cpu",
        "origin": result.origin,
        "wall_s": round(time.perf_counter() - began, 3),
    }
    if call.model:
        facts["model"] = {"name": result.model, "digest": models.digest(call)}
    store.put_result(key, result, facts)
    entry = store.get("result", key)
    assert entry is not None, "a result that was just written is readable"
    return entry


def load(store: Store, entry: Entry, call_id: str) -> Result:
    """Read a kept result under the name that the episode gave it."""
    return replace(store.read_result(entry.path), name=call_id)
