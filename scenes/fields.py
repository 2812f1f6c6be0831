"""Fields of results as a script names them: ``says.p_answer[task=numerals,layer=3]``.

The first part is the id under which the episode declared the result, the second a quantity of it, or its ``model``, or
one of its facts; in brackets stands the place along every axis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tapehead.analysis.errors import EpisodeError, ResultError
from tapehead.analysis.results import Quantity, Result
from tapehead.scenes.loading import nearest

FIELD = r"[A-Za-z_]\w*\.[A-Za-z_]\w*(?:\[[^\[\]{}]*\])?"
_PARTS = re.compile(r"(?P<result>[A-Za-z_]\w*)\.(?P<name>[A-Za-z_]\w*)(?:\[(?P<place>[^\[\]{}]*)\])?")


@dataclass(frozen=True)
class Field:
    """``result.name[place]``; ``place`` as it is written, empty if there is none."""

    result: str
    name: str
    place: str = ""

    @classmethod
    def of(cls, text: str) -> Field:
        """Read a field's name.

        Raises:
            EpisodeError: it is none.
        """
        found = _PARTS.fullmatch(text.strip())
        if found is None:
            raise EpisodeError(f"'{text}' names no field of a result; write result.name or result.name[axis=place]")
        return cls(found["result"], found["name"], found["place"] or "")

    def __str__(self) -> str:
        return f"{self.result}.{self.name}" + (f"[{self.place}]" if self.place else "")


@dataclass(frozen=True)
class Found:
    """What a field holds and where it was read: ``says/p_answer[0]``, or ``says:model`` for a fact."""

    value: float | bool | str
    source: str


def value_of(field: Field, results: Callable[[str], Result]) -> Found:
    """What a field holds.

    Raises:
        EpisodeError: the result has no such field or place, or what is there is no single number or text.
        ResultError: the number is not finite.
    """
    result = results(field.result)
    if field.name in result.quantities:
        quantity = result.quantity(field.name)
        try:
            where = place_in(quantity, field.place)
            index = quantity.index(where)
        except (ResultError, EpisodeError) as error:
            raise EpisodeError(f"{field}: {error}") from error
        reading = result.read(field.name, **where)
        if quantity.values.dtype.kind == "b":
            return Found(bool(quantity.values[index]), reading.source)
        return Found(float(reading), reading.source)
    texts: dict[str, Any] = {**result.facts, "model": result.model, "origin": str(result.origin)}
    if field.name not in texts:
        known = sorted({*result.quantities, *texts})
        raise EpisodeError(
            f"result '{field.result}' has no field '{field.name}'"
            + (nearest(field.name, known) or f"; it has {', '.join(known)}")
        )
    return _fact(field, texts[field.name])


def _fact(field: Field, value: Any) -> Found:
    for part in filter(None, (piece.strip() for piece in field.place.split(","))):
        try:
            value = value[part] if isinstance(value, Mapping) else value[int(part)]
        except (KeyError, IndexError, ValueError, TypeError):
            listed = ", ".join(value) if isinstance(value, Mapping) else ""
            held = listed or (f"{len(value)} places, from 0" if isinstance(value, Sequence) else "one value")
            raise EpisodeError(f"{field}: there is no place '{part}'; it holds {held}") from None
    if not isinstance(value, str):  # numbers among the facts have no unit and no place on screen either
        raise EpisodeError(f"{field} is a fact and no single text: numbers are read from quantities")
    return Found(str(value), f"{field.result}:{field.name}" + (f"[{field.place}]" if field.place else ""))


def place_in(quantity: Quantity, text: str) -> dict[str, int | str]:
    """``axis=place,…`` as :meth:`Result.read` takes it: labels where the axis has them, else numbers from 0.

    Raises:
        EpisodeError: a part is not written so, or an axis without labels has something else than a whole number.
    """
    where: dict[str, int | str] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        axis, equals, place = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise EpisodeError(
                f"'{part}' names no place; write axis=place (axes: {', '.join(quantity.axes) or 'none'})"
            )
        if axis in quantity.labels:
            where[axis] = place
        elif re.fullmatch(r"-?\d+", place):
            where[axis] = int(place)
        else:
            raise EpisodeError(f"axis '{axis}' has no labels; its places are whole numbers, not '{place}'")
    return where
