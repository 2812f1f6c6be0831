"""Importing the modules of an episode's folder, and saying in one line why one of them cannot be imported.

An episode is somebody's Python file: it can fail in every way that Python knows.  Whatever happens while it is loaded
is told with the file and line of the deepest frame inside its folder, and nothing half-imported stays behind, so that
a mended file is read anew.
"""

from __future__ import annotations

import builtins
import difflib
import importlib
import importlib.machinery
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from tapehead.analysis.errors import EpisodeError, Interrupted, TapeheadError
from tapehead.scenes.lacking import lacking

_LONGEST_SOURCE = 4 * 2**20
_NOT_TAKEN = re.compile(r"^([\w.<>]+)\(\) got an unexpected keyword argument '(.+)'$")
_NOT_THERE = re.compile(r"^cannot import name '(.+?)' from '(.+?)'")


def import_from(package: str, folder: Path, module: str) -> ModuleType:
    """Import ``package.module`` from a folder that need not be on ``sys.path``.

    Raises:
        EpisodeError: the module is not there or fails to import; the message has file, line and reason.
    """
    file = folder / f"{module.replace('.', '/')}.py"
    with explained(package, folder, file):
        _check_size(file)
        if not package.startswith("tapehead.scenes.") and package not in sys.modules:
            _import_package(package, folder)
        return importlib.import_module(f"{package}.{module}")


def _import_package(package: str, folder: Path) -> None:
    """An ``__init__.py`` is welcome and not required, so that a copied folder works as it is."""
    init = folder / "__init__.py"
    spec = (
        importlib.util.spec_from_file_location(package, init, submodule_search_locations=[str(folder)])
        if init.is_file()
        else importlib.machinery.ModuleSpec(package, None, is_package=True)
    )
    assert spec is not None, "a .py file has a loader"
    spec.submodule_search_locations = [str(folder)]
    made = importlib.util.module_from_spec(spec)
    sys.modules[package] = made
    if spec.loader:
        spec.loader.exec_module(made)


def _check_size(file: Path) -> None:
    """A source is read whole and parsed into a hundred times its size, so there is a limit to it."""
    if file.is_file() and (size := file.stat().st_size) > _LONGEST_SOURCE:
        raise EpisodeError(f"it has {size / 2**20:.0f} MiB, and {_LONGEST_SOURCE // 2**20} are the most for a module")


@contextmanager
def whole_or_not_at_all(package: str) -> Iterator[None]:
    """When loading fails, take out of ``sys.modules`` what was imported of ``package`` meanwhile."""
    before = set(sys.modules)
    try:
        yield
    except BaseException:
        for name in set(sys.modules) - before:
            if name == package or name.startswith(f"{package}."):
                gone = sys.modules.pop(name)
                parent, _, leaf = name.rpartition(".")
                if getattr(sys.modules.get(parent), leaf, None) is gone:
                    delattr(sys.modules[parent], leaf)
        importlib.invalidate_caches()  # the mended file may be a new one
        raise


@contextmanager
def explained(package: str, folder: Path, file: Path) -> Iterator[None]:
    """Turn whatever goes wrong while ``file`` is loaded into one line; Ctrl-C goes through.

    Raises:
        EpisodeError: something went wrong.
    """
    with whole_or_not_at_all(package):
        try:
            yield
        except (KeyboardInterrupt, GeneratorExit, Interrupted):
            raise
        except BaseException as error:  # sys.exit() too: an episode does not end the program that lists it
            raise EpisodeError(_explanation(error, package, folder, file)) from error


def nearest(name: str, known: Iterable[str]) -> str:
    """``: did you mean …?`` with the most similar known name; empty where none is similar."""
    near = difflib.get_close_matches(name, sorted(set(known)), n=1, cutoff=0.6)
    return f": did you mean '{near[0]}'?" if near else ""


def _explanation(error: BaseException, package: str, folder: Path, file: Path) -> str:
    path, line, frame = _place(error, folder, file)
    reason = " ".join(_reason(error, package, folder, frame).split())
    return f"{path}:{line}: {reason}" if line else f"{path} cannot be loaded: {reason}"


