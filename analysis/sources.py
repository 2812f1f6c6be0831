"""Which sources a module runs, and one digest of each that only its meaning changes.

The key of a result and the key of a scene hold the code that made them.  Imports are followed through the files as they
are written, without running them: looking a kept result up must not import torch.  Statements inside functions count,
and so does ``importlib.import_module`` with a literal name.

Comments, formatting and docstrings do not enter a digest.  Parsing the whole project takes a second, so what was found
in a file is kept under the file's SHA-256: in this process, and in one small file of the store.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tapehead.analysis.errors import EpisodeError, StoreError
from tapehead.analysis.store import default_root, digest_of, write_atomically

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "tapehead"
"""The name under which the project's modules are imported once they are installed: ``tapehead.analysis.x``."""
_OURS = ("scenes", "analysis")
SHIPPED = "shipped_file"
"""The function that names a file in ``assets/`` on behalf of whatever imports the source that calls it."""
_KEPT_AS = "sources.json"
_FORMAT = [2, *sys.version_info[:2]]
"""Another Python may see another tree in the same text."""
_MOST_KEPT = 4000


@dataclass(frozen=True)
class Import:
    """One import statement: ``from level*"." + module import names``."""

    line: int
    level: int
    module: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """What a file says: a digest of its tree (empty if there is nothing in it but a docstring), and its imports."""

    digest: str
    imports: tuple[Import, ...]
    assets: tuple[str, ...] = ()
    """What it asks :func:`tapehead.analysis.shipped.shipped_file` for, by names written out in it."""


class _Shelf:
    """What is known of files: by stat for this process, by content for every process."""

    def __init__(self) -> None:
        self._here: dict[Path, tuple[int, int, Source]] = {}
        self._known: dict[str, Source] = {}
        self._read_from: set[Path] = set()
        self._new = False
        self.reached: dict[tuple[Path, Path], tuple[Path, ...]] | None = None
        """Within :func:`keeping`, what a file's imports were found to run: many modules import the same few."""

    def source(self, path: Path) -> Source:
        """What a file says.

        Raises:
            EpisodeError: it is no Python, or cannot be read; the message has file and line.
        """
        try:
            stat = path.stat()
            kept = self._here.get(path)
            if kept and kept[:2] == (stat.st_mtime_ns, stat.st_size):
                return kept[2]
            text = path.read_bytes()
        except OSError as error:
            raise EpisodeError(f"{path} cannot be read: {error.strerror or error}") from error
        content = hashlib.sha256(text).hexdigest()
        if content not in self._known:
            self._known[content] = _parsed(path, text)
            self._new = True
        self._here[path] = stat.st_mtime_ns, stat.st_size, self._known[content]
        return self._known[content]

    def open(self, root: Path) -> None:
        """Take over what other processes found out; a file that is damaged says nothing."""
        if root in self._read_from:
            return
        self._read_from.add(root)
        self._known |= _kept(root / _KEPT_AS)

    def close(self, root: Path) -> None:
        """Leave what is new to other processes; a store that cannot be written is no reason to stop."""
        if not self._new:
            return
        self._new = False
        together = _kept(root / _KEPT_AS) | self._known
        body = [
            [
                content,
                source.digest,
                [[i.line, i.level, i.module, list(i.names)] for i in source.imports],
                source.assets,
            ]
            for content, source in list(together.items())[-_MOST_KEPT:]
        ]
        with contextlib.suppress(OSError, StoreError):
            write_atomically(
                root / _KEPT_AS, json.dumps({"format": _FORMAT, "digest": _checksum(body), "sources": body})
            )


def _checksum(body: object) -> str:
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _kept(path: Path) -> dict[str, Source]:
    try:
        data = json.loads(path.read_bytes())
        if data["format"] != _FORMAT or data["digest"] != _checksum(data["sources"]):
            return {}
        return {
            content: Source(
                digest,
                tuple(Import(line, level, name, tuple(names)) for line, level, name, names in found),
                tuple(assets),
            )
            for content, digest, found, assets in data["sources"]
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


_shelf = _Shelf()


@contextlib.contextmanager
def keeping(root: Path | None = None) -> Iterator[None]:
    """Use and feed what a store knows of sources (the user's store if none is named).

    Meanwhile each file is looked for once: what is added or taken away is seen by the next one who asks.
    """
    if _shelf.reached is not None:
        yield
        return
    place = root or default_root()
    _shelf.open(place)
    _shelf.reached = {}
    try:
        yield
    finally:
        _shelf.reached = None
        _shelf.close(place)


def source_of(path: Path) -> Source:
    """Digest and imports of one file, see :class:`Source`."""
    return _shelf.source(path)


# -- reading one file ----------------------------------------------------------------------------------------------


def _parsed(path: Path, text: bytes) -> Source:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise EpisodeError(f"{path}:{line}: {getattr(error, 'msg', error)}") from error
    imports, assets = tuple(_imports(tree)), tuple(sorted(set(_assets(tree, path))))
    _strip_docstrings(tree)
    digest = hashlib.sha256(ast.dump(tree).encode("utf-8", "surrogatepass")).hexdigest() if tree.body else ""
    return Source(digest, imports, assets)


def _imports(tree: ast.Module) -> Iterator[Import]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield Import(node.lineno, node.level, node.module or "", tuple(alias.name for alias in node.names))
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, 0, alias.name)
        elif isinstance(node, ast.Call) and node.args and _called(node.func) == "import_module":
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                name = first.value.lstrip(".")
                yield Import(node.lineno, len(first.value) - len(name), name)


