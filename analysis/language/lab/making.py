"""Prompt files from our own templates: ``ioi``, ``greater-than``, ``successor``, ``induction`` and ``agreement``.

Every prompt is checked against the tokenizer of the model that it is meant for: slots hold words of one token, all
words are known, a pair has one length.  Half of the prompts of each group are marked for finding a circuit, half for
scoring it.

* ``ioi`` (indirect object, Wang et al., arXiv 2211.00593): two names, one of them again; the other one is the answer.
  In the corrupted prompt a third name stands in the place of the repeated one, so that nothing says which it is.
* ``greater-than`` (Hanna et al., arXiv 2305.00586): years of one century, answers are all later ones; corrupted: 01.
* ``successor`` (Lan et al., arXiv 2311.04131): four members of a family in order; corrupted: random ones.
* ``induction``: a list of words that begins again; corrupted: its last word is one that was not in the list.
* ``agreement``: singular or plural subject before a noun of either number; corrupted: the subject's other number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tapehead.analysis.errors import UnknownNameError, UsageError
from tapehead.analysis.language.lab.prompt_tables import Row
from tapehead.analysis.language.lab.prompts import prompt_set
from tapehead.analysis.language.models.loading import LanguageModel
from tapehead.analysis.language.tasks.sequences import NAMES, NOUNS, PAPER_VERBS, SEQUENCES, WINDOW
from tapehead.analysis.language.tasks.tasks import (
    PLAIN,
    Prompt,
    pattern_places,
    random_places,
    starts,
    usable_subjects,
)
from tapehead.analysis.store import write_atomically


def listed(words: str) -> tuple[str, ...]:
    """Words apart."""
    return tuple(words.split())


PLACES = listed("store park school station office market church hospital garden kitchen")
THINGS = listed("drink book ring flower letter ticket key card map pen")
IOI = (
    "When {A} and {B} went to the {place}, {S} gave a {thing} to",
    "Then {A} and {B} had a long talk at the {place}. After it, {S} gave a {thing} to",
    "{A} and {B} were at the {place}, and {S} handed a {thing} to",
)
IOI_SMALL = ("{A} saw {B}. {S} saw", "{A} likes {B}. {S} likes", "{A} is near {B}. {S} is near")
"""For models that know few words."""
EVENTS = listed("war plan project trip work search drought siege reign voyage")
SUBJECTS = tuple(
    (word, f"{word}s")
    for word in listed("key book car dog cat boy girl door picture table student doctor letter tree house")
)
BETWEEN = ("near the", "beside the", "behind the")
LIST = 6
"""Words of an induction list."""


class WordsMissingError(UsageError):
    """A model's tokenizer has not the words of a task's templates."""


@dataclass(frozen=True)
class _Maker:
    """A model's vocabulary, and the chance that draws from it."""

    model: LanguageModel
    rng: np.random.Generator

    def known(self, text: str) -> bool:
        """Whether the tokenizer knows every part of a text."""
        ids = self.model.tokenizer(text, add_special_tokens=False)["input_ids"]
        return bool(ids) and self.model.tokenizer.unk_token_id not in ids

    def single(self, words: Sequence[str], first: bool = False) -> list[str]:
        """Words that are one known token after a space, and with ``first`` at the beginning as well."""
        found = []
        for word in words:
            # The word behind another one: some tokenizers put a mark of their own before a text.
            behind = self._count(f"the {word}") - self._count("the")
            if behind == 1 and self.known(word) and (not first or self._count(word) == 1):
                found.append(word)
        return found

    def _count(self, text: str) -> int:
        return len(self.model.tokenizer(text, add_special_tokens=False)["input_ids"])

    def pool(self, words: Sequence[str], needed: int, what: str, first: bool = False) -> list[str]:
        found = self.single(words, first)
        if len(found) < needed:
            raise WordsMissingError(
                f"only {len(found)} {what} of {len(words)} are one token for '{self.model.name}'; "
                f"{needed} are needed: make a file of your own for this model"
            )
        return found

    def pick(self, words: Sequence[str], count: int = 1) -> list[str]:
        return [str(w) for w in self.rng.choice(list(words), count, replace=False)]


