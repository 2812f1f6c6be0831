"""Prompts from JSON files with the field names of the paper's authors: ``S1 S2 S3 S4 corr incorr text``.

A file is a list of objects.  Of the corrupted file only ``text`` is used: in the published corrupted sets text and
fields disagree.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UsageError
from tapehead.analysis.language.models.loading import LanguageModel, single_token
from tapehead.analysis.language.tasks.tasks import Task, check_members, count_unknown, encode

FIELDS = ("S1", "S2", "S3", "S4", "corr", "incorr", "text")


def read_prompts(path: Path, fields: tuple[str, ...] = FIELDS) -> list[dict[str, str]]:
    """The objects of a prompts file, each field as text; other fields are left out.

    Raises:
        UsageError: the file is not there, is not such a list, or an object lacks a field; the message says which.
    """
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the prompts file {path} cannot be read: {error}") from None
    if not isinstance(found, list) or not found:
        raise UsageError(f"the prompts file {path} must be a list of objects with fields {', '.join(fields)}")
    prompts = []
    for i, item in enumerate(found):
        if not isinstance(item, dict):
            raise UsageError(f"{path}: entry {i} is a {type(item).__name__}, not an object")
        for field in fields:
            if field not in item:
                raise UsageError(f"{path}: entry {i} has no field '{field}'")
            if not isinstance(item[field], str | int) or isinstance(item[field], bool) or str(item[field]) == "":
                raise UsageError(f"{path}: field '{field}' of entry {i} must be text; found {item[field]!r}")
        prompts.append({field: str(item[field]) for field in fields})
    return prompts


def file_task(model: LanguageModel, clean: Path, corrupted: Path, bos: bool = True, count: int | None = None) -> Task:
    """A task from two files whose entries belong together in order.

    A subject that the tokenizer does not know becomes its unknown word and is counted; so does any word of a corrupted
    text.  ``count`` takes the first prompts only.

    Raises:
        UsageError: a file is not usable, lengths differ, or a member or answer is not one known token.
    """
    prompts, partners = read_prompts(clean), read_prompts(corrupted, ("text",))
    if len(prompts) != len(partners):
        raise UsageError(f"{clean} has {len(prompts)} prompts, {corrupted} has {len(partners)}")
    if count is not None:
        if not 1 <= count <= len(prompts):
            raise UsageError(f"{clean} has {len(prompts)} prompts; asked for {count}")
        prompts, partners = prompts[:count], partners[:count]
    members = [[p[f].strip() for f in FIELDS[:4]] for p in prompts]
    for word in dict.fromkeys(w for row in members for w in row):
        single_token(model, word, "member")
    answers, wrong = (
        np.array([single_token(model, p[field].strip(), "answer") for p in prompts]) for field in ("corr", "incorr")
    )
    texts = [p["text"].strip() for p in prompts]
    tokens = encode(model, texts, bos)
    other = encode(model, [p["text"].strip() for p in partners], bos)
    if other.shape != tokens.shape:
        raise UsageError(f"prompts in {clean} have {tokens.shape[1]} tokens, in {corrupted} {other.shape[1]}")
    positions = find_members(model, tokens[0], members[0])
    check_members(model, tokens, positions, members)
    return Task(
        clean.stem,
        tokens,
        other,
        answers,
        wrong,
        positions,
        bos,
        tuple(texts),
        tuple(_template(text) for text in texts),
        count_unknown(model, tokens, bos),
        count_unknown(model, other, bos),
    )


def find_members(model: LanguageModel, tokens: np.ndarray, members: list[str]) -> tuple[int, ...]:
    """Where the members stand in one prompt, in order.

    Raises:
        UsageError: one of them is not in the text after the one before it.
    """
    words = [model.tokenizer.decode([int(t)]).strip() for t in tokens]
    positions: list[int] = []
    for member in members:
        after = positions[-1] + 1 if positions else 0
        if member not in words[after:]:
            raise UsageError(f"the first prompt's text does not show its member '{member}' in order: {' '.join(words)}")
        positions.append(words.index(member, after))
    return tuple(positions)


def _template(text: str) -> str:
    """What stands between the first subject and the first member, without ``in``: born, lost, was done, or plain."""
    words = text.split(".", 1)[0].split()
    return " ".join(words[1:-2]) if "in" in words[1:] else "plain"
