"""The training text: what it must not contain is looked for by a parser of its own."""

import collections
import itertools

import pytest

from tapehead.analysis.language.tasks.sequences import (
    HELD_OUT_SUBJECTS,
    PAPER_TYPES,
    PAPER_VERBS,
    SEQUENCES,
    STRICT_STARTS,
    held_out_starts,
)
from tapehead.analysis.language.training import corpus

FAMILY_OF = {m: (kind, i) for kind, s in SEQUENCES.items() for i, m in enumerate(s.members)}
VERBS = {*PAPER_VERBS, "found", "seen", "made"}


def clauses(words: list[str]) -> list[tuple[list[str], str, str, int]]:
    """(words before the verb, verb, family, place) of every clause, read from the words alone."""
    found = []
    for point, group in itertools.groupby(words, lambda w: w in (".", corpus.BOS)):
        sentence = list(group)
        if point or sentence[-1] not in FAMILY_OF:
            continue
        kind, place = FAMILY_OF[sentence[-1]]
        verb = next((w for w in sentence if w in VERBS), None)
        if verb and sentence[-2] == "in":
            found.append((sentence[: sentence.index(verb)], verb, kind, place))
        elif len(sentence) == 3 and sentence[1] == "is" and sentence[0] not in FAMILY_OF:
            found.append((sentence[:1], "is", kind, place))
    return found


def survey(rows: list[list[str]]) -> tuple[collections.Counter, set[str]]:
    """How often each run of four ascending members occurs, by (family, verb or '*', start), and all list subjects."""
    runs: collections.Counter = collections.Counter()
    subjects: set[str] = set()
    for row in rows:
        shown = collections.defaultdict(list)
        for before, verb, kind, place in clauses(row):
            subjects.update(before)
            shown[kind, verb].append(place)
            shown[kind, "*"].append(place)
        for (kind, verb), places in shown.items():
            for i in range(len(places) - 3):
                if [p - places[i] for p in places[i : i + 4]] == [0, 1, 2, 3]:
                    runs[kind, verb, places[i]] += 1
    return runs, subjects


def assert_held_out(runs: collections.Counter, subjects: set[str]) -> None:
    for kind, verb in itertools.product(PAPER_TYPES, PAPER_VERBS):
        assert not any(runs[kind, verb, start] for start in held_out_starts(kind, verb))
    assert not any(runs[kind, "*", start] for kind, start in STRICT_STARTS.items())
    lowered = {s.lower() for s in HELD_OUT_SUBJECTS}
    assert not {s for s in subjects if s.lower() in lowered}


def read(seed: int, steps: range) -> list[list[str]]:
    words = corpus.vocabulary()
    return [[words[i] for i in ids] for step in steps for ids in corpus.batch(seed, step, 96)]


def test_the_parser_sees_a_held_out_run() -> None:
    start = min(held_out_starts("numerals", "done"))
    text = " . ".join(f"Van done in {start + i + 1}" for i in range(4)) + " ."
    runs, subjects = survey([text.split()])
    assert runs["numerals", "done", start] == 1
    assert subjects == {"Van"}


def test_held_out_combinations_are_not_in_the_text() -> None:
    runs, subjects = survey(read(0, range(150)))
    assert_held_out(runs, subjects)
    allowed = [
        (kind, verb, start)
        for kind, verb in itertools.product(PAPER_TYPES, PAPER_VERBS)
        for start in range(8)
        if start not in held_out_starts(kind, verb) and start != STRICT_STARTS[kind]
    ]
    assert sum(runs[cell] > 0 for cell in allowed) >= 0.9 * len(allowed), "what is not held out is shown"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(5))
def test_held_out_combinations_are_nowhere_in_the_whole_training_text(seed: int) -> None:
    for first in range(0, 2000, 250):
        assert_held_out(*survey(read(seed, range(first, first + 250))))


def test_each_paper_template_has_two_held_out_starts() -> None:
    assert all(len(held_out_starts(k, v)) == 2 for k in PAPER_TYPES for v in PAPER_VERBS)
    assert held_out_starts("days", "done") == held_out_starts("months", "is") == frozenset()


def test_batches_are_functions_of_seed_and_step() -> None:
    assert corpus.batch(3, 7, 4) == corpus.batch(3, 7, 4)
    assert corpus.batch(3, 7, 2) == corpus.batch(3, 7, 4)[:2]
    assert corpus.batch(3, 7, 4) != corpus.batch(3, 8, 4) != corpus.batch(4, 8, 4)


def test_rows_are_full_and_mostly_begin_with_the_first_token() -> None:
    rows = [row for step in range(10) for row in corpus.batch(0, step, 96)]
    assert {len(row) for row in rows} == {corpus.CONTEXT}
    assert 0.8 < sum(row[0] == 0 for row in rows) / len(rows) < 0.9
    assert all(0 not in row[1:] for row in rows)


def test_members_of_families_are_different_words() -> None:
    words = corpus.vocabulary()
    assert len(set(words)) == len(words)
    members = [m for s in SEQUENCES.values() for m in s.members]
    assert len(set(members)) == len(members)