def _ioi(maker: _Maker) -> Iterator[Row]:
    names = maker.pool(NAMES, 6, "names", first=True)
    places, things = maker.single(PLACES), maker.single(THINGS)
    filled = {"A": names[0], "B": names[1], "S": names[0]}
    large = [t for t in IOI if places and things and maker.known(t.format(**filled, place=places[0], thing=things[0]))]
    templates = large or [t for t in IOI_SMALL if maker.known(t.format(**filled))]
    if not templates:
        raise WordsMissingError(f"'{maker.model.name}' knows too few words for our sentences; make a file of your own")
    at = 0
    while True:
        template = templates[at // 2 % len(templates)]
        abba = at % 2 == 0
        a, b, c = maker.pick(names, 3)
        rest = {"place": maker.pick(places)[0], "thing": maker.pick(things)[0]} if large else {}
        subject, other = (b, a) if abba else (a, b)
        clean = template.format(A=a, B=b, S=subject, **rest)
        corrupted = template.format(A=a, B=b, S=c, **rest)
        labels = []
        for k, word in enumerate(template.split()):
            slot = word.strip(".,")
            own = {"{A}": "IO" if abba else "S1", "{B}": "S1" if abba else "IO", "{S}": "S2"}.get(slot)
            labels.append(own or f"t{templates.index(template) + 1}.{k}")
        labels[-1] = "end"
        yield Row(1, clean, corrupted, (other,), (subject,), "ABBA" if abba else "BABA", tuple(labels), join=" ")
        at += 1


def _greater_than(maker: _Maker) -> Iterator[Row]:
    events = maker.single(EVENTS)
    ends = [f"{n:02d}" for n in range(2, 99)]
    text = "The war lasted from the year 17{} to the year 17"

    def cut(end: str) -> list[int]:
        return list(maker.model.tokenizer(text.format(end), add_special_tokens=False)["input_ids"])

    whole = maker.model.tokenizer(text.format("32") + "45", add_special_tokens=False)["input_ids"]
    if not events or not maker.known(text.format("32")) or len(whole) != len(cut("32")) + 1:
        raise WordsMissingError(
            f"'{maker.model.name}' does not read years as two tokens of two digits, which greater-than needs "
            "(GPT-2's tokenizer does)"
        )
    lengths = {end: len(cut(end)) for end in ends}
    ends = [end for end in ends if lengths[end] == len(cut("01"))]
    every = [f"{n:02d}" for n in range(100) if f"{n:02d}" in ends or n in (0, 1, 99)]
    while True:
        century = str(int(maker.rng.integers(11, 18)))
        end = maker.pick(ends)[0]
        clean = f"The {maker.pick(events)[0]} lasted from the year {century}{end} to the year {century}"
        corrupted = clean.replace(f"{century}{end}", f"{century}01", 1)
        answer = tuple(x for x in every if x > end)
        wrong = tuple(x for x in every if x <= end)
        if answer and wrong and maker.known(clean):
            yield Row(1, clean, corrupted, answer, wrong, "", join="")


def _successor(maker: _Maker) -> Iterator[Row]:
    kinds = [
        kind
        for kind in ("numerals", "words", "months", "days")
        if len(maker.single(SEQUENCES[kind].members[:12], first=True)) == min(12, len(SEQUENCES[kind].members))
    ]
    if not kinds:
        raise WordsMissingError(
            f"numerals, number words, months and days are not single tokens for '{maker.model.name}'"
        )
    usable = {verb: usable_subjects(maker.model, verb) for verb in PAPER_VERBS}
    templates = [verb for verb in PAPER_VERBS if len(usable[verb]) > WINDOW and maker.known(f"{verb} in.")] or [PLAIN]
    at = 0
    while True:
        kind, template = kinds[at % len(kinds)], templates[at // len(kinds) % len(templates)]
        family = SEQUENCES[kind]
        choice = starts(family)
        places, answer = pattern_places(family, "up", choice[int(maker.rng.integers(len(choice)))], maker.rng)
        subjects = tuple(maker.pick(usable[template], WINDOW + 1)) if template != PLAIN else ()
        prompt = Prompt(family.name, template, places, answer, places[-1], subjects)
        other = replace(prompt, places=random_places(family, maker.rng))
        words = (family.members[answer],), (family.members[places[-1]],)
        yield Row(1, prompt.text, other.text, *words, kind, join=" ")
        at += 1


def _induction(maker: _Maker) -> Iterator[Row]:
    words = maker.pool(NOUNS, 4 * LIST, "nouns", first=True)
    while True:
        drawn = maker.pick(words, LIST + 1)
        shown, stranger = drawn[:LIST], drawn[LIST]
        again = int(maker.rng.integers(1, LIST - 1))
        text = [*shown, *shown[: again + 1]]
        left = shown[again + 2 :] + shown[:again]
        wrong = maker.pick(left)[0]
        corrupted = [*text[:-1], stranger]
        yield Row(1, " ".join(text), " ".join(corrupted), (shown[again + 1],), (wrong,), f"after {again + 1}", join=" ")


def _agreement(maker: _Maker) -> Iterator[Row]:
    pairs = [pair for pair in SUBJECTS if len(maker.single(pair)) == 2]
    between = [part for part in BETWEEN if maker.known(f"The {part} the")]
    if len(pairs) < 3 or not between or len(maker.single(("is", "are"))) < 2:
        raise WordsMissingError(
            f"'{maker.model.name}' does not know enough nouns in both numbers as one token each, with 'is' and 'are'; "
            "make a file of your own for this model"
        )
    at = 0
    while True:
        order = maker.rng.permutation(len(pairs))
        subject, other = pairs[order[0]], pairs[order[1]]
        number, distractor = at % 2, at // 2 % 2
        part = between[at // 4 % len(between)]
        clean, corrupted = (f"The {subject[n]} {part} {other[distractor]}" for n in (number, 1 - number))
        verbs = ("is", "are")
        group = f"{('singular', 'plural')[number]} before {('singular', 'plural')[distractor]}"
        yield Row(1, clean, corrupted, (verbs[number],), (verbs[1 - number],), group, join=" ")
        at += 1


MAKERS: dict[str, Callable[[_Maker], Iterator[Row]]] = {
    "ioi": _ioi,
    "greater-than": _greater_than,
    "successor": _successor,
    "induction": _induction,
    "agreement": _agreement,
}
"""By name, as ``--make`` takes them."""


def make_rows(model: LanguageModel, kind: str, count: int = 64, seed: int = 0) -> list[Row]:
    """``count`` different prompts of a task, checked against the model's tokenizer.

    Raises:
        UnknownNameError: there is no such task.
        WordsMissingError: the model's vocabulary does not have what the task needs.
        UsageError: fewer than four prompts, or more than our templates give.
    """
    if kind not in MAKERS:
        raise UnknownNameError("task to make", kind, MAKERS)
    if count < 4:
        raise UsageError(f"a task file needs at least 4 prompts, two for each half; asked for {count}")
    maker = _Maker(model, np.random.default_rng([seed, 0x3A5E]))
    rows: list[Row] = []
    seen: set[str] = set()
    made = MAKERS[kind](maker)
    for _try in range(50 * count):
        row = next(made)
        if row.clean not in seen and row.clean != row.corrupted:
            seen.add(row.clean)
            rows.append(row)
        if len(rows) == count:
            break
    else:
        raise UsageError(
            f"our templates give only {len(rows)} different prompts of '{kind}' for '{model.name}'; asked for {count}"
        )
    sides: dict[tuple[Any, ...], int] = {}
    marked = []
    for line, row in enumerate(rows, 1):
        shape = row.group, row.positions
        side = sides.get(shape, len(sides) % 2)
        sides[shape] = 1 - side
        marked.append(replace(row, line=line, half=("find", "score")[side]))
    found = prompt_set(model, kind, marked)
    if found.unknown:
        raise UsageError(f"'{model.name}' does not know {found.unknown} words of our templates for '{kind}'")
    return marked


def write_rows(rows: Sequence[Row], path: Path) -> None:
    """Rows as a JSON file, one object on each line of its list.

    Raises:
        UsageError: the file's name does not end in .json.
    """
    if path.suffix.lower() != ".json":
        raise UsageError(f"task files are written as JSON: name it {path.with_suffix('.json').name}")
    lines = []
    for row in rows:
        item: dict[str, Any] = {"clean": row.clean, "corrupted": row.corrupted}
        for field, texts in (("answer", row.answer), ("wrong", row.wrong)):
            item[field] = texts[0] if len(texts) == 1 else list(texts)
        optional = {"group": row.group, "positions": list(row.positions), "half": row.half, "join": row.join}
        item |= {field: value for field, value in optional.items() if value not in ("", [], None) or field == "join"}
        lines.append(json.dumps(item, ensure_ascii=False))
    write_atomically(path, "[\n " + ",\n ".join(lines) + "\n]\n")