def _assets(tree: ast.Module, path: Path) -> Iterator[str]:
    """Names of shipped files that a source asks for.

    Raises:
        EpisodeError: a name is put together while the code runs, so the key could not know it.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _called(node.func) == SHIPPED:
            first = node.args[0] if node.args else None
            if not (isinstance(first, ast.Constant) and isinstance(first.value, str)):
                raise EpisodeError(
                    f"{path}:{node.lineno}: {SHIPPED} takes a name that is written out, "
                    'as in shipped_file("published/gpt2-small.json"): the key of a result is read from the source'
                )
            yield first.value


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _strip_docstrings(tree: ast.Module) -> None:
    """Take away texts that stand alone as a statement: docstrings, and those of fields and constants."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
            node.body = [s for s in body if not _bare_text(s)]  # type: ignore[attr-defined]


def _bare_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


# -- following imports ---------------------------------------------------------------------------------------------


def closure(module: Path, folder: Path | None = None) -> frozenset[Path]:
    """All files of ours that importing ``module`` runs, itself included.

    ``folder`` is that of the module's episode: its relative imports stay in there, unless it lies in the project.

    Raises:
        EpisodeError: a file is no Python, or one of our modules is imported that is not there.
    """
    found: set[Path] = set()
    waiting = [module.resolve()]
    home = (folder or module.parent).resolve()
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += _run_by(path, home)
    return frozenset(found)


def _run_by(path: Path, home: Path) -> tuple[Path, ...]:
    """The files that a module runs by its own import statements, and the inits before it."""
    inside = home if path.is_relative_to(home) else ROOT
    if _shelf.reached is not None and (path, inside) in _shelf.reached:
        return _shelf.reached[path, inside]
    imports = source_of(path).imports
    run = tuple({*_inits(path, inside), *(file for each in imports for file in _reached(path, each, inside))})
    if _shelf.reached is not None:
        _shelf.reached[path, inside] = run
    return run


def _inits(path: Path, top: Path) -> Iterator[Path]:
    """The inits of the packages around a module, up to the folder at the top, which run before it."""
    for parent in path.parents:
        if not parent.is_relative_to(top) or (parent == top == ROOT):
            return
        if (parent / "__init__.py").is_file():
            yield parent / "__init__.py"


def _reached(path: Path, each: Import, home: Path) -> list[Path]:
    """The files that one import statement runs.

    Raises:
        EpisodeError: it names a module of ours that is not there.
    """
    name, names = each.module, each.names
    if each.level:
        base = path.parents[each.level - 1]
        if not (base.is_relative_to(home) or base.is_relative_to(ROOT)):
            return []  # beyond the top: Python refuses it in its own words
    else:
        base = ROOT
        if name == PACKAGE or name.startswith(f"{PACKAGE}."):
            name = name[len(PACKAGE) + 1 :]
            if not name:
                return [p for n in names if n in _OURS for p in _files(base, n)]
        if name.split(".")[0] not in _OURS:
            return []
    files = list(_files(base, name))
    is_module = _is_module(base, name)
    if not is_module and not _is_folder(base, name):
        raise _not_there(path, each)
    for given in names:  # `from .numbers import W` and `from . import numbers` alike
        dotted = f"{name}.{given}" if name else given
        if _is_module(base, dotted):
            files += _files(base, dotted)
        elif not is_module and given != "*" and not _is_folder(base, dotted):
            raise _not_there(path, each, given)
    return files


def _not_there(path: Path, each: Import, given: str = "") -> EpisodeError:
    dots = "." * each.level
    asked = f"from {dots}{each.module} import {given}" if given else f"import {dots}{each.module}"
    return EpisodeError(f"{path}:{each.line}: `{asked}`: there is no such module; correct the name or add the file")


def _place(base: Path, dotted: str) -> Path:
    return base.joinpath(*dotted.split(".")) if dotted else base


def _is_folder(base: Path, dotted: str) -> bool:
    return _place(base, dotted).is_dir()


def _is_module(base: Path, dotted: str) -> bool:
    place = _place(base, dotted)
    return (place / "__init__.py").is_file() or (bool(dotted) and place.with_suffix(".py").is_file())


def _files(base: Path, dotted: str) -> Iterator[Path]:
    """The files that importing ``dotted`` below ``base`` runs: package inits and the module itself."""
    place = base
    if not dotted and base != ROOT and (base / "__init__.py").is_file():
        yield base / "__init__.py"
    for part in dotted.split(".") if dotted else ():
        place = place / part
        if (place / "__init__.py").is_file():
            yield place / "__init__.py"
    if dotted and place.with_suffix(".py").is_file():
        yield place.with_suffix(".py")


# -- one digest ----------------------------------------------------------------------------------------------------


def relative_name(path: Path, folder: Path) -> str:
    """A file's name in a key: ``./x.py`` in the episode's folder, ``analysis/x.py`` in the project."""
    if path.is_relative_to(folder):
        return f"./{path.relative_to(folder).as_posix()}"
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def code_digest(files: Iterable[Path], folder: Path) -> str:
    """One digest over sources; a moved folder keeps it, and so does one with or without an empty ``__init__.py``."""
    digests = {relative_name(path, folder): source_of(path).digest for path in files}
    return digest_of({name: digest for name, digest in digests.items() if digest})


def foreign(files: Iterable[Path]) -> frozenset[str]:
    """Top names of what sources import that is neither ours nor Python's own."""
    names = {each.module.split(".")[0] for path in files for each in source_of(path).imports if not each.level}
    return frozenset(names - {PACKAGE, "", *_OURS, "render", "assets"} - sys.stdlib_module_names)
