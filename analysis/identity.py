"""What an analysis is, as far as its results depend on it: code, data files and libraries.

Nothing here is remembered by who writes the analysis, and nothing of it is run: sources are followed as they are
written (:mod:`tapehead.analysis.sources`), and of a library its installed version counts.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import sys
import weakref
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tapehead.analysis.errors import EpisodeError
from tapehead.analysis.reading import data_files
from tapehead.analysis.shipped import shipped_folder
from tapehead.analysis.sources import ROOT, closure, code_digest, foreign, relative_name, source_of
from tapehead.analysis.store import digest_file, digest_of

_DISTRIBUTIONS = {
    "PIL": "pillow",
    "cairo": "pycairo",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Names under which well-known libraries are installed, where it is not the one that is imported."""


@dataclass(frozen=True)
class Code:
    """The code of one analysis: where it lies, and digests and versions of all that it uses."""

    name: str
    """``./module.py:function``, relative to the folder."""
    folder: Path
    """The folder of its episode, or of its module in the project: data files are named relative to it."""
    files: frozenset[Path]
    sources: str
    data: Mapping[str, str]
    paths: Mapping[str, Path]
    """The declared files among ``data``; the others ship with tapehead."""
    libraries: Mapping[str, str]

    @property
    def shipped(self) -> list[str]:
        """Names of the files that ship with tapehead and are read: ``assets/...``."""
        return [name for name in self.data if name not in self.paths]

    def parts(self) -> dict[str, Any]:
        """What enters a key."""
        return {
            "function": self.name,
            "sources": self.sources,
            "data": dict(self.data),
            "libraries": dict(self.libraries),
        }


def module_file(module: str, package: str) -> Path | None:
    """The source of a module, without running it; ``None`` where only running it can tell."""
    try:
        spec = importlib.util.find_spec(importlib.util.resolve_name(module, package))
    except (ImportError, ValueError, AttributeError):
        return None
    return Path(spec.origin).resolve() if spec and spec.origin and spec.origin.endswith(".py") else None


def package_folder(package: str) -> Path | None:
    """The folder of an episode's package."""
    try:
        places = list((importlib.util.find_spec(package) if package else None).submodule_search_locations)  # type: ignore
    except (ImportError, ValueError, AttributeError, TypeError):
        return None
    return Path(places[0]).resolve() if places else None


def folder_of(file: Path, package: str) -> Path:
    """The folder that an analysis belongs to: its episode's, or that of its module."""
    home = package_folder(package)
    if home and file.is_relative_to(home):
        return home
    return next((p for p in file.parents if p.is_relative_to(ROOT) and (p / "episode.py").is_file()), file.parent)


def code_of(
    file: Path,
    attribute: str,
    package: str,
    whose: str,
    data: Iterable[str],
    libraries: Iterable[str],
    also: Iterable[Path],
) -> Code:
    """Everything of ``file:attribute`` that its results depend on; ``also`` are modules that work for it unseen.

    Raises:
        EpisodeError: a source cannot be read, a data file is not there, or a named library is not installed.
    """
    folder = folder_of(file, package)
    ours = file.is_relative_to(ROOT) and not (folder / "episode.py").is_file()
    files = closure(file, ROOT if ours else folder).union(*(closure(path, ROOT) for path in also))
    paths = data_files(data, folder, whose)
    return Code(
        f"{relative_name(file, folder)}:{attribute}",
        folder,
        files,
        code_digest(files, folder),
        {name: digest_file(path) for name, path in paths.items()} | assets_read(files),
        paths,
        foreign_versions(foreign(files)) | library_versions(tuple(libraries)),
    )


def assets_read(files: Iterable[Path]) -> dict[str, str]:
    """Digests of what ships with tapehead and is read by one of ``files``, by name.

    Raises:
        EpisodeError: one is not there.
    """
    names = sorted({name for path in files for name in source_of(path).assets})
    found = {name: shipped_folder().joinpath(*name.split("/")) for name in names}
    if missing := next((name for name, path in found.items() if not path.is_file()), None):
        raise EpisodeError(f"tapehead's own file assets/{missing} is missing; install again, or correct the name")
    return {f"assets/{name}": digest_file(path) for name, path in found.items()}


@functools.cache
def _version(name: str) -> str:
    return importlib.metadata.version(name)


def library_versions(names: tuple[str, ...]) -> dict[str, str]:
    """Installed versions of the libraries that an analysis says matter.

    Raises:
        EpisodeError: one is not installed.
    """
    try:
        return {name: _version(name) for name in names}
    except importlib.metadata.PackageNotFoundError as error:
        raise EpisodeError(
            f"an analysis names the library '{error.name}', which is not installed; install it or correct libraries="
        ) from None


@functools.cache
def _providers() -> Mapping[str, list[str]]:
    return importlib.metadata.packages_distributions()


def foreign_versions(names: Iterable[str]) -> dict[str, str]:
    """Versions of what sources import from elsewhere; a module that nobody installed counts by its own files."""
    versions = {}
    for name in sorted(names):
        wanted = _DISTRIBUTIONS.get(name, name)
        try:
            versions[wanted] = _version(wanted)
            continue
        except importlib.metadata.PackageNotFoundError:
            pass
        file = module_file(name, "")
        if file is None:
            continue  # not there: if it is wanted after all, the import says so
        if given := _providers().get(name):
            versions |= {each: _version(each) for each in given}
        else:
            loose = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
            versions[name] = digest_of({p.relative_to(file.parent).as_posix(): source_of(p).digest for p in loose})
    return versions


# -- what this process has loaded ----------------------------------------------------------------------------------

_loaded: weakref.WeakKeyDictionary[ModuleType, str] = weakref.WeakKeyDictionary()


@functools.cache
def _where(file: str) -> Path:
    return Path(file).resolve()


def _modules(files: frozenset[Path]) -> Iterable[tuple[ModuleType, Path]]:
    names = {path.name for path in files}
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        # The installed package is made of links: a module's file is where it was found, and not where it lies.
        if file and Path(file).name in names and (path := _where(file)) in files:
            yield module, path


def note_loaded(files: frozenset[Path]) -> None:
    """Remember what the loaded modules among these files said when they were first seen."""
    for module, path in _modules(files):
        _loaded.setdefault(module, source_of(path).digest)


def check_loaded(files: frozenset[Path], whose: str) -> None:
    """Make sure that what is going to run is what the files say, and so what the key says.

    Raises:
        EpisodeError: a file was changed after this process had loaded it.
    """
    note_loaded(files)
    for module, path in _modules(files):
        if _loaded[module] != source_of(path).digest:
            raise EpisodeError(
                f"{whose} cannot be computed: {path} was changed after this process had loaded it; "
                "run the command again"
            )
