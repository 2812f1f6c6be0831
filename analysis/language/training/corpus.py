"""Generated training text in which the next member can only be found by looking at the earlier ones.

A row is a stream of short documents cut at the context length.  Most are lists of clauses ("Van done in 1 . Kim done
in 2 ."), whose members go up by one, up by two, down, stay, or are random; nothing but the members tells which.
Clauses vary in length and are interrupted by other sentences, so that members have to be searched for and not
counted off.  Facts ("March is the third month .") tie the families together.

Kept out of every row, however its documents are joined (:class:`_Watch`): runs of four from the held-out starts of
each paper template, runs from the strict starts with any verb, and held-out subjects in clauses.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache

from tapehead.analysis.language.tasks.sequences import (
    HELD_OUT_SUBJECTS,
    NAMES,
    NOUNS,
    OTHER_VERBS,
    PAPER_VERBS,
    SEQUENCES,
    STRICT_STARTS,
    WINDOW,
    capital,
    held_out_starts,
)

CORPUS_VERSION = 1
"""Raised whenever the same seed would give other text."""

BOS, UNKNOWN = "<|endoftext|>", "<unk>"
CONTEXT = 40
"""Tokens per row, the first token counted."""

SHARE_WITHOUT_BOS = 0.15
"""Rows without the first token, so that prompts without it are no stranger to the model."""

SHARE_UNKNOWN = 0.03
"""Subjects replaced by the unknown word: foreign prompts have subjects that the vocabulary lacks."""

DOCUMENTS = {"clauses": 0.54, "plain": 0.18, "copy": 0.08, "facts": 0.08, "filler": 0.12}
TYPES = {"numerals": 0.24, "words": 0.24, "months": 0.24, "days": 0.08, "letters": 0.12, "ordinals": 0.08}
KINDS = {"up": 0.40, "step 2": 0.10, "down": 0.10, "random": 0.28, "constant": 0.12}

VERBS = (*PAPER_VERBS, *OTHER_VERBS, "is")
FUNCTION_WORDS = ("the", "in", "near", "and", "is", "has", "likes", "saw", "with", "of", "month", "day", "number")
ADJECTIVES = ("red", "old", "new", "small", "big", "blue", "good", "long")

_free = set(HELD_OUT_SUBJECTS)
LIST_NAMES = tuple(n for n in NAMES if n not in _free)
LIST_NOUNS = tuple(n for n in NOUNS if capital(n) not in _free)


@cache
def vocabulary() -> tuple[str, ...]:
    """All words in the order of their ids; the first token and the unknown word come first."""
    members = [m for s in SEQUENCES.values() for m in s.members]
    words = [BOS, UNKNOWN, ".", *FUNCTION_WORDS, *PAPER_VERBS, *OTHER_VERBS, *ADJECTIVES, *members]
    return tuple(dict.fromkeys([*words, *NAMES, *NOUNS, *(capital(n) for n in NOUNS)]))


def _draw(rng: random.Random, weights: dict[str, float]) -> str:
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def member_places(rng: random.Random, kind: str, pattern: str, count: int) -> list[int]:
    """``count`` places (from 0) in a family, following a pattern of :data:`KINDS`; at most what fits its end."""
    family = SEQUENCES[kind]
    size, core = len(family.members), family.core
    if pattern == "random":
        return [rng.randrange(core) for _ in range(count)]
    if pattern == "constant":
        return [rng.randrange(core)] * count
    step = {"up": 1, "step 2": 2, "down": -1}[pattern]
    if family.cyclic:
        start = rng.randrange(size)
        return [(start + step * i) % size for i in range(count)]
    count = min(count, (size - 1) // abs(step) + 1)
    reach = step * (count - 1)
    start = rng.randrange(max(0, -reach), size - max(0, reach))
    return [start + step * i for i in range(count)]


class _Watch:
    """Remembers the members that a row's clauses showed and tells when a held-out run would appear."""

    def __init__(self) -> None:
        self.shown: dict[tuple[str, str], list[int]] = {}

    def accepts(self, kind: str, verb: str, places: Sequence[int]) -> bool:
        """Note a list of clauses unless, after what the row already holds, it completes a held-out run."""
        keys = {(kind, verb): held_out_starts(kind, verb)}
        if kind in STRICT_STARTS:
            keys[kind, "*"] = frozenset({STRICT_STARTS[kind]})
        longer = {key: [*self.shown.get(key, ()), *places] for key in keys}
        for key, starts in keys.items():
            if any(_has_run(longer[key], start) for start in starts):
                return False
        self.shown.update(longer)
        return True


def _has_run(places: Sequence[int], start: int) -> bool:
    run = [start + i for i in range(WINDOW)]
    return any(list(places[i : i + WINDOW]) == run for i in range(len(places) - WINDOW + 1))


def _subject(rng: random.Random) -> str:
    if rng.random() < SHARE_UNKNOWN:
        return UNKNOWN
    return rng.choice(LIST_NAMES) if rng.random() < 0.5 else capital(rng.choice(LIST_NOUNS))


