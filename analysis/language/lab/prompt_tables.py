"""Prompt files of a user: JSON, JSONL or CSV with ``clean``, ``corrupted``, ``answer`` and ``wrong``.

Optional fields: ``group`` (means are taken per group), ``positions`` (one label per token or per word), ``half``
(``find`` or ``score``: which half of the file a prompt belongs to) and ``join``, what stands between the prompt and its
answer.  Without ``join`` it is a space, or nothing if any answer of the file begins with one.  ``answer`` and ``wrong``
are one text or a list of texts that count; in CSV a list is written ``a|b|c`` or as JSON.

The format of Lan, Torr & Barez (``S1 S2 S3 S4 corr incorr text``) reads as well.  It has no corrupted prompts: their
members are drawn anew from all members of the file, and the last two never follow each other as a prompt's do.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.csv_tables import rows_of
from tapehead.analysis.errors import UsageError
from tapehead.analysis.outside_files import DEEPEST, reading, shown

NEEDED = ("clean", "corrupted", "answer", "wrong")
OPTIONAL = ("group", "positions", "half", "join")
AUTHORS = ("S1", "S2", "S3", "S4", "corr", "incorr", "text")
HALVES = ("", "find", "score")
SUFFIXES = (".json", ".jsonl", ".csv")
LARGEST = 64 * 2**20
"""Bytes: a longer file is no table of prompts."""


@dataclass(frozen=True)
class Row:
    """One prompt with its partner; ``line`` is where it stands in the file, and ``nth`` which row of this line it is,
    from 1."""

    line: int
    clean: str
    corrupted: str
    answer: tuple[str, ...]
    wrong: tuple[str, ...]
    group: str = ""
    positions: tuple[str, ...] = ()
    half: str = ""
    join: str | None = None
    nth: int = 1

    @property
    def where(self) -> str:
        """Its place for messages; files that programs write are often one line."""
        return _where(self.line, self.nth)

    def __post_init__(self) -> None:
        if not (self.clean and self.corrupted and self.answer and self.wrong):
            raise ValueError("a row has two prompts and two answers")


def read_table(path: Path, seed: int = 0) -> list[Row]:
    """The rows of a prompt file.

    Args:
        path: the file; its suffix says how it is written.
        seed: of the corrupted members of an authors' file.

    Raises:
        UsageError: the file cannot be read, or a row is not usable; the message names file, line and field.
    """
    items = list(_items(path))
    if not items:
        raise UsageError(f"{path} holds no prompts; a row has the fields {', '.join(NEEDED)}")
    if all(field in items[0][2] for field in AUTHORS):
        return _authors(path, items, seed)
    return [_row(path, line, nth, item) for line, nth, item in items]


def without_repeats(rows: Sequence[Row], source: str) -> tuple[list[Row], int]:
    """Rows without those that say what another says already, and how many those were.

    A prompt that is counted twice makes intervals too narrow, and one on both halves is found on what it is scored on.

    Raises:
        UsageError: the file puts one and the same prompt on both halves.
    """
    first: dict[Row, Row] = {}
    for row in rows:
        same = first.setdefault(replace(row, line=0, nth=1, half=""), row)
        if {row.half, same.half} == {"find", "score"}:
            raise UsageError(
                f"{source}, {row.where}: it repeats {same.where}, but one is to find on and one to score on; "
                "a circuit is scored on prompts that it was not found on"
            )
    return list(first.values()), len(rows) - len(first)


def _where(line: int, nth: int) -> str:
    return f"line {line}" if nth == 1 else f"line {line}, row {nth} of it"


def _items(path: Path) -> Iterator[tuple[int, int, Mapping[str, Any]]]:
    """Line, number in that line, and fields of every row."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: prompt files end in {', '.join(SUFFIXES)}; found '{path.suffix or 'no ending'}'")
    try:
        if path.stat().st_size > LARGEST:
            raise UsageError(f"{path} has {path.stat().st_size / 2**20:.0f} MB; a prompt file has at most 64")
        with reading(path) as file:
            text = file.read()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 text (byte {error.start}); save it as UTF-8") from None
    except OSError as error:
        raise UsageError(f"the prompt file {path} cannot be read: {error.strerror}") from None
    reads = {".json": _from_json, ".jsonl": _from_lines, ".csv": _from_csv}[suffix]
    last = nth = 0
    try:
        for line, item in reads(path, text):
            last, nth = line, nth + 1 if line == last else 1
            if not isinstance(item, Mapping):
                raise UsageError(
                    f"{path}, {_where(line, nth)}: a row is an object with fields; found {type(item).__name__}"
                )
            yield line, nth, item
    except RecursionError:
        raise UsageError(f"{path} is nested more than {DEEPEST} times; a row holds texts and lists of texts") from None


