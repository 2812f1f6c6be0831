"""Modules that lie beside a file of scenes: they come along, and are asked for relatively.

A script finds what lies beside it by its bare name; a module of an episode does not, since two episodes may each have
a ``helpers.py``.  So every import of such a module gets its dots, in the file itself and in whatever it brings along.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_bytes
from tapehead.render.start.plain_values import MOST_BYTES

VOICEOVER = "manim_voiceover"
Change = tuple[ast.stmt, str]


@dataclass
class Beside:
    """What comes along: files as they are, files with their imports changed, and what could not be done."""

    copied: dict[str, Path] = field(default_factory=dict)
    rewritten: dict[str, str] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


def imports_of(
    tree: ast.Module, folder: Path, inside: PurePosixPath, beside: Beside, needed: Callable[[str], bool]
) -> list[Change]:
    """The import statements of a file that have to change, with what stands in their place.

    Args:
        folder: where the file of scenes lies.
        inside: the folder of this very file, seen from there.
        beside: takes what is asked for.
        needed: whether a name that is imported is still used; one that is not is dropped from its statement.
    """
    dots = "." * (1 + len(inside.parts))
    changes: list[Change] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found = _files_of(folder, node.module, [each.name for each in node.names])
            if not found:
                continue
            kept = [each for each in node.names if needed(each.asname or each.name)]
            if kept:
                _bring(found, folder, beside)
                changes.append((node, f"from {dots}{node.module} import {', '.join(map(ast.unparse, kept))}"))
            else:
                changes.append((node, "pass"))
        elif isinstance(node, ast.Import) and any(_files_of(folder, each.name, []) for each in node.names):
            changes.append((node, _import(node, folder, dots, beside, needed)))
    return [(node, "" if instead == "pass" and not node.col_offset else instead) for node, instead in changes]


def _import(node: ast.Import, folder: Path, dots: str, beside: Beside, needed: Callable[[str], bool]) -> str:
    parts = []
    for each in node.names:
        found = _files_of(folder, each.name, [])
        if not found:
            parts.append(f"import {ast.unparse(each)}")
        elif not needed(each.asname or each.name.partition(".")[0]):
            continue
        elif "." in each.name and not each.asname:
            above, _, last = each.name.rpartition(".")
            beside.left.append(
                f"{node.lineno}: '{each.name}' lies beside the file: write `from .{above} import {last}`"
            )
            parts.append(f"import {each.name}")
        else:
            _bring(found, folder, beside)
            above, _, last = each.name.rpartition(".")
            parts.append(f"from {dots}{above} import {last}" + (f" as {each.asname}" if each.asname else ""))
    return "; ".join(parts) or "pass"


def _files_of(folder: Path, module: str, names: list[str]) -> list[PurePosixPath]:
    """The files that an import of ``module``, and of ``names`` from it, reads; none if it does not lie there."""
    place = PurePosixPath(*module.split("."))
    found = [place.with_suffix(".py")] if (folder / place.with_suffix(".py")).is_file() else []
    if not found and (folder / place).is_dir():
        found = [place / "__init__.py"] if (folder / place / "__init__.py").is_file() else []
        found += [place / f"{name}.py" for name in names if (folder / place / f"{name}.py").is_file()]
    if found:
        above = [each / "__init__.py" for each in place.parents if each.parts]
        found += [each for each in above if (folder / each).is_file()]
    return found


def _bring(files: list[PurePosixPath], folder: Path, beside: Beside) -> None:
    for name in files:
        if str(name) in beside.seen:
            continue
        beside.seen.add(str(name))
        path = folder / name
        try:
            source = read_bytes(path, MOST_BYTES)
            text, tree = source.decode("utf-8"), ast.parse(source)
        except (OSError, UsageError, SyntaxError, ValueError, RecursionError, MemoryError):
            beside.copied[str(name)] = path  # whatever is wrong with it, Python says it best
            continue
        for node in ast.walk(tree):
            asked = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            if any(each.partition(".")[0] == VOICEOVER for each in (asked, *names)):
                beside.left.append(
                    f"{getattr(node, 'lineno', 0)}: of {name}, which came along, asks for {VOICEOVER}, which no "
                    "episode needs: take out what speaks there"
                )
        for node in [each for each in ast.walk(tree) if isinstance(each, ast.ImportFrom) and each.level]:
            within = name.parent.joinpath(*[".."] * (node.level - 1))
            if ".." not in within.parts:
                asked = ".".join([*within.parts, *(node.module or "").split(".")]).strip(".")
                _bring(_files_of(folder, asked, [each.name for each in node.names]) if asked else [], folder, beside)
        changes = imports_of(tree, folder, name.parent, beside, lambda _: True)
        if changes:
            beside.rewritten[str(name)] = changed(text, changes)
        else:
            beside.copied[str(name)] = path


def changed(text: str, changes: list[Change]) -> str:
    """The text with statements replaced."""
    source = text.encode("utf-8")
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    out, at = b"", 0
    for node, instead in sorted(changes, key=lambda each: (each[0].lineno, each[0].col_offset)):
        assert node.end_lineno is not None and node.end_col_offset is not None
        out += source[at : starts[node.lineno - 1] + node.col_offset] + instead.encode("utf-8")
        at = starts[node.end_lineno - 1] + node.end_col_offset
    return (out + source[at:]).decode("utf-8")
