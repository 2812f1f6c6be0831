"""What an analysis declares of itself, read from its source text.

To look up a kept result, its name, version, libraries and data files are enough beside its sources.  Importing the
module for them would import torch, which takes longer than all the rest of a render that has nothing to do.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
from pathlib import Path
from typing import Any

DECORATOR = "analysis"


def declared(function: str, package: str) -> dict[str, Any] | None:
    """The arguments ``name``, ``version``, ``libraries`` and ``data`` of the decorator of ``module:function``.

    ``None`` where that cannot be told without running the module: it is not there, or something in the declaration is
    neither a literal nor the name of one.
    """
    module, _, attribute = function.partition(":")
    try:
        tree = _tree(importlib.util.resolve_name(module, package))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name == attribute:
                return _arguments(node, tree)
    except (ImportError, OSError, ValueError, LookupError, SyntaxError):
        pass
    return None


def signature_of(function: str, package: str) -> inspect.Signature | None:
    """What ``module:function`` can be called with, read from its source; defaults stand as ``...``.

    ``None`` where the source does not say it plainly: another decorator may have changed it.
    """
    module, _, attribute = function.partition(":")
    try:
        found = [
            node
            for node in _tree(importlib.util.resolve_name(module, package)).body
            if isinstance(node, ast.FunctionDef) and node.name == attribute
        ]
    except (ImportError, OSError, ValueError, LookupError, SyntaxError):
        return None
    if len(found) != 1 or len(found[0].decorator_list) != 1:
        return None
    return _signature(found[0].args)


def _signature(given: ast.arguments) -> inspect.Signature:
    kind, none = inspect.Parameter, inspect.Parameter.empty
    plain = [*given.posonlyargs, *given.args]
    optional = len(plain) - len(given.defaults)
    made = [
        kind(
            each.arg,
            kind.POSITIONAL_ONLY if index < len(given.posonlyargs) else kind.POSITIONAL_OR_KEYWORD,
            default=none if index < optional else ...,
        )
        for index, each in enumerate(plain)
    ]
    made += [kind(given.vararg.arg, kind.VAR_POSITIONAL)] if given.vararg else []
    made += [
        kind(each.arg, kind.KEYWORD_ONLY, default=none if default is None else ...)
        for each, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)
    ]
    made += [kind(given.kwarg.arg, kind.VAR_KEYWORD)] if given.kwarg else []
    return inspect.Signature(made)


def _arguments(function: ast.FunctionDef, tree: ast.Module) -> dict[str, Any]:
    for call in function.decorator_list:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == DECORATOR:
            given = dict(zip(("name", "version", "libraries", "data"), call.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
            return {name: _value(node, tree) for name, node in given.items()}
    raise LookupError(f"{function.name} has no decorator '{DECORATOR}'")


def _value(node: ast.expr, tree: ast.Module) -> Any:
    """A literal, or what a name stands for in its module."""
    return _named(node.id, tree) if isinstance(node, ast.Name) else ast.literal_eval(node)


def _named(name: str, tree: ast.Module) -> Any:
    found: list[Any] = []
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            found.append(_value(node.value, tree))
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [
                _named(alias.name, _tree(node.module)) for alias in node.names if (alias.asname or alias.name) == name
            ]
    if len(found) != 1:
        raise LookupError(f"'{name}' is not said once and plainly")
    return found[0]


def _tree(module: str) -> ast.Module:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.origin:
        raise ImportError(f"there is no module {module}")
    stat = Path(spec.origin).stat()
    return _parsed(spec.origin, stat.st_mtime_ns, stat.st_size)


@functools.lru_cache(maxsize=256)
def _parsed(path: str, _changed_ns: int, _size: int) -> ast.Module:
    return ast.parse(Path(path).read_bytes())
