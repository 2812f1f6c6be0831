"""What a Python file holds in plain words: texts, numbers, lists and dictionaries that are written out in it.

Nothing is run.  An expression is worked out from constants, names, subscripts, ``+``, f-strings and a few methods of
strings; modules that lie beside the file are read in the same way, so ``NARRATION["opening"]`` is known if it stands
in ``narration.py``.  Whatever needs more than that is `UnknownError`.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import read_bytes

MOST_BYTES = 4 * 2**20
"""Of a file that is read."""
MOST_ITEMS = 10_000
"""Of a list that is worked out, and turns of a loop."""
MOST_LETTERS = 1_000_000
"""Of a text that is worked out."""
_METHODS = ("strip", "lstrip", "rstrip", "replace", "lower", "upper", "capitalize", "title", "join", "removeprefix")

_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "list": list, "tuple": list, "str": str, "len": len, "reversed": lambda given: list(reversed(given)),
}  # fmt: skip


_TRANSLATED = ("_", "gettext")
"""What a text is handed to by convention, to be found in a table of translations: it is the text as it was written."""


class UnknownError(Exception):
    """It takes a run to know this."""


class _Missing:
    """A value that only a run can tell, as part of a tuple of which other parts are known."""


MISSING = _Missing()


def value_of(node: ast.expr | None, names: Mapping[str, Any]) -> Any:
    """What ``node`` evaluates to.

    Raises:
        UnknownError: it is not written out.
    """
    try:
        found = _value(node, names)
    except (UnknownError, RecursionError) as error:
        raise UnknownError from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnknownError from error  # it would fail when it is run as well
    if found is MISSING:
        raise UnknownError
    return found


def _value(node: ast.expr | None, names: Mapping[str, Any]) -> Any:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            if node.id not in names:
                raise UnknownError
            return names[node.id]
        case ast.List() | ast.Tuple():
            return [_value(each, names) for each in node.elts]
        case ast.Dict():
            return {_value(key, names): _value(value, names) for key, value in zip(node.keys, node.values, strict=True)}
        case ast.Subscript():
            return _value(node.value, names)[_value(node.slice, names)]
        case ast.Attribute():
            held = _value(node.value, names)
            if not isinstance(held, Module):
                raise UnknownError
            return held.names[node.attr]
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, names)
        case ast.BinOp(op=ast.Add()):
            return _bounded(_value(node.left, names) + _value(node.right, names))
        case ast.JoinedStr():
            return "".join(_piece(each, names) for each in node.values)
        case ast.Call():
            return _bounded(_called(node, names))
    raise UnknownError


def _piece(node: ast.expr, names: Mapping[str, Any]) -> str:
    if isinstance(node, ast.FormattedValue):
        if node.conversion != -1 or node.format_spec is not None:
            raise UnknownError
        return str(_value(node.value, names))
    return str(_value(node, names))


def _called(call: ast.Call, names: Mapping[str, Any]) -> Any:
    given = [_value(each, names) for each in call.args]
    if call.keywords:
        raise UnknownError
    if isinstance(call.func, ast.Attribute):
        if call.func.attr == "dedent" and len(given) == 1:
            return textwrap.dedent(given[0])
        held = _value(call.func.value, names)
        if isinstance(held, str) and call.func.attr in _METHODS:
            longest = max((len(each) for each in given if isinstance(each, str | list)), default=0)
            if (len(held) + 1) * (longest + 1) > MOST_LETTERS:
                raise UnknownError  # `replace` and `join` can make much of little
            return getattr(held, call.func.attr)(*given)
        if isinstance(held, dict) and call.func.attr in ("items", "keys", "values") and not given:
            return [list(each) if isinstance(each, tuple) else each for each in getattr(held, call.func.attr)()]
        if isinstance(held, str) and call.func.attr in ("split", "splitlines"):
            return getattr(held, call.func.attr)(*given)
    elif isinstance(call.func, ast.Name):
        if call.func.id == "dedent" and len(given) == 1:
            return textwrap.dedent(given[0])
        if call.func.id in _TRANSLATED and len(given) == 1 and isinstance(given[0], str):
            return given[0]
        if call.func.id in _FUNCTIONS and len(given) == 1:
            return _FUNCTIONS[call.func.id](given[0])
    raise UnknownError


def _bounded(found: Any) -> Any:
    most = MOST_LETTERS if isinstance(found, str) else MOST_ITEMS
    if isinstance(found, str | list) and len(found) > most:
        raise UnknownError
    return found


def turns_of(node: ast.expr, names: Mapping[str, Any]) -> list[Any]:
    """What a loop over ``node`` is given, turn by turn; parts that only a run can tell are `MISSING`.

    Raises:
        UnknownError: not even the number of turns is written out.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        name, given = node.func.id, node.args
        if name == "range" and given:
            bounds = [value_of(each, names) for each in given]
            if not all(isinstance(each, int) for each in bounds) or len(bounds) > 3 or 0 in bounds[2:]:
                raise UnknownError
            return list(_few(range(*bounds)))
        if name == "enumerate" and len(given) in (1, 2):
            first = value_of(given[1], names) if len(given) == 2 else 0
            return [[first + turn, each] for turn, each in enumerate(turns_of(given[0], names))]
        if name == "zip" and given:
            return _zipped(given, names)
    found = value_of(node, names)
    if not isinstance(found, list | dict | str):
        raise UnknownError
    return list(_few(found))


