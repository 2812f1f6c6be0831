"""Conditions on results, as in ``when = "control.p > 0.05 and not circuit.empty"``.

A small language with Python's own grammar and precedence: comparisons, ``and``, ``or``, ``not``, ``+ - * /``, numbers,
texts in quotes, ``True``, ``False``, brackets, and fields of results.  It is parsed into a tree of which every kind of
node is known here; nothing of it is ever run by Python, so that a script from elsewhere can do nothing but compare.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tapehead.analysis.errors import EpisodeError
from tapehead.scenes.fields import FIELD, Field

Value: TypeAlias = float | bool | str

_TOKENS = re.compile(rf"(?P<text>'[^'\\]*'|\"[^\"\\]*\")|(?<![\w.])(?P<field>{FIELD})")
_LONGEST = 1000
_DEEPEST = 40
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_KNOWN = "comparisons, and, or, not, + - * /, numbers, texts in quotes, True, False and fields of results"


@dataclass(frozen=True)
class Condition:
    """A parsed condition; ``fields`` are all that it reads, whether or not a comparison before them decides."""

    text: str
    fields: tuple[Field, ...]
    tree: ast.expr
    names: Mapping[str, Field]

    @classmethod
    def of(cls, text: str) -> Condition:
        """Parse a condition.

        Raises:
            EpisodeError: it does not parse, or is something else than a condition; the message quotes it.
        """
        if len(text) > _LONGEST:
            raise EpisodeError(f"condition '{text[:40]}…' is longer than {_LONGEST} letters; compute it in an analysis")
        names: dict[str, Field] = {}

        def named(match: re.Match[str]) -> str:
            if match["field"] is None:
                return match.group()
            name = f"field_{len(names)}_"
            names[name] = Field.of(match["field"])
            return f" {name} "

        try:
            tree = ast.parse(_TOKENS.sub(named, text).strip(), mode="eval").body
            _check(tree, names, text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            what = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
            raise EpisodeError(f"condition '{text}' does not parse: {what}") from error
        if not _decides(tree):
            raise EpisodeError(f"condition '{text}' is a value and decides nothing; compare it, as in '… > 0'")
        return cls(text, tuple(names.values()), tree, names)

    def holds(self, value: Callable[[Field], Value]) -> bool:
        """Whether it is true, with ``value`` telling what a field holds.

        Raises:
            EpisodeError: what is compared or reckoned with does not fit together; division by zero.
        """
        try:
            found = self._value(self.tree, value)
        except ZeroDivisionError:
            raise EpisodeError(f"condition '{self.text}' divides by zero") from None
        except OverflowError:
            raise EpisodeError(f"condition '{self.text}' reckons with a number that is too large") from None
        if not isinstance(found, bool):
            raise self._misfit(self.tree, found, "yes or no")
        return found

    def _value(self, node: ast.expr, value: Callable[[Field], Value]) -> Value:
        match node:
            case ast.Constant():
                return node.value  # type: ignore[return-value]
            case ast.Name():
                return value(self.names[node.id])
            case ast.BoolOp():
                found = (self._yes(each, value) for each in node.values)
                return all(found) if isinstance(node.op, ast.And) else any(found)
            case ast.UnaryOp(op=ast.Not()):
                return not self._yes(node.operand, value)
            case ast.UnaryOp():
                number = self._number(node.operand, value)
                return -number if isinstance(node.op, ast.USub) else number
            case ast.BinOp():
                return _ARITHMETIC[type(node.op)](self._number(node.left, value), self._number(node.right, value))
            case ast.Compare():
                return self._compared(node, value)
        raise AssertionError("parsing let nothing else through")

    def _compared(self, node: ast.Compare, value: Callable[[Field], Value]) -> bool:
        left = self._value(node.left, value)
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self._value(other, value)
            if isinstance(left, str) != isinstance(right, str) or isinstance(left, bool) != isinstance(right, bool):
                raise EpisodeError(f"condition '{self.text}' compares {_kind(left)} with {_kind(right)}")
            if isinstance(left, bool | str) and not isinstance(sign, ast.Eq | ast.NotEq):
                raise EpisodeError(f"condition '{self.text}' asks which {_kind(left)[2:]} is greater; use == or !=")
            if not _COMPARE[type(sign)](left, right):
                return False
            left = right
        return True

    def _yes(self, node: ast.expr, value: Callable[[Field], Value]) -> bool:
        found = self._value(node, value)
        if not isinstance(found, bool):
            raise self._misfit(node, found, "yes or no")
        return found

    def _number(self, node: ast.expr, value: Callable[[Field], Value]) -> float:
        found = self._value(node, value)
        if isinstance(found, bool | str):
            raise self._misfit(node, found, "a number")
        return found

    def _misfit(self, node: ast.expr, found: Value, wanted: str) -> EpisodeError:
        written = str(self.names[node.id]) if isinstance(node, ast.Name) else ast.unparse(node)
        return EpisodeError(f"condition '{self.text}': '{written}' is {_kind(found)} and has to be {wanted}")


def _kind(value: Value) -> str:
    return "a yes or no" if isinstance(value, bool) else "a text" if isinstance(value, str) else "a number"


def _decides(node: ast.expr) -> bool:
    """Whether a tree can be yes or no; of a field alone only its result can tell."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, bool)
    return isinstance(node, ast.Compare | ast.BoolOp | ast.Name) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _check(node: ast.expr, names: Mapping[str, Field], text: str, depth: int = 0) -> None:
    """Refuse every node that the language does not have."""
    if depth > _DEEPEST:
        raise EpisodeError(f"condition '{text[:40]}…' is nested deeper than {_DEEPEST} levels")
    inner: list[ast.expr]
    match node:
        case ast.BoolOp():
            inner = node.values
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.UAdd()):
            inner = [node.operand]
        case ast.BinOp() if type(node.op) in _ARITHMETIC:
            inner = [node.left, node.right]
        case ast.Compare() if all(type(sign) in _COMPARE for sign in node.ops):
            inner = [node.left, *node.comparators]
        case ast.Constant() if isinstance(node.value, bool | int | float | str):
            inner = []
        case ast.Name() if node.id in names:
            inner = []
        case ast.Name():
            raise EpisodeError(f"condition '{text}': '{node.id}' is no field of a result; write result.name")
        case _:
            raise EpisodeError(f"condition '{text}' holds more than {_KNOWN}")
    for each in inner:
        _check(each, names, text, depth + 1)
