"""What an analysis is, and how its result is found again or computed.

An analysis is a plain function decorated with :func:`analysis`.  Episodes name it by dotted text and call it with
parameters; :func:`obtain` keeps the result in the store under everything that could change it: the code itself and
all of ours that it imports, its data files, parameters, inputs, seed, model and libraries.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tapehead.analysis.calling import called
from tapehead.analysis.declared import declared
from tapehead.analysis.errors import EpisodeError, StoreError, UnknownNameError
from tapehead.analysis.identity import Code, check_loaded, code_of, module_file, note_loaded, package_folder
from tapehead.analysis.reading import only_declared
from tapehead.analysis.results import Result
from tapehead.analysis.shipped import shipped_folder
from tapehead.analysis.sources import keeping
from tapehead.analysis.store import Entry, Store, digest_of


@dataclass(frozen=True)
class AnalysisInfo:
    """What an analysis says of itself.

    Its code is part of its results' keys by itself; another ``version`` forces new ones.  ``data`` are files that it
    reads, named relative to the folder of its episode (in the project: of its module).
    """

    name: str
    version: int = 1
    libraries: tuple[str, ...] = ("numpy",)
    data: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for what in ("libraries", "data"):
            given = getattr(self, what)
            if isinstance(given, str):
                raise EpisodeError(f"analysis '{self.name}': {what} is a tuple of names; write {what}=(\"{given}\",)")
            object.__setattr__(self, what, tuple(given))


@dataclass(frozen=True)
class AnalysisCall:
    """One declared use: ``function`` is ``module:name`` (a leading dot means the episode's own package).

    ``inputs`` maps a parameter of the function to the ``id`` of an earlier call whose result it takes.
    ``model`` names a family of models (``language``, ``diffusion``, ``vision``): the function then gets the user's
    choice of it as ``model``.
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
    "vision": "tapehead.analysis.vision.models",
}
"""Modules with ``EMBEDDED``, ``model_digest(name, download)`` and ``load_model(name, device, download)``."""


@dataclass(frozen=True)
class ModelChoice:
    """Which model a film's analyses run on: a name (the family's embedded model if empty), where, and from where."""

    name: str = ""
    device: str = "cpu"
    download: bool = False


class Models:
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
        """Of the weights that a call's model has."""
        family, name = which = self._which(call)
        if which not in self._digests:
            module = importlib.import_module(FAMILIES[family])
            self._digests[which] = module.model_digest(name, self.choice.download)
        return self._digests[which]

    def load(self, call: AnalysisCall) -> Any:
        """A call's model, loaded when it is first asked for."""
        family, name = which = self._which(call)
        if which not in self._loaded:
            module = importlib.import_module(FAMILIES[family])
            self._loaded[which] = module.load_model(name, self.choice.device, self.choice.download)
        return self._loaded[which]

    def folders(self, call: AnalysisCall) -> list[Path]:
        """Where the files of a call's model lie, if the user named a folder: they are in the model's digest."""
        name = self._which(call)[1] if call.model else ""
        return [path for path in [Path(name).expanduser()] if name and path.is_dir()]


