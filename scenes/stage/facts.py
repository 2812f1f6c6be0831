"""Texts of a result's facts, which know where they were read: a prompt's words may be digits, and are no typed ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


class Told(str):
    """A text that a result holds among its facts; pieces of it (``split()``, ``strip()``, slices) know it as well.

    What is put together from it (an f-string, ``+``) is a plain text again.
    """

    source: str

    def __new__(cls, text: str, source: str) -> Told:
        """``source`` is ``result:path/in/the/facts``."""
        self = super().__new__(cls, text)
        self.source = source
        return self

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """What a copy is made from: mobjects that hold texts are copied by Manim."""
        return str.__str__(self), self.source

    def __str__(self) -> str:
        """Itself, and not the plain text that it would turn into."""
        return self


def _kept(name: str) -> Callable[..., Any]:
    """A method of ``str`` whose pieces keep the source."""
    plain = getattr(str, name)

    def method(self: Told, *args: Any) -> Any:
        return told(plain(self, *args), self.source, exact=True)

    method.__name__, method.__doc__ = name, plain.__doc__
    return method


for _name in (
    *("__getitem__", "__iter__", "strip", "lstrip", "rstrip", "split", "rsplit", "splitlines", "partition"),
    *("rpartition", "removeprefix", "removesuffix", "lower", "upper", "title", "capitalize"),
):
    setattr(Told, _name, _kept(_name))


def told(value: Any, source: str, exact: bool = False) -> Any:
    """Facts with every text in them knowing its place; ``exact`` leaves ``source`` as it is for all pieces."""
    if isinstance(value, str):
        return Told(value, source)
    if isinstance(value, Mapping):
        return {key: told(item, f"{source}/{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(told(item, source if exact else f"{source}[{n}]", exact) for n, item in enumerate(value))
    if exact and hasattr(value, "__next__"):
        return (told(item, source, exact) for item in value)
    return value


def facts_of(result: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a result by name: ``says:task/numerals/members[2]`` is where its third member says it is from."""
    return {key: told(value, f"{result}:{key}") for key, value in facts.items()}