def _zipped(given: list[ast.expr], names: Mapping[str, Any]) -> list[Any]:
    columns: list[list[Any] | None] = []
    for each in given:
        try:
            columns.append(turns_of(each, names))
        except UnknownError:
            columns.append(None)
    known = [len(column) for column in columns if column is not None]
    if not known:
        raise UnknownError
    return [[MISSING if column is None else column[turn] for column in columns] for turn in range(min(known))]


def _few(found: Any) -> Any:
    if len(found) > MOST_ITEMS:
        raise UnknownError
    return found


def bind(target: ast.expr, value: Any, names: dict[str, Any]) -> None:
    """Give the names of an assignment or a loop what they get; those that get nothing known are unknown then."""
    if isinstance(target, ast.Tuple | ast.List):
        fits = isinstance(value, list) and len(value) == len(target.elts)
        for place, each in enumerate(target.elts):
            bind(each, value[place] if fits else MISSING, names)
    elif isinstance(target, ast.Name):
        if value is MISSING:
            names.pop(target.id, None)
        else:
            names[target.id] = value


class Module:
    """A module beside the file, as far as it is written out."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names


def values_of_module(tree: ast.Module, folder: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The names of a module that are written out in it, or in the modules of ``folder`` that it imports."""
    names: dict[str, Any] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            try:
                value = value_of(node.value, names)
            except UnknownError:
                value = MISSING
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                bind(target, value, names)
        elif isinstance(node, ast.ImportFrom) and node.level <= 1 and node.module:
            held = _beside(folder, node.module, above)
            for each in node.names:
                if each.name == "*":
                    names |= {name: value for name, value in held.items() if not name.startswith("_")}
                elif each.name in held:
                    names[each.asname or each.name] = held[each.name]
        elif isinstance(node, ast.Import):
            for each in node.names:
                if "." not in each.name and (held := _beside(folder, each.name, above)):
                    names[each.asname or each.name] = Module(held)
    return names


def values_of_class(
    node: ast.ClassDef, classes: Mapping[str, ast.ClassDef], names: Mapping[str, Any], above: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The attributes of a class that are written out in it, or in those of ``classes`` that it derives from."""
    found: dict[str, Any] = {}
    for base in reversed(node.bases):
        if isinstance(base, ast.Name) and base.id in classes and base.id not in (*above, node.name):
            found |= values_of_class(classes[base.id], classes, names, (*above, node.name))
    for each in node.body:
        if isinstance(each, ast.Assign | ast.AnnAssign):
            try:
                value = value_of(each.value, {**names, **found})
            except UnknownError:
                value = MISSING
            for target in each.targets if isinstance(each, ast.Assign) else [each.target]:
                bind(target, value, found)
    return found


def _beside(folder: Path, module: str, above: tuple[Path, ...]) -> dict[str, Any]:
    """The names of a module of the folder; none if there is no such file, or if it is being read already."""
    file = folder / f"{module.replace('.', '/')}.py"
    if file in above or not file.is_file():
        return {}
    try:
        tree = ast.parse(read_bytes(file, MOST_BYTES))
    except (OSError, UsageError, SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    return values_of_module(tree, folder, (*above, file))