def _place(error: BaseException, folder: Path, file: Path) -> tuple[Path, int, FrameType | None]:
    """Where it happened: the deepest frame inside the folder, or the line that cannot be parsed."""
    root = os.path.realpath(folder)
    inside: dict[str, bool] = {}  # a recursion has a thousand frames of one file
    found: tuple[Path, int, FrameType | None] = (file, 0, None)
    trace = error.__traceback__
    while trace is not None:
        name = trace.tb_frame.f_code.co_filename
        if name not in inside:
            inside[name] = _is_inside(name, root)
        if inside[name]:
            found = Path(name), trace.tb_lineno, trace.tb_frame
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename and _is_inside(error.filename, root):
        return Path(error.filename), error.lineno or 0, None
    return found


def _is_inside(name: str, root: str) -> bool:
    return os.path.realpath(name).startswith(root + os.sep)


def _reason(error: BaseException, package: str, folder: Path, frame: FrameType | None) -> str:
    text = _text(error)
    if isinstance(error, TapeheadError):
        return text
    if lacks := lacking(error):
        return str(lacks)
    if isinstance(error, SystemExit):
        return f"it ends the program by sys.exit({'' if error.code is None else repr(error.code)}); leave that out"
    if isinstance(error, SyntaxError):
        outside = error.filename and not _is_inside(error.filename, os.path.realpath(folder))
        where = f" in {error.filename}:{error.lineno}" if outside else ""
        return f"{type(error).__name__}{where}: {error.msg}"
    if isinstance(error, ModuleNotFoundError) and error.name:
        return _no_module(error.name, package, folder)
    return f"{type(error).__name__}: {_friendly(error, text, package, frame)}".removesuffix(": ")


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception of theirs that cannot even be printed
        return ""


_ROOMS = ("analysis", "scenes", "render", "assets")
"""What episodes imported by these names until tapehead occupied one name only."""


def _no_module(name: str, package: str, folder: Path) -> str:
    parent, _, leaf = name.rpartition(".")
    if parent:
        places = list(getattr(sys.modules.get(parent), "__path__", ()))
        known: Iterable[str] = (each.name for each in pkgutil.iter_modules(places))
    else:
        known = {*sys.stdlib_module_names, *(each for each in sys.modules if "." not in each)}
    if parent == package:
        return f"there is no module '.{leaf}' in {folder}{nearest(leaf, known)}"
    if name in _ROOMS:
        return f"there is no module '{name}': write 'tapehead.{name}', the one name under which tapehead is installed"
    return f"there is no module '{name}'{nearest(leaf, known)}"


def _friendly(error: BaseException, text: str, package: str, frame: FrameType | None) -> str:
    """Python's own message, and for a misspelt name the nearest known one."""
    shown = text.replace(f"{package}.", ".")
    if isinstance(error, TypeError) and (match := _NOT_TAKEN.match(text)):
        called, name = match[1].removesuffix(".__init__"), match[2]
        takes = _parameters(called, frame)
        listed = f"; it takes {', '.join(takes)}" if takes else ""
        return f"{called}(...) takes no '{name}'{nearest(name, takes) or listed}"
    if isinstance(error, NameError) and error.name:
        return shown + nearest(error.name, _names(frame))
    if isinstance(error, AttributeError) and error.name:
        return shown + nearest(error.name, dir(error.obj))
    if isinstance(error, ImportError) and (match := _NOT_THERE.match(text)):
        whence = match[2].replace(f"{package}.", ".")
        return f"there is no '{match[1]}' in {whence}{nearest(match[1], dir(sys.modules.get(match[2])))}"
    return shown


def _names(frame: FrameType | None) -> Iterable[str]:
    return {*dir(builtins), *(frame.f_globals if frame else ()), *(frame.f_locals if frame else ())}


def _parameters(called: str, frame: FrameType | None) -> list[str]:
    """Names of the parameters of a function or class, looked for where it was called and among our declarations."""
    spaces: list[Mapping[str, Any]] = [frame.f_locals, frame.f_globals] if frame else []
    spaces += [
        vars(sys.modules[name])
        for name in ("tapehead.scenes.episode", "tapehead.analysis.registry")
        if name in sys.modules
    ]
    for space in spaces:
        for value in list(space.values()):
            if callable(value) and getattr(value, "__qualname__", "") == called:
                try:
                    return list(inspect.signature(value).parameters)
                except (TypeError, ValueError):
                    return []
    return []