def analysis(
    name: str, version: int = 1, libraries: tuple[str, ...] = ("numpy",), data: tuple[str, ...] = ()
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Mark a function as an analysis: same arguments and same data files, same result."""

    def mark(function: Callable[..., Result]) -> Callable[..., Result]:
        function.analysis_info = AnalysisInfo(name, version, libraries, data)  # type: ignore[attr-defined]
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
        found: Callable[..., Result] = getattr(module, attribute)
    except (ImportError, AttributeError) as error:
        raise EpisodeError(f"analysis '{function}' cannot be imported: {error}") from error
    if not hasattr(found, "analysis_info"):
        raise EpisodeError(f"'{function}' is not an analysis; decorate it with @analysis(name)")
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


def code_behind(call: AnalysisCall, package: str, info: AnalysisInfo) -> Code:
    """Sources, data files and libraries of a call's function, without importing it where that can be helped.

    Raises:
        EpisodeError: there is no source, or a part of it is not there.
    """
    module, _, attribute = call.function.partition(":")
    also = []
    if call.model and call.family in FAMILIES:
        loader = module_file(FAMILIES[call.family], "")
        also = [loader] if loader else []
    file = module_file(module, package) or _source(find(call.function, package), call)
    return code_of(file, attribute, package, f"analysis '{call.id}'", info.data, info.libraries, also)


def _source(function: Callable[..., Result], call: AnalysisCall) -> Path:
    try:
        found = inspect.getsourcefile(inspect.unwrap(function))
    except TypeError:
        found = None
    if not found or not Path(found).is_file():
        raise EpisodeError(
            f"analysis '{call.id}' ({call.function}) has no source file, so nobody could tell when it changes; "
            "write it in a module"
        )
    return Path(found).resolve()


@dataclass(frozen=True)
class Misfit:
    """What is wrong with a call, in words, and with which of its names."""

    text: str
    name: str


def misfit(call: AnalysisCall, takes: inspect.Signature) -> Misfit | None:
    """What of a call its function would refuse: names that it does not take, names given twice, names left out."""
    kinds = inspect.Parameter
    named = [p for p in takes.parameters.values() if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)]
    names = [p.name for p in named]
    given = [*call.parameters, *call.inputs, *(["model"] if call.model else []), "seed"]
    told = f"analysis '{call.id}': {call.function}"
    for name in given:
        if given.count(name) > 1:
            return Misfit(f"{told} is given '{name}' more than once (seed and model come from the film)", name)
        if name not in names and not any(p.kind is kinds.VAR_KEYWORD for p in takes.parameters.values()):
            near = difflib.get_close_matches(name, [n for n in names if n not in given], n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(names) or 'nothing'}"
            return Misfit(f"{told} takes no '{name}': {hint}", name)
    for parameter in named:
        if parameter.default is kinds.empty and parameter.name not in given:
            return Misfit(f"{told} needs '{parameter.name}', which is not given", parameter.name)
    return None


def key_of(
    call: AnalysisCall,
    info: AnalysisInfo,
    code: Code,
    inputs: Mapping[str, str],
    seed: int,
    device: str,
    model: str = "",
) -> str:
    """Store key of a call; ``inputs`` maps parameter names to digests of their results, ``model`` is a digest too."""
    parts = {
        "analysis": info.name,
        "version": info.version,
        "code": code.parts(),
        "parameters": dict(call.parameters),
        "inputs": dict(inputs),
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
    beside: Callable[[tuple[AnalysisCall, ...]], None] | None = None,
    models: Models | None = None,
) -> dict[str, Entry]:
    """All results of an episode, in declared order; kept ones are read, missing ones computed.

    ``progress`` is told each call's id and whether its result was kept already.  ``elsewhere`` is asked for missing
    results of models on anything but this machine's processor, and leaves them in the store.  ``beside`` is told once
    of all calls whose results are missing, and may leave some of these in the store.  ``models`` are those of an
    earlier call with the same ``choice``, so that none is loaded again.

    Raises:
        StoreError: a result made elsewhere is not in the store.
    """
    entries: dict[str, Entry] = {}
    models = models or Models(choice)
    with keeping(store.root):
        codes = _codes(calls, package)
    device = choice.device.partition(":")[0]

    def key_now(call: AnalysisCall) -> str:
        info, code = codes[call.id]
        inputs = {name: entries[i].digest for name, i in call.inputs.items()}
        on = device if call.model else "cpu"
        return key_of(call, info, code, inputs, seed, on, models.digest(call) if call.model else "")

    def lacking(rest: Iterable[AnalysisCall]) -> tuple[AnalysisCall, ...]:
        """Of these the ones that are not kept; whose inputs are not kept has no key yet, and cannot be kept."""
        found = []
        for call in rest:
            known = all(i in entries for i in call.inputs.values())
            if known and (kept := store.get("result", key_now(call))) is not None:
                entries[call.id] = kept
            else:
                found.append(call)
        return tuple(found)

    for number, call in enumerate(calls):
        info, code = codes[call.id]
        key = key_now(call)
        entry = store.get("result", key)
        if entry is None and beside is not None:
            beside(lacking(calls[number:]))
            beside, entry = None, store.get("result", key)
        progress(call.id, entry is not None)
        if entry is None and elsewhere is not None and call.model and device != "cpu":
            elsewhere(call)
            entry = store.get("result", key)
            if entry is None:
                raise StoreError(
                    f"result '{call.id}' was made on another machine and is not in {store.root}; "
                    "all of them must see the same directory and have the same code and libraries"
                )
        if entry is None:
            with store.lock("result", key):
                entry = store.get("result", key) or _compute(
                    call, package, info, code, key, entries, store, seed, models
                )
        entries[call.id] = entry
    return {call.id: entries[call.id] for call in calls}


def _codes(calls: Iterable[AnalysisCall], package: str) -> dict[str, tuple[AnalysisInfo, Code]]:
    """What is behind each call; two calls of one function are one look."""
    found: dict[tuple[str, str], tuple[AnalysisInfo, Code]] = {}
    by_call = {}
    for call in calls:
        which = call.function, call.family
        if which not in found:
            info = info_of(call.function, package)
            found[which] = info, code_behind(call, package, info)
        by_call[call.id] = found[which]
    note_loaded(frozenset().union(*(code.files for _info, code in found.values())))
    return by_call


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
    code: Code,
    key: str,
    entries: Mapping[str, Entry],
    store: Store,
    seed: int,
    models: Models,
) -> Entry:
    inputs: dict[str, Any] = {name: load(store, entries[i], i) for name, i in call.inputs.items()}
    if call.model:
        inputs["model"] = models.load(call)
    whose = f"analysis '{call.id}'"
    episode = package_folder(package)
    with only_declared(
        f"{whose} ({code.name})",
        f'@analysis("{info.name}", version={info.version}',
        code.paths,
        code.folder,
        [*code.paths.values(), *(shipped_folder() / name.removeprefix("assets/") for name in code.shipped)],
        [episode] if episode else [],
        models.folders(call),
        shipped_folder() / "published",
    ):
        function = find(call.function, package)  # what a module reads while it is imported counts as well
        check_loaded(code.files, whose)
        if wrong := misfit(call, inspect.signature(function)):
            raise EpisodeError(wrong.text)
        began = time.perf_counter()
        result = replace(called(whose, lambda: function(**inputs, **call.parameters, seed=seed), seed), name=call.id)
        took = time.perf_counter() - began
    if code_behind(call, package, info) != code:
        raise EpisodeError(f"a source or data file of {whose} was changed while it was computed; run it again")
    facts: dict[str, Any] = {
        "analysis": info.name,
        "version": info.version,
        "parameters": dict(call.parameters),
        "inputs": {name: entries[i].digest for name, i in call.inputs.items()},
        "code": code.parts(),
        "seed": seed,
        "device": models.choice.device.partition(":")[0] if call.model else "cpu",
        "origin": result.origin,
        "wall_s": round(took, 3),
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