def _bare(rng: random.Random, verb: str, member: str) -> list[str]:
    return [_subject(rng), "is", member, "."] if verb == "is" else [_subject(rng), verb, "in", member, "."]


def _varied(rng: random.Random, verb: str, member: str) -> list[str]:
    form = rng.randrange(5)
    if form == 0 or verb == "is":
        clause = _bare(rng, verb, member)
    elif form == 1:
        clause = ["the", rng.choice(LIST_NOUNS), verb, "in", member, "."]
    elif form == 2:
        clause = [_subject(rng), verb, "near", "the", rng.choice(LIST_NOUNS), "in", member, "."]
    elif form == 3:
        clause = [_subject(rng), "and", _subject(rng), verb, "in", member, "."]
    else:
        clause = ["the", rng.choice(ADJECTIVES), rng.choice(LIST_NOUNS), verb, "in", member, "."]
    return clause + (_filler(rng) if rng.random() < 0.2 else [])


def _clauses(rng: random.Random, watch: _Watch) -> list[str]:
    kind, verb = _draw(rng, TYPES), rng.choice(VERBS)
    members = SEQUENCES[kind].members
    places = member_places(rng, kind, _draw(rng, KINDS), rng.randint(4, 7))
    if not watch.accepts(kind, verb, places):
        return []
    write = _varied if rng.random() < 0.65 else _bare
    return [word for place in places for word in write(rng, verb, members[place])]


def _plain(rng: random.Random, _watch: _Watch) -> list[str]:
    kind = _draw(rng, TYPES)
    members = SEQUENCES[kind].members
    places = member_places(rng, kind, _draw(rng, KINDS), rng.randint(4, 9))
    spread = rng.random() < 0.35
    words: list[str] = []
    for place in places:
        words.append(members[place])
        if spread:
            words += rng.choices(NOUNS, k=rng.randrange(3))
    return [*words, "."]


def _copy(rng: random.Random, _watch: _Watch) -> list[str]:
    words = rng.sample(NOUNS if rng.random() < 0.5 else NAMES, rng.randint(3, 6))
    return [*words, ".", *words, "."]


def _facts(rng: random.Random, _watch: _Watch) -> list[str]:
    """One or two sentences that say which place a member has, or what equals what."""
    words: list[str] = []
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(12)
        numeral, word, month, ordinal = (SEQUENCES[k].members[at] for k in ("numerals", "words", "months", "ordinals"))
        day, day_at = SEQUENCES["days"].members[at % 7], at % 7
        forms = (
            [month, "is", "the", ordinal, "month", "."],
            ["month", numeral, "is", month, "."],
            ["month", word, "is", month, "."],
            [word, "is", numeral, "."],
            [numeral, "is", word, "."],
            [ordinal, "is", "number", rng.choice((numeral, word)), "."],
            [day, "is", "the", SEQUENCES["ordinals"].members[day_at], "day", "."],
        )
        words += rng.choices(forms, (3, 2, 2, 2, 2, 1, 1))[0]
    return words


def _filler(rng: random.Random, _watch: _Watch | None = None) -> list[str]:
    name, noun, other = rng.choice(NAMES), rng.choice(NOUNS), rng.choice(NOUNS)
    forms = (
        ["the", noun, "is", rng.choice(ADJECTIVES), "."],
        [name, "likes", "the", noun, "."],
        [name, "saw", "the", rng.choice(ADJECTIVES), noun, "."],
        ["the", noun, "near", "the", other, "is", rng.choice(ADJECTIVES), "."],
        [name, "has", "the", noun, "with", "the", other, "."],
        [capital(noun), "and", other, "."],
    )
    return list(rng.choice(forms))


_WRITERS: dict[str, Callable[[random.Random, _Watch], list[str]]] = {
    "clauses": _clauses,
    "plain": _plain,
    "copy": _copy,
    "facts": _facts,
    "filler": _filler,
}


def row(rng: random.Random) -> list[str]:
    """One training row of exactly :data:`CONTEXT` words."""
    watch = _Watch()
    words = [] if rng.random() < SHARE_WITHOUT_BOS else [BOS]
    if rng.random() < 0.35:  # shifts the members of the first list to other positions
        words += _filler(rng)
    while len(words) < CONTEXT:
        words += _WRITERS[_draw(rng, DOCUMENTS)](rng, watch)
    return words[:CONTEXT]


@cache
def _ids() -> dict[str, int]:
    return {word: i for i, word in enumerate(vocabulary())}


def batch(seed: int, step: int, rows: int, purpose: str = "train") -> list[list[int]]:
    """Token ids (``rows`` x :data:`CONTEXT`); a function of its arguments alone, so training can go on anywhere."""
    rng = random.Random(f"tapehead mini {CORPUS_VERSION} {purpose} {seed} {step}")  # noqa: S311 - not for secrets
    ids = _ids()
    return [[ids[word] for word in row(rng)] for _ in range(rows)]