def _from_json(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Objects of a list, each with the line on which it begins."""
    decoder = json.JSONDecoder()

    def skip(at: int, what: str = " \t\r\n") -> int:
        while at < len(text) and text[at] in what:
            at += 1
        return at

    at = skip(0)
    if text[at : at + 1] == "{":
        try:
            whole = decoder.raw_decode(text, at)[0]
        except ValueError as error:
            raise UsageError(f"{path} is no JSON: {error}") from None
        lists = [key for key, value in whole.items() if isinstance(value, list)]
        near = f"; its '{lists[0]}' is one: save that" if lists else ""
        raise UsageError(f"{path} holds one object, not a list of rows{near}")
    if text[at : at + 1] != "[":
        raise UsageError(f"{path} is no JSON list of rows; it begins with {text[at : at + 20]!r}")
    at = skip(at + 1)
    while text[at : at + 1] != "]":
        line = text.count("\n", 0, at) + 1
        try:
            item, at = decoder.raw_decode(text, at)
        except ValueError as error:
            raise UsageError(f"{path}, line {line}: no JSON: {error}") from None
        yield line, item
        at = skip(at)
        if text[at : at + 1] == ",":
            at = skip(at + 1)
        elif text[at : at + 1] != "]":
            raise UsageError(
                f"{path}, line {text.count(chr(10), 0, at) + 1}: a comma or the end of the list is missing"
            )


def _from_lines(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for line, found in enumerate(text.splitlines(), 1):
        if found.strip():
            try:
                yield line, json.loads(found)
            except ValueError as error:
                raise UsageError(f"{path}, line {line}: no JSON: {error}") from None


def _from_csv(path: Path, text: str) -> Iterator[tuple[int, Any]]:
    for line, cells in rows_of(str(path), text):
        yield line, {name: _cell(name, cell) for name, cell in cells.items()}


def _cell(name: str, cell: str) -> Any:
    """A cell of a list's column as a list, an empty one of an optional column as nothing."""
    if name in OPTIONAL and name != "join" and not cell.strip():
        return None
    if name in ("answer", "wrong", "positions"):
        if cell.lstrip().startswith("["):
            try:
                return json.loads(cell)
            except ValueError:
                return cell
        if "|" in cell:
            return cell.split("|")
        if name == "positions":
            return cell.split()
    return cell


def _row(path: Path, line: int, nth: int, item: Mapping[str, Any]) -> Row:
    where = f"{path}, {_where(line, nth)}"
    for field in NEEDED:
        if field not in item:
            near = f"; there is {', '.join(str(name)[:40] for name in list(item)[:20])}" if item else ""
            raise UsageError(f"{where}: the field '{field}' is missing{near}")
    clean, corrupted = (_text(where, field, item[field]) for field in NEEDED[:2])
    if clean == corrupted:
        raise UsageError(f"{where}: clean and corrupted are the same text; the corrupted prompt must not ask for it")
    answer, wrong = (_texts(where, field, item[field]) for field in NEEDED[2:])
    if both := set(answer) & set(wrong):
        raise UsageError(f"{where}: {shown(min(both))} is an answer and a wrong answer")
    half = item.get("half") or ""
    if half not in HALVES:
        raise UsageError(f"{where}: half is 'find' or 'score'; found {shown(half)}")
    given = item.get("positions")
    positions = () if given in (None, "", []) else _texts(where, "positions", given, strip=True)
    join = item.get("join")
    if join is not None and not isinstance(join, str):
        raise UsageError(f"{where}: join is the text between prompt and answer; found {shown(join)}")
    group = item.get("group")
    if group is not None and not isinstance(group, str | int):
        raise UsageError(f"{where}: group is a name; found {shown(group)}")
    named = "" if group is None else str(group)
    return Row(line, clean, corrupted, answer, wrong, named, positions, half, join, nth)


def _text(where: str, field: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{where}: '{field}' must be text; found {shown(value)}")
    return value


def _texts(where: str, field: str, value: Any, strip: bool = False) -> tuple[str, ...]:
    """One text or a list of texts; numbers count as they are written."""
    listed = value if isinstance(value, list) else [value]
    found = []
    for one in listed:
        if isinstance(one, bool) or not isinstance(one, str | int) or not str(one).strip():
            raise UsageError(f"{where}: '{field}' must be text or a list of texts; found {shown(one)}")
        found.append(str(one).strip() if strip else str(one))
    if not found:
        raise UsageError(f"{where}: '{field}' is an empty list")
    return tuple(found if strip else dict.fromkeys(found))


def _authors(path: Path, items: Sequence[tuple[int, int, Mapping[str, Any]]], seed: int) -> list[Row]:
    """Rows of an authors' file, with corrupted prompts of our own."""
    for line, nth, item in items:
        where = f"{path}, {_where(line, nth)}"
        for field in AUTHORS:
            if field not in item:
                raise UsageError(f"{where}: the field '{field}' is missing")
            _texts(where, field, item[field])
    listed = [[str(item[f"S{k}"]).strip() for k in (1, 2, 3, 4)] for _line, _nth, item in items]
    members = sorted({word for row in listed for word in row})
    follows = {pair for row in listed for pair in itertools.pairwise(row)}
    follows |= {(row[3], str(item["corr"]).strip()) for row, (_line, _nth, item) in zip(listed, items, strict=True)}
    rng = np.random.default_rng([seed, 2311])
    rows = []
    for words, (line, nth, item) in zip(listed, items, strict=True):
        text = str(item["text"]).strip()
        for _try in range(1000):
            drawn = [str(w) for w in rng.choice(members, 4)]
            if (drawn[2], drawn[3]) not in follows and drawn != words:
                break
        else:
            raise UsageError(f"{path}: its members follow each other in every order; give corrupted prompts yourself")
        corrupted = _exchanged(text, words, drawn)
        if corrupted is None:
            raise UsageError(f"{path}, {_where(line, nth)}: the text does not show {' '.join(words)} in this order")
        answers = (str(item["corr"]).strip(),), (str(item["incorr"]).strip(),)
        rows.append(Row(line, text, corrupted, *answers, join=" ", nth=nth))
    return rows


def _exchanged(text: str, words: Sequence[str], drawn: Sequence[str]) -> str | None:
    """The text with its members, found in order as whole words, exchanged."""
    done, rest = "", text
    for word, new in zip(words, drawn, strict=True):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest)
        if found is None:
            return None
        done, rest = done + rest[: found.start()] + new, rest[found.end() :]
    return done + rest
