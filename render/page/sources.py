"""From the place that a number was read from to all that a reader may want to know of it."""

from __future__ import annotations

import ast
import functools
import importlib.util
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tapehead.analysis.errors import EpisodeError, ResultError
from tapehead.analysis.figures import Figure, figures_of
from tapehead.analysis.registry import AnalysisCall
from tapehead.analysis.results import Quantity, Result
from tapehead.analysis.store import Entry
from tapehead.render.figures.pick import FigureResults, count_of
from tapehead.scenes.episode import Episode
from tapehead.scenes.fields import place_in

Load = Callable[[str], Result]
_READ = re.compile(r"(?P<result>[^/]+)/(?P<array>\w+)\[(?P<index>[\d,]*)\]")
_NAMED = re.compile(r"(?P<result>[\w-]+)/(?P<array>\w+)(\[(?P<where>[^\]]*)\])?")
_FACT = re.compile(r"(?P<result>[^/:]+):(?P<fact>.+)")
_LONG = 400
"""Letters of a fact beyond which the page leaves it out: lists of prompts."""


@dataclass(frozen=True)
class Place:
    """One number of a result: ``where`` names its place along every axis, ``index`` counts."""

    result: str
    array: str
    index: tuple[int, ...]
    where: tuple[tuple[str, str], ...]
    value: float
    unit: str

    @property
    def source(self) -> str:
        """As provenance writes it."""
        return f"{self.result}/{self.array}[{','.join(map(str, self.index))}]"

    @property
    def name(self) -> str:
        """As a reader would write it: ``map/a[cat=Tom, output=nap]``."""
        inside = ", ".join(f"{axis}={label}" for axis, label in self.where)
        return f"{self.result}/{self.array}" + (f"[{inside}]" if inside else "")


def place_of(source: str, load: Load) -> Place:
    """The number at ``result/array[1,2]`` (as recorded) or ``result/array[axis=label]`` (as declared).

    Raises:
        EpisodeError: the text names no number.
        ResultError: the result has no such number, or what is there is not finite.
    """
    if found := _READ.fullmatch(source):
        result = load(found["result"])
        quantity = result.quantity(found["array"])
        index = tuple(int(part) for part in found["index"].split(",") if part)
        where: Mapping[str, int | str] = dict(zip(quantity.axes, index, strict=False))
    elif found := _NAMED.fullmatch(source.strip()):
        result = load(found["result"])
        where = place_in(result.quantity(found["array"]), found["where"] or "")
    else:
        raise EpisodeError(f"'{source}' names no number; write result/quantity[axis=place,…]")
    reading = result.read(found["array"], **where)
    quantity = result.quantity(found["array"])
    return Place(
        found["result"], found["array"], reading.index, named(quantity, reading.index), float(reading), reading.unit
    )


def named(quantity: Quantity, index: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    """Each axis with the label, or else the number, of the place along it."""
    return tuple(
        (axis, quantity.labels[axis][at] if axis in quantity.labels else str(at))
        for axis, at in zip(quantity.axes, index, strict=True)
    )


def fact_of(source: str) -> tuple[str, str] | None:
    """``result:fact[…]`` taken apart: words that were read from a result, and no number."""
    found = _FACT.fullmatch(source)
    return (found["result"], found["fact"]) if found else None


@dataclass(frozen=True)
class Code:
    """What computed a result: ``module:function``, its first sentence, its whole description, and its source."""

    function: str
    sentence: str
    description: str
    source: str


def _told_as(module: str, package: str) -> str:
    """A module's name for people: of an episode outside tapehead the package is made up of its path, and left out."""
    made_up = f"{package}." if not package.startswith("tapehead.") else ""
    return module.removeprefix(made_up)


def _plain(text: str) -> str:
    """A docstring's words as readers want them: without the marks that documentation is set by."""
    shortest = re.sub(r":\w+(?::\w+)?:`~(?:[^`]*\.)?([^`.]+)`", r"\1", text)  # a tilde leaves the last name
    return re.sub(r"(?::\w+(?::\w+)?:)?`+([^`]+)`+", r"\1", shortest)


@functools.cache
def code_of(function: str, package: str) -> Code:
    """The code of an analysis, read and not run; with nothing but its name where no source can be found."""
    module, _, name = function.partition(":")
    try:
        spec = importlib.util.find_spec(module, package)
        text = (spec.loader.get_source(spec.name) if spec and spec.loader else None) or ""  # type: ignore[attr-defined]
        tree = ast.parse(text)
    except (ImportError, AttributeError, ValueError, SyntaxError):
        text, tree = "", ast.Module([], [])
    full = f"{_told_as(spec.name, package) if text and spec else module}:{name}"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            said = ast.get_docstring(node) or ""
            first = min((at.lineno for at in node.decorator_list), default=node.lineno)
            source = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
            sentence = re.split(r"(?<=\.)\s|\n\n", said, maxsplit=1)[0].replace("\n", " ")
            return Code(full, re.sub(r" {2,}", " ", _plain(sentence)), said, source)
    return Code(full, "", "", "")


@dataclass(frozen=True)
class Origin:
    """What the page tells of one result, whichever of its numbers is asked for."""

    result: str
    digest: str
    facts: Mapping[str, Any]
    """Of the store's record: analysis, version, seed, parameters, origin."""
    own: Result
    code: Code
    figures: tuple[Figure, ...]

    @property
    def told(self) -> dict[str, str]:
        """The result's own facts that are short enough to read."""
        texts = {name: str(value) for name, value in self.own.facts.items()}
        return {name: text for name, text in texts.items() if 0 < len(text) <= _LONG}


def origins(episode: Episode, entries: Mapping[str, Entry], load: Load) -> dict[str, Origin]:
    """By result, in declared order."""
    return {call.id: _origin(call, episode, entries[call.id], load) for call in episode.analyses}


def _origin(call: AnalysisCall, episode: Episode, entry: Entry, load: Load) -> Origin:
    return Origin(
        call.id,
        entry.digest,
        entry.record["facts"],
        load(call.id),
        code_of(call.function, episode.package),
        figures_of(call, episode.package),
    )


def compared(origin: Origin, array: str) -> tuple[str, str]:
    """How many a quantity rests on, and its control in words, as the figures that show it say; empty if none does."""
    count = control = ""
    for figure in origin.figures:
        shown = {name for each in figure.series for name in (each.y, each.low, each.high) if not each.source}
        if array not in shown:
            continue
        control = control or figure.control
        if figure.n and not count:
            try:
                count = count_of(FigureResults(origin.own, {}), figure)
            except ResultError:
                count = ""  # it counts something of another analysis, which is that figure's business
    return count, control
