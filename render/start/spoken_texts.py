"""Every text that a ``self.voiceover(text=...)`` can speak: in a loop, from a table, handed to a method.

A line of a script is said once.  So a voiceover that stands in a loop over three texts, or in a method that is called
three times, is three lines, and this module finds them without running anything.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tapehead.render.start.plain_values import MISSING, MOST_ITEMS, UnknownError, bind, turns_of, value_of

_DEEPEST = 4
"""Methods that hand a text on to one another."""


class SpokenTexts:
    """Looks texts up in one class of a file of which ``names`` are written out."""

    def __init__(self, scene: ast.ClassDef, names: dict[str, Any]) -> None:
        self.scene, self.names = scene, names
        self.parents = {child: each for each in ast.walk(scene) for child in ast.iter_child_nodes(each)}

    def of(self, given: ast.expr | None, at: ast.AST) -> list[str]:
        """The texts that the expression ``given``, which stands at ``at``, has when it is reached, in that order.

        Raises:
            UnknownError: one of them takes a run to know.
        """
        texts = [value_of(given, names) for names in self._ways_to(at, _DEEPEST)]
        if not texts or not all(isinstance(text, str) for text in texts):
            raise UnknownError
        return texts

    def _around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What ``node`` stands in, from the inside to the method."""
        at = self.parents.get(node)
        while at is not None and not isinstance(at, ast.ClassDef):
            yield at
            if isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef):
                return
            at = self.parents.get(at)

    def _ways_to(self, node: ast.AST, depth: int) -> list[dict[str, Any]]:
        """What each name means, once for every time that ``node`` is reached."""
        around = list(self._around(node))
        function = around[-1] if around and isinstance(around[-1], ast.FunctionDef) else None
        if function is None or depth == 0:
            raise UnknownError
        if any(isinstance(each, ast.While | ast.AsyncFor | ast.Lambda) for each in around):
            raise UnknownError
        ways = self._calls_of(function, depth)
        for names in ways:
            self._assigned(function, names)
        loops = [each for each in reversed(around) if isinstance(each, ast.For)]
        for loop in loops:
            turned: list[dict[str, Any]] = []
            for names in ways:
                for turn in turns_of(loop.iter, names):
                    inside = dict(names)
                    bind(loop.target, turn, inside)
                    turned.append(inside)
                    if len(turned) > MOST_ITEMS:
                        raise UnknownError
            ways = turned
        return ways

    def _calls_of(self, function: ast.FunctionDef, depth: int) -> list[dict[str, Any]]:
        """What the parameters of a method are, once for every call of it; a method without any is taken as run once."""
        parameters = [each.arg for each in (*function.args.posonlyargs, *function.args.args)][1:]
        named = parameters + [each.arg for each in function.args.kwonlyargs]
        if not named and not function.args.vararg and not function.args.kwarg:
            return [dict(self.names)]
        ways: list[dict[str, Any]] = []
        calls = [each for each in ast.walk(self.scene) if isinstance(each, ast.Call) and _calls(each, function.name)]
        for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
            if any(isinstance(each, ast.Starred) for each in call.args) or any(not each.arg for each in call.keywords):
                raise UnknownError
            for names in self._ways_to(call, depth - 1):
                inside = {name: value for name, value in self.names.items() if name not in named}
                defaults = dict(zip(reversed(parameters), reversed([*function.args.defaults]), strict=False)) | {
                    each.arg: value
                    for each, value in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
                    if value
                }
                handed = dict(zip(parameters, call.args, strict=False)) | {
                    each.arg: each.value for each in call.keywords if each.arg
                }
                for name in named:
                    try:
                        inside[name] = (
                            value_of(handed[name], names)
                            if name in handed
                            else value_of(defaults.get(name), self.names)
                        )
                    except UnknownError:
                        inside.pop(name, None)
                ways.append(inside)
        return ways

    def _assigned(self, function: ast.FunctionDef, names: dict[str, Any]) -> None:
        """Names that a method assigns once mean that; those that it assigns several times can mean anything."""
        stored = Counter(each.id for each in ast.walk(function) if isinstance(each, ast.Name) and _stored(each))
        for name in stored:
            names.pop(name, None)
        assigned = [each for each in ast.walk(function) if isinstance(each, ast.Assign) and len(each.targets) == 1]
        for each in sorted(assigned, key=lambda node: node.lineno):
            once = all(stored[target.id] == 1 for target in ast.walk(each.targets[0]) if isinstance(target, ast.Name))
            try:
                bind(each.targets[0], value_of(each.value, names) if once else MISSING, names)
            except UnknownError:
                bind(each.targets[0], MISSING, names)


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store | ast.Del)


def _calls(call: ast.Call, method: str) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and function.attr == method
        and isinstance(function.value, ast.Name)
        and function.value.id == "self"
    )
